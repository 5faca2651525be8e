"""Criteria about what a network is made of, in its canonical form."""

import json
import numbers
from collections.abc import Callable, Collection, Sequence

import numpy as np

from labkit import evidence
from labkit.checks import forward, measure
from labkit.checks.canonical import Chain, canonical
from labkit.checks.exercise import Answers, Criterion, Misconception
from labkit.checks.result import Message
from labkit.checks.step import Step

_TRIED = 6
_COMPARE = "Compare your layers with the table above, line by line."


def chain_of(answers: Answers, name: str) -> Chain:
    """Return the network `name` as a chain of steps."""
    return canonical(getattr(answers, name).config)


def units(chain: Chain) -> list[int]:
    """Return the numbers of nodes of the dense layers."""
    return [step.settings["units"] for step in chain.of("dense")]


def learning_rate(model: evidence.Model) -> float | None:
    """Return the learning rate that a network was compiled with, None where it changes."""
    compiled = json.loads(model.config).get("compile_config") or {}
    optimizer = compiled.get("optimizer")
    settings = optimizer.get("config") if isinstance(optimizer, dict) else None
    rate = settings.get("learning_rate") if isinstance(settings, dict) else None
    return float(rate) if isinstance(rate, numbers.Real) else None


def nodes(count: int) -> str:
    """Return ``"1 node"``, ``"10 nodes"``."""
    return f"{count} node" if count == 1 else f"{count} nodes"


def order(
    name: str,
    kinds: Sequence[str],
    points: float,
    title: str,
    next_step: str = _COMPARE,
    free: Collection[str] = ("dropout",),
    regularized: bool = False,
) -> Criterion:
    """Require these kinds of steps in this order, and nothing else; later criteria wait for it.

    Parameters
    ----------
    name : str
    kinds : sequence of str
        As in `canonical.Step`, without activations.
    points : float
    title, next_step : str
    free : collection of str
        Kinds that may stand anywhere, or that another criterion looks at.
    regularized : bool
        Whether regularizers are asked for; then another criterion looks at them.
    """

    def test(answers: Answers) -> Message | None:
        seen = chain_of(answers, name)
        if seen.fault:
            return Message(
                f"The layers of {name} do not stand in one line: {seen.fault}",
                "each layer once, one after the other",
                "Compare the list of its layers with the table, from top to bottom.",
            )
        if seen.order(*free) != list(kinds):
            return Message(f"{name} has, from first to last: {seen.words()}", "", next_step)
        strange = [words for words in seen.before_first() if words != "relu"]
        if strange:
            return Message(f"{name} begins with the activation {strange[0]}", "", next_step)
        extras = seen.extras() + ([] if regularized else seen.regularized())
        if extras:
            return Message(
                f"In {name}, {extras[0]}",
                "the layers as the exercise describes them",
                "Tell a layer no more than the exercise names: all else is as Keras has it.",
            )
        return None

    return Criterion(title, points, test, stop=True)


def as_defined(
    name: str,
    wanted: Callable[[Chain], Chain],
    points: float,
    next_step: str,
    once: Criterion | None = None,
) -> Criterion:
    """Require the layers that a network was defined with, where it is done something else with.

    A network without its last softmax puts out scores: what its loss is told of them is asked where
    it is compiled.

    Parameters
    ----------
    name : str
    wanted : callable
        From the network's chain to the one that it should be.
    points : float
    next_step : str
    once : Criterion, optional
        What has to be met before the layers earn anything: they were there before the training.
    """

    def test(answers: Answers) -> Message | None:
        seen = chain_of(answers, name)
        if once and once.test(answers):
            saw = f"The layers of {name} are looked at after its training, which comes first"
            return Message(saw, once.title, "Mend what the line before this one says.")
        asked = wanted(seen)
        takes = getattr(answers, name).input_shape
        shapes = asked.input_shape, (*(asked.input_shape or ()), 1)
        if takes is None or takes[1:] not in shapes:
            saw = f"{name} takes input of shape {takes and takes[1:]}"
        elif seen.fault:
            saw = f"The layers of {name} do not stand in one line: {seen.fault}"
        elif extras := seen.extras() + seen.regularized():
            saw = f"In {name}, {extras[0]}"
        elif _all_do(_up_to_scores(seen), _up_to_scores(asked)):
            return None
        else:
            saw = f"{name} has, from first to last: {seen.words()}"
        return Message(saw, "the layers that were asked for where it is defined", next_step)

    return Criterion(f"{name} has the layers that it was defined with", points, test)


def _up_to_scores(chain: Chain) -> list[Step]:
    steps = list(chain.steps)
    if steps and steps[-1].kind == "activation" and steps[-1].settings["name"] == "softmax":
        steps.pop()
    return steps


