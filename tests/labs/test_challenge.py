"""The kit's answers to lab 6's challenge: their parts, and how they are recorded."""

import dataclasses
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from benchmarks import challenge, challenge_page, challenger, recipes
from labkit.reports import challengers

TINY = {"stem": 4, "widths": (4,), "further": (1,), "batch": 8, "epochs": 2}
IMAGES = np.random.default_rng(0).random((24, 28, 28, 1), np.float32)
LABELS = np.arange(24) % 10


def _batches(images, **settings):
    """Return the images and the labels of each epoch."""
    recipe = recipes.Recipe(**{"batch": len(images), "epochs": 4, "shift": 0} | settings)
    keras.utils.set_random_seed(0)
    made = challenger.batches(images, np.arange(len(images)) % 10, recipe)
    assert made.options().autotune.enabled is False  # else a training at times ends late
    return [(seen.numpy(), answers.numpy().argmax(axis=1)) for seen, answers in made]


# --- the images ---------------------------------------------------------------------------------


@pytest.fixture
def halves():
    """Ten images whose left half is dark and whose right half is bright."""
    images = np.zeros((10, 28, 28, 1), np.float32)
    images[:, :, 14:] = 1
    return images


def _bright_left(images):
    return images[:, 0, 0, 0] == 1


@pytest.mark.parametrize("flip", ["alternating", "random"])
def test_some_images_of_an_epoch_are_mirrored_and_the_others_not(halves, flip):
    seen = np.concatenate([images for images, _ in _batches(halves, flip=flip)])
    assert 0 < _bright_left(seen).sum() < len(seen)
    assert np.array_equal(seen.sum(axis=(1, 2, 3)), [28 * 14] * len(seen))


def test_an_image_is_mirrored_in_every_other_epoch(halves):
    sides = np.array(
        [_bright_left(images)[np.argsort(labels)] for images, labels in _batches(halves)]
    )
    assert sides.shape == (4, 10)
    assert np.all(sides[1:] != sides[:-1])


def test_no_image_is_mirrored_that_is_not_to_be(halves):
    assert not any(_bright_left(images).any() for images, _ in _batches(halves, flip="none"))


def test_every_epoch_has_all_images_with_their_labels_in_an_order_of_its_own():
    epochs = _batches(IMAGES[:10], flip="none")
    orders = [labels for _, labels in epochs]
    assert len({tuple(order) for order in orders}) > 1
    for images, labels in epochs:
        np.testing.assert_array_equal(images, IMAGES[labels])


def test_an_image_moves_by_a_few_pixels_and_comes_in_from_the_dark():
    dot = np.zeros((50, 28, 28, 1), np.float32)
    dot[:, 14, 14] = 1
    moved = np.concatenate([images for images, _ in _batches(dot, shift=2, flip="none")])
    _, rows, columns, _ = np.nonzero(moved)
    assert len(rows) == len(moved)
    assert set(rows) == set(columns) == {12, 13, 14, 15, 16}
    assert len({*zip(rows.tolist(), columns.tolist(), strict=True)}) > 5


@pytest.mark.parametrize("side", [7, 8])
def test_a_square_is_blackened_anywhere(side):
    bright = np.ones((50, 28, 28, 1), np.float32)
    dark = np.concatenate([images for images, _ in _batches(bright, erased=side)]) == 0
    sizes = dark.any(axis=(2, 3)).sum(axis=1), dark.any(axis=(1, 3)).sum(axis=1)
    assert np.array_equal(dark.sum(axis=(1, 2, 3)), sizes[0] * sizes[1])
    assert max(map(max, sizes)) in (side - 1, side)
    assert dark.any(axis=0).all()


def test_views_are_mirrored_and_moved():
    assert len(list(challenger.looks(IMAGES, "one"))) == 1
    plain, mirrored = challenger.looks(IMAGES, "mirrored")
    np.testing.assert_array_equal(mirrored, plain[:, :, ::-1])
    assert len(list(challenger.looks(IMAGES, "mirrored, moved"))) == 10


def test_an_image_and_its_mirror_image_get_the_same_opinion():
    keras.utils.set_random_seed(0)
    model = challenger.network(recipes.Recipe(**TINY))
    one, other = (
        challenger.opinions(model, images, "mirrored") for images in (IMAGES, IMAGES[:, :, ::-1])
    )
    np.testing.assert_allclose(one, other, atol=1e-6)
    np.testing.assert_allclose(one.sum(axis=1), 1, atol=1e-5)


# --- the network and its training ---------------------------------------------------------------


