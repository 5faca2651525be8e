"""Right and wrong answers to lab 5."""

import functools

import keras
import numpy as np

from labkit.checks.result import Outcome
from tests.labs.histories import history
from tests.labs.table import Table

TABLE = Table()
right, wrong, blank = TABLE.right, TABLE.wrong, TABLE.blank
layers = keras.layers


def _nothing(*arguments):
    """Do nothing, like a function whose body is still to be written."""


def _scaled(images):
    return images.astype("float32") / 255


def _cuts(g):
    start = len(g.x_train) * 4 // 5
    return {
        "part": (_scaled(g.x_train[:4800]), g.y_train[:4800]),
        "valid": (_scaled(g.x_train[start:]), g.y_train[start:]),
        "test": (_scaled(g.x_test), g.y_test),
    }


# --- hold-out ---------------------------------------------------------------------------------
E = "hold-out"


def _held_out(g, part="part", valid="valid", part_labels=None, valid_labels=None):
    cuts = _cuts(g)
    y_part = cuts[part][1] if part_labels is None else part_labels
    y_valid = cuts[valid][1] if valid_labels is None else valid_labels
    return cuts[part][0], y_part, cuts[valid][0], y_valid


def _from_the_end(g):
    held_out = len(g.x_train) // 5
    images = g.x_train / 255.0
    return images[0:4800], g.y_train[0:4800], images[-held_out:], g.y_train[-held_out:]


def _chosen_by_index(g):
    order = np.arange(len(g.x_train))
    part, valid = order[order < 4800], order[order >= 0.8 * len(order)]
    images = _scaled(g.x_train)
    return images[part], g.y_train[part].astype(int), images[valid], g.y_train[valid].tolist()


def _unscaled(g):
    start = len(g.x_train) * 4 // 5
    return g.x_train[:4800], g.y_train[:4800], g.x_train[start:], g.y_train[start:]


def _overlapping(g):
    x_part, y_part, x_valid, _ = _held_out(g)
    return x_part, y_part, x_part[: len(x_valid)], y_part[: len(x_valid)]


def _all_of_them(g):
    return _scaled(g.x_train), g.y_train, *_held_out(g)[2:]


