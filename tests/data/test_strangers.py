"""What lies in place of a data file is named, with what to do, in at most ten lines."""

import contextlib
import gzip
import io
import json
import pathlib
import pickle
import plistlib
import re
import sqlite3
import sys
import tarfile
import tempfile

import numpy as np
import PIL.Image
import pytest
import scipy.io
from hypothesis import given
from hypothesis import strategies as st

from labkit import data
from labkit.data import folder, idx, specs, table

IMAGES = np.arange(3 * 28 * 28, dtype=np.uint8).reshape(3, 28, 28)
LABELS = np.array([1, 2, 3], np.uint8)
STRANGERS = {
    "LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n",
    "web page": b"<!DOCTYPE html><title>Log in</title>",
    "PNG": b"\x89PNG\r\n\x1a\n....",
    "zip": b"PK\x03\x04......",
    "JSON": b'{"message": "rate limit exceeded"}',
    "empty": b"",
}


def told(error) -> str:
    text = str(error.value)
    assert len(text.splitlines()) <= 10 and len(text) < 1500, text
    return text


@pytest.mark.parametrize("what", STRANGERS)
@pytest.mark.parametrize("read", [idx.read_idx, table.read_csv])
def test_stranger_is_named(tmp_path, what, read):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(STRANGERS[what])
    with pytest.raises(data.DataError) as error:
        read(path)
    assert what in told(error) or what == "empty"
    assert str(path) in told(error)


def test_compressed_twice(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(gzip.compress(idx.idx_bytes(IMAGES))))
    with pytest.raises(data.DataError, match="compressed twice") as error:
        idx.read_idx(path)
    assert "gunzip" in told(error)


@pytest.mark.parametrize("place", ["", "data/raw/"])
@pytest.mark.parametrize("ending", ["", ".gz", " (1).gz", ".gz.part"])
@pytest.mark.parametrize("dash", [".", "-", "_"])
def test_another_name_or_place_is_told(tmp_path, place, ending, dash):
    named = [array.idx_name for array in specs.FASHION_MNIST.arrays]
    there = [name.replace("-idx", f"{dash}idx") + ending for name in named]
    for name in there:
        path = tmp_path / place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    if (place, ending, dash) in {("", "", "-"), ("", ".gz", "-")}:
        assert len(folder.locate(tmp_path, specs.FASHION_MNIST)) == 4
        return
    with pytest.raises(data.DataError) as error:
        folder.locate(tmp_path, specs.FASHION_MNIST)
    for name in there:
        assert f"{place}{name}: move it to fashion-mnist/" in told(error)


