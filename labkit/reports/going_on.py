"""Train for hours, and go on after an interruption from the last epoch that was finished."""

import json
import pathlib
import shutil
import time
from typing import Any

import keras

from labkit import files

CURVES, RESUMED = "curves", "resumed_after"
_SECONDS = ("seconds", "processor_seconds")


def fit(model: keras.Model, folder: pathlib.Path, seed: int, **settings: Any) -> dict[str, Any]:
    """Fit `model`, or go on with the training of the same model whose state is in `folder`.

    Parameters
    ----------
    model : keras.Model
        Compiled; its weights are those of the start.
    folder : pathlib.Path
        Where weights, optimizer and curves are kept after each epoch. It is gone in the end.
    seed : int
        Of the order of the images. An interrupted epoch begins anew, and from there on the images
        come in other orders than they would have, so such a run is told from one in one piece.
    **settings
        Of ``model.fit``.

    Returns
    -------
    dict
        ``"curves"``, a list of one number for each epoch by name; ``"seconds"`` and
        ``"processor_seconds"`` of all finished epochs; and, where the training was interrupted,
        ``"resumed_after"``, the numbers of epochs that were finished each time.
    """
    diary = _Diary(folder / "diary.json")
    if diary.kept[CURVES]:
        keras.utils.set_random_seed(seed + 1_000 * len(diary.kept[CURVES]["loss"]))
    backup = keras.callbacks.BackupAndRestore(str(folder / "backup"))
    # The diary first: what it knows of an epoch that has no backup is written again.
    callbacks = [diary, backup, *settings.pop("callbacks", ())]
    model.fit(**settings, callbacks=callbacks)
    shutil.rmtree(folder, ignore_errors=True)
    return {name: value for name, value in diary.kept.items() if value or name != RESUMED}


class _Diary(keras.callbacks.Callback):
    """Keep curves and seconds in a file, epoch by epoch."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__()
        self._path = path
        self.kept: dict[str, Any] = {CURVES: {}, **dict.fromkeys(_SECONDS, 0.0), RESUMED: []}
        self._begins = bool(path.is_file())
        if self._begins:
            self.kept = json.loads(path.read_text("utf-8"))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self._begins:
            self._begins = False
            self.kept[RESUMED].append(epoch)
        for values in self.kept[CURVES].values():
            del values[epoch:]
        self._started = time.monotonic(), time.process_time()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        now = time.monotonic(), time.process_time()
        for name, start, end in zip(_SECONDS, self._started, now, strict=True):
            self.kept[name] = round(self.kept[name] + end - start, 1)
        for name, value in (logs or {}).items():
            self.kept[CURVES].setdefault(name, []).append(round(float(value), 5))
        files.write_text(self._path, json.dumps(self.kept))
