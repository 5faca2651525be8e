"""A solution notebook as a course of exercises: the state before each, its answer, its check."""

import ast
import contextlib
import copy
import dataclasses
import functools
import io
import linecache
import pathlib
import re
import signal
import warnings
from collections.abc import Iterator
from typing import Any

import matplotlib.figure
import matplotlib.pyplot as plt
import nbformat
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from labkit import evidence, labs
from labkit.checks.exercise import Exercise
from labkit.checks.result import Result
from labkit.evidence import fits, functions, pictures
from labkit.notebook import fits as notes

SOLUTIONS = pathlib.Path(__file__).parents[2] / "solutions"
SECONDS = 5
FEW = 640
_TRAINS = re.compile(r"\.fit\(|\btrain\(|cross_validate\(")


class TooLong(Exception):
    """A mutant that did not end."""


@dataclasses.dataclass(frozen=True)
class Attempt:
    """What became of some code that was run as an answer.

    Attributes
    ----------
    result : Result or None
        None where the code ended in an error, which is as good as being refused.
    answers : tuple
        What the check was given.
    error : str
    """

    result: Result | None
    answers: tuple = ()
    error: str = ""

    @property
    def full(self) -> bool:
        return self.result is not None and self.result.points == self.result.max_points


@dataclasses.dataclass
class Place:
    """An exercise in its notebook: what is defined before it, its solution, its check."""

    exercise: Exercise
    before: dict[str, Any]
    source: str
    check: str

    @property
    def trains(self) -> bool:
        """Whether the solution trains something."""
        return bool(_TRAINS.search(self.source))

    def made(self) -> tuple:
        """Return the solution's answers, as the check gets them."""
        names = _fresh(self.before, self.source)
        with alone(SECONDS if not self.trains else 120):
            execute(self.source, "<solution>", names)
            return given(self.check, names)

    def attempt(self, source: str) -> Attempt:
        """Run `source` in place of the solution, and judge what it defines.

        Every training begins with the same numbers, so that what trains alike learns alike.
        """
        import keras

        keras.utils.set_random_seed(1)  # first: a copy of a network draws its dropout's seed, too
        names = _fresh(self.before, source)
        try:
            with alone(SECONDS if not self.trains else 120):
                execute(source, "<answer>", names)
                answers = given(self.check, names)
        except Exception as error:
            return Attempt(None, (), f"{type(error).__name__}: {error}")
        try:
            with alone(60):
                return Attempt(self.exercise.judge(self.exercise.collect(*answers)), answers)
        finally:
            plt.close("all")


@contextlib.contextmanager
def short_trainings(short: bool) -> Iterator[None]:
    """Let `fit` learn from few images, in all its epochs, where no training is asked about."""
    import keras

    notes.note()  # or a set-up cell would do it on top of this, and this would be taken off
    plain = keras.Model.fit

    @functools.wraps(plain)
    def fit(self: Any, x: Any, y: Any = None, *args: Any, **settings: Any) -> Any:
        if hasattr(x, "shape"):  # and no object that makes batches
            x, y = x[:FEW], None if y is None else y[:FEW]
        return plain(self, x, y, *args, **settings)

    if short:
        keras.Model.fit = fit
    try:
        yield
    finally:
        keras.Model.fit = plain


def places(lab: str, trainings: bool = False) -> Iterator[Place]:
    """Yield the exercises of a lab, in the state in which its solution notebook meets them.

    With `trainings` it is those that train something. Without, it is the others, and what would
    have been trained has learnt a little only.
    """
    notebook = nbformat.read(SOLUTIONS / lab / f"{lab}.ipynb", as_version=4)
    exercises = {exercise.name: exercise for exercise in labs.load(lab)}
    names: dict[str, Any] = {"display": lambda *_: None, "__name__": "__main__"}
    before, source = {}, ""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in exercises:
            source = solution(cell.source)
            before = _fresh(names, source)  # what the solution changes, as it is before
        if name.removesuffix("-check") in exercises and name.endswith("-check"):
            exercise = exercises[name.removesuffix("-check")]
            place = Place(exercise, before, source, cell.source)
            if place.trains == trainings:
                yield place
            continue
        with alone(600), short_trainings(not trainings):
            execute(cell.source, f"<{name or 'given'}>", names)
        plt.close("all")


