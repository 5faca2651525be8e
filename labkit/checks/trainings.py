"""Criteria and misconceptions about a training: how long, on what, and watched by what.

What can be measured is measured: the curves against the network, its accuracies against one
another, its steps against the images that it should have learnt. What `fit` was given is noted in
the notebook (`labkit.evidence.fits`), and a note can only tell of a mistake.
"""

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable

import numpy as np

from labkit import evidence
from labkit.checks import given, losses, measure, structures
from labkit.checks.exercise import Answers, Criterion, Misconception
from labkit.checks.result import Message
from labkit.evidence import fits

Part = Callable[[Answers], tuple[int, int]]

# Two accuracies over the same images differ at most by an image or two that are as good as tied.
_EXACT = 2e-4
_TOLERANCE = 1e-3
# So many images may be found twice in the data, or in both parts of it.
_FEW = 0.01
_AGAIN = "Mend that, then define and compile the network anew and fit it, in this order."


def four_fifths(answers: Answers) -> tuple[int, int]:
    """Return the part of the training images that `validation_split=0.2` leaves for learning."""
    return 0, int(len(answers.data.x_train) * 0.8)


def last_fifth(answers: Answers) -> tuple[int, int]:
    """Return the part of the training images that `validation_split=0.2` sets aside."""
    return int(len(answers.data.x_train) * 0.8), len(answers.data.x_train)


@dataclasses.dataclass(frozen=True)
class Plan:
    """What an exercise asks a training to do.

    Attributes
    ----------
    learnt, held_out : callable
        From `Answers` to where a part of the training images begins and ends.
    words : str
        What is held out, in words.
    any_part : bool
        Whether any part of that size may be held out, and the others learnt.
    batch : int
        The images of a batch; 0 where the exercise leaves that free.
    optimizer, loss : str
        What the network is compiled with, as in `evidence.Model`; empty where that is free.
    rate : float
        Its learning rate; 0 where that is free.
    """

    learnt: Part = four_fifths
    held_out: Part = last_fifth
    words: str = "the last fifth of the scaled training images"
    any_part: bool = False
    batch: int = 0
    optimizer: str = ""
    loss: str = ""
    rate: float = 0.0


LAST_FIFTH = Plan()
A_FIFTH = Plan(words="a fifth of the scaled training images", any_part=True)
ADAM_ON_LABELS = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"}

# --- curves ---------------------------------------------------------------------------------

ACCURACIES = ("accuracy", "sparse_categorical_accuracy", "categorical_accuracy")


def curve(history: evidence.History, kind: str, validation: bool = False) -> list[float]:
    """Return one series of `history`, empty where there is none.

    Parameters
    ----------
    history : evidence.History
    kind : {"loss", "accuracy"}
        ``"accuracy"`` finds it under the name that it was given in `compile`.
    validation : bool
    """
    names = [kind]
    if kind == "accuracy":
        names = [history.accuracy] if history.accuracy else ["acc", *ACCURACIES]
    found = [f"val_{name}" if validation else name for name in names]
    return next((history.series[name] for name in found if name in history.series), [])


def epochs(name: str, wanted: int, points: float) -> Criterion:
    """Require a history of exactly `wanted` epochs."""

    def test(answers: Answers) -> Message | None:
        seen = len(curve(getattr(answers, name), "loss"))
        if seen == wanted:
            return None
        return Message(
            f"{name} holds {seen} epoch{'s' * (seen != 1)}",
            f"{wanted} epochs",
            "Define and compile the network anew, then fit it with the right number of epochs.",
        )

    return Criterion(f"{name}: {wanted} epochs", points, test)


def validated(name: str, points: float) -> Criterion:
    """Require validation curves in the history."""

    def test(answers: Answers) -> Message | None:
        history = getattr(answers, name)
        loss = curve(history, "loss", validation=True)
        if not loss:
            return Message(
                f"{name} has no curve of the validation loss",
                "loss and accuracy after every epoch on images that are not trained on",
                "fit() has an argument that sets a share of the training images aside.",
            )
        if not curve(history, "accuracy", validation=True):
            return Message(
                f"{name} has a validation loss, but no validation accuracy: its curves are "
                f"{', '.join(sorted(history.series))}",
                "both, measured after every epoch",
                "compile() says what is reported. Compile with the accuracy, then fit anew.",
            )
        return seldom_watched(history, name)

    return Criterion("validated after every epoch", points, test)


