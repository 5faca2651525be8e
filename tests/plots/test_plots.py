import itertools
import subprocess
import sys

import keras
import matplotlib
import numpy as np
import pytest
import sklearn.metrics
from matplotlib import font_manager, ft2font
from matplotlib import pyplot as plt
from matplotlib.transforms import Affine2D

from labkit import data, plots
from labkit.plots import alt_text, look


@pytest.fixture
def rng():
    return np.random.default_rng(20)


@pytest.fixture
def images(rng):
    return rng.integers(0, 256, size=(7, 28, 28), dtype=np.uint8)


@pytest.fixture
def labels(rng):
    return np.array([9, 2, 1, 1, 6, 0, 4], dtype=np.uint8)


@pytest.fixture
def probabilities(labels):
    """Probabilities of which those of image 4 (a shirt) are wrong: a T-shirt is predicted."""
    rows = np.full((7, 10), 0.01)
    predicted = np.where(labels == 6, 0, labels)
    rows[np.arange(7), predicted] = 0.91
    return rows


HISTORY = {
    "loss": [0.9, 0.6, 0.4, 0.3],
    "accuracy": [0.6, 0.7, 0.8, 0.9],
    "val_loss": [0.8, 0.5, 0.55, 0.7],
    "val_accuracy": [0.65, 0.75, 0.8, 0.7],
}


def titles(grid):
    return [axes.get_title() for axes in grid]


def alt(axes):
    return alt_text.alt_text(axes.figure)


# Images


def test_images_stand_under_their_class_names(images, labels):
    grid = plots.show_images(images, labels)
    assert grid.shape == (7,)
    assert all(isinstance(axes, plt.Axes) for axes in grid)
    assert titles(grid) == [data.CLASS_NAMES[label] for label in labels]
    assert len(grid[0].figure.axes) == 7, "no empty frames beside the images"
    assert "7 images: Ankle boot, Pullover" in alt(grid[0])


@pytest.mark.parametrize("form", [np.eye(10)[[9, 2]], [[9], [2]], [9.0, 2.0], (9, 2)])
def test_labels_may_be_one_hot_a_column_or_a_list(images, form):
    assert titles(plots.show_images(images[:2], form)) == ["Ankle boot", "Pullover"]


def test_images_without_labels_are_numbered(images):
    assert titles(plots.show_images(images[:2])) == ["image 0", "image 1"]


def test_other_class_names_are_used(images):
    grid = plots.show_images(images[:2], [7, 2], class_names=data.DIGIT_NAMES)
    assert titles(grid) == ["7", "2"]


def test_columns_set_the_shape_of_the_grid(images):
    grid = plots.show_images(images, columns=4)
    assert grid[3].get_subplotspec().colspan.start == 3
    assert grid[4].get_subplotspec().rowspan.start == 1


def test_channel_axis_of_one_is_accepted(images):
    grid = plots.show_images(images[..., np.newaxis])
    np.testing.assert_array_equal(grid[2].images[0].get_array(), images[2])


@pytest.mark.parametrize(
    ("scale", "black"), [(np.uint8(1), 255), (1 / 255, 1), (1 / 255**2, 1), (1.0, 255)]
)
def test_zero_is_white_and_the_greatest_possible_value_black(images, scale, black):
    for axes in plots.show_images(images * scale):
        shown = axes.images[0]
        assert shown.norm.vmin == 0
        assert shown.norm.vmax == black
        assert shown.cmap(shown.norm(0))[:3] == (1, 1, 1)
        assert shown.cmap(shown.norm(black))[:3] == (0, 0, 0)


# Pixels


def written(axes):
    """Return the texts that are written on the Axes, those of its collections among them."""
    of_collections = [getattr(artist, "get_texts", list)() for artist in axes.collections]
    return [*axes.texts, *itertools.chain.from_iterable(of_collections)]


