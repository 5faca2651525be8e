"""Lab 5's early stopping: held against what Keras does with the same losses."""

import importlib
import math
import types

import keras
import numpy as np
import pytest

# The folder gives the exercise by this name.
early_stopping = importlib.import_module("labkit.labs.regularization.early_stopping")
shared = importlib.import_module("labkit.labs.regularization.shared")


def _losses(seed, count=60):
    """Return losses that fall and rise again, with ties among them."""
    rng = np.random.default_rng(seed)
    epochs = np.arange(count)
    falling = 0.4 + (epochs / count - rng.uniform(0.1, 1.2)) ** 2
    return (falling + rng.normal(0, rng.choice([0.001, 0.02]), count)).round(rng.choice([2, 5]))


def _stopped_by_keras(losses, patience):
    """Return after how many epochs Keras stops, and the epoch whose weights it brings back."""
    model = types.SimpleNamespace(stop_training=False, metrics=[], weights=0)
    model.get_weights = lambda: model.weights
    model.set_weights = lambda weights: setattr(model, "weights", weights)
    callback = keras.callbacks.EarlyStopping(
        monitor="val_loss", mode="min", patience=patience, restore_best_weights=True
    )
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, loss in enumerate(losses[: early_stopping.MOST_EPOCHS]):
        model.weights = epoch
        callback.on_epoch_end(epoch, {"val_loss": float(loss)})
        if model.stop_training:
            break
    callback.on_train_end()
    return epoch + 1, model.weights


@pytest.mark.parametrize("seed", range(40))
def test_the_end_is_that_of_keras(seed):
    losses = _losses(seed)
    for patience in range(12):
        end, best = _stopped_by_keras(losses, patience)
        told = losses[:end]
        assert early_stopping._end(losses, patience) == end
        assert early_stopping._stops_after(told, patience)
        assert not early_stopping._stops_after(losses[: end + 1], patience)
        if end < early_stopping.MOST_EPOCHS:
            assert not early_stopping._stops_after(told[:-1], patience)
        assert early_stopping._its_epoch(told, told[best]) == told[best] == min(told)


@pytest.mark.parametrize("seed", range(40))
def test_whose_weights_a_network_has_is_told_by_the_nearest_loss(seed):
    rng = np.random.default_rng(seed)
    losses = (_losses(seed, 20) + rng.normal(0, 1e-3, 20)).tolist()
    lowest = min(losses)
    for loss in losses:
        if loss - lowest > 2e-4:
            assert early_stopping._its_epoch(losses, loss + rng.normal(0, 1e-6)) != lowest
    rounded = lowest * (1 + rng.uniform(-1e-4, 1e-4))
    assert early_stopping._its_epoch(losses, rounded) == lowest
    assert early_stopping._its_epoch(losses, lowest - 0.01) is None


@pytest.mark.parametrize("size", [96, 128, 480])
def test_no_other_size_of_a_batch_is_taken_for_the_one_asked_for(size):
    """Of all that there are; without a note of it, the steps of an epoch have to do."""
    asked = shared.batches("history", size)

    def is_taken(batch, fit):
        record = types.SimpleNamespace(steps=math.ceil(shared.PART / batch), fit=fit)
        return asked(types.SimpleNamespace(history=record)) is None

    sizes = range(1, shared.PART + 1)
    assert [b for b in sizes if is_taken(b, types.SimpleNamespace(batch=b))] == [size]
    unknown = [batch for batch in sizes if is_taken(batch, None)]
    assert size in unknown and len(unknown) < size