right(E, "slices", lambda g: _held_out(g))
right(E, "from the end, double precision", _from_the_end)
right(E, "by index, labels in a list", _chosen_by_index)
blank(E, lambda g: (..., ..., ..., ...))
wrong(E, "constant", lambda g: (0, 0, 0, 0))
wrong(E, "half of it", lambda g: (*_held_out(g)[:2], ..., ...), 3)
wrong(E, "not scaled", _unscaled, 3, "unscaled-pixels")
wrong(E, "test set", lambda g: _held_out(g, valid="test"), 3, "validation-on-the-test-set")
wrong(E, "overlapping", _overlapping, 3, "validation-among-the-training-images")
wrong(E, "trained on all", _all_of_them, 4, "validation-among-the-training-images")
wrong(
    E,
    "labels of the first images",
    lambda g: _held_out(g, valid_labels=g.y_train[: len(g.x_train) // 5]),
    5,
    "labels-of-others",
)

# --- write-dropout ----------------------------------------------------------------------------
E = "write-dropout"


def _drop(keep=lambda chance, rate: chance >= rate, factor=lambda rate: 1 / (1 - rate)):
    def drop(values, rate, random):
        kept = keep(random.random(values.shape), rate)
        return np.where(kept, values * factor(rate), 0)

    return drop


def _drop_binomial(values, rate, random):
    return values * random.binomial(1, 1 - rate, values.shape) / (1 - rate)


def _drop_in_a_loop(values, rate, random):
    result = values.copy()
    for place in np.ndindex(values.shape):
        result[place] = 0 if random.random() < rate else result[place] / (1 - rate)
    return result


def _drop_in_place(values, rate, random):
    values[random.random(values.shape) < rate] = 0
    values /= 1 - rate
    return values


def _drop_columns(values, rate, random):
    return np.where(random.random(values.shape[1]) >= rate, values / (1 - rate), 0)


def _drop_seeded(values, rate, random):
    return _drop()(values, rate, np.random.default_rng(1))


right(E, "where", lambda g: (_drop(),))
right(E, "binomial", lambda g: (_drop_binomial,))
right(E, "loop", lambda g: (_drop_in_a_loop,))
blank(E, lambda g: (_nothing,))
wrong(E, "constant", lambda g: (0.4,))
wrong(E, "a constant function", lambda g: (lambda *arguments: 0,))
wrong(E, "takes two arguments", lambda g: (lambda values, rate: values,))
wrong(E, "as it was", lambda g: (lambda values, rate, random: values.copy(),), 2)
wrong(E, "all gone", lambda g: (lambda values, rate, random: 0 * values,), 2)
wrong(
    E,
    "rate of keeping",
    lambda g: (_drop(lambda chance, rate: chance < rate, lambda rate: 1 / rate),),
    2,
    "rate-of-keeping",
)
wrong(E, "not scaled up", lambda g: (_drop(factor=lambda rate: 1),), 6, "not-scaled-up")
wrong(E, "scaled down", lambda g: (_drop(factor=lambda rate: 1 - rate),), 6, "scaled-by-the-rate")
wrong(E, "by the rate", lambda g: (_drop(factor=lambda rate: 1 / rate),), 6, "scaled-by-the-rate")
wrong(E, "columns", lambda g: (_drop_columns,), 5, "whole-rows-or-columns")
wrong(E, "own seed", lambda g: (_drop_seeded,), 5, "same-places-every-time")


def _drop_by_size(values, rate, random):
    return np.where(values >= np.quantile(values, rate), values / (1 - rate), 0)


def _drop_by_another(values, rate, random):
    return _drop()(values, rate, np.random.default_rng())


wrong(E, "no chance at all", lambda g: (_drop_by_size,), 5, "same-places-every-time")
wrong(E, "another generator", lambda g: (_drop_by_another,), 5)
wrong(E, "in place", lambda g: (_drop_in_place,), 0, "changes-its-input")

# --- dropout-parameters -----------------------------------------------------------------------
E = "dropout-parameters"
right(E, "numbers", lambda g: (0, 567_434))
right(E, "floats", lambda g: (0.0, 567_434.0))
right(E, "from Keras", lambda g: (np.int64(0), _network("dropout").count_params()))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (1, 1), 0, "dropout-learns")
wrong(E, "a rate for each node", lambda g: (896, 567_434), 2, "dropout-learns")
wrong(E, "weights alone", lambda g: (0, 566_528), 2, "biases-forgotten")
wrong(E, "first layer", lambda g: (0, 401_920), 2, "first-layer-only")
wrong(E, "something off", lambda g: (0, 401_400), 2, "fewer-for-dropout")
wrong(E, "words", lambda g: ("none", "many"))

# --- the networks -----------------------------------------------------------------------------

_SIZES = {"dropout": (512, 256, 128), "plain": (256, 128), "simple": (256, 256, 256)}
_RATES = {"dropout": (0.4, 0.2, 0.2), "plain": (), "simple": (0.4, 0.3, 0.2)}


def _network(name, **changed):
    """Return one of the networks, or a changed one."""
    sizes = changed.get("sizes", _SIZES[name])
    rates = changed.get("rates", _RATES[name]) or (0,) * len(sizes)
    hidden, last = changed.get("hidden", "relu"), changed.get("last", "softmax")
    parts = [keras.Input((28, 28))] if changed.get("input", True) else []
    parts += [layers.Flatten()] if changed.get("flatten", True) else []
    parts += [layers.Dropout(changed["first"])] if "first" in changed else []
    for size, rate in zip(sizes, rates, strict=True):
        parts += [layers.Dense(size, activation=hidden)]
        parts += [layers.Dropout(rate)] if rate else []
    parts += [layers.Dense(10, activation=last)]
    parts += [layers.Dropout(changed["end"])] if "end" in changed else []
    return keras.Sequential(parts)


def _functional(name):
    inputs = keras.Input((28, 28, 1))
    x = layers.Flatten()(inputs)
    for size, rate in zip(_SIZES[name], _RATES[name] or (0, 0), strict=True):
        x = layers.Dense(size)(x)
        x = layers.ReLU()(x)
        x = layers.Dropout(rate)(x) if rate else x
    return keras.Model(inputs, layers.Dense(10, "softmax")(x))


def _added(name):
    model = keras.models.Sequential()
    model.add(layers.InputLayer(shape=(28, 28)))
    model.add(layers.Flatten())
    for size, rate in zip(_SIZES[name], _RATES[name] or (0, 0), strict=True):
        model.add(layers.Dense(size, activation=keras.activations.relu))
        if rate:
            model.add(layers.Dropout(rate=rate))
    model.add(layers.Dense(10))
    model.add(layers.Softmax())
    return model


def _define(exercise, name, full, sizes_points, rates_points, activation_points):
    """Add the cases that all three networks share."""

    def changed(**changes):
        return lambda g: (_network(name, **changes),)

    right(exercise, "Sequential", changed())
    right(exercise, "functional, with a channel", lambda g: (_functional(name),))
    right(exercise, "layer by layer", lambda g: (_added(name),))
    blank(exercise, lambda g: (...,))
    wrong(exercise, "constant", lambda g: (567_434,))
    wrong(exercise, "list of layers", lambda g: ([layers.Flatten()],))
    wrong(exercise, "no input", changed(input=False), 0, "no-input")
    wrong(exercise, "no Flatten", changed(flatten=False), 1, "missing-flatten")
    fewer = {"sizes": _SIZES[name][:-1], "rates": _RATES[name][:-1]}
    wrong(exercise, "a layer less", changed(**fewer), 1, "missing-layer")
    wrong(exercise, "sigmoid", changed(last="sigmoid"), full - activation_points, "no-softmax")
    wrong(exercise, "scores", changed(last=None), full - activation_points, "no-softmax")
    wrong(
        exercise,
        "linear",
        changed(hidden=None),
        full - activation_points,
        "hidden-without-activation",
    )
    small = {"sizes": tuple(size // 2 for size in _SIZES[name])}
    wrong(exercise, "half the nodes", changed(**small), full - sizes_points)
    if not _RATES[name]:
        return
    without = full - rates_points
    kept = tuple(1 - rate for rate in _RATES[name])
    wrong(exercise, "no dropout", changed(rates=()), without, "no-dropout")
    wrong(exercise, "keeping", changed(rates=kept), without, "rate-of-keeping")
    wrong(exercise, "at the end", changed(end=0.2), without, "dropout-on-output")
    wrong(exercise, "on pixels", changed(first=0.2), without, "dropout-on-pixels")
    wrong(exercise, "other rates", changed(rates=(0.5, 0.5, 0.5)), without)


_define("define-dropout", "dropout", 8, 2, 3, 1)
_define("define-simple", "simple", 5, 1, 1, 1)
_define("define-plain", "plain", 5, 1, 1, 1)
wrong(
    "define-plain",
    "with dropout",
    lambda g: (_network("plain", rates=(0.4, 0.2)),),
    4,
    "dropout-in-the-plain-network",
)
wrong(
    "define-plain", "swapped", lambda g: (_network("plain", sizes=(128, 256)),), 4, "layers-swapped"
)

# --- batch-sizes ------------------------------------------------------------------------------
E = "batch-sizes"


def _steps(images):
    return lambda g: tuple(images / size for size in (480, 128, 96))


right(E, "whole numbers", lambda g: (100, 375, 500))
right(E, "floats", _steps(48_000))
right(E, "rounded up", lambda g: tuple(np.ceil(48_000 / np.array([480, 128, 96]))))
blank(E, lambda g: (..., ..., ...))
wrong(E, "constant", lambda g: (100, 100, 100), 2)
wrong(E, "words", lambda g: ("few", "more", "most"))
wrong(E, "all images", _steps(60_000), 0, "held-out-images-counted")
wrong(E, "all epochs", _steps(48_000 * 50), 0, "all-epochs-counted")
wrong(E, "batch sizes", lambda g: (480, 128, 96), 0, "batch-size-for-steps")
wrong(E, "own part", _steps(4_800), 0, "own-part-counted")

# --- choices ----------------------------------------------------------------------------------


def _choice(exercise, letter):
    right(exercise, "letter", lambda g: (letter,))
    right(exercise, "capital", lambda g: (letter.upper(),))
    right(exercise, "with a bracket", lambda g: (f" {letter}) ",))
    blank(exercise, lambda g: (...,))
    wrong(exercise, "constant", lambda g: (1,))
    wrong(exercise, "two letters", lambda g: (["a", letter],))
    for other in sorted(set("abcd") - {letter}):
        name = f"{exercise.replace('-', '_')}-{other}"
        wrong(exercise, other, lambda g, other=other: (other,), 0, name)


_choice("text-or-code", "b")
_choice("rising-loss", "c")

# --- trained networks -------------------------------------------------------------------------


@functools.cache
def _trained(g, part="part", scale=1):
    """Return a network that knows one part of the images.

    It is one dense layer, fitted by least squares: quicker than any training, and always the same.
    """
    images, labels = _cuts(g)[part]
    rows = np.column_stack([images.reshape(len(images), -1), np.ones(len(images))])
    price = 0.1 * np.eye(rows.shape[1])
    weights = np.linalg.solve(rows.T @ rows + price, rows.T @ np.eye(10)[labels])
    model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.set_weights([10 * weights[:-1] / scale, 10 * weights[-1]])
    return model


@functools.cache
def _measured(g, model, part="valid"):
    """Return loss and accuracy of a network on one part of the images."""
    return tuple(model.evaluate(*_cuts(g)[part], verbose=0))


def _curves(last, epochs=30):
    """Return four curves that end in the loss and accuracy `last`."""
    down, up = np.linspace(1, 0, epochs), np.linspace(-0.3, 0, epochs)
    return {
        "loss": list(0.01 + down),
        "accuracy": list(0.99 + up),
        "val_loss": list(last[0] + down),
        "val_accuracy": list(last[1] + up),
    }


def _record(g, model, steps=50, part="valid", epochs=30):
    return history(_curves(_measured(g, model, part), epochs), steps)


# --- train-both -------------------------------------------------------------------------------
E = "train-both"


def _both(g, steps=(10, 50), part="valid", epochs=(30, 30), scale=1):
    first, second = _trained(g, "part"), _trained(g, "part", scale)
    return (
        _record(g, first, steps[0], epochs=epochs[0]),
        _record(g, first, steps[1], part, epochs[1]),  # as good on images of its own scale
        first,
        second,
    )


def _other_accuracies(g):
    first, second, *models = _both(g)
    for record in (first, second):
        for name in ("accuracy", "val_accuracy"):
            new = name.replace("accuracy", "sparse_categorical_accuracy")
            record.history[new] = record.history.pop(name)
    return first, second, *models


def _training_alone(g):
    records = _both(g)
    for record in records[:2]:
        for name in ("val_loss", "val_accuracy"):
            del record.history[name]
    return records


right(E, "records", lambda g: _both(g))
right(E, "the other way round", lambda g: tuple(_both(g)))
right(E, "another accuracy", _other_accuracies)
blank(E, lambda g: (..., ..., *_both(g)[2:]))
wrong(E, "not defined", lambda g: (*_both(g)[:3], ...), outcome=Outcome.BLOCKED)
wrong(E, "constant", lambda g: (0, 0, *_both(g)[2:]), 4)
wrong(E, "one of two", lambda g: (_both(g)[0], ..., *_both(g)[2:]), 8)
wrong(E, "dictionaries", lambda g: (*(r.history for r in _both(g)[:2]), *_both(g)[2:]), 4)
wrong(E, "untrained", lambda g: (*_both(g)[:3], _network("plain")), 8)
wrong(E, "no validation", _training_alone, 8, "no-validation")
wrong(E, "too short", lambda g: _both(g, epochs=(30, 5)), 11, "too-few-epochs")
wrong(E, "test set", lambda g: _both(g, part="test"), 10, "validation-on-the-test-set")
wrong(E, "not scaled", lambda g: _both(g, scale=255), 8, "trained-on-unscaled-images")
wrong(E, "batches swapped", lambda g: _both(g, (50, 10)), 10, "batch-sizes-swapped")
wrong(E, "batches of 32", lambda g: _both(g, (150, 150)), 10, "batch-size-left-out")
wrong(E, "all images", lambda g: _both(g, (100, 500)), 8, "trained-on-everything")

# --- measure-gap ------------------------------------------------------------------------------
E = "measure-gap"


def _gap(g, model, valid="valid", measure=1):
    return _measured(g, model, "part")[measure] - _measured(g, model, valid)[measure]


def _gaps(g, change=lambda first, second: (first, second), plain="part", **settings):
    """Return the gaps of a network that knows the held out images and of one that does not."""
    first, second = _trained(g, "valid"), _trained(g, plain)
    told = change(_gap(g, first, **settings), _gap(g, second, **settings))
    return *told, first, second, _record(g, first, 10)


def _read_off(g):
    _, second, *rest = _gaps(g)
    ends = rest[-1].history
    return ends["accuracy"][-1] - ends["val_accuracy"][-1], second, *rest


def _by_prediction(g):
    def share(model, part):
        images, labels = _cuts(g)[part]
        return np.mean(model.predict(images, verbose=0).argmax(axis=1) == labels)

    _, _, first, second, record = _gaps(g)
    gaps = (share(model, "part") - share(model, "valid") for model in (first, second))
    return *gaps, first, second, record


right(E, "evaluate", lambda g: _gaps(g))
right(E, "rounded", lambda g: _gaps(g, lambda a, b: (round(a, 3), round(b, 3))))
right(E, "predict", _by_prediction)
blank(E, lambda g: _gaps(g, lambda a, b: (..., ...)))
wrong(E, "not trained", lambda g: (*_gaps(g)[:4], ...), outcome=Outcome.BLOCKED)
wrong(E, "constant", lambda g: _gaps(g, lambda a, b: (0.5, 0.5)))
wrong(E, "one of two", lambda g: _gaps(g, lambda a, b: (..., b)), 4)
wrong(E, "read off", _read_off, 4, "gap-read-from-the-history")
wrong(E, "per cent", lambda g: _gaps(g, lambda a, b: (100 * a, 100 * b)), 0, "per-cent-for-share")
wrong(E, "turned round", lambda g: _gaps(g, lambda a, b: (-a, -b)), 0, "wrong-sign")
wrong(E, "swapped", lambda g: _gaps(g, lambda a, b: (b, a)), 0, "gaps-swapped")
wrong(
    E,
    "test images",
    lambda g: (_gaps(g)[0], *_gaps(g, plain="test", valid="test")[1:]),
    4,
    "test-for-validation",
)
wrong(E, "losses", lambda g: _gaps(g, measure=0), 0, "losses-for-accuracies")

# --- best-epoch -------------------------------------------------------------------------------
E = "best-epoch"


def _turning():
    """Return curves with the lowest validation loss in epoch 12 and the accuracy's peak in 20."""
    epochs = np.arange(1, 31)
    return {
        "loss": list(1 / epochs),
        "accuracy": list(1 - 1 / (epochs + 1)),
        "val_loss": list(0.3 + (epochs - 12) ** 2 / 1000),
        "val_accuracy": list(0.9 - (epochs - 20) ** 2 / 10_000),
    }


right(E, "number", lambda g: (12, history(_turning())))
right(E, "NumPy's number", lambda g: (np.argmin(_turning()["val_loss"]) + 1, history(_turning())))
right(E, "float", lambda g: (12.0, history(_turning(), 50)))
blank(E, lambda g: (..., history(_turning())))
wrong(E, "not trained", lambda g: (12, ...), outcome=Outcome.BLOCKED)
wrong(E, "constant", lambda g: (1, history(_turning())))
wrong(E, "words", lambda g: ("twelve", history(_turning())))
wrong(E, "from zero", lambda g: (11, history(_turning())), 0, "counted-from-zero")
wrong(E, "training loss", lambda g: (30, history(_turning())), 0, "training-loss")
wrong(
    E, "loss itself", lambda g: (min(_turning()["val_loss"]), history(_turning())), 0, "loss-itself"
)
wrong(E, "accuracy", lambda g: (20, history(_turning())), 0, "accuracy-for-loss")

# --- l2-network -------------------------------------------------------------------------------
E = "l2-network"


@functools.cache
def _with_l2(kind="L2", factor=0.001, where="kernel", output=False, own=False):
    keras.utils.set_random_seed(1)
    name = "L2" if kind == "none" else kind
    arguments = {"l2": factor} if name == "L1L2" else {name.lower(): factor}
    regularizer = getattr(keras.regularizers, name)(**arguments)
    if own:
        regularizer = _squares_of
    extra = {} if kind == "none" else {f"{where}_regularizer": regularizer}
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(256, "relu", **extra),
            layers.Dense(128, "relu", **extra),
            layers.Dense(10, "softmax", **(extra if output else {})),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _squares_of(weights):
    return 0.001 * keras.ops.sum(keras.ops.square(weights))


def _squares(model, output=False):
    dense = model.layers[1 : 4 if output else 3]
    return sum(float(np.square(layer.kernel.numpy()).sum()) for layer in dense)


def _l2(g, penalty=None, output=False, **settings):
    model = _with_l2(output=output, **settings)
    factor = settings.get("factor", 0.001)
    told = factor * _squares(model, output) if penalty is None else penalty(model)
    return model, _record(g, model), told


def _absolute(model):
    return 0.001 * sum(float(np.abs(layer.kernel.numpy()).sum()) for layer in model.layers[1:3])


right(E, "both hidden layers", lambda g: _l2(g))
right(E, "L1L2, Keras's own sum", lambda g: _l2(g, lambda m: float(sum(m.losses)), kind="L1L2"))
right(E, "a function of one's own", lambda g: _l2(g, own=True))
blank(E, lambda g: (..., ..., ...))
wrong(E, "constant", lambda g: (0, 0, 0))
wrong(E, "the output, too", lambda g: _l2(g, output=True), 6)
wrong(E, "penalty left out", lambda g: (*_l2(g)[:2], ...), 7)
wrong(E, "another history", lambda g: (_l2(g)[0], history(_turning(), 50), _l2(g)[2]), 7)
wrong(E, "none", lambda g: _l2(g, lambda m: 0, kind="none"), 4, "no-regularizer")
wrong(E, "biases", lambda g: _l2(g, where="bias"), 4, "biases-regularized")
wrong(E, "activity", lambda g: _l2(g, where="activity"), 4, "activity-regularized")
wrong(E, "default", lambda g: _l2(g, factor=0.01), 6, "default-factor")
wrong(E, "L1", lambda g: _l2(g, _absolute, kind="L1"), 4, "l1-for-l2")
wrong(E, "no factor", lambda g: _l2(g, _squares), 7, "sum-without-factor")
wrong(E, "absolute", lambda g: _l2(g, _absolute), 7, "absolute-values")

# --- early-stopping ---------------------------------------------------------------------------
E = "early-stopping"


def _stopped(g, epochs=18, best=13, part="valid", last=False, turning="val_loss"):
    """Return a history whose curve `turning` is at its best in epoch `best`, and its network."""
    model = _trained(g, "part")
    curves = _curves(_measured(g, model, part), epochs)
    distance = np.abs(np.arange(1, epochs + 1) - best) / 100
    loss = _measured(g, model, part)[0]
    lowest = loss - distance[-1] if last else loss
    curves["val_loss"] = list(lowest + distance)
    if turning != "val_loss":
        curves["val_loss"] = list(loss + np.abs(np.arange(1, epochs + 1) - best + 3) / 100)
    if turning == "val_accuracy":
        curves[turning] = list(0.95 - distance)
    if turning == "loss":
        curves[turning] = list(0.1 + distance)
    return history(curves, 38), model


def _unwatched(g):
    record, model = _stopped(g)
    del record.history["val_loss"], record.history["val_accuracy"]
    return record, model


right(E, "stopped", lambda g: _stopped(g))
right(E, "ran out of epochs", lambda g: _stopped(g, 50, 48))
right(E, "early", lambda g: _stopped(g, 9, 4))
blank(E, lambda g: (..., _trained(g)))
wrong(E, "not defined", lambda g: (_stopped(g)[0], ...), outcome=Outcome.BLOCKED)
wrong(E, "constant", lambda g: (0, _trained(g)), 2)
wrong(E, "its dictionary", lambda g: (_stopped(g)[0].history, _stopped(g)[1]), 2)
wrong(E, "untrained", lambda g: (_stopped(g)[0], _network("simple")), 3)
wrong(E, "no validation", _unwatched, 2, "no-validation")
wrong(E, "test set", lambda g: _stopped(g, part="test"), 5, "validation-on-the-test-set")
wrong(E, "never", lambda g: _stopped(g, 50, 12, last=True), 2, "never-stopped")
wrong(E, "last weights", lambda g: _stopped(g, last=True), 5, "weights-of-the-last-epoch")
wrong(E, "accuracy", lambda g: _stopped(g, turning="val_accuracy"), 5, "accuracy-watched")
wrong(E, "training loss", lambda g: _stopped(g, turning="loss"), 5, "training-loss-watched")
wrong(E, "patience of 3", lambda g: _stopped(g, 16, 13), 5, "another-patience")

# --- choose-network ---------------------------------------------------------------------------
E = "choose-network"


def _choose(g, winner="simple", part="test", times=1):
    """Return a choice among networks that know the test, training, no, and held out images."""
    models = {
        "dropout": _trained(g, "test"),
        "plain": _trained(g, "part"),
        "l2": _with_l2(),
        "simple": _trained(g, "valid"),
    }
    told = _measured(g, models[winner], part)[1] * times if winner in models else 0.9
    return winner, told, *models.values()


def _measured_on_training(g):
    weak = _with_l2()
    return *_choose(g, "plain", "part")[:2], weak, _trained(g, "part"), weak, weak


right(E, "name", lambda g: _choose(g))
right(E, "its variable", lambda g: ("simple_model", *_choose(g)[1:]))
right(E, "capital, rounded", lambda g: ("Simple", round(_choose(g)[1], 3), *_choose(g)[2:]))
blank(E, lambda g: (..., ..., *_choose(g)[2:]))
wrong(E, "not defined", lambda g: (*_choose(g)[:5], ...), outcome=Outcome.BLOCKED)
wrong(E, "constant", lambda g: (1, 1, *_choose(g)[2:]))
wrong(E, "nobody", lambda g: _choose(g, "none of them"))
wrong(E, "number left out", lambda g: ("simple", ..., *_choose(g)[2:]), 3)
wrong(E, "worst", lambda g: _choose(g, "l2"), 2)
wrong(E, "by training images", lambda g: _choose(g, "plain"), 2, "chosen-on-training-images")
wrong(E, "by test images", lambda g: _choose(g, "dropout"), 2, "chosen-on-test-images")
wrong(E, "per cent", lambda g: _choose(g, times=100), 3, "per-cent-for-share")
wrong(E, "on valid", lambda g: _choose(g, part="valid"), 3, "validation-accuracy-called-test")
wrong(E, "on training", _measured_on_training, 3, "training-accuracy-called-test")
