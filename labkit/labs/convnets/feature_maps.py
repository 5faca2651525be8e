"""Feature maps, early and late

Make a network that has the same input as `restored`, and two outputs: what its **first** convolution
puts out, and what its **last** convolution puts out. Give it the first test image, as a batch of one,
and keep the two results as `early_maps` and `late_maps`.
"""

import numpy as np

from labkit.checks import forward
from labkit.checks.authoring import ARRAY, Exercise, Message
from labkit.checks.exercise import Criterion
from labkit.labs.convnets import shared

exercise = Exercise(
    __doc__,
    needs=("restored",),
    needs_first=True,
    early_maps=ARRAY,
    late_maps=ARRAY,
    hints=(
        "A network may have several outputs: here, what two of restored's layers put out.",
        "keras.Model(inputs=restored.inputs, outputs=[...]) makes one; every layer has .output.",
        "looker = keras.Model(restored.inputs, [restored.layers[...].output, "
        "restored.layers[...].output]); early_maps, late_maps = looker.predict(..., verbose=0)",
    ),
)


@exercise.solution
def solution(keras, restored, x_test_scaled):
    convolutions = [layer for layer in restored.layers if isinstance(layer, keras.layers.Conv2D)]
    looker = keras.Model(restored.inputs, [convolutions[0].output, convolutions[-1].output])
    early_maps, late_maps = looker.predict(x_test_scaled[:1], verbose=0)
    return early_maps, late_maps


def _has_shape(name, wanted, words):
    def test(answers):
        seen = getattr(answers, name).shape
        if seen in (wanted, wanted[1:]):
            return None
        return Message(
            f"{name} has the shape {seen}",
            f"the maps that {words} makes of one image",
            "Compare with the shapes in restored.summary().",
        )

    return Criterion(f"{name} has the shape of what {words} puts out", 2, test, stop=True)


EARLY, LATE = (1, 24, 24, 32), (1, 3, 3, 128)
exercise.require(
    _has_shape("early_maps", EARLY, "the first convolution"),
    asks="what its **first** convolution puts out",
)
exercise.require(
    _has_shape("late_maps", LATE, "the last convolution"),
    asks="what its **last** convolution puts out",
)


@exercise.criterion(2, asks="Give it the first test image")
def _(restored, early_maps, x_test):
    """early_maps shows the first test image as restored sees it"""
    return _unlike("early_maps", early_maps, 0, restored, x_test)


@exercise.criterion(2, asks="keep the two results as `early_maps` and `late_maps`")
def _(restored, late_maps, x_test):
    """late_maps shows the first test image as restored sees it"""
    return _unlike("late_maps", late_maps, -1, restored, x_test)


def _unlike(name, fact, place, restored, x_test):
    try:
        wanted = _maps_of(restored, x_test[0] / 255)[place]
    except (forward.NotComputable, IndexError) as error:
        saw = f"restored is not the trained ConvNet: {error}"
        return Message(saw, "", "Load the trained ConvNet once more.")
    if any(_agrees(fact, maps) for maps in wanted):
        return None
    return Message(
        f"{name} holds other values than restored computes",
        "the maps of the first test image, scaled",
        "Give the new network a batch of one: x_test_scaled[:1].",
    )


def _maps_of(model, image):
    """Return what each convolution of a network puts out for one image of shape (28, 28).

    Of each convolution there are one or two maps: without and with its activation, which may be a
    layer of its own. They are computed from the weights alone: a check builds no network.
    """
    chain = shared.chain(model)
    if chain.fault:
        raise forward.NotComputable(chain.fault)
    maps, before = [], ""
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


def _agrees(fact, wanted):
    seen = np.asarray(fact.sample, float).reshape(-1)
    return seen.size == wanted.size and np.allclose(seen, wanted.ravel(), rtol=1e-3, atol=1e-3)


@exercise.sign
def after_pooling(early_maps, late_maps):
    """These maps come out of a pooling layer. Count the layers in the summary from 0."""
    return bool({early_maps.shape, late_maps.shape} & {(1, 12, 12, 32), (1, 5, 5, 64)})


@exercise.sign
def middle_for_late(late_maps):
    """This is the second convolution. There is one more."""
    return late_maps.shape == (1, 10, 10, 64)


@exercise.sign(shown_by=lambda early_maps, late_maps: (late_maps, early_maps))
def early_and_late_swapped(early_maps, late_maps):
    """Early and late are swapped: the early maps are the large ones."""
    return (early_maps.shape, late_maps.shape) == (LATE, EARLY)


@exercise.sign(
    shown_by=lambda keras, restored, x_test_scaled: _maps(keras, restored, x_test_scaled[:3])
)
def all_images(early_maps):
    """These are the maps of many images. One is enough, and much quicker."""
    return len(early_maps.shape) == 4 and early_maps.shape[0] > 1


@exercise.sign(
    shown_by=lambda keras, restored, x_test_scaled: _maps(keras, restored, x_test_scaled[:1] * 255),
    earns=4,
)
def unscaled_pixels(restored, early_maps, x_test):
    """The network saw pixels from 0 to 255. It learnt from scaled ones."""
    return any(_agrees(early_maps, maps) for maps in _maps_of(restored, x_test[0] * 1.0)[0])


@exercise.sign(
    shown_by=lambda keras, restored, x_train_scaled: _maps(keras, restored, x_train_scaled[:1]),
    earns=4,
)
def training_image(restored, early_maps, x_train):
    """This is the first training image."""
    return any(_agrees(early_maps, maps) for maps in _maps_of(restored, x_train[0] / 255)[0])


def _maps(keras, restored, images, kind="Conv2D", late=-1):
    chosen = [layer for layer in restored.layers if type(layer).__name__ == kind]
    looker = keras.Model(restored.inputs, [chosen[0].output, chosen[late].output])
    return tuple(np.asarray(maps) for maps in looker(images, training=False))


exercise.right(without_the_batch_axis=lambda early_maps, late_maps: (early_maps[0], late_maps[0]))


@exercise.right
def tensors(early_maps, late_maps):
    import tensorflow as tf

    return tf.constant(early_maps), tf.constant(late_maps)


exercise.wrong(earns=4, constant=lambda: (np.zeros(EARLY), np.zeros(LATE)))


@exercise.wrong(shows="after-pooling")
def pooling(keras, restored, x_test_scaled):
    return _maps(keras, restored, x_test_scaled[:1], "MaxPooling2D")


@exercise.wrong(earns=2, shows="middle-for-late")
def second_convolution(keras, restored, x_test_scaled):
    return _maps(keras, restored, x_test_scaled[:1], late=1)


exercise.wrong(earns=2, late_missing=lambda early_maps: (early_maps, None))


exercise.alike["*: the first row alone"] = "the maps of the one image, without the batch's axis"
