"""The networks side by side: each is trained as if it were alone, and bad input is named."""

import numpy as np
import pytest

from labkit.reports import grid, processor

SIDE = 6
CLASSES = 3


@pytest.fixture(scope="module")
def piece():
    """Return images of three classes that a small network can tell apart, and their labels."""
    random = np.random.default_rng(3)
    labels = np.arange(240) % CLASSES
    patterns = random.integers(60, 200, (CLASSES, SIDE, SIDE))
    noise = random.normal(0, 45, (len(labels), SIDE, SIDE))
    images = np.clip(patterns[labels] + noise, 0, 255).astype(np.uint8)
    return images, labels


def _grid(piece, decays=(0.0, 1.0), folds=4, **settings):
    settings = {"units": 8, "epochs": 6, "batch_size": 20, "learning_rate": 0.01} | settings
    settings = {"products": "float32"} | settings  # on every processor
    return grid.cross_validate(*piece, decays, folds, **settings)


def test_decays_are_those_of_the_sequence_in_r():
    assert len(grid.DECAYS) == 13
    np.testing.assert_allclose(grid.DECAYS[[0, 4, 12]], [0.001, 0.01, 1])
    np.testing.assert_allclose(grid.DECAYS[1:] / grid.DECAYS[:-1], 10**0.25)


def test_has_an_accuracy_for_each_decay_and_fold(piece):
    found = _grid(piece)
    assert found.accuracies.shape == (2, 4)
    assert found.accuracies[0].mean() > 0.9
    assert found.parameters == (SIDE**2 + 1) * 8 + 9 * CLASSES


def test_counts_the_weights_of_the_report():
    images = np.zeros((40, 28, 28), np.uint8)
    found = grid.cross_validate(images, np.arange(40) % 10, [0.1], 2, epochs=1)
    assert found.parameters == 39_760


def test_same_seed_same_result_and_another_seed_another(piece):
    settings = {"epochs": 2, "learning_rate": 0.002}
    first, again, other = (_grid(piece, seed=seed, **settings) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.accuracies, again.accuracies)
    assert not np.array_equal(first.accuracies, other.accuracies)


def test_networks_do_not_touch_each_other(piece):
    """A decay gives the same accuracies whatever stands beside it."""
    alone = _grid(piece, [0.3], epochs=2)
    beside = _grid(piece, [5.0, 0.3, 0.0], epochs=2)
    np.testing.assert_allclose(beside.accuracies[1], alone.accuracies[0], atol=0.02)


def test_strong_decay_forgets_everything(piece):
    found = _grid(piece, [0.0, 1e4])
    assert found.accuracies[1].mean() < 0.6 < found.accuracies[0].mean()


def test_no_network_sees_its_own_fold(piece):
    """Labels that are wrong in one fold alone cannot be learnt by whoever did not see it."""
    images, labels = piece
    folds = np.arange(len(labels)) // 3 % 4
    wrong = np.where(folds == 2, (labels + 1) % CLASSES, labels)
    found = _grid((images, wrong), [0.0], folds, epochs=20)
    assert found.accuracies[0, 2] < 0.15
    assert found.accuracies[0, [0, 1, 3]].min() > 0.5


def test_takes_uint8_and_scaled_floats_alike(piece):
    images, labels = piece
    scaled = (images / 255).reshape(len(images), -1)
    np.testing.assert_allclose(
        _grid(piece).accuracies, _grid((scaled, labels)).accuracies, atol=0.02
    )


def _slopes(networks, images, labels, rate=0.01):
    """Return the slopes that a step of the networks goes against; the step is taken."""
    import tensorflow as tf

    found, adam = [], networks._adam
    networks._adam = lambda slopes, rate: (found.extend(slopes), adam(slopes, rate))
    networks._step(tf.constant(images), tf.constant(labels), rate)
    networks._adam = adam
    return found


