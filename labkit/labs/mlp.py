"""Lab 2: a network of dense layers, from its formula to its confusion matrix."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import canonical, criteria, measure, networks, structures, trainings
from labkit.checks.exercise import (
    ARRAY,
    HISTORY,
    MODEL,
    NUMBER,
    PICTURE,
    TEXT,
    VALUE,
    Answers,
    Criterion,
    Essay,
    Exercise,
    Lab,
    Misconception,
    function,
)
from labkit.checks.result import Message
from labkit.labs import floors
from labkit.notebook import lab as notebook_lab

HIDDEN, CLASSES, PIXELS = 128, 10, 28 * 28
EPOCHS = 5

# --- theory: functions that are tried on probes ---------------------------------------------


def _as_array(result: Any) -> np.ndarray | None:
    """Return what the student's function returned as an array; None where it is none."""
    if isinstance(result, evidence.Array):
        return np.asarray(result.sample, float)
    if isinstance(result, evidence.Value):
        try:
            return np.asarray(result.value, float)
        except (TypeError, ValueError):
            return None
    return None


def _not_an_array(result: Any, name: str, expected: str) -> Message | None:
    """Say what is wrong with a result that is no array of numbers."""
    if isinstance(result, evidence.Raised):
        return Message(
            f"On a small test {name} raised {result.type}: {result.text}",
            f"a function that returns {expected}",
            "Try it yourself on a small array in a cell of your own.",
        )
    if isinstance(result, evidence.Placeholder):
        return Message(f"{name} returned nothing", expected, "End the function with return.")
    if _as_array(result) is None:
        return Message(f"{name} returned something else than numbers: {result.type}", expected)
    return None


def _same(result: Any, wanted: np.ndarray) -> bool:
    seen = _as_array(result)
    return seen is not None and seen.shape == wanted.shape and np.allclose(seen, wanted, atol=1e-6)


def _probes(fact: evidence.Calls, probes: Callable) -> list[tuple]:
    return probes(np.random.default_rng(fact.seed))


# --- theory: the formula --------------------------------------------------------------------


def network_probes(random: np.random.Generator) -> list[tuple]:
    """Return inputs, weights and biases of three small networks; no two sides are alike."""
    probes = []
    for images, pixels, hidden, classes in ((3, 5, 4, 2), (1, 6, 7, 3), (8, 3, 6, 5)):
        sides = ((images, pixels), (pixels, hidden), (hidden,), (hidden, classes), (classes,))
        probes.append(tuple(random.normal(0, 1, side) for side in sides))
    return probes


def _relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _softmax(scores: np.ndarray, axis: int | None = -1) -> np.ndarray:
    powers = np.exp(scores)
    return powers / powers.sum(axis=axis, keepdims=True)


def _identity(x: np.ndarray) -> np.ndarray:
    return x


def _network(
    x: np.ndarray,
    weights1: np.ndarray,
    bias1: np.ndarray,
    weights2: np.ndarray,
    bias2: np.ndarray,
    hidden: Callable = _relu,
    output: Callable = _softmax,
) -> np.ndarray:
    return output(hidden(x @ weights1 + bias1) @ weights2 + bias2)


def _outputs_are(answers: Answers, formula: Callable) -> bool:
    fact = answers.mlp_output
    pairs = zip(fact.calls, _probes(fact, network_probes), strict=True)
    return all(_same(call.result, formula(*arguments)) for call, arguments in pairs)


def _output_shapes(answers: Answers) -> Message | None:
    fact = answers.mlp_output
    expected = "an array with a row for each image and a column for each class"
    for call, arguments in zip(fact.calls, _probes(fact, network_probes), strict=True):
        problem = _not_an_array(call.result, "mlp_output", expected)
        if problem:
            return problem
        images, classes = len(arguments[0]), len(arguments[4])
        shape = _as_array(call.result).shape
        if shape != (images, classes):
            return Message(
                f"For {images} images and {classes} classes mlp_output returned an array of "
                f"shape {shape}",
                expected,
                "Follow the shapes from x through both layers: @ multiplies matrices.",
            )
    return None


def _output_probabilities(answers: Answers) -> Message | None:
    for call in answers.mlp_output.calls:
        rows = _as_array(call.result)
        if not np.all(np.isfinite(rows)) or rows.min() < 0:
            return Message(
                "Some of the outputs are no probabilities: they are below 0 or not finite",
                "numbers from 0 to 1",
                "Look at the last step: which function makes probabilities of scores?",
            )
        if not np.allclose(rows.sum(axis=1), 1):
            return Message(
                "The probabilities of one image do not add up to 1",
                "each row adds up to 1",
                "Divide each row by its own sum, and keep the axis.",
            )
    return None


def _output_values(answers: Answers) -> Message | None:
    if _outputs_are(answers, _network):
        return None
    return Message(
        "With random weights, the outputs are not those of a one-layer MLP",
        "weights, bias and relu in the hidden layer, then weights, bias and softmax",
        "Take x, weights and biases of size 2 and follow the formula by hand.",
    )


