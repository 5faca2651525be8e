"""Turn a student's dictionaries and files of networks into facts."""

import pathlib
from typing import Any

from labkit.evidence import facts, networks, values

MAX_NETWORKS = 100


def by_key(answer: Any, seed: int = 0) -> facts.Networks | facts.Other:
    """Collect a dictionary of networks."""
    if not isinstance(answer, dict):
        return facts.Other(type(answer).__name__)
    if len(answer) > MAX_NETWORKS:
        return facts.Other("dict", f"it has {len(answer):,} entries")
    found = {values.entry(key): networks.model(network) for key, network in answer.items()}
    for key, fact in found.items():
        if not isinstance(fact, facts.Model):
            return facts.Other("dict", f"its entry for {key} is no Keras network")
    return facts.Networks("dict", found)


def saved(answer: Any, seed: int = 0) -> facts.Model | facts.Other:
    """Collect the network in the file that `answer` names."""
    import keras

    if not isinstance(answer, str | pathlib.Path):
        return facts.Other(type(answer).__name__)
    path = pathlib.Path(answer)
    if path.suffix != ".keras":
        reason = f"the name {path.name!r} does not end in .keras, the ending of Keras's own format"
        return facts.Other(type(answer).__name__, reason)
    if not path.is_file():
        return facts.Other(type(answer).__name__, f"there is no file {path.name!r}")
    try:
        return networks.model(keras.saving.load_model(path, safe_mode=True), seed)
    except (ValueError, TypeError, OSError, KeyError) as error:
        reason = f"Keras cannot read {path.name!r}: {str(error).splitlines()[0][:200]}"
        return facts.Other(type(answer).__name__, reason)