def seldom_watched(history: evidence.History, name: str) -> Message | None:
    """Say so if a history that was validated was so after some of its epochs only."""
    seen, epochs = (len(curve(history, "loss", validation)) for validation in (True, False))
    if seen in (0, epochs):
        return None
    return Message(
        f"{name} holds {epochs} epochs, and a validation loss of {seen} of them",
        "one after every epoch",
        "fit() validates after every epoch, unless it is told otherwise.",
    )


# --- what was learnt and held out -----------------------------------------------------------


def belongs(history: str, model: str, points: float, plan: Plan = LAST_FIFTH) -> Criterion:
    """Require that `history` tells of `model`'s only training, done as `plan` says."""

    def test(answers: Answers) -> Message | None:
        record, network = getattr(answers, history), getattr(answers, model)
        if not curve(record, "accuracy", validation=True):
            return Message(f"{history} holds no validation accuracy to compare with")
        try:
            return (
                seldom_watched(record, history)
                or noted(answers, record.fit, model, plan)
                or compiled_otherwise(record.fit or network, model, plan)
                or _steps(answers, history, model, plan)
                or _measured(answers, history, model, plan)
                or knows_the_test_images(answers, model)
            )
        except measure.NotMeasurable as error:
            return Message(f"{network.class_name} {model} cannot be tried on the images: {error}")

    return Criterion(f"{history} belongs to {model}", points, test)


def noted(
    answers: Answers, fit: evidence.Fit | None, model: str, plan: Plan, watched: bool = True
) -> Message | None:
    """Say what a note tells of a mistake; None where it tells of none.

    Parameters
    ----------
    answers : Answers
    fit : evidence.Fit or None
    model : str
    plan : Plan
    watched : bool
        Whether images had to be held out.
    """
    if fit is None or fit.learnt is None:
        return None
    asked = f"scaled training images to learn from, and {plan.words} held out"
    if not watched:
        asked = plan.words
    fault = _learnt_wrongly(answers, fit.learnt, plan)
    if not fault and fit.uneven:
        fault, asked = "was trained with more weight on some images than on others", "even weights"
    if not fault and watched and fit.held_out is not None:
        fault = _held_out_wrongly(answers, fit, plan)
    if not fault and plan.batch and fit.batch and fit.batch != plan.batch:
        fault, asked = f"was trained in batches of {fit.batch}", f"batches of {plan.batch}"
    return Message(f"{model} {fault}", asked, _AGAIN) if fault else None


def compiled_otherwise(
    seen: evidence.Fit | evidence.Model, model: str, plan: Plan
) -> Message | None:
    """Say so if a network was compiled with another optimizer or loss than planned.

    Nothing is said where it is not known: of a training without a note whose network was read
    without its settings.
    """
    if not seen.optimizer:
        return None
    for setting in ("optimizer", "loss"):
        wanted, found = getattr(plan, setting), getattr(seen, setting)
        if wanted and found != wanted:
            return Message(
                f"{model} was trained with the {setting} {found or 'of another kind'}",
                f"the {setting} that compile() is to be told in this lab",
                _AGAIN,
            )
    rate = seen.rate if isinstance(seen, evidence.Fit) else structures.learning_rate(seen)
    if plan.rate and rate and not math.isclose(rate, plan.rate, rel_tol=1e-3):
        return Message(
            f"{model} was trained with a learning rate of {rate:g}",
            f"the settings of compile() as they are, with a learning rate of {plan.rate:g}",
            _AGAIN,
        )
    return None


def _learnt_wrongly(answers: Answers, learnt: evidence.Shown, plan: Plan) -> str:
    start, stop = plan.learnt(answers)
    if learnt.highest > 1.5:
        return "was trained on pixels from 0 to 255"
    known = _prints(answers.data, "x_train")
    if of_tests(answers.data, learnt):
        return "learnt from test images"
    if np.isin(learnt.images, known).mean() < 1 - _FEW:
        return "learnt from something else than the scaled training images"
    if _right_labels(answers, learnt) < 1 - _FEW:
        return "learnt from images with labels of other images"
    if len(learnt.images) != stop - start:
        return f"learnt from {len(learnt.images):,} images, not from {stop - start:,}"
    if not plan.any_part and np.isin(learnt.images, known[start:stop]).mean() < 1 - _FEW:
        return "learnt from other training images than those asked for"
    return ""


def of_tests(data: given.Reference, shown: evidence.Shown) -> bool:
    """Tell whether there are test images among those that `fit` was shown."""
    return bool(np.isin(shown.images, _prints(data, "x_test")).mean() > _FEW)


