"""Facts of the real data, where it is at hand."""

import pathlib
import shutil

import numpy as np
import pytest

from labkit import data
from labkit.data import folder, specs


@pytest.fixture
def real(real_data: str, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    if not real_data:
        pytest.skip("the real data is in the cache, which these tests do not use")
    monkeypatch.setenv("LABKIT_DATA", real_data)
    return pathlib.Path(real_data)


@pytest.mark.usefixtures("real")
def test_fashion_mnist() -> None:
    (x_train, y_train), (x_test, y_test) = data.load_fashion_mnist()
    assert (x_train.shape, x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert (y_train.shape, y_test.shape) == ((60000,), (10000,))
    assert x_train[0, 19, 14] == 65
    assert y_train[:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]
    assert round(x_train.mean() / 255, 4) == 0.2860
    assert round(x_train.std() / 255, 4) == 0.3530
    assert np.bincount(y_test).tolist() == [1000] * 10
    assert data.source().place == "folder"


@pytest.mark.usefixtures("real")
def test_mnist() -> None:
    (x_train, y_train), (x_test, _) = data.load_mnist()
    assert (x_train.shape, x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert y_train[:5].tolist() == [5, 0, 4, 1, 9]


def test_mnist_in_place_of_fashion_mnist(real, tmp_path, monkeypatch) -> None:
    for path in folder.locate(real, specs.FASHION_MNIST):
        shutil.copy(path, tmp_path)
    (_, _), (digits, _) = data.load_mnist()
    for path in tmp_path.glob("t10k-images*"):
        path.unlink()
    data.write_idx(tmp_path / "t10k-images-idx3-ubyte", digits)
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match="this is the array x_test of MNIST"):
        data.load_fashion_mnist()