def _without_biases(
    x: np.ndarray, w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray
) -> list[np.ndarray]:
    none1, none2 = np.zeros_like(b1), np.zeros_like(b2)
    pairs = ((none1, none2), (none1, b2), (b1, none2))
    return [_network(x, w1, first, w2, second) for first, second in pairs]


def _bias_missing(answers: Answers) -> bool:
    return any(
        _outputs_are(answers, lambda *arguments, n=n: _without_biases(*arguments)[n])
        for n in range(3)
    )


def _formula_mistake(name: str, message: str, *formulas: Callable) -> Misconception:
    return Misconception(
        name,
        lambda answers: any(_outputs_are(answers, formula) for formula in formulas),
        message,
    )


def _with(**steps: Callable) -> Callable:
    return functools.partial(_network, **steps)


one_layer = Exercise(
    "one-layer",
    "The formula of a one-layer MLP",
    {"mlp_output": function(network_probes)},
    [
        Criterion("a row for each image, a column for each class", 2, _output_shapes, stop=True),
        Criterion("each row holds probabilities", 2, _output_probabilities),
        Criterion("the values are those of the formula", 8, _output_values),
    ],
    (
        "Two layers, two lines: first the hidden layer from x, then the output from the hidden "
        "layer. Each line multiplies, adds, and ends in its own function.",
        "@ multiplies matrices, np.maximum(…, 0) is relu; .sum(axis=1, keepdims=True) adds up "
        "each row and keeps the axis.",
        "hidden = np.maximum(x @ … + …, 0); scores = hidden @ … + …; powers = np.exp(scores); "
        "return powers / …",
    ),
    [
        Misconception(
            "bias-missing",
            _bias_missing,
            "A bias is missing: each layer adds its own after it has multiplied.",
        ),
        _formula_mistake(
            "hidden-without-activation",
            "The hidden layer has no activation function. Two layers with nothing between them "
            "are worth no more than one.",
            _with(hidden=_identity),
        ),
        _formula_mistake(
            "no-softmax",
            "These are the scores of the classes. What makes probabilities of them?",
            _with(output=_identity),
        ),
        _formula_mistake(
            "sigmoid-for-softmax",
            "A sigmoid squeezes each score by itself. Here the ten have to share a total of 1.",
            _with(output=_sigmoid),
        ),
        _formula_mistake(
            "softmax-over-wrong-axis",
            "The sum runs over the wrong numbers: add up the scores of one image, not of several.",
            _with(output=functools.partial(_softmax, axis=0)),
            _with(output=functools.partial(_softmax, axis=None)),
        ),
        _formula_mistake(
            "relu-on-output",
            "relu belongs to the hidden layer alone: before the softmax it throws away all "
            "scores below 0.",
            _with(output=lambda scores: _softmax(_relu(scores))),
        ),
        _formula_mistake(
            "softmax-on-hidden",
            "softmax belongs to the output. The hidden layer has another activation function.",
            _with(hidden=_softmax),
        ),
    ],
)

# --- theory: activation functions -----------------------------------------------------------

ACTIVATIONS = {"relu": _relu, "sigmoid": _sigmoid, "tanh": np.tanh}
_FEWEST_POINTS = 20
_FARTHEST = 4.9


def activation_probes(random: np.random.Generator) -> list[tuple[np.ndarray]]:
    """Return rows and a table of numbers below, at and above 0; none of them is whole but 0.

    The first number decides what some functions make of all others: it is below 0, 0, and above.
    """
    row = np.array([-3.75, -1.5, -0.25, 0.0, 0.25, 1.5, 3.75])
    table = random.normal(0, 2, (3, 4))
    return [(row,), (row[::-1].copy(),), (np.roll(row, 4),), (table,)]


def _activation(name: str) -> Criterion:
    def test(answers: Answers) -> Message | None:
        fact = getattr(answers, name)
        for call, (x,) in zip(fact.calls, _probes(fact, activation_probes), strict=True):
            problem = _not_an_array(call.result, name, "an array of the same shape as its input")
            if problem:
                return problem
            if not _same(call.result, ACTIVATIONS[name](x)):
                return Message(
                    f"{name} returns other values than the formula",
                    "one value for each number in x",
                    f"Try {name}(np.array([-1.0, 0.0, 1.0])) and compare with the formula.",
                )
            if call.changed_its_input:
                return Message(
                    f"{name} changes the array that it is given",
                    "a new array; whoever called the function still needs the old one",
                    "Make the result from x without assigning into x.",
                )
        return None

    return Criterion(f"{name}(x) is right for every x", 2, test)


def _is_mistaken(answers: Answers, name: str, formula: Callable) -> bool:
    fact = getattr(answers, name)
    pairs = zip(fact.calls, _probes(fact, activation_probes), strict=True)
    return all(_same(call.result, formula(x)) for call, (x,) in pairs)


def _is_curve(line: np.ndarray, formula: Callable) -> bool:
    """Tell whether a line in a picture runs along `formula`, from −5 to 5 or further."""
    x, y = line[:, 0], line[:, 1]
    return (
        len(x) >= _FEWEST_POINTS
        and x.min() <= -_FARTHEST
        and x.max() >= _FARTHEST
        and np.allclose(y, formula(x), atol=1e-3)
    )


