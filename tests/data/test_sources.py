"""Where the images come from, and that bad input changes nothing in the cache."""

import concurrent.futures
import multiprocessing
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import data
from labkit.data import cache, contents, examples, idx, settings, sources, specs

from .conftest import IDX_NAMES, make_arrays, make_spec


def snapshot() -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in cache.root().rglob("*") if p.is_file()}


def same(found: contents.Arrays, expected: contents.Arrays) -> bool:
    return all(np.array_equal(found[name], expected[name]) for name in expected)


# The folder


@pytest.mark.parametrize("below", [".", "tiny"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_folder(spec, arrays, folder_of, below: str, suffix: str) -> None:
    folder_of(arrays, below, suffix)
    loaded = sources.load(spec)
    assert same(loaded.arrays, arrays)
    assert loaded.source == data.Source("tiny", "real", "folder")


def test_second_load_does_not_decompress(spec, arrays, folder_of, monkeypatch) -> None:
    folder_of(arrays)
    sources.load(spec)
    monkeypatch.setattr(idx, "read_idx", None)
    assert same(sources.load(spec).arrays, arrays)


def test_changed_file_is_noticed(spec, arrays, folder_of) -> None:
    place = folder_of(arrays)
    sources.load(spec)
    before = snapshot()
    idx.write_idx(place / f"{IDX_NAMES['x_test']}.gz", 255 - arrays["x_test"])
    with pytest.raises(data.DataError, match="contents are not those of Tiny"):
        sources.load(spec)
    assert snapshot() == before


def test_npz_file(spec, arrays, tmp_path, monkeypatch) -> None:
    spec = make_spec("tiny", arrays, published={"tiny.npz": ""})
    np.savez_compressed(tmp_path / "tiny.npz", **arrays)
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    assert same(sources.load(spec).arrays, arrays)


def _replace(key: str, content: bytes):
    def spoil(place: pathlib.Path, arrays: contents.Arrays) -> None:
        (place / f"{IDX_NAMES[key]}.gz").write_bytes(content)

    return spoil


def _edit(key: str, edit):
    def spoil(place: pathlib.Path, arrays: contents.Arrays) -> None:
        idx.write_idx(place / f"{IDX_NAMES[key]}.gz", edit(arrays))

    return spoil


def _truncate(place: pathlib.Path, arrays: contents.Arrays) -> None:
    path = place / f"{IDX_NAMES['x_train']}.gz"
    path.write_bytes(path.read_bytes()[:-100])


def _remove(place: pathlib.Path, arrays: contents.Arrays) -> None:
    (place / f"{IDX_NAMES['y_test']}.gz").unlink()


BAD = {
    "missing file": (_remove, "missing: t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz"),
    "truncated": (_truncate, "cut off"),
    "web page": (_replace("x_train", b"<html>"), "web page"),
    "fewer images": (_edit("x_train", lambda a: a["x_train"][:-1]), "holds 19 items"),
    "train and test mixed up": (_edit("x_train", lambda a: a["x_test"]), "mixed up"),
    "images for labels": (_edit("y_train", lambda a: a["x_train"]), "mixed up"),
    "float pixels": (_edit("x_train", lambda a: a["x_train"] / 255), "holds float64"),
    "label out of range": (_edit("y_train", lambda a: a["y_train"] + 1), "label 10 at position 9"),
    "one pixel changed": (_edit("x_train", lambda a: a["x_train"] ^ 1), "contents are not those"),
}


@pytest.mark.parametrize(("spoil", "words"), BAD.values(), ids=BAD)
def test_bad_folder_is_an_error(spec, arrays, folder_of, spoil, words: str) -> None:
    place = folder_of(arrays)
    spoil(place, arrays)
    with pytest.raises(data.DataError, match=words) as caught:
        sources.load(spec)
    assert str(place) in str(caught.value)
    assert snapshot() == {}


def test_another_data_set_is_named(spec, arrays, folder_of, monkeypatch) -> None:
    digits = make_arrays(seed=2)
    monkeypatch.setitem(specs.DATASETS, "digits", make_spec("digits", digits))
    folder_of(digits)
    with pytest.raises(data.DataError, match="this is the array x_train of Digits, not"):
        sources.load(spec)


@pytest.mark.parametrize("content", [b"<html>", b"", b"PK\x03\x04 not a zip"])
def test_bad_npz_file(arrays, tmp_path, monkeypatch, content: bytes) -> None:
    spec = make_spec("tiny", arrays, published={"tiny.npz": ""})
    (tmp_path / "tiny.npz").write_bytes(content)
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match=r"tiny.npz: .*fetch it again"):
        sources.load(spec)


def test_npz_without_an_array(arrays, tmp_path, monkeypatch) -> None:
    spec = make_spec("tiny", arrays, published={"tiny.npz": ""})
    np.savez(tmp_path / "tiny.npz", x_train=arrays["x_train"])
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match="y_train is missing"):
        sources.load(spec)


