"""Turn a student's dictionaries and files of networks into facts."""

import dataclasses
import pathlib
from typing import Any

from labkit.checks import collect, evidence

MAX_NETWORKS = 100


def networks(answer: Any, seed: int = 0) -> evidence.Networks | evidence.Other:
    """Collect a dictionary of networks."""
    if not isinstance(answer, dict):
        return evidence.Other(type(answer).__name__)
    if len(answer) > MAX_NETWORKS:
        return evidence.Other("dict", f"it has {len(answer):,} entries")
    found = {collect.entry(key): collect.model(network) for key, network in answer.items()}
    for key, fact in found.items():
        if not isinstance(fact, evidence.Model):
            return evidence.Other("dict", f"its entry for {key} is no Keras network")
    return evidence.Networks("dict", found)


def structure(answer: Any, seed: int = 0) -> evidence.Model | evidence.Other:
    """Collect a network without its weights: they are not asked for, and may be 100 MB."""
    found = collect.model(answer, seed)
    if isinstance(found, evidence.Model):
        return dataclasses.replace(found, weights=(), live=None)
    return found


def saved(answer: Any, seed: int = 0) -> evidence.Model | evidence.Other:
    """Collect the network in the file that `answer` names."""
    import keras

    if not isinstance(answer, str | pathlib.Path):
        return evidence.Other(type(answer).__name__)
    path = pathlib.Path(answer)
    if not path.is_file():
        return evidence.Other(type(answer).__name__, f"there is no file {path.name!r}")
    try:
        return collect.model(keras.saving.load_model(path, safe_mode=True), seed)
    except (ValueError, TypeError, OSError, KeyError) as error:
        reason = f"Keras cannot read {path.name!r}: {str(error).splitlines()[0][:200]}"
        return evidence.Other(type(answer).__name__, reason)
