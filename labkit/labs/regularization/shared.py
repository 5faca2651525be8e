"""What several exercises have in common: parts of the images, dense networks, made-up trainings."""

import functools
import math
from collections.abc import Callable, Sequence

import numpy as np

from labkit.checks import canonical, criteria, histories, measure, structures, trainings
from labkit.checks.exercise import Answers, Criterion, Misconception
from labkit.checks.given import Reference, reference
from labkit.checks.result import Message
from labkit.labs import floors

PART = 4_800  # so few images are learnt by heart within a minute
EPOCHS = 30
RATE = 0.001  # what Adam takes where nothing is said
PIXELS, CLASSES = 28 * 28, 10
SIZES = {"dropout": (512, 256, 128), "plain": (256, 128), "simple": (256, 256, 256)}
RATES = {"dropout": (0.4, 0.2, 0.2), "plain": (), "simple": (0.4, 0.3, 0.2)}

# --- parts of the images --------------------------------------------------------------------

Cut = tuple[np.ndarray, np.ndarray]


def part_of(data: Reference) -> Cut:
    return data.x_train[:PART], data.y_train[:PART]


def valid_of(data: Reference) -> Cut:
    start = len(data.x_train) * 4 // 5
    return data.x_train[start:], data.y_train[start:]


def test_of(data: Reference) -> Cut:
    return data.x_test, data.y_test


@functools.cache
def scaled(part: str) -> Cut:
    """Return the scaled images and the labels of a part: ``"part"``, ``"valid"`` or ``"test"``."""
    cut = {"part": part_of, "valid": valid_of, "test": test_of}[part]
    images, labels = cut(reference())
    return images.astype("float32") / 255, labels


# --- dense networks -------------------------------------------------------------------------


def parameters(name: str, biases: bool = True) -> int:
    """Return how many parameters the network `name` of the text learns."""
    sizes = (*SIZES[name], CLASSES)
    inputs = (PIXELS, *sizes[:-1])
    return sum((before + biases) * nodes for before, nodes in zip(inputs, sizes, strict=True))


def _table(name: str, rates: Sequence[float] = ()) -> canonical.Chain:
    """Return the network of a table, with a dropout after each hidden layer."""
    layers = [canonical.flatten()]
    for number, size in enumerate(SIZES[name]):
        layers.append(canonical.dense(size, "relu"))
        layers += [canonical.dropout(rates[number])] if rates else []
    return canonical.chain((28, 28), *layers, canonical.dense(CLASSES, "softmax"))


def criteria_of(
    name: str, variable: str, points: Sequence[float], regularized: bool = False
) -> list[Criterion]:
    """Return the criteria of a network: its input, layers, sizes, dropout, activations."""
    wanted = (*SIZES[name], CLASSES)

    def sizes(answers: Answers) -> Message | None:
        seen = structures.units(structures.chain_of(answers, variable))
        if seen == list(wanted):
            return None
        return Message(
            f"The dense layers of {variable} have {', '.join(map(str, seen)) or 'no'} nodes",
            "the nodes of the table, in its order",
            "The first argument of Dense is the number of nodes.",
        )

    def activations(answers: Answers) -> Message | None:
        seen = structures.chain_of(answers, variable).activations()
        if seen == ["relu"] * (len(seen) - 1) + ["softmax"]:
            return structures.computes(variable, answers)
        return Message(
            f"The activations of the dense layers of {variable} are {'; '.join(seen)}",
            "relu in the hidden layers, probabilities at the end",
            "Each Dense takes an argument activation=.",
        )

    table = _table(name, RATES[name])
    dropout = "dropout after each hidden layer, at its rate" if RATES[name] else "no dropout"
    return [
        criteria.takes_images(variable, points[0], channel=False),
        structures.order(
            variable,
            table.order("dropout"),
            points[1],
            f"flattens, then {len(wanted)} dense layers",
            "Compare with the table, line by line.",
            regularized=regularized,
        ),
        Criterion(f"{parameters(name):,} parameters, in layers as in the table", points[2], sizes),
        structures.dropout_at(variable, table, points[3], dropout),
        Criterion("relu, and softmax at the end", points[4], activations),
    ]


