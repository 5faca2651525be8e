"""Right and wrong answers to lab 1."""

import gzip
import struct

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from labkit import plots
from tests.labs.table import Table

TABLE = Table()
right, wrong, blank = TABLE.right, TABLE.wrong, TABLE.blank

# --- count-images -----------------------------------------------------------------------------
E = "count-images"
right(E, "len", lambda g: (len(g.x_train), len(g.x_test)))
right(E, "shape", lambda g: (g.x_train.shape[0], g.x_test.shape[0]))
right(E, "NumPy integers", lambda g: (np.int64(len(g.y_train)), np.int64(len(g.y_test))))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (0, 0))
wrong(E, "half done", lambda g: (len(g.x_train), ...), 2)
wrong(E, "swapped", lambda g: (len(g.x_test), len(g.x_train)), 0, "train-and-test-swapped")
wrong(E, "size", lambda g: (g.x_train.size, g.x_test.size), 0, "pixels-counted")
wrong(E, "side", lambda g: (len(g.x_train), g.x_test.shape[1]), 2, "wrong-axis-counted")
wrong(E, "text", lambda g: (str(len(g.x_train)), "many"))
wrong(E, "the arrays", lambda g: (g.x_train, g.x_test))

# --- describe-array ---------------------------------------------------------------------------
E = "describe-array"
right(E, "attributes", lambda g: (g.x_train.dtype, g.x_train.shape, g.x_train.ndim))
right(E, "plain", lambda g: ("uint8", list(g.x_train.shape), 3))
right(E, "NumPy's type", lambda g: (np.uint8, np.shape(g.x_train), len(g.x_train.shape)))
right(E, "type of a value", lambda g: (type(g.x_train[0, 0, 0]), g.x_train.shape, np.int64(3)))
blank(E, lambda g: (..., ..., ...))
wrong(E, "constant", lambda g: (0, 0, 0))
wrong(E, "container", lambda g: (type(g.x_train), g.x_train.shape, 3), 4, "container-type")
wrong(E, "size", lambda g: ("uint8", g.x_train.shape, g.x_train.size), 4, "size-for-axes")
wrong(E, "one image", lambda g: ("uint8", g.x_train[0].shape, 2), 2, "one-image-only")
wrong(E, "Python's type", lambda g: (int, g.x_train.shape, 3), 4)
wrong(E, "one missing", lambda g: ("uint8", ..., 3), 4)

# --- array-or-matrix --------------------------------------------------------------------------
E = "array-or-matrix"
right(E, "letter", lambda g: ("c",))
right(E, "capital", lambda g: ("C",))
right(E, "with a bracket", lambda g: (" c) ",))
blank(E, lambda g: (...,))
wrong(E, "a", lambda g: ("a",), 0, "array_or_matrix-a")
wrong(E, "b", lambda g: ("b",), 0, "array_or_matrix-b")
wrong(E, "d", lambda g: ("d",), 0, "array_or_matrix-d")
wrong(E, "no letter", lambda g: (3,))
wrong(E, "empty", lambda g: ("",))
wrong(E, "all", lambda g: (["a", "b", "c", "d"],), 0, "array_or_matrix-a")

# --- read-pixel -------------------------------------------------------------------------------
E = "read-pixel"
right(E, "indices", lambda g: (g.x_train[0, 19, 14], (g.x_train.min(), g.x_train.max())))
right(E, "chained", lambda g: (g.x_train[0][19][14], [0, 255]))
right(E, "plain", lambda g: (int(g.x_train[0, 19, 14]), np.array([0, 255])))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (-1, (0, 0)))
wrong(E, "as in R", lambda g: (g.x_train[1, 20, 15], (0, 255)), 2, "counted-from-one")
wrong(E, "swapped", lambda g: (g.x_train[0, 14, 19], (0, 255)), 2, "row-and-column-swapped")
wrong(E, "a whole row", lambda g: (g.x_train[0, 19], (0, 255)), 2)
wrong(E, "range turned", lambda g: (g.x_train[0, 19, 14], (255, 0)), 4)
wrong(E, "range of one image", lambda g: (g.x_train[0, 19, 14], 255), 4)

# --- read-idx ---------------------------------------------------------------------------------
E = "read-idx"


def _big(content, place):
    return int.from_bytes(content[place : place + 4], "big")


def _with_frombuffer(content):
    shape = (_big(content, 4), _big(content, 8), _big(content, 12))
    return np.frombuffer(content[16:], np.uint8).reshape(shape)


def _with_struct(content):
    _, count, rows, columns = struct.unpack(">IIII", content[:16])
    return np.array(list(content[16:]), dtype="uint8").reshape((count, rows, columns))


def _with_dtype(content):
    header = np.frombuffer(content, dtype=">i4", count=4)
    return np.frombuffer(content, dtype=np.uint8, offset=16).reshape(header[1:])