def _all_do(seen: Sequence[Step], asked: Sequence[Step]) -> bool:
    return len(seen) == len(asked) and all(
        step.does(other) for step, other in zip(seen, asked, strict=True)
    )


def built_like(
    name: str, wanted: Chain, answers: Answers, *settings: str, next_step: str = _COMPARE
) -> Message | None:
    """Say which step of `name` does something else than that of `wanted`; None where all do it.

    Parameters
    ----------
    name : str
    wanted : Chain
        Its steps without activations and dropout are as many as those of the network.
    answers : Answers
    *settings : str
        The settings to compare; all of them where none is named.
    """
    seen = [s for s in chain_of(answers, name).steps if s.kind not in ("activation", "dropout")]
    asked = [s for s in wanted.steps if s.kind not in ("activation", "dropout")]
    for number, (step, other) in enumerate(zip(seen, asked, strict=False)):
        if not step.does(other):
            asked_for = settings or tuple(other.settings)
            different = [
                key for key in asked_for if step.settings.get(key) != other.settings.get(key)
            ]
            if settings and not different:
                continue
            words = ", ".join(different) or "kind"
            return Message(
                f"Step {number + 1} of {name}, {step}, differs from the table in its {words}",
                f"there what puts out {_sides(other.shape)}",
                next_step,
            )
    return None


def _sides(shape: tuple | None) -> str:
    return " × ".join(map(str, shape or ())) or "another shape"


def computes(name: str, answers: Answers, wanted: Chain | None = None) -> Message | None:
    """Say so if a network puts out something else than its layers would with its weights.

    Parameters
    ----------
    name : str
    answers : Answers
    wanted : Chain, optional
        What is to be computed; the network's own chain where it is left out.
    """
    model = getattr(answers, name)
    chain = wanted or canonical(model.config)
    images = answers.data.x_test[:: max(1, len(answers.data.x_test) // _TRIED)][:_TRIED]
    try:
        seen = measure.outputs(model, images)
        shape = (len(images), *model.input_shape[1:])
        told = forward.outputs(chain, model.weights, (images / 255.0).reshape(shape))
    except measure.NotMeasurable as error:
        return Message(f"{name} cannot be tried on the images: {error}")
    except forward.NotComputable as error:
        return Message(
            f"{name} computes something else than the table: {error}",
            "the layers of the table, and nothing between or after them",
            _COMPARE,
        )
    if seen.shape == told.shape and np.allclose(seen, told, atol=1e-3):
        return None
    return Message(
        f"{name} puts out other numbers than the layers of the table would with its weights",
        "the layers of the table, and nothing between or after them",
        _COMPARE,
    )


def dropout_at(name: str, wanted: Chain, points: float, title: str) -> Criterion:
    """Require dropout in the places of `wanted` and, where its own criterion asks, at its rates."""

    def test(answers: Answers) -> Message | None:
        seen = chain_of(answers, name)
        if same_dropout(seen, wanted):
            return None
        return Message(
            f"{name} has, from first to last: {seen.words()}",
            "the layers of the table, each in its place",
            "A line of the table is a layer of the list.",
        )

    return Criterion(title, points, test)


def same_dropout(seen: Chain, wanted: Chain, places_alone: bool = False) -> bool:
    """Tell whether dropout has the same places, and the same rates but for rounding."""
    places = [place for place, _ in seen.dropouts()]
    if places != [place for place, _ in wanted.dropouts()]:
        return False
    if places_alone:
        return True
    rates = [[rate for _, rate in chain.dropouts()] for chain in (seen, wanted)]
    return np.allclose(*rates, rtol=0, atol=1e-6)


def missing_flatten(name: str) -> Misconception:
    """Return the misconception that a dense layer takes images."""

    def seen(answers: Answers) -> bool:
        chain = chain_of(answers, name)
        pooled = any(step.kind.startswith("Global") for step in chain.steps)  # to a vector, too
        return not (chain.fault or chain.of("flatten") or pooled)

    return Misconception(
        "missing-flatten",
        seen,
        "A dense layer takes rows of numbers, and an image is a table. A layer is missing that "
        "turns the one into the other.",
    )


def penalty(chain: Chain, weights: Sequence[np.ndarray]) -> float:
    """Return what the regularizers of a network's kernels add to its loss."""
    total, first = 0.0, 0
    for step in chain.of("dense", "convolution"):
        l1, l2 = step.penalties.get("kernel", (0.0, 0.0))
        kernel = np.asarray(weights[first], float)
        total += l1 * float(np.abs(kernel).sum()) + l2 * float(np.square(kernel).sum())
        first += 1 if "no bias" in step.extras else 2
    return total