def _mistakes_of(name: str, variable: str) -> list[Misconception]:
    """Return the mistakes in a dense network that need no dropout."""

    def chain(answers: Answers) -> canonical.Chain:
        return structures.chain_of(answers, variable)

    return [
        Misconception(
            "no-input",
            lambda answers: getattr(answers, variable).input_shape is None,
            "The network has not been told what goes in, so it has no weights yet.",
        ),
        structures.missing_flatten(variable),
        Misconception(
            "missing-layer",
            lambda answers: 0 < len(chain(answers).of("dense")) <= len(SIZES[name]),
            "There are fewer dense layers than in the table; the output layer is one of them.",
        ),
        Misconception(
            "no-softmax",
            lambda answers: chain(answers).activations()[-1] in ("linear", "sigmoid", "relu"),
            "The last layer does not make probabilities that share a total of 1.",
        ),
        Misconception(
            "hidden-without-activation",
            lambda answers: "linear" in chain(answers).activations()[:-1],
            "A hidden layer has no activation function. Two layers with nothing between them are "
            "worth no more than one.",
        ),
    ]


def _dropout_mistakes_of(name: str, variable: str) -> list[Misconception]:
    """Return the mistakes about where dropout goes, and how much of it."""
    kept = _table(name, [1 - rate for rate in RATES[name]])

    def chain(answers: Answers) -> canonical.Chain:
        return structures.chain_of(answers, variable)

    def places(answers: Answers) -> list[int]:
        return [place for place, _ in chain(answers).dropouts()]

    return [
        Misconception(
            "no-dropout",
            lambda answers: bool(chain(answers).of("dense")) and not places(answers),
            "There is no dropout in this network.",
        ),
        Misconception(
            "rate-of-keeping",
            lambda answers: structures.same_dropout(chain(answers), kept),
            "These are the shares that should stay. In Keras, rate is the share that is dropped.",
        ),
        Misconception(
            "dropout-on-output",
            lambda answers: len(chain(answers).of("dense")) in places(answers),
            "A dropout layer comes last: it would set some of the ten probabilities to 0. The "
            "output is the answer, and is left alone.",
        ),
        Misconception(
            "dropout-on-pixels",
            lambda answers: 0 in places(answers),
            "A dropout layer comes before the first dense layer: it would drop pixels. The table "
            "has it after each hidden layer.",
        ),
    ]


# --- networks as students write them --------------------------------------------------------


def build(name: str, **changed):
    """Return a network of the text, or a changed one."""
    import keras

    layers = keras.layers
    sizes = changed.get("sizes", SIZES[name])
    rates = changed.get("rates", RATES[name]) or (0,) * len(sizes)
    parts = [keras.Input((28, 28))] if changed.get("input", True) else []
    parts += [layers.Flatten()] if changed.get("flatten", True) else []
    parts += [layers.Dropout(changed["first"])] if "first" in changed else []
    for size, rate in zip(sizes, rates, strict=True):
        parts += [layers.Dense(size, changed.get("hidden", "relu"), **changed.get("more", {}))]
        parts += [layers.Dropout(rate)] if rate else []
    parts += [layers.Dense(CLASSES, changed.get("last", "softmax"), **changed.get("output", {}))]
    parts += [layers.Dropout(changed["end"])] if "end" in changed else []
    return keras.Sequential(parts)


def define(exercise, name: str, points: Sequence[float], *, asks: str) -> None:
    """Require a network of the text; `points` are those of `criteria_of`."""
    variable = f"{name}_model"
    for criterion in criteria_of(name, variable, points):
        exercise.require(criterion, asks=asks)
    exercise.knows(*_mistakes_of(name, variable))
    _add_answers(exercise, name, points)
    if RATES[name]:
        exercise.knows(*_dropout_mistakes_of(name, variable))
        _add_answers_about_dropout(exercise, name, sum(points) - points[3])