@pytest.mark.parametrize("sign", [";", "\t", " ", "|"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_other_separators(tmp_path, sign, decimal):
    path = tmp_path / "train.csv"
    text = table.csv_bytes(IMAGES, LABELS).decode().replace(",", sign)
    path.write_text(text.replace(f"{sign}2{sign}", f"{sign}2{decimal}0{sign}"))
    with pytest.raises(
        data.DataError, match=r"separated by (semicolons|tabs|spaces|bars)"
    ) as error:
        table.read_csv(path)
    assert "sep=" in told(error)


def test_shifted_columns(tmp_path):
    import pandas as pd

    path = tmp_path / "train.csv"
    path.write_bytes(table.csv_bytes(IMAGES, LABELS))
    frame = pd.read_csv(path)
    for changed, word in (
        (lambda: frame.to_csv(path), "index=False"),
        (lambda: frame.to_csv(path, index=False, header=False), "numbers, not names"),
        (
            lambda: frame.set_axis(["label", *(f"pixel{n}" for n in range(784))], axis=1).to_csv(
                path, index=False
            ),
            "counted from 0",
        ),
        (lambda: path.write_text("x" * 9000 + ",y\n1,2\n"), "missing"),
    ):
        changed()
        with pytest.raises(data.DataError, match=word) as error:
            table.read_csv(path)
        told(error)


def test_home_that_cannot_be_written(tmp_path, monkeypatch, capsys):
    from labkit.commands import lab

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    names = ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")
    for name in (*names, "MPLCONFIGDIR"):
        monkeypatch.setenv(name, str(tmp_path / "file" / name))
    lab.give_a_home()
    assert "cannot be written" in capsys.readouterr().out
    for name in names:
        pathlib.Path(lab.os.environ[name]).mkdir(parents=True)


POINTERS = {
    b"/annex/objects/SHA256E-s1--ab.csv\n": "git annex get",
    b"outs:\n- md5: 1\n  path: x\n": "dvc pull",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "Excel",
    b"PAR1\x15\x04": "Parquet",
    b"@RELATION mnist\n": "ARFF",
    b'[{"label": 1}]': "JSON",
    b"<!-- saved -->\n<html>": "web page",
    b"<Error><Code>AccessDenied</Code></Error>": "web page",
    b"version https://git-lfs.github.com/spec/v1\r\n": "git lfs pull",
    b"404: Not Found": "404: Not Found",
    b"ERR_ACCESS_DENIED squid\n": "ERR_ACCESS_DENIED squid",
}


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n \n"])
@pytest.mark.parametrize(("content", "word"), POINTERS.items())
def test_whatever_lies_in_place_of_a_file_is_named(tmp_path, content, word, before):
    if not content[0] < 128:
        before = b""
    for read in (data.read_csv, data.read_idx):
        path = tmp_path / "train-images-idx3-ubyte"
        path.write_bytes(before + content)
        with pytest.raises(data.DataError, match=re.escape(word)) as error:
            read(path)
        assert str(path) in str(error.value) and len(str(error.value).splitlines()) <= 10


def pictured(form: str) -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(IMAGES[0]).save(file, form)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("train.csv"))
    return file.getvalue()


def matlab() -> bytes:
    file = io.BytesIO()
    scipy.io.savemat(file, {"images": IMAGES})
    return file.getvalue()


def database() -> bytes:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table images (label int)")
        return connection.serialize()


# Each is written by the library that makes such files.
MADE = {
    "GIF": lambda: pictured("GIF"),
    "WebP": lambda: pictured("WEBP"),
    "Bitmap": lambda: pictured("BMP"),
    "Image File": lambda: pictured("TIFF"),
    "JPEG": lambda: pictured("JPEG"),
    "Pickle": lambda: pickle.dumps(IMAGES),
    "MATLAB": matlab,
    "SQLite": database,
    "Archive": tarred,
    "Property list": lambda: plistlib.dumps({"URL": "https://x"}, fmt=plistlib.FMT_BINARY),
    "ELF": lambda: pathlib.Path(sys.executable).resolve().read_bytes()[:4096],
    "zeros": lambda: bytes(4096),
    "notebook": lambda: json.dumps({"cells": [], "metadata": {}, "nbformat": 4}).encode(),
    "web page": lambda: "<html><body>Log in</body></html>".encode("utf-16"),
    "InternetShortcut": lambda: b"[InternetShortcut]\r\nURL=https://x\r\n",
}


@pytest.mark.parametrize("what", MADE)
@pytest.mark.parametrize("read", [idx.read_idx, table.read_csv])
def test_what_another_program_wrote_is_named(tmp_path, what, read):
    path = tmp_path / "train"
    path.write_bytes(MADE[what]())
    with pytest.raises(data.DataError, match=f"(?i){what}") as error:
        read(path)
    assert "JSON" not in told(error)


@given(st.binary(min_size=20))
def test_of_what_nobody_knows_no_table_is_made(content):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "train.csv")
        path.write_bytes(content)
        with pytest.raises(data.DataError) as error:
            data.read_csv(path)
    told(error)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("comma", [",", ", "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_right_table_however_it_was_saved(tmp_path, encoding, comma, end):
    text = table.csv_bytes(IMAGES, LABELS).decode().replace(",", comma).replace("\n", end)
    path = tmp_path / "train.csv"
    path.write_bytes(text.encode(encoding))
    images, labels = data.read_csv(path)
    assert (images == IMAGES).all() and (labels == LABELS).all()


@pytest.mark.parametrize("names", [["archive.zip"], ["train.csv", "test.csv"], []])
def test_folder_with_other_files_says_which(tmp_path, names):
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(data.DataError, match=", ".join(sorted(names)) or "Nothing lies there"):
        folder.locate(tmp_path, specs.FASHION_MNIST)