def _held_out_wrongly(answers: Answers, fit: evidence.Fit, plan: Plan) -> str:
    start, stop = plan.held_out(answers)
    held, learnt = fit.held_out, fit.learnt
    known = _prints(answers.data, "x_train")
    if held.highest > 1.5:
        return "was validated on pixels from 0 to 255"
    if of_tests(answers.data, held):
        return "was validated on the test images"
    if np.isin(held.images, known).mean() < 1 - _FEW:
        return "was validated on something else than the scaled training images"
    if np.isin(held.images, learnt.images).mean() > _FEW:
        return "was validated on images that it had learnt from"
    if len(held.images) != stop - start:
        return f"was validated on {len(held.images):,} images, not on {stop - start:,}"
    if not plan.any_part and np.isin(held.images, known[start:stop]).mean() < 1 - _FEW:
        return "was validated on other training images than those asked for"
    return ""


@functools.lru_cache(maxsize=4)
def _prints(data: given.Reference, name: str) -> np.ndarray:
    """Return the fingerprints of all images of one part of the data."""
    return fits.fingerprints(getattr(data, name))


@functools.lru_cache(maxsize=2)
def _order(data: given.Reference) -> np.ndarray:
    return np.argsort(_prints(data, "x_train"), kind="stable")


def _places(answers: Answers, images: np.ndarray) -> np.ndarray:
    """Return where images with these fingerprints stand among the training images."""
    known, order = _prints(answers.data, "x_train"), _order(answers.data)
    found = np.searchsorted(known, images, sorter=order)
    return order[np.minimum(found, len(order) - 1)]


def _right_labels(answers: Answers, shown: evidence.Shown) -> float:
    labels = answers.data.y_train[_places(answers, shown.images)]
    return float(np.mean(labels == shown.labels))


# --- steps ----------------------------------------------------------------------------------


def _steps(answers: Answers, history: str, model: str, plan: Plan) -> Message | None:
    record, network = getattr(answers, history), getattr(answers, model)
    start, stop = plan.learnt(answers)
    if not record.steps:
        return Message(
            f"{history} does not say in how many steps it was made", "what fit() returned"
        )
    wanted = math.ceil((stop - start) / plan.batch) if plan.batch else 0
    if wanted and record.steps != wanted:
        return Message(
            f"{history} was made in {record.steps} steps an epoch",
            f"{wanted} steps: {stop - start:,} images in batches of {plan.batch}",
            _AGAIN,
        )
    if not record.fit and not _may_be_steps(record.steps, stop - start):
        return Message(
            f"{history} was made in {record.steps} steps an epoch, and no usual size of a "
            f"batch gives so many with {stop - start:,} images",
            f"{stop - start:,} images to learn from, and {plan.words} held out",
            _AGAIN,
        )
    return trained_once(record, network, model)


def _may_be_steps(steps: int, images: int) -> bool:
    """Tell whether batches of some usual size give so many steps with so many images."""
    sizes = range(max(1, math.ceil(images / steps)), math.ceil(images / max(steps - 1, 1)) + 1)
    fitting = [size for size in sizes if math.ceil(images / size) == steps]
    return any(size & (size - 1) == 0 or size % 10 == 0 or size in (24, 48, 96) for size in fitting)


def trained_once(record: evidence.History, network: evidence.Model, model: str) -> Message | None:
    """Say so if `network` has been trained for more, or less, than `record` tells of."""
    before = record.fit.updates_before if record.fit else 0
    if tells_of_another(record, network) or (before and not (network.updates or network.fits)):
        return Message(
            f"The history was made by another network's fit(), not by {model}'s",
            f"what fit() returned when {model} was trained",
            f"Keep what fit() returns where {model} itself is trained.",
        )
    told = record.steps * len(curve(record, "loss"))
    if before or len(network.fits) > 1:
        return Message(
            f"{model} had been trained before: the history tells of its last training alone",
            "one training, from the beginning",
            _AGAIN,
        )
    # A network that is compiled anew counts its steps from 0 again.
    if network.updates and network.updates != told:
        return Message(
            f"{model} has taken {network.updates:,} steps in all, the history tells of {told:,}",
            "the history of its only training",
            _AGAIN,
        )
    return None


def tells_of_another(record: evidence.History, network: evidence.Model) -> bool:
    """Tell whether the call of `fit` that made a history is none of the network's.

    Of a network that was copied or read from a file no call is noted, so nothing is told of it.
    """
    calls = {fit.number for fit in network.fits}
    made = record.fit.number if record.fit else 0
    return bool(made) and 0 not in calls and bool(calls) and made not in calls


# --- measured -------------------------------------------------------------------------------


