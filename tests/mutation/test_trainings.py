"""Changed trainings: which of them are the right one after all."""

import functools

import keras
import numpy as np
import pytest

from labkit.checks import histories, trainings
from labkit.checks.exercise import HISTORY, MODEL, Exercise
from labkit.checks.given import reference
from labkit.notebook import fits
from tools.mutate.objects import answers
from tools.mutate.objects import trainings as of_trainings
from tools.mutate.tally import Tally

pytestmark = pytest.mark.usefixtures("sample_data")
EPOCHS = 3


@pytest.fixture(scope="module")
def training():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_DATA", "sample")  # this fixture is made before those of the tests
        data = reference()
        assert len(data.x_train) < 60_000  # it is loaded when asked
    layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential(layers)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return of_trainings.Training(model, data, (0, 400), (400, 500), EPOCHS, 50)


@pytest.fixture(scope="module")
def plain(training):
    record, model = training.fit()
    return {"history": record, "model": model}


def _alike(plain, record, model):
    return of_trainings._alike(lambda: plain, {"history": record, "model": model})


def test_a_training_is_the_same_where_network_and_curves_are(training, plain):
    assert _alike(plain, *training.fit())
    told = plain["history"].history
    others = *of_trainings._on_other_images(training), *of_trainings._in_other_ways(training)
    for words, train in (*others[::20], *[*of_trainings._stopped(training)][::5]):
        record, model = train()
        lengths = {len(values) for values in record.history.values()}
        same = words.startswith("stopped") and lengths == {EPOCHS}
        if same and "restored" in words:
            watched = words.split()[2].strip(",")
            best = np.argmax if "accuracy" in watched else np.argmin
            same = best(told[watched]) == EPOCHS - 1
        assert _alike(plain, record, model) == same, words


@pytest.mark.parametrize("factor", [1 + 1e-7, 1.001, 0.98])
def test_other_weights_and_other_curves_are_not_the_same(training, plain, factor):
    record, model = training.fit()
    assert _alike(plain, record, model)
    for name, told in record.history.items():
        other = record.history | {name: [*told[:-1], told[-1] * factor]}
        assert _alike(plain, histories.changed(record, other), model) == (abs(factor - 1) < 1e-6)
    model.set_weights([part * factor for part in model.get_weights()])
    assert _alike(plain, record, model) == (abs(factor - 1) < 1e-6)


def test_only_what_is_the_same_is_counted_as_such(training, plain):
    criteria = [trainings.epochs("history", EPOCHS, 2)]
    exercise = Exercise(
        "training", "Training", {"history": HISTORY, "model": MODEL}, criteria, ("", "", "")
    )
    exercise.why_alike = lambda words: ""
    found = Tally("training")
    stops = dict(of_trainings._stopped(training))["stopped by val_loss, patience 5"]
    for words, train in {"stopped": stops, "twice": lambda: (training.fit()[0], None)}.items():
        same = functools.partial(_given_alike, plain)
        answers._enter(found, exercise, words, answers.Changed(train, (), same=same))
    assert (list(found.same), found.survivors) == (["stopped"], ["twice"])


def _given_alike(plain, given):
    return given[1] is not None and _alike(plain, *given)


@pytest.mark.parametrize("patience", [1, 2])
def test_a_training_that_was_stopped_is_done_again_until_it_stops(training, patience):
    """On labels of other images a network soon gets no better."""
    fits.note()
    images, labels = training.images(0, 500)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
    model = training.untrained()
    part = images[400:], np.roll(labels[400:], 1)
    record = model.fit(
        *(images[:400], labels[:400], 50, 30, 0), validation_data=part, callbacks=[stop]
    )
    assert len(record.history["loss"]) < 30
    found = of_trainings.Training.of(model, record, training.data)
    assert (found.stop, found.epochs) == (("val_loss", patience), 30)
    again, _ = found.fit(held_out=part)
    assert len(again.history["loss"]) == len(record.history["loss"])