def test_every_value_is_written_in_its_cell(images):
    axes = plots.show_pixels(images[0])
    assert [text.get_text() for text in written(axes)] == [str(n) for n in images[0].ravel()]
    places = [text.get_position() for text in written(axes)]
    assert places[:2] + places[28:29] == [(0.5, 0.5), (1.5, 0.5), (0.5, 1.5)]
    assert "values from 0 to 25" in axes.get_title()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("column", "row")
    assert [label.get_text() for label in axes.get_yticklabels()] == [str(i) for i in range(28)]
    assert "every value written" in alt(axes)


def test_fractions_are_written_short():
    image = np.array([[0.0, 0.254], [1.0, -0.5], [10.5, 0.999]])
    texts = [text.get_text() for text in written(plots.show_pixels(image))]
    assert texts == ["0", ".25", "1", "-.50", "10.50", "1.00"]


def test_pixel_numbers_fit_into_their_cells_and_can_be_read(images):
    axes = plots.show_pixels(images[0])
    axes.figure.canvas.draw()
    cell = axes.transData.transform([(0, 0), (1, 1)])
    width, height = np.abs(cell[1] - cell[0])
    numbers = axes.collections[-1]
    assert len(numbers.get_paths()) == images[0].size
    for path in numbers.get_paths():
        box = path.transformed(Affine2D(numbers.get_transforms()[0])).get_extents()
        assert box.width < width
        assert 5 < box.height < height


def test_an_image_with_its_values_takes_few_artists(images):
    assert len(plots.show_pixels(images[0]).get_children()) < 20


@pytest.mark.parametrize("draw", ["pixels", "matrix"])
def test_numbers_in_cells_have_contrast(draw):
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    labels = np.repeat(np.arange(10), 20)
    mixed = np.where(np.tile(np.arange(20), 10) < 2 * labels, labels, (labels + 1) % 10)
    axes = plots.show_pixels(ramp) if draw == "pixels" else plots.confusion_matrix(labels, mixed)
    axes.figure.canvas.draw()
    cells = axes.collections[0].get_facecolors()
    assert len(written(axes)) == len(cells)
    for text, cell in zip(written(axes), cells, strict=True):
        assert plots.contrast(text.get_color(), cell) >= 4.5


# Learning curves


def test_curves_show_loss_and_accuracy_of_training_and_validation():
    loss, accuracy = plots.learning_curves(HISTORY, title="model1")
    assert titles([loss, accuracy]) == ["Loss", "Accuracy"]
    assert loss.figure.get_suptitle() == "model1"
    for axes, key in [(loss, "loss"), (accuracy, "accuracy")]:
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", key)
        lines = {line.get_label(): line for line in axes.lines}
        np.testing.assert_array_equal(lines["training"].get_xdata(), [1, 2, 3, 4])
        np.testing.assert_array_equal(lines["training"].get_ydata(), HISTORY[key])
        np.testing.assert_array_equal(lines["validation"].get_ydata(), HISTORY[f"val_{key}"])
        assert {"training", "validation"} < {t.get_text() for t in axes.get_legend().get_texts()}


def test_training_and_validation_differ_without_colour():
    for axes in plots.learning_curves(HISTORY):
        training, validation = (
            next(line for line in axes.lines if line.get_label() == label)
            for label in ("training", "validation")
        )
        assert training.get_linestyle() != validation.get_linestyle()
        assert training.get_marker() != validation.get_marker()


def test_epoch_of_lowest_validation_loss_is_marked():
    for axes, value in zip(plots.learning_curves(HISTORY), (0.5, 0.75), strict=True):
        (mark,) = [line for line in axes.lines if line.get_marker() == "*"]
        assert mark.get_xydata().tolist() == [[2, value]]
        assert "lowest validation loss (epoch 2)" in [
            text.get_text() for text in axes.get_legend().get_texts()
        ]
    assert "Lowest validation loss 0.5 at epoch 2" in alt(axes)


