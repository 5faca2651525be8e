"""Which network predicts better?

How much more accurate is `model2` than `baseline` on the test images? Store the difference of the two
shares in `accuracy_gain` (negative if `model2` is worse) and the name of the better one, `"model2"` or
`"baseline"`, in `better_model`.
"""

import numpy as np

from labkit.checks import criteria, measure, networks, trainings
from labkit.checks.authoring import MODEL, NUMBER, TEXT, Exercise, Message
from labkit.labs.cnn import shared

CLOSE = 2e-3

exercise = Exercise(
    __doc__,
    accuracy_gain=NUMBER,
    better_model=TEXT,
    needs={"model2": MODEL, "baseline": MODEL},
    hints=(
        "Measure both networks on the same images, in the same way.",
        "baseline.evaluate(images, labels, verbose=0) takes the same arrays as model2.evaluate.",
        'accuracy_gain = test_accuracy2 - ...; better_model = "..."',
    ),
)


@exercise.solution
def solution(test_accuracy2, baseline, x_test_channel, y_test_one_hot):
    accuracy_gain = test_accuracy2 - baseline.evaluate(x_test_channel, y_test_one_hot, verbose=0)[1]
    better_model = "model2" if accuracy_gain > 0 else "baseline"
    return accuracy_gain, better_model


def _accuracies(model2, baseline, data):
    """Return both accuracies on the test images, NaN for a network that cannot be tried."""
    tests = data.x_test, data.y_test
    return trainings.accuracy(model2, *tests), trainings.accuracy(baseline, *tests)


def _gain(model2, baseline, data):
    first, second = _accuracies(model2, baseline, data)
    return first - second


def _cannot_be_tried(gain):
    if np.isnan(gain):
        return Message("model2 or baseline cannot be tried on the test images")


@exercise.criterion(2, asks="Store the difference of the two shares in `accuracy_gain`")
def _(accuracy_gain, model2, baseline, data):
    """accuracy_gain is the difference on the test images"""
    gain = _gain(model2, baseline, data)
    if not abs(shared.told(accuracy_gain) - gain) <= CLOSE:
        return _cannot_be_tried(gain) or Message(
            f"accuracy_gain is {criteria.show(accuracy_gain)}",
            "a difference of two shares, both measured on the test images",
            "Evaluate baseline as you evaluated model2, then subtract.",
        )


@exercise.criterion(1, asks="the name of the better one")
def _(better_model, model2, baseline, data):
    """better_model names the better of the two"""
    gain = _gain(model2, baseline, data)
    right = ["model2"] * (gain >= 0) + ["baseline"] * (gain <= 0)
    if not (isinstance(better_model, str) and better_model.strip().casefold() in right):
        return _cannot_be_tried(gain) or Message(
            f"better_model is {criteria.show(better_model)}",
            'the name of the network that is right more often: "model2" or "baseline"',
            "Look at the two accuracies.",
        )


@exercise.sign
def per_cent_for_share(accuracy_gain, model2, baseline, data):
    """This is a difference in per cent. Subtract the shares as they are."""
    gain = _gain(model2, baseline, data)
    return criteria.is_another(shared.told(accuracy_gain), gain, 100 * gain, criteria.ONE_PLACE)


@exercise.sign
def sign_turned(accuracy_gain, model2, baseline, data):
    """The sign is turned: a gain is what model2 has more than baseline."""
    gain = _gain(model2, baseline, data)
    return criteria.is_another(shared.told(accuracy_gain), gain, -gain, CLOSE)


@exercise.sign
def one_accuracy_only(accuracy_gain, model2, baseline, data):
    """This is the accuracy of one network. Subtract the other's."""
    told, both = shared.told(accuracy_gain), _accuracies(model2, baseline, data)
    return any(networks.is_close(told, accuracy) for accuracy in both)


@exercise.sign
def compared_on_training_images(accuracy_gain, model2, baseline, data):
    """This is about the difference on the training images, which both have seen."""
    some = measure.thinned(data.x_train, data.y_train)
    gain = trainings.accuracy(model2, *some) - trainings.accuracy(baseline, *some)
    return abs(shared.told(accuracy_gain) - gain) <= 0.02


def _accuracy(model, images, labels):
    """Return the accuracy of a network, compiled or not."""
    return np.mean(model.predict(images, verbose=0).argmax(axis=1) == labels)


def _worse(keras, seed=1):
    """Return a network that has learnt nothing, whatever became of the notebook's own."""
    keras.utils.set_random_seed(seed)
    return shared.sequence(keras, *shared.dense_part(keras, units=16))


@exercise.right
def rounded(accuracy_gain, better_model):
    return round(accuracy_gain, 3), f" {better_model.title()}"


exercise.right(in_numpy=lambda accuracy_gain: (np.float32(accuracy_gain), ...))


@exercise.right
def the_other_is_better(keras, model2, test_accuracy2, x_test_channel, y_test):
    worse = _worse(keras)
    gain = _accuracy(worse, x_test_channel, y_test) - test_accuracy2
    return gain, "baseline", worse, model2


exercise.wrong(constant=lambda: (-0.5, "none"))


def _compared(keras, model2, images, labels, seed=1):
    worse = _worse(keras, seed)
    return _accuracy(model2, images, labels) - _accuracy(worse, images, labels), worse


@exercise.wrong(earns=1, shows="per-cent-for-share")
def per_cent(keras, model2, x_test_channel, y_test):
    gain, worse = _compared(keras, model2, x_test_channel, y_test)
    return 100 * gain, "model2", model2, worse


@exercise.wrong(earns=1, shows="sign-turned")
def turned(keras, model2, x_test_channel, y_test):
    gain, worse = _compared(keras, model2, x_test_channel, y_test)
    return -gain, "model2", model2, worse


@exercise.wrong(earns=1, shows="one-accuracy-only")
def one_only(keras, model2, test_accuracy2):
    return test_accuracy2, "model2", model2, _worse(keras)


@exercise.wrong(earns=1, shows="compared-on-training-images")
def training_images(keras, model2, x_train_channel, y_train, x_test_channel, y_test):
    # Both differences may be the same by luck: of some networks, they are not.
    for seed in range(1, 100):
        gain, worse = _compared(keras, model2, x_train_channel, y_train, seed)
        if abs(gain - _compared(keras, model2, x_test_channel, y_test, seed)[0]) > 0.005:
            return gain, "model2", model2, worse
    raise AssertionError("No network differs on one part of the images from what it is on others.")


@exercise.wrong(earns=2)
def the_worse_one(keras, model2, x_test_channel, y_test):
    gain, worse = _compared(keras, model2, x_test_channel, y_test)
    return gain, "baseline", model2, worse
