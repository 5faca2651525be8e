r"""Three activation functions

Without an activation function, two layers would be one: a matrix times a matrix is only another
matrix. These three are the most common ones:

$$ \mathrm{relu}(x) = \max(0, x) \qquad \mathrm{sigmoid}(x) = \frac{1}{1 + e^{-x}} \qquad
\tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}} $$

Write them for whole arrays, and leave the array that comes in as it is. Then plot all three over
at least 20 values from −5 to 5, or further, and keep the axes as `activation_axes`. Let the picture say which
curve is which: with a legend that names them, and with other dashes or markers for each. Not everyone
sees colours alike. A title, and words at the axes, are up to you.
"""

import itertools
import math

import numpy as np

from labkit import evidence
from labkit.checks import agreement
from labkit.checks.authoring import PICTURE, Exercise, Message, function
from labkit.checks.forward import ACTIVATIONS
from labkit.labs.mlp import shared

NAMES = ("relu", "sigmoid", "tanh")
FEWEST_POINTS = 20
# Where np.arange ends that leaves its last value out, with so many points.
FARTHEST = 4.49


def numbers(random):
    """Return rows and a table of numbers below, at and above 0; none of them is whole but 0.

    The first number decides what some functions make of all others: it is below 0, 0, and above.
    The farthest ones lie where a function that is cut off at 6, or at 10, is found out.
    """
    row = np.array([-13.75, -1.5, -0.25, 0.0, 0.25, 3.75, 13.75])
    table = random.normal(0, 2, (3, 4))
    return [(row,), (row[::-1].copy(),), (np.roll(row, 4),), (table,)]


exercise = Exercise(
    __doc__,
    relu=function(numbers),
    sigmoid=function(numbers),
    tanh=function(numbers),
    activation_axes=PICTURE,
    hints=(
        "Each function is one line. NumPy works on whole arrays, so no loop is needed.",
        "np.maximum compares number by number, np.exp and np.tanh work on arrays. For the picture: "
        'plt.subplots(), then axes.plot(x, y, "--", label=…) three times, then axes.legend().',
        "return np.maximum(…, …); return 1 / (1 + …); return np.tanh(…); "
        '_, activation_axes = plt.subplots(); activation_axes.plot(x, relu(x), "…", label=…)',
    ),
)


@exercise.solution(free="np.linspace(-5, 5, 201)")
def solution(np, plt):
    def relu(x):
        """Return relu of every number in x."""
        return np.maximum(x, 0)

    def sigmoid(x):
        """Return the sigmoid of every number in x."""
        return 1 / (1 + np.exp(-x))

    def tanh(x):
        """Return the hyperbolic tangent of every number in x."""
        return np.tanh(x)

    x = np.linspace(-5, 5, 201)
    figure, activation_axes = plt.subplots(figsize=(6, 3.5), dpi=80)
    activation_axes.plot(x, relu(x), "-", label="relu")
    activation_axes.plot(x, sigmoid(x), "--", label="sigmoid")
    activation_axes.plot(x, tanh(x), ":", label="tanh", linewidth=2.5)
    activation_axes.set(title="Three activation functions", xlabel="x", ylabel="activation")
    legend = activation_axes.legend()
    return relu, sigmoid, tanh, activation_axes


# --- the functions --------------------------------------------------------------------------

FOR_ARRAYS = "Write them for whole arrays, and leave the array that comes in as it is."


# The solution is not asked for its functions: it would draw its picture, too.
def _judged(name, fact):
    for call, (x,) in zip(fact.calls, _probes(fact), strict=True):
        expected = "an array of the same shape as its input"
        problem = shared.no_numbers(name, call.result, expected)
        if problem:
            return problem
        if not agreement.returned(call.result, ACTIVATIONS[name](x)):
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


def _probes(fact):
    return numbers(np.random.default_rng(fact.seed))


@exercise.criterion(2, asks=FOR_ARRAYS)
def _(relu):
    """relu(x) is right for every x"""
    return _judged("relu", relu)


@exercise.criterion(2, asks=FOR_ARRAYS)
def _(sigmoid):
    """sigmoid(x) is right for every x"""
    return _judged("sigmoid", sigmoid)


@exercise.criterion(2, asks=FOR_ARRAYS)
def _(tanh):
    """tanh(x) is right for every x"""
    return _judged("tanh", tanh)


# --- the picture ----------------------------------------------------------------------------


def _is_curve(line, formula):
    """Tell whether a line in a picture runs along `formula`, from −5 to 5 or further."""
    x, y = line[:, 0], line[:, 1]
    return (
        np.count_nonzero(np.abs(x) <= 5) >= FEWEST_POINTS
        and x.min() <= -FARTHEST
        and x.max() >= FARTHEST
        and _runs_along(line, formula)
    )


def _runs_along(line, formula):
    x, y = line[:, 0], line[:, 1]
    return len(x) > 1 and np.allclose(y, formula(x), atol=1e-3)


