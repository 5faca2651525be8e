"""Lab 6: the reports' convolutional networks; feature maps, confusions, and a challenge."""

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import canonical, criteria, forward, measure, networks, structures, trainings
from labkit.checks.exercise import (
    ARRAY,
    HISTORY,
    MODEL,
    NUMBER,
    PICTURE,
    TEXT,
    VALUE,
    Answer,
    Answers,
    Criterion,
    Essay,
    Exercise,
    Lab,
    Misconception,
)
from labkit.checks.result import Message
from labkit.evidence import saved_networks
from labkit.labs import floors
from labkit.notebook import lab as notebook_lab
from labkit.reports import comparison, recipes, recordings

# --- what the three networks have in common ---------------------------------------------------


def _chain(answers: Answers, name: str) -> canonical.Chain:
    return structures.chain_of(answers, name)


def _activations(answers: Answers, name: str) -> list[str]:
    return _chain(answers, name).activations()


def _filters(name: str, wanted: Sequence[int], points: float, words: str) -> Criterion:
    """Require the numbers of filters of all convolutions."""

    def test(answers: Answers) -> Message | None:
        seen = [step.settings["filters"] for step in _chain(answers, name).of("convolution")]
        if seen == list(wanted):
            return None
        told = ", ".join(map(str, seen)) or "none"
        next_step = "Compare your layers with the table above, line by line."
        return Message(f"the convolutions of {name} have these filters: {told}", "", next_step)

    return Criterion(words, points, test)


def _hidden_activation(name: str, wanted: str, points: float) -> Criterion:
    def test(answers: Answers) -> Message | None:
        seen = _activations(answers, name)
        if set(seen[:-1]) == {wanted}:
            return None
        return Message(
            f"the layers of {name} have the activations {'; '.join(seen)}",
            f"{wanted} in every layer but the last",
            "Every convolution and every dense layer takes the argument activation.",
        )

    return Criterion(f"{wanted} in every layer but the last", points, test)


def _ten_probabilities(name: str, points: float) -> Criterion:
    def test(answers: Answers) -> Message | None:
        chain = _chain(answers, name)
        units, activation = structures.units(chain)[-1], chain.activations()[-1]
        if (units, activation) != (10, "softmax"):
            return Message(
                f"the last layer of {name} has {units} nodes and the activation {activation}",
                "one probability for each class, which add up to 1",
                "Which activation makes ten probabilities out of ten numbers?",
            )
        layers = chain.of("convolution", "dense", "max pooling", "average pooling")
        if any(place == len(layers) for place, _ in chain.dropouts()):
            return Message(
                f"in {name} a dropout comes after the last layer",
                "ten probabilities that nothing changes any more",
                "Let the network end with its last dense layer.",
            )
        return None

    return Criterion("ten probabilities come out", points, test)


def _as_in_the_report(name: str, wanted: canonical.Chain, count: int, points: float) -> Criterion:
    """Require every layer to do what that of the report does; the number of weights follows."""

    def test(answers: Answers) -> Message | None:
        seen = getattr(answers, name).parameters
        unlike = structures.built_like(name, wanted, answers)
        if seen == count and unlike is None:
            return None
        saw = f"{name} has {seen:,} parameters" if seen != count or not unlike else unlike.saw
        return Message(
            saw,
            f"{count:,} parameters, in layers as in the table",
            f"Print {name}.summary() and look for the first layer whose shape surprises you.",
        )

    return Criterion("sizes, shapes and parameters as in the report", points, test)


def _activation_is(name: str, wrong: str, last: bool = False) -> Callable[[Answers], bool]:
    def seen(answers: Answers) -> bool:
        activations = _activations(answers, name)
        return wrong in (activations[-1:] if last else activations[:-1])

    return seen


def _no_channel(name: str) -> Misconception:
    return Misconception(
        "missing-channel-axis",
        lambda answers: (getattr(answers, name).input_shape or ())[1:] == (28, 28),
        "The input has no channel axis: a convolution wants rows, columns and channels.",
    )


def _no_softmax(name: str) -> list[Misconception]:
    return [
        Misconception(
            "sigmoid-for-softmax",
            _activation_is(name, "sigmoid", last=True),
            "Sigmoid rates each class for itself: the ten numbers do not add up to 1. Here "
            "exactly one class is right.",
        ),
        Misconception(
            "no-softmax",
            _activation_is(name, "linear", last=True),
            "The last layer has no activation: its ten numbers are scores, not probabilities.",
        ),
    ]


def _padded(name: str, some: bool) -> Callable[[Answers], bool]:
    """Return whether some convolution is padded, or, if not `some`, one is not."""

    def seen(answers: Answers) -> bool:
        convolutions = _chain(answers, name).of("convolution")
        padded = [any(map(any, step.settings["padding"])) for step in convolutions]
        return any(padded) if some else not all(padded)

    return seen


STRUCTURE = Answer(saved_networks.structure, evidence.Model, MODEL.words)

# --- LeNet ------------------------------------------------------------------------------------

_LENET = canonical.chain(
    (28, 28, 1),
    canonical.convolution(20, 5, "tanh", padding="same"),
    canonical.max_pooling(2),
    canonical.convolution(50, 5, "tanh", padding="same"),
    canonical.max_pooling(2),
    canonical.flatten(),
    canonical.dense(500, "tanh"),
    canonical.dense(10, "softmax"),
)

