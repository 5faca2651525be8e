"""Lab 1: load, count, look at, scale and display the images."""

import struct
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import criteria
from labkit.checks.exercise import (
    ARRAY,
    NUMBER,
    PICTURE,
    TEXT,
    VALUE,
    Answers,
    Criterion,
    Essay,
    Exercise,
    Lab,
    Misconception,
    function,
)
from labkit.checks.result import Message

# --- counting and describing ----------------------------------------------------------------


def _number(answers: Answers, name: str) -> Any:
    return getattr(answers, name).value


count_images = Exercise(
    "count-images",
    "Count the images",
    {"n_train": NUMBER, "n_test": NUMBER},
    [
        criteria.number(
            "n_train",
            lambda answers: len(answers.data.x_train),
            2,
            "n_train is the number of training images",
            "Count along the first axis of x_train: one entry for each image.",
        ),
        criteria.number(
            "n_test",
            lambda answers: len(answers.data.x_test),
            2,
            "n_test is the number of test images",
            "Count along the first axis of x_test.",
        ),
    ],
    (
        "The first axis of an image array counts the images.",
        "Python's len() gives the length of the first axis; so does .shape[0].",
        "n_train = len(...) and n_test = len(...), each with one of the image arrays.",
    ),
    [
        Misconception(
            "train-and-test-swapped",
            lambda answers: (
                _number(answers, "n_train") == len(answers.data.x_test)
                and _number(answers, "n_test") == len(answers.data.x_train)
            ),
            "The two numbers look swapped: the training set is the larger one.",
        ),
        Misconception(
            "pixels-counted",
            lambda answers: (
                _number(answers, "n_train") in (answers.data.x_train.size, 28 * 28)
                or _number(answers, "n_test") in (answers.data.x_test.size, 28 * 28)
            ),
            "You counted pixels. How many images are they part of?",
        ),
        Misconception(
            "wrong-axis-counted",
            lambda answers: 28 in (_number(answers, "n_train"), _number(answers, "n_test")),
            "28 is the length of an image's side: you counted along a later axis.",
        ),
    ],
)


def _dtype_is_right(answers: Answers) -> Message | None:
    plain = answers.images_dtype.value
    if str(plain).removeprefix("numpy.") == answers.data.x_train.dtype.name:
        return None
    return Message(
        f"images_dtype is {criteria.show(plain)}",
        "the type of one value inside x_train",
        "Every NumPy array carries it as an attribute.",
    )


def _shape_is_right(answers: Answers) -> Message | None:
    plain = answers.images_shape.value
    if plain == list(answers.data.x_train.shape):
        return None
    return Message(
        f"images_shape is {criteria.show(plain)}",
        "the length of x_train along each of its axes, in order",
        "Every NumPy array carries it as an attribute.",
    )


describe_array = Exercise(
    "describe-array",
    "Describe the array",
    {"images_dtype": VALUE, "images_shape": VALUE, "images_axes": NUMBER},
    [
        Criterion("images_dtype is the type of a pixel value", 2, _dtype_is_right),
        Criterion("images_shape gives the length of every axis", 2, _shape_is_right),
        criteria.number(
            "images_axes",
            lambda answers: answers.data.x_train.ndim,
            2,
            "images_axes is the number of axes",
            "Count the entries of the shape.",
        ),
    ],
    (
        "type(x_train) says that it is an array. What the array holds, it tells you itself.",
        "Look at x_train.dtype, x_train.shape and x_train.ndim.",
        "images_dtype = x_train.…, images_shape = x_train.…, images_axes = x_train.…",
    ),
    [
        Misconception(
            "container-type",
            lambda answers: "ndarray" in str(answers.images_dtype.value),
            "ndarray is the type of the container. Asked is the type of the values inside it.",
        ),
        Misconception(
            "size-for-axes",
            lambda answers: answers.images_axes.value in (answers.data.x_train.size, 28, 784),
            "images_axes counts the axes, not the pixels along them.",
        ),
        Misconception(
            "one-image-only",
            lambda answers: (
                answers.images_shape.value == [28, 28] or answers.images_axes.value == 2
            ),
            "You described one image. x_train is a stack of them.",
        ),
    ],
)

