"""Evidence is believed only where it was measured.

A network is built again from its configuration and weights, and what the run said about it is
replaced by what the network shows.
"""

import dataclasses
import io
import json
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import Exercise
from labkit.evidence import Evidence, functions, networks, saved_networks, values
from labkit.grading.judging import keras_parts

MAX_PARAMETERS = 20_000_000
MAX_REASON = 300


class Refused(ValueError):
    """Evidence that is not judged; the message says why."""


class NotBuilt(Exception):
    """A network of allowed parts that could not be built again.

    Either its description is malformed, or whoever built it is broken or short of something: so
    another try may come to another end.
    """


def read(content: bytes) -> Evidence:
    return Evidence.read(io.BytesIO(content), "the record")


def verified(exercise: Exercise, found: Evidence, seed: int) -> Evidence:
    """Return the evidence with everything measured that can be measured.

    Raises
    ------
    Refused
        If it is malformed, or contradicts itself or what is measured.
    NotBuilt
        If a network of it could not be built, though it names nothing that is not allowed.
    """
    if found.exercise != exercise.name or set(found.facts) != set(exercise.answers):
        raise Refused("it is about another exercise")
    try:
        facts = {
            name: _verified_fact(fact, exercise.answers[name].collector, seed)
            for name, fact in found.facts.items()
        }
    except (TypeError, AttributeError, IndexError, KeyError, OverflowError) as error:
        raise Refused(f"it is malformed: {error}") from error
    return dataclasses.replace(found, facts=facts)


def _verified_fact(fact: Any, collector: values.Collector, seed: int) -> Any:
    if isinstance(fact, evidence.Array):
        return _verified_array(fact)
    if isinstance(fact, evidence.Model):
        if collector is networks.structure:
            return _measured_structure(fact)
        return _measured_model(fact)
    if isinstance(fact, evidence.Networks):
        return _measured_networks(fact)
    if isinstance(fact, evidence.Calls):
        return _verified_calls(fact, collector, seed)
    if isinstance(fact, evidence.Value):
        return _verified_value(fact)
    if isinstance(fact, evidence.History):
        _noted(() if fact.fit is None else (fact.fit,))
        return fact
    if isinstance(fact, (evidence.Placeholder, evidence.Other, evidence.Picture)):
        return fact
    raise Refused("it holds a part that no answer has")


def _verified_value(fact: evidence.Value) -> evidence.Value:
    if not _is_plain(fact.value):
        raise Refused("a value is no plain one")
    return fact


def _is_plain(item: Any) -> bool:
    if isinstance(item, list):
        return all(map(_is_plain, item))
    if isinstance(item, dict):
        return all(isinstance(key, str) for key in item) and all(map(_is_plain, item.values()))
    return item is None or isinstance(item, bool | int | float | str)


def _verified_array(fact: evidence.Array) -> evidence.Array:
    sample, shape = np.asarray(fact.sample), tuple(fact.shape)
    whole = sample.shape == shape
    if sample.dtype.kind not in "biuf" or str(sample.dtype) != fact.dtype:
        raise Refused("an array's values are not of the type that is said")
    if not isinstance(fact.headings, tuple) or not all(isinstance(h, str) for h in fact.headings):
        raise Refused("a table's headings are no texts")
    if whole:
        found = values.array_facts(str(fact.type), sample)
        return dataclasses.replace(found, headings=fact.headings)
    if not shape or sample.shape[1:] != shape[1:] or len(sample) != len(fact.rows):
        raise Refused("an array's rows do not have its shape")
    expected = values.sampled_rows(shape)
    if not np.array_equal(expected, fact.rows):
        raise Refused("an array's rows are not those that are asked for")
    return fact


def _verified_calls(fact: evidence.Calls, collector: values.Collector, seed: int) -> evidence.Calls:
    """Return the calls as made on this run's probes; those of another run are refused."""
    if not isinstance(collector, functions.Probing):
        raise Refused("it tells of calls where no function is asked for")
    arguments = collector.arguments(seed)
    if fact.arguments != functions.digest(arguments):
        raise Refused("a function was called on other values than this run's")
    if len(fact.calls) != len(arguments):
        raise Refused("a function was not called on all values")
    calls = tuple(_verified_call(call) for call in fact.calls)
    return dataclasses.replace(fact, seed=seed, calls=calls)


