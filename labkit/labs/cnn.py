"""Lab 3: what a convolution does; a convolutional network built, trained and used."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import canonical, criteria, measure, networks, structures, trainings
from labkit.checks.exercise import (
    ARRAY,
    HISTORY,
    MODEL,
    NUMBER,
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

# --- theory ---------------------------------------------------------------------------------

deep_learning = Essay(
    "deep-learning",
    "What is deep learning?",
    5,
    (
        (2, "Machine learning fits a model to examples; deep learning is one kind of it."),
        (2, "Its models are networks of many layers, each building on what the one before found."),
        (1, "The features are learnt together with the classifier, not designed by hand."),
    ),
)

convolutional_networks = Essay(
    "convolutional-networks",
    "What are convolutional neural networks?",
    5,
    (
        (2, "A small kernel of weights slides over the image and answers where its pattern is."),
        (2, "The same weights serve everywhere: few parameters, and a pattern is found anywhere."),
        (1, "Pooling and dense layers follow, which condense the answers and decide."),
    ),
)

# --- functions tried on small images --------------------------------------------------------

Right = Callable[..., np.ndarray]


def _arrays(fact: evidence.Calls) -> list[np.ndarray | None]:
    """Return what the student's function returned; None where that is no array of numbers."""
    return [_array(call.result) for call in fact.calls]


def _array(result: Any) -> np.ndarray | None:
    if isinstance(result, evidence.Array):
        return np.asarray(result.sample, float)
    if isinstance(result, evidence.Value) and isinstance(result.value, list):
        try:
            return np.asarray(result.value, float)
        except (TypeError, ValueError):
            return None
    return None


def _raised(fact: evidence.Calls) -> list[evidence.Raised]:
    return [call.result for call in fact.calls if isinstance(call.result, evidence.Raised)]


def _returns_arrays(calls: list[evidence.Call], next_step: str) -> Message | None:
    for call in calls:
        if isinstance(call.result, evidence.Raised):
            return Message(
                f"On a small test image your function raised {call.result.type}: "
                f"{call.result.text.strip()}",
                "a function that works for images of any size",
                next_step,
            )
        if _array(call.result) is None:
            if isinstance(call.result, evidence.Placeholder):
                saw, step = "Your function returned nothing", "End the function with return."
            else:
                saw = f"Your function returned {_kind(call.result)}"
                step = "Return the array that the function has filled."
            return Message(saw, "an array with rows and columns", step)
    return None


def _kind(result: Any) -> str:
    return f"something of type {getattr(result, 'type', 'unknown')}"


def _equal(result: np.ndarray | None, wanted: np.ndarray) -> bool:
    return (
        result is not None
        and result.shape == wanted.shape
        and np.allclose(result, wanted, rtol=1e-5, atol=1e-6)
    )


def _all_equal(fact: evidence.Calls, probes: list[tuple], right: Right) -> bool:
    """Tell whether the function did on every probe what `right` does."""
    return all(
        _equal(result, right(*probe)) for result, probe in zip(_arrays(fact), probes, strict=True)
    )


def _all_shaped(fact: evidence.Calls, probes: list[tuple], right: Right) -> bool:
    return all(
        result is not None and result.shape == right(*probe).shape
        for result, probe in zip(_arrays(fact), probes, strict=True)
    )


# --- convolution ----------------------------------------------------------------------------