_ARRAY_CRITERIA, _ARRAY_MISTAKES = criteria.choice(
    "array_or_matrix",
    "c",
    4,
    {
        "a": "An array can hold numbers of any one type, and so can a matrix. Look at the axes.",
        "b": "Both can be of any length along an axis. How many axes does each have?",
        "d": "NumPy has no such limit: x_train is one array with more than two axes.",
    },
)
array_or_matrix = Exercise(
    "array-or-matrix",
    "Array or matrix?",
    {"array_or_matrix": TEXT},
    _ARRAY_CRITERIA,
    (
        "Compare x_train with one image, x_train[0]: which of the two is a matrix?",
        "Look at .ndim of both.",
        "A matrix has rows and columns and nothing else.",
    ),
    _ARRAY_MISTAKES,
)

# --- pixels ---------------------------------------------------------------------------------

PIXEL = (19, 14)


def _pixel(answers: Answers, image: int = 0, row: int = PIXEL[0], column: int = PIXEL[1]) -> int:
    return int(answers.data.x_train[image, row, column])


def _shades(answers: Answers) -> Message | None:
    plain = answers.darkest_and_brightest.value
    images = answers.data.x_train
    if isinstance(plain, list) and plain == [int(images.min()), int(images.max())]:
        return None
    return Message(
        f"darkest_and_brightest is {criteria.show(plain)}",
        "two numbers: the smallest and the largest value in all of x_train",
        "An array has methods that look for both.",
    )


read_pixel = Exercise(
    "read-pixel",
    "Read a pixel",
    {"pixel": NUMBER, "darkest_and_brightest": VALUE},
    [
        criteria.number(
            "pixel",
            _pixel,
            4,
            "pixel is the value in row 19, column 14 of the first image",
            "Python counts from 0. Give the image's index first, then the row, then the column.",
        ),
        Criterion("darkest_and_brightest are the smallest and the largest value", 2, _shades),
    ],
    (
        "x_train has three axes, so one value needs three indices.",
        "Indices go into one pair of square brackets, with commas between them. Count from 0.",
        "pixel = x_train[image, row, column]; (x_train.min(), ...)",
    ),
    [
        Misconception(
            "counted-from-one",
            lambda answers: (
                _number(answers, "pixel")
                in (_pixel(answers, 1, 20, 15), _pixel(answers, 0, 20, 15), _pixel(answers, 1))
            ),
            "This is the value you get when you count from 1, as R does. Python counts from 0.",
        ),
        Misconception(
            "row-and-column-swapped",
            lambda answers: _number(answers, "pixel") == _pixel(answers, 0, PIXEL[1], PIXEL[0]),
            "Row and column look swapped: the row comes first.",
        ),
    ],
)

# --- reading files --------------------------------------------------------------------------

_IMAGES_MAGIC = 2051


def idx_probes(random: np.random.Generator) -> list[tuple[bytes]]:
    """Return the bytes of three small IDX image files; no side is as long as another."""
    probes = []
    for count, rows, columns in ((1, 3, 5), (4, 2, 7), (int(random.integers(5, 9)), 6, 4)):
        pixels = random.integers(0, 256, (count, rows, columns), dtype=np.uint8)
        header = struct.pack(">4i", _IMAGES_MAGIC, count, rows, columns)
        probes.append((header + pixels.tobytes(),))
    return probes


def _idx_images(answers: Answers) -> list[np.ndarray]:
    images = []
    for (content,) in idx_probes(np.random.default_rng(answers.read_idx_images.seed)):
        _, count, rows, columns = struct.unpack(">4i", content[:16])
        images.append(np.frombuffer(content[16:], np.uint8).reshape(count, rows, columns))
    return images


def _returned(fact: evidence.Calls) -> list[Any]:
    return [call.result for call in fact.calls]