def _measured(answers: Answers, history: str, model: str, plan: Plan) -> Message | None:
    """Hold the last validation accuracy and loss against what the network shows."""
    if validated_on_test_images(answers, history, model):
        return Message(
            f"{history} was validated on the test images",
            "images set aside from the training images",
            "fit() has an argument that sets a share of the training images aside.",
        )
    if learnt_unscaled(answers, history, model):
        learnt = fits_unscaled(answers, model)
        return Message(
            f"{f'{model} was trained' if learnt else f'{history} was measured'} on pixels from 0 "
            "to 255",
            f"scaled training images to learn from, and {plan.words} held out",
            _AGAIN,
        )
    record, network = getattr(answers, history), getattr(answers, model)
    shares, each = (curve(record, kind, validation=True) for kind in ("accuracy", "loss"))
    known = _held_out(answers, record.fit, plan)
    exact, share = [], 0.0
    if known is not None:
        exact = losses.exact(network, _images(answers, known))
        share = measure.accuracy(network, *_images(answers, known)) if exact else 0.0
    epoch = losses.epoch(exact, each, share, shares)
    told, loss = (one[-1 if epoch is None else epoch] if one else 0.0 for one in (shares, each))
    parts = [measure.thinned(*part) for part in _held_out_parts(answers, record.fit, plan)]
    seen = [measure.accuracy(network, *part) for part in parts]
    nearest = min(range(len(parts)), key=lambda number: abs(seen[number] - told))
    # Where it is not known which images were held out, there are several parts.
    if not min(seen) - measure.luck(min(seen)) <= told <= max(seen) + measure.luck(max(seen)):
        return Message(
            f"{history} tells of a validation accuracy of {told:.1%}. Measured on {plan.words}, "
            f"{model} reaches {seen[nearest]:.1%}",
            f"the history of this network, validated on {plan.words}",
            "Run the cells that define, compile and fit the network once more, in this order.",
        )
    if epoch is not None or not each:
        return None
    may_be = losses.may_be(network, loss, parts[nearest])
    if may_be and not exact:
        return None
    if may_be:
        found = f"a loss of {exact[0]:.5g}, not {loss:.5g}"
        if any(losses.same(one, loss) for one in exact):
            found = f"an accuracy of {share:.2%}, not {told:.2%}"
        saw = f"On the images held out {model} has {found}"
        return Message(saw, f"the weights that {history} ends with", _AGAIN)
    measured = measure.cross_entropy(network, *parts[nearest])
    return Message(
        f"{history} ends with a validation loss of {loss:.4g}. Measured on {plan.words}, "
        f"{model} has a loss of {measured:.4g}",
        "training and validation on scaled images",
        "Define and compile the network anew, then fit it on the scaled images.",
    )