define_lenet = Exercise(
    "define-lenet",
    "LeNet",
    {"lenet": STRUCTURE},
    [
        criteria.takes_images("lenet", 1, channel=True),
        structures.order(
            "lenet",
            _LENET.order("dropout"),
            2,
            "two times convolution and max pooling, then flatten and two dense layers",
            "Go through the table above from top to bottom.",
            free=(),
        ),
        _filters("lenet", (20, 50), 1, "20 and 50 filters"),
        _hidden_activation("lenet", "tanh", 2),
        _ten_probabilities("lenet", 1),
        _as_in_the_report("lenet", _LENET, 1_256_080, 1),
    ],
    (
        "The blueprint is that of lab 3 with one more convolution. Mind the edges: an image of "
        "28×28 stays 28×28.",
        "keras.layers.Conv2D takes padding='same' and activation='tanh'.",
        "keras.Sequential([keras.Input(...), keras.layers.Conv2D(20, 5, padding=..., "
        "activation=...), keras.layers.MaxPooling2D(2), ...])",
    ),
    [
        _no_channel("lenet"),
        Misconception(
            "average-pooling",
            lambda answers: bool(_chain(answers, "lenet").of("average pooling")),
            "This network takes the mean of each field. Asked is max pooling.",
        ),
        Misconception(
            "relu-for-tanh",
            _activation_is("lenet", "relu"),
            "relu is what one would take today. LeNet is older: its layers use tanh.",
        ),
        *_no_softmax("lenet"),
        Misconception(
            "not-padded",
            _padded("lenet", some=False),
            "A convolution loses rows and columns at the edges of the image. LeNet pads them.",
        ),
    ],
)

_LARGEST = 7 * 7 * 50 * 500 + 500

lenet_parameters = Exercise(
    "lenet-parameters",
    "Where the parameters are",
    {"largest_count": NUMBER},
    [
        criteria.number(
            "largest_count",
            lambda answers: _LARGEST,
            4,
            "largest_count is the number of parameters of LeNet's largest layer",
            "Follow the shape of an image to the layer, then count: inputs, nodes, biases.",
            kind="all weights and biases of one layer, as a whole number",
            words="all weights and biases of one layer",
        )
    ],
    (
        "A convolution shares its few weights over the whole image. Which layers do not?",
        "A dense layer has a weight for every value that comes in, and a bias, for each node.",
        "largest_count = (rows * columns * channels + 1) * nodes",
    ),
    [
        Misconception(
            "without-biases",
            lambda answers: answers.largest_count.value == _LARGEST - 500,
            "The weights are there, the biases are missing: one for each node.",
        ),
        Misconception(
            "pooling-forgotten",
            lambda answers: (
                answers.largest_count.value in ((28 * 28 * 50 + 1) * 500, (14 * 14 * 50 + 1) * 500)
            ),
            "Each of the two poolings halves rows and columns before Flatten lines them up.",
        ),
        Misconception(
            "largest-convolution",
            lambda answers: answers.largest_count.value in (5 * 5 * 20 * 50 + 50, 25_000),
            "This is the larger one of the two convolutions. Another layer has far more.",
        ),
        Misconception(
            "whole-network",
            lambda answers: answers.largest_count.value == 1_256_080,
            "This is the whole network. How much of it is in one layer?",
        ),
    ],
)

_TANH_CRITERIA, _TANH_MISTAKES = criteria.choice(
    "why_relu",
    "b",
    3,
    {
        "a": "Both have no parameters at all: an activation is a fixed function.",
        "c": "tanh passes negative numbers on. It is relu that makes them 0.",
        "d": "Every activation that is not a straight line can do that, tanh among them.",
    },
)
why_relu = Exercise(
    "why-relu",
    "Why relu in deep networks?",
    {"why_relu": TEXT},
    _TANH_CRITERIA,
    (
        "Look at both curves for an input of 5, and of −5. How steep are they there?",
        "Training goes backwards through the layers and multiplies the slopes.",
        "A product of many small numbers is very small.",
    ),
    _TANH_MISTAKES,
)

# --- the deep stack ---------------------------------------------------------------------------

_DEEP = canonical.chain(
    (28, 28, 1),
    canonical.convolution(6, 5, "relu", padding="same"),
    canonical.average_pooling(2),
    *(canonical.convolution(2**n, 3, "relu", padding="same") for n in range(5, 10)),
    canonical.flatten(),
    canonical.dense(256, "relu"),
    canonical.dense(10, "softmax"),
)


def _initializers(answers: Answers) -> list[str]:
    return [step.initializer for step in _chain(answers, "deep").of("convolution", "dense")]


def _he_normal(answers: Answers) -> Message | None:
    seen = set(_initializers(answers))
    if seen == {"he_normal"}:
        return None
    return Message(
        f"the layers of deep start from {', '.join(sorted(seen))}",
        "He's normal distribution in every convolution and every dense layer",
        "The argument is kernel_initializer; functools.partial writes it only once.",
    )


define_deep = Exercise(
    "define-deep",
    "A deep stack",
    {"deep": STRUCTURE},
    [
        criteria.takes_images("deep", 1, channel=True),
        structures.order(
            "deep",
            _DEEP.order("dropout"),
            2,
            "six convolutions with one average pooling after the first, then two dense layers",
            "Go through the table above from top to bottom.",
            free=(),
        ),
        _filters(
            "deep",
            (6, 32, 64, 128, 256, 512),
            1,
            "6 filters, then 32, doubled up to 512",
        ),
        _hidden_activation("deep", "relu", 1),
        Criterion("every layer starts from He's normal distribution", 1, _he_normal),
        _ten_probabilities("deep", 1),
        _as_in_the_report("deep", _DEEP, 27_262_534, 1),
    ],
    (
        "Many layers that differ in one number: write what they share only once.",
        "functools.partial(keras.layers.Conv2D, kernel_size=3, padding=..., ...) makes a function "
        "that needs the number of filters alone.",
        "convolution = functools.partial(keras.layers.Conv2D, padding='same', activation=..., "
        "kernel_initializer=...); convolution(32, 3)",
    ),
    [
        _no_channel("deep"),
        Misconception(
            "max-pooling",
            lambda answers: bool(_chain(answers, "deep").of("max pooling")),
            "This network keeps the largest value of each field. Asked is the mean.",
        ),
        Misconception(
            "default-initializer",
            lambda answers: "glorot_uniform" in _initializers(answers),
            "Keras's default suits tanh. relu switches half of the values off, so its weights "
            "start larger: that is He's rule.",
        ),
        *_no_softmax("deep"),
        Misconception(
            "not-padded",
            _padded("deep", some=False),
            "The convolutions lose rows and columns at the edges: they have to be padded.",
        ),
    ],
)