def _runs(answers: Answers) -> Message | None:
    for result in _returned(answers.read_idx_images):
        if isinstance(result, evidence.Raised):
            return Message(
                f"On a small test file your function raised {result.type}: {result.text}",
                "a function that works for any number of images of any size",
                "Read the counts from the header instead of writing 28 or 60000.",
            )
        if not isinstance(result, evidence.Array):
            kind = "None" if isinstance(result, evidence.Placeholder) else result.type
            return Message(
                f"Your function returned {kind}",
                "an array of shape (images, rows, columns)",
                "End the function with return.",
            )
    return None


def _idx_shapes(answers: Answers) -> Message | None:
    pairs = zip(_returned(answers.read_idx_images), _idx_images(answers), strict=True)
    for result, images in pairs:
        if result.shape != images.shape:
            return Message(
                f"From a file of {len(images)} images of {images.shape[1]}×{images.shape[2]} "
                f"pixels your function made an array of shape {result.shape}",
                "the shape (images, rows, columns)",
                "Take the three numbers that follow the magic number, in their order.",
            )
    return None


def _idx_values(answers: Answers) -> Message | None:
    pairs = zip(_returned(answers.read_idx_images), _idx_images(answers), strict=True)
    if all(criteria.agrees(result, images) for result, images in pairs):
        return None
    return Message(
        "The pixel values are not those of the file",
        "the bytes after the header, row after row",
        "Print the first bytes of a small file and follow them by hand.",
    )


def _idx_dtypes(answers: Answers) -> Message | None:
    for result in _returned(answers.read_idx_images):
        if result.dtype != "uint8":
            return Message(
                f"The array's dtype is {result.dtype}",
                "one byte for each pixel",
                "Tell np.frombuffer how to read a byte: without a sign, from 0 to 255.",
            )
    return None


def _mistaken_idx(answers: Answers, mistake: Any) -> bool:
    results = _returned(answers.read_idx_images)
    return all(
        isinstance(result, evidence.Array) and mistake(result, images)
        for result, images in zip(results, _idx_images(answers), strict=True)
    )


read_idx = Exercise(
    "read-idx",
    "Read an IDX file by hand",
    {"read_idx_images": function(idx_probes)},
    [
        Criterion("the function runs on any IDX image file", 3, _runs, stop=True),
        Criterion("the array has the shape that the header gives", 4, _idx_shapes, stop=True),
        Criterion("the pixel values are those of the file", 3, _idx_values),
        Criterion("the values are unsigned bytes", 2, _idx_dtypes),
    ],
    (
        "The header is four whole numbers of four bytes each, the most significant byte first. "
        "The pixels follow.",
        "int.from_bytes(content[4:8], 'big') reads the number of images; np.frombuffer reads "
        "the pixels.",
        "np.frombuffer(content[...:], dtype=...).reshape(count, rows, columns)",
    ),
    [
        Misconception(
            "rows-and-columns-swapped",
            lambda answers: _mistaken_idx(
                answers,
                lambda result, images: result.shape == images.transpose(0, 2, 1).shape,
            ),
            "Rows and columns look swapped: the header names the rows first.",
        ),
        Misconception(
            "header-read-as-pixels",
            lambda answers: any(
                isinstance(result, evidence.Array)
                and result.sample.size >= 16
                and bytes(result.sample.ravel()[:4].astype(np.uint8)) == b"\x00\x00\x08\x03"
                for result in _returned(answers.read_idx_images)
            ),
            "The first “pixels” are the header. How many bytes long is it?",
        ),
        Misconception(
            "little-endian",
            lambda answers: any(
                isinstance(result, evidence.Raised)
                and any(str(n * 2**24) in result.text for n in range(1, 10))
                for result in _returned(answers.read_idx_images)
            ),
            "The numbers come out huge: the file stores the most significant byte first.",
        ),
        Misconception(
            "fixed-size",
            lambda answers: any(
                isinstance(result, evidence.Raised) and "28" in result.text
                for result in _returned(answers.read_idx_images)
            ),
            "Your function expects 28×28 pixels. The header says how large the images are.",
        ),
    ],
)

CSV_ROWS = 1_000


def _csv_images(answers: Answers) -> np.ndarray:
    return answers.data.x_test[:CSV_ROWS]