def _unknown_count(content):
    return np.frombuffer(content, "B", offset=16).reshape(-1, _big(content, 8), _big(content, 12))


def _stub(content):
    """Return the images in the bytes of an IDX file."""


def _swapped(content):
    return np.frombuffer(content[16:], np.uint8).reshape(
        _big(content, 4), _big(content, 12), _big(content, 8)
    )


def _header_kept(content):
    count, rows, columns = _big(content, 4), _big(content, 8), _big(content, 12)
    pixels = np.frombuffer(content, np.uint8)[: count * rows * columns]
    return pixels.reshape(count, rows, columns)


def _little(content):
    shape = struct.unpack("<iii", content[4:16])
    return np.frombuffer(content[16:], np.uint8).reshape(shape)


def _fixed(content):
    return np.frombuffer(content[16:], np.uint8).reshape(-1, 28, 28)


def _signed(content):
    return _with_frombuffer(content).view(np.int8)


def _scaled(content):
    return _with_frombuffer(content) / 255


def _flat(content):
    return np.frombuffer(content[16:], np.uint8)


def _zeros(content):
    return np.zeros((_big(content, 4), _big(content, 8), _big(content, 12)), np.uint8)


right(E, "frombuffer", lambda g: (_with_frombuffer,))
right(E, "struct", lambda g: (_with_struct,))
right(E, "dtype and offset", lambda g: (_with_dtype,))
right(E, "count left to reshape", lambda g: (_unknown_count,))
blank(E, lambda g: (_stub,))
wrong(E, "no function", lambda g: (gzip.decompress(g.files.images_idx.read_bytes()),))
wrong(E, "constant", lambda g: (lambda content: np.zeros((1, 28, 28), np.uint8),), 3)
wrong(E, "swapped", lambda g: (_swapped,), 3, "rows-and-columns-swapped")
wrong(E, "header kept", lambda g: (_header_kept,), 9, "header-read-as-pixels")
wrong(E, "little-endian", lambda g: (_little,), 0, "little-endian")
wrong(E, "28 by 28", lambda g: (_fixed,), 0, "fixed-size")
wrong(E, "signed", lambda g: (_signed,), 7)
wrong(E, "scaled", lambda g: (_scaled,), 7)
wrong(E, "flat", lambda g: (_flat,), 3)
wrong(E, "zeros", lambda g: (_zeros,), 9)

# --- read-csv ---------------------------------------------------------------------------------
E = "read-csv"


def _table(g):
    return pd.read_csv(g.files.csv)


def _cut(g, first=1, last=785):
    return _table(g).to_numpy()[:, first:last].reshape(-1, 28, 28)


right(
    E,
    "drop",
    lambda g: (
        _table(g).drop(columns="label").to_numpy().reshape(-1, 28, 28),
        _table(g)["label"].to_numpy(),
    ),
)
right(
    E,
    "iloc",
    lambda g: (
        _table(g).iloc[:, 1:].values.reshape(1000, 28, 28).astype("uint8"),
        _table(g)["label"],
    ),
)
right(E, "NumPy", lambda g: (_cut(g), list(_table(g).label)))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (np.zeros((1000, 28, 28)), np.zeros(1000)), 3)
wrong(
    E, "label kept", lambda g: (_table(g).to_numpy(), _table(g).label), 2, "label-among-the-pixels"
)
wrong(E, "flat", lambda g: (_table(g).iloc[:, 1:].to_numpy(), _table(g).label), 2, "not-folded")
wrong(
    E, "columns first", lambda g: (_cut(g).transpose(0, 2, 1), _table(g).label), 5, "columns-first"
)
wrong(
    E,
    "wrong column dropped",
    lambda g: (_cut(g, 0, 784), _table(g).label),
    5,
    "last-column-dropped",
)
wrong(E, "labels missing", lambda g: (_cut(g), ...), 6)
wrong(E, "labels of the training set", lambda g: (_cut(g), g.y_train[:1000]), 6)

# --- one-hot ----------------------------------------------------------------------------------
E = "one-hot"


def _eye(labels, columns=10):
    return np.eye(columns)[labels]


def _dummies(g, labels):
    return pd.get_dummies(pd.Series([g.class_names[label] for label in labels]))