# --- the ConvNet ------------------------------------------------------------------------------

_RATES = (0.25, 0.25, 0.4, 0.3)
_CONVNET = canonical.chain(
    (28, 28, 1),
    canonical.convolution(32, 5, "relu"),
    canonical.max_pooling(2),
    canonical.dropout(_RATES[0]),
    canonical.convolution(64, 3, "relu"),
    canonical.max_pooling(2),
    canonical.dropout(_RATES[1]),
    canonical.convolution(128, 3, "relu"),
    canonical.dropout(_RATES[2]),
    canonical.flatten(),
    canonical.dense(128, "relu"),
    canonical.dropout(_RATES[3]),
    canonical.dense(10, "softmax"),
)


def _rates(answers: Answers) -> list[float]:
    return [rate for _, rate in _chain(answers, "convnet").dropouts()]


def _dropout_places(answers: Answers) -> Message | None:
    seen = _chain(answers, "convnet")
    if structures.same_dropout(seen, _CONVNET, places_alone=True):
        return None
    return Message(
        f"convnet has, from first to last: {seen.words()}",
        "dropout after both poolings, after the last convolution, and after the first dense layer",
        "Look for the lines with dropout in the table above.",
    )


def _dropout_rates(answers: Answers) -> Message | None:
    seen = _rates(answers)
    if len(seen) == len(_RATES) and np.allclose(seen, _RATES, rtol=0, atol=1e-6):
        return None
    return Message(
        f"the rates of convnet's dropout are {', '.join(f'{rate:.4g}' for rate in seen) or 'none'}",
        "those of the table, from top to bottom",
        "Compare with the table above, line by line.",
    )


define_convnet = Exercise(
    "define-convnet",
    "A ConvNet with dropout",
    {"convnet": STRUCTURE},
    [
        criteria.takes_images("convnet", 1, channel=True),
        structures.order(
            "convnet",
            _CONVNET.order("dropout"),
            1,
            "three convolutions with max pooling between them, then two dense layers",
            "Go through the table above from top to bottom.",
        ),
        _filters("convnet", (32, 64, 128), 1, "32, 64 and 128 filters"),
        Criterion("dropout has its four places", 1, _dropout_places),
        Criterion("with the rates of the report", 1, _dropout_rates),
        _hidden_activation("convnet", "relu", 1),
        _ten_probabilities("convnet", 1),
        _as_in_the_report("convnet", _CONVNET, 242_058, 1),
    ],
    (
        "Nothing is padded here: each convolution makes the image a little smaller.",
        "keras.layers.Dropout(rate) is a layer of its own.",
        "Conv2D(32, 5, activation=...), MaxPooling2D(2), Dropout(...), Conv2D(64, 3, ...), ...",
    ),
    [
        _no_channel("convnet"),
        Misconception(
            "dropout-forgotten",
            lambda answers: bool(_chain(answers, "convnet").steps) and not _rates(answers),
            "There is no dropout. It changes no parameter count, so the summary's last lines "
            "cannot tell.",
        ),
        Misconception(
            "kept-for-dropped",
            lambda answers: np.allclose(_rates(answers), 1 - np.array(_RATES), atol=1e-6),
            "Keras's rate is the share of values that are dropped, not the share that is kept.",
        ),
        *_no_softmax("convnet"),
        Misconception(
            "padded-same",
            _padded("convnet", some=True),
            "A convolution pads the image at its edges; this network does not.",
        ),
    ],
)

EPOCHS = 3

_PLAN = dataclasses.replace(trainings.LAST_FIFTH, batch=256)

train_convnet = Exercise(
    "train-convnet",
    "Train for a few epochs",
    {
        "convnet": MODEL.from_earlier("A ConvNet with dropout"),
        "convnet_history": HISTORY,
    },
    [
        networks.compiled_for_classes("convnet", 1),
        trainings.epochs("convnet_history", EPOCHS, 1),
        trainings.validated("convnet_history", 1),
        trainings.belongs("convnet_history", "convnet", 2, _PLAN),
        criteria.floor(
            "convnet",
            lambda answers: floors.least("convnet", answers.data.kind),
            3,
            "the network has learnt",
            "Were the images scaled, and do loss and labels fit together?",
        ),
    ],
    (
        "Two calls, as in lab 3: one tells the network how to learn, one lets it.",
        "convnet.compile(...), then convnet.fit(...) with epochs, batch_size and validation_split.",
        "convnet_history = convnet.fit(x_train_scaled, y_train, epochs=..., batch_size=..., "
        "validation_split=..., verbose=0)",
    ),
    trainings.mistakes("convnet_history", "convnet", EPOCHS),
)

# --- save and load ----------------------------------------------------------------------------

SAVED_MODEL = Answer(
    saved_networks.saved, evidence.Model, "the name of a file that holds a network"
)


def _same_weights(first: evidence.Model, second: evidence.Model) -> bool:
    return len(first.weights) == len(second.weights) and all(
        np.array_equal(one, other) for one, other in zip(first.weights, second.weights, strict=True)
    )


def _same_layers(first: evidence.Model, second: evidence.Model) -> bool:
    one, other = canonical.canonical(first.config), canonical.canonical(second.config)
    return (
        not one.fault
        and len(one.steps) == len(other.steps)
        and all(a.does(b) for a, b in zip(one.steps, other.steps, strict=True))
    )