read_csv = Exercise(
    "read-csv",
    "Read a table with pandas",
    {"csv_images": ARRAY, "csv_labels": ARRAY},
    [
        criteria.values(
            "csv_labels",
            lambda answers: answers.data.y_test[:CSV_ROWS],
            2,
            "csv_labels holds the column label",
            "Take one column of the table by its name.",
            words="one whole number for each image",
        ),
        criteria.shape(
            "csv_images",
            lambda answers: _csv_images(answers).shape,
            3,
            "A row of the table is one label and 784 pixels. Leave the label out, then reshape.",
            "csv_images is a stack of images",
            "the shape (images, 28, 28)",
        ),
        criteria.values(
            "csv_images",
            _csv_images,
            3,
            "csv_images holds the pixels in their places",
            "Show csv_images[0] and compare it with x_test[0].",
            words="the first 1,000 test images, pixel for pixel",
        ),
    ],
    (
        "pandas reads the file in one line. Then separate the column label from the other 784.",
        "table.drop(columns=...) leaves a column out, .to_numpy() makes an array, "
        ".reshape(-1, 28, 28) folds each row into an image.",
        "csv_images = table.drop(columns=...).to_numpy().reshape(...); csv_labels = table[...]",
    ),
    [
        Misconception(
            "label-among-the-pixels",
            lambda answers: answers.csv_images.shape[-1:] == (785,),
            "785 columns: the label is still among the pixels.",
        ),
        Misconception(
            "not-folded",
            lambda answers: answers.csv_images.shape == (CSV_ROWS, 784),
            "Each image is still one long row. Fold it into 28 rows of 28 pixels.",
        ),
        Misconception(
            "columns-first",
            lambda answers: (
                answers.csv_images.shape == (CSV_ROWS, 28, 28)
                and criteria.agrees(answers.csv_images, _csv_images(answers).transpose(0, 2, 1))
            ),
            "The images lie on their side: rows and columns are swapped. "
            "R fills an array column by column, NumPy row by row.",
        ),
        Misconception(
            "last-column-dropped",
            lambda answers: (
                answers.csv_images.shape == (CSV_ROWS, 28, 28)
                and criteria.agrees(
                    answers.csv_images,
                    _with_labels(answers)[:, :784].reshape(-1, 28, 28),
                )
            ),
            "The first “pixel” of every image is its label: you left out the last column.",
        ),
    ],
)


def _with_labels(answers: Answers) -> np.ndarray:
    flat = _csv_images(answers).reshape(-1, 784)
    return np.column_stack([answers.data.y_test[:CSV_ROWS], flat])


# --- labels ---------------------------------------------------------------------------------


def _one_hot(labels: np.ndarray) -> np.ndarray:
    return np.eye(10, dtype=np.uint8)[labels]


def _alphabetical(answers: Answers) -> np.ndarray:
    """Return the rank of every class's name in alphabetical order, shape (10,)."""
    return np.argsort(np.argsort(answers.data.class_names))


def _made_from(answers: Answers, columns: np.ndarray) -> bool:
    """Tell whether the one-hot labels are right but for the order of their columns."""
    labels = answers.data.y_train
    wrong = _one_hot(columns[labels])
    return criteria.agrees(answers.y_train_one_hot, wrong)