def test_fused_normalization_does_what_keras_does():
    ours, theirs = challenger.FusedNormalization(), keras.layers.BatchNormalization(momentum=0.9)
    values = np.random.default_rng(0).normal(3, 2, (5, 40, 8, 8, 3)).astype(np.float32)
    for batch in values:
        ends = [layer(batch, training=True) for layer in (ours, theirs)]
        np.testing.assert_allclose(*ends, atol=1e-4)
    # Keras counts the variance of a batch, not the better estimate of what it was drawn from.
    np.testing.assert_allclose(ours(values[0]), theirs(values[0]), atol=1e-2)


def test_a_bias_that_is_faster_has_the_larger_effect():
    layer = challenger.FusedNormalization(bias_speed=16)
    before = layer(IMAGES, training=True)
    layer.beta.assign([0.5])
    np.testing.assert_allclose(layer(IMAGES, training=True) - before, 8, atol=1e-4)


def _gradients(layer, images):
    """Return what a layer tells of images, and how a sum of it depends on filters and images."""
    images = tf.constant(images, layer.dtype)
    with tf.GradientTape() as tape:
        tape.watch(images)
        told = layer(images)
        weights = np.random.default_rng(1).random(told.shape, np.float32)
        value = tf.reduce_sum(told * weights.astype(layer.dtype))
    return told, *tape.gradient(value, [layer.trainable_variables[0], images])


@pytest.mark.parametrize("side", [1, 2, 3, 4, 7, 8, 9])
@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_a_convolution_learns_as_keras_s_does(side, strides, kernel, monkeypatch):
    settings = {"strides": strides, "padding": "same", "use_bias": False}
    monkeypatch.setattr(challenger, "MANY_PLACES", 9)
    images = np.random.default_rng(0).normal(size=(6, side, side, 3)).astype(np.float32)
    ours = challenger.Convolution(5, kernel, **settings)
    # In float64, for which oneDNN has no kernels: on a processor without AVX-512, its gradient of
    # filters of 1 x 1 at strides of 2 was wrong in float32 (TensorFlow 2.21).
    theirs = keras.layers.Conv2D(5, kernel, dtype="float64", **settings)
    for layer in (ours, theirs):
        layer.build(images.shape)
    theirs.set_weights(ours.get_weights())
    for one, other in zip(_gradients(ours, images), _gradients(theirs, images), strict=True):
        assert np.abs(one).max() > 0
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("side", "strides", "ours"), [(4, 1, True), (7, 2, True), (7, 1, False)])
def test_products_are_for_the_few_places_of_small_images(side, strides, ours, monkeypatch):
    asked = []
    patches = challenger.patches
    monkeypatch.setattr(challenger, "patches", lambda *given: asked.append(1) or patches(*given))
    layer = challenger.Convolution(2, 3, strides, padding="same")
    _gradients(layer, np.ones((2, side, side, 1), np.float32))
    assert bool(asked) == ours


def test_filters_that_pass_on_give_back_what_they_get():
    layer = keras.layers.Conv2D(
        5, 3, padding="same", use_bias=False, kernel_initializer=challenger.PassingOn()
    )
    images = np.random.default_rng(0).random((2, 6, 6, 3), np.float32)
    seen = np.asarray(layer(images))
    np.testing.assert_allclose(seen[..., :3], images, atol=1e-5)
    assert np.abs(seen[..., 3:]).max() > 0


def test_whitened_patches_are_decorrelated():
    images = keras.layers.AveragePooling2D(3, 1, padding="same")(IMAGES).numpy()
    model = challenger.network(recipes.Recipe(whitened=True, stem=10, kernel=3))
    challenger.whiten(model, images)
    layer = model.get_layer("whitening")
    assert not layer.trainable
    seen = np.asarray(layer(images))[:, 1:-1, 1:-1].reshape(-1, 10)
    np.testing.assert_allclose(seen[:, :5], -seen[:, 5:], atol=1e-4)
    apart = np.corrcoef(seen[:, :5], rowvar=False) - np.eye(5)
    assert np.abs(apart).max() < 0.2


def test_rate_rises_for_a_quarter_then_falls_to_zero():
    rate = [float(challenger.one_cycle(100, 0.01, 0.25)(step)) for step in range(101)]
    assert np.argmax(rate) == 25
    assert max(rate) == pytest.approx(0.01)
    assert np.all(np.diff(rate[:26]) > 0) and np.all(np.diff(rate[25:]) < 0)
    assert rate[100] == pytest.approx(0, abs=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"flip": "random", "shift": 1, "erased": 4, "average": 0.9, "whitened": True},
        {"optimizer": "SGD", "separable": True, "squeezed": True, "small_epochs": 1},
        {"optimizer": "Muon", "identity": True, "quiet_start": True, "precision": "float32"},
        {"fused": False, "rising": 0.0, "top": 0.001, "bias_speed": 4.0, "flip": "none"},
    ],
)
def test_a_network_learns_by_every_method(settings):
    before = keras.config.dtype_policy()
    recipe = recipes.Recipe(**TINY | settings)
    keras.utils.set_random_seed(0)
    untrained = challenger.network(recipe)
    model = challenger.train(IMAGES, LABELS, recipe)
    assert keras.config.dtype_policy() == before
    assert int(model.optimizer.iterations) == 6
    assert model.count_params() == untrained.count_params()
    told = challenger.opinions(model, IMAGES, recipe.views)
    assert told.shape == (24, 10) and np.all(np.isfinite(told))