def _is_convnet(name: str, points: float, title: str, next_step: str) -> Criterion:
    def test(answers: Answers) -> Message | None:
        model = getattr(answers, name)
        if not _same_layers(model, answers.convnet):
            return Message(f"{name} is another network than convnet", "", next_step)
        if not _same_weights(model, answers.convnet):
            return Message(
                f"{name} has convnet's layers, but other weights", "the trained ones", next_step
            )
        return None

    return Criterion(title, points, test)


def _is_loaded(answers: Answers) -> Message | None:
    same = answers.restored.identity and answers.restored.identity == answers.convnet.identity
    if same:
        return Message(
            "restored is convnet itself, under a second name",
            "a network that was read from the file",
            "keras.models.load_model takes the name of the file and returns a network.",
        )
    return _RESTORED.test(answers)


_RESTORED = _is_convnet(
    "restored",
    3,
    "restored has the same layers and weights",
    "Load what you saved, from the same file.",
)


def _ready_to_go_on(answers: Answers) -> Message | None:
    if answers.restored.optimizer and answers.restored.loss:
        return None
    return Message(
        "restored is not compiled",
        "a network with its optimizer and its loss, which could go on with its training",
        "Save the whole network, not its weights alone, and load it without switching that off.",
    )


save_and_load = Exercise(
    "save-and-load",
    "Save and load",
    {
        "convnet": MODEL.from_earlier("A ConvNet with dropout"),
        "convnet_file": SAVED_MODEL,
        "restored": MODEL,
    },
    [
        _is_convnet(
            "convnet_file",
            3,
            "the file holds the trained network",
            "Save convnet after its training.",
        ),
        dataclasses.replace(_RESTORED, test=_is_loaded),
        Criterion("restored could go on with its training", 2, _ready_to_go_on),
    ],
    (
        "One method of the network writes the file, one function of Keras reads it.",
        "convnet.save(path) and keras.models.load_model(path); the path ends in .keras.",
        'convnet_file = "….keras"; convnet.save(...); restored = keras.models.load_model(...)',
    ),
    [
        Misconception(
            "saved-before-training",
            lambda answers: (
                _same_layers(answers.convnet_file, answers.convnet)
                and not _same_weights(answers.convnet_file, answers.convnet)
            ),
            "The file holds other weights: it was written before the training, or the network "
            "was trained again after it.",
        ),
        Misconception(
            "layers-without-weights",
            lambda answers: (
                _same_layers(answers.restored, answers.convnet)
                and not _same_weights(answers.restored, answers.convnet)
            ),
            "restored has the layers and fresh random weights. A copy of the layers forgets what "
            "was learnt.",
        ),
        Misconception(
            "weights-without-settings",
            lambda answers: (
                _same_weights(answers.restored, answers.convnet) and not answers.restored.optimizer
            ),
            "Layers and weights are there; optimizer and loss are lost.",
        ),
    ],
)

# --- feature maps -----------------------------------------------------------------------------

_IMAGE = 0


def maps_of(model: evidence.Model, image: np.ndarray) -> list[list[np.ndarray]]:
    """Return what each convolution of a network puts out for one image.

    Of each convolution there are one or two maps: without and with its activation, which may be a
    layer of its own.

    Computed from the weights alone: a check builds no network.

    Parameters
    ----------
    model : evidence.Model
    image : ndarray, shape (28, 28)
        Scaled as the network's input.

    Raises
    ------
    forward.NotComputable
        If the network has a step that the course does not teach.
    """
    chain = canonical.canonical(model.config)
    if chain.fault:
        raise forward.NotComputable(chain.fault)
    maps: list[list[np.ndarray]] = []
    before = ""
    values = forward.every_step(chain, model.weights, image.reshape(1, 28, 28, 1))
    next(values)  # the image itself
    for step, result in zip(chain.steps, values, strict=False):
        if step.kind == "convolution":
            maps.append([result[0]])
        elif step.kind == "activation" and before == "convolution":
            maps[-1].append(result[0])
        elif step.kind == "flatten":
            break
        before = step.kind
    return maps


def _maps_shape(name: str, wanted: tuple[int, ...], points: float, words: str) -> Criterion:
    def test(answers: Answers) -> Message | None:
        seen = getattr(answers, name).shape
        if seen in (wanted, wanted[1:]):
            return None
        return Message(
            f"{name} has the shape {seen}",
            f"the maps that {words} makes of one image",
            "Compare with the shapes in restored.summary().",
        )

    return Criterion(f"{name} has the shape of what {words} puts out", points, test, stop=True)


def _maps_values(name: str, index: int, points: float) -> Criterion:
    def test(answers: Answers) -> Message | None:
        try:
            wanted = maps_of(answers.restored, answers.data.x_test[_IMAGE] / 255.0)[index]
        except (forward.NotComputable, IndexError) as error:
            saw = f"restored is not the network of exercise 5: {error}"
            return Message(saw, "", "Load the trained ConvNet once more.")
        if any(_agrees(getattr(answers, name), maps) for maps in wanted):
            return None
        return Message(
            f"{name} holds other values than restored computes",
            "the maps of the first test image, scaled",
            "Give the new network a batch of one: x_test_scaled[:1].",
        )

    return Criterion(f"{name} shows the first test image as restored sees it", points, test)


def _agrees(fact: evidence.Array, wanted: np.ndarray) -> bool:
    seen = np.asarray(fact.sample, float).reshape(-1)
    return seen.size == wanted.size and np.allclose(seen, wanted.ravel(), rtol=1e-3, atol=1e-3)


def _maps_are(image: Callable[[Answers], np.ndarray]) -> Callable[[Answers], bool]:
    def seen(answers: Answers) -> bool:
        wanted = maps_of(answers.restored, image(answers))[0]
        return any(_agrees(answers.early_maps, maps) for maps in wanted)

    return seen


