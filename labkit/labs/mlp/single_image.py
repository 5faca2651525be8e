"""One single image

Predict the first test image alone. The network was built for stacks of images, so give it a stack
with one image: `one_image`. Then keep what comes out as `image_probabilities`.
"""

import numpy as np

from labkit.checks import agreement
from labkit.checks.authoring import ARRAY, Exercise, Message
from labkit.labs.mlp import shared

exercise = Exercise(
    __doc__,
    one_image=ARRAY,
    image_probabilities=ARRAY,
    needs=("model",),
    hints=(
        "The network takes a stack of images. A stack may hold a single one.",
        "x[0] takes an image out of the stack; x[0:1], or x[np.newaxis, 0], is a stack again.",
        "one_image = x_test_…[…:…]; image_probabilities = model.predict(…, verbose=0)",
    ),
)


@exercise.solution
def solution(model, x_test_scaled):
    one_image = x_test_scaled[:1]
    image_probabilities = model.predict(one_image, verbose=0)
    return one_image, image_probabilities


@exercise.criterion(2, asks="give it a stack with one image: `one_image`")
def _(one_image, x_test):
    """one_image is a batch of one"""
    if one_image.shape not in ((1, 28, 28), (1, 28, 28, 1)):
        return Message(
            f"one_image has the shape {one_image.shape}",
            "a batch that holds a single image",
            "A slice keeps an axis that an index takes away.",
        )
    if not np.allclose(one_image.sample.reshape(28, 28), x_test[0] / 255, atol=1e-6):
        return Message(
            "one_image holds something else than the first test image",
            "the first of the scaled test images",
            "Python counts from 0, and the network was trained on scaled images.",
        )


@exercise.criterion(2, asks="Then keep what comes out as `image_probabilities`.")
@shared.on_test_images
def _(image_probabilities, model, x_test):
    """image_probabilities is one row of ten"""
    if image_probabilities.shape != (1, shared.CLASSES):
        return Message(
            f"image_probabilities has the shape {image_probabilities.shape}",
            "one row of ten probabilities",
            "Hand the batch of one image to predict().",
        )
    wanted = shared.probabilities(model, x_test)[:1]
    if not agreement.puts_out(image_probabilities, wanted):
        return shared.holds_scores("image_probabilities", image_probabilities) or Message(
            "image_probabilities are not what your network puts out for this image",
            "the ten probabilities of the first test image",
            "Predict for one_image.",
        )


@exercise.sign(shown_by=lambda x_test_scaled: (x_test_scaled[0], ...), earns=2)
def missing_batch_axis(one_image):
    """This is an image without its batch axis.

    The network would take its 28 rows for 28 images.
    """
    return one_image.shape == (28, 28)


def _holds(fact, image):
    return fact.sample.size == image.size and np.allclose(fact.sample.ravel(), image.ravel())


@exercise.sign
def counted_from_one(one_image, x_test):
    """This is the second image: Python counts from 0."""
    return _holds(one_image, x_test[1] / 255)


@exercise.sign(shown_by=lambda x_test: (x_test[:1], ...), earns=2)
def unscaled_pixels(one_image, x_test):
    """The pixels go up to 255. The network has only seen values from 0 to 1."""
    return _holds(one_image, x_test[0])


@exercise.sign
def training_image(one_image, x_train):
    """This is the first training image."""
    return _holds(one_image, x_train[0] / 255)


@exercise.sign(shown_by=lambda image_probabilities: (..., image_probabilities[0]), earns=2)
def row_without_batch(image_probabilities):
    """The probabilities are right, but their row is taken out.

    predict() returns a row for each image of the batch, also when there is only one: keep it.
    """
    return image_probabilities.shape == (shared.CLASSES,)


@exercise.sign(
    shown_by=lambda model, x_test_scaled: (x_test_scaled, model.predict(x_test_scaled, verbose=0))
)
def all_images(image_probabilities, x_test):
    """These are the probabilities of all test images. Hand over a batch of one."""
    return image_probabilities.shape[:1] == (len(x_test),)


exercise.right(
    newaxis=lambda x_test_scaled: (x_test_scaled[0][np.newaxis], ...),
    expand_dims=lambda x_test: (np.expand_dims(x_test[0] / 255, 0), ...),
)


@exercise.right
def tensor(x_test_scaled):
    import tensorflow as tf

    return tf.constant(x_test_scaled[:1]), ...


# As lab 1 has it: the network takes an image with its channel axis as it takes one without.
exercise.alike["one_image: an axis more, last"] = "a batch of one image with its channel axis"
exercise.right(with_a_channel=lambda x_test_scaled: (x_test_scaled[:1, ..., np.newaxis], ...))


@exercise.right
def softmax_of_scores(keras, x_test_scaled):
    model = shared.network(output=None)
    scores = model.predict(x_test_scaled[:1], verbose=0)
    return ..., keras.activations.softmax(scores), model


@exercise.wrong(earns=2)
def scores(x_test_scaled):
    model = shared.network(output=None)
    return ..., model.predict(x_test_scaled[:1], verbose=0), model


exercise.wrong(constant=lambda: (np.zeros((1, 28, 28)), np.zeros((1, 10))))
exercise.wrong(earns=2, image_alone=lambda: (..., None))


@exercise.wrong(shows="counted-from-one")
def second_image(model, x_test_scaled):
    return x_test_scaled[1:2], model.predict(x_test_scaled[1:2], verbose=0)


@exercise.wrong(shows="training-image")
def first_of_the_training_images(model, x_train_scaled):
    return x_train_scaled[:1], model.predict(x_train_scaled[:1], verbose=0)