@pytest.mark.parametrize(("products", "tolerance"), [("float32", 1e-6), ("bfloat16", 1e-2)])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_slopes_are_those_of_one_network_with_r_s_penalty(kind, products, tolerance):
    """They are what the formula by hand says; bfloat16 has eight binary digits."""
    random = np.random.default_rng(0)
    whole = random.integers(0, 256, (12, 5), dtype=np.uint8)
    images = (whole / 255).astype(np.float32)
    labels = (np.arange(12) % 2).astype(np.int32)
    decay = 0.7
    networks = grid._Networks(5, 4, 2, np.array([0.0, decay]), 0, products)
    networks.first_bias.assign_add(np.full((8, 1), 0.1))
    networks.second_bias.assign_add(np.full((2, 2, 1), 0.2))
    networks._first = [one.numpy() for one in networks.weights]
    networks.begin(images=12)
    place = slice(4, 8)  # the second decay
    first, first_bias = networks.first.numpy()[place], networks.first_bias.numpy()[place]
    second, second_bias = networks.second.numpy()[1], networks.second_bias.numpy()[1]
    slopes = _slopes(networks, whole if kind is np.uint8 else images, labels)
    y = np.eye(2)[labels].T
    hidden = np.maximum(first @ images.T + first_bias, 0)
    scores = np.exp(second @ hidden + second_bias)
    error = (scores / scores.sum(axis=0) - y) / 12
    back = (second.T @ error) * (hidden > 0)
    penalty = 2 * decay / 12
    expected = [
        back @ images + penalty * first,
        back.sum(axis=1, keepdims=True) + penalty * first_bias,
        error @ hidden.T + penalty * second,
        error.sum(axis=1, keepdims=True) + penalty * second_bias,
    ]
    found = [slopes[0][place], slopes[1][place], slopes[2][1], slopes[3][1]]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=tolerance)