def _drawn(picture):
    """Return for each function where it is drawn: panels, and the numbers of their lines."""
    return {
        name: [
            (panel, number)
            for panel in picture.panels
            for number, line in enumerate(panel.lines)
            if _is_curve(line, ACTIVATIONS[name])
        ]
        for name in NAMES
    }


@exercise.criterion(3, asks="plot all three over at least 20 values from −5 to 5, or further")
def _(activation_axes):
    """the picture shows the three curves"""
    missing = [name for name, found in _drawn(activation_axes).items() if not found]
    if not missing:
        return None
    lines = [line for panel in activation_axes.panels for line in panel.lines]
    short = [line for line in lines if _runs_along(line, ACTIVATIONS[missing[0]])]
    if short:
        x = short[0][:, 0]
        return Message(
            f"The curve of {missing[0]} goes over {len(x)} values from {min(x):.3g} to {max(x):.3g}",
            f"{FEWEST_POINTS} values or more from −5 to 5",
            "np.linspace(-5, 5, 201) makes values of x to draw over.",
        )
    return Message(
        f"There is no curve of {', '.join(missing)} among the {len(lines)} lines of the picture",
        f"three curves, each over {FEWEST_POINTS} values or more from −5 to 5",
        "np.linspace(-5, 5, 201) makes values of x to draw over.",
    )


@exercise.criterion(
    1,
    asks="Let the picture say which curve is which: with a legend that names them, and with other "
    "dashes or markers for each.",
)
def _(activation_axes):
    """the picture says which curve is which"""
    drawn = _drawn(activation_axes)
    for name, found in drawn.items():
        said = [_said(panel, number) for panel, number in found]
        if not found:  # its curve is another one, which the criterion before this one says
            said = [words for panel in activation_axes.panels for words in panel.labels]
        if not any(_names_in(words) == [name] for words in said):
            wrong = next((words for words in said if words), "") if found else ""
            return Message(
                f"The picture calls the curve of {name} “{wrong}”"
                if wrong
                else f"The picture does not say which curve is {name}",
                "the names relu, sigmoid and tanh, each at its own curve",
                "Give each curve a label when you plot it, and call .legend() at the end.",
            )
    return _told_apart_by_colour_alone(
        {name: found or _called(activation_axes, name) for name, found in drawn.items()}
    )


def _called(picture, name):
    """Return where a picture says that a function is drawn, whatever the curve is."""
    return [
        (panel, number)
        for panel in picture.panels
        for number in range(len(panel.lines))
        if _names_in(_said(panel, number)) == [name]
    ]


def _told_apart_by_colour_alone(drawn):
    for one, other in itertools.combinations(NAMES, 2):
        for (panel, first), (beside, second) in itertools.product(drawn[one], drawn[other]):
            if panel is beside and _dashes(panel, first) == _dashes(panel, second):
                return Message(
                    f"Without their colours, the curves of {one} and {other} look alike",
                    "other dashes or markers for each curve",
                    'plot takes a style after x and y: "--" draws dashes, ":" dots, "o" markers.',
                )
    return None


def _dashes(panel, number):
    """Return dashes and marker of a line, without its width."""
    return panel.styles[number].rpartition(" ")[0]


def _said(panel, number):
    """Return what a picture says of one of its lines: in the legend, or beside it."""
    if panel.named[number]:
        return panel.named[number]
    if len(panel.lines) == 1:
        return " ".join((panel.title, panel.ylabel, *panel.labels, *panel.texts))
    for text, place in zip(panel.texts, panel.places, strict=True):
        distances = [np.abs(line - place).sum(axis=1).min(initial=np.inf) for line in panel.lines]
        if np.all(np.isfinite(place)) and int(np.argmin(distances)) == number:
            return text
    return ""


def _names_in(words):
    return [name for name in NAMES if name in words.lower()]


# --- mistakes -------------------------------------------------------------------------------


def _results(*facts):
    return [call.result for fact in facts for call in fact.calls]


@exercise.sign(
    shown_by=lambda: (lambda x: max(0, x), lambda x: 1 / (1 + math.exp(-x)), math.tanh, ...),
    earns=4,
)
def one_number_only(relu, sigmoid, tanh):
    """Your function works for one number.

    Python's own max and the module math do not take arrays; NumPy's functions do.
    """
    words = ("truth value", "0-dimensional", "length-1", "scalar")
    return any(
        isinstance(result, evidence.Raised) and any(word in result.text for word in words)
        for result in _results(relu, sigmoid, tanh)
    )


@exercise.sign
def changes_its_input(relu, sigmoid, tanh):
    """One of your functions writes into the array that it is given."""
    return any(call.changed_its_input for fact in (relu, sigmoid, tanh) for call in fact.calls)


