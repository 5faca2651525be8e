"""The formula of a one-layer MLP

Fill the three boxes, then write the formula as a function. `x` has a row for each image; `weights1`,
`bias1` lead to the hidden layer and `weights2`, `bias2` to the output. Your function must work for any
number of images, pixels, nodes and classes, and return a row of probabilities for each image. It
leaves the arrays that come in as they are.
"""

import functools
import math

import numpy as np

from labkit.checks import agreement
from labkit.checks.authoring import Exercise, Message, function
from labkit.checks.forward import ACTIVATIONS
from labkit.labs.mlp import shared

LARGE = 10


def networks(random):
    """Return inputs, weights and biases of small networks; no two sides of one are alike.

    The last one has the sides of the first and other numbers, which no result of before fits. In
    the third the sums of the hidden layer are large, and the scores are not.
    """
    probes = []
    for images, pixels, hidden, classes in ((3, 5, 4, 2), (1, 6, 7, 3), (8, 3, 6, 5), (3, 5, 4, 2)):
        sides = ((images, pixels), (pixels, hidden), (hidden,), (hidden, classes), (classes,))
        probes.append(tuple(random.normal(0, 1, side) for side in sides))
    x, weights1, bias1, weights2, bias2 = probes[2]
    probes[2] = (x * LARGE, weights1, bias1, weights2 / LARGE, bias2)
    return probes


exercise = Exercise(
    __doc__,
    mlp_output=function(networks),
    hints=(
        "Two layers, two lines: first the hidden layer from x, then the output from the hidden "
        "layer. Each line multiplies, adds, and ends in its own function.",
        "@ multiplies matrices, np.maximum(…, 0) is relu; .sum(axis=1, keepdims=True) adds up "
        "each row and keeps the axis.",
        "hidden = np.maximum(x @ … + …, 0); scores = hidden @ … + …; powers = np.exp(scores); "
        "return powers / …",
    ),
)


# The largest score may be taken off or not: the probabilities are the same.
@exercise.solution(free="scores - scores.max(axis=1, keepdims=True)")
def solution(np):
    def mlp_output(x, weights1, bias1, weights2, bias2):
        """Return the probabilities that a network with one hidden layer puts out."""
        hidden = np.maximum(x @ weights1 + bias1, 0)
        scores = hidden @ weights2 + bias2
        # The largest score of each row is taken off first: exp of a large number would overflow.
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    return mlp_output


@exercise.criterion(2, asks="return a row of probabilities for each image", stop=True)
def _(mlp_output, probes):
    """a row for each image, a column for each class"""
    expected = "an array with a row for each image and a column for each class"
    for call, (x, *_, bias2) in zip(mlp_output.calls, probes, strict=True):
        problem = shared.no_numbers("mlp_output", call.result, expected)
        if problem:
            return problem
        images, classes = len(x), len(bias2)
        shape = agreement.as_array(call.result).shape
        if shape != (images, classes):
            return Message(
                f"For {images} images and {classes} classes mlp_output returned an array of "
                f"shape {shape}",
                expected,
                "Follow the shapes from x through both layers: @ multiplies matrices.",
            )


@exercise.criterion(2, asks="return a row of probabilities for each image")
def _(mlp_output):
    """each row holds probabilities"""
    for rows in (agreement.as_array(call.result) for call in mlp_output.calls):
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


exercise.equal(
    "mlp_output",
    8,
    "weights, bias and relu in the hidden layer, then weights, bias and softmax",
    "Take x, weights and biases of size 2 and follow the formula by hand.",
    asks="write the formula as a function",
    title="the values are those of the formula",
    tolerance=1e-5,
)


def _softmax(scores, axis=-1):
    powers = np.exp(scores)
    return powers / powers.sum(axis=axis, keepdims=True)


def _formula(hidden=ACTIVATIONS["relu"], output=_softmax, first=1, second=1):
    def mlp_output(x, weights1, bias1, weights2, bias2):
        return output(hidden(x @ weights1 + first * bias1) @ weights2 + second * bias2)

    return mlp_output


@exercise.mistake(earns=4)
def bias_missing():
    """A bias is missing: each layer adds its own after it has multiplied."""
    yield _formula(first=0, second=0)
    yield _formula(first=0)
    yield _formula(second=0)


@exercise.mistake(earns=4)
def hidden_without_activation():
    """The hidden layer has no activation function.

    Two layers with nothing between them are worth no more than one.
    """
    return _formula(hidden=lambda x: x)


@exercise.mistake(earns=2)
def no_softmax():
    """These are the scores of the classes. What makes probabilities of them?"""
    return _formula(output=lambda scores: scores)


@exercise.mistake(earns=2)
def sigmoid_for_softmax():
    """A sigmoid squeezes each score by itself. Here the ten have to share a total of 1."""
    return _formula(output=ACTIVATIONS["sigmoid"])


@exercise.mistake(earns=2)
def softmax_over_wrong_axis():
    """The sum runs over the wrong numbers: add up the scores of one image, not of several."""
    yield _formula(output=functools.partial(_softmax, axis=0))
    yield _formula(output=functools.partial(_softmax, axis=None))


@exercise.mistake(earns=4)
def relu_on_output():
    """relu belongs to the hidden layer alone.

    Before the softmax it throws away all scores below 0.
    """
    return _formula(output=lambda scores: _softmax(np.maximum(scores, 0)))


@exercise.mistake(earns=4)
def softmax_on_hidden():
    """softmax belongs to the output. The hidden layer has another activation function."""
    return _formula(hidden=_softmax)


@exercise.right
def stable_softmax():
    def stable(x, weights1, bias1, weights2, bias2):
        hidden = np.dot(x, weights1) + bias1
        scores = np.dot(hidden * (hidden > 0), weights2) + bias2
        powers = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
        return powers / np.sum(powers, axis=-1, keepdims=True)

    return stable


@exercise.right
def loops_and_lists():
    def image_by_image(x, weights1, bias1, weights2, bias2):
        rows = []
        for image in x:
            hidden = [
                max(0.0, float(image @ w + b)) for w, b in zip(weights1.T, bias1, strict=True)
            ]
            powers = [math.exp(hidden @ w + b) for w, b in zip(weights2.T, bias2, strict=True)]
            rows.append([power / sum(powers) for power in powers])
        return rows

    return image_by_image


@exercise.right
def keras_ops_in_single_precision(keras):
    def with_keras(x, weights1, bias1, weights2, bias2):
        hidden = keras.ops.relu(x @ weights1 + bias1)
        return keras.ops.softmax(keras.ops.matmul(hidden, weights2) + bias2)

    return with_keras


exercise.right(without_taking_off_the_largest=lambda: _formula())
exercise.wrong(constant=lambda: 0.5, a_constant_function=lambda: lambda *arguments: 1)
exercise.wrong(
    earns=4, all_alike=lambda: lambda x, w1, b1, w2, b2: np.full((len(x), len(b2)), 1 / len(b2))
)
exercise.wrong(
    for_784_pixels_only=lambda: lambda x, *others: _formula()(x.reshape(-1, 784), *others),
    transposed=lambda: lambda *arguments: _formula()(*arguments).T,
)


@exercise.wrong(earns=4)
def spoils_the_weights(mlp_output):
    def spoiling(x, weights1, bias1, weights2, bias2):
        result = mlp_output(x, weights1, bias1, weights2, bias2)
        weights1[...] = 0
        return result

    return spoiling
