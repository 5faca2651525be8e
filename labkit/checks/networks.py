"""Criteria and misconceptions about compiling and evaluating a network."""

from collections.abc import Callable, Mapping, Sequence

from labkit import evidence
from labkit.checks import criteria, measure, structures, trainings
from labkit.checks.canonical import canonical
from labkit.checks.exercise import Answers, Criterion, Misconception
from labkit.checks.result import Message

# Another machine rounds differently; a test accuracy may be rounded to three decimals.
_TOLERANCE = 1e-3

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


def compiled_for_classes(name: str, points: float) -> Criterion:
    """Require Adam, the cross-entropy for whole-number labels, and accuracy; later ones wait."""
    parts = [
        compiled(name, 0),
        optimizer(name, "adam", 0, "", "The exercise names the optimizer."),
        loss(
            name,
            "sparse_categorical_crossentropy",
            0,
            "",
            "Keras has a cross-entropy for labels that are whole numbers.",
        ),
        accuracy_metric(name, 0),
    ]

    def test(answers: Answers) -> Message | None:
        return next(filter(None, (part.test(answers) for part in parts)), None)

    return Criterion(f"{name} is compiled as asked", points, test)


# Below, a network of a lab learns next to nothing in its epochs; above, it does not settle.
_LEAST_RATE, _MOST_RATE = 1e-5, 0.1


def optimizer(name: str, wanted: str, points: float, title: str, next_step: str) -> Criterion:
    """Require the optimizer `wanted`, its class's name in lower case, at a rate that may learn."""

    def test(answers: Answers) -> Message | None:
        model = getattr(answers, name)
        if model.optimizer != wanted:
            return Message(
                f"{name} is compiled with the optimizer {model.optimizer}", "", next_step
            )
        rate = structures.learning_rate(model)
        if rate is None or _LEAST_RATE <= rate <= _MOST_RATE:
            return None
        return Message(
            f"{name} is compiled with a learning rate of {rate:g}",
            f"a usual learning rate, between {_LEAST_RATE:.5f} and {_MOST_RATE:g}",
            "Leave the learning rate out: the one that Keras gives the optimizer will do.",
        )

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
                f"The loss of {name} has from_logits={model.from_logits}",
                "a loss that is told whether the last layer gives probabilities",
                "Look at the last layer's activation.",
            )
        unusual = unusual_loss(model)
        if unusual:
            return Message(
                f"The loss of {name} is told {unusual}",
                "the loss as it is, so that evaluate() returns the mean cross-entropy",
                "Leave that argument out.",
            )
        return None

    return Criterion(title, points, test)


def unusual_loss(model: evidence.Model) -> str:
    """Return in words what the loss was told besides what it is; empty where nothing."""
    return ", ".join(model.loss_settings)


# What asks whether the class with the greatest value is the right one, for each kind of labels.
_ACCURACIES = {
    "sparse_categorical_crossentropy": ("accuracy", "sparse_categorical_accuracy"),
    "categorical_crossentropy": ("accuracy", "categorical_accuracy"),
}
_ANY_ACCURACY = ("accuracy", "sparse_categorical_accuracy", "categorical_accuracy")


def reports_accuracy(model: evidence.Model) -> bool:
    """Tell whether the first metric is the accuracy, for the labels that the loss takes."""
    return model.metrics[:1] != () and model.metrics[0] in _ACCURACIES.get(
        model.loss, _ANY_ACCURACY
    )


def accuracy_metric(name: str, points: float) -> Criterion:
    """Require the accuracy as the first metric: everything after it relies on its place."""

    def test(answers: Answers) -> Message | None:
        model = getattr(answers, name)
        if "loss" in model.metric_names:
            return Message(
                f"{name} has a metric by the name of loss, which then stands in the loss's place",
                "metrics with names of their own",
                "Give it another name, or leave name= out.",
            )
        if reports_accuracy(model):
            return None
        listed = ", ".join(model.metrics) or "none"
        fitting = any(seen in _ACCURACIES.get(model.loss, _ANY_ACCURACY) for seen in model.metrics)
        return Message(
            f"The metrics of {name}: {listed}",
            "the share of right answers, first among them",
            "evaluate() returns the metrics in this order: put the accuracy first."
            if fitting
            else 'metrics=[...] takes a list of names, "accuracy" among them; without "metrics=" '
            "the list is another argument of compile().",
        )

    return Criterion("accuracy is reported", points, test)


def puts_out_probabilities(model: evidence.Model) -> bool:
    """Tell whether the network ends in softmax or sigmoid."""
    activations = canonical(model.config).activations()
    return bool(activations) and activations[-1].split(", ")[-1] in ("softmax", "sigmoid")


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
    return trainings.accuracy(getattr(answers, model), *some)


def training_loss(answers: Answers, model: str) -> float:
    """Return the cross-entropy of the network named `model` on the training images, thinned out."""
    some = measure.thinned(answers.data.x_train, answers.data.y_train)
    return measure.cross_entropy(getattr(answers, model), *some)


def is_close(told: float, seen: float) -> bool:
    """Tell whether a number agrees with a measured one, but for rounding."""
    return abs(told - seen) <= _TOLERANCE * max(1.0, abs(seen))


# A loss that no network has that has learnt anything.
_OF_NO_USE = 20.0


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
        seen, loss = training_accuracy(answers, model), training_loss(answers, model)
        # Many a wrong accuracy is near this one: the loss has to be that of these images, too. One
        # of a sure network that has learnt nothing is cut off here, and not by Keras.
        loss_told = told(answers, loss_name)
        as_seen = abs(loss_told - loss) < 0.25 * loss or min(loss_told, loss) > _OF_NO_USE
        return (
            abs(told(answers, accuracy_name) - seen) <= measure.luck(seen)
            and as_seen
            and not is_close(loss_told, test_loss(answers, model))
        )

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
            return Message(f"{name} is {criteria.shown(fact)}", words, next_step)
        learnt = [fit.learnt for fit in getattr(answers, model).fits if fit.learnt]
        if any(trainings.of_tests(answers.data, shown) for shown in learnt):
            return Message(
                f"{model} has learnt from test images",
                "a measure on images that it has never seen",
                "Run the cells that define and train it again; fit() gets training images alone.",
            )
        try:
            right = any(is_close(fact.value, measure_it(answers, model)) for measure_it in measured)
        except measure.NotMeasurable as error:
            return Message(f"{model} cannot be tried on the test images: {error}")
        if right:
            return None
        return Message(
            f"{name} is {criteria.shown(fact)}, but the check measured another value",
            f"{words}, on the scaled test images",
            next_step,
        )

    return Criterion(title, points, test)
