"""Criteria and misconceptions about compiling, training and evaluating a network."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from labkit import evidence
from labkit.checks import criteria, measure
from labkit.checks.exercise import Answers, Criterion, Misconception
from labkit.checks.result import Message

VALIDATION_SPLIT = 0.2
# Another machine rounds differently; a test accuracy may be rounded to three decimals.
_TOLERANCE = 1e-3
# Two accuracies over the same images differ at most by an image or two that are as good as tied.
_EXACT = 2e-4
# A loss on some images of a part lies this near to that on all of them.
_NEAR = 0.1

_SHORT = {"mse": "mean_squared_error", "bce": "binary_crossentropy"}

Seen = Callable[[Answers], bool]

# --- compile --------------------------------------------------------------------------------


def compiled(name: str, points: float) -> Criterion:
    """Require a compiled network; later criteria wait for it."""

    def test(answers: Answers) -> Message | None:
        if getattr(answers, name).optimizer:
            return None
        return Message(
            f"{name} is not compiled yet",
            "a network that knows its optimizer, its loss and its metrics",
            f"Call {name}.compile(...) and run the cell.",
        )

    return Criterion(f"{name} is compiled", points, test, stop=True)


def optimizer(name: str, wanted: str, points: float, title: str, next_step: str) -> Criterion:
    """Require the optimizer `wanted`, its class's name in lower case."""

    def test(answers: Answers) -> Message | None:
        seen = getattr(answers, name).optimizer
        if seen == wanted:
            return None
        return Message(f"{name} is compiled with the optimizer {seen}", "", next_step)

    return Criterion(title, points, test)


def loss(name: str, wanted: str, points: float, title: str, next_step: str) -> Criterion:
    """Require the loss `wanted`, in snake case, told rightly what the network puts out."""

    def test(answers: Answers) -> Message | None:
        model = getattr(answers, name)
        if model.loss != wanted:
            seen = model.loss or "no loss"
            return Message(f"{name} is compiled with the loss {seen}", "", next_step)
        if model.from_logits == puts_out_probabilities(model):
            return Message(
                f"the loss of {name} has from_logits={model.from_logits}",
                "a loss that is told whether the last layer gives probabilities",
                "Look at the last layer's activation.",
            )
        return None

    return Criterion(title, points, test)


def accuracy_metric(name: str, points: float) -> Criterion:
    """Require accuracy among the metrics."""

    def test(answers: Answers) -> Message | None:
        seen = getattr(answers, name).metrics
        if any("accuracy" in metric for metric in seen):
            return None
        listed = ", ".join(seen) or "none"
        return Message(
            f"the metrics of {name}: {listed}",
            "the share of right answers among them",
            "metrics takes a list of names.",
        )

    return Criterion("accuracy is reported", points, test)


def puts_out_probabilities(model: evidence.Model) -> bool:
    """Tell whether the last layer with weights ends in softmax or sigmoid."""
    dense = criteria.layers_of(model, "Dense")
    return bool(dense) and criteria.activation(model, dense[-1]) in {
        "softmax",
        "sigmoid",
    }


def compile_mistakes(name: str, wrong_losses: Mapping[str, tuple[str, str]]) -> list[Misconception]:
    """Return the misconceptions about `compile` that all labs share.

    Parameters
    ----------
    name : str
        The network's name.
    wrong_losses : dict of str to (str, str)
        From a loss in snake case to the misconception's name and what to tell the student.
    """

    def with_loss(wrong: str) -> Seen:
        def seen(answers: Answers) -> bool:
            chosen = getattr(answers, name).loss
            return _SHORT.get(chosen, chosen) == wrong

        return seen

    return [
        *(
            Misconception(mistake, with_loss(wrong), told)
            for wrong, (mistake, told) in wrong_losses.items()
        ),
        Misconception(
            "softmax-and-from-logits",
            lambda answers: (
                getattr(answers, name).from_logits
                and puts_out_probabilities(getattr(answers, name))
            ),
            "from_logits=True says that the network gives raw scores, but its last layer already "
            "makes probabilities of them: the softmax would be taken twice.",
        ),
        Misconception(
            "no-accuracy",
            lambda answers: (
                bool(getattr(answers, name).optimizer) and not getattr(answers, name).metrics
            ),
            "Without a metric, fit() reports the loss alone.",
        ),
    ]


# --- fit ------------------------------------------------------------------------------------


def curve(history: evidence.History, kind: str, validation: bool = False) -> list[float]:
    """Return one series of `history`, empty where there is none.

    Parameters
    ----------
    history : evidence.History
    kind : {"loss", "accuracy"}
        ``"accuracy"`` finds Keras's other accuracies too, such as ``categorical_accuracy``.
    validation : bool
    """
    for name, values in history.series.items():
        if name.startswith("val_") == validation and name.endswith(kind):
            return values
    return []


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

    return Criterion(f"{wanted} epochs", points, test)


