"""The answers that are tried wherever a student measures loss and accuracy with `evaluate`."""

import numpy as np

from labkit.checks import names
from labkit.checks.authoring import Exercise


def add_answers(
    exercise: Exercise,
    loss: str,
    accuracy: str,
    network: str,
    learnt: tuple[str, str],
    tested: tuple[str, str],
) -> None:
    """Add what every such exercise has to accept, and what it has to refuse.

    The first criterion is about the loss: that is what is earned where the loss alone is right.

    Parameters
    ----------
    exercise : Exercise
        With its criteria, and with the mistakes of `networks.evaluate_mistakes`.
    loss, accuracy : str
        What the student is to make.
    network : str
    learnt, tested : tuple of str
        The images and labels that the network was trained on, and those that it is measured on.
    """
    loss_alone = exercise.criteria[0].points

    def rounded(loss, accuracy):
        return round(loss, 3), round(accuracy, 3)

    def swapped(loss, accuracy):
        return accuracy, loss

    def per_cent(accuracy):
        return ..., 100 * accuracy

    def training_images(network, *parts):
        # One that has learnt may do as well on both: what an untrained one does is luck, too.
        for seed in range(100):
            fresh = untrained(network, seed)
            measures, others = (fresh.evaluate(*part, verbose=0) for part in (parts[:2], parts[2:]))
            if not np.any(np.isclose(measures, others, rtol=0.005, atol=0.005)):
                return *measures, fresh
        raise AssertionError("No network is better on one part of the images than on the other.")

    def both_in_one(loss, accuracy):
        return (loss, accuracy), (loss, accuracy)

    exercise.right(names.asking(rounded, loss, accuracy))
    for made, asked, earns, shows in (
        (swapped, (loss, accuracy), 0, "loss-and-accuracy-swapped"),
        (per_cent, (accuracy,), loss_alone, "per-cent-for-share"),
        (training_images, (network, *learnt, *tested), 0, "training-accuracy-called-test"),
        (both_in_one, (loss, accuracy), 0, ""),
        (constant, (), 0, ""),
        (made_up, (), 0, ""),
        (no_accuracy, (), loss_alone, ""),
        (no_loss, (), exercise.points - loss_alone, ""),
    ):
        exercise.wrong(names.asking(made, *asked), earns=earns, shows=shows)


def untrained(network, seed):
    """Return a network like this one before it is trained, but sure of what it says.

    So its loss on some images is quite another one than that on others.
    """
    import keras

    keras.utils.set_random_seed(seed)
    fresh = keras.models.clone_model(network)
    weights, biases = fresh.layers[-1].get_weights()
    fresh.layers[-1].set_weights([100 * weights, biases])
    fresh.compile(loss=network.loss, metrics=["accuracy"])
    return fresh


def constant():
    return 0.5, 0.5


def made_up():
    return 0.1, 0.99


def no_accuracy():
    return ..., None


def no_loss():
    return None, ...