def test_missing_folder(spec, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path / "Sample"))
    with pytest.raises(data.DataError, match=r"no such folder.*LABKIT_DATA=sample"):
        sources.load(spec)


# The cache


def test_cache_gives_what_was_stored(spec, arrays) -> None:
    assert cache.load(spec) is None
    assert cache.store(spec, arrays)
    loaded = sources.load(spec)
    assert same(loaded.arrays, arrays)
    assert loaded.source.place == "cache"


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"<html>", None])
def test_damaged_cache_is_said_and_not_used(spec, arrays, capsys, content) -> None:
    cache.store(spec, arrays)
    path = cache.root() / "tiny" / "x_train.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00" if content is None else content)
    assert sources.load(spec).source.kind == "sample"
    assert "the cached copy of Tiny is not used: x_train.npy" in capsys.readouterr().out


def test_damaged_cache_is_mended_from_the_folder(spec, arrays, folder_of) -> None:
    folder_of(arrays)
    sources.load(spec)
    (cache.root() / "tiny" / "x_train.npy").write_bytes(b"")
    assert same(sources.load(spec).arrays, arrays)
    assert same(cache.load(spec), arrays)


def test_unwritable_cache_does_not_stop_work(
    spec, arrays, folder_of, tmp_path, monkeypatch, capsys
) -> None:
    (tmp_path / "file").write_text("a file is no folder, not even for an administrator")
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path / "file" / "cache"))
    folder_of(arrays)
    assert same(sources.load(spec).arrays, arrays)
    sources.load(spec)
    said = capsys.readouterr().out
    assert said.count("cannot be kept in the cache") == 1
    assert "LABKIT_CACHE" in said