@pytest.mark.parametrize("count", [1, 2, 5, 10, 13, 50, 137, 1000])
def test_epochs_are_whole_numbers_from_one(count):
    axes = plots.learning_curves({"loss": np.ones(count), "accuracy": np.ones(count)})[0]
    ticks = axes.get_xticks()
    assert ticks[0] == 1
    assert ticks[-1] <= count
    assert len(ticks) <= 13
    assert all(label.get_text().isdigit() for label in axes.get_xticklabels())
    low, high = axes.get_xlim()
    assert low < 1
    assert high > count


def test_keras_history_is_recognised_by_its_attribute():
    class History:
        history = HISTORY

    assert len(plots.learning_curves(History())) == 2


def test_history_without_validation_has_only_training_curves():
    grid = plots.learning_curves({"loss": [2, 1], "sparse_categorical_accuracy": [0.1, 0.2]})
    assert [[line.get_label() for line in axes.lines] for axes in grid] == [["training"]] * 2


@pytest.mark.parametrize(
    ("metrics", "name"),
    [
        (["accuracy"], "accuracy"),
        (["acc", keras.metrics.SparseTopKCategoricalAccuracy(k=2)], "acc"),
        ([keras.metrics.SparseCategoricalAccuracy()], "sparse_categorical_accuracy"),
        ([keras.metrics.SparseCategoricalAccuracy(name="right"), "accuracy"], "right"),
    ],
)
def test_the_accuracy_is_found_whatever_compile_calls_it(metrics, name):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=metrics)
    history = model.fit(
        np.eye(4), np.array([0, 1, 2, 0]), validation_split=0.5, epochs=2, verbose=0
    )
    assert plots.accuracy_name(history) == name
    assert {name, f"val_{name}"} <= set(history.history)
    axes = plots.learning_curves(history)[1]
    assert [list(line.get_ydata()) for line in axes.lines[:2]] == [
        history.history[name],
        history.history[f"val_{name}"],
    ]


def test_diverged_training_can_be_looked_at():
    curves = {**HISTORY, "val_loss": [0.8, np.nan, 0.7, np.nan]}
    assert "at epoch 3" in alt(plots.learning_curves(curves)[0])
    assert "Lowest" not in alt(plots.learning_curves({**HISTORY, "val_loss": [np.nan] * 4})[0])


# Predictions


def test_right_and_wrong_predictions_differ_by_mark_words_frame_and_colour(
    images, probabilities, labels
):
    grid = plots.show_predictions(images, probabilities, labels)
    for index, axes in enumerate(grid):
        title = axes.get_title()
        name = data.CLASS_NAMES[labels[index]]
        if index == 4:
            assert title == "✗ T-shirt/top 91%\ntrue: Shirt"
            assert axes.spines["top"].get_linestyle() == "--"
            assert axes.title.get_color() == look.WRONG["color"]
        else:
            assert title == f"✓ {name} 91%"
            assert axes.spines["top"].get_linestyle() == "-"
            assert axes.title.get_color() == look.RIGHT["color"]
    assert grid[0].figure.get_suptitle() == "6 of 7 predictions right (✓), 1 wrong (✗)"
    assert alt(grid[0]) == (
        "6 of 7 predictions right. Wrong: image 4 is Shirt, predicted T-shirt/top."
    )


def test_font_has_the_marks(images, probabilities, labels):
    title = plots.show_predictions(images, probabilities, labels)[0].title
    font = ft2font.FT2Font(font_manager.findfont(title.get_fontproperties()))
    assert all(ord(style["mark"]) in font.get_charmap() for style in (look.RIGHT, look.WRONG))


def test_bars_show_each_probability_under_its_name(probabilities):
    axes = plots.show_probabilities(probabilities[4])
    np.testing.assert_allclose([bar.get_width() for bar in axes.patches], probabilities[4])
    assert [label.get_text() for label in axes.get_yticklabels()] == list(data.CLASS_NAMES)
    assert [text.get_text() for text in axes.texts] == ["91.0%"] + ["1.0%"] * 9
    assert axes.get_title() == "Predicted: T-shirt/top (91.0%)"
    assert axes.get_xlabel() == "probability"
    assert "T-shirt/top 91.0%" in alt(axes)