one_hot = Exercise(
    "one-hot",
    "One-hot labels",
    {"y_train_one_hot": ARRAY, "y_test_one_hot": ARRAY},
    [
        criteria.shape(
            "y_train_one_hot",
            lambda answers: (len(answers.data.y_train), 10),
            2,
            "Every label becomes a row of ten numbers.",
            "y_train_one_hot has one row for each label",
            "the shape (labels, 10)",
        ),
        criteria.values(
            "y_train_one_hot",
            lambda answers: _one_hot(answers.data.y_train),
            4,
            "each row has its one in the column of its class",
            "Compare y_train[:3] with the first three rows.",
            words="a single 1 in each row, and 0 elsewhere",
        ),
        criteria.values(
            "y_test_one_hot",
            lambda answers: _one_hot(answers.data.y_test),
            2,
            "the test labels are encoded in the same way",
            "Do with y_test exactly what you did with y_train.",
            words="a single 1 in each row, in the column of the test label",
        ),
    ],
    (
        "Label 3 becomes ten numbers: all 0 but the one in column 3.",
        "keras.utils.to_categorical does it. It takes the labels and the number of classes.",
        "y_train_one_hot = keras.utils.to_categorical(..., 10), and the same for the test labels.",
    ),
    [
        Misconception(
            "alphabetical-classes",
            lambda answers: _made_from(answers, _alphabetical(answers)),
            "The columns follow the alphabet, not the class numbers: column 0 should stand for "
            "class 0.",
        ),
        Misconception(
            "off-by-one",
            lambda answers: (
                answers.y_train_one_hot.shape == (len(answers.data.y_train), 11)
                or _made_from(answers, np.roll(np.arange(10), -1))
                or _made_from(answers, np.roll(np.arange(10), 1))
            ),
            "Your ones are a column off: the classes count from 0.",
        ),
        Misconception(
            "labels-not-encoded",
            lambda answers: answers.y_train_one_hot.shape == answers.data.y_train.shape,
            "These are still the class numbers, one for each image.",
        ),
        Misconception(
            "test-labels-from-training",
            lambda answers: (
                answers.y_test_one_hot.shape == (len(answers.data.y_train), 10)
                or answers.y_test_one_hot.shape == answers.data.y_test.shape
            ),
            "y_test_one_hot was not made from y_test: look at what you handed over.",
        ),
    ],
)


def _ordered_names(answers: Answers) -> Message | None:
    plain = answers.ordered_names.value
    if plain == list(answers.data.class_names):
        return None
    return Message(
        f"ordered_names is {criteria.show(plain)}",
        "the ten names so that position 0 names class 0",
        "Compare with the table of classes above.",
    )


class_order = Exercise(
    "class-order",
    "The class-order trap",
    {"ordered_table": ARRAY, "ordered_names": VALUE},
    [
        criteria.shape(
            "ordered_table",
            lambda answers: (len(answers.data.y_train), 10),
            1,
            "Keep all rows and all ten columns; only their order changes.",
            "ordered_table keeps its ten columns",
            "the shape (labels, 10)",
        ),
        criteria.values(
            "ordered_table",
            lambda answers: _one_hot(answers.data.y_train),
            4,
            "column k of ordered_table stands for class k",
            "A table's columns can be chosen by a list of names, in the order you want.",
            words="the columns in the order of the class numbers",
        ),
        Criterion("ordered_names are the columns' names in that order", 1, _ordered_names),
    ],
    (
        "The table is right, but its columns are sorted by name. You know the order they should "
        "have.",
        "table[list_of_names] picks columns in the order of the list.",
        "ordered_table = table[list(labkit.CLASS_NAMES)]; ordered_names = list(….columns)",
    ),
    [
        Misconception(
            "alphabetical-classes",
            lambda answers: criteria.agrees(
                answers.ordered_table, _one_hot(_alphabetical(answers)[answers.data.y_train])
            ),
            "The columns are still in alphabetical order.",
        ),
        Misconception(
            "renamed-not-reordered",
            lambda answers: (
                answers.ordered_names.value == list(answers.data.class_names)
                and not criteria.agrees(answers.ordered_table, _one_hot(answers.data.y_train))
            ),
            "You changed the names above the columns, but the columns stayed where they were.",
        ),
    ],
)

# --- scaling and shaping --------------------------------------------------------------------

_DIVIDE = "Divide every pixel value by the largest that a pixel can have."


def _range(name: str) -> Criterion:
    def test(answers: Answers) -> Message | None:
        fact = getattr(answers, name)
        if fact.minimum >= 0 and 0.9 <= fact.maximum <= 1:
            return None
        return Message(
            f"{name} goes from {fact.minimum:.6g} to {fact.maximum:.6g}",
            "values from 0 to 1",
            _DIVIDE,
        )

    return Criterion(f"{name} lies between 0 and 1", 2, test)


def _float(answers: Answers) -> Message | None:
    for name in ("x_train_scaled", "x_test_scaled"):
        dtype = getattr(answers, name).dtype
        if not dtype.startswith("float"):
            return Message(
                f"{name} has the dtype {dtype}",
                "numbers with a fractional part",
                "A single / divides into fractions; // cuts them off.",
            )
    return None


