"""Files of networks that are not quite the right ones: of other networks, or of none."""

import functools
import itertools
import pathlib
from collections.abc import Iterator
from typing import Any

from tools.mutate.objects import networks
from tools.mutate.objects.mutant import Mutant

_CHANGED = "changed.keras"
_EVERY = 10  # of the changed networks: what is said of the one in memory is said of these


def mutants(right: Any) -> Iterator[Mutant]:
    """Yield names of files that hold another network than the file `right` does.

    Each file is written when it is asked for, in the place of the one before.
    """
    model = _read(right)
    changed = itertools.chain(
        networks.reweighted(model),
        networks.compiled(model),
        itertools.islice(networks.mutants(model), 0, None, _EVERY),
    )
    for mutant in changed:
        words = f"a file of a network, {mutant.words}"
        yield Mutant(words, _CHANGED, make=functools.partial(_written, mutant.value))
    yield Mutant("a file of the weights alone", _CHANGED, make=lambda: _weights(model))
    yield Mutant("a file that is cut off", _CHANGED, make=lambda: _cut(right))
    yield Mutant("a file of nothing", _CHANGED, make=lambda: _bytes(b""))
    old = functools.partial(_written, model, "changed.h5")
    yield Mutant("a file in the old format", "changed.h5", make=old)
    yield Mutant("a folder", "folder.keras", make=_folder)
    yield Mutant("no such file", "nowhere.keras")


def alike(one: Any, other: Any) -> bool:
    """Tell whether two files hold networks of equal weights that do the same."""
    try:
        models = [_read(name) for name in (one, other)]
    except (OSError, ValueError, TypeError):
        return False
    return networks.alike(*models) and not networks.reweighs(*models)


def _read(name: Any) -> Any:
    import keras

    return keras.saving.load_model(name)


def _written(model: Any, name: str = _CHANGED) -> str:
    model.save(name)
    return name


def _weights(model: Any) -> str:
    model.save_weights("changed.weights.h5")
    return _bytes(pathlib.Path("changed.weights.h5").read_bytes())


def _cut(right: Any) -> str:
    whole = pathlib.Path(right).read_bytes()
    return _bytes(whole[: len(whole) // 2])


def _bytes(content: bytes) -> str:
    pathlib.Path(_CHANGED).write_bytes(content)
    return _CHANGED


def _folder() -> str:
    pathlib.Path("folder.keras").mkdir(exist_ok=True)
    return "folder.keras"