feature_maps = Exercise(
    "feature-maps",
    "Feature maps, early and late",
    {
        "restored": MODEL.from_earlier("Save and load"),
        "early_maps": ARRAY,
        "late_maps": ARRAY,
    },
    [
        _maps_shape("early_maps", (1, 24, 24, 32), 2, "the first convolution"),
        _maps_shape("late_maps", (1, 3, 3, 128), 2, "the last convolution"),
        _maps_values("early_maps", 0, 2),
        _maps_values("late_maps", -1, 2),
    ],
    (
        "A network may have several outputs: here, what two of restored's layers put out.",
        "keras.Model(inputs=restored.inputs, outputs=[...]) makes one; every layer has .output.",
        "looker = keras.Model(restored.inputs, [restored.layers[...].output, "
        "restored.layers[...].output]); early_maps, late_maps = looker.predict(..., verbose=0)",
    ),
    [
        Misconception(
            "after-pooling",
            lambda answers: (
                answers.early_maps.shape in ((1, 12, 12, 32), (1, 5, 5, 64))
                or answers.late_maps.shape in ((1, 12, 12, 32), (1, 5, 5, 64))
            ),
            "These maps come out of a pooling layer. Count the layers in the summary from 0.",
        ),
        Misconception(
            "middle-for-late",
            lambda answers: answers.late_maps.shape == (1, 10, 10, 64),
            "This is the second convolution. There is one more.",
        ),
        Misconception(
            "early-and-late-swapped",
            lambda answers: (
                answers.early_maps.shape == (1, 3, 3, 128)
                and answers.late_maps.shape == (1, 24, 24, 32)
            ),
            "Early and late are swapped: the early maps are the large ones.",
        ),
        Misconception(
            "all-images",
            lambda answers: answers.early_maps.shape[0] > 1 and len(answers.early_maps.shape) == 4,
            "These are the maps of many images. One is enough, and much quicker.",
        ),
        Misconception(
            "unscaled-pixels",
            _maps_are(lambda answers: answers.data.x_test[_IMAGE].astype(np.float32)),
            "The network saw pixels from 0 to 255. It learnt from scaled ones.",
        ),
        Misconception(
            "training-image",
            _maps_are(lambda answers: answers.data.x_train[_IMAGE] / 255.0),
            "This is the first training image.",
        ),
    ],
)

what_maps_show = Essay(
    "what-maps-show",
    "What the maps show",
    4,
    (
        (2, "Early maps still look like the article: edges, outline, surface."),
        (2, "Late maps are coarse and few light up: they tell of the class, not of the picture."),
    ),
)

# --- predict ----------------------------------------------------------------------------------

ROWS_OF_R = tuple(range(10, 321, 10))
"""The 32 images that the report shows, as R counts them."""


def _thirty_two(answers: Answers, shift: int = -1, images: str = "x_test") -> np.ndarray:
    return getattr(answers.data, images)[np.array(ROWS_OF_R) + shift]


def _predicted(answers: Answers, images: np.ndarray) -> np.ndarray:
    return measure.outputs(answers.restored, images)


def _same(fact: evidence.Array, wanted: np.ndarray) -> bool:
    return fact.shape == wanted.shape and np.allclose(fact.sample, wanted, rtol=0, atol=1e-3)


def _their_probabilities(answers: Answers) -> Message | None:
    if _same(answers.chosen_probabilities, _predicted(answers, _thirty_two(answers))):
        return None
    return Message(
        "chosen_probabilities are not restored's probabilities of these images",
        "those of test images 9, 19, 29 … 319 (as Python counts), scaled",
        "Cut the images out with a slice that has a step.",
    )


def _they_are_shown(answers: Answers) -> Message | None:
    shown = [panel.shades for panel in answers.chosen_axes.panels]
    wanted = _thirty_two(answers)
    if len(shown) == len(wanted) and all(map(_same_picture, shown, wanted)):
        return None
    return Message(
        f"The figure shows {len(shown)} images, and they are not all the right ones",
        "the same 32 test images, in their order",
        "Hand the same slice to labkit.plots.show_predictions.",
    )


def _same_picture(shown: np.ndarray | None, image: np.ndarray) -> bool:
    """Tell whether the shades of a panel are those of `image`, on a white or a black ground."""
    if shown is None or shown.shape != image.shape:
        return False
    return abs(float(np.corrcoef(shown.ravel(), image.ravel())[0, 1])) > 0.99


def _class_in(words: str, names: Sequence[str]) -> str:
    """Return the class that is named first, empty where none is; “T-shirt” is no “Shirt”."""
    words = " ".join(words.split()).lower()
    found = []
    for name in sorted(names, key=len, reverse=True):
        place = words.find(name.lower())
        if place >= 0:
            found.append((place, name))
            words = words.replace(name.lower(), "\0" * len(name))
    return min(found)[1] if found else ""


def _names_above(answers: Answers) -> Message | None:
    if answers.chosen_probabilities.shape != (len(ROWS_OF_R), 10):
        return Message("There are no 32 rows of probabilities to compare the names with")
    names = [
        answers.data.class_names[number]
        for number in answers.chosen_probabilities.sample.argmax(axis=1)
    ]
    known = answers.data.class_names
    written = [
        _class_in(" ".join((panel.title, panel.xlabel, *panel.texts)), known)
        for panel in answers.chosen_axes.panels
    ]
    if written == names:
        return None
    return Message(
        "At the images are not the names of the predicted classes",
        "the class with the greatest probability at each image, and first if there are two",
        "labkit.plots.show_predictions takes images, probabilities and labels, and writes them.",
    )


def _chosen_like(shift: int, images: str = "x_test") -> Callable[[Answers], bool]:
    def seen(answers: Answers) -> bool:
        wanted = _predicted(answers, _thirty_two(answers, shift, images))
        return _same(answers.chosen_probabilities, wanted)

    return seen