def _drawn(answers: Answers) -> dict[str, list[tuple[evidence.Panel, int]]]:
    """Return for each function where it is drawn: panels, and the numbers of their lines."""
    return {
        name: [
            (panel, number)
            for panel in answers.activation_axes.panels
            for number, line in enumerate(panel.lines)
            if _is_curve(line, formula)
        ]
        for name, formula in ACTIVATIONS.items()
    }


def _curves(answers: Answers) -> Message | None:
    missing = [name for name, found in _drawn(answers).items() if not found]
    if not missing:
        return None
    count = sum(len(panel.lines) for panel in answers.activation_axes.panels)
    return Message(
        f"There is no curve of {', '.join(missing)} among the {count} lines of the picture",
        f"three curves over values from −5 to 5, of {_FEWEST_POINTS} points or more each",
        "np.linspace(-5, 5, 201) makes values of x to draw over.",
    )


def _labelled(answers: Answers) -> Message | None:
    for name, found in _drawn(answers).items():
        said = [_said(panel, number) for panel, number in found]
        if not found:  # its curve is another one, which the criterion before this one says
            said = [words for panel in answers.activation_axes.panels for words in panel.labels]
        if not any(_names_in(words) == [name] for words in said):
            wrong = next((words for words in said if words), "") if found else ""
            return Message(
                f"The picture calls the curve of {name} “{wrong}”"
                if wrong
                else f"The picture does not say which curve is {name}",
                "the names relu, sigmoid and tanh, each at its own curve",
                "Give each curve a label when you plot it, and call .legend() at the end.",
            )
    return None


def _said(panel: evidence.Panel, number: int) -> str:
    """Return what a picture says of one of its lines: in the legend, or beside it."""
    if panel.named[number]:
        return panel.named[number]
    if len(panel.lines) == 1:
        return " ".join((panel.title, panel.ylabel, *panel.labels, *panel.texts))
    end = panel.lines[number]
    for text, place in zip(panel.texts, panel.places, strict=True):
        distances = [np.abs(line - place).sum(axis=1).min() for line in panel.lines]
        if np.all(np.isfinite(place)) and int(np.argmin(distances)) == number and len(end):
            return text
    return ""


def _names_in(words: str) -> list[str]:
    return [name for name in ACTIVATIONS if name in words.lower()]


def _raised(answers: Answers, *words: str) -> bool:
    results = [call.result for name in ACTIVATIONS for call in getattr(answers, name).calls]
    return any(
        isinstance(result, evidence.Raised) and any(word in result.text for word in words)
        for result in results
    )


activations = Exercise(
    "activations",
    "Three activation functions",
    {
        **{name: function(activation_probes) for name in ACTIVATIONS},
        "activation_axes": PICTURE,
    },
    [
        *(_activation(name) for name in ACTIVATIONS),
        Criterion("the picture shows the three curves", 3, _curves),
        Criterion("the picture says which curve is which", 1, _labelled),
    ],
    (
        "Each function is one line. NumPy works on whole arrays, so no loop is needed.",
        "np.maximum compares number by number, np.exp and np.tanh work on arrays. For the picture: "
        "plt.subplots(), then axes.plot(x, y, label=…) three times, then axes.legend().",
        "return np.maximum(…, …); return 1 / (1 + …); return np.tanh(…); "
        "_, activation_axes = plt.subplots(); activation_axes.plot(x, relu(x), label=…)",
    ),
    [
        Misconception(
            "one-number-only",
            lambda answers: _raised(answers, "truth value", "0-dimensional", "length-1", "scalar"),
            "Your function works for one number. Python's own max and the module math do not "
            "take arrays; NumPy's functions do.",
        ),
        Misconception(
            "changes-its-input",
            lambda answers: any(
                call.changed_its_input
                for name in ACTIVATIONS
                for call in getattr(answers, name).calls
            ),
            "One of your functions writes into the array that it is given.",
        ),
        Misconception(
            "sigmoid-mirrored",
            lambda answers: _is_mistaken(answers, "sigmoid", lambda x: _sigmoid(-x)),
            "Your sigmoid falls from left to right. Mind the sign in the exponent.",
        ),
        Misconception(
            "absolute-value",
            lambda answers: _is_mistaken(answers, "relu", np.abs),
            "relu does not turn negative numbers round: all of them become the same number.",
        ),
        Misconception(
            "tan-for-tanh",
            lambda answers: _is_mistaken(answers, "tanh", np.tan),
            "This is the tangent. The hyperbolic tangent has one letter more in NumPy, too.",
        ),
    ],
)

_POPULAR_CRITERIA, _POPULAR_MISTAKES = criteria.choice(
    "popular_activation",
    "b",
    3,
    {
        "a": "Look at your picture: far from 0 the sigmoid is flat, so nearly nothing is learnt "
        "there. How many layers would stand that?",
        "c": "softmax makes probabilities of all the scores of a layer. Where in a network are "
        "probabilities needed?",
        "d": "tanh was the usual choice before 2010. It is flat on both sides.",
    },
)
popular_activation = Exercise(
    "popular-activation",
    "The most popular one",
    {"popular_activation": TEXT},
    _POPULAR_CRITERIA,
    (
        "Learning follows the slope. Which of your curves keeps its slope however large x is?",
        "Look at the blueprint of the network further down: what does its hidden layer use?",
        'popular_activation = "…", one of the four letters.',
    ),
    _POPULAR_MISTAKES,
)