def _is_scaled_by(fact: evidence.Array, images: np.ndarray, factor: float) -> bool:
    return fact.shape == images.shape and np.allclose(
        fact.sample, images[fact.rows] * factor, rtol=1e-3, atol=1e-9
    )


def _standardized(fact: evidence.Array) -> bool:
    return abs(fact.mean) < 0.01 and abs(fact.std - 1) < 0.01


scale_images = Exercise(
    "scale-images",
    "Scale the images",
    {"x_train_scaled": ARRAY, "x_test_scaled": ARRAY},
    [
        criteria.shape(
            "x_train_scaled",
            lambda answers: answers.data.x_train.shape,
            1,
            "Scaling changes the values, not the shape.",
            "x_train_scaled keeps the shape of x_train",
        ),
        Criterion("both hold fractions", 1, _float),
        _range("x_train_scaled"),
        _range("x_test_scaled"),
        criteria.values(
            "x_train_scaled",
            lambda answers: answers.data.x_train,
            3,
            "every training pixel is scaled by the same number",
            _DIVIDE,
            1e-3,
            "each training pixel, divided by the same number",
            divided_by=255,
        ),
        criteria.values(
            "x_test_scaled",
            lambda answers: answers.data.x_test,
            3,
            "the test images are scaled exactly as the training images",
            "Use the same division for x_test.",
            1e-3,
            "each test pixel, divided by that same number",
            divided_by=255,
        ),
    ],
    (
        "Pixels go from 0 to 255. Which single operation brings them to 0…1?",
        "NumPy divides a whole array at once: x_train / number. Give the result a new name.",
        "x_train_scaled = x_train / ...; x_test_scaled = x_test / ...",
    ),
    [
        Misconception(
            "scaled-twice",
            lambda answers: (
                _is_scaled_by(answers.x_train_scaled, answers.data.x_train, 255**-2)
                or _is_scaled_by(answers.x_test_scaled, answers.data.x_test, 255**-2)
            ),
            "The values look divided by 255 twice: the largest is 0.0039. Load the images again "
            "and scale once, into a new name.",
        ),
        Misconception(
            "test-not-scaled",
            lambda answers: _is_scaled_by(answers.x_test_scaled, answers.data.x_test, 1),
            "The test images are not scaled. A network that has learnt from numbers up to 1 "
            "makes nothing of numbers up to 255.",
        ),
        Misconception(
            "integer-division",
            lambda answers: (
                answers.x_train_scaled.dtype.startswith(("int", "uint"))
                and answers.x_train_scaled.maximum <= 1
            ),
            "Whole-number division leaves only 0 and 1: all the greys are gone.",
        ),
        Misconception(
            "standardized",
            lambda answers: _standardized(answers.x_train_scaled),
            "You gave the values mean 0 and standard deviation 1. That is another kind of "
            "scaling; here the pixels are to lie between 0 and 1.",
        ),
        Misconception(
            "inverted",
            lambda answers: np.allclose(
                answers.x_train_scaled.sample,
                1 - answers.data.x_train[answers.x_train_scaled.rows] / 255,
                atol=1e-3,
            ),
            "Light and dark are swapped.",
        ),
        Misconception(
            "test-from-training",
            lambda answers: (
                answers.x_test_scaled.shape == answers.data.x_train.shape
                and answers.x_test_scaled.shape != answers.data.x_test.shape
            ),
            "x_test_scaled was made from the training images.",
        ),
    ],
)

why_not_labels = Essay(
    "why-not-labels",
    "Why are the labels not scaled?",
    6,
    (
        (3, "A label is the number of a class, a name, and not an amount."),
        (2, "Dividing it would make numbers that name no class, or break the one-hot code."),
        (1, "Scaling serves the optimizer; labels are no input to the network."),
    ),
)