thirty_two = Exercise(
    "thirty-two",
    "Thirty-two predictions",
    {
        "restored": MODEL.from_earlier("Save and load"),
        "chosen_probabilities": ARRAY,
        "chosen_axes": PICTURE,
    },
    [
        criteria.shape(
            "chosen_probabilities",
            lambda answers: (len(ROWS_OF_R), 10),
            1,
            "predict() takes all 32 images in one call.",
            "chosen_probabilities has a row for each of the 32 images",
            "32 rows of 10 probabilities",
        ),
        Criterion("the rows are restored's probabilities", 3, _their_probabilities),
        Criterion("the figure shows these 32 images", 2, _they_are_shown),
        Criterion("the predicted names stand above them", 1, _names_above),
    ],
    (
        "Every tenth image, and no loop: a slice cuts all of them out at once.",
        "x_test_scaled[start:stop:step], then restored.predict(...) and "
        "labkit.plots.show_predictions(...).",
        "chosen_probabilities = restored.predict(x_test_scaled[...:...:10], verbose=0); "
        "chosen_axes = labkit.plots.show_predictions(x_test[...:...:10], ..., y_test[...:...:10])",
    ),
    [
        Misconception(
            "counted-from-one",
            _chosen_like(0),
            "R's image 10 is Python's image 9: R counts from 1.",
        ),
        Misconception(
            "started-at-zero",
            _chosen_like(-10),
            "Your slice begins with the very first image. The report's first is its tenth.",
        ),
        Misconception(
            "training-images",
            _chosen_like(-1, "x_train"),
            "These are training images, which the network has seen: nothing to be proud of.",
        ),
    ],
)

# --- confusions -------------------------------------------------------------------------------

PART = 10_000
_FEW = 20  # images that another machine's rounding may put into another class


def _counts(answers: Answers, images: str) -> np.ndarray:
    pixels = getattr(answers.data, f"x_{images}")[:PART]
    labels = getattr(answers.data, f"y_{images}")[:PART].astype(int)
    predicted = measure.outputs(answers.restored, pixels).argmax(axis=1)
    return np.bincount(labels * 10 + predicted, minlength=100).reshape(10, 10)


def _near(fact: evidence.Array, wanted: np.ndarray) -> bool:
    return fact.shape == wanted.shape and np.abs(fact.sample - wanted).sum() <= _FEW


def _counted(name: str, images: str, points: float, words: str) -> Criterion:
    def test(answers: Answers) -> Message | None:
        fact = getattr(answers, name)
        try:
            wanted = _counts(answers, images)
        except measure.NotMeasurable as error:
            return Message(f"restored cannot be tried on the images: {error}")
        if _near(fact, wanted):
            return None
        total = f" that adds up to {fact.sample.sum():.6g}" if fact.sample.size else ""
        return Message(
            f"{name} is another table of shape {fact.shape}{total}",
            f"counts: true classes in rows, predicted ones in columns, {words}",
            "sklearn.metrics.confusion_matrix takes the true labels first.",
        )

    return Criterion(f"{name} counts restored's predictions on {words}", points, test)


def _like_counts(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Answers], bool]:
    """Return whether a table is a changed form of the right one, and is not the right one."""

    def seen(answers: Answers) -> bool:
        for name, images in (("train_counts", "train"), ("test_counts", "test")):
            fact, wanted = getattr(answers, name), _counts(answers, images)
            changed = change(wanted)
            if fact.shape != wanted.shape or _near(fact, wanted):
                continue
            close = 1e-3 * len(wanted) ** 2 if changed.max() <= 1 else _FEW
            if np.abs(fact.sample - changed).sum() <= close:
                return True
        return False

    return seen


confusions = Exercise(
    "confusions",
    "Confusions, seen and unseen",
    {
        "restored": MODEL.from_earlier("Save and load"),
        "train_counts": ARRAY,
        "test_counts": ARRAY,
    },
    [
        _counted("train_counts", "train", 4, "the first 10,000 training images"),
        _counted("test_counts", "test", 4, "the test images"),
    ],
    (
        "Predict, take the class of the greatest probability, count pairs. Twice.",
        "restored.predict(...).argmax(axis=1) and sklearn.metrics.confusion_matrix.",
        "train_counts = confusion_matrix(y_train[:10_000], "
        "restored.predict(x_train_scaled[:10_000], verbose=0).argmax(axis=...))",
    ),
    [
        Misconception(
            "transposed",
            _like_counts(lambda counts: counts.T),
            "Rows and columns are swapped: the true labels come first.",
        ),
        Misconception(
            "shares-for-counts",
            _like_counts(lambda counts: counts / counts.sum(axis=1, keepdims=True)),
            "These are shares of each class. Asked are counts.",
        ),
        Misconception(
            "train-and-test-swapped",
            lambda answers: (
                not _near(answers.train_counts, _counts(answers, "train"))
                and _near(answers.train_counts, _counts(answers, "test"))
            ),
            "train_counts holds the predictions on the test images.",
        ),
        Misconception(
            "training-images-twice",
            lambda answers: (
                not _near(answers.test_counts, _counts(answers, "test"))
                and _near(answers.test_counts, _counts(answers, "train"))
            ),
            "Both tables count training images. What about those that the network has not seen?",
        ),
    ],
)


def _pair(answers: Answers) -> tuple[int, int] | None:
    """Return the class numbers of the pair that was answered."""
    plain = answers.confused_pair.value
    names = [name.lower() for name in answers.data.class_names]
    if not isinstance(plain, list) or len(plain) != 2:
        return None
    given = [str(name).strip().lower() for name in plain]
    given = ["t-shirt/top" if name in ("t-shirt", "top") else name for name in given]
    if not set(given) <= set(names):
        return None
    return names.index(given[0]), names.index(given[1])


def _both_ways(answers: Answers) -> np.ndarray:
    counts = _counts(answers, "test")
    both = counts + counts.T
    np.fill_diagonal(both, 0)
    return both


