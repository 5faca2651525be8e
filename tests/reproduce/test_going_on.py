"""A training that was interrupted at any moment goes on after its last finished epoch."""

import keras
import numpy as np
import pytest
import tensorflow as tf

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
    # Dropout draws in every step, in a network within the network, too.
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dropout(0.5)]
    inner = keras.Sequential([keras.Input((3,)), *layers])
    outer = [keras.Input((3,)), inner, keras.layers.Dense(2, activation="softmax")]
    network = keras.Sequential(outer)
    network.compile(
        keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return network


def fit(network, folder, *callbacks, seed=1):
    numbers = np.random.default_rng(0)
    # The last batch is not full.
    x, y = numbers.random((STEPS * BATCH - 1, 3), dtype=np.float32), np.arange(STEPS * BATCH - 1)
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "verbose": 0, "callbacks": callbacks}
    return going_on.fit(network, folder, seed, x=x, y=y % 2, validation_data=(x, y % 2), **settings)


@pytest.fixture(scope="module")
def in_one_piece(tmp_path_factory):
    """Return the network and the curves of a training that nothing interrupted."""
    network = model()
    trained = fit(network, tmp_path_factory.mktemp("one") / "state")
    return network, trained["curves"]


def _state(network):
    every = [*network.variables, *network.optimizer.variables]
    return [keras.ops.convert_to_numpy(one) for one in every]


def assert_same(network, trained, in_one_piece):
    """Weights, optimizer and curves are the same, but for the last digits."""
    other, curves = in_one_piece
    for one, two in zip(_state(network), _state(other), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-3, atol=1e-4)
    assert trained["curves"].keys() == curves.keys()
    for name, values in curves.items():
        np.testing.assert_allclose(trained["curves"][name], values, atol=1e-3)


def test_a_run_in_one_piece_says_nothing_of_going_on(tmp_path):
    trained = fit(model(), tmp_path / "state")
    assert set(trained) == {"curves", "seconds", "processor_seconds"}
    assert {name: len(values) for name, values in trained["curves"].items()} == dict.fromkeys(
        ("loss", "accuracy", "val_loss", "val_accuracy"), EPOCHS
    )
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("batches", range(1, EPOCHS * STEPS + 1))
def test_it_goes_on_wherever_it_was_interrupted(batches, tmp_path, in_one_piece):
    with pytest.raises(KeyboardInterrupt):
        fit(model(), tmp_path / "state", Interrupt(batches))
    finished = (batches - 1) // STEPS
    network = model()
    trained = fit(network, tmp_path / "state")
    assert trained.get("resumed_after", []) == ([finished] if finished else [])
    assert {len(values) for values in trained["curves"].values()} == {EPOCHS}
    assert int(network.optimizer.iterations) == EPOCHS * STEPS
    assert_same(network, trained, in_one_piece)
    assert not (tmp_path / "state").exists()


def test_it_goes_on_more_than_once(tmp_path, in_one_piece):
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            fit(model(), tmp_path / "state", Interrupt(STEPS + 1))
    network = model()
    trained = fit(network, tmp_path / "state")
    assert trained["resumed_after"] == [1, 2]
    assert_same(network, trained, in_one_piece)


def test_it_goes_on_from_the_epoch_before_when_the_last_backup_is_broken(tmp_path, in_one_piece):
    """As one is that was being written when the power went."""
    with pytest.raises(KeyboardInterrupt):
        fit(model(), tmp_path / "state", Interrupt(2 * STEPS + 1))
    weights = tmp_path / "state" / "backup" / "latest.weights.h5"
    weights.write_bytes(weights.read_bytes()[:1_000])
    network = model()
    trained = fit(network, tmp_path / "state")
    assert trained["resumed_after"] == [1]
    assert_same(network, trained, in_one_piece)


def orders(seed, epochs):
    """Return the places of ten images in each of the epochs."""
    epoch = tf.Variable(0)
    x, y = np.arange(10), np.arange(10)
    batches = going_on._batches(x, y, 4, seed, epoch)
    assert batches.options().autotune.enabled is False  # else an epoch at times ends late
    found = []
    for number in epochs:
        epoch.assign(number)
        places = [one for one, _ in batches.as_numpy_iterator()]
        assert [len(one) for one in places] == [4, 4, 2]
        assert len(batches) == 3
        found.append(np.concatenate(places).tolist())
    return found


def test_each_epoch_draws_what_belongs_to_its_number():
    epoch, network = tf.Variable(0), model()
    (drawing,) = [
        drawing for layer in network._flatten_layers() for drawing in layer._seed_generators
    ]
    luck = going_on._Luck(epoch)
    luck.set_model(network)
    states = []
    for number in (0, 3, 0):
        luck.on_epoch_begin(number)
        assert int(epoch) == number
        states.append(keras.ops.convert_to_numpy(drawing.state).tolist())
        network(np.zeros((1, 3), np.float32), training=True)
    assert states[0] == states[2] != states[1]


def test_each_epoch_has_all_images_in_an_order_of_its_own():
    first, second, third = orders(1, [0, 1, 2])
    assert sorted(first) == sorted(second) == sorted(third) == list(range(10))
    assert first != second != third != first
    assert orders(1, [2, 0]) == [third, first]
    assert orders(2, [0]) != [first]
