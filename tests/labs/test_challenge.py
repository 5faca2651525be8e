"""The kit's answer to lab 6's challenge, without training it."""

import keras
import numpy as np
import pytest

from benchmarks import challenge


@pytest.fixture
def batches():
    """Ten images whose left half is dark and whose right half is bright, in batches of four."""
    images = np.zeros((10, 28, 28, 1), np.float32)
    images[:, :, 14:] = 1
    return challenge.Mirrored(images, np.arange(10), batch=4)


def _bright_left(images):
    return images[:, 0, 0, 0] == 1


def _all(batches):
    return [
        np.concatenate(parts) for parts in zip(*map(batches.__getitem__, range(2)), strict=True)
    ]


def test_some_images_of_an_epoch_are_mirrored_and_the_others_not(batches):
    images, _ = _all(batches)
    assert 0 < _bright_left(images).sum() < len(images)
    assert np.array_equal(images.sum(axis=(1, 2, 3)), [28 * 14] * 8)


def test_an_image_is_mirrored_in_every_other_epoch(batches):
    sides = {}
    for _ in range(6):
        for image, label in zip(*_all(batches), strict=True):
            sides.setdefault(int(label), []).append(bool(image[0, 0, 0]))
        batches.on_epoch_end()
    # A batch that is not full is left out, and so not every image is seen in every epoch.
    assert all(len(set(seen)) == 2 for seen in sides.values() if len(seen) == 6)
    assert len(sides) == 10


def test_the_training_images_stay_as_they_are(batches):
    before = batches.images.copy()
    _all(batches)
    np.testing.assert_array_equal(batches.images, before)


def test_an_image_and_its_mirror_image_get_the_same_opinion():
    keras.utils.set_random_seed(0)
    model = challenge.seen_from_both_sides(challenge.residual_network(4, (8,)))
    images = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)
    np.testing.assert_allclose(model(images), model(images[:, :, ::-1]), atol=1e-6)
    np.testing.assert_allclose(np.sum(model(images), axis=1), 1, atol=1e-5)


def test_rate_rises_for_a_quarter_then_falls_to_zero():
    rate = [float(challenge.one_cycle(100, top=0.01)(step)) for step in range(101)]
    assert np.argmax(rate) == 25
    assert max(rate) == pytest.approx(0.01)
    assert np.all(np.diff(rate[:26]) > 0) and np.all(np.diff(rate[25:]) < 0)
    assert rate[100] == pytest.approx(0, abs=1e-8)