# --- theory: layers -------------------------------------------------------------------------


def _told(answers: Answers, name: str) -> Any:
    return getattr(answers, name).value


layer_sizes = Exercise(
    "layer-sizes",
    "Input layer and output layer",
    {"input_nodes": NUMBER, "output_nodes": NUMBER},
    [
        criteria.number(
            "input_nodes",
            lambda answers: answers.data.x_train[0].size,
            2,
            "input_nodes is the number of values that describe one image",
            "One node for every number that goes in. What is one image made of?",
        ),
        criteria.number(
            "output_nodes",
            lambda answers: len(answers.data.class_names),
            2,
            "output_nodes is the number of values that come out",
            "One node for every number that comes out. What is there a probability of?",
        ),
    ],
    (
        "The input layer has a node for each value of one image, the output layer a node for each "
        "possible answer.",
        "x_train[0].size counts the values of one image; len(labkit.CLASS_NAMES) the classes.",
        "input_nodes = rows * columns; output_nodes = number of classes",
    ),
    [
        Misconception(
            "side-for-pixels",
            lambda answers: _told(answers, "input_nodes") in (28, 56),
            "28 is the length of a side. A dense layer wants every pixel of the image.",
        ),
        Misconception(
            "images-counted",
            lambda answers: (
                _told(answers, "input_nodes")
                in (len(answers.data.x_train), answers.data.x_train.size)
            ),
            "You counted images. They go through the network one after the other; the input "
            "layer is as large as one of them.",
        ),
        Misconception(
            "input-and-output-swapped",
            lambda answers: (
                _told(answers, "input_nodes") == CLASSES
                and _told(answers, "output_nodes") == PIXELS
            ),
            "The two look swapped: pixels go in, probabilities come out.",
        ),
        Misconception(
            "one-output-node",
            lambda answers: _told(answers, "output_nodes") == 1,
            "A single output would have to say “class 8 is twice as much as class 4”. "
            "Each class gets its own node.",
        ),
    ],
)

draw_network = Essay(
    "draw-network",
    "Draw the network",
    4,
    (
        (1, "The input layer with a node for each of the 784 pixels, the output layer with ten."),
        (1, "One hidden layer between them, every node joined to every node of the next layer."),
        (2, "The formula with both weight matrices, both biases and both activation functions."),
    ),
)

backpropagation = Essay(
    "backpropagation",
    "Backpropagation",
    6,
    (
        (2, "The loss compares the output with the truth, after the input has gone forward."),
        (
            2,
            "The chain rule carries the loss's derivative back through the layers, to each weight.",
        ),
        (2, "The optimizer then moves each weight a small step against its derivative."),
    ),
)

# --- build ----------------------------------------------------------------------------------


def _weights_and_biases(inputs: int, nodes: int) -> int:
    return inputs * nodes + nodes


_COUNTED = {
    "hidden_parameters": (PIXELS, HIDDEN),
    "output_parameters": (HIDDEN, CLASSES),
}


def _counted_as(count: Callable[[int, int], int]) -> Callable[[Answers], bool]:
    return lambda answers: any(
        getattr(answers, name).value == count(*sizes) for name, sizes in _COUNTED.items()
    )


def _count_of(name: str, points: float, title: str) -> Criterion:
    return criteria.number(
        name,
        lambda answers: _weights_and_biases(*_COUNTED[name]),
        points,
        title,
        "How many lines end in one node of the layer? And what else does a node have?",
    )


parameter_count = Exercise(
    "parameter-count",
    "How many parameters?",
    {"hidden_parameters": NUMBER, "output_parameters": NUMBER},
    [
        _count_of("hidden_parameters", 3, "hidden_parameters is the size of the hidden layer"),
        _count_of("output_parameters", 2, "output_parameters is the size of the output layer"),
    ],
    (
        "Begin with one node: a weight for every value that comes in, and one number more.",
        "The formula has a matrix and a bias for each layer. How many numbers do they hold?",
        "hidden_parameters = (inputs + 1) * nodes, and the same for the layer after it.",
    ),
    [
        Misconception(
            "biases-forgotten",
            _counted_as(lambda inputs, nodes: inputs * nodes),
            "You counted the weights. Every node has one parameter more.",
        ),
        Misconception(
            "one-bias-for-the-layer",
            _counted_as(lambda inputs, nodes: inputs * nodes + 1),
            "You counted one bias for the whole layer. Each of its nodes has its own.",
        ),
        Misconception(
            "added-not-multiplied",
            _counted_as(lambda inputs, nodes: inputs + nodes),
            "You added. Every node is joined to every value that comes in.",
        ),
        Misconception(
            "whole-network",
            lambda answers: (
                sum(_weights_and_biases(*sizes) for sizes in _COUNTED.values())
                in (_told(answers, "hidden_parameters"), _told(answers, "output_parameters"))
            ),
            "This is the whole network. Asked is one layer at a time.",
        ),
    ],
)


