"""Train for hours, and go on after an interruption from the last epoch that was finished."""

import json
import pathlib
import shutil
import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from labkit import files
from labkit.notebook import feeding

CURVES, RESUMED = "curves", "resumed_after"
_SECONDS = ("seconds", "processor_seconds")
# More numbers than a layer draws in one epoch, and 4,096 epochs fit into 32 bits.
_DRAWN_IN_AN_EPOCH = 2**20


def fit(
    model: keras.Model,
    folder: pathlib.Path,
    seed: int,
    *,
    x: np.ndarray,
    y: np.ndarray,
    batch_size: int,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
    **settings: Any,
) -> dict[str, Any]:
    """Fit `model`, or go on with the training of the same model whose state is in `folder`.

    The order of an epoch's images and what dropout draws in it depend on the seed and the epoch's
    number alone. An interrupted epoch begins anew, and what comes of the training is what had come
    of it in one piece, as far as TensorFlow computes the same thing twice.

    Parameters
    ----------
    model : keras.Model
        Compiled; its weights are those of the start.
    folder : pathlib.Path
        Where weights, optimizer and curves are kept after each epoch. It is gone in the end.
    seed : int
        Of the order of the images.
    x, y, batch_size, callbacks, **settings
        Of ``model.fit``.

    Returns
    -------
    dict
        ``"curves"``, a list of one number for each epoch by name; ``"seconds"`` and
        ``"processor_seconds"`` of all finished epochs; and, where the training was interrupted,
        ``"resumed_after"``, the numbers of epochs that were finished each time.
    """
    epoch = tf.Variable(0)
    diary = _Diary(folder / "diary.json")
    backup = keras.callbacks.BackupAndRestore(str(folder / "backup"), double_checkpoint=True)
    # The diary first: what it knows of an epoch that has no backup is written again.
    callbacks = (_Luck(epoch), diary, backup, *callbacks)
    settings |= {"validation_batch_size": batch_size, "callbacks": [*callbacks]}
    model.fit(_batches(x, y, batch_size, seed, epoch), shuffle=False, **settings)
    shutil.rmtree(folder, ignore_errors=True)
    return {name: value for name, value in diary.kept.items() if value or name != RESUMED}


def _batches(
    x: np.ndarray, y: np.ndarray, size: int, seed: int, epoch: tf.Variable
) -> tf.data.Dataset:
    """Return an epoch's batches, in the order that belongs to `seed` and the number in `epoch`."""
    images, labels = tf.convert_to_tensor(x), tf.convert_to_tensor(y)

    def order(_: tf.Tensor) -> tf.data.Dataset:
        places = tf.range(len(x), dtype=tf.int64)
        lot = tf.stack([tf.constant(seed), epoch])
        places = tf.random.experimental.stateless_shuffle(places, seed=lot)
        return tf.data.Dataset.from_tensor_slices(places)

    def batch(places: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return tf.gather(images, places), tf.gather(labels, places)

    places = tf.data.Dataset.range(1).flat_map(order).batch(size)
    batches = places.map(batch, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
    counted = batches.apply(tf.data.experimental.assert_cardinality(-(-len(x) // size)))
    return feeding.untuned(counted)


class _Luck(keras.callbacks.Callback):
    """Let each epoch draw what belongs to its number: a backup holds no state of what draws."""

    def __init__(self, epoch: tf.Variable) -> None:
        super().__init__()
        self._epoch = epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch.assign(epoch)
        for layer in self.model._flatten_layers():
            for drawing in layer._seed_generators:
                seed, _ = keras.ops.convert_to_numpy(drawing.state)
                drawing.state.assign([seed, epoch * _DRAWN_IN_AN_EPOCH])


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