def _names_a_pair(answers: Answers) -> Message | None:
    pair = _pair(answers)
    if pair is not None and pair[0] != pair[1]:
        return None
    return Message(
        f"confused_pair is {criteria.show(answers.confused_pair.value)}",
        "the names of two classes, each in quotation marks",
        "Take the names from labkit.CLASS_NAMES.",
    )


def _most_confused(answers: Answers) -> Message | None:
    both, pair = _both_ways(answers), _pair(answers)
    if pair is not None and both[pair] >= both.max() - 4:
        return None
    return Message(
        "Another pair of classes is confused more often",
        "the pair with the greatest number of confusions, both directions together",
        "Add up cell (a, b) and cell (b, a) of test_counts.",
    )


confused_pair = Exercise(
    "confused-pair",
    "The pair that is confused most",
    {"restored": MODEL.from_earlier("Save and load"), "confused_pair": VALUE},
    [
        Criterion("confused_pair names two classes", 1, _names_a_pair, stop=True),
        Criterion("no pair is confused more often", 3, _most_confused),
    ],
    (
        "The diagonal holds what is right. Look beside it, and count both directions.",
        "test_counts + test_counts.T adds up both directions; np.fill_diagonal clears the rest.",
        "row, column = np.unravel_index(both_ways.argmax(), both_ways.shape)",
    ),
    [
        Misconception(
            "pair-with-itself",
            lambda answers: len(set(map(str, answers.confused_pair.value))) == 1,
            "This is one class twice: a cell of the diagonal, where all is right.",
        ),
        Misconception(
            "numbers-for-names",
            lambda answers: all(
                isinstance(part, int | float) for part in answers.confused_pair.value
            ),
            "These are numbers. Which classes do they stand for?",
        ),
        Misconception(
            "seldom-confused",
            lambda answers: _both_ways(answers)[_pair(answers)] < _both_ways(answers).max() / 4,
            "These two are seldom taken for each other.",
        ),
    ],
)

why_confused = Essay(
    "why-confused",
    "Why these two?",
    4,
    (
        (2, "Says what the two classes share at 28×28 grey pixels: outline, sleeves."),
        (1, "Says what is lost that would tell them apart: buttons, collar, cloth, colour."),
        (1, "Compares training with test: confused there too, so the images themselves are alike."),
    ),
)

# --- all networks -----------------------------------------------------------------------------

BASELINE = 0.897
"""The mean accuracy of the support-vector classifier that the report compares with."""


COLUMNS = ("network", "what it is", "parameters", "runs", "accuracy", "spread", "seconds")


def all_networks() -> list[dict[str, Any]]:
    """Return the recorded networks of the course, from the least to the most accurate.

    Returns
    -------
    list of dict
        With the keys `COLUMNS`: how many ``runs`` with different seeds were recorded, the mean
        and the standard deviation of their ``accuracy`` on the test images, and the mean
        ``seconds`` of a training.
    """
    rows = []
    for recipe in recipes.RECIPES.values():
        # A cross-validated network has no accuracy on the test images.
        runs = [run for run in recordings.recorded(recipe) if "test" in run.get("confusion", {})]
        if runs:
            test = comparison.spread([recordings.accuracy(run, "test") for run in runs])
            seconds = comparison.spread([run["seconds"] for run in runs])
            known = (recipe.network, recipe.title, recipe.parameters)
            measured = (test.count, test.mean, test.deviation, seconds.mean)
            rows.append(dict(zip(COLUMNS, (*known, *measured), strict=True)))
    return sorted(rows, key=lambda row: row["accuracy"])


def recorded_curves() -> dict[str, dict[str, list[float]]]:
    """Return the recorded learning curves of this lab's three networks, by network."""
    runs = {name: recordings.recorded(recipes.RECIPES[name]) for name in _FULL_RUNS}
    return {name: found[0]["curves"] for name, found in runs.items() if found}


_FULL_RUNS = ("R1-conv", "R3-lenet", "R2-conv")


def leaderboard() -> list[dict[str, Any]]:
    """Return R1's ConvNet and the kit's answers, as ``benchmarks/challenge.py`` timed them."""
    path = recordings.FOLDER / "challenge.json"
    return json.loads(path.read_text("utf-8"))["runs"]


def _better(limit: float) -> set[str]:
    return {row["network"] for row in all_networks() if row["accuracy"] > limit}


def _named(answers: Answers) -> set[str]:
    plain = answers.better_networks.value
    parts = plain if isinstance(plain, list) else [plain]
    return {str(part).strip() for part in parts}


def _known_names(answers: Answers) -> Message | None:
    known = [row["network"] for row in all_networks()]
    strange = sorted(_named(answers) - set(known))
    if not strange and (_named(answers) or not _better(BASELINE)):
        return None
    return Message(
        f"better_networks holds {', '.join(strange) or 'nothing'}",
        f"some of the names {', '.join(known)}",
        "Take the names from the column network of the table.",
    )


def _all_better(answers: Answers) -> Message | None:
    missing = _better(BASELINE) - _named(answers)
    if not missing:
        return None
    return Message(
        f"{len(missing)} of the networks above the baseline {'is' if len(missing) == 1 else 'are'} "
        "missing",
        "",
        "Compare the column accuracy with 0.897 in one expression.",
    )


def _none_else(answers: Answers) -> Message | None:
    wrong = sorted(_named(answers) - _better(BASELINE))
    if not wrong:
        return None
    return Message(
        f"{', '.join(wrong)}: not above the baseline", "", "Is 0.897 a share or a percentage?"
    )