def execute(source: str, file: str, names: dict[str, Any]) -> None:
    """Run some code as a cell is run: whoever asks for the text of a function in it, finds it."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), names)


def solution(source: str) -> str:
    """Return an answer cell without the marks around its solution."""
    return re.sub(r"(?m)^\s*### (BEGIN|END) SOLUTION\n?", "", source)


def given(check: str, names: dict[str, Any]) -> tuple:
    """Return what a check cell hands to its check."""
    call = next(node for node in ast.walk(ast.parse(check)) if isinstance(node, ast.Call))
    return tuple(eval(ast.unparse(argument), names) for argument in call.args)


def _fresh(before: dict[str, Any], source: str) -> dict[str, Any]:
    """Return the names that are defined before, with copies of what `source` may change."""
    import keras

    names = dict(before)
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    for name in used & set(names):
        value = names[name]
        if isinstance(value, keras.Model) and re.search(rf"{name}\.(compile|fit)\(", source):
            names[name] = _copied(value)
        elif isinstance(value, np.ndarray | list | dict):
            names[name] = value.copy() if isinstance(value, np.ndarray) else copy.copy(value)
    return names


def _copied(model: Any) -> Any:
    import keras

    made = keras.models.clone_model(model)
    made.set_weights(model.get_weights())
    if model.compiled:
        made.compile_from_config(model.get_compile_config())
    return made


@contextlib.contextmanager
def alone(seconds: int) -> Iterator[None]:
    """Keep back what is printed or warned of, and end what does not end by itself.

    The seconds are the processor's: what else a machine does at the time is no part of an answer.
    """

    def stop(*_: Any) -> None:
        raise TooLong(f"more than {seconds} seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def same(place: Place, one: tuple, other: tuple) -> bool:
    """Tell whether two answers are the same in behaviour, by their values, not by evidence."""
    kinds = place.exercise.answers.values()
    return len(one) == len(other) and all(
        _alike(answer.collector, a, b) for answer, a, b in zip(kinds, one, other, strict=False)
    )


def _alike(collector: Any, one: Any, other: Any) -> bool:
    import keras

    if one is other:
        return True
    if isinstance(collector, functions.Probing):
        return callable(one) and callable(other) and _same_function(collector, one, other)
    if isinstance(one, keras.Model) and isinstance(other, keras.Model):
        return _same_network(one, other) and _trained_alike(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_alike(None, one[key], other[key]) for key in one)
    if isinstance(one, keras.callbacks.History) and isinstance(other, keras.callbacks.History):
        return _same_fits(one, other) and _same_curves(one.history, other.history)
    if collector is pictures.picture:
        return _same_picture(one, other)
    if hasattr(one, "cv_results_") and hasattr(other, "cv_results_"):
        return _searched(one) == _searched(other)
    try:
        return bool(np.array_equal(np.asarray(one, object), np.asarray(other, object)))
    except (TypeError, ValueError):
        return False


def _searched(search: Any) -> tuple[Any, ...]:
    """Return what a search of scikit-learn's has tried and found, but for the time it took."""
    scores = {name: str(told) for name, told in search.cv_results_.items() if "time" not in name}
    learnt = getattr(getattr(search, "best_estimator_", None), "coefs_", ())
    return scores, search.estimator.get_params(), [part.tolist() for part in learnt]


def _same_picture(one: Any, other: Any) -> bool:
    """Tell whether two pictures show the same curves, or are the same pixel by pixel.

    The size of a picture of curves is taste, and so is how thick they are, which is drawn first,
    and how much more there is of them.
    """
    drawn = [_figure(answer) for answer in (one, other)]
    if None in drawn:
        return False
    return _has_the_curves(*map(_curves, drawn)) or np.array_equal(*map(_pixels, drawn))


def _figure(answer: Any) -> matplotlib.figure.Figure | None:
    first = np.ravel(np.asarray(answer, object))[0]
    figure = getattr(first, "figure", first)
    return figure if isinstance(figure, matplotlib.figure.Figure) else None


def _pixels(figure: matplotlib.figure.Figure) -> np.ndarray:
    canvas = FigureCanvasAgg(figure)  # a figure that was closed has another canvas
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def _curves(figure: matplotlib.figure.Figure) -> dict[tuple[str, ...], np.ndarray] | None:
    """Return the curves by name and look, each from left to right; None where there are images."""
    if any(axes.images or axes.collections for axes in figure.axes):
        return None
    return {
        (line.get_label(), line.get_linestyle(), str(line.get_marker())): line.get_xydata()[
            np.argsort(line.get_xydata()[:, 0])
        ]
        for axes in figure.axes
        for line in axes.get_lines()
    }


def _has_the_curves(wanted: dict | None, seen: dict | None) -> bool:
    if not wanted or not seen or wanted.keys() != seen.keys():
        return False
    return all(_runs_along(seen[name], *curve.T) for name, curve in wanted.items())