channel_axis = Exercise(
    "channel-axis",
    "The channel axis",
    {"x_train_channel": ARRAY},
    [
        criteria.shape(
            "x_train_channel",
            lambda answers: (*answers.data.x_train.shape, 1),
            3,
            "One axis is to be added at the end, of length 1.",
            "x_train_channel has the four axes image, row, column, channel",
            "four axes: images, 28, 28, and one channel",
        ),
        criteria.values(
            "x_train_channel",
            lambda answers: answers.data.x_train[..., np.newaxis],
            3,
            "the scaled values stay where they were",
            "Start from x_train_scaled and add an axis; nothing else changes.",
            1e-3,
            "the scaled images themselves",
            divided_by=255,
        ),
    ],
    (
        "Grey images have one channel, colour images three. Say so with a fourth axis.",
        "x[..., np.newaxis], np.expand_dims(x, axis) and x.reshape(...) all add an axis.",
        "x_train_channel = x_train_scaled[..., ...]",
    ),
    [
        Misconception(
            "channel-first",
            lambda answers: answers.x_train_channel.shape == (len(answers.data.x_train), 1, 28, 28),
            "The channel stands before rows and columns. Keras expects it last.",
        ),
        Misconception(
            "batch-axis-added",
            lambda answers: answers.x_train_channel.shape == (1, *answers.data.x_train.shape),
            "The new axis is the first one: that makes a batch of one. The channel goes last.",
        ),
        Misconception(
            "missing-channel-axis",
            lambda answers: answers.x_train_channel.shape == answers.data.x_train.shape,
            "There is no channel axis yet.",
        ),
        Misconception(
            "unscaled-pixels",
            lambda answers: answers.x_train_channel.maximum > 1,
            "These are the pixels from 0 to 255. Start from x_train_scaled.",
        ),
    ],
)

# --- pictures -------------------------------------------------------------------------------


def _same_picture(shown: np.ndarray | None, image: np.ndarray) -> bool:
    """Tell whether a panel shows `image`, in whatever range its values are."""
    if shown is None or shown.shape != image.shape:
        return False
    for top in (1.0, 255.0):
        if np.allclose(np.asarray(shown, float), image / 255.0 * top, atol=top * 2e-3):
            return True
    return False


def _shown(fact: evidence.Picture) -> list[np.ndarray | None]:
    return [panel.image for panel in fact.panels]


def _heat_map(answers: Answers) -> Message | None:
    wanted = answers.data.x_train[1]
    if any(_same_picture(shown, wanted) for shown in _shown(answers.pixel_axes)):
        return None
    return Message(
        "The figure does not show the second training image",
        "x_train[1], the right way up",
        "Hand the image over by its index; Python counts from 0.",
    )


def _values_written(answers: Answers) -> Message | None:
    image = answers.data.x_train[1]
    for panel in answers.pixel_axes.panels:
        written = {text.strip() for text in panel.texts}
        if len(panel.texts) >= 300 and {str(n) for n in np.unique(image)[1:]} <= written:
            return None
    return Message(
        "The values of the pixels are not written into the picture",
        "a number in each of the 28×28 fields",
        "labkit.plots.show_pixels writes them; seaborn's heatmap does with annot=True.",
    )


show_pixels = Exercise(
    "show-pixels",
    "One image, number by number",
    {"pixel_axes": PICTURE},
    [
        Criterion("the figure shows the second training image", 3, _heat_map),
        Criterion("the values stand in their fields", 3, _values_written),
    ],
    (
        "The example above drew x_train[0]. Yours is the image after it.",
        "labkit.plots.show_pixels(image) draws one image and returns its axes.",
        "pixel_axes = labkit.plots.show_pixels(x_train[...])",
    ),
    [
        Misconception(
            "first-image-again",
            lambda answers: any(
                _same_picture(shown, answers.data.x_train[0])
                for shown in _shown(answers.pixel_axes)
            ),
            "This is the first image. The second has the index 1.",
        ),
        Misconception(
            "counted-from-one",
            lambda answers: any(
                _same_picture(shown, answers.data.x_train[2])
                for shown in _shown(answers.pixel_axes)
            ),
            "This is the third image: Python counts from 0.",
        ),
        Misconception(
            "test-image",
            lambda answers: any(
                _same_picture(shown, answers.data.x_test[1]) for shown in _shown(answers.pixel_axes)
            ),
            "This image comes from the test set.",
        ),
    ],
)