compare_networks = Exercise(
    "compare-networks",
    "Better than a support-vector machine?",
    {"better_networks": VALUE},
    [
        Criterion("the names are those of the table", 1, _known_names, stop=True),
        Criterion("every network above the baseline is there", 2, _all_better),
        Criterion("and no other", 1, _none_else),
    ],
    (
        "Which rows of the table have an accuracy above 0.897?",
        "table[table['accuracy'] > ...] keeps some rows; .tolist() makes a list of a column.",
        "better_networks = table.loc[table['accuracy'] > ..., 'network'].tolist()",
    ),
    [
        Misconception(
            "all-of-them",
            lambda answers: _named(answers) == {row["network"] for row in all_networks()},
            "These are all networks. Some of them lose against the baseline.",
        ),
        Misconception(
            "worse-for-better",
            lambda answers: (
                _named(answers) == {row["network"] for row in all_networks()} - _better(BASELINE)
            ),
            "These are the networks that the baseline beats.",
        ),
    ],
)

# --- the challenge ----------------------------------------------------------------------------

SHARE_HELD_OUT = 12
"""One image in so many is held out: the first 5,000 of 60,000."""

SCALE: Mapping[str, tuple[float, ...]] = {
    "real": (0.86, 0.88, 0.89, 0.9),
    "sample": (0.80, 0.85, 0.90, 0.93),
}
"""Test accuracies of the challenge, each worth the same number of points."""
_STEP = 3


def _told(answers: Answers) -> list[float]:
    return trainings.curve(answers.challenger_history, "accuracy", validation=True)


def _held_out_accuracy(answers: Answers) -> float:
    count = len(answers.data.x_train) // SHARE_HELD_OUT
    images, labels = answers.data.x_train[:count], answers.data.y_train[:count]
    return measure.accuracy(answers.challenger, images, labels)


def _on_test_set(answers: Answers) -> bool:
    """Tell whether the last validation accuracy is that on the test images, and no other."""
    exact = measure.accuracy(answers.challenger, answers.data.x_test, answers.data.y_test)
    told = _told(answers)[-1]
    return abs(told - exact) < _ONE_IMAGE < abs(told - _held_out_accuracy(answers))


_ONE_IMAGE = 2e-4


# Another part of the training images may have been held out; another machine rounds differently.
_LUCK = 0.03


def _validated(answers: Answers) -> Message | None:
    told = _told(answers)
    if not told:
        return Message(
            "challenger_history has no validation accuracy",
            "one after every epoch, measured on the images that were held out",
            "Hand the images that were held out to fit() as validation_data.",
        )
    try:
        seen = _held_out_accuracy(answers)
    except measure.NotMeasurable as error:
        return Message(f"challenger cannot be tried on the images: {error}")
    if _on_test_set(answers):
        return Message(
            "challenger_history was made with the test images",
            "a validation accuracy on images that were held out from the training images",
            "Hand x_held and y_held to fit() as validation_data.",
        )
    if min(abs(seen - value) for value in told) <= _LUCK:
        return None
    return Message(
        f"challenger_history ends with a validation accuracy of {told[-1]:.1%}. Measured on the "
        f"images that were held out, challenger reaches {seen:.1%}",
        "the history of this network",
        "Run the cells that build and train challenger once more, in this order.",
    )


def _step(number: int) -> Criterion:
    """Return one step of the scale."""
    words = ("first", "second", "third", "fourth")[number]
    return criteria.floor(
        "challenger",
        lambda answers: SCALE[answers.data.kind][number],
        _STEP,
        f"the {words} step of the scale",
        "Choose by validation accuracy what you change next: wider, deeper, longer, other steps.",
        on_all=True,
    )


def _on_some(answers: Answers, scale: float = 255.0) -> float:
    """Return the accuracy on some test images, whose pixels are divided by `scale`."""
    some = measure.thinned(answers.data.x_test, answers.data.y_test)
    return measure.accuracy(answers.challenger, *some, scale)


challenge = Exercise(
    "challenge",
    "The challenge",
    {"challenger": MODEL, "challenger_history": HISTORY},
    [
        criteria.takes_images("challenger", 1, channel=True),
        Criterion("watched on images that were held out", 1, _validated),
        *(_step(number) for number in range(4)),
    ],
    (
        "Begin with something that works, the ConvNet, and change one thing at a time.",
        "keras.layers.BatchNormalization lets a network take larger steps; "
        "keras.optimizers.schedules.CosineDecay makes them smaller towards the end.",
        "challenger.fit(x_train_scaled[held_out:], ..., epochs=..., "
        "validation_data=(x_train_scaled[:held_out], ...))",
    ),
    [
        Misconception(
            "no-validation",
            lambda answers: not _told(answers),
            "Nothing was held out. Whoever then chooses by the test images has none left that "
            "the network has not been chosen by.",
        ),
        Misconception(
            "validation-on-the-test-set",
            _on_test_set,
            "The validation accuracy is the one on the test set. Whoever chooses by it has no "
            "unseen images left in the end.",
        ),
        Misconception(
            "trained-on-unscaled-images",
            lambda answers: _on_some(answers, 1) > _on_some(answers) + 0.05,
            "The network does better on pixels from 0 to 255 than on scaled ones: it was trained "
            "on images that are not scaled.",
        ),
        Misconception(
            "not-trained",
            lambda answers: _on_some(answers) < 0.2,
            "The network does hardly better than guessing. Was it trained, and are its labels "
            "those of the images?",
        ),
    ],
)

LAB = Lab(
    "lab6-convnets",
    "Deep convolutional networks",
    120,
    (
        define_lenet,
        lenet_parameters,
        why_relu,
        define_deep,
        define_convnet,
        train_convnet,
        save_and_load,
        feature_maps,
        what_maps_show,
        thirty_two,
        confusions,
        confused_pair,
        why_confused,
        compare_networks,
        challenge,
    ),
)
_in_a_notebook = notebook_lab.of(LAB)
progress, hint, submit = _in_a_notebook.progress, _in_a_notebook.hint, _in_a_notebook.submit