right(
    E,
    "to_categorical",
    lambda g: (keras.utils.to_categorical(g.y_train, 10), keras.utils.to_categorical(g.y_test, 10)),
)
right(E, "eye", lambda g: (_eye(g.y_train), _eye(g.y_test)))
right(
    E,
    "comparison",
    lambda g: (g.y_train[:, np.newaxis] == np.arange(10), g.y_test[:, np.newaxis] == np.arange(10)),
)
right(E, "table", lambda g: (pd.get_dummies(g.y_train), pd.get_dummies(g.y_test)))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (np.zeros((len(g.y_train), 10)), np.zeros((len(g.y_test), 10))), 2)
wrong(
    E,
    "alphabetical",
    lambda g: (_dummies(g, g.y_train), _dummies(g, g.y_test)),
    2,
    "alphabetical-classes",
)
wrong(
    E,
    "eleven columns",
    lambda g: (_eye(g.y_train + 1, 11), _eye(g.y_test + 1, 11)),
    0,
    "off-by-one",
)
wrong(
    E,
    "a column off",
    lambda g: (np.roll(_eye(g.y_train), 1, axis=1), np.roll(_eye(g.y_test), 1, axis=1)),
    2,
    "off-by-one",
)
wrong(E, "not encoded", lambda g: (g.y_train, g.y_test), 0, "labels-not-encoded")
wrong(
    E,
    "test from training",
    lambda g: (_eye(g.y_train), _eye(g.y_train)),
    6,
    "test-labels-from-training",
)
wrong(E, "test missing", lambda g: (_eye(g.y_train), ...), 6)

# --- class-order ------------------------------------------------------------------------------
E = "class-order"


def _alphabetical(g):
    return _dummies(g, g.y_train).astype(int)


right(E, "list of names", lambda g: (_alphabetical(g)[list(g.class_names)], list(g.class_names)))
right(
    E,
    "reindex",
    lambda g: (
        _alphabetical(g).reindex(columns=g.class_names),
        _alphabetical(g).reindex(columns=g.class_names).columns,
    ),
)
right(
    E,
    "loc and array",
    lambda g: (_alphabetical(g).loc[:, list(g.class_names)].to_numpy(), tuple(g.class_names)),
)
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (np.zeros((len(g.y_train), 10)), []), 1)
wrong(
    E,
    "unchanged",
    lambda g: (_alphabetical(g), list(_alphabetical(g).columns)),
    1,
    "alphabetical-classes",
)
wrong(
    E,
    "renamed",
    lambda g: (
        _alphabetical(g).set_axis(list(g.class_names), axis=1).iloc[:, ::-1],
        list(g.class_names),
    ),
    2,
    "renamed-not-reordered",
)
wrong(
    E,
    "a column lost",
    lambda g: (_alphabetical(g)[list(g.class_names[:9])], list(g.class_names[:9])),
)
wrong(
    E,
    "turned round",
    lambda g: (_alphabetical(g)[list(g.class_names[::-1])], list(g.class_names[::-1])),
    1,
)
wrong(E, "names missing", lambda g: (_alphabetical(g)[list(g.class_names)], ...), 5)