BLUEPRINT = canonical.chain(
    (28, 28),
    canonical.flatten(),
    canonical.dense(HIDDEN, "relu"),
    canonical.dense(CLASSES, "softmax"),
)


def _chain(answers: Answers) -> canonical.Chain:
    return structures.chain_of(answers, "model")


def _units(position: int, wanted: int, points: float, words: str, next_step: str) -> Criterion:
    def test(answers: Answers) -> Message | None:
        seen = structures.units(_chain(answers))[position]
        if seen == wanted:
            return None
        nodes = "node" if seen == 1 else "nodes"
        return Message(f"The {words} layer has {seen} {nodes}", f"{wanted} nodes", next_step)

    return Criterion(f"the {words} layer has {wanted} nodes", points, test)


def _activation_is(
    position: int, wanted: str, points: float, words: str, next_step: str
) -> Criterion:
    def test(answers: Answers) -> Message | None:
        seen = _chain(answers).activations()[position]
        if seen == wanted:
            return _nothing_else(answers) if position == -1 else None
        saw = "no activation function" if seen == "linear" else f"the activation function {seen}"
        return Message(f"The {words} layer has {saw}", "", next_step)

    return Criterion(f"the {words} layer has the activation asked for", points, test)


def _nothing_else(answers: Answers) -> Message | None:
    """Hold what the network puts out against what its layers would put out."""
    return structures.computes("model", answers, _chain(answers))


def _ends_in(position: int, *names: str) -> Callable[[Answers], bool]:
    return lambda answers: _chain(answers).activations()[position] in names


define_mlp = Exercise(
    "define-mlp",
    "Define the network",
    {"model": MODEL},
    [
        criteria.takes_images("model", 2, channel=False),
        structures.order(
            "model",
            BLUEPRINT.order(),
            3,
            "flattens, then two dense layers",
            "Compare with the blueprint: Input, Flatten, Dense, Dense.",
            free=(),
        ),
        _units(0, HIDDEN, 2, "hidden", "The first argument of Dense is the number of nodes."),
        _activation_is(0, "relu", 2, "hidden", "Read the blueprint's row of the hidden layer."),
        _units(-1, CLASSES, 2, "output", "The output layer has a node for each class."),
        _activation_is(
            -1,
            "softmax",
            3,
            "output",
            "Which function makes probabilities that share a total of 1?",
        ),
    ],
    (
        "One line of the blueprint is one layer, in the same order.",
        "keras.Sequential takes a list: keras.Input, keras.layers.Flatten, keras.layers.Dense.",
        "model = keras.Sequential([keras.Input(shape=(…, …)), keras.layers.Flatten(), "
        "keras.layers.Dense(…, activation=…), keras.layers.Dense(…, activation=…)])",
    ),
    [
        Misconception(
            "no-input",
            lambda answers: answers.model.input_shape is None,
            "The network has not been told what goes in, so it has no weights yet.",
        ),
        structures.missing_flatten("model"),
        Misconception(
            "wrong-number-of-classes",
            lambda answers: structures.units(_chain(answers))[-1] != CLASSES,
            "The last layer does not have one node for each class.",
        ),
        Misconception(
            "softmax-on-hidden",
            _ends_in(0, "softmax"),
            "The hidden layer ends in softmax. Its nodes share no total: they look for different "
            "things, and several may find theirs.",
        ),
        Misconception(
            "sigmoid-for-softmax",
            _ends_in(-1, "sigmoid"),
            "With a sigmoid each class gets a number of its own, and they add up to anything. An "
            "image belongs to one class alone.",
        ),
        Misconception(
            "no-softmax",
            _ends_in(-1, "linear", "relu"),
            "The network puts out scores. The blueprint asks for probabilities.",
        ),
        Misconception(
            "hidden-without-activation",
            _ends_in(0, "linear"),
            "Without an activation function between them, two dense layers are worth no more "
            "than one.",
        ),
    ],
)

compile_mlp = Exercise(
    "compile-mlp",
    "Compile it",
    {"model": MODEL},
    [
        networks.compiled("model", 1),
        networks.optimizer(
            "model", "adam", 2, "the optimizer is Adam", "Read the table above once more."
        ),
        networks.loss(
            "model",
            "sparse_categorical_crossentropy",
            3,
            "the loss fits the labels and the output",
            "Look at y_train[:5]: class numbers, or rows of ten? Keras has a cross-entropy for "
            "each.",
        ),
        networks.accuracy_metric("model", 2),
    ],
    (
        "compile() takes three settings, and the table above says what each has to do.",
        "optimizer=, loss= and metrics=. The losses are listed under keras.losses.",
        'model.compile(optimizer="…", loss="…_crossentropy", metrics=["…"])',
    ),
    networks.compile_mistakes(
        "model",
        {
            "categorical_crossentropy": (
                "labels-and-loss-mismatch",
                "This loss expects one-hot rows. The labels in y_train are class numbers.",
            ),
            "binary_crossentropy": (
                "binary-cross-entropy",
                "This loss is for questions with two answers. Here there are ten.",
            ),
            "mean_squared_error": (
                "squared-error",
                "The squared error measures distances between amounts. Class numbers are names.",
            ),
        },
    ),
)

# --- train and evaluate ---------------------------------------------------------------------