def test_bars_say_whether_the_prediction_is_right(probabilities):
    right = plots.show_probabilities(probabilities[0], label=9)
    wrong = plots.show_probabilities(probabilities[4:5], label=6)
    assert right.get_title() == "✓ Predicted: Ankle boot (91.0%)"
    assert wrong.get_title() == "✗ Predicted: T-shirt/top (91.0%)\nTrue: Shirt (1.0%)"
    assert wrong.get_yticklabels()[6].get_text() == "Shirt (true)"
    assert [bool(bar.get_hatch()) for bar in wrong.patches] == [True] + [False] * 9
    assert "wrong; true: Shirt" in alt(wrong)


# Confusion matrix


def texts_by_cell(axes):
    side = len(axes.get_xticklabels())
    return np.array([text.get_text() for text in axes.texts]).reshape(side, side)


@pytest.fixture
def many(rng):
    labels = rng.integers(0, 10, size=2_000, dtype=np.uint8)
    predictions = np.where(rng.random(2_000) < 0.8, labels, rng.integers(0, 10, size=2_000))
    return labels, predictions


def test_matrix_has_the_counts_of_scikit_learn(many):
    axes = plots.confusion_matrix(*many)
    expected = sklearn.metrics.confusion_matrix(*many)
    np.testing.assert_array_equal(texts_by_cell(axes).astype(int), expected)


def test_normalized_matrix_has_the_shares_of_scikit_learn(many):
    axes = plots.confusion_matrix(*many, normalize=True)
    expected = sklearn.metrics.confusion_matrix(*many, normalize="true")
    np.testing.assert_allclose(texts_by_cell(axes).astype(float), expected, atol=0.005 + 1e-9)
    assert "shares" in axes.get_title()