@pytest.mark.parametrize("name", recipes.ANSWERS)
def test_an_answer_is_as_large_as_it_may_be(name):
    answer = recipes.ANSWERS[name]
    assert challenger.network(answer.recipe).count_params() < answer.parameters


def test_every_method_is_a_recipe_of_its_own():
    assert recipes.METHODS[recipes.UNCHANGED] == recipes.USUAL
    assert len(set(recipes.METHODS.values())) == len(recipes.METHODS)
    for recipe in recipes.METHODS.values():
        assert recipes.from_json(challenge.settings(recipe)) == recipe


# --- the recording ------------------------------------------------------------------------------

BASELINE = {
    "network": "R1-conv",
    "seed": 1,
    "parameters": 242_058,
    "epochs": 40,
    "seconds": 720.0,
    "CPU seconds": 1_100.0,
    "test accuracy": 0.92,
}


def _run(name, seed, accuracy, seconds=100.0, parameters=1_000, **others):
    named = {"network": name, "seed": seed, "parameters": parameters, "epochs": 2}
    took = {"seconds": seconds, "CPU seconds": 2 * seconds}
    return {**named, "test accuracy": accuracy, **took, **others}


@pytest.fixture
def record(tmp_path, monkeypatch):
    """A record of its own, in which R1-conv alone stands; trainings are acted."""
    for module, name in ((challengers, "RECORD"), (challenge, "PAGE"), (challenge, "WORKED")):
        path = tmp_path / name
        path.write_bytes(getattr(module, name).read_bytes())
        monkeypatch.setattr(module, name, path)
    challenge.store(challengers.read() | {"runs": [BASELINE], "methods": []})
    trained = []

    def acted(recipe, seed, part, views=None):
        trained.append((recipe, seed, part))
        run = _run("", seed, 0.9 + seed / 1_000)
        accuracy = run.pop("test accuracy")
        took = {clock: run.pop(clock) for clock in ("seconds", "CPU seconds")}
        del run["network"]
        return {**run, **dict.fromkeys(views or [f"{part} accuracy"], accuracy), **took}

    monkeypatch.setattr(challenge, "in_a_process", acted)
    return trained


def _seeds(topic, name):
    return [run["seed"] for run in challengers.read()[topic] if run["network"] == name]


def test_what_is_stored_is_not_trained_again(record):
    for seed in (1, 2, 1, 2, 3):
        challenge.add("runs", "quick", recipes.Recipe(), seed)
    assert [seed for _, seed, _ in record] == _seeds("runs", "quick") == [1, 2, 3]
    assert {part for *_, part in record} == {"test"}
    assert _seeds("runs", "R1-conv") == [1]


def test_runs_of_another_recipe_make_way_for_those_of_the_present_one(record):
    challenge.add("runs", "quick", recipes.Recipe(), 1)
    challenge.add("runs", "far", recipes.Recipe(), 1)
    challenge.add("runs", "quick", recipes.Recipe(epochs=3), 2)
    assert _seeds("runs", "quick") == [2] and _seeds("runs", "far") == [1]