_TRAINED = MODEL.from_earlier(define_mlp.title)

fit_mlp = Exercise(
    "fit-mlp",
    "Train it",
    {"history": HISTORY, "model": _TRAINED},
    [
        trainings.epochs("history", EPOCHS, 3),
        trainings.validated("history", 3),
        trainings.belongs("history", "model", 3, trainings.A_FIFTH),
        criteria.floor(
            "model",
            lambda answers: floors.least("mlp", answers.data.kind),
            3,
            "the network has learnt to tell the classes apart",
            "Train on scaled images: define, compile and fit the network anew, in this order.",
        ),
    ],
    (
        "fit() needs the images, their labels, how often to go through them, and what share to "
        "set aside.",
        "Its arguments are called epochs and validation_split; verbose=0 keeps it quiet.",
        "history = model.fit(x_train_…, y_train, epochs=…, validation_split=…, verbose=0)",
    ),
    trainings.mistakes("history", "model", EPOCHS),
)

evaluate_mlp = Exercise(
    "evaluate-mlp",
    "Evaluate it",
    {"test_loss": NUMBER, "test_accuracy": NUMBER, "model": _TRAINED},
    [
        networks.measured_loss(
            "test_loss",
            "model",
            3,
            "test_loss is the loss on the test images",
            "evaluate() returns two numbers. Give it the scaled test images and their labels.",
        ),
        networks.measured_accuracy(
            "test_accuracy",
            "model",
            4,
            "test_accuracy is the accuracy on the test images",
            "evaluate() returns two numbers. Give it the scaled test images and their labels.",
        ),
    ],
    (
        "One call measures both, on images that the network has never seen.",
        "model.evaluate returns the loss and the metrics, in the order in which it knows them.",
        "test_loss, test_accuracy = model.evaluate(x_test_…, y_test, verbose=0)",
    ),
    networks.evaluate_mistakes("test_loss", "test_accuracy", "model"),
)

# --- predict --------------------------------------------------------------------------------

_CLOSE = 1e-3
_MOSTLY = 0.999  # another machine rounds differently, and two classes may be as good as tied


def _outputs(answers: Answers) -> np.ndarray:
    return measure.outputs(answers.model, answers.data.x_test)


def _on_test_images(test: Callable[[Answers], Message | None]) -> Callable:
    """Make a message of it where the student's network cannot be run."""

    @functools.wraps(test)
    def tried(answers: Answers) -> Message | None:
        try:
            return test(answers)
        except measure.NotMeasurable as error:
            return Message(f"model cannot be tried on the test images: {error}")

    return tried


@_on_test_images
def _probabilities(answers: Answers) -> Message | None:
    if criteria.agrees(answers.probabilities, _outputs(answers), _CLOSE):
        return None
    return Message(
        "probabilities differ from what your network puts out for the test images",
        "the ten probabilities of each test image, as predict() returns them",
        "Predict for the scaled test images, after the last training.",
    )


def _share_of_classes(answers: Answers, classes: np.ndarray) -> float:
    fact = answers.predicted_classes
    if fact.shape != classes.shape:
        return 0.0
    return float(np.mean(fact.sample == classes[fact.rows]))


@_on_test_images
def _classes(answers: Answers) -> Message | None:
    wanted = _outputs(answers).argmax(axis=1)
    shape = answers.predicted_classes.shape
    if shape != wanted.shape:
        return Message(
            f"predicted_classes has the shape {shape}",
            "one class number for each test image",
            "Along which axis of probabilities do the ten classes lie?",
        )
    share = _share_of_classes(answers, wanted)
    if share >= _MOSTLY:
        return None
    return Message(
        f"Only {share:.1%} of predicted_classes are the class with the highest probability",
        "the place of the highest of the ten numbers, for each image",
        "NumPy finds the highest number, or the place where it stands. Which do you need?",
    )


def _positions(answers: Answers) -> tuple[int, ...]:
    return answers.predicted_classes.shape


