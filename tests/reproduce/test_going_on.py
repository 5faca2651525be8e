"""A training that was interrupted at any moment goes on after its last finished epoch."""

import keras
import numpy as np
import pytest

from labkit.reports import going_on

EPOCHS, STEPS, BATCH = 3, 2, 4


class Interrupt(keras.callbacks.Callback):
    """Stands for Ctrl-C or a power cut: it comes after some batches."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def model():
    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def fit(network, folder, *callbacks):
    numbers = np.random.default_rng(0)
    x, y = numbers.random((STEPS * BATCH, 3), dtype=np.float32), np.arange(STEPS * BATCH) % 2
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "verbose": 0, "callbacks": [*callbacks]}
    return going_on.fit(network, folder, 1, x=x, y=y, validation_data=(x, y), **settings)


def test_a_run_in_one_piece_says_nothing_of_going_on(tmp_path):
    trained = fit(model(), tmp_path / "state")
    assert set(trained) == {"curves", "seconds", "processor_seconds"}
    assert {name: len(values) for name, values in trained["curves"].items()} == dict.fromkeys(
        ("loss", "accuracy", "val_loss", "val_accuracy"), EPOCHS
    )
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("batches", range(1, EPOCHS * STEPS + 1))
def test_it_goes_on_wherever_it_was_interrupted(batches, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fit(model(), tmp_path / "state", Interrupt(batches))
    finished = (batches - 1) // STEPS
    network = model()
    trained = fit(network, tmp_path / "state")
    assert trained.get("resumed_after", []) == ([finished] if finished else [])
    assert {len(values) for values in trained["curves"].values()} == {EPOCHS}
    assert int(network.optimizer.iterations) == EPOCHS * STEPS
    assert not (tmp_path / "state").exists()


def test_it_goes_on_more_than_once(tmp_path):
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            fit(model(), tmp_path / "state", Interrupt(STEPS + 1))
    trained = fit(model(), tmp_path / "state")
    assert trained["resumed_after"] == [1, 2]
    assert {len(values) for values in trained["curves"].values()} == {EPOCHS}