def _held_out_parts(
    answers: Answers, fit: evidence.Fit | None, plan: Plan
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the images and labels that may have been held out."""
    known = _held_out(answers, fit, plan)
    if known is not None:
        return [_images(answers, known)]
    edges = np.linspace(0, len(answers.data.x_train), 6).astype(int)
    return [_images(answers, slice(a, b)) for a, b in itertools.pairwise(edges)][::-1]


def _images(answers: Answers, places: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
    return answers.data.x_train[places], answers.data.y_train[places]


def _held_out(answers: Answers, fit: evidence.Fit | None, plan: Plan) -> np.ndarray | slice | None:
    """Return where the images stand that were held out, None where that is not known."""
    if not plan.any_part:
        return slice(*plan.held_out(answers))
    if fit is None or fit.held_out is None:
        return None
    return _places(answers, fit.held_out.images)


def knows_the_test_images(answers: Answers, model: str) -> Message | None:
    """Say so if a network does clearly better on the test images than on training images.

    Whoever learns from training images does at least as well on them as on images that are new.
    """
    return better_on_tests(getattr(answers, model), answers.data, model)


def better_on_tests(network: evidence.Model, data: given.Reference, model: str) -> Message | None:
    """Say so if `network`, called `model`, does clearly better on the test images."""
    tests = accuracy(network, *measure.thinned(data.x_test, data.y_test))
    seen = accuracy(network, *measure.thinned(data.x_train, data.y_train))
    if not tests > seen + 1.5 * measure.luck(seen):
        return None
    return Message(
        f"{model} is right on {tests:.1%} of the test images and on {seen:.1%} of the training "
        "images: it has learnt from test images",
        "a network that has seen training images alone",
        _AGAIN,
    )


def validated_on_test_images(answers: Answers, history: str, model: str) -> bool:
    """Tell whether the last validation accuracy and loss are exactly those on the test images.

    Either may agree by luck. A network that agrees with the last fifth of the training images,
    which `validation_split` sets aside, is beyond suspicion.
    """
    record, network = getattr(answers, history), getattr(answers, model)
    share = curve(record, "accuracy", validation=True)
    loss = curve(record, "loss", validation=True)
    if not share or not loss:
        return False
    images, labels = answers.data.x_test, answers.data.y_test
    if not _may_be_share_of(share[-1], len(images)):
        return False
    if abs(share[-1] - accuracy(network, images, labels)) > _EXACT:
        return False
    if (network.output_shape or (None,))[-1] != len(answers.data.class_names):
        return False
    seen = measure.cross_entropy(network, images, labels) + losses.penalty(network)
    if abs(loss[-1] - seen) > _TOLERANCE * max(1.0, seen):
        return False
    start, stop = last_fifth(answers)
    part = answers.data.x_train[start:stop], answers.data.y_train[start:stop]
    return abs(share[-1] - accuracy(network, *part)) > _EXACT


def _may_be_share_of(share: float, count: int) -> bool:
    """Tell whether `share` times `count` is a whole number, but for float32's rounding.

    Most shares of another number of images are ruled out at once, without running a network.
    """
    return abs(share * count - round(share * count)) < 1e-6 * count


def validated_on_unscaled(answers: Answers, history: str, model: str) -> bool:
    """Tell whether the last validation loss is far above what the network shows on scaled images.

    The accuracy would not tell: a network of relu layers names the same classes on almost any
    scale. Its loss grows with the scale.
    """
    record, network = getattr(answers, history), getattr(answers, model)
    if record.fit is not None and record.fit.held_out is not None:
        return record.fit.held_out.highest > 1.5
    told = curve(record, "loss", validation=True)
    if not told or (network.output_shape or (None,))[-1] != len(answers.data.class_names):
        return False
    start, stop = last_fifth(answers)
    part = measure.thinned(answers.data.x_train[start:stop], answers.data.y_train[start:stop])
    if losses.may_be(network, told[-1], part):
        return False
    from_scaled = abs(told[-1] - measure.cross_entropy(network, *part))
    from_unscaled = abs(told[-1] - measure.cross_entropy(network, *part, scale=1))
    return from_unscaled < from_scaled


def fits_unscaled(answers: Answers, model: str) -> bool:
    """Tell whether a network fits pixels from 0 to 255 better than scaled ones."""
    network = getattr(answers, model)
    noted_as = network.fits[-1].learnt if network.fits else None
    if noted_as is not None:
        return noted_as.highest > 1.5
    start, stop = last_fifth(answers)
    part = measure.thinned(answers.data.x_train[start:stop], answers.data.y_train[start:stop])
    return accuracy(network, *part, scale=1) > accuracy(network, *part) + 0.05


def learnt_unscaled(answers: Answers, history: str, model: str) -> bool:
    """Tell whether a network was trained, or validated, on pixels from 0 to 255."""
    return fits_unscaled(answers, model) or validated_on_unscaled(answers, history, model)


def accuracy(
    network: evidence.Model, images: np.ndarray, labels: np.ndarray, scale: float = 255.0
) -> float:
    """Return the accuracy, NaN where it cannot be measured: no comparison with it holds."""
    try:
        return measure.accuracy(network, images, labels, scale)
    except measure.NotMeasurable:
        return math.nan


# --- misconceptions -------------------------------------------------------------------------


def mistakes(history: str, model: str, wanted: int) -> list[Misconception]:
    """Return the misconceptions about `fit` that all labs share."""

    def no_validation(answers: Answers) -> bool:
        record = getattr(answers, history)
        return bool(curve(record, "loss")) and not curve(record, "loss", validation=True)

    def too_few(answers: Answers) -> bool:
        return 0 < len(curve(getattr(answers, history), "loss")) < wanted

    def unscaled(answers: Answers) -> bool:
        return learnt_unscaled(answers, history, model)

    def on_test_images(answers: Answers) -> bool:
        fit = getattr(answers, history).fit
        if fit is not None and fit.held_out is not None:
            return of_tests(answers.data, fit.held_out)
        return validated_on_test_images(answers, history, model)

    return [
        Misconception(
            "trained-on-unscaled-images",
            unscaled,
            "Some of the images were not scaled: the network learnt from pixels from 0 to 255, or "
            "was validated on them.",
        ),
        Misconception(
            "validation-on-the-test-set",
            on_test_images,
            "The validation accuracy is the one on the test set. Whoever chooses by it has no "
            "unseen images left in the end.",
        ),
        Misconception(
            "no-validation",
            no_validation,
            "Nothing was set aside for validation, so no curve shows how the network does on "
            "images that it was not trained on.",
        ),
        Misconception(
            "too-few-epochs",
            too_few,
            "The training ended before the number of epochs asked for.",
        ),
    ]
