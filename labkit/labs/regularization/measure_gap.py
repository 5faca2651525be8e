"""Measure the gap

For a fair gap, measure after the training, with all nodes: the accuracy on `x_part` minus the accuracy
on `x_valid`, once for each network, as `dropout_gap` and `plain_gap`.
"""

import functools

import numpy as np

from labkit.checks import agreement, criteria, measure, trainings
from labkit.checks.authoring import NUMBER, Exercise, Message
from labkit.labs.regularization import shared

CLOSE = 2e-3

exercise = Exercise(
    __doc__,
    dropout_gap=NUMBER,
    plain_gap=NUMBER,
    needs=("dropout_model", "plain_model", "dropout_history"),
    hints=(
        "Four accuracies: each network on the images it has trained on and on those held out.",
        "model.evaluate(images, labels, verbose=0) returns loss and accuracy; [1] is the accuracy.",
        "plain_gap = plain_model.evaluate(x_part, …)[1] - plain_model.evaluate(…)[…]",
    ),
)


@exercise.solution
def solution(x_part, y_part, x_valid, y_valid, dropout_model, plain_model):
    def accuracy_gap(model):
        trained = model.evaluate(x_part, y_part, verbose=0)[1]
        held_out = model.evaluate(x_valid, y_valid, verbose=0)[1]
        return trained - held_out

    dropout_gap = accuracy_gap(dropout_model)
    plain_gap = accuracy_gap(plain_model)
    return dropout_gap, plain_gap


def _gap(data, network, held_out=shared.valid_of, of=measure.accuracy):
    return of(network, *shared.part_of(data)) - of(network, *held_out(data))


def _is(told, gap, tolerance=CLOSE):
    return abs(shared.as_number(told) - gap) <= tolerance


def _luck(data, network):
    """Return what a share that is rounded to three places may be off, and another machine's."""
    parts = [part(data)[0] for part in (shared.part_of, shared.valid_of)]
    outputs = [measure.outputs(network, images) for images in parts]
    return 6e-4 + sum(agreement.undecided(rows) / len(rows) for rows in outputs)


def _judged(name, told, data, network):
    if not _is(told, _gap(data, network), _luck(data, network)):
        return Message(
            criteria.beside(name, told, "measured another gap"),
            "accuracy on x_part minus accuracy on x_valid, as shares",
            "evaluate() returns the loss first, then the accuracy.",
        )


@exercise.criterion(4, asks="once for each network, as `dropout_gap`")
@shared.tried
def _(dropout_gap, dropout_model, data):
    """dropout_gap is the gap of dropout_model"""
    return _judged("dropout_gap", dropout_gap, data, dropout_model)


@exercise.criterion(4, asks="and `plain_gap`")
@shared.tried
def _(plain_gap, plain_model, data):
    """plain_gap is the gap of plain_model"""
    return _judged("plain_gap", plain_gap, data, plain_model)


@exercise.sign
def gap_read_from_the_history(dropout_gap, dropout_history):
    """This is the gap in the history.

    The training accuracy there is a mean over an epoch with dropout at work; measure it afterwards,
    with all nodes.
    """
    ends = [trainings.curve(dropout_history, "accuracy", held)[-1] for held in (False, True)]
    return _is(dropout_gap, ends[0] - ends[1], 1e-6)


def _are(told, right, others, tolerance=CLOSE):
    """Tell whether gaps are others than the right ones: all of them, where they can be told apart."""
    told = [*map(shared.as_number, told)]
    near = [abs(one - other) <= tolerance for one, other in zip(told, others, strict=True)]
    apart = map(functools.partial(criteria.is_another, tolerance=tolerance), told, right, others)
    return all(near) and any(apart)


@exercise.sign(shown_by=lambda: _gaps(lambda first, second: (100 * first, 100 * second)))
def per_cent_for_share(dropout_gap, plain_gap, dropout_model, plain_model, data):
    """These are percentages. Keras, and everybody who compares with it, uses shares."""
    right = [_gap(data, network) for network in (dropout_model, plain_model)]
    told = dropout_gap, plain_gap
    return _are(told, right, [100 * gap for gap in right], criteria.ONE_PLACE)


@exercise.sign(shown_by=lambda: _gaps(lambda first, second: (-first, -second)))
def wrong_sign(dropout_gap, plain_gap, dropout_model, plain_model, data):
    """The sign is turned round: take the held out images' accuracy off the other."""
    right = [_gap(data, network) for network in (dropout_model, plain_model)]
    return _are((dropout_gap, plain_gap), right, [-gap for gap in right])


@exercise.sign(shown_by=lambda: _gaps(lambda first, second: (second, first)))
def gaps_swapped(dropout_gap, plain_gap, dropout_model, plain_model, data):
    """The two gaps look swapped."""
    right = [_gap(data, network) for network in (dropout_model, plain_model)]
    return _are((dropout_gap, plain_gap), right, right[::-1])


@exercise.sign(shown_by=lambda: (_gaps()[0], *_gaps(plain="test", held_out="test")[1:]), earns=4)
def test_for_validation(plain_gap, plain_model, data):
    """You measured on the test images. They stay in their box until all choices are made."""
    return _is(plain_gap, _gap(data, plain_model, shared.test_of), 1e-4)


@exercise.sign(shown_by=lambda: _gaps(number=0))
def losses_for_accuracies(plain_gap, plain_model, data):
    """This is the difference of the losses: evaluate() returns the loss first."""
    return _is(abs(plain_gap), abs(_gap(data, plain_model, of=measure.cross_entropy)))


def _told(network, held_out="valid", number=1):
    part, other = (shared.measured(network, part) for part in ("part", held_out))
    return part[number] - other[number]


def _gaps(change=lambda first, second: (first, second), plain="part", **settings):
    """Return the gaps of a network that knows the images held out and of one that does not."""
    first, second = shared.knows("valid"), shared.knows(plain)
    told = change(_told(first, **settings), _told(second, **settings))
    return *told, first, second, shared.record(first, 10)


exercise.right(rounded=lambda: _gaps(lambda first, second: (round(first, 3), round(second, 3))))


@exercise.right
def by_prediction():
    _, _, *models, record = _gaps()
    gaps = (_share(model, "part") - _share(model, "valid") for model in models)
    return *gaps, *models, record


def _share(model, part):
    images, labels = shared.scaled(part)
    return np.mean(model.predict(images, verbose=0).argmax(axis=1) == labels)


exercise.wrong(constant=lambda: _gaps(lambda first, second: (0.5, 0.5)))
exercise.wrong(earns=4, one_of_two=lambda: _gaps(lambda first, second: (None, second)))


@exercise.wrong(earns=4, shows="gap-read-from-the-history")
def read_off():
    _, second, *rest = _gaps()
    ends = rest[-1].history
    return ends["accuracy"][-1] - ends["val_accuracy"][-1], second, *rest
