"""The download, from mirrors on this machine."""

import dataclasses
import gzip
import socket
import time

import numpy as np
import pytest

from labkit import data
from labkit.data import cache, download, sources

from .conftest import IDX_NAMES, compressed


@pytest.fixture
def online(monkeypatch) -> None:
    monkeypatch.setenv("LABKIT_OFFLINE", "0")


def give(mirror, arrays, below: str = "/") -> None:
    for key, array in arrays.items():
        mirror.answers[f"{below}{IDX_NAMES[key]}.gz"] = compressed(array)


def from_mirrors(spec, *addresses: str):
    return dataclasses.replace(spec, mirrors=addresses)


@pytest.mark.usefixtures("online")
def test_good_mirror_fills_the_cache(spec, arrays, mirror, capsys) -> None:
    give(mirror, arrays)
    spec = from_mirrors(spec, mirror.address)
    loaded = sources.load(spec)
    assert loaded.source.place == "download"
    assert all(np.array_equal(loaded.arrays[name], arrays[name]) for name in arrays)
    out, err = capsys.readouterr()
    assert "train-images-idx3-ubyte.gz: 100%" in out.replace("|", " ")
    assert err == ""
    assert sources.load(spec).source.place == "cache"
    assert mirror.requests[0] == "/t10k-labels-idx1-ubyte.gz"  # the smallest first
    assert len(mirror.requests) == 4


def test_next_mirror_helps(spec, arrays, mirror) -> None:
    give(mirror, arrays, "/second/")
    spec = from_mirrors(spec, f"{mirror.address}first/", f"{mirror.address}second/")
    assert np.array_equal(download.fetch(spec)["x_train"], arrays["x_train"])
    assert [path for path in mirror.requests if path.startswith("/first/")] == [
        "/first/t10k-labels-idx1-ubyte.gz"
    ]


LABELS = f"/{IDX_NAMES['y_test']}.gz"
PAGE = b"<!DOCTYPE html><html><title>Please log in</title></html>"
BAD = {
    "web page": (PAGE, None, "web page instead of the file.*log in"),
    "interrupted": (b"\x1f\x8b", 5000, "IncompleteRead|broken|incomplete"),
    "changed file": (gzip.compress(b"other"), None, "SHA256"),
    "not there": (None, None, "404"),
}


@pytest.mark.parametrize(("body", "promised", "words"), BAD.values(), ids=BAD)
def test_bad_mirror(spec, arrays, mirror, body, promised, words: str) -> None:
    give(mirror, arrays)
    if body is None:
        del mirror.answers[LABELS]
    else:
        mirror.answers[LABELS] = body
    if promised:
        mirror.promised[LABELS] = promised
    spec = from_mirrors(spec, mirror.address)
    with pytest.raises(data.DownloadError, match=words) as caught:
        download.fetch(spec)
    assert mirror.address in str(caught.value)
    assert "Try again later" in str(caught.value)
    assert not cache.root().exists()


@pytest.mark.usefixtures("online")
def test_failure_is_said_and_not_repeated(spec, mirror, capsys) -> None:
    spec = from_mirrors(spec, mirror.address)
    mirror.answers[LABELS] = PAGE
    for _ in range(2):
        assert sources.load(spec).source.kind == "sample"
    assert len(mirror.requests) == 1
    said = capsys.readouterr().out
    assert said.count("web page instead of the file") == 1
    assert "drawn sample (not the real data)" in said


def test_silent_mirror_is_given_up_soon(spec, monkeypatch) -> None:
    monkeypatch.setattr(download, "CONNECT_TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes the call and says nothing
        spec = from_mirrors(spec, f"http://127.0.0.1:{server.getsockname()[1]}/")
        start = time.monotonic()
        with pytest.raises(data.DownloadError, match="no mirror could be reached"):
            download.fetch(spec)
        assert time.monotonic() - start < 3