def convolve_probes(random: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return three small images with a kernel each; no side is as long as another."""
    sides = [((7, 5), (3, 2)), ((6, 9), (2, 4)), ((4, int(random.integers(8, 12))), (1, 3))]
    return [(random.normal(size=image), random.normal(size=kernel)) for image, kernel in sides]


def _windows(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape)


def _convolved(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return np.einsum("ijkl,kl->ij", _windows(image, kernel), kernel)


def _convolve_probes(answers: Answers) -> list[tuple[np.ndarray, np.ndarray]]:
    return convolve_probes(np.random.default_rng(answers.convolve.seed))


def _convolve_runs(answers: Answers) -> Message | None:
    return _returns_arrays(
        answers.convolve.calls, "Read the sizes from image.shape and kernel.shape."
    )


def _convolve_shapes(answers: Answers) -> Message | None:
    pairs = zip(_arrays(answers.convolve), _convolve_probes(answers), strict=True)
    for result, (image, kernel) in pairs:
        if result.shape != _convolved(image, kernel).shape:
            return Message(
                f"From an image of shape {image.shape} and a kernel of shape {kernel.shape} your "
                f"function made an array of shape {result.shape}",
                "one value for every place where the kernel lies wholly inside the image",
                "Count the places on paper: in how many rows can the kernel begin?",
            )
    return None


def _convolve_values(answers: Answers) -> Message | None:
    if _all_equal(answers.convolve, _convolve_probes(answers), _convolved):
        return None
    return Message(
        "The size is right, some values are not",
        "in every place the sum of window times kernel",
        "Work out the first value of a 3×3 image and a 2×2 kernel by hand and compare.",
    )


def _convolves_like(right: Right) -> Callable[[Answers], bool]:
    return lambda answers: _all_equal(answers.convolve, _convolve_probes(answers), right)


def _shaped_like(right: Right) -> Callable[[Answers], bool]:
    return lambda answers: _all_shaped(answers.convolve, _convolve_probes(answers), right)


def _multiplied_whole(answers: Answers) -> bool:
    probes = _convolve_probes(answers)
    return any(
        f"{image.shape} {kernel.shape}".replace(", ", ",") in problem.text
        for problem in _raised(answers.convolve)
        for image, kernel in probes
    )


def _not_summed(answers: Answers) -> bool:
    return any(result is not None and result.ndim == 4 for result in _arrays(answers.convolve))


convolve = Exercise(
    "convolve",
    "A convolution by hand",
    {"convolve": function(convolve_probes)},
    [
        Criterion("the function runs on any image and any kernel", 3, _convolve_runs, stop=True),
        Criterion("it has a value for every place of the kernel", 4, _convolve_shapes, stop=True),
        Criterion("each value is the sum of window times kernel", 5, _convolve_values),
    ],
    (
        "Two loops, over the rows and the columns in which the kernel can begin. In each place "
        "one number comes out.",
        "image[i : i + k, j : j + l] cuts out a window; np.sum adds up all values of an array.",
        "result = np.zeros((...)); for i in range(...): for j in range(...): "
        "result[i, j] = np.sum(... * kernel)",
    ),
    [
        Misconception(
            "elementwise-only",
            lambda answers: _multiplied_whole(answers) or _not_summed(answers),
            "The whole image and the kernel differ in size, so they cannot be multiplied value "
            "by value. Cut out one window after the other, and make one number of each.",
        ),
        Misconception(
            "window-not-kernel-sized",
            lambda answers: any("broadcast" in fault.text for fault in _raised(answers.convolve)),
            "A window and the kernel differ in size. Make the window as large as the kernel, "
            "whatever its size, and stop before it leaves the image.",
        ),
        Misconception(
            "kernel-flipped",
            _convolves_like(lambda image, kernel: _convolved(image, kernel[::-1, ::-1])),
            "You turned the kernel round. Mathematics does so in its convolution; the layers of "
            "a network lay the kernel on the image as it is.",
        ),
        Misconception(
            "padded-same",
            _shaped_like(lambda image, kernel: image),
            "The result is as large as the image: you let the kernel leave the image at its "
            "edges. Use only the places where it lies wholly inside.",
        ),
        Misconception(
            "rows-and-columns-swapped",
            _shaped_like(lambda image, kernel: _convolved(image, kernel).T),
            "Rows and columns look swapped: the first axis counts the rows.",
        ),
        Misconception(
            "last-place-missing",
            _shaped_like(lambda image, kernel: _convolved(image, kernel)[1:, 1:]),
            "One row and one column are missing. A kernel as large as the image has one place.",
        ),
        Misconception(
            "mean-for-sum",
            _convolves_like(lambda image, kernel: _convolved(image, kernel) / kernel.size),
            "You took the mean of each product. A convolution takes its sum.",
        ),
    ],
)

# --- pooling --------------------------------------------------------------------------------


def pooling_probes(random: np.random.Generator) -> list[tuple[np.ndarray]]:
    """Return two small images with even sides, then one with odd sides.

    The first holds no number above 0: a result that began with zeros would stay 0.
    """
    sides = [(6, 4), (4, 2 * int(random.integers(4, 7))), (7, 5)]
    first, *others = (random.normal(size=shape) for shape in sides)
    return [(-1 - np.abs(first),), *((image,) for image in others)]


def _fields(image: np.ndarray) -> np.ndarray:
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    return image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)


def _pooled(image: np.ndarray) -> np.ndarray:
    return _fields(image).max(axis=(1, 3))


def _pooling_probes(answers: Answers) -> list[tuple[np.ndarray]]:
    return pooling_probes(np.random.default_rng(answers.max_pool.seed))


def _even(answers: Answers) -> list[tuple[np.ndarray | None, np.ndarray]]:
    """Return result and image of the probes with even sides."""
    pairs = zip(_arrays(answers.max_pool), _pooling_probes(answers), strict=True)
    return [(result, image) for result, (image,) in pairs][:2]


def _pooling_runs(answers: Answers) -> Message | None:
    unusable = _returns_arrays(
        answers.max_pool.calls[:2], "Read the number of rows and columns from image.shape."
    )
    if unusable:
        return unusable
    for result, image in _even(answers):
        if result.shape != _pooled(image).shape:
            return Message(
                f"From an image of shape {image.shape} your function made an array of shape "
                f"{result.shape}",
                "one value for each field of 2×2 pixels",
                "The fields lie side by side: none covers a part of another.",
            )
    return None


def _pooling_values(answers: Answers) -> Message | None:
    if all(_equal(result, _pooled(image)) for result, image in _even(answers)):
        return None
    return Message(
        "The size is right, some values are not",
        "of every four values the largest",
        "Try your function on np.arange(16).reshape(4, 4) and compare with what you expect.",
    )


def _odd_sides(answers: Answers) -> Message | None:
    call, (image,) = answers.max_pool.calls[-1], _pooling_probes(answers)[-1]
    if _equal(_array(call.result), _pooled(image)):
        return None
    if isinstance(call.result, evidence.Raised):
        saw = f"On an image of shape {image.shape} it raised {call.result.type}: {call.result.text}"
    else:
        saw = f"On an image of shape {image.shape} it returned something else"
    return Message(
        saw,
        "a last row or column without a partner is left out, as in Keras",
        "How many whole fields fit into an odd number of rows?",
    )


def _pools_like(right: Right) -> Callable[[Answers], bool]:
    return lambda answers: all(_equal(result, right(image)) for result, image in _even(answers))


pooling = Exercise(
    "pooling",
    "Max pooling by hand",
    {"max_pool": function(pooling_probes)},
    [
        Criterion("one value for each field of 2×2 pixels", 1, _pooling_runs, stop=True),
        Criterion("each is the largest of its field", 3, _pooling_values),
        Criterion("odd sides: the last row or column is left out", 2, _odd_sides),
    ],
    (
        "Half as many rows, half as many columns. Field (i, j) begins in row 2i and column 2j.",
        "image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max() is the largest value of one field; "
        "// divides without a remainder.",
        "result = np.zeros((... // 2, ... // 2)); two loops; result[i, j] = image[...].max()",
    ),
    [
        Misconception(
            "average-pooling",
            _pools_like(lambda image: _fields(image).mean(axis=(1, 3))),
            "You took the mean of each field. Max pooling keeps its largest value.",
        ),
        Misconception(
            "smallest-for-largest",
            _pools_like(lambda image: _fields(image).min(axis=(1, 3))),
            "You kept the smallest value of each field.",
        ),
        Misconception(
            "every-second-pixel",
            _pools_like(lambda image: image[::2, ::2]),
            "You kept the first pixel of each field, whatever the other three are.",
        ),
        Misconception(
            "fields-overlap",
            lambda answers: all(
                result is not None and result.shape == (image.shape[0] - 1, image.shape[1] - 1)
                for result, image in _even(answers)
            ),
            "Your fields overlap: the window moves on by one pixel instead of two.",
        ),
        Misconception(
            "odd-sides",
            lambda answers: _pooling_values(answers) is None and _odd_sides(answers) is not None,
            "All is well while the sides are even. Think of an image of 7 rows.",
        ),
    ],
)

# --- shapes and parameters ------------------------------------------------------------------

FILTERS = 32
_SHAPES = {
    "after_conv": (26, 26, FILTERS),
    "after_pool": (13, 13, FILTERS),
    "after_flatten": (13 * 13 * FILTERS,),
}
_WORDS = {
    "after_conv": "three numbers: rows, columns, channels",
    "after_pool": "three numbers: rows, columns, channels",
    "after_flatten": "one number: the length of the vector",
}
_NEXT = {
    "after_conv": "In how many rows of a 28×28 image can a 3×3 kernel begin?",
    "after_pool": "Pooling halves rows and columns. What does it do to the channels?",
    "after_flatten": "Flatten keeps every value and lines them up.",
}


def _given_shape(answers: Answers, name: str) -> tuple:
    """Return the shape that was answered, without a batch axis that was written down too."""
    plain = getattr(answers, name).value
    shape = tuple(plain) if isinstance(plain, list) else (plain,)
    return shape[1:] if len(shape) > 1 and shape[0] is None else shape


def _shape_criterion(name: str, layer: str) -> Criterion:
    def test(answers: Answers) -> Message | None:
        if _given_shape(answers, name) == _SHAPES[name]:
            return None
        seen = criteria.show(getattr(answers, name).value)
        return Message(f"{name} is {seen}", _WORDS[name], _NEXT[name])

    return Criterion(f"{name} is the shape that {layer} puts out", 2, test)


def _any_shape(**shapes: set[tuple]) -> Callable[[Answers], bool]:
    """Return whether one of the answers is one of these shapes."""

    def seen(answers: Answers) -> bool:
        return any(_given_shape(answers, name) in wrong for name, wrong in shapes.items())

    return seen


output_shapes = Exercise(
    "output-shapes",
    "Predict the shapes",
    {"after_conv": VALUE, "after_pool": VALUE, "after_flatten": VALUE},
    [
        _shape_criterion("after_conv", "the convolution"),
        _shape_criterion("after_pool", "pooling"),
        _shape_criterion("after_flatten", "Flatten"),
    ],
    (
        "Your own convolve and max_pool show what becomes of 28 rows.",
        "convolve(image, np.ones((3, 3))).shape gives rows and columns of one channel.",
        "after_conv = (28 - ..., 28 - ..., number of filters); after_pool = (... // 2, ...)",
    ),
    [
        Misconception(
            "padded-same",
            _any_shape(after_conv={(28, 28, 32)}, after_pool={(14, 14, 32)}),
            "28 rows stay 28 only if the image is padded at its edges. By default Keras does "
            "not pad.",
        ),
        Misconception(
            "channels-forgotten",
            _any_shape(
                after_conv={(26, 26), (26, 26, 1)},
                after_pool={(13, 13), (13, 13, 1)},
                after_flatten={(169,)},
            ),
            "Every filter makes an image of its own. How many filters are there?",
        ),
        Misconception(
            "kernel-subtracted",
            _any_shape(after_conv={(25, 25, 32)}, after_pool={(12, 12, 32)}),
            "A kernel of 3 rows takes away fewer than 3 places: one as large as the image would "
            "still have one.",
        ),
        Misconception(
            "channels-pooled",
            _any_shape(after_pool={(13, 13, 16)}, after_flatten={(13 * 13 * 16,)}),
            "Pooling works on each channel for itself and leaves their number alone.",
        ),
        Misconception(
            "channel-first",
            _any_shape(after_conv={(32, 26, 26)}, after_pool={(32, 13, 13)}),
            "The channels stand first. Keras puts them last.",
        ),
    ],
)

_CONV = 3 * 3 * 1 * FILTERS + FILTERS
_HIDDEN = 128
_DENSE = 13 * 13 * FILTERS * _HIDDEN + _HIDDEN


def _any_number(**wrong: set[int]) -> Callable[[Answers], bool]:
    def seen(answers: Answers) -> bool:
        return any(getattr(answers, name).value in values for name, values in wrong.items())

    return seen


conv_parameters = Exercise(
    "conv-parameters",
    "Count the parameters",
    {"conv_count": NUMBER, "dense_count": NUMBER},
    [
        criteria.number(
            "conv_count",
            lambda answers: _CONV,
            3,
            "conv_count is the number of parameters of the convolution",
            "Count those of a single filter first, then multiply.",
        ),
        criteria.number(
            "dense_count",
            lambda answers: _DENSE,
            2,
            "dense_count is the number of parameters of the first dense layer",
            "Each of its nodes has a weight for every value of the flattened vector, and a bias.",
        ),
    ],
    (
        "The image's size plays no part in the convolution: the same few weights slide over it.",
        "A filter is a 3×3 kernel for each input channel, and one bias.",
        "conv_count = (3 * 3 * channels + ...) * filters; dense_count = (inputs + ...) * nodes",
    ),
    [
        Misconception(
            "biases-forgotten",
            _any_number(conv_count={_CONV - FILTERS}, dense_count={_DENSE - _HIDDEN}),
            "The weights are there, the biases are missing: one for each filter or node.",
        ),
        Misconception(
            "counted-like-a-dense-layer",
            _any_number(conv_count={784 * FILTERS + FILTERS, 784 * FILTERS, 785 * 26 * 26}),
            "You gave every pixel a weight of its own, as a dense layer does. A filter has only "
            "the weights of its kernel and uses them everywhere.",
        ),
        Misconception(
            "weights-for-every-place",
            _any_number(conv_count={26 * 26 * _CONV, 26 * 26 * (_CONV - FILTERS)}),
            "You gave every place of the kernel its own weights. All places share them.",
        ),
        Misconception(
            "one-filter-only",
            _any_number(conv_count={3 * 3 + 1, 3 * 3}),
            "That is one filter.",
        ),
        Misconception(
            "one-bias-for-the-layer",
            _any_number(conv_count={_CONV - FILTERS + 1}, dense_count={_DENSE - _HIDDEN + 1}),
            "Every filter and every node has a bias of its own.",
        ),
        Misconception(
            "pooling-forgotten",
            _any_number(dense_count={(26 * 26 * FILTERS + 1) * _HIDDEN}),
            "You flattened the output of the convolution. Pooling comes in between.",
        ),
    ],
)

# --- build ----------------------------------------------------------------------------------

LEAST_UNITS = 16


def _blueprint(units: int = _HIDDEN) -> canonical.Chain:
    return canonical.chain(
        (28, 28, 1),
        canonical.convolution(FILTERS, 3, "relu"),
        canonical.max_pooling(2),
        canonical.flatten(),
        canonical.dense(units, "relu"),
        canonical.dense(10, "softmax"),
    )


def _chain(answers: Answers) -> canonical.Chain:
    return structures.chain_of(answers, "model2")


def _filters(answers: Answers) -> Message | None:
    settings = _chain(answers).of("convolution")[0].settings
    filters, kernel = settings["filters"], settings["kernel"]
    if (filters, kernel) == (FILTERS, (3, 3)):
        return None
    rows, columns = kernel
    return Message(
        f"the convolution has {filters} filters of {rows}×{columns}",
        "32 filters of 3×3",
        "Conv2D takes the number of filters first, then the size of the kernel.",
    )


def _fields_of_two(answers: Answers) -> Message | None:
    settings = _chain(answers).of("max pooling")[0].settings
    if settings["size"] == settings["strides"] == (2, 2):
        return None
    size, steps = ("×".join(map(str, settings[key])) for key in ("size", "strides"))
    return Message(
        f"pooling takes fields of {size} in steps of {steps}",
        "fields of 2×2, side by side",
        "MaxPooling2D takes the size of the field; the step follows from it.",
    )


def _relu(answers: Answers) -> Message | None:
    seen = dict(
        zip(("convolution", "first dense layer"), _chain(answers).activations(), strict=False)
    )
    for layer, name in seen.items():
        if name != "relu":
            return Message(
                f"the {layer} has the activation {name}",
                "relu in the convolution and in the first dense layer",
                "Every layer has an argument for it.",
            )
    return None


def _width(answers: Answers) -> int:
    return structures.units(_chain(answers))[0]


def _wide_enough(answers: Answers) -> Message | None:
    if _width(answers) >= LEAST_UNITS:
        return None
    return Message(
        f"the first dense layer has {_width(answers)} nodes",
        f"at least {LEAST_UNITS}; lab 2's network has 128",
        "Give the last layer but one more nodes than there are classes.",
    )


def _last_layer(answers: Answers) -> Message | None:
    units, name = structures.units(_chain(answers))[-1], _chain(answers).activations()[-1]
    if (units, name) != (10, "softmax"):
        return Message(
            f"the last layer has {units} nodes and the activation {name}",
            "one probability for each class, which add up to 1",
            "Which activation makes ten probabilities out of ten numbers?",
        )
    if any(place == _LAST for place, _ in _chain(answers).dropouts()):
        return Message(
            "a dropout comes after the last layer",
            "ten probabilities that nothing changes any more",
            "Let the network end with its last dense layer.",
        )
    return structures.computes("model2", answers, _chain(answers))


_LAST = 4  # convolution, pooling and two dense layers come before


def _counts(answers: Answers) -> Message | None:
    unlike = structures.built_like("model2", _blueprint(_width(answers)), answers)
    if unlike is None:
        return None
    return Message(
        unlike.saw,
        "as many values and parameters as follow from your shapes in exercise 5",
        "Compare the shapes in model2.summary() with those that you predicted.",
    )


def _is_padded(answers: Answers) -> bool:
    return any(map(any, _chain(answers).of("convolution")[0].settings["padding"]))


define_cnn = Exercise(
    "define-cnn",
    "Define the network",
    {"model2": MODEL},
    [
        criteria.takes_images("model2", 2, channel=True),
        structures.order(
            "model2",
            _blueprint().order(),
            3,
            "convolution, max pooling, flatten, dense, dense, in this order",
            "Take the layers one by one from the blueprint above.",
        ),
        Criterion("32 filters of 3×3", 2, _filters),
        Criterion("pooling fields of 2×2", 2, _fields_of_two),
        Criterion("relu in the convolution and in the first dense layer", 1, _relu),
        Criterion("a first dense layer that is wide enough", 1, _wide_enough),
        Criterion("ten probabilities come out", 2, _last_layer),
        Criterion("shapes and parameters are those of the blueprint", 1, _counts),
    ],
    (
        "Input, then five layers, each of which you have met: two by hand in this lab, two kinds "
        "in lab 2.",
        "keras.Input, keras.layers.Conv2D, MaxPooling2D, Flatten and Dense, in a keras.Sequential.",
        "keras.Sequential([keras.Input(...), keras.layers.Conv2D(filters, kernel_size, "
        "activation=...), keras.layers.MaxPooling2D(...), ...])",
    ),
    [
        Misconception(
            "missing-channel-axis",
            lambda answers: (answers.model2.input_shape or ())[1:] == (28, 28),
            "The input has no channel axis: a convolution wants rows, columns and channels.",
        ),
        Misconception(
            "average-pooling",
            lambda answers: bool(_chain(answers).of("average pooling")),
            "This network takes the mean of each field. Asked is max pooling.",
        ),
        Misconception(
            "missing-pooling",
            lambda answers: (
                bool(_chain(answers).steps)
                and not _chain(answers).of("max pooling", "average pooling")
            ),
            "Nothing between the convolution and the dense layers makes the images smaller.",
        ),
        Misconception(
            "missing-flatten",
            lambda answers: (
                bool(_chain(answers).of("convolution")) and not _chain(answers).of("flatten")
            ),
            "The dense layers see images instead of a vector, and so there are ten numbers for "
            "every place in the image.",
        ),
        Misconception(
            "filters-and-kernel-swapped",
            lambda answers: _chain(answers).of("convolution")[0].settings["filters"] == 3,
            "Three filters? The number of filters comes first, the size of the kernel second.",
        ),
        Misconception(
            "sigmoid-for-softmax",
            lambda answers: _chain(answers).activations()[-1] == "sigmoid",
            "Sigmoid rates each class for itself: the ten numbers do not add up to 1. Here "
            "exactly one class is right.",
        ),
        Misconception(
            "no-softmax",
            lambda answers: _chain(answers).activations()[-1] == "linear",
            "The last layer has no activation: its ten numbers are scores, not probabilities.",
        ),
        Misconception(
            "wrong-number-of-classes",
            lambda answers: structures.units(_chain(answers))[-1] != 10,
            "The last layer needs one node for each class.",
        ),
        Misconception(
            "hidden-without-activation",
            lambda answers: "linear" in _chain(answers).activations()[:-1],
            "A layer before the last has no activation. Layers without one, one behind the "
            "other, do no more than a single one.",
        ),
        Misconception(
            "padded-same",
            _is_padded,
            "The convolution pads the image at its edges; nobody asked for that here.",
        ),
    ],
)

compile_cnn = Exercise(
    "compile-cnn",
    "Compile the network",
    {"model2": MODEL},
    [
        networks.compiled("model2", 1),
        networks.optimizer(
            "model2",
            "rmsprop",
            2,
            "the optimizer is RMSprop",
            "compile() takes the optimizer by its name or as keras.optimizers.RMSprop().",
        ),
        networks.loss(
            "model2",
            "categorical_crossentropy",
            3,
            "the loss is the one for one-hot labels",
            "Labels are one-hot here. Which of Keras's losses compares ten probabilities with a "
            "one-hot row?",
        ),
        networks.accuracy_metric("model2", 1),
    ],
    (
        "Three settings: how to step, what to make small, what to report besides.",
        "model2.compile has the arguments optimizer, loss and metrics.",
        'model2.compile(optimizer="...", loss="..._crossentropy", metrics=[...])',
    ),
    [
        *networks.compile_mistakes(
            "model2",
            {
                "sparse_categorical_crossentropy": (
                    "labels-and-loss-mismatch",
                    "The sparse loss wants the class's number as label. This lab's labels are "
                    "one-hot rows.",
                ),
                "binary_crossentropy": (
                    "binary-cross-entropy",
                    "Binary cross-entropy is for yes or no. Here one of ten classes is right.",
                ),
                "mean_squared_error": (
                    "squared-error",
                    "The squared error is for amounts. Probabilities of classes are compared by "
                    "cross-entropy.",
                ),
            },
        ),
        Misconception(
            "adam-for-rmsprop",
            lambda answers: answers.model2.optimizer == "adam",
            "Adam was lab 2's optimizer. This lab asks for another one.",
        ),
    ],
)

# --- train ----------------------------------------------------------------------------------

EPOCHS = 10
_MODEL = MODEL.from_earlier(define_cnn.title)

fit_cnn = Exercise(
    "fit-cnn",
    "Train the network",
    {"history2": HISTORY, "model2": _MODEL},
    [
        trainings.epochs("history2", EPOCHS, 3),
        trainings.validated("history2", 3),
        trainings.belongs("history2", "model2", 2),
        criteria.floor(
            "model2",
            lambda answers: floors.least("cnn", answers.data.kind),
            4,
            "the network has learnt to tell the classes apart",
            "Train on x_train_channel and y_train_one_hot, in a network that is newly defined "
            "and compiled.",
        ),
    ],
    (
        "Everything is prepared: images with a channel, one-hot labels, a compiled network.",
        "model2.fit takes images, labels, epochs and validation_split, and returns the history.",
        "history2 = model2.fit(..., ..., epochs=..., validation_split=..., verbose=...)",
    ),
    trainings.mistakes("history2", "model2", EPOCHS),
)

_HISTORY = HISTORY.from_earlier(fit_cnn.title)


def _best_epochs(answers: Answers) -> list[int]:
    """Return the epochs, from 1, of the lowest validation loss and the highest accuracy."""
    loss = trainings.curve(answers.history2, "loss", validation=True)
    accuracy = trainings.curve(answers.history2, "accuracy", validation=True)
    best = [int(np.argmin(loss)) + 1] if loss else []
    return best + ([int(np.argmax(accuracy)) + 1] if accuracy else [])


def _epoch_is_near(answers: Answers) -> Message | None:
    best = _best_epochs(answers)
    if not best:
        return Message("history2 has no validation curves to choose by")
    told, last = answers.best_epoch, len(trainings.curve(answers.history2, "loss"))
    kind = f"a whole number from 1 to {last}"
    if (
        not criteria.is_number(told)
        or told.value != round(told.value)
        or not 1 <= told.value <= last
    ):
        return Message(f"best_epoch is {criteria.show(told.value)}", kind, "Count epochs from 1.")
    if min(abs(told.value - epoch) for epoch in best) <= 1:
        return None
    return Message(
        f"best_epoch is {criteria.show(told.value)}",
        "the epoch after which training on stops to help on unseen images",
        "Which of the curves in the picture was measured on images that were not trained on?",
    )


def _told_epoch(answers: Answers) -> float:
    return answers.best_epoch.value


best_epoch = Exercise(
    "best-epoch",
    "How many epochs?",
    {"best_epoch": NUMBER, "history2": _HISTORY},
    [Criterion("best_epoch is where the validation curves are best", 5, _epoch_is_near)],
    (
        "Training loss nearly always goes on falling. Look at the curve of the images that were "
        "set aside.",
        "np.argmin(history2.history[...]) finds the place of the smallest value, counted from 0.",
        'best_epoch = int(np.argmin(history2.history["..."])) + ...',
    ),
    [
        Misconception(
            "counted-from-zero",
            lambda answers: _told_epoch(answers) == 0,
            "There is no epoch 0: argmin counts from 0, epochs are counted from 1.",
        ),
        Misconception(
            "value-for-epoch",
            lambda answers: any(
                math.isclose(_told_epoch(answers), value, rel_tol=1e-3)
                for series in answers.history2.series.values()
                for value in series
            ),
            "This is a value of a curve. Asked is the epoch in which the curve has it.",
        ),
        Misconception(
            "lowest-training-loss",
            lambda answers: (
                _told_epoch(answers) == np.argmin(trainings.curve(answers.history2, "loss")) + 1
            ),
            "You chose by the training loss. It keeps falling while the network learns its "
            "training images by heart.",
        ),
        Misconception(
            "last-epoch",
            lambda answers: _told_epoch(answers) == len(trainings.curve(answers.history2, "loss")),
            "More epochs are not always better: look where the validation loss turns.",
        ),
    ],
)

loss_and_accuracy = Essay(
    "loss-and-accuracy",
    "Loss and accuracy",
    5,
    (
        (2, "Accuracy is the share of right answers; loss also measures how sure they were."),
        (2, "They can part: the same answers given with too much certainty raise the loss alone."),
        (1, "The optimizer needs the loss, which changes smoothly; people read the accuracy."),
    ),
)

_CURVE_CRITERIA, _CURVE_MISTAKES = criteria.choice(
    "which_curve",
    "b",
    3,
    {
        "a": "The training curve gets better even when the network only learns by heart.",
        "c": "Choosing by the test set uses it up: afterwards its accuracy promises too much.",
        "d": "The mean of the two still rewards learning by heart.",
    },
)
which_curve = Exercise(
    "which-curve",
    "Which curve to follow?",
    {"which_curve": TEXT},
    _CURVE_CRITERIA,
    (
        "A hyperparameter is to be chosen so that the network does well on images it has not seen.",
        "Which images were neither trained on nor kept for the very end?",
        "Cross out every option that rewards learning by heart or looks at the test set.",
    ),
    _CURVE_MISTAKES,
)

why_different = Essay(
    "why-different",
    "Why do the two sets differ?",
    4,
    (
        (2, "The network was fitted to the training images and has not seen the others."),
        (1, "A gap that grows while validation gets worse is overfitting."),
        (1, "The training value is a mean over the epoch, the validation value is from its end."),
    ),
)

# --- evaluate -------------------------------------------------------------------------------

evaluate_cnn = Exercise(
    "evaluate-cnn",
    "Evaluate the network",
    {"test_loss2": NUMBER, "test_accuracy2": NUMBER, "model2": _MODEL},
    [
        networks.measured_loss(
            "test_loss2",
            "model2",
            2,
            "test_loss2 is the loss on the test images",
            "evaluate() returns two numbers. Which comes first?",
        ),
        networks.measured_accuracy(
            "test_accuracy2",
            "model2",
            3,
            "test_accuracy2 is the accuracy on the test images",
            "Give evaluate() the scaled test images with their channel, and their labels.",
        ),
    ],
    (
        "The network has a method that runs through a set of images and compares.",
        "model2.evaluate(images, labels, verbose=0) returns the loss and the metrics.",
        "test_loss2, test_accuracy2 = model2.evaluate(..., ..., verbose=0)",
    ),
    networks.evaluate_mistakes("test_loss2", "test_accuracy2", "model2"),
)


def _gain(answers: Answers) -> float:
    return networks.test_accuracy(answers, "model2") - networks.test_accuracy(answers, "baseline")


def _gain_is_right(answers: Answers) -> Message | None:
    told = answers.accuracy_gain
    if criteria.is_number(told) and abs(told.value - _gain(answers)) <= 2e-3:
        return None
    return Message(
        f"accuracy_gain is {criteria.show(told.value)}",
        "a difference of two shares, both measured on the test images",
        "Evaluate baseline as you evaluated model2, then subtract.",
    )


def _better_is_right(answers: Answers) -> Message | None:
    gain = _gain(answers)
    told = str(answers.better_model.value).strip().casefold()
    if gain == 0 and told in {"model2", "baseline"}:
        return None
    if told == ("model2" if gain > 0 else "baseline"):
        return None
    return Message(
        f"better_model is {criteria.show(answers.better_model.value)}",
        'the name of the network that is right more often: "model2" or "baseline"',
        "Look at the two accuracies.",
    )


def _told_gain(answers: Answers) -> float:
    return answers.accuracy_gain.value


def _training_gain(answers: Answers) -> float:
    first, second = (networks.training_accuracy(answers, name) for name in ("model2", "baseline"))
    return first - second


compare_models = Exercise(
    "compare-models",
    "Which network predicts better?",
    {
        "accuracy_gain": NUMBER,
        "better_model": TEXT,
        "model2": _MODEL,
        "baseline": _MODEL,
    },
    [
        Criterion("accuracy_gain is the difference on the test images", 2, _gain_is_right),
        Criterion("better_model names the better of the two", 1, _better_is_right),
    ],
    (
        "Measure both networks on the same images, in the same way.",
        "baseline.evaluate(images, labels, verbose=0) takes the same arrays as model2.evaluate.",
        'accuracy_gain = test_accuracy2 - ...; better_model = "..."',
    ),
    [
        Misconception(
            "per-cent-for-share",
            lambda answers: abs(_told_gain(answers) / 100 - _gain(answers)) <= 2e-3,
            "This is a difference in per cent. Subtract the shares as they are.",
        ),
        Misconception(
            "sign-turned",
            lambda answers: abs(_told_gain(answers) + _gain(answers)) <= 2e-3,
            "The sign is turned: a gain is what model2 has more than baseline.",
        ),
        Misconception(
            "one-accuracy-only",
            lambda answers: any(
                networks.is_close(_told_gain(answers), networks.test_accuracy(answers, name))
                for name in ("model2", "baseline")
            ),
            "This is the accuracy of one network. Subtract the other's.",
        ),
        Misconception(
            "compared-on-training-images",
            lambda answers: abs(_told_gain(answers) - _training_gain(answers)) <= 0.02,
            "This is about the difference on the training images, which both have seen.",
        ),
    ],
)

# --- predict --------------------------------------------------------------------------------

TENTH = 9


def _expected(answers: Answers, index: int = TENTH) -> np.ndarray:
    return measure.outputs(answers.model2, answers.data.x_test[index : index + 1])


def _matches(answers: Answers, index: int) -> bool:
    given = np.asarray(answers.tenth_probabilities.sample, float).ravel()
    wanted = _expected(answers, index).ravel()
    return given.shape == wanted.shape and np.allclose(given, wanted, atol=1e-3)


def _tenth_probabilities(answers: Answers) -> Message | None:
    try:
        if _matches(answers, TENTH):
            return None
    except measure.NotMeasurable as error:
        return Message(f"model2 cannot be tried on the image: {error}")
    return Message(
        "tenth_probabilities is not what model2 puts out for the image in the 10th position",
        "ten probabilities for that one test image, scaled as in training",
        "Python counts from 0: which index does the 10th image have?",
    )


def _predicted_name(answers: Answers) -> str:
    return answers.data.class_names[int(_expected(answers).argmax())]


def _same_name(answers: Answers, name: str) -> bool:
    return str(answers.tenth_name.value).strip().casefold() == name.casefold()


def _tenth_name(answers: Answers) -> Message | None:
    try:
        if _same_name(answers, _predicted_name(answers)):
            return None
    except measure.NotMeasurable as error:
        return Message(f"model2 cannot be tried on the image: {error}")
    return Message(
        f"tenth_name is {criteria.show(answers.tenth_name.value)}",
        "the name of the class with the largest of the ten probabilities",
        "labkit.CLASS_NAMES holds the names in the order of the class numbers.",
    )


tenth_image = Exercise(
    "tenth-image",
    "The image in the 10th position",
    {"tenth_probabilities": ARRAY, "tenth_name": TEXT, "model2": _MODEL},
    [
        criteria.shape(
            "tenth_probabilities",
            lambda answers: (1, 10),
            1,
            "A slice of length one keeps the batch axis, an index drops it.",
            "tenth_probabilities is a batch of one",
            "one row of ten probabilities, with its batch axis",
        ),
        Criterion("they are model2's for that image", 1, _tenth_probabilities),
        Criterion("tenth_name is the class with the largest", 1, _tenth_name),
    ],
    (
        "A network takes a batch of images, even if it is a batch of one.",
        "x[i : i + 1] is a batch of one; model2.predict(batch, verbose=0) gives the "
        "probabilities; .argmax() finds the largest.",
        "tenth_probabilities = model2.predict(x_test_channel[...:...], verbose=0); "
        "tenth_name = labkit.CLASS_NAMES[...]",
    ),
    [
        Misconception(
            "missing-batch-axis",
            lambda answers: answers.tenth_probabilities.shape == (10,),
            "The batch axis is gone: ten numbers instead of one row of ten.",
        ),
        Misconception(
            "counted-from-one",
            lambda answers: _matches(answers, TENTH + 1),
            "This is the image with the index 10, the eleventh. R counts from 1, Python from 0.",
        ),
        Misconception(
            "whole-test-set",
            lambda answers: (
                len(answers.tenth_probabilities.shape) == 2
                and answers.tenth_probabilities.shape[0] == len(answers.data.x_test)
            ),
            "These are the probabilities of all test images. Asked is a single one.",
        ),
        Misconception(
            "number-for-name",
            lambda answers: not isinstance(answers.tenth_name.value, str),
            "tenth_name is a number. Look up the name that belongs to it.",
        ),
    ],
)

LAB = Lab(
    "lab3-cnn",
    "A convolutional network",
    100,
    (
        deep_learning,
        convolutional_networks,
        convolve,
        pooling,
        output_shapes,
        conv_parameters,
        define_cnn,
        compile_cnn,
        fit_cnn,
        best_epoch,
        loss_and_accuracy,
        which_curve,
        why_different,
        evaluate_cnn,
        compare_models,
        tenth_image,
    ),
)
_in_a_notebook = notebook_lab.of(LAB)
progress, hint, submit = _in_a_notebook.progress, _in_a_notebook.hint, _in_a_notebook.submit