FULL_DISK = """
import resource, sys
from labkit import files
from labkit.data import cache
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
path = cache.root() / "tiny" / "x_train.npy"
try:
    with files.replacing(path) as file:
        file.write(bytes(100_000))
except OSError as error:
    cache.say_not_stored("Tiny", error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_full_disk_leaves_the_cache_as_it_was(spec, arrays) -> None:
    cache.store(spec, arrays)
    before = snapshot()
    result = subprocess.run(
        [sys.executable, "-c", FULL_DISK], capture_output=True, text=True, check=True
    )
    assert "Tiny cannot be kept in the cache" in result.stdout
    assert snapshot() == before  # no temporary file either


def test_interruption_leaves_the_cache_as_it_was(spec, arrays, monkeypatch) -> None:
    cache.store(spec, arrays)
    before = snapshot()

    def interrupted(file, array, **options) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cache.store(spec, arrays)
    assert snapshot() == before


def _store_often(arguments: tuple[str, specs.Dataset, contents.Arrays]) -> bool:
    os.environ["LABKIT_CACHE"], spec, arrays = arguments
    return all(cache.store(spec, arrays) and same(cache.load(spec), arrays) for _ in range(30))


def test_two_processes_at_once(spec, arrays) -> None:
    task = (str(cache.root()), spec, arrays)
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=spawn) as pool:
        assert list(pool.map(_store_often, [task, task])) == [True, True]
    assert sorted(os.listdir(cache.root() / "tiny")) == [
        "x_test.npy",
        "x_train.npy",
        "y_test.npy",
        "y_train.npy",
    ]


# The drawn sample


def test_forced_sample_is_said_once(monkeypatch, capsys) -> None:
    monkeypatch.setenv("LABKIT_DATA", "sample")
    data.load_fashion_mnist()
    data.load_fashion_mnist()
    assert data.source().kind == "sample"
    out, err = capsys.readouterr()
    assert out.count("Fashion-MNIST, drawn sample (not the real data)") == 1
    assert err == ""


def test_offline_without_a_cache_draws(monkeypatch, capsys) -> None:
    monkeypatch.setenv("LABKIT_OFFLINE", "1")
    assert data.source("mnist") == data.Source("mnist", "sample", "drawn")
    assert "LABKIT_OFFLINE" in capsys.readouterr().out


def test_source_in_words() -> None:
    real = "Fashion-MNIST, the real data: 60,000 training and 10,000 test images"
    for place in ("folder", "cache", "download"):
        assert str(data.Source("fashion-mnist", "real", place)) == real
    assert str(data.Source("mnist", "sample", "drawn")) == (
        "MNIST, drawn sample (not the real data): 6,000 training and 1,000 test images"
    )


def test_unknown_data_set() -> None:
    with pytest.raises(data.DataError, match="Choose one of: fashion-mnist, mnist"):
        data.source("cifar")


# The example files


def test_example_files_hold_the_first_test_images(monkeypatch) -> None:
    monkeypatch.setenv("LABKIT_DATA", "sample")
    _, (x_test, y_test) = data.load_fashion_mnist()
    example = data.example_files()
    images, labels = data.read_csv(example.csv)
    for found in (images, data.read_idx(example.images_idx)):
        assert np.array_equal(found, x_test[:1000])
    for found in (labels, data.read_idx(example.labels_idx)):
        assert np.array_equal(found, y_test[:1000])
    written = example.csv.stat().st_mtime_ns
    assert data.example_files() == example
    assert example.csv.stat().st_mtime_ns == written


def test_example_files_without_a_cache(monkeypatch, tmp_path, capsys) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("LABKIT_DATA", "sample")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert data.read_idx(data.example_files().images_idx).shape == (1000, 28, 28)
    assert "cannot be kept in the cache" in capsys.readouterr().out


# In advance


@pytest.fixture
def in_advance(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sources, examples):
        monkeypatch.setattr(module, "_in_advance", {})


@pytest.mark.usefixtures("in_advance")
def test_what_was_loaded_in_advance_is_taken_once(monkeypatch, capsys) -> None:
    monkeypatch.setenv("LABKIT_DATA", "sample")
    data.load_in_advance("fashion-mnist")
    assert capsys.readouterr().out == "", "nothing is said before there is somebody to read it"
    with monkeypatch.context() as patch:
        patch.setattr(sources, "_loaded", None)  # nothing is loaded now
        example = data.example_files()
        told = str(data.source())
        (x_train, _), (x_test, _) = data.load_fashion_mnist()
    assert capsys.readouterr().out.count("drawn sample (not the real data)") == 1
    assert np.array_equal(data.read_csv(example.csv)[0], x_test[:1000])
    before = x_train.copy()
    x_train[:] = 0
    assert np.array_equal(data.load_fashion_mnist()[0][0], before), "the next load is unspoilt"
    assert str(data.source()) == told


@pytest.mark.usefixtures("in_advance")
def test_other_settings_lead_to_other_data(monkeypatch, spec, arrays, folder_of) -> None:
    monkeypatch.setenv("LABKIT_DATA", "sample")
    sources.load_in_advance(spec)
    folder_of(arrays)
    assert sources.source(spec).kind == "real"
    assert same(sources.load(spec).arrays, arrays)


# The import


def test_import_is_light() -> None:
    heavy = "{'tensorflow', 'keras', 'pandas', 'pooch', 'requests', 'matplotlib'}"
    code = f"import sys, labkit.data; print({heavy} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "set()", result.stderr


# What decides


@given(
    st.dictionaries(st.sampled_from(settings.NAMES), st.sampled_from(["", "sample", "/no", "1"]))
)
def test_settings_that_are_held_stay_whatever_becomes_of_the_environment(later) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "_held", {})
        for name in settings.NAMES:
            patch.delenv(name, raising=False)
        patch.setenv("LABKIT_DATA", " sample ")
        settings.hold()
        held = settings.asked()
        for name in settings.NAMES:
            patch.delenv(name, raising=False)
        for name, value in later.items():
            patch.setenv(name, value)
        assert (
            settings.asked() == held == dict(zip(settings.NAMES, ("sample", "", ""), strict=True))
        )


def test_what_one_changes_is_not_handed_to_the_next(monkeypatch):
    monkeypatch.setenv("LABKIT_DATA", "sample")
    (first, _), _ = data.load_fashion_mnist()
    kept = first.copy()
    first[:] = 0
    (again, _), _ = data.load_fashion_mnist()
    np.testing.assert_array_equal(again, kept)