def test_steps_are_those_of_keras_s_adam(piece):
    import keras
    import tensorflow as tf

    images, labels = piece[0].reshape(240, -1), piece[1].astype(np.int32)
    networks = grid._Networks(SIDE**2, 4, CLASSES, np.array([0.0, 0.7]), 0)
    networks.begin(images=240)
    beside = [tf.Variable(one) for one in networks.weights]
    adam = keras.optimizers.Adam()
    for rate, row in zip([0.1, 0.05, 0.01], np.arange(60).reshape(3, 20), strict=True):
        adam.learning_rate.assign(rate)
        adam.apply(_slopes(networks, images[row], labels[row], rate), beside)
    for one, other in zip(networks.weights, beside, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_rounded_products_find_what_exact_ones_do(piece):
    exact, rounded = (_grid(piece, products=one) for one in ("float32", "bfloat16"))
    np.testing.assert_allclose(rounded.accuracies.mean(), exact.accuracies.mean(), atol=0.05)
    assert rounded.accuracies.mean() > 0.9


@pytest.mark.parametrize(("fast", "expected"), [(True, "bfloat16"), (False, "float32")])
def test_products_are_rounded_where_the_processor_is_made_for_it(fast, expected, monkeypatch):
    monkeypatch.setattr(processor, "multiplies_bfloat16", lambda: fast)
    assert grid._multiplied(None) == expected
    assert {grid._multiplied(one) for one in ("float32", "bfloat16")} == {"float32", "bfloat16"}


@pytest.mark.parametrize(
    ("flags", "onednn", "expected"),
    [
        ("fpu avx2 avx512_bf16", None, True),
        ("fpu amx_bf16 amx_tile", "1", True),
        ("fpu avx2 avx512_bf16", "0", False),
        ("fpu avx2 avx512f", None, False),
        ("", None, False),
    ],
)
def test_the_processor_is_asked_for_its_instructions(flags, onednn, expected, monkeypatch):
    monkeypatch.setattr(processor, "told", {"flags": flags}.get)
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    if onednn is not None:
        monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", onednn)
    assert processor.multiplies_bfloat16() is expected


def test_each_fold_begins_anew(piece):
    """A fold's accuracies are the same whichever number it has, and whatever was before it."""
    folds = np.arange(len(piece[1])) // 3 % 4
    forward = _grid(piece, folds=folds, epochs=2)
    backward = _grid(piece, folds=3 - folds, epochs=2)
    np.testing.assert_array_equal(forward.accuracies, backward.accuracies[:, ::-1])


IMAGES, LABELS = np.zeros((20, 4, 4), np.uint8), np.arange(20) % 2


@pytest.mark.parametrize(
    ("images", "labels", "settings", "said"),
    [
        (IMAGES[0, 0], LABELS, {}, "images has the shape"),
        (IMAGES[:0], LABELS[:0], {}, "images has the shape"),
        (IMAGES.astype(str), LABELS, {}, "pixels are numbers"),
        (IMAGES + 40.0, LABELS, {}, "from 40 to 40.*divide by 255"),
        (IMAGES - 1.0, LABELS, {}, "from -1 to -1"),
        (IMAGES + np.nan, LABELS, {}, "from nan to nan"),
        (IMAGES, LABELS[:19], {}, r"labels has the shape \(19,\).*\(20,\)"),
        (IMAGES, np.eye(2)[LABELS], {}, r"labels has the shape \(20, 2\)"),
        (IMAGES, LABELS / 2, {}, "labels holds values of type float64"),
        (IMAGES, LABELS.astype(str), {}, "labels holds values of type"),
        (IMAGES, LABELS + 1, {}, "labels holds the classes 1, 2.*from 0"),
        (IMAGES, LABELS * 2, {}, "classes 0, 2.*none left out"),
        (IMAGES, LABELS * 0, {}, "at least two"),
        (IMAGES, LABELS, {"decays": []}, "decays must be a list"),
        (IMAGES, LABELS, {"decays": 0.1}, "decays must be a list"),
        (IMAGES, LABELS, {"decays": ["a"]}, "decays must be a list"),
        (IMAGES, LABELS, {"decays": [0.1, -0.1]}, "0 or more"),
        (IMAGES, LABELS, {"decays": [np.inf]}, "finite"),
        (IMAGES, LABELS, {"decays": [0.1, 0.1]}, "twice"),
        (IMAGES, LABELS, {"folds": 1}, "folds is 1.*2 or more"),
        (IMAGES, LABELS, {"folds": 2.5}, "folds is 2.5"),
        (IMAGES, LABELS, {"folds": 11}, "only 10 images"),
        (IMAGES, LABELS, {"folds": [0, 1]}, r"folds has the shape \(2,\)"),
        (IMAGES, LABELS, {"folds": np.zeros(20, int)}, "at least two"),
        (IMAGES, LABELS, {"folds": np.arange(20) % 2 * 2}, "none left out"),
        (IMAGES, LABELS, {"units": 0}, "units is 0"),
        (IMAGES, LABELS, {"units": 5.0}, "units is 5.0"),
        (IMAGES, LABELS, {"epochs": -1}, "epochs is -1"),
        (IMAGES, LABELS, {"batch_size": True}, "batch_size is True"),
        (IMAGES, LABELS, {"learning_rate": 0}, "learning_rate is 0"),
        (IMAGES, LABELS, {"learning_rate": np.nan}, "learning_rate is nan"),
        (IMAGES, LABELS, {"seed": -1}, "seed is -1"),
        (IMAGES, LABELS, {"products": "float16"}, "products is 'float16'.*bfloat16"),
    ],
)
def test_bad_input_is_named(images, labels, settings, said):
    with pytest.raises(ValueError, match=said):
        grid.cross_validate(images, labels, **settings)


@pytest.mark.parametrize(
    "settings", [{"images": 1}, {"images": 2.5}, {"images": 9, "decays": [-1]}]
)
def test_plain_search_names_bad_settings(settings):
    with pytest.raises(ValueError, match=r"images is|0 or more"):
        grid.plain_search(**settings)


def test_recorded_grid_is_the_report_s_fourteen():
    if not grid.RECORD.exists():
        pytest.skip("the grid is not recorded yet: python -m benchmarks.grid_accuracies --record")
    found = grid.recorded()
    assert found.accuracies.shape == (14, 5)
    np.testing.assert_allclose(found.decays, [0, *grid.DECAYS])
    assert found.parameters == 39_760
    assert found.accuracies.mean(axis=1).max() >= 0.86