def _add_answers(exercise, name: str, points: Sequence[float]) -> None:
    start, _, sizes, _, activations = points

    @exercise.right
    def functional_with_a_channel(keras):
        inputs = keras.Input((28, 28, 1))
        x = keras.layers.Flatten()(inputs)
        for size, rate in zip(SIZES[name], RATES[name] or (0, 0), strict=True):
            x = keras.layers.ReLU()(keras.layers.Dense(size)(x))
            x = keras.layers.Dropout(rate)(x) if rate else x
        return keras.Model(inputs, keras.layers.Dense(10, "softmax")(x))

    @exercise.right
    def layer_by_layer(keras):
        model = keras.models.Sequential()
        model.add(keras.layers.InputLayer(shape=(28, 28)))
        model.add(keras.layers.Flatten())
        for size, rate in zip(SIZES[name], RATES[name] or (0, 0), strict=True):
            model.add(keras.layers.Dense(size, activation=keras.activations.relu))
            if rate:
                model.add(keras.layers.Dropout(rate=rate))
        model.add(keras.layers.Dense(10))
        model.add(keras.layers.Softmax())
        return model

    @exercise.wrong
    def no_network(keras):
        yield 567_434
        yield [keras.layers.Flatten()]

    exercise.wrong(shows="no-input", without_input=lambda: build(name, input=False))
    exercise.wrong(
        earns=start, shows="missing-flatten", without_flatten=lambda: build(name, flatten=False)
    )
    exercise.wrong(
        earns=start,
        shows="missing-layer",
        a_layer_less=lambda: build(name, sizes=SIZES[name][:-1], rates=RATES[name][:-1]),
    )

    @exercise.wrong(earns=sum(points) - activations, shows="no-softmax")
    def no_probabilities():
        yield build(name, last="sigmoid")
        yield build(name, last=None)

    exercise.wrong(
        earns=sum(points) - activations,
        shows="hidden-without-activation",
        linear=lambda: build(name, hidden=None),
    )
    exercise.wrong(
        earns=sum(points) - sizes,
        half_the_nodes=lambda: build(name, sizes=tuple(size // 2 for size in SIZES[name])),
    )


def _add_answers_about_dropout(exercise, name: str, earned: float) -> None:
    exercise.wrong(earns=earned, shows="no-dropout", without_dropout=lambda: build(name, rates=()))
    exercise.wrong(
        earns=earned,
        shows="rate-of-keeping",
        shares_that_stay=lambda: build(name, rates=tuple(1 - rate for rate in RATES[name])),
    )
    exercise.wrong(earns=earned, shows="dropout-on-output", at_the_end=lambda: build(name, end=0.2))
    exercise.wrong(
        earns=earned, shows="dropout-on-pixels", on_pixels=lambda: build(name, first=0.2)
    )
    exercise.wrong(earns=earned, other_rates=lambda: build(name, rates=(0.5, 0.5, 0.5)))


# --- trained networks -----------------------------------------------------------------------


def first_of(title: str, points: float, *tests: Callable[[Answers], Message | None]) -> Criterion:
    """Return a criterion that is met where all tests are; else it says what the first one says."""

    def test(answers: Answers) -> Message | None:
        return next(filter(None, (test(answers) for test in tests)), None)

    return Criterion(title, points, test)


def learnt(name: str) -> tuple[Criterion, Criterion]:
    """Require that a network of the text has learnt, and still has the layers of its table."""
    return floors.learnt(
        f"{name}_model",
        name,
        lambda seen: _table(name, RATES[name]),
        1,
        f"{name}_model has learnt to tell the classes apart",
        "Define, compile and fit the network anew, in this order, on the scaled images.",
    )


def plan(batch: int = 0) -> trainings.Plan:
    return trainings.Plan(
        learnt=lambda answers: (0, PART), batch=batch, rate=RATE, **trainings.ADAM_ON_LABELS
    )


def batches(history: str, size: int) -> Callable[[Answers], Message | None]:
    """Return a test for batches of `size`: by the note of them, else by the steps that they give."""
    wanted = math.ceil(PART / size)

    def test(answers: Answers) -> Message | None:
        record = getattr(answers, history)
        seen, noted = record.steps, record.fit.batch if record.fit else 0
        if seen == wanted and noted in (0, size):
            return None
        if seen == wanted:  # a batch more or less full makes no other number of steps
            return Message(f"{history} was made in batches of {noted}", f"batches of {size}")
        if not seen:
            saw = f"{history} does not say in how many steps it was made"
            return Message(saw, "what fit() returned, not a part of it")
        return Message(
            f"{history} was made in {seen} steps an epoch",
            f"{wanted} steps: the {PART:,} images of your part in batches of {size}",
            "fit() has an argument for the size of a batch; without it, a batch has 32 images.",
        )

    return test


def tried(test: Callable[..., Message | None]) -> Callable[..., Message | None]:
    """Make a message of it where a network cannot be run on the images."""

    @functools.wraps(test)
    def tries(*answers, **given) -> Message | None:
        try:
            return test(*answers, **given)
        except measure.NotMeasurable as error:
            return Message(
                f"A network cannot be tried on the images: {error}",
                "networks that take images and give each ten probabilities",
                "Define, compile and fit it anew, in this order.",
            )

    return tries


def as_number(plain) -> float:
    """Return a plain value as a number, NaN where it is none: no comparison with it holds."""
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        return math.nan
    return float(plain) if abs(plain) < 1e300 else math.nan


@functools.cache
def knows(part: str, scale: float = 1):
    """Return a network that knows one part of the images, as fitted to images of another scale.

    It is one dense layer, fitted by least squares: quicker than any training, and always the same.
    """
    import keras

    images, labels = scaled(part)
    rows = np.column_stack([images.reshape(len(images), -1), np.ones(len(images))])
    price = 0.1 * np.eye(rows.shape[1])
    weights = np.linalg.solve(rows.T @ rows + price, rows.T @ np.eye(CLASSES)[labels])
    layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential(layers)
    compile_as_told(model)
    model.set_weights([10 * weights[:-1] / scale, 10 * weights[-1]])
    return model


def compile_as_told(model) -> None:
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])


