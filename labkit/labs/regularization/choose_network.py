"""Choose, then test once

Which network has the highest accuracy on `x_valid`? Write its name as `winner`: `"dropout"`, `"plain"`,
`"l2"` or `"simple"`. Then measure this one, and no other, on the scaled test images: `test_accuracy`.
"""

import functools
import math

from labkit.checks import criteria, losses, measure, networks
from labkit.checks.authoring import NUMBER, TEXT, Exercise, Message
from labkit.checks.exercise import Criterion, Misconception
from labkit.labs.regularization import l2_network, shared

CANDIDATES = ("dropout", "plain", "l2", "simple")

exercise = Exercise(
    __doc__,
    winner=TEXT,
    test_accuracy=NUMBER,
    needs=[f"{name}_model" for name in CANDIDATES],
    hints=(
        "Choose by the images that were held out for choosing; the test images only measure.",
        "evaluate() each network on x_valid and y_valid, take the best name, then evaluate that "
        "one on the test images.",
        "accuracies = {name: model.evaluate(x_valid, …, verbose=0)[1] for name, model in "
        "candidates.items()}; winner = max(accuracies, key=…)",
    ),
)


# fmt: off
# In the notebook, where it stands four places further left, a line of it is just short enough.
@exercise.solution
def solution(
    x_valid, y_valid, x_test_scaled, y_test, dropout_model, plain_model, l2_model, simple_model
):
    candidates = {
        "dropout": dropout_model,
        "plain": plain_model,
        "l2": l2_model,
        "simple": simple_model,
    }
    accuracies = {
        name: network.evaluate(x_valid, y_valid, verbose=0)[1] for name, network in candidates.items()
    }
    winner = max(accuracies, key=accuracies.get)
    test_accuracy = candidates[winner].evaluate(x_test_scaled, y_test, verbose=0)[1]
    return winner, test_accuracy
# fmt: on


def _accuracies(answers, part_of):
    part = part_of(answers.data)
    return {name: measure.accuracy(getattr(answers, f"{name}_model"), *part) for name in CANDIDATES}


def _chosen(answers):
    return str(answers.winner.value).strip().lower().removesuffix("_model")


def _is_best(answers, part_of):
    seen = _accuracies(answers, part_of)
    # An image or two may be as good as tied, and counted differently elsewhere.
    return _chosen(answers) in seen and seen[_chosen(answers)] >= max(seen.values()) - 5e-4


def _is_accuracy(answers, part_of, unit=1):
    told = shared.as_number(answers.test_accuracy.value)
    return networks.is_close(
        told / unit, _accuracies(answers, part_of).get(_chosen(answers), math.nan)
    )


def _is_loss(answers):
    if _chosen(answers) not in CANDIDATES:
        return False
    model = getattr(answers, f"{_chosen(answers)}_model")
    loss = measure.cross_entropy(model, *shared.test_of(answers.data)) + losses.penalty(model)
    return networks.is_close(shared.as_number(answers.test_accuracy.value), loss)


@shared.tried
def _winner(answers):
    if _is_best(answers, shared.valid_of):
        return None
    given = criteria.show(answers.winner.value)
    if _chosen(answers) not in CANDIDATES:
        names = f"one of {', '.join(CANDIDATES)}, in quotation marks"
        return Message(f"winner is {given}", names, "Write the name of the network that you chose.")
    return Message(
        f"winner is {given}, but another network is right on more of the images held out",
        "the network with the highest validation accuracy",
        "Evaluate all four on x_valid, and compare their accuracies.",
    )


@shared.tried
def _accuracy(answers):
    told = answers.test_accuracy.value
    if _chosen(answers) not in CANDIDATES:
        return Message(
            "Without a winner there is nothing to measure",
            "the name of one of the four networks in winner",
            "Choose first, then measure.",
        )
    if _is_accuracy(answers, shared.test_of):
        return None
    return Message(
        criteria.beside("test_accuracy", told, "measured another value"),
        "the share of test images on which the network that you chose is right",
        "Evaluate the chosen network on the scaled test images.",
    )


exercise.require(
    Criterion("winner is the best on the images held out", 3, _winner),
    asks="Which network has the highest accuracy on `x_valid`?",
)
exercise.require(
    Criterion("test_accuracy is the winner's", 2, _accuracy),
    asks="measure this one, and no other, on the scaled test images: `test_accuracy`",
)


def _only(test, part_of, wanted, **settings):
    """Return a predicate: what `test` says of one part of the images, and not of the right one."""
    return lambda answers: not test(answers, wanted) and test(answers, part_of, **settings)


_best = functools.partial(_only, _is_best, wanted=shared.valid_of)
_told = functools.partial(_only, _is_accuracy, wanted=shared.test_of)
exercise.knows(
    Misconception(
        "chosen-on-training-images",
        _best(shared.part_of),
        "This network is the best on the images that it was trained on.",
    ),
    Misconception(
        "chosen-on-test-images",
        _best(shared.test_of),
        "This network is the best on the test images. Whoever chooses by them has nothing left "
        "that tells how good the choice is.",
    ),
    Misconception(
        "per-cent-for-share",
        _told(shared.test_of, unit=100),
        "This is a percentage. Keras, and everybody who compares with it, uses a share.",
    ),
    Misconception(
        "loss-for-accuracy",
        lambda answers: not _is_accuracy(answers, shared.test_of) and _is_loss(answers),
        "This is the loss: evaluate() returns it first, and the accuracy after it.",
    ),
    Misconception(
        "validation-accuracy-called-test",
        _told(shared.valid_of),
        "This is the accuracy on the images held out. The winner was chosen by it, so it flatters.",
    ),
    Misconception(
        "training-accuracy-called-test",
        _told(shared.part_of),
        "This is the accuracy on the images that the network was trained on.",
    ),
)


def _choose(winner="simple", part="test", unit=1, figure=1):
    """Return a choice among networks that know the test, training, no, and held out images."""
    models = {
        "dropout": shared.knows("test"),
        "plain": shared.knows("part"),
        "l2": l2_network.untrained(),
        "simple": shared.knows("valid"),
    }
    told = shared.measured(models[winner], part)[figure] * unit if winner in models else 0.9
    return winner, told, *models.values()


exercise.right(its_variable=lambda: ("simple_model", *_choose()[1:]))


@exercise.right
def capital_and_rounded():
    _, told, *models = _choose()
    return "Simple", round(told, 3), *models


@exercise.wrong
def nobody():
    yield 1, 1, *_choose()[2:]
    yield _choose("none of them")


exercise.wrong(earns=3, number_left_out=lambda: ("simple", None, *_choose()[2:]))
exercise.wrong(earns=2, worst=lambda: _choose("l2"))
exercise.wrong(
    earns=2, shows="chosen-on-training-images", by_training_images=lambda: _choose("plain")
)
exercise.wrong(earns=2, shows="chosen-on-test-images", by_test_images=lambda: _choose("dropout"))
exercise.wrong(earns=3, shows="per-cent-for-share", per_cent=lambda: _choose(unit=100))
exercise.wrong(earns=3, shows="loss-for-accuracy", loss=lambda: _choose(figure=0))
exercise.wrong(
    earns=3,
    shows="validation-accuracy-called-test",
    on_the_images_held_out=lambda: _choose(part="valid"),
)


@exercise.wrong(earns=3, shows="training-accuracy-called-test")
def on_training_images():
    weak = l2_network.untrained()
    return *_choose("plain", "part")[:2], weak, shared.knows("part"), weak, weak
