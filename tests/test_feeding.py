"""How arrays get to a network: in another order in each epoch, and tuned by no thread."""

import os
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
from keras.src.trainers.data_adapters import array_data_adapter
from scipy import sparse

from labkit.notebook import feeding

COUNT, EPOCHS = 970, 3


class Recorder(keras.Model):
    """A network that learns nothing and notes which numbers it was given."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)
        self.batches = []

    def call(self, inputs):
        return self.dense(inputs)

    def train_step(self, data):
        self.batches.append(np.ravel(keras.ops.convert_to_numpy(data[0])).astype(int))
        return {"loss": 0.0}


@pytest.fixture
def mended():
    feeding.mend()


def _orders(seed, x=None, y=None, **settings):
    """Return the numbers that were trained on, a row for each epoch."""
    keras.utils.set_random_seed(seed)
    model = Recorder()
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.arange(COUNT, dtype=float)[:, np.newaxis] if x is None else x
    y = np.zeros(COUNT) if y is None else y
    model.fit(x, y, batch_size=96, epochs=EPOCHS, verbose=0, **settings)
    return np.concatenate(model.batches).reshape(EPOCHS, -1)


@pytest.mark.usefixtures("mended")
def test_keras_still_needs_it(monkeypatch):
    """When this fails, Keras shuffles by itself: delete that part of `labkit.notebook.feeding`."""
    adapter = array_data_adapter.ArrayDataAdapter
    monkeypatch.setattr(adapter, "get_tf_dataset", adapter.plain_tf_dataset)
    first, *others = _orders(1)
    assert all(np.array_equal(first, other) for other in others)


@pytest.mark.usefixtures("mended")
class TestMended:
    def test_each_epoch_has_an_order_of_its_own(self):
        orders = _orders(1)
        for order in orders:
            assert np.array_equal(np.sort(order), np.arange(COUNT))
        assert not any(np.array_equal(orders[0], other) for other in orders[1:])

    def test_orders_follow_from_the_seed(self):
        assert np.array_equal(_orders(1), _orders(1))
        assert not np.array_equal(_orders(1), _orders(2))

    def test_images_held_out_stay_out(self):
        kept = COUNT * 9 // 10
        orders = _orders(1, validation_split=0.1)
        assert np.array_equal(np.sort(orders[0]), np.arange(kept))

    def test_no_shuffling_where_none_is_wanted(self):
        assert np.array_equal(_orders(1, shuffle=False)[1], np.arange(COUNT))

    @pytest.mark.parametrize(
        "form", [pd.DataFrame, np.float16, keras.ops.convert_to_tensor, sparse.csr_matrix]
    )
    def test_other_kinds_of_arrays_can_be_trained_on(self, form):
        x = form(np.arange(COUNT, dtype=float)[:, np.newaxis] % 100)
        assert _orders(1, x, pd.Series(np.zeros(COUNT))).shape == (EPOCHS, COUNT)

    def test_a_second_call_changes_nothing(self):
        before = array_data_adapter.ArrayDataAdapter.get_tf_dataset
        feeding.mend()
        assert array_data_adapter.ArrayDataAdapter.get_tf_dataset is before


KINDS = {
    "fit": {"batch_size": 96, "shuffle": True},
    "evaluate": {"batch_size": 96, "shuffle": False},
    "a batch alone": {"batch_size": COUNT, "shuffle": True},
    "batches in order": {"batch_size": 96, "shuffle": "batch"},
}


@pytest.mark.usefixtures("mended")
@pytest.mark.parametrize("settings", KINDS.values(), ids=KINDS)
def test_no_thread_tunes_the_batches(settings):
    adapter = array_data_adapter.ArrayDataAdapter(np.zeros((COUNT, 3)), np.zeros(COUNT), **settings)
    batches = adapter.get_tf_dataset()
    assert batches.options().autotune.enabled is False
    assert adapter.plain_tf_dataset().options().autotune.enabled is None  # TensorFlow tunes it
    assert sum(len(y) for _, y in batches) == COUNT


@pytest.mark.slow
def test_the_set_up_of_a_lab_mends_it(tmp_path):
    program = (
        "import labkit; labkit.setup('lab2-mlp')\n"
        "from keras.src.trainers.data_adapters import array_data_adapter as adapters\n"
        "print(adapters.ArrayDataAdapter.get_tf_dataset.__module__)"
    )
    settings = os.environ | {"LABKIT_DATA": "sample", "LABKIT_CACHE": str(tmp_path)}
    finished = subprocess.run(
        [sys.executable, "-c", program], env=settings, capture_output=True, text=True
    )
    assert finished.stdout.splitlines()[-1:] == ["labkit.notebook.feeding"], finished.stderr