LAST = 25


def _panels(answers: Answers) -> Message | None:
    count = sum(shown is not None for shown in _shown(answers.last_axes))
    if count == LAST:
        return None
    return Message(
        f"The figure shows {count} images",
        "25 images",
        "Cut the last 25 entries out of x_train and of y_train.",
    )


def _all_shown(answers: Answers, images: np.ndarray) -> bool:
    shown = _shown(answers.last_axes)
    return len(shown) == len(images) and all(map(_same_picture, shown, images))


def _last_images(answers: Answers) -> Message | None:
    if _all_shown(answers, answers.data.x_train[-LAST:]):
        return None
    return Message(
        "These are not the last 25 training images in their order",
        "x_train from the 25th-last image to the last",
        "A slice with a negative start counts from the end.",
    )


def _titles_are(answers: Answers, names: list[str]) -> bool:
    titles = [panel.title for panel in answers.last_axes.panels]
    return len(titles) == len(names) and all(
        name.lower() in title.lower() for name, title in zip(names, titles, strict=True)
    )


def _names(answers: Answers, labels: np.ndarray) -> list[str]:
    return [answers.data.class_names[label] for label in labels]


def _last_titles(answers: Answers) -> Message | None:
    if _titles_are(answers, _names(answers, answers.data.y_train[-LAST:])):
        return None
    return Message(
        "The names above the images are not those of their classes",
        "the class name of each image as its title",
        "Cut the labels exactly as you cut the images.",
    )


last_images = Exercise(
    "last-images",
    "The last 25 images",
    {"last_axes": PICTURE},
    [
        Criterion("the figure shows 25 images", 3, _panels, stop=True),
        Criterion("they are the last 25 of the training set, in order", 5, _last_images),
        Criterion("each has the name of its class above it", 4, _last_titles),
    ],
    (
        "The example above took the first 25. Only the slice changes, for images and labels.",
        "x_train[:25] are the first 25 images. A negative start counts from the end.",
        "last_axes = labkit.plots.show_images(x_train[...:], y_train[...:])",
    ),
    [
        Misconception(
            "first-not-last",
            lambda answers: _all_shown(answers, answers.data.x_train[:LAST]),
            "These are the first 25 images.",
        ),
        Misconception(
            "test-set-shown",
            lambda answers: _all_shown(answers, answers.data.x_test[-LAST:]),
            "These images come from the test set.",
        ),
        Misconception(
            "reversed",
            lambda answers: _all_shown(answers, answers.data.x_train[::-1][:LAST]),
            "The right images, but from the last to the first.",
        ),
        Misconception(
            "last-one-missing",
            lambda answers: _all_shown(answers, answers.data.x_train[-LAST - 1 : -1]),
            "Your slice stops before the last image: leave its end empty.",
        ),
        Misconception(
            "labels-of-others",
            lambda answers: _titles_are(answers, _names(answers, answers.data.y_train[:LAST])),
            "The names belong to the first 25 images.",
        ),
        Misconception(
            "alphabetical-classes",
            lambda answers: _titles_are(
                answers,
                [sorted(answers.data.class_names)[n] for n in answers.data.y_train[-LAST:]],
            ),
            "The names are sorted by the alphabet: class 0 is not the first of them.",
        ),
        Misconception(
            "on-their-side",
            lambda answers: _all_shown(answers, answers.data.x_train[-LAST:].transpose(0, 2, 1)),
            "The images lie on their side: rows and columns are swapped.",
        ),
    ],
)

read_aloud = Essay(
    "read-aloud",
    "Read a picture",
    4,
    (
        (2, "Names two classes that are hard to tell apart by eye, and an example."),
        (2, "Says what would tell them apart: sleeves, collar, length, heel."),
    ),
)

LAB = Lab(
    "lab1-data",
    "Images are arrays",
    75,
    (
        count_images,
        describe_array,
        array_or_matrix,
        read_pixel,
        show_pixels,
        read_idx,
        read_csv,
        one_hot,
        class_order,
        scale_images,
        why_not_labels,
        channel_axis,
        last_images,
        read_aloud,
    ),
)
progress = LAB.progress