def validated(name: str, points: float) -> Criterion:
    """Require validation curves in the history."""

    def test(answers: Answers) -> Message | None:
        history = getattr(answers, name)
        if curve(history, "loss", validation=True) and curve(history, "accuracy", validation=True):
            return None
        return Message(
            f"{name} has no curves for validation loss and accuracy",
            "both, measured after every epoch on images that are not trained on",
            "fit() has an argument that sets a share of the training images aside.",
        )

    return Criterion("validated after every epoch", points, test)


def belongs(history: str, model: str, points: float) -> Criterion:
    """Require that the last validation accuracy is what `model` reaches on the last fifth."""

    def test(answers: Answers) -> Message | None:
        told = curve(getattr(answers, history), "accuracy", validation=True)
        if not told:
            return Message(f"{history} holds no validation accuracy to compare with")
        try:
            seen = measure.accuracy(getattr(answers, model), *_validation_part(answers))
            on_test_images = _validated_on_test_images(answers, history, model)
            on_unscaled = _validated_on_unscaled(answers, history, model)
        except measure.NotMeasurable as error:
            return Message(f"{model} cannot be tried on the images: {error}")
        if on_test_images:
            return Message(
                f"{history} was validated on the test images",
                "images set aside from the training images",
                "fit() has an argument that sets a share of the training images aside.",
            )
        if on_unscaled:
            return Message(
                f"{history} was measured on pixels from 0 to 255",
                "training and validation on scaled images",
                "Define and compile the network anew, then fit it on the scaled images.",
            )
        if abs(seen - told[-1]) <= _luck(seen):
            return None
        return Message(
            f"{history} ends with a validation accuracy of {told[-1]:.1%}. Measured on the last "
            f"fifth of the training images, {model} reaches {seen:.1%}",
            "the history of this network, validated on the last fifth of the scaled images",
            "Run the cells that define, compile and fit the network once more, in this order.",
        )

    return Criterion(f"{history} belongs to {model}", points, test)


