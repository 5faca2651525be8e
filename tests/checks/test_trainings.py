"""Trainings: every combination of what is learnt, held out and scaled; more and less than asked."""

import dataclasses
import itertools

import keras
import numpy as np
import pytest

from labkit import labs
from labkit.checks import losses, trainings
from labkit.checks.exercise import HISTORY, MODEL, Exercise
from labkit.checks.given import reference
from labkit.evidence import networks
from labkit.notebook import fits

pytestmark = pytest.mark.usefixtures("sample_data")
ANSWERS = {"history": HISTORY, "model": MODEL}


def _exercise(plan):
    criteria = [trainings.belongs("history", "model", 2, plan)]
    return Exercise("training", "Training", ANSWERS, criteria, ("", "", ""))


ANY, LAST = _exercise(trainings.A_FIFTH), _exercise(trainings.LAST_FIFTH)


@pytest.fixture(scope="module", autouse=True)
def _noted():
    fits.note()


@pytest.fixture(scope="module")
def parts():
    """Return images and labels by what they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_DATA", "sample")  # this fixture is made before those of the tests
        data = reference()
        assert data.kind == "sample" and len(data.x_train) < 60_000  # it is loaded when asked
    images, labels = data.x_train / np.float32(255), data.y_train
    cut, fifth = int(len(images) * 0.8), len(images) - int(len(images) * 0.8)
    chance = np.random.default_rng(0).permutation(len(images))
    return {
        "first four fifths": (images[:cut], labels[:cut]),
        "last fifth": (images[cut:], labels[cut:]),
        "first fifth": (images[:fifth], labels[:fifth]),
        "last four fifths": (images[fifth:], labels[fifth:]),
        "four fifths by chance": (images[chance[:cut]], labels[chance[:cut]]),
        "the other fifth": (images[chance[cut:]], labels[chance[cut:]]),
        "all": (images, labels),
        "half": (images[: len(images) // 2], labels[: len(images) // 2]),
        "test": (data.x_test / np.float32(255), data.y_test),
        "training and test": (
            np.concatenate([images, data.x_test / np.float32(255)]),
            np.concatenate([labels, data.y_test]),
        ),
        "other labels": (images[:cut], np.roll(labels[:cut], 1)),
    }


def _model(channel=False):
    keras.utils.set_random_seed(1)
    shape = (28, 28, 1) if channel else (28, 28)
    stack = [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential(stack)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _fit(learnt, held_out=None, scale=(1, 1), **settings):
    model = _model()
    if held_out is not None:
        settings["validation_data"] = (held_out[0] * scale[1], held_out[1])
    settings = {"epochs": 1, "batch_size": 64, "verbose": 0} | settings
    history = model.fit(learnt[0] * scale[0], learnt[1], **settings)
    return history, model


def _judged(exercise, answers, notes=True):
    found = exercise.collect(*answers)
    if not notes:
        history = dataclasses.replace(found.facts["history"], fit=None)
        model = dataclasses.replace(found.facts["model"], fits=())
        found = dataclasses.replace(found, facts={"history": history, "model": model})
    return exercise.judge(found)


RIGHT = {
    ("first four fifths", "last fifth"),
    ("last four fifths", "first fifth"),
    ("four fifths by chance", "the other fifth"),
}
LEARNT = (
    *("first four fifths", "last four fifths", "four fifths by chance", "all", "half", "test"),
    *("training and test", "other labels"),
)
HELD_OUT = ("last fifth", "first fifth", "the other fifth", "half", "test")
COMBINATIONS = [
    pytest.param(*pair, marks=() if number % 4 == 0 or pair in RIGHT else pytest.mark.slow)
    for number, pair in enumerate(itertools.product(LEARNT, HELD_OUT))
]


@pytest.mark.parametrize(("learnt", "held_out"), COMBINATIONS)
def test_each_combination_of_what_is_learnt_and_held_out(parts, learnt, held_out, record_property):
    answers = _fit(parts[learnt], parts[held_out])
    result = _judged(ANY, answers)
    right = (learnt, held_out) in RIGHT
    record_property("trainings judged rightly", bool(result) == right)
    assert bool(result) == right, result.text()
    last = ("first four fifths", "last fifth")
    assert bool(_judged(LAST, answers)) == ((learnt, held_out) == last)
    # Without a note, what is right stays right: a note gives nothing.
    without = _judged(ANY, answers, notes=False)
    record_property("trainings judged rightly without notes", bool(without) == right)
    assert without or not right, without.text()


def _exercise_of(lab, name):
    return next(exercise for exercise in labs.load(lab) if exercise.name == name)


CHALLENGE = _exercise_of("lab6-convnets", "challenge")
APART = RIGHT | {("half", "last fifth"), ("other labels", "last fifth")}


@pytest.mark.parametrize(("learnt", "held_out"), COMBINATIONS)
def test_a_network_of_ones_own_may_learn_all_but_test_images_and_those_held_out(
    parts, learnt, held_out
):
    model = _model(channel=True)
    (images, labels), (watched, told) = parts[learnt], parts[held_out]
    validation = watched[..., None], told
    history = model.fit(images[..., None], labels, 64, 1, 0, validation_data=validation)
    result = CHALLENGE.judge(CHALLENGE.collect(model, history))
    verdict = result.verdicts[1]
    mixed = ("with the test images", "learnt from test images", "that it was validated on")
    said = verdict.message.saw if verdict.message else ""
    assert (verdict.met is False and said.endswith(mixed)) == ((learnt, held_out) not in APART), (
        result.text()
    )


@pytest.mark.parametrize("before", LEARNT)
def test_what_a_network_of_ones_own_learnt_before_counts_too(parts, before):
    model, (images, labels) = _model(channel=True), parts["first four fifths"]
    model.fit(parts[before][0][..., None], parts[before][1], 64, 1, 0)
    validation = parts["last fifth"][0][..., None], parts["last fifth"][1]
    history = model.fit(images[..., None], labels, 64, 1, 0, validation_data=validation)
    verdict = CHALLENGE.judge(CHALLENGE.collect(model, history)).verdicts[1]
    said = verdict.message.saw if verdict.message else ""
    apart = before in ("first four fifths", "half", "other labels")
    assert ("has learnt from" not in said) == apart, said


@pytest.mark.parametrize("learnt", LEARNT)
def test_test_images_that_were_learnt_are_no_measure(parts, learnt):
    """Whatever else was learnt, before or after them."""
    model, evaluate = _model(), _exercise_of("lab2-mlp", "evaluate-mlp")
    model.fit(*parts[learnt], 64, 1, 0)
    model.fit(*parts["half"], 64, 1, 0)
    loss, accuracy = model.evaluate(*parts["test"], verbose=0)
    assert bool(evaluate.check(loss, accuracy, model)) == ("test" not in learnt)


@pytest.mark.slow
@pytest.mark.parametrize("watched", ["val_loss", "val_accuracy"])
def test_a_training_that_stops_by_itself_watches_the_loss_and_is_done_once(parts, watched):
    """Loss and accuracy may be at their best in the same epoch, and a second training as short."""
    exercise = _exercise_of("lab5-regularization", "early-stopping")
    model, (images, labels) = _model(), parts["all"]
    settings = {"epochs": 50, "batch_size": 128, "verbose": 0}
    for again in (False, True):
        history = model.fit(
            images[:4800],
            labels[:4800],
            validation_data=parts["last fifth"],
            callbacks=[keras.callbacks.EarlyStopping(watched, 0, 5, restore_best_weights=True)],
            **settings,
        )
        first, second, *_ = exercise.judge(exercise.collect(history, model)).verdicts
        if watched == "val_loss":
            assert (first.met, second.met) == (not again, True)
            assert first.met or "trained before" in first.message.saw
        assert not first.met or watched == "val_loss"


@pytest.mark.parametrize("scale", [(255, 1), (1, 255), (255, 255)])
def test_pixels_that_are_not_scaled_are_seen(parts, scale):
    answers = _fit(parts["first four fifths"], parts["last fifth"], scale)
    result = _judged(LAST, answers)
    assert not result and "0 to 255" in result.text()
    # Measured alone, a validation on pixels of another scale than the training's is still seen.
    if scale[1] == 255:
        assert not _judged(LAST, answers, notes=False)


@pytest.mark.parametrize("split", [0.1, 0.2, 0.5])
def test_a_share_that_keras_sets_aside_is_known(parts, split):
    answers = _fit(parts["all"], validation_split=split)
    assert bool(_judged(LAST, answers)) == (split == 0.2)
    assert bool(_judged(LAST, answers, notes=False)) == (split == 0.2)


@pytest.mark.parametrize("every", [1, 2])
def test_a_training_that_is_watched_in_some_epochs_only_is_seen(parts, every):
    """Its last validation is that of the network as it is in the end."""
    answers = _fit(parts["first four fifths"], parts["last fifth"], epochs=2, validation_freq=every)
    for notes in (True, False):
        result = _judged(LAST, answers, notes)
        assert bool(result) == (every == 1), result.text()
        assert result or "2 epochs, and a validation loss of 1" in result.text()


@pytest.mark.parametrize("again", ["fit", "compile and fit"])
def test_a_second_training_is_seen(parts, again):
    _, model = _fit(parts["all"], validation_split=0.2)
    if again != "fit":
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(*parts["all"], validation_split=0.2, epochs=1, batch_size=64, verbose=0)
    result = _judged(LAST, (history, model))
    assert not result and "trained before" in result.text()


@pytest.mark.parametrize("batch", [32, 64, 128])
def test_the_size_of_a_batch_is_compared_where_it_is_asked_for(parts, batch):
    asked = _exercise(dataclasses.replace(trainings.LAST_FIFTH, batch=64))
    answers = _fit(parts["all"], validation_split=0.2, batch_size=batch)
    assert bool(_judged(asked, answers)) == (batch == 64)
    assert _judged(LAST, answers)


SETTINGS = {
    "adam": lambda: "adam",
    "Adam(0.01)": lambda: keras.optimizers.Adam(0.01),
    "sgd": lambda: "sgd",
}


@pytest.mark.parametrize("optimizer", SETTINGS)
@pytest.mark.parametrize("then", ["", "adam"])
def test_what_a_network_was_compiled_with_is_compared_where_it_is_asked_for(parts, optimizer, then):
    """A network that is compiled once more after its training was trained as it was."""
    asked = _exercise(dataclasses.replace(trainings.LAST_FIFTH, **trainings.ADAM_ON_LABELS))
    model, loss = _model(), "sparse_categorical_crossentropy"
    model.compile(SETTINGS[optimizer](), loss, metrics=["accuracy"])
    history = model.fit(*parts["all"], validation_split=0.2, epochs=1, verbose=0)
    if then:
        model.compile(then, loss, metrics=["accuracy"])
    result = _judged(asked, (history, model))
    assert bool(result) == (optimizer != "sgd"), result.text()
    assert result or "trained with the optimizer sgd" in result.text()
    assert _judged(LAST, (history, model))


def _every_second(count):
    return np.arange(count) % 2


@pytest.mark.parametrize(
    ("weights", "right"),
    [
        ({"sample_weight": np.ones}, True),
        ({"sample_weight": lambda count: np.full((count, 1), 0.5)}, True),
        ({"sample_weight": _every_second}, False),
        ({"class_weight": dict.fromkeys(range(10), 2.0)}, True),
        ({"class_weight": {3: 0}}, False),
    ],
)
@pytest.mark.parametrize("by_hand", [True, False])
def test_images_without_weight_are_not_learnt(parts, weights, right, by_hand):
    learnt = parts["first four fifths"] if by_hand else parts["all"]
    given = {
        name: made(len(learnt[1])) if callable(made) else made for name, made in weights.items()
    }
    history, model = _fit(
        learnt,
        parts["last fifth"] if by_hand else None,
        **given,
        **({} if by_hand else {"validation_split": 0.2}),
    )
    learnt_from = networks.history(history).fit.learnt
    assert (len(learnt_from.images) == len(parts["first four fifths"][1])) == right
    if not right:
        result = _judged(LAST, (history, model))
        assert not result and "learnt from" in result.text()


@pytest.mark.parametrize(
    "weights",
    [{"class_weight": {6: 1.5}}, {"sample_weight": lambda count: 1 + np.arange(count) % 2}],
)
def test_no_images_count_more_than_others(parts, weights):
    count = len(parts["all"][1])
    given = {name: made(count) if callable(made) else made for name, made in weights.items()}
    result = _judged(LAST, _fit(parts["all"], validation_split=0.2, **given))
    assert not result and "more weight on some images" in result.text()


@pytest.mark.parametrize(
    ("rate", "right"), [(None, True), (0.001, True), (0.0005, False), (0.002, False)]
)
@pytest.mark.parametrize("notes", [True, False])
def test_the_learning_rate_is_that_of_the_plan(parts, rate, right, notes):
    asked = _exercise(dataclasses.replace(trainings.LAST_FIFTH, rate=0.001))
    model = _model()
    if rate:
        model.compile(keras.optimizers.Adam(rate), model.loss, metrics=["accuracy"])
    history = model.fit(*parts["all"], validation_split=0.2, epochs=1, verbose=0)
    result = _judged(asked, (history, model), notes)
    assert bool(result) == right, result.text()
    assert result or f"a learning rate of {rate:g}" in result.text()
    assert _judged(LAST, (history, model), notes)


def test_a_rate_that_becomes_lower_in_the_training_began_as_it_should(parts):
    asked = _exercise(dataclasses.replace(trainings.LAST_FIFTH, rate=0.001))
    lower = keras.callbacks.LearningRateScheduler(lambda epoch: 0.001 / (1 + epoch))
    answers = _fit(parts["all"], validation_split=0.2, epochs=2, callbacks=[lower])
    assert _judged(asked, answers)


def test_labels_may_be_one_hot(parts):
    model = _model()
    model.compile("adam", "categorical_crossentropy", metrics=["categorical_accuracy"])
    labels = keras.utils.to_categorical(parts["all"][1], 10)
    history = model.fit(parts["all"][0], labels, validation_split=0.2, epochs=1, verbose=0)
    assert _judged(LAST, (history, model))


def test_a_history_put_together_by_hand_is_none():
    made = keras.callbacks.History()
    made.history = {"loss": [0.5], "accuracy": [0.9], "val_loss": [0.5], "val_accuracy": [0.9]}
    made.params = {"epochs": 1, "steps": 150, "verbose": 0}
    assert "does not come from a call of fit()" in networks.history(made).reason


def test_a_training_goes_on_whatever_it_is_given():
    """What cannot be noted is trained on all the same, and what `fit` refuses it refuses itself."""
    import tensorflow as tf

    images, labels = np.zeros((8, 28, 28), np.float32), np.zeros(8, int)
    batches = tf.data.Dataset.from_tensor_slices((images, labels)).batch(4)
    model = _model()
    history = model.fit(batches, epochs=1, verbose=0)
    assert networks.history(history).fit.learnt is None
    with pytest.raises(ValueError, match="cardinality"):
        model.fit(images, labels[:3], verbose=0)
    assert _model().fit(x=images, y=labels, verbose=0).history["loss"]


def test_a_history_tells_of_the_network_that_it_comes_with(parts, tmp_path):
    """Two trainings alike in all: only what was noted of them tells one from the other."""
    held = parts["last fifth"]
    history, model = _fit(parts["first four fifths"], held)
    _, twin = _fit(parts["first four fifths"], held)
    result = _judged(LAST, (history, twin))
    assert not result and "another network's fit()" in result.text()
    model.save(tmp_path / "model.keras")
    read = keras.models.load_model(tmp_path / "model.keras")
    copied = keras.models.clone_model(model)
    copied.set_weights(model.get_weights())
    for network in (model, read, copied):
        result = _judged(LAST, (history, network))
        assert result, result.text()
    assert _judged(LAST, (model.history, model))


def _scaled_by(factor):
    return lambda weights: [part * factor for part in weights]


CHANGES = {
    **{f"times {factor}": _scaled_by(factor) for factor in (0.5, 0.95, 0.98, 1, 1.02, 1.05, 2)},
    "a class likelier": lambda weights: [weights[0], weights[1] + np.eye(10)[3] / 4],
    "without biases": lambda weights: [weights[0], weights[1] * 0],
    "a pixel ignored": lambda weights: [np.delete(weights[0], 400, 0), weights[1]],
    "less exact": lambda weights: [part.astype("float16") for part in weights],
    "in whole hundredths": lambda weights: [part.round(2) for part in weights],
}


@pytest.mark.parametrize("exercise", [ANY, LAST])
def test_weights_that_were_changed_after_the_training_are_seen(parts, exercise):
    """Those that all images that were held out tell from the weights of an epoch."""
    history, model = _fit(parts["all"], validation_split=0.2, epochs=2)
    told, kept = history.history["val_loss"], model.get_weights()
    refused = 0
    for words, change in CHANGES.items():
        changed = change(kept)
        if len(changed[0]) < 784:
            changed[0] = np.insert(changed[0], 400, 0, axis=0)
        model.set_weights(changed)
        loss = model.evaluate(*parts["last fifth"], verbose=0)[0]
        off = min(abs(loss - one) for one in told)
        if 1e-3 * loss < off < 4e-3 * loss:
            continue
        result = _judged(exercise, (history, model))
        assert bool(result) == (off <= 1e-3 * loss), (words, off, result.text())
        refused += not result
    assert refused >= 5


@pytest.mark.parametrize("best", ["min", "max"])
def test_a_network_may_have_the_weights_of_any_epoch(parts, best):
    """Of the first, too, which does worse by far; then its accuracy is that of the first."""
    kept = keras.callbacks.EarlyStopping("val_loss", 0, 9, mode=best, restore_best_weights=True)
    history, model = _fit(parts["all"], validation_split=0.2, epochs=3, callbacks=[kept])
    curves = history.history
    assert np.ptp(curves["val_accuracy"]) > 0.05
    for exercise in (ANY, LAST):
        result = _judged(exercise, (history, model))
        assert result, result.text()
    epoch = 0 if best == "max" else int(np.argmin(curves["val_loss"]))
    found = LAST.collect(history, model)
    for off in (-0.05, -0.004, 0.004, 0.05):
        told = [*curves["val_accuracy"]]
        told[epoch] += off
        other = dataclasses.replace(found.facts["history"], series=curves | {"val_accuracy": told})
        assert not LAST.judge(dataclasses.replace(found, facts=found.facts | {"history": other}))


def test_losses_are_the_same_but_for_rounding():
    assert losses.same(0.3, 0.3005) and losses.same(0.016, 0.01612)
    assert not losses.same(0.3, 0.302) and not losses.same(0.016, 0.0163)
