"""The line that moves while a network trains silently: what it says; it changes nothing."""

import itertools

import numpy as np
import pytest

from labkit.notebook import kernel, training
from labkit.notebook.cells import cells


class _Page:
    """Stands for the way to the page; keeps what is sent."""

    def __init__(self):
        self.lines = []

    def send(self, data):
        self.lines.append(data["line"])


@pytest.fixture
def keras(monkeypatch):
    keras = pytest.importorskip("keras")
    monkeypatch.setattr(keras.Model, "fit", keras.Model.fit)
    training.show()
    return keras


@pytest.fixture
def page(monkeypatch):
    page = _Page()
    monkeypatch.setattr(kernel, "page_comms", [page])
    monkeypatch.setattr(cells, "current", "fit-mlp")
    return page


def _model(keras):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


X = np.linspace(0, 1, 80).reshape(20, 4)
Y = np.arange(20) % 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "named"), [((), {"verbose": 0}), ((8, 4, 0), {}), ((8, 4, 0, None, 0.2), {})]
)
def test_a_silent_training_shows_its_line_and_learns_the_same(arguments, named, keras, page):
    epochs = arguments[1] if arguments else 1
    shown = _model(keras)
    history = shown.fit(X, Y, *arguments, **named)
    assert page.lines[0] == f"Training: 0 of {epochs} epochs" and page.lines[-1] == ""
    for number, loss in enumerate(history.history["loss"], start=1):
        assert f"{number} of {epochs} epochs, loss {loss:.3f}" in page.lines[number]
    page.lines.clear()
    kernel.page_comms.clear()
    plain = _model(keras)
    assert plain.fit(X, Y, *arguments, **named).history == history.history
    assert page.lines == []


@pytest.mark.slow
def test_a_training_that_speaks_for_itself_is_left_alone(keras, page, capsys):
    _model(keras).fit(X, Y, verbose=2)
    assert page.lines == [] and "loss" in capsys.readouterr().out


@pytest.mark.slow
def test_the_line_goes_with_an_error(keras, page):
    with pytest.raises(ValueError, match=r"."):
        _model(keras).fit(X[:, :2], Y, verbose=0)
    assert page.lines[-1] == ""


def test_the_time_that_is_left_falls_to_nothing():
    lines = [training.line(n, 5, {"loss": 0.5}, 30.0) for n in range(6)]
    assert "about 2 minutes to go" in lines[0] and "about 30 s to go" in lines[4]
    assert "to go" not in lines[5]
    assert all(one != other for one, other in itertools.pairwise(lines))