def fit_mistakes(history: str, model: str, wanted: int) -> list[Misconception]:
    """Return the misconceptions about `fit` that all labs share."""

    def no_validation(answers: Answers) -> bool:
        return not curve(getattr(answers, history), "loss", validation=True)

    def too_few(answers: Answers) -> bool:
        return 0 < len(curve(getattr(answers, history), "loss")) < wanted

    def unscaled(answers: Answers) -> bool:
        network, part = getattr(answers, model), _validation_part(answers)
        better = _accuracy(network, *part, scale=1) > _accuracy(network, *part) + 0.05
        return better or _validated_on_unscaled(answers, history, model)

    return [
        Misconception(
            "trained-on-unscaled-images",
            unscaled,
            "The network fits pixels from 0 to 255 better than scaled ones: it was trained on "
            "images that are not scaled.",
        ),
        Misconception(
            "validation-on-the-test-set",
            lambda answers: _validated_on_test_images(answers, history, model),
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


def _validated_on_test_images(answers: Answers, history: str, model: str) -> bool:
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
    if abs(share[-1] - _accuracy(network, images, labels)) > _EXACT:
        return False
    if abs(loss[-1] - test_loss(answers, model)) > _TOLERANCE:
        return False
    return abs(share[-1] - _accuracy(network, *_last_fifth(answers))) > _EXACT


def _may_be_share_of(share: float, count: int) -> bool:
    """Tell whether `share` times `count` is a whole number, but for float32's rounding.

    Most shares of another number of images are ruled out at once, without running a network.
    """
    return abs(share * count - round(share * count)) < 1e-6 * count


def _validated_on_unscaled(answers: Answers, history: str, model: str) -> bool:
    """Tell whether the last validation loss is far nearer to that on pixels from 0 to 255.

    The accuracy would not tell: a network of relu layers names the same classes on almost any
    scale. Its loss does not stay the same.
    """
    told = curve(getattr(answers, history), "loss", validation=True)
    network, part = getattr(answers, model), _validation_part(answers)
    if not told or (network.output_shape or (None,))[-1] != len(answers.data.class_names):
        return False
    from_scaled = abs(told[-1] - measure.cross_entropy(network, *part))
    if from_scaled < _NEAR:
        return False
    from_unscaled = abs(told[-1] - measure.cross_entropy(network, *part, scale=1))
    return from_unscaled < from_scaled / 3


def _last_fifth(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """Return images and labels of the part that `validation_split` sets aside."""
    start = int(len(answers.data.x_train) * (1 - VALIDATION_SPLIT))
    return answers.data.x_train[start:], answers.data.y_train[start:]


def _validation_part(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """Return some images and labels of the part that `validation_split` sets aside."""
    return measure.thinned(*_last_fifth(answers))


def _luck(share: float) -> float:
    """Return how far a thinned-out accuracy may lie from the whole part's by luck."""
    return 4 * math.sqrt(max(share * (1 - share), 0.01) / measure.PROBED)


# --- evaluate -------------------------------------------------------------------------------


def measured_loss(name: str, model: str, points: float, title: str, next_step: str) -> Criterion:
    """Require the loss that the judge measures on the test images.

    Right is what ``evaluate`` gives, and what Keras's loss makes of predicted probabilities.
    """
    measured = (test_loss, _test_loss_of_probabilities)
    return _measured(name, model, points, title, next_step, measured, "the mean cross-entropy")


def measured_accuracy(
    name: str, model: str, points: float, title: str, next_step: str
) -> Criterion:
    """Require the accuracy that the judge measures on the test images."""
    words = "a share from 0 to 1"
    return _measured(name, model, points, title, next_step, (test_accuracy,), words)


def test_loss(answers: Answers, model: str) -> float:
    """Return the cross-entropy of the network named `model` on the test images."""
    return _test_loss(answers, model)


def _test_loss_of_probabilities(answers: Answers, model: str) -> float:
    return _test_loss(answers, model, least=measure.KERAS_LEAST)


def _test_loss(answers: Answers, model: str, **settings: float) -> float:
    network = getattr(answers, model)
    if (network.output_shape or (None,))[-1] != len(answers.data.class_names):
        raise measure.NotMeasurable(f"it puts out an array of shape {network.output_shape}")
    return measure.cross_entropy(network, answers.data.x_test, answers.data.y_test, **settings)


def test_accuracy(answers: Answers, model: str) -> float:
    """Return the accuracy of the network named `model` on the test images."""
    return measure.accuracy(getattr(answers, model), answers.data.x_test, answers.data.y_test)


def training_accuracy(answers: Answers, model: str) -> float:
    """Return the accuracy of the network named `model` on the training images, thinned out."""
    some = measure.thinned(answers.data.x_train, answers.data.y_train)
    return _accuracy(getattr(answers, model), *some)


def is_close(told: float, seen: float) -> bool:
    """Tell whether a number agrees with a measured one, but for rounding."""
    return abs(told - seen) <= _TOLERANCE * max(1.0, abs(seen))


def evaluate_mistakes(loss_name: str, accuracy_name: str, model: str) -> list[Misconception]:
    """Return the misconceptions about `evaluate` that all labs share."""

    def told(answers: Answers, name: str) -> float:
        return float(getattr(answers, name).value)

    def swapped(answers: Answers) -> bool:
        return is_close(told(answers, loss_name), test_accuracy(answers, model)) and is_close(
            told(answers, accuracy_name), test_loss(answers, model)
        )

    def per_cent(answers: Answers) -> bool:
        share = told(answers, accuracy_name) / 100
        return is_close(share, test_accuracy(answers, model))

    def on_training_images(answers: Answers) -> bool:
        seen = training_accuracy(answers, model)
        return abs(told(answers, accuracy_name) - seen) <= _luck(seen)

    def wrong(answers: Answers) -> bool:
        return not is_close(told(answers, accuracy_name), test_accuracy(answers, model))

    return [
        Misconception(
            "loss-and-accuracy-swapped",
            swapped,
            "The two look swapped: evaluate() returns the loss first.",
        ),
        Misconception(
            "per-cent-for-share",
            per_cent,
            "This is a percentage. Keras, and everybody who compares with it, uses a share.",
        ),
        Misconception(
            "training-accuracy-called-test",
            lambda answers: wrong(answers) and on_training_images(answers),
            "This looks like the accuracy on the training images, which the network has seen.",
        ),
    ]


def _measured(
    name: str,
    model: str,
    points: float,
    title: str,
    next_step: str,
    measured: Sequence[Callable[[Answers, str], float]],
    words: str,
) -> Criterion:
    def test(answers: Answers) -> Message | None:
        fact = getattr(answers, name)
        if not criteria.is_number(fact):
            return Message(f"{name} is {criteria.show(fact.value)}", words, next_step)
        try:
            right = any(is_close(fact.value, measure_it(answers, model)) for measure_it in measured)
        except measure.NotMeasurable as error:
            return Message(f"{model} cannot be tried on the test images: {error}")
        if right:
            return None
        return Message(
            f"{name} is {criteria.show(fact.value)}, but the check measured another value",
            f"{words}, on the scaled test images",
            next_step,
        )

    return Criterion(title, points, test)


def _accuracy(
    network: evidence.Model,
    images: np.ndarray,
    labels: np.ndarray,
    scale: float = 255.0,
) -> float:
    try:
        return measure.accuracy(network, images, labels, scale)
    except measure.NotMeasurable:
        return math.nan  # no comparison with it holds
