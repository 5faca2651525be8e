"""A data set of an author's: one entry, and all that follows from it."""

import pathlib

import numpy as np
import pytest

from labkit import data
from labkit.checks.given import Reference
from labkit.data import cache, contents, dataset, sample, sources, specs

NAMES = ("Ahorn, rot", "Eiche (ä)", "3")
SIZES = {"train": (20, 11, 5), "test": (9, 6, 2)}


def leaves() -> contents.Arrays:
    random = np.random.default_rng(3)
    arrays = {}
    for part, sizes in SIZES.items():
        labels = random.permutation(np.repeat(np.arange(3, dtype=np.uint8), sizes))
        arrays[f"x_{part}"] = random.integers(0, 256, (len(labels), 9, 14), np.uint8)
        arrays[f"y_{part}"] = labels
    return arrays


def entry(**changes: object) -> dataset.Dataset:
    given = {"name": "leaves", "title": "Leaves", "class_names": NAMES}
    return dataset.of_npz(**given | {"image": (9, 14), "train": 36, "test": 17} | changes)


@pytest.fixture
def labkits_folder(tmp_path, monkeypatch) -> pathlib.Path:
    """Let another folder stand for the one that the entry's file lies in."""
    place = tmp_path / "labkit"
    place.mkdir()
    monkeypatch.setattr(dataset, "_HERE", place)
    monkeypatch.setitem(specs.DATASETS, "leaves", entry())
    return place


def same(found: tuple, expected: contents.Arrays) -> bool:
    flat = [array for part in found for array in part]
    return all(np.array_equal(a, b) for a, b in zip(flat, expected.values(), strict=True))


@pytest.mark.parametrize("setting", [None, "sample", "elsewhere"])
def test_a_file_in_labkit_is_at_hand_everywhere(labkits_folder, monkeypatch, tmp_path, setting):
    """Without a network, beside the drawn sample, and beside a folder that holds other data."""
    np.savez(labkits_folder / "leaves.npz", **leaves())
    monkeypatch.setenv("LABKIT_OFFLINE", "1")
    (tmp_path / "elsewhere").mkdir()
    if setting is not None:
        named = str(tmp_path / setting) if setting == "elsewhere" else setting
        monkeypatch.setenv("LABKIT_DATA", named)
    assert same(data.load_data("leaves"), leaves())
    source = data.source("leaves")
    assert (source.kind, source.place) == ("real", "labkit")
    assert str(source) == "Leaves, the real data: 36 training and 17 test images"
    assert data.class_names("leaves") == Reference("leaves").class_names == NAMES
    assert not cache.root().exists()


def test_a_folder_of_the_authors_comes_first(labkits_folder, monkeypatch, tmp_path):
    newer = leaves() | {"x_test": 255 - leaves()["x_test"]}
    np.savez(labkits_folder / "leaves.npz", **leaves())
    np.savez(tmp_path / "leaves.npz", **newer)
    stamp = data.stamp("leaves")
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    assert same(data.load_data("leaves"), newer) and data.source("leaves").place == "folder"
    assert data.stamp("leaves") != stamp


def test_a_file_that_is_nowhere_is_said(labkits_folder, monkeypatch, tmp_path):
    for setting in (None, "sample"):
        if setting:
            monkeypatch.setenv("LABKIT_DATA", setting)
        with pytest.raises(data.DataError, match=r"not at hand.*leaves\.npz.*LABKIT_DATA"):
            data.load_data("leaves")
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match=r"missing: leaves\.npz") as caught:
        data.load_data("leaves")
    assert "download" not in str(caught.value) and "drawn" not in str(caught.value)


def test_a_model_beside_it_gives_a_sample(labkits_folder, monkeypatch):
    arrays = leaves()
    model = sample.fit(arrays["x_train"], arrays["y_train"], arrays["y_test"], 4)
    sample.save(labkits_folder / "leaves-sample.npz", model)
    for variable, value in (("LABKIT_OFFLINE", "1"), ("LABKIT_DATA", "sample")):
        monkeypatch.setenv(variable, value)
        (x_train, y_train), (x_test, y_test) = data.load_data("leaves")
        assert x_train.shape == (36, 9, 14) and x_test.shape == (17, 9, 14)
        assert tuple(np.bincount(y_train)) == SIZES["train"]
        assert tuple(np.bincount(y_test)) == SIZES["test"]
        assert str(data.source("leaves")).startswith("Leaves, drawn sample")


def spoilt(arrays: contents.Arrays, key: str, array: np.ndarray | None) -> contents.Arrays:
    rest = {name: value for name, value in arrays.items() if name != key}
    return rest if array is None else rest | {key: array}


@pytest.mark.parametrize(
    ("key", "change", "words"),
    [
        ("y_train", lambda array: array.astype(int), "holds int64, but .* of uint8"),
        ("x_test", lambda array: array.transpose(0, 2, 1), r"shape \(17, 14, 9\)"),
        ("x_train", lambda array: array[:-1], "holds 35 items"),
        ("y_test", lambda array: array + np.uint8(1), "label 3 at position .* classes 0 to 2"),
        ("x_test", lambda array: None, "the array x_test is missing"),
    ],
)
def test_a_file_unlike_its_entry_is_said_with_the_remedy(labkits_folder, key, change, words):
    arrays = leaves()
    np.savez(labkits_folder / "leaves.npz", **spoilt(arrays, key, change(arrays[key])))
    with pytest.raises(data.DataError, match=rf"leaves\.npz.*{words}.*own\.py"):
        sources.load(specs.DATASETS["leaves"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "My leaves"}, "small letters"),
        ({"class_names": ("a", "b", "a")}, "all different"),
        ({"class_names": ("a",)}, "2 to 256"),
        ({"image": (126,)}, "rows and columns"),
        ({"test": 0}, "how many images"),
    ],
)
def test_an_entry_that_cannot_be_is_said(changes, words):
    with pytest.raises(data.DataError, match=words):
        entry(**changes)


def test_an_unknown_name_is_answered_with_those_that_there_are(labkits_folder):
    with pytest.raises(data.DataError, match=r"'leafs'.*fashion-mnist, mnist, leaves"):
        data.load_data("leafs")