@functools.cache
def knows_as(name: str, part: str, scale: float = 1):
    """Return a network with the layers of the text's that puts out what `knows` does.

    Its first twenty nodes hand the ten numbers and their negatives on; the last layer subtracts.
    """
    kernel, bias = knows(part, scale).get_weights()
    model = build(name)
    compile_as_told(model)
    weights = [np.zeros_like(array) for array in model.get_weights()]
    passed = 2 * CLASSES
    weights[0][:, :passed] = np.hstack([kernel, -kernel])
    weights[1][:passed] = np.hstack([bias, -bias])
    for hidden in weights[2:-2:2]:
        hidden[:passed, :passed] = np.eye(passed)
    weights[-2][:passed] = np.vstack([np.eye(CLASSES), -np.eye(CLASSES)])
    model.set_weights(weights)
    return model


@functools.cache
def measured(model, part: str = "valid") -> tuple[float, float]:
    """Return loss and accuracy of a network on one part of the images."""
    return tuple(model.evaluate(*scaled(part), verbose=0))


def curves(last: Sequence[float], epochs: int = EPOCHS) -> dict[str, list[float]]:
    """Return four curves; the validation's end in the loss and accuracy `last`."""
    down, up = np.linspace(1, 0, epochs), np.linspace(-0.3, 0, epochs)
    return {
        "loss": list(0.01 + down),
        "accuracy": list(0.99 + up),
        "val_loss": list(last[0] + down),
        "val_accuracy": list(last[1] + up),
    }


def record(model, steps: int = 50, part: str = "valid", epochs: int = EPOCHS):
    """Return a history that ends in what `model` shows on one part of the images."""
    return histories.history(curves(measured(model, part), epochs), steps)


def turning():
    """Return a history: the lowest validation loss in epoch 12, the accuracy's peak in 20."""
    epochs = np.arange(1, EPOCHS + 1)
    made = {
        "loss": list(1 / epochs),
        "accuracy": list(1 - 1 / (epochs + 1)),
        "val_loss": list(0.3 + (epochs - 12) ** 2 / 1000),
        "val_accuracy": list(0.9 - (epochs - 20) ** 2 / 10_000),
    }
    return histories.history(made, 50)