def test_rows_are_true_and_columns_predicted():
    axes = plots.confusion_matrix([0, 0, 0, 1], [0, 1, 1, 1], class_names=["cat", "dog"])
    assert texts_by_cell(axes).tolist() == [["1", "2"], ["0", "1"]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["cat", "dog"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog"]
    assert axes.yaxis_inverted(), "the first class is at the top"
    assert "Overall accuracy 50.00% (2 of 4)" in axes.get_title()
    assert "Most frequent confusions: cat taken for dog (2 times)." in alt(axes)


def test_class_without_images_has_no_shares():
    axes = plots.confusion_matrix([0, 0], [0, 1], class_names=["cat", "dog"], normalize=True)
    assert texts_by_cell(axes).tolist() == [["0.50", "0.50"], ["–", "–"]]


def test_one_hot_labels_give_the_same_matrix(many):
    labels, predictions = many
    first = texts_by_cell(plots.confusion_matrix(labels, predictions))
    second = texts_by_cell(plots.confusion_matrix(np.eye(10)[labels], predictions))
    np.testing.assert_array_equal(first, second)


# All of them

CALLS = {
    "show_images": lambda x, p, y: plots.show_images(x, y),
    "show_pixels": lambda x, p, y: plots.show_pixels(x[0]),
    "learning_curves": lambda x, p, y: plots.learning_curves(HISTORY),
    "show_predictions": lambda x, p, y: plots.show_predictions(x, p, y),
    "show_probabilities": lambda x, p, y: plots.show_probabilities(p[0], label=y[0]),
    "confusion_matrix": lambda x, p, y: plots.confusion_matrix(y, p.argmax(axis=1)),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_arguments_stay_as_they_are(call, images, probabilities, labels):
    arguments = images, probabilities, labels
    before = [argument.copy() for argument in arguments]
    history = {key: list(values) for key, values in HISTORY.items()}
    for argument in arguments:
        argument.setflags(write=False)
    call(*arguments)
    for argument, copy in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(argument, copy)
    assert history == HISTORY


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_nothing_is_shown_and_no_setting_changed(call, images, probabilities, labels, monkeypatch):
    shown = []
    monkeypatch.setattr(plt, "show", lambda *args, **kwargs: shown.append(args))
    before = dict(matplotlib.rcParams)
    call(images, probabilities, labels)
    assert dict(matplotlib.rcParams) == before
    assert shown == []
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_own_style_of_a_student_leaves_text_readable(call, images, probabilities, labels):
    with plt.style.context("dark_background"):
        drawn = np.ravel(call(images, probabilities, labels))
    figure = drawn[0].figure
    assert figure.get_facecolor()[:3] == (1, 1, 1)
    for axes in drawn:
        words = [axes.title, axes.xaxis.label, axes.yaxis.label]
        words += axes.get_xticklabels() + axes.get_yticklabels()
        words += axes.get_legend().get_texts() if axes.get_legend() else []
        assert all(plots.contrast(text.get_color(), "white") >= 4.5 for text in words)


@pytest.mark.parametrize("name", ["show_pixels", "show_probabilities", "confusion_matrix"])
def test_given_axes_are_used_and_described(name, images, probabilities, labels):
    figure, grid = plt.subplots(1, 2)
    arguments = {
        "show_pixels": (images[0],),
        "show_probabilities": (probabilities[0],),
        "confusion_matrix": (labels, probabilities.argmax(axis=1)),
    }[name]
    assert getattr(plots, name)(*arguments, ax=grid[1]) is grid[1]
    assert plt.get_fignums() == [figure.number]
    assert alt_text.alt_text(figure).startswith("2 plots. (1) Plot without a title. (2) ")


def test_colours_can_be_read_on_white_and_told_apart_from_each_other():
    colours = [look.BLUE, look.VERMILION, look.GREEN, look.GREY]
    assert all(plots.contrast(colour, "white") >= 4.5 for colour in colours)
    assert all(a != b for a, b in itertools.combinations(colours, 2))


def test_contrast_is_that_of_wcag():
    assert plots.contrast("black", "white") == pytest.approx(21)
    assert plots.contrast("white", "black") == pytest.approx(21)
    assert plots.contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)


def test_plots_load_no_tensorflow():
    code = "import sys, labkit.plots; print({'tensorflow', 'keras'} & set(sys.modules))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "set()"


# Bad arguments

X, P, Y = np.zeros((3, 28, 28)), np.full((3, 10), 0.1), np.zeros(3, dtype=int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: plots.show_images(...), TypeError, "images is still the placeholder"),
        (lambda: plots.show_images(X, ...), TypeError, "labels is still the placeholder"),
        (lambda: plots.show_pixels(...), TypeError, "image is still the placeholder"),
        (lambda: plots.learning_curves(...), TypeError, "history is still the placeholder"),
        (lambda: plots.show_predictions(X, ..., Y), TypeError, "probabilities is still the"),
        (lambda: plots.show_probabilities(...), TypeError, "do the exercise above first"),
        (lambda: plots.show_probabilities(P[0], label=...), TypeError, "label is still the"),
        (lambda: plots.confusion_matrix(Y, ...), TypeError, "predictions is still the"),
        (lambda: plots.show_images(X[0]), ValueError, r"shape \(28, 28\).*x\[i:i \+ 1\]"),
        (lambda: plots.show_images(X[0, ..., None]), ValueError, r"shape \(28, 28, 1\)"),
        (lambda: plots.show_images(X.reshape(3, 784)), ValueError, "reshape"),
        (lambda: plots.show_images(X[0].ravel()), ValueError, r"shape \(784,\)"),
        (lambda: plots.show_images(np.zeros((3, 28, 28, 3))), ValueError, r"\(3, 28, 28, 3\)"),
        (lambda: plots.show_images(X[:0]), ValueError, "0 images"),
        (lambda: plots.show_images(np.zeros((101, 2, 2))), ValueError, r"images\[:25\]"),
        (lambda: plots.show_images(["a"]), ValueError, "numbers"),
        (lambda: plots.show_images(None), ValueError, "numbers"),
        (lambda: plots.show_images([[1, 2], [3]]), ValueError, "rows differ"),
        (lambda: plots.show_images(X * np.nan), ValueError, "not finite"),
        (lambda: plots.show_images(X, Y[:2]), ValueError, "2 entries for 3 images"),
        (lambda: plots.show_images(X, Y + 10), ValueError, "10 to 10.*expected 0 to 9"),
        (lambda: plots.show_images(X, Y - 1), ValueError, "-1"),
        (lambda: plots.show_images(X, Y + 0.5), ValueError, "fractions"),
        (lambda: plots.show_images(X, P), ValueError, "not one-hot"),
        (lambda: plots.show_images(X, np.zeros((3, 4))), ValueError, r"\(3, 4\)"),
        (lambda: plots.show_images(X, columns=0), ValueError, "columns"),
        (lambda: plots.show_images(X, class_names="abc"), ValueError, "class_names"),
        (lambda: plots.show_pixels(X), ValueError, r"images\[0\]"),
        (lambda: plots.show_pixels(X[0].ravel()), ValueError, r"reshape\(28, 28\)"),
        (lambda: plots.show_pixels(np.zeros((40, 40))), ValueError, "at most 32"),
        (lambda: plots.learning_curves([1, 2]), TypeError, "model.fit"),
        (lambda: plots.learning_curves({}), ValueError, 'no "loss"'),
        (lambda: plots.learning_curves({"loss": [1]}), ValueError, r'metrics=\["accuracy"\]'),
        (lambda: plots.learning_curves({"loss": [], "acc": []}), ValueError, "lengths"),
        (lambda: plots.learning_curves({"loss": [1], "acc": [1, 2]}), ValueError, r"\[1, 2\]"),
        (lambda: plots.learning_curves({"loss": 1, "acc": [1]}), ValueError, "list of numbers"),
        (lambda: plots.show_predictions(X, Y, Y), ValueError, r"\(3,\).*\(3, 10\)"),
        (lambda: plots.show_predictions(X, P[:2], Y), ValueError, r"\(2, 10\).*\(3, 10\)"),
        (lambda: plots.show_predictions(X, P[:, :9], Y), ValueError, r"\(3, 9\)"),
        (lambda: plots.show_predictions(X, P * 30, Y), ValueError, "between 0 and 1"),
        (lambda: plots.show_predictions(X, P * 2, Y), ValueError, "adds up to 2"),
        (lambda: plots.show_predictions(X, P, Y[:2]), ValueError, "2 entries for 3 images"),
        (lambda: plots.show_probabilities(P), ValueError, r"probabilities\[0\]"),
        (lambda: plots.show_probabilities(P[0], label=10), ValueError, "label"),
        (lambda: plots.confusion_matrix(Y, P), ValueError, r"argmax\(axis=1\)"),
        (lambda: plots.confusion_matrix(Y, Y[:2]), ValueError, "2 entries"),
        (lambda: plots.confusion_matrix([], []), ValueError, "empty"),
        (lambda: plots.confusion_matrix(Y, Y + 11), ValueError, "predictions holds"),
    ],
)
def test_bad_arguments_are_refused_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call()
    assert plt.get_fignums() == [], "no empty figure is left behind"


def test_learning_curves_can_leave_the_best_epoch_to_be_found():
    history = {"loss": [0.9, 0.5], "accuracy": [0.5, 0.8], "val_loss": [0.6, 0.7]}
    history["val_accuracy"] = [0.7, 0.7]
    marked = plots.learning_curves(history)
    plain = plots.learning_curves(history, mark_best=False)
    assert any("lowest" in text.get_text() for text in marked[0].get_legend().get_texts())
    assert not any("lowest" in text.get_text() for text in plain[0].get_legend().get_texts())
    assert "Lowest" not in alt_text.alt_text(plain[0].figure)
