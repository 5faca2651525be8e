"""Judge stored evidence in a process that never ran a student's code.

`Judge` keeps such a process and asks it; `serve` is what runs there. The judge measures what it
can: a network is built again from its configuration and weights, and what the run said about it
is replaced by what the network shows.
"""

import dataclasses
import io
import json
import os
import pathlib
import selectors
import subprocess
import sys
from typing import Any, Self

import numpy as np

from labkit import labs
from labkit.checks import (
    Evidence,
    EvidenceError,
    Exercise,
    Message,
    Outcome,
    Result,
    collect,
    collect_networks,
    evidence,
)
from labkit.checks.reference import reference
from labkit.grading import kit, records, running, sandbox

SECONDS = 300
_ROOT = pathlib.Path(__file__).parents[2]
_START = (
    f"import sys; sys.path[:0] = [{kit.INSIDE!r}, {str(_ROOT)!r}]; "
    "from labkit.grading import judging; judging.serve()"
)
_PARTS_OF_KERAS = {
    *("keras", "keras.layers", "keras.initializers", "keras.regularizers", "keras.constraints"),
    *("keras.optimizers", "keras.losses", "keras.metrics", "keras.optimizers.schedules"),
    *("keras.src.models.functional", "keras.src.models.sequential", "keras.src.models.model"),
}
# How Keras writes down values; they have no module.
_DATA = {"__keras_tensor__", "__tensor__", "__numpy__", "__slice__", "__ellipsis__"}
# They run code or read files.
_REFUSED = {
    *("Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer", "StringLookup"),
    *("IntegerLookup", "TextVectorization", "IndexLookup", "__lambda__", "Pipeline"),
}
MAX_PARAMETERS = 20_000_000


class Refused(ValueError):
    """Evidence that is not judged; the message says why."""


# --- asking ---------------------------------------------------------------------------------