def _verified_call(call: Any) -> evidence.Call:
    if not isinstance(call, evidence.Call):
        raise Refused("it holds a part that no call has")
    return dataclasses.replace(call, result=_verified_result(call.result))


def _verified_result(result: Any) -> Any:
    if isinstance(result, evidence.Array):
        return _verified_array(result)
    if isinstance(result, evidence.Model):
        return _measured_model(result)
    if isinstance(result, evidence.Value):
        return _verified_value(result)
    if isinstance(result, (evidence.Placeholder, evidence.Other, evidence.Raised)):
        return result
    raise Refused("a call returned what no call returns")


def _measured_networks(fact: evidence.Networks) -> evidence.Networks:
    if len(fact.networks) > saved_networks.MAX_NETWORKS:
        raise Refused(f"it holds more than {saved_networks.MAX_NETWORKS} networks")
    if not all(isinstance(network, evidence.Model) for network in fact.networks.values()):
        raise Refused("it holds a network that is none")
    measured = {str(key): _measured_model(network) for key, network in fact.networks.items()}
    return dataclasses.replace(fact, networks=measured)


def _measured_model(fact: evidence.Model) -> evidence.Model:
    """Build the network again and return what it shows, not what was said of it."""
    if sum(np.size(weight) for weight in fact.weights) > MAX_PARAMETERS:
        raise Refused(f"the network has more than {MAX_PARAMETERS:,} parameters")
    return _measured(fact, fact.weights)


def _measured_structure(fact: evidence.Model) -> evidence.Model:
    """Build the network again with fresh weights, which are not asked for."""
    if fact.weights:
        raise Refused("a network has weights that are not asked for")
    return dataclasses.replace(_measured(fact, None), weights=(), live=None)


def _measured(fact: evidence.Model, weights: tuple | None) -> evidence.Model:
    try:
        config = keras_parts.rewritten(json.loads(fact.config))
    except (keras_parts.NotOfKeras, RecursionError, ValueError) as error:
        raise Refused(_in_short(error)) from error
    try:
        built = _built(config, weights)
        measured = networks.model(built)
    except (Refused, MemoryError):
        raise
    except Exception as error:
        # Keras raises whatever its layers raise on a malformed configuration.
        raise NotBuilt(f"the network could not be built again: {_in_short(error)}") from error
    if not isinstance(measured, evidence.Model):
        raise Refused("it is no network that can be measured")
    for name in ("loss", "optimizer", "metrics", "from_logits", "input_shape", "output_shape"):
        if getattr(measured, name) != getattr(fact, name):
            raise Refused(f"the network's {name} is not what was said of it")
    # How it was trained cannot be measured: what was noted of that can only tell of a mistake.
    told = {"updates": int(fact.updates), "fits": _noted(fact.fits)}
    told["identity"] = int(fact.identity)
    return dataclasses.replace(measured, class_name=type(built).__name__, **told)


def _noted(fits: Any) -> tuple[evidence.Fit, ...]:
    if not isinstance(fits, tuple) or not all(map(_is_fit, fits)):
        raise Refused("a note of a training is none")
    return fits


def _is_fit(fit: Any) -> bool:
    return (
        isinstance(fit, evidence.Fit)
        and all(isinstance(part, int) for part in (fit.batch, fit.updates_before, fit.number))
        and all(isinstance(part, str) for part in (fit.optimizer, fit.loss, fit.stopped_by))
        and all(part is None or _is_shown(part) for part in (fit.learnt, fit.held_out))
    )


def _is_shown(part: Any) -> bool:
    return (
        isinstance(part, evidence.Shown)
        and isinstance(part.shape, tuple)
        and isinstance(part.highest, float)
        and all(isinstance(values, np.ndarray) for values in (part.images, part.labels))
        and part.images.dtype == np.uint64
        and part.labels.dtype == np.int16
        and part.images.shape == part.labels.shape == (part.shape[0],)
    )


def _in_short(error: Exception) -> str:
    return " ".join(str(error).split())[:MAX_REASON]


def _built(config: dict[str, Any], weights: tuple | None) -> Any:
    import keras

    built = keras.saving.deserialize_keras_object(config, safe_mode=True)
    if not isinstance(built, keras.Model):
        raise Refused("it is no network")
    if weights is not None:
        built.set_weights(list(weights))
    return built
