"""The drawn sample and its models."""

import hashlib
import time

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from labkit import data
from labkit.data import sample

# Of the training and test images. If they change, so do stored outputs and floors.
DIGESTS = {
    "load_fashion_mnist": "60eb25f3a0795ad8",
    "load_mnist": "4ded0c64bc7fbea7",
}


@pytest.mark.parametrize("loader", DIGESTS)
@pytest.mark.usefixtures("sample_data")
def test_sample(loader: str) -> None:
    start = time.process_time()
    (x_train, y_train), (x_test, y_test) = getattr(data, loader)()
    assert time.process_time() - start < 1
    assert x_train.shape == (6000, 28, 28)
    assert x_test.shape == (1000, 28, 28)
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    for labels in (y_train, y_test):
        sizes = np.bincount(labels)
        if loader == "load_fashion_mnist":  # as in the real data
            assert sizes.tolist() == [len(labels) // 10] * 10
        else:  # no count of another digit is right by chance
            assert len({*sizes.tolist()}) == 10
    digest = hashlib.sha256(x_train.tobytes() + x_test.tobytes()).hexdigest()
    assert digest[:16] == DIGESTS[loader]


def test_fit_finds_what_was_drawn() -> None:
    rng = np.random.default_rng(0)
    pattern = np.sign(rng.standard_normal((2, 1, 64)))
    level = rng.standard_normal((2, 500, 1)) * 20
    images = np.rint(128 + level * pattern).clip(0, 255).astype(np.uint8).reshape(1000, 8, 8)
    model = sample.fit(images, np.repeat([0, 1], 500), np.array([0, 1, 1]), n_components=2)
    assert np.allclose(model.mean, 128, atol=3)
    assert np.allclose(np.abs(model.components[:, 0]), 1 / 8, atol=0.01)
    assert np.allclose(model.spread[:, 0], 20 * 8, rtol=0.1)
    assert np.all(model.spread[:, 1] < 5)
    assert model.counts.tolist() == [[500, 500], [1, 2]]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(800, 7000), min_size=2, max_size=12), st.integers(500, 9000))
def test_classes_keep_their_shares_and_their_order(counts, n):
    counts = np.array(counts)
    sizes = sample.class_sizes(counts, n)
    assert sizes.sum() == n and sizes.min() >= 1
    larger = counts[:, None] > counts
    assert np.all((sizes[:, None] > sizes)[larger])
    assert np.all(np.abs(sizes - counts * n / counts.sum()) < len(counts) + 1)


def test_model_file_is_the_same_each_time(tmp_path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8), np.uint8)
    contents = []
    for name in ("a.npz", "b.npz"):
        sample.save(
            tmp_path / name, sample.fit(images, np.arange(40) % 2, np.arange(2), n_components=3)
        )
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]
    drawn = sample.draw(sample.load(tmp_path / "a.npz"), n_train=10, n_test=4)
    assert drawn[0][0].shape == (10, 8, 8)


def test_seed_decides() -> None:
    model = sample.Model(
        np.full((2, 16), 128, np.float16),
        np.eye(2, 16)[None].repeat(2, 0),
        np.full((2, 2), 9.0),
        np.ones((2, 2), np.int64),
    )
    first, second, other = (sample.draw(model, 10, 2, seed)[0][0] for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