@exercise.mistake(earns=8)
def sigmoid_mirrored():
    """Your sigmoid falls from left to right. Mind the sign in the exponent."""
    return ..., lambda x: ACTIVATIONS["sigmoid"](-x), ..., ...


@exercise.mistake(earns=8)
def absolute_value():
    """relu does not turn negative numbers round: all of them become the same number."""
    return np.abs, ..., ..., ...


@exercise.mistake(earns=8)
def tan_for_tanh():
    """This is the tangent. The hyperbolic tangent has one letter more in NumPy, too."""
    return ..., ..., np.tan, ...


# --- further answers ------------------------------------------------------------------------

X = np.linspace(-5, 5, 101)
STYLES = ("-", "--", ":")


def _axes(names=NAMES, x=X, styles=STYLES, **formulas):
    import matplotlib.pyplot as plt

    _, axes = plt.subplots()
    for function_name, name, style in zip(NAMES, names, styles, strict=False):
        formula = formulas.get(function_name, ACTIVATIONS[function_name])
        axes.plot(x, formula(x), linestyle=style, label=name)
    if any(names):
        axes.legend()
    return axes


# What the text leaves free.
exercise.alike.update(
    {
        "activation_axes: *title*": "the text leaves a title free",
        "activation_axes: axes without names": "the text leaves words at the axes free",
        "activation_axes: names of the axes swapped": "the text leaves words at the axes free",
    }
)


exercise.right(one_picture=lambda: (..., ..., ..., _axes()))


@exercise.right
def three_panels():
    import matplotlib.pyplot as plt

    def by_powers(x):
        return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))

    figure, panels = plt.subplots(1, 3)
    for ax, name in zip(panels, NAMES, strict=True):
        ax.plot(X, ACTIVATIONS[name](X))
        ax.set_title(name.title())
    relu, sigmoid = lambda x: np.where(x > 0, x, 0), lambda x: np.exp(x) / (1 + np.exp(x))
    return relu, sigmoid, by_powers, figure


@exercise.right
def keras_and_pandas(keras):
    import pandas as pd

    table = pd.DataFrame({name: ACTIVATIONS[name](X) for name in NAMES}, index=X)
    functions = keras.ops.relu, keras.ops.sigmoid, keras.activations.tanh
    return *functions, table.plot(style=list(STYLES))


exercise.right(many_points=lambda: (..., ..., ..., _axes(x=np.linspace(-6, 6, 6_001))))


@exercise.right
def the_figures_legend():
    axes = _axes()
    axes.get_legend().remove()
    axes.figure.legend()
    return ..., ..., ..., axes.figure


@exercise.right
def dashes_of_their_own():
    return ..., ..., ..., _axes(styles=((0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1))))


@exercise.right
def markers():
    axes = _axes(styles=("-", "-", "-"))
    for line, marker in zip(axes.get_lines(), "osv", strict=True):
        line.set(marker=marker, markevery=10)
    axes.legend()
    return ..., ..., ..., axes


exercise.wrong(
    constant=lambda: (0, 0, 0, 0),
    constant_functions=lambda: (lambda x: 0, lambda x: 0.5, lambda x: 0, None),
)
exercise.wrong(earns=6, functions_alone=lambda: (..., ..., ..., None))
exercise.wrong(earns=4, picture_alone=lambda: (None, None, None, ...))
exercise.wrong(
    earns=9,
    no_names=lambda: (..., ..., ..., _axes(names=("", "", ""))),
    legend_swapped=lambda: (..., ..., ..., _axes(names=("relu", "tanh", "sigmoid"))),
)


@exercise.wrong(earns=(9, 9))
def told_apart_by_colour_alone():
    yield ..., ..., ..., _axes(styles="---")
    yield ..., ..., ..., _axes(styles=("-", "--", "--"))


exercise.wrong(
    earns=7,
    only_above_0=lambda: (..., ..., ..., _axes(x=X[X > 0])),
    few_points_between_many=lambda: (..., ..., ..., _axes(x=np.linspace(-5, 200, 50))),
)
exercise.wrong(
    earns=6,
    two_curves=lambda: (..., ..., ..., _axes(names=NAMES[:2])),
    wrong_type=lambda: (..., ..., ..., X),
)


@exercise.wrong(earns=8, shows="changes-its-input")
def in_place():
    def relu(x):
        x[x < 0] = 0
        return x

    return relu, ..., ..., ...


@exercise.wrong(earns=5, shows="sigmoid-mirrored")
def sign_forgotten():
    def sigmoid(x):
        return 1 / (1 + np.exp(x))

    return ..., sigmoid, ..., _axes(sigmoid=sigmoid)


@exercise.wrong(earns=6)
def another_curve_told_apart_by_colour_alone():
    return ..., ..., ..., _axes(styles="---", sigmoid=lambda x: 1 / (1 + np.exp(x)))


exercise.wrong(earns=8, vectorized=lambda: (np.vectorize(lambda v: max(0, v)), ..., ..., ...))