def test_a_recording_that_is_cut_off_keeps_what_has_ended(record, monkeypatch):
    challenge.add("runs", "quick", recipes.Recipe(), 1)

    def cut_off(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(challenge, "in_a_process", cut_off)
    with pytest.raises(KeyboardInterrupt):
        challenge.add("runs", "quick", recipes.Recipe(), 2)
    assert _seeds("runs", "quick") == [1]
    assert "| quick | 1,000 | 2 | 1 | 0.901 |" in challenge.PAGE.read_text("utf-8")
    assert "<td>quick</td>" in challenge.WORKED.read_text("utf-8")


def test_what_is_tried_sees_held_out_images_alone_and_is_kept_beside_the_others(record):
    before = challengers.read()["tried"]
    recipe = recipes.Recipe(stem=8, widths=(16, 32), erased=6, stride=1, further=(1, 0))
    challenge.choose(recipe, 3)
    assert [part for *_, part in record] == ["held-out"]
    *others, tried = challengers.read()["tried"]
    assert others == before
    assert {tuple(row) for row in others} == {tuple(tried)}
    assert (tried["seed"], tried["one view"], tried["ten"]) == (3, 0.903, 0.903)
    assert f"| {recipe.summary()} | 256 | 1 | 3 |" in challenge.PAGE.read_text("utf-8")


def test_a_summary_tells_what_is_not_the_usual_and_in_no_column():
    assert recipes.Recipe(epochs=3, batch=512, shift=2).summary() == "16; 32, 64, 128"
    changes = {name: change for name, change in recipes.CHANGES.items() if change}
    told = {name: recipes.METHODS[name].summary() for name in changes}
    beside = {name for name, change in changes.items() if change.keys() <= {"batch", "shift"}}
    assert {name for name in told if told[name] == recipes.USUAL.summary()} == beside
    assert len({told[name] for name in told.keys() - beside}) == len(told) - len(beside)


def test_methods_see_held_out_images_alone_and_are_set_beside_the_unchanged(record):
    for name in (recipes.UNCHANGED, "hard labels"):
        for seed in (1, 2):
            challenge.add("methods", name, recipes.METHODS[name], seed)
    assert {part for *_, part in record} == {"held-out"}
    found = {row["changed"]: row for row in challenge_page.gains(challengers.read()["methods"])}
    assert found.keys() == {recipes.UNCHANGED, "hard labels"}
    assert found["hard labels"]["gain in points"] == "+0.00"
    assert found["hard labels"]["seeds"] == 2


def test_a_gain_is_told_seed_by_seed():
    runs = [
        {**_run(name, seed, 0), "held-out accuracy": accuracy}
        for name, seed, accuracy in (
            (recipes.UNCHANGED, 1, 0.90),
            (recipes.UNCHANGED, 2, 0.80),
            ("hard labels", 2, 0.81),
            ("compiled by XLA", 3, 0.99),
        )
    ]
    found = {row["changed"]: row for row in challenge_page.gains(runs)}
    assert found["hard labels"]["gain in points"] == "+1.00"
    assert "compiled by XLA" not in found


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({}, "**reached**"),
        ({"accuracy": 0.9299}, "**not reached**"),
        ({"seconds": 120.5}, "**not reached**"),
        ({"seeds": 4}, "4 of them are recorded"),
    ],
)
def test_an_aim_is_reached_with_all_seeds_and_in_time(changed, word):
    wanted = {"accuracy": 0.9305, "seconds": 119.0, "seeds": 5} | changed
    seeds = range(1, wanted.pop("seeds") + 1)
    told, *_ = challenge_page.aims([_run("quick", seed, **wanted) for seed in seeds])
    assert word in told


def test_the_leaderboard_has_means_and_the_best_first():
    runs = [BASELINE, _run("quick", 1, 0.93), _run("quick", 2, 0.94, seconds=140.0)]
    best, last = challengers.leaderboard(runs)
    assert (best["network"], last["network"]) == ("quick", "R1-conv")
    assert (best["runs"], best["test accuracy"], best["seconds"]) == (2, 0.935, 120.0)
    assert best["spread"] == pytest.approx(0.0071)
    assert best["share of R1-conv's time"] == pytest.approx(1 / 6, abs=1e-3)


def test_all_that_shows_the_record_shows_the_present_one():
    record = challengers.read()
    text = challenge.WORKED.read_text("utf-8")
    assert challenge.worked(text, record) == text
    assert challenge.PAGE.read_text("utf-8") == challenge_page.text(record)


def test_what_is_recorded_was_made_with_the_present_recipes():
    record = challengers.read()
    for run in record["methods"]:
        assert challenge.made_with(run) == recipes.METHODS[run["network"]]
    for run in record["runs"]:
        if run["network"] in recipes.ANSWERS:
            assert challenge.made_with(run) == recipes.ANSWERS[run["network"]].recipe


@pytest.mark.slow
def test_a_training_of_its_own_process_tells_its_seconds(monkeypatch):
    monkeypatch.setenv("LABKIT_DATA", "sample")
    recipe = dataclasses.replace(recipes.Recipe(**TINY), epochs=1, batch=2_000)
    run = challenge.in_a_process(recipe, 1, "held-out")
    assert 0 <= run["held-out accuracy"] <= 1
    views = challenge.in_a_process(recipe, 1, "held-out", challenge.VIEWS)
    assert all(0 <= views[name] <= 1 for name in challenge.VIEWS)
    assert run["seconds"] > 0 and run["CPU seconds"] > 0
    assert json.loads(json.dumps(run)) == run