predict_classes = Exercise(
    "predict-classes",
    "From probabilities to classes",
    {"probabilities": ARRAY, "predicted_classes": ARRAY, "model": _TRAINED},
    [
        criteria.shape(
            "probabilities",
            lambda answers: (len(answers.data.x_test), CLASSES),
            1,
            "Predict for all test images in one call.",
            "probabilities has a row for each test image",
            "the shape (test images, 10)",
        ),
        Criterion("probabilities are what the network puts out", 3, _probabilities),
        Criterion("predicted_classes are the most probable ones", 3, _classes),
    ],
    (
        "predict() gives ten numbers for each image. The class is the place of the highest.",
        "model.predict, then .argmax along the axis of the classes.",
        "probabilities = model.predict(x_test_…, verbose=0); "
        "predicted_classes = probabilities.argmax(axis=…)",
    ),
    [
        Misconception(
            "training-images-predicted",
            lambda answers: answers.probabilities.shape == (len(answers.data.x_train), CLASSES),
            "These are predictions for the training images, which the network has seen.",
        ),
        Misconception(
            "argmax-over-wrong-axis",
            lambda answers: _positions(answers) == (CLASSES,),
            "Ten numbers for the whole test set: argmax went down the images instead of along "
            "the classes.",
        ),
        Misconception(
            "argmax-over-everything",
            lambda answers: _positions(answers) == (),
            "One number for the whole test set: argmax needs an axis to go along.",
        ),
        Misconception(
            "max-for-argmax",
            lambda answers: (
                _positions(answers) == (len(answers.data.x_test),)
                and answers.predicted_classes.dtype.startswith("float")
                and 0 < answers.predicted_classes.maximum <= 1
            ),
            "These are the highest probabilities themselves. Which place do they stand in?",
        ),
        Misconception(
            "true-labels-copied",
            lambda answers: _share_of_classes(answers, answers.data.y_test) == 1,
            "These are the true labels. Asked is what the network says.",
        ),
        Misconception(
            "rounded-probabilities",
            lambda answers: (
                np.array_equal(answers.probabilities.sample, answers.probabilities.sample.round(2))
                and np.allclose(
                    answers.probabilities.sample,
                    _outputs(answers)[answers.probabilities.rows],
                    atol=0.51,
                )
            ),
            "The probabilities were rounded. An image with .45 and .44 then looks like a tie, and "
            "a row may no longer add up to 1.",
        ),
        Misconception(
            "counted-from-one",
            lambda answers: _share_of_classes(answers, _outputs(answers).argmax(axis=1) + 1) == 1,
            "Your classes count from 1, as R's which.max does. The labels count from 0.",
        ),
    ],
)


def _one_image(answers: Answers) -> Message | None:
    fact, images = answers.one_image, answers.data.x_test
    if fact.shape not in ((1, 28, 28), (1, 28, 28, 1)):
        return Message(
            f"one_image has the shape {fact.shape}",
            "a batch that holds a single image",
            "A slice keeps an axis that an index takes away.",
        )
    if np.allclose(fact.sample.reshape(28, 28), images[0] / 255, atol=1e-6):
        return None
    return Message(
        "one_image holds something else than the first test image",
        "the first of the scaled test images",
        "Python counts from 0, and the network was trained on scaled images.",
    )


@_on_test_images
def _one_row(answers: Answers) -> Message | None:
    fact = answers.image_probabilities
    if fact.shape != (1, CLASSES):
        return Message(
            f"image_probabilities has the shape {fact.shape}",
            "one row of ten probabilities",
            "Hand the batch of one image to predict().",
        )
    if criteria.agrees(fact, _outputs(answers)[:1], _CLOSE):
        return None
    return Message(
        "image_probabilities are not what your network puts out for this image",
        "the ten probabilities of the first test image",
        "Predict for one_image.",
    )


def _holds_image(answers: Answers, images: np.ndarray, scale: float = 255) -> bool:
    sample = answers.one_image.sample
    return sample.size == images.size and np.allclose(sample.ravel(), images.ravel() / scale)


single_image = Exercise(
    "single-image",
    "One single image",
    {"one_image": ARRAY, "image_probabilities": ARRAY, "model": _TRAINED},
    [
        Criterion("one_image is a batch of one", 2, _one_image),
        Criterion("image_probabilities is one row of ten", 2, _one_row),
    ],
    (
        "The network takes a stack of images. A stack may hold a single one.",
        "x[0] takes an image out of the stack; x[0:1], or x[np.newaxis, 0], is a stack again.",
        "one_image = x_test_…[…:…]; image_probabilities = model.predict(…, verbose=0)",
    ),
    [
        Misconception(
            "missing-batch-axis",
            lambda answers: answers.one_image.shape == (28, 28),
            "This is an image without its batch axis. The network would take its 28 rows for 28 "
            "images.",
        ),
        Misconception(
            "counted-from-one",
            lambda answers: _holds_image(answers, answers.data.x_test[1]),
            "This is the second image: Python counts from 0.",
        ),
        Misconception(
            "unscaled-pixels",
            lambda answers: _holds_image(answers, answers.data.x_test[0], scale=1),
            "The pixels go up to 255. The network has only seen values from 0 to 1.",
        ),
        Misconception(
            "training-image",
            lambda answers: _holds_image(answers, answers.data.x_train[0]),
            "This is the first training image.",
        ),
        Misconception(
            "row-without-batch",
            lambda answers: answers.image_probabilities.shape == (CLASSES,),
            "The probabilities are right, but predict() returns a row for each image of the "
            "batch, also when there is only one: keep it.",
        ),
        Misconception(
            "all-images",
            lambda answers: len(answers.data.x_test) in answers.image_probabilities.shape[:1],
            "These are the probabilities of all test images. Hand over a batch of one.",
        ),
    ],
)

# --- confusion ------------------------------------------------------------------------------


