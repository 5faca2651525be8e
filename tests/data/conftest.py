"""A tiny data set with checksums of its own, and a mirror on this machine."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import http.server
import pathlib
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from labkit.data import contents, download, idx, notes, specs

IDX_NAMES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    """Give each test an empty cache and no memory of what was said or tried."""
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("LABKIT_DATA", raising=False)
    monkeypatch.setattr(notes, "_said", set())
    monkeypatch.setattr(download, "_failures", {})


def make_arrays(seed: int) -> contents.Arrays:
    rng = np.random.default_rng(seed)
    arrays = {}
    for part, n in (("train", 20), ("test", 10)):
        arrays[f"x_{part}"] = rng.integers(0, 256, (n, 28, 28), np.uint8)
        arrays[f"y_{part}"] = np.arange(n, dtype=np.uint8) % 10
    return arrays


def make_spec(name: str, arrays: contents.Arrays, **changes: object) -> specs.Dataset:
    parts = tuple(
        specs.Array(key, IDX_NAMES[key], array.shape, contents.digest(array))
        for key, array in arrays.items()
    )
    published = {
        f"{IDX_NAMES[key]}.gz": hashlib.sha256(compressed(arrays[key])).hexdigest()
        for key in ("y_test", "y_train", "x_test", "x_train")
    }
    return dataclasses.replace(
        specs.FASHION_MNIST,
        **{
            "name": name,
            "title": name.title(),
            "arrays": parts,
            "published": published,
            "mirrors": (),
            **changes,
        },
    )


def compressed(array: np.ndarray) -> bytes:
    return gzip.compress(idx.idx_bytes(array), mtime=0)


@pytest.fixture
def arrays() -> contents.Arrays:
    return make_arrays(seed=1)


@pytest.fixture
def spec(monkeypatch: pytest.MonkeyPatch, arrays: contents.Arrays) -> specs.Dataset:
    tiny = make_spec("tiny", arrays)
    monkeypatch.setitem(specs.DATASETS, "tiny", tiny)
    return tiny


@pytest.fixture
def folder_of(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that writes arrays as a folder and points ``LABKIT_DATA`` to it."""

    def write(arrays: contents.Arrays, below: str = ".", suffix: str = ".gz") -> pathlib.Path:
        place = tmp_path / "folder" / below
        for key, array in arrays.items():
            idx.write_idx(place / f"{IDX_NAMES[key]}{suffix}", array)
        monkeypatch.setenv("LABKIT_DATA", str(tmp_path / "folder"))
        return place

    return write


class Mirror:
    """A local mirror: paths and what it answers, and the requests that it got."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: dict[str, bytes] = {}
        self.promised: dict[str, int] = {}  # content lengths that are not true
        self.requests: list[str] = []


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.requests.append(self.path)
            self._head(self.path)
            self.wfile.write(served.answers.get(self.path, b""))

        def do_HEAD(self) -> None:
            self._head(self.path)

        def _head(self, path: str) -> None:
            body = served.answers.get(path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(served.promised.get(path, len(body or b""))))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Mirror(f"http://127.0.0.1:{server.server_port}/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()