class Judge:
    """A process that judges, started again when it is lost. Use it in a ``with`` statement.

    It reads what students made, if only as data: so it has no network and can write nothing
    either, where there is a sandbox.

    Parameters
    ----------
    kept : pathlib.Path
        The folder that holds the folders of the runs.
    seconds : float
        How long judging one run may take.
    """

    def __init__(self, kept: pathlib.Path, seconds: float = SECONDS) -> None:
        self._kept = kept.resolve()
        self._seconds = seconds
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def judge(self, lab: str, key: str) -> list[Result] | str:
        """Return the results for the run in the folder `key`, or why there are none."""
        process = self._running()
        kept = "/kept" if sandbox.available() else str(self._kept)
        request = json.dumps({"lab": lab, "folder": f"{kept}/{key}"}) + "\n"
        try:
            process.stdin.write(request.encode())
            process.stdin.flush()
        except BrokenPipeError:
            self._stop()
            return "the judge ended before it was asked"
        line = self._line(process)
        if not line:
            self._stop()
            return f"judging it took more than {self._seconds:g} seconds or too much memory"
        return [Result.from_json(text) for text in json.loads(line)]

    def _running(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            box = kit.judge_box(self._kept)
            command, environment = sandbox.line([sys.executable, "-I", "-c", _START], box)
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        return self._process

    def _line(self, process: subprocess.Popen) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            ready = selector.select(self._seconds)
        return process.stdout.readline() if ready else b""

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None


# --- serving --------------------------------------------------------------------------------


def serve() -> None:
    """Answer requests on standard input until it is closed."""
    import resource

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing but answers may reach the one who asks
    resource.setrlimit(resource.RLIMIT_AS, (16 * 2**30, 16 * 2**30))
    for line in sys.stdin:
        request = json.loads(line)
        results = judge_run(request["lab"], pathlib.Path(request["folder"]))
        answers.write(json.dumps([result.to_json() for result in results]) + "\n")
        answers.flush()


def judge_run(lab: str, folder: pathlib.Path) -> list[Result]:
    """Return one result for each machine-marked exercise of the run in `folder`."""
    run = running.Run.from_json((folder / "run.json").read_text(encoding="utf-8"))
    left = records.read(folder / running.RECORDS)
    return [judge_exercise(exercise, run, left, folder) for exercise in labs.load(lab)]


def judge_exercise(
    exercise: Exercise, run: running.Run, left: records.Records, folder: pathlib.Path
) -> Result:
    """Return the result of one exercise of the run whose records are in `folder`."""
    found = left.evidence.get(exercise.name)
    errors = _errors(exercise.name, run, left)
    if found is None:
        return _without_evidence(exercise, run, left, errors)
    try:
        content = records.evidence_bytes(folder / running.RECORDS, found)
        result = exercise.judge(verified(exercise, _read(content), run.seed))
    except (Refused, EvidenceError) as error:
        return _could_not_grade(exercise, f"the evidence was not accepted: {error}")
    if result.outcome is Outcome.NOT_ATTEMPTED and errors:
        return _ended_in_error(exercise, errors[0])
    return result


def _errors(exercise: str, run: running.Run, left: records.Records) -> list[str]:
    """Return the errors of the cells that belong to `exercise`."""
    numbers = [number for number, step in enumerate(run.steps) if step[0] == exercise]
    cells = [left.cells[number] for number in numbers if number in left.cells]
    return [cell.error for cell in cells if cell.error]


def _without_evidence(
    exercise: Exercise, run: running.Run, left: records.Records, errors: list[str]
) -> Result:
    check = run.steps.index((exercise.name, True)) if (exercise.name, True) in run.steps else -1
    if check in left.cells and errors:
        return _ended_in_error(exercise, errors[0])
    if left.fault:
        reason = f"what the notebook left behind could not be read: {left.fault}"
    elif run.stopped:
        reason = f"the notebook was stopped before this check: {run.stopped}"
    elif not left.complete:
        reason = f"the notebook ended before this check (exit status {run.status})"
    else:
        reason = "there is no record that its check ran"
    return _could_not_grade(exercise, reason)


def _ended_in_error(exercise: Exercise, error: str) -> Result:
    message = Message(
        f"The cell ended in an error: {error}",
        "a cell that runs without an error",
        "Restart the kernel, run all cells from the top, and look at the first error.",
    )
    return _result(exercise, Outcome.FAILED, message)


def _could_not_grade(exercise: Exercise, reason: str) -> Result:
    return _result(exercise, Outcome.COULD_NOT_GRADE, Message(reason[:1].upper() + reason[1:]))


def _result(exercise: Exercise, outcome: Outcome, message: Message) -> Result:
    return Result(
        exercise.name,
        f"Exercise {exercise.number}, {exercise.title}",
        outcome,
        0.0,
        exercise.points,
        message=message,
        data=reference(exercise.dataset).kind,
    )


def could_not_grade(lab: str, reason: str) -> list[Result]:
    """Return the results of a submission that could not be graded at all."""
    return [_could_not_grade(exercise, reason) for exercise in labs.load(lab)]


# --- holding evidence against what it is about -----------------------------------------------


def _read(content: bytes) -> Evidence:
    return Evidence.read(io.BytesIO(content), "the record")


def verified(exercise: Exercise, found: Evidence, seed: int) -> Evidence:
    """Return the evidence with everything measured that can be measured.

    Raises
    ------
    Refused
        If it is malformed, or contradicts itself or what is measured.
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


def _verified_fact(fact: Any, collector: collect.Collector, seed: int) -> Any:
    if isinstance(fact, evidence.Array):
        return _verified_array(fact)
    if isinstance(fact, evidence.Model):
        if collector is collect_networks.structure:
            return _measured_structure(fact)
        return _measured_model(fact)
    if isinstance(fact, evidence.Networks):
        return _measured_networks(fact)
    if isinstance(fact, evidence.Calls):
        return _verified_calls(fact, collector, seed)
    if isinstance(fact, evidence.Value):
        return _verified_value(fact)
    if isinstance(fact, (evidence.Placeholder, evidence.Other, evidence.History, evidence.Picture)):
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
    if whole:
        return collect.array_facts(str(fact.type), sample)
    if not shape or sample.shape[1:] != shape[1:] or len(sample) != len(fact.rows):
        raise Refused("an array's rows do not have its shape")
    expected = collect.sampled_rows(shape)
    if not np.array_equal(expected, fact.rows):
        raise Refused("an array's rows are not those that are asked for")
    return fact


def _verified_calls(
    fact: evidence.Calls, collector: collect.Collector, seed: int
) -> evidence.Calls:
    """Return the calls as made on this run's probes; those of another run are refused."""
    if not isinstance(collector, collect.Probing):
        raise Refused("it tells of calls where no function is asked for")
    arguments = collector.arguments(seed)
    if fact.arguments != collect.digest(arguments):
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
    if len(fact.networks) > collect_networks.MAX_NETWORKS:
        raise Refused(f"it holds more than {collect_networks.MAX_NETWORKS} networks")
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
        built = _built(_harmless(json.loads(fact.config)), weights)
    except Refused:
        raise
    except Exception as error:
        # Keras raises whatever its layers raise on a malformed configuration.
        raise Refused(f"the network could not be built again: {error}") from error
    measured = collect.model(built)
    if not isinstance(measured, evidence.Model):
        raise Refused("it is no network that can be measured")
    for name in ("loss", "optimizer", "metrics", "from_logits", "input_shape", "output_shape"):
        if getattr(measured, name) != getattr(fact, name):
            raise Refused(f"the network's {name} is not what was said of it")
    return dataclasses.replace(measured, class_name=type(built).__name__)


def _built(config: dict[str, Any], weights: tuple | None) -> Any:
    import keras

    built = keras.saving.deserialize_keras_object(config, safe_mode=True)
    if not isinstance(built, keras.Model):
        raise Refused("it is no network")
    if weights is not None:
        built.set_weights(list(weights))
    return built


def _harmless(config: Any) -> Any:
    """Return a configuration that names nothing but parts of Keras that compute.

    Raises
    ------
    Refused
        If it names anything else.
    """
    if isinstance(config, list):
        return [_harmless(part) for part in config]
    if not isinstance(config, dict):
        return config
    module, name = config.get("module"), config.get("class_name")
    if name == "function":
        return _function_of_keras(config.get("config"))
    if name in _REFUSED:
        raise Refused(f"the network has a part that can run code or read files: {name}")
    if "class_name" in config and module not in _PARTS_OF_KERAS and name not in _DATA:
        raise Refused(f"the network has a part that is not of Keras: {module}.{name}")
    if ">" in str(config.get("registered_name")):
        raise Refused(f"the network has a part that is not of Keras: {name}")
    return {key: _harmless(part) for key, part in config.items()}


def _function_of_keras(name: Any) -> str:
    """Return Keras's name of a function, which TensorFlow may call otherwise."""
    import keras

    plain = str(name).removesuffix("_v2")  # tf.nn.softmax says that it is softmax_v2
    if any(hasattr(part, plain) for part in (keras.activations, keras.losses, keras.metrics)):
        return plain
    raise Refused(f"the network has a function that is not of Keras: {name}")