def _counts(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return how often each class (rows) was taken for each class (columns)."""
    cells = truth.astype(int) * CLASSES + predicted
    return np.bincount(cells, minlength=CLASSES**2).reshape(CLASSES, CLASSES)


def _test_counts(answers: Answers) -> np.ndarray:
    return _counts(answers.data.y_test, _outputs(answers).argmax(axis=1))


def _few_moved(answers: Answers, counts: np.ndarray) -> bool:
    """Tell whether a matrix holds `counts`, but for images that are as good as tied."""
    fact = answers.confusion
    allowed = 2 * (1 - _MOSTLY) * counts.sum()
    return fact.shape == counts.shape and np.abs(fact.sample - counts).sum() <= allowed


@_on_test_images
def _confusion_counts(answers: Answers) -> Message | None:
    if _few_moved(answers, _test_counts(answers)):
        return None
    return Message(
        "confusion holds other numbers than the check has counted",
        "true classes in rows, predicted classes in columns, counted over all test images",
        "Look at row 0: its sum should be the number of true T-shirts among the test images.",
    )


def _pair(answers: Answers) -> tuple[int, int] | None:
    """Return the classes that the student named, by name or number."""
    plain = answers.most_confused.value
    if not isinstance(plain, list) or len(plain) != 2:
        return None
    names = [name.lower() for name in answers.data.class_names]
    numbers = [names.index(part.lower()) if isinstance(part, str) else part for part in plain]
    if not all(isinstance(part, int) and 0 <= part < CLASSES for part in numbers):
        return None
    return numbers[0], numbers[1]


def _mistakes(answers: Answers) -> np.ndarray:
    counts = _test_counts(answers)
    return counts - np.diag(np.diag(counts))


@_on_test_images
def _most_confused(answers: Answers) -> Message | None:
    try:
        pair = _pair(answers)
    except ValueError:  # a name that no class has
        pair = None
    if pair is None:
        return Message(
            f"most_confused is {criteria.show(answers.most_confused.value)}",
            "a pair of class names: the true one, then the one it was taken for",
            "Copy the names as labkit.CLASS_NAMES spells them.",
        )
    wrong = _mistakes(answers)
    # Images that are as good as tied may be counted differently elsewhere.
    if pair[0] != pair[1] and wrong[pair] >= wrong.max() - 1:
        return None
    return Message(
        f"most_confused is {criteria.show(answers.most_confused.value)}, but another mistake "
        "happens more often",
        "the pair with the largest number off the diagonal",
        "Look for it in the picture, or set the diagonal to 0 and let NumPy find the largest.",
    )


def _asked_pair(answers: Answers, wanted: Callable[[np.ndarray, tuple[int, int]], bool]) -> bool:
    pair = _pair(answers)
    return pair is not None and wanted(_mistakes(answers), pair)


def _is_shares(answers: Answers) -> bool:
    counts = _test_counts(answers).astype(float)
    shares: Sequence[np.ndarray] = (
        counts / counts.sum(axis=1, keepdims=True),
        counts / np.maximum(counts.sum(axis=0, keepdims=True), 1),
        counts / counts.sum(),
    )
    fact = answers.confusion
    return fact.shape == counts.shape and any(
        np.allclose(fact.sample, share, atol=0.01) for share in shares
    )


confusion = Exercise(
    "confusion",
    "Who is taken for whom?",
    {"confusion": ARRAY, "most_confused": VALUE, "model": _TRAINED},
    [
        criteria.shape(
            "confusion",
            lambda answers: (CLASSES, CLASSES),
            1,
            "Compare the labels with the predicted classes, not with the probabilities.",
            "confusion has a row and a column for each class",
            "the shape (10, 10)",
        ),
        Criterion("the test images are counted, true classes in rows", 2, _confusion_counts),
        Criterion("most_confused is the most frequent mistake", 1, _most_confused),
    ],
    (
        "Each image adds 1 to one cell: its true class is the row, its predicted class the column.",
        "sklearn.metrics.confusion_matrix takes the true labels first, then the predicted ones.",
        "confusion = sklearn.metrics.confusion_matrix(…, …); "
        'most_confused = ("true class", "predicted class")',
    ),
    [
        Misconception(
            "transposed",
            lambda answers: _few_moved(answers, _test_counts(answers).T),
            "Rows and columns are swapped: hand over the truth first.",
        ),
        Misconception(
            "shares-for-counts",
            _is_shares,
            "These are shares. Asked are counts: how many images.",
        ),
        Misconception(
            "on-training-images",
            lambda answers: answers.confusion.sample.sum() == len(answers.data.x_train),
            "You counted the training images, which the network has seen.",
        ),
        Misconception(
            "pair-swapped",
            lambda answers: _asked_pair(
                answers,
                lambda wrong, pair: (
                    wrong[pair] < wrong.max() - 1 and wrong[pair[::-1]] == wrong.max()
                ),
            ),
            "The right two classes, the wrong way round: the true one comes first.",
        ),
        Misconception(
            "diagonal-chosen",
            lambda answers: _asked_pair(answers, lambda wrong, pair: pair[0] == pair[1]),
            "The diagonal counts the right answers. Look beside it.",
        ),
    ],
)

LAB = Lab(
    "lab2-mlp",
    "A network of dense layers",
    100,
    (
        one_layer,
        activations,
        popular_activation,
        layer_sizes,
        draw_network,
        backpropagation,
        parameter_count,
        define_mlp,
        compile_mlp,
        fit_mlp,
        evaluate_mlp,
        predict_classes,
        single_image,
        confusion,
    ),
)
_in_a_notebook = notebook_lab.of(LAB)
progress, hint, submit = _in_a_notebook.progress, _in_a_notebook.hint, _in_a_notebook.submit
