"""The answers that are tried wherever a student measures loss and accuracy with `evaluate`."""

from labkit.checks import names
from labkit.checks.authoring import Exercise


def add_answers(
    exercise: Exercise, loss: str, accuracy: str, network: str, images: str, labels: str
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
    images, labels : str
        What the network was trained on.
    """
    loss_alone = exercise.criteria[0].points

    def rounded(loss, accuracy):
        return round(loss, 3), round(accuracy, 3)

    def swapped(loss, accuracy):
        return accuracy, loss

    def per_cent(accuracy):
        return ..., 100 * accuracy

    def training_images(network, images, labels):
        return tuple(network.evaluate(images, labels, verbose=0))

    def both_in_one(loss, accuracy):
        return (loss, accuracy), (loss, accuracy)

    exercise.right(names.asking(rounded, loss, accuracy))
    for made, asked, earns, shows in (
        (swapped, (loss, accuracy), 0, "loss-and-accuracy-swapped"),
        (per_cent, (accuracy,), loss_alone, "per-cent-for-share"),
        (training_images, (network, images, labels), 0, "training-accuracy-called-test"),
        (both_in_one, (loss, accuracy), 0, ""),
        (constant, (), 0, ""),
        (made_up, (), 0, ""),
        (no_accuracy, (), loss_alone, ""),
        (no_loss, (), exercise.points - loss_alone, ""),
    ):
        exercise.wrong(names.asking(made, *asked), earns=earns, shows=shows)


def constant():
    return 0.5, 0.5


def made_up():
    return 0.1, 0.99


def no_accuracy():
    return ..., None


def no_loss():
    return None, ...