def _runs_along(curve: np.ndarray, x: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether a curve is drawn wherever `x` is, and nowhere far from `y`."""
    covers = len(curve) and curve[0, 0] <= x.min() and curve[-1, 0] >= x.max()
    return bool(covers) and np.allclose(np.interp(x, *curve.T), y, atol=0.02 * np.ptp(y))


def _same_function(collector: functions.Probing, one: Any, other: Any) -> bool:
    """Compare what two functions return on probes that no check has used."""
    for seed in range(1_000, 1_005):
        calls = [
            functions.called(function, collector.arguments(seed), seed).calls
            for function in (one, other)
        ]
        if any(isinstance(call.result, evidence.Model) for call in calls[0]):
            given = collector.arguments(seed)
            if not all(_alike(None, one(*some), other(*some)) for some in given):
                return False
            continue
        for first, second in zip(*calls, strict=True):
            sample = getattr(first.result, "sample", getattr(first.result, "value", None))
            told = getattr(second.result, "sample", getattr(second.result, "value", None))
            try:
                if not np.allclose(np.asarray(sample, float), np.asarray(told, float), atol=1e-9):
                    return False
            except (TypeError, ValueError):
                return False
            if first.changed_its_input != second.changed_its_input:
                return False
    return True


def _same_network(one: Any, other: Any) -> bool:
    """Compare two networks by what they learn and put out; names and seeds are no part of that.

    Layers without weights, but for those that act in a training only, may be others as long as the
    same comes out with the same weights.
    """
    if one.input_shape != other.input_shape or compiled_with(one) != compiled_with(other):
        return False
    if _learning(one) != _learning(other):
        return False
    import keras

    copy_of_other = keras.models.clone_model(other)
    copy_of_other.set_weights(one.get_weights())
    images = np.random.default_rng(0).random((4, *one.input_shape[1:]), np.float32)
    return bool(np.allclose(one(images), copy_of_other(images), atol=1e-6))


def _trained_alike(one: Any, other: Any) -> bool:
    """Tell whether two networks learnt the same, from the same images, in as many steps."""
    steps = {fits.updates(one), fits.updates(other)}
    if steps == {0}:  # weights that nothing has changed are there by luck
        return True
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return (
        len(steps) == 1
        and _same_fits(one, other)
        and all(np.allclose(a, b, atol=1e-3) for a, b in pairs)
    )


def _same_fits(one: Any, other: Any) -> bool:
    """Tell whether the same was noted of each training of two networks, or of two histories."""
    noted = [fits.of(owner) for owner in (one, other)]
    return len(noted[0]) == len(noted[1]) and all(
        _same_notes(a, b) for a, b in zip(*noted, strict=True)
    )


def _same_notes(one: Any, other: Any) -> bool:
    if not dataclasses.is_dataclass(one):
        return bool(np.array_equal(one, other))
    # Every call of `fit` has a number of its own.
    names = [field.name for field in dataclasses.fields(one) if field.name != "number"]
    return type(one) is type(other) and all(
        _same_notes(getattr(one, name), getattr(other, name)) for name in names
    )


def _same_curves(one: dict[str, list[float]], other: dict[str, list[float]]) -> bool:
    one, other = _measured_once(one), _measured_once(other)
    return one.keys() == other.keys() and all(
        len(one[name]) == len(other[name]) and np.allclose(one[name], other[name], atol=1e-2)
        for name in one
    )


def _measured_once(curves: dict[str, list[float]]) -> dict[str, list[float]]:
    """Leave out the curve that Keras adds, by a number, for a metric that is named twice."""
    named = {name: re.sub(r"_\d+$", "", name) for name in curves}
    return {
        name: curve
        for name, curve in curves.items()
        if name == named[name] or curve != curves.get(named[name])
    }


def compiled_with(model: Any) -> dict | None:
    """Return how a network was compiled; a metric that is named twice is measured once more."""
    config = _without_names(model.get_compile_config())
    if config and isinstance(config.get("metrics"), list):
        config["metrics"] = [
            metric
            for n, metric in enumerate(config["metrics"])
            if metric not in config["metrics"][:n]
        ]
    return config


def _learning(model: Any) -> list:
    """Return the settings of the layers that have weights, or that act in a training only."""
    parts = [part for part in model.layers if part.weights or "Dropout" in type(part).__name__]
    shapes = [weight.shape for weight in model.weights]
    return [shapes, *(_without_names(part.get_config()) for part in parts)]


def _without_names(part: Any) -> Any:
    if isinstance(part, dict):
        hidden = ("name", "seed", "keras_history", "input_layers", "output_layers")
        return {key: _without_names(value) for key, value in part.items() if key not in hidden}
    if isinstance(part, list | tuple):
        return [_without_names(value) for value in part]
    return part