# --- scale-images -----------------------------------------------------------------------------
E = "scale-images"
right(E, "division", lambda g: (g.x_train / 255, g.x_test / 255))
right(
    E,
    "float32",
    lambda g: (g.x_train.astype("float32") / 255, np.divide(g.x_test, 255, dtype="float32")),
)
right(E, "own maximum", lambda g: (g.x_train / g.x_train.max(), g.x_test / g.x_train.max()))
right(E, "by a factor", lambda g: (g.x_train * (1 / 255.0), g.x_test * np.float32(1 / 255)))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (np.zeros(g.x_train.shape), np.zeros(g.x_test.shape)), 2)
wrong(E, "nothing done", lambda g: (g.x_train, g.x_test), 1, "test-not-scaled")
wrong(E, "twice", lambda g: (g.x_train / 255 / 255, g.x_test / 255 / 255), 2, "scaled-twice")
wrong(E, "test twice", lambda g: (g.x_train / 255, g.x_test / 255 / 255), 7, "scaled-twice")
wrong(E, "test not scaled", lambda g: (g.x_train / 255, g.x_test * 1.0), 7, "test-not-scaled")
wrong(E, "whole numbers", lambda g: (g.x_train // 255, g.x_test // 255), 5, "integer-division")
wrong(
    E,
    "standardized",
    lambda g: (
        (g.x_train - g.x_train.mean()) / g.x_train.std(),
        (g.x_test - g.x_train.mean()) / g.x_train.std(),
    ),
    2,
    "standardized",
)
wrong(E, "inverted", lambda g: (1 - g.x_train / 255, 1 - g.x_test / 255), 6, "inverted")
wrong(
    E, "test from training", lambda g: (g.x_train / 255, g.x_train / 255), 9, "test-from-training"
)
wrong(E, "flattened", lambda g: (g.x_train.reshape(-1, 784) / 255, g.x_test.reshape(-1, 784) / 255))

# --- channel-axis -----------------------------------------------------------------------------
E = "channel-axis"
right(E, "newaxis", lambda g: ((g.x_train / 255)[..., np.newaxis],))
right(E, "expand_dims", lambda g: (np.expand_dims(g.x_train.astype("float32") / 255, -1),))
right(E, "reshape", lambda g: ((g.x_train / 255).reshape(-1, 28, 28, 1),))
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (np.zeros((*g.x_train.shape, 1)),), 3)
wrong(E, "channel first", lambda g: ((g.x_train / 255)[:, np.newaxis],), 0, "channel-first")
wrong(E, "batch axis", lambda g: ((g.x_train / 255)[np.newaxis],), 0, "batch-axis-added")
wrong(E, "unchanged", lambda g: (g.x_train / 255,), 0, "missing-channel-axis")
wrong(E, "not scaled", lambda g: (g.x_train[..., np.newaxis],), 3, "unscaled-pixels")
wrong(E, "test images", lambda g: ((g.x_test / 255)[..., np.newaxis],))

# --- show-pixels ------------------------------------------------------------------------------
E = "show-pixels"


def _imshow(image, annotate=True):
    _, ax = plt.subplots()
    ax.imshow(image, cmap="gray_r")
    if annotate:
        for (row, column), value in np.ndenumerate(image):
            ax.text(column, row, str(value))
    return ax


right(E, "show_pixels", lambda g: (plots.show_pixels(g.x_train[1]),))
right(E, "seaborn", lambda g: (sns.heatmap(g.x_train[1], annot=True, fmt="d", cbar=False),))
right(E, "imshow with text", lambda g: (_imshow(g.x_train[1]),))
right(E, "the whole figure", lambda g: (plots.show_pixels(g.x_train[1]).figure,))
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (plots.show_pixels(np.zeros((28, 28), np.uint8)),))
wrong(E, "first image", lambda g: (plots.show_pixels(g.x_train[0]),), 0, "first-image-again")
wrong(E, "third image", lambda g: (plots.show_pixels(g.x_train[2]),), 0, "counted-from-one")
wrong(E, "test image", lambda g: (plots.show_pixels(g.x_test[1]),), 0, "test-image")
wrong(E, "no values", lambda g: (_imshow(g.x_train[1], annotate=False),), 3)
wrong(E, "the image itself", lambda g: (g.x_train[1],))
wrong(E, "upside down", lambda g: (_imshow(g.x_train[1][::-1]),), 3)

# --- last-images ------------------------------------------------------------------------------
E = "last-images"


def _grid(images, names):
    figure, axes = plt.subplots(5, 5)
    for ax, image, name in zip(axes.flat, images, names, strict=True):
        ax.imshow(image, cmap="gray")
        ax.set_title(name)
        ax.axis("off")
    return figure


def _names(g, labels):
    return [g.class_names[label] for label in labels]


right(E, "show_images", lambda g: (plots.show_images(g.x_train[-25:], g.y_train[-25:]),))
right(E, "own loop", lambda g: (_grid(g.x_train[-25:], _names(g, g.y_train[-25:])),))
right(
    E,
    "by length",
    lambda g: (
        plots.show_images(g.x_train[len(g.x_train) - 25 :] / 255, g.y_train[len(g.y_train) - 25 :]),
    ),
)
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (_grid(np.ones((25, 28, 28)), ["Shirt"] * 25),), 3)
wrong(
    E, "first", lambda g: (plots.show_images(g.x_train[:25], g.y_train[:25]),), 3, "first-not-last"
)
wrong(
    E,
    "test set",
    lambda g: (plots.show_images(g.x_test[-25:], g.y_test[-25:]),),
    3,
    "test-set-shown",
)
wrong(
    E,
    "reversed",
    lambda g: (plots.show_images(g.x_train[:-26:-1], g.y_train[:-26:-1]),),
    3,
    "reversed",
)
wrong(
    E,
    "stops early",
    lambda g: (plots.show_images(g.x_train[-26:-1], g.y_train[-26:-1]),),
    3,
    "last-one-missing",
)
wrong(
    E,
    "labels of the first",
    lambda g: (plots.show_images(g.x_train[-25:], g.y_train[:25]),),
    8,
    "labels-of-others",
)
wrong(
    E,
    "alphabetical",
    lambda g: (
        _grid(g.x_train[-25:], [sorted(g.class_names)[label] for label in g.y_train[-25:]]),
    ),
    8,
    "alphabetical-classes",
)
wrong(
    E,
    "on their side",
    lambda g: (_grid(g.x_train[-25:].transpose(0, 2, 1), _names(g, g.y_train[-25:])),),
    7,
    "on-their-side",
)
wrong(E, "24 images", lambda g: (plots.show_images(g.x_train[-24:], g.y_train[-24:]),))
wrong(
    E,
    "numbers above",
    lambda g: (_grid(g.x_train[-25:], [str(label) for label in g.y_train[-25:]]),),
    8,
)
