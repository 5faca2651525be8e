import base64
import gc
import html.parser
import io
import pathlib
import weakref

import nbclient
import nbconvert
import nbformat
import numpy as np
import pytest
from IPython.core import interactiveshell, pylabtools
from matplotlib import axes as mpl_axes
from matplotlib import figure as mpl_figure
from matplotlib import pyplot as plt
from matplotlib_inline import config
from PIL import Image

from labkit import plots
from labkit.plots import alt_text, late_ticks

ROOT = pathlib.Path(alt_text.__file__).resolve().parents[1]


@pytest.fixture
def shell():
    """Return a shell as a notebook has it, with the inline backend's PNG format chosen."""
    shell = interactiveshell.InteractiveShell()
    pylabtools.select_figure_formats(shell, {"png"})
    alt_text.install(shell)
    yield shell
    config.InlineBackend.clear_instance()


def figure_of_a_student():
    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 4], label="model1")
    axes.set(title='Loss of "model1"', xlabel="epoch", ylabel="loss <log>")
    axes.legend()
    return figure


def images_in(page):
    """Return the attributes of every img element of a page."""
    found = []

    class Parser(html.parser.HTMLParser):
        def handle_starttag(self, tag, attributes):
            if tag == "img":
                found.append(dict(attributes))

    Parser().feed(page)
    return found


# The text


def test_described_figure_has_that_text():
    figure, axes = plt.subplots()
    alt_text.describe(axes, "The axes.")
    assert alt_text.alt_text(figure) == "The axes."
    alt_text.describe(figure, "  The \n figure. ")
    assert alt_text.alt_text(figure) == "The figure."


def test_own_figure_is_described_by_what_is_written_on_it():
    assert alt_text.alt_text(figure_of_a_student()) == (
        'Plot “Loss of "model1"”; x axis: epoch; y axis: loss <log>; shows: model1.'
    )


def test_several_plots_are_numbered():
    figure, (first, second, third) = plt.subplots(1, 3)
    figure.suptitle("Two ways")
    first.imshow(np.zeros((2, 2)))
    second.bar([1, 2], [3, 4])
    second.set_title("Counts")
    third.pcolormesh(np.eye(3))
    assert alt_text.alt_text(figure) == (
        "Two ways: 3 plots. (1) Image without a title. (2) Bar chart “Counts”. "
        "(3) Heat map without a title."
    )


def test_text_is_never_empty_and_never_endless():
    assert alt_text.alt_text(plt.figure()) == "Empty figure."
    figure, grid = plt.subplots(5, 5)
    for axes in grid.flat:
        axes.set_title("a long title " * 10)
    assert 900 < len(alt_text.alt_text(figure)) <= 1_000


@pytest.mark.parametrize(
    ("thing", "text", "error"), [("axes", "text", TypeError), (None, " \n", ValueError)]
)
def test_useless_descriptions_are_refused(thing, text, error):
    with pytest.raises(error):
        alt_text.describe(thing or plt.figure(), text)


def test_describing_keeps_no_figure_alive():
    figure = plt.figure()
    alt_text.describe(figure, "Short-lived.")
    gone = weakref.ref(figure)
    plt.close(figure)
    del figure
    gc.collect()
    assert gone() is None


# The formats


def test_figure_is_shown_as_html_and_png_with_its_text(shell):
    shown, metadata = shell.display_formatter.format(figure_of_a_student())
    assert set(shown) == {"text/html", "image/png", "text/plain"}
    (image,) = images_in(shown["text/html"])
    assert image["alt"].startswith('Plot “Loss of "model1"”; x axis: epoch; y axis: loss <log>')
    assert image["src"] == "data:image/png;base64," + shown["image/png"]
    assert metadata["image/png"]["alt"] == image["alt"]


def test_picture_is_drawn_once(shell, monkeypatch):
    figure = figure_of_a_student()
    draw, drawn = figure.canvas.print_figure, []
    monkeypatch.setattr(
        figure.canvas, "print_figure", lambda *a, **k: (drawn.append(a), draw(*a, **k))
    )
    shell.display_formatter.format(figure)
    assert len(drawn) == 1


def test_both_pictures_take_less_room_than_the_original(shell):
    figure = figure_of_a_student()
    shown, _ = shell.display_formatter.format(figure)
    original = pylabtools.print_figure(figure, base64=True)
    assert 2 * len(shown["image/png"]) < len(original)


def test_reduced_picture_looks_like_the_original(shell):
    figure = figure_of_a_student()
    shown, _ = shell.display_formatter.format(figure)
    first, second = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=float)
        for png in (base64.b64decode(shown["image/png"]), pylabtools.print_figure(figure))
    )
    assert first.shape == second.shape
    assert np.abs(first - second).mean() < 0.5
    assert np.abs(first - second).max() < 48


def test_transparent_figure_stays_transparent(shell):
    figure = figure_of_a_student()
    figure.patch.set_alpha(0)
    shown, _ = shell.display_formatter.format(figure)
    picture = Image.open(io.BytesIO(base64.b64decode(shown["image/png"])))
    assert picture.convert("RGBA").getpixel((0, 0))[3] == 0


def test_installing_twice_changes_nothing(shell):
    once = shell.display_formatter.format(figure_of_a_student())
    alt_text.install(shell)
    assert shell.display_formatter.format(figure_of_a_student()) == once


@pytest.mark.filterwarnings("ignore:InlineBackend._figure_formats_changed:DeprecationWarning")
def test_other_formats_of_the_inline_backend_work(shell):
    settings = config.InlineBackend.instance(parent=shell)
    settings.shell = shell
    figure = figure_of_a_student()
    settings.figure_formats = {"svg"}
    assert set(shell.display_formatter.format(figure)[0]) == {"image/svg+xml", "text/plain"}
    settings.figure_formats = {"retina"}
    shown, metadata = shell.display_formatter.format(figure)
    (image,) = images_in(shown["text/html"])
    assert metadata["image/png"]["alt"] == image["alt"]
    assert int(image["width"]) == metadata["image/png"]["width"]
    settings.figure_formats = {"png"}
    shown, metadata = shell.display_formatter.format(figure)
    assert set(shown) == {"text/html", "image/png", "text/plain"}
    assert set(metadata["image/png"]) == {"alt"}


def test_empty_figure_shows_no_picture(shell):
    assert set(shell.display_formatter.format(plt.figure())[0]) == {"text/plain"}


# In a notebook

COUNT = """
from matplotlib import figure
drawn, draw = [], figure.Figure.draw
figure.Figure.draw = lambda self, *given: (drawn.append(self), draw(self, *given))[1]
"""


@pytest.fixture(scope="module")
def notebook():
    """Return an executed notebook: pictures of the kit and of a student, in several formats."""
    cells = [
        "from matplotlib import pyplot as plt\n"
        "from labkit import plots\nfrom labkit.plots import alt_text\n"
        "alt_text.install(get_ipython())",
        "axes = plots.confusion_matrix([0, 1, 1], [0, 1, 0], class_names=['cat', 'dog'])",
        "plt.plot([1, 2], [3, 4]); plt.title('My own'); plt.show()",
        "print(plt.get_fignums())",
        "%config InlineBackend.figure_formats = ['svg']\n" + COUNT + "plt.plot([1, 2]);",
        "print(len(drawn))\n%config InlineBackend.figure_formats = ['png']\n"
        + "plt.plot([1, 2]); plt.title('Again');",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    resources = {"metadata": {"path": str(ROOT)}}
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources=resources
    ).execute()
    return notebook


@pytest.mark.slow
@pytest.mark.xdist_group("executed notebook")
def test_notebook_holds_each_picture_once(notebook):
    kinds = [
        [sorted(output["data"]) for output in cell.outputs if output.output_type == "display_data"]
        for cell in notebook.cells
    ]
    png, svg = ["image/png", "text/html", "text/plain"], ["image/svg+xml", "text/plain"]
    assert kinds == [[], [png], [png], [], [svg], [png]]
    assert notebook.cells[3].outputs[0].text == "[]\n", "figures are closed after each cell"
    assert notebook.cells[5].outputs[0].text == "2\n", "once to find its size, once for the page"


@pytest.mark.slow
@pytest.mark.xdist_group("executed notebook")
@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
def test_page_made_by_nbconvert_has_the_text(notebook, template):
    page, _ = nbconvert.HTMLExporter(template_name=template).from_notebook_node(notebook)
    texts = [image["alt"] for image in images_in(page) if image["src"].startswith("data:image/png")]
    assert len(texts) == 3
    assert texts[0].startswith("Confusion matrix of 2 classes")
    assert texts[1:] == ["Plot “My own”.", "Plot “Again”."]


@pytest.mark.slow
@pytest.mark.xdist_group("executed notebook")
def test_export_without_html_still_has_the_pictures(notebook):
    without_svg = notebook.copy()  # for SVG nbconvert needs Inkscape here
    without_svg.cells = [cell for cell in notebook.cells if "svg" not in cell.source]
    _, resources = nbconvert.LatexExporter().from_notebook_node(without_svg)
    assert sum(name.endswith(".png") for name in resources["outputs"]) == 3


# Size


@pytest.fixture(scope="module")
def clothes():
    """Return images that look like clothes to a compressor: half empty, with some texture."""
    rows, columns = np.mgrid[-1:1:28j, -1:1:28j]
    texture = np.random.default_rng(1).integers(150, 250, size=(25, 28, 28))
    return np.where(rows**2 + 1.5 * columns**2 < 0.9, texture, 0).astype(np.uint8)


@pytest.mark.parametrize(
    "draw",
    [
        lambda x, y, p: plots.show_images(x, y)[0],
        lambda x, y, p: plots.show_pixels(x[0]),
        lambda x, y, p: plots.show_pixels(x[0] / 255),
        lambda x, y, p: plots.show_predictions(x, p, y)[0],
        lambda x, y, p: plots.show_probabilities(p[0], label=y[0]),
        lambda x, y, p: plots.confusion_matrix(y, p.argmax(axis=1)),
        lambda x, y, p: plots.learning_curves(
            {key: list(range(50)) for key in ["loss", "val_loss", "accuracy", "val_accuracy"]}
        )[0],
    ],
)
def test_pictures_take_little_room_in_a_notebook(draw, shell, clothes):
    labels = np.arange(25) % 10
    shown, _ = shell.display_formatter.format(draw(clothes, labels, np.eye(10)[labels]).figure)
    assert len(base64.b64decode(shown["image/png"])) < 70_000
    assert len(shown["image/png"]) + len(shown["text/html"]) < 190_000


# As they are, but drawn quickly


def _pictures():
    images = np.random.default_rng(0).integers(0, 256, (7, 28, 28), np.uint8)
    return {
        "images": lambda: plots.show_images(images, [0, 1, 2, 3, 4, 5, 6], columns=3)[0],
        "pixels": lambda: plots.show_pixels(images[0] / 255),
        "maps": lambda: plots.feature_maps(images.transpose(1, 2, 0), title="Maps")[0],
        "a title of a student's": lambda: _with_a_title(plots.show_images(images[:2])[0]),
        "ticks that are asked for": lambda: _with_ticks(plots.show_images(images[:2])[0]),
    }


def _with_a_title(axes):
    axes.figure.suptitle("Seen by me,\nin two lines", fontsize=20)
    axes.text(-20, 35, "beside it")
    return axes


def _with_ticks(axes):
    axes.xaxis.set_visible(True)
    axes.tick_params(length=9, labelsize=14)
    return axes


@pytest.mark.parametrize("name", list(_pictures()))
def test_quickly_drawn_picture_is_the_one_that_matplotlib_draws(shell, monkeypatch, name):
    draw, drawn = mpl_figure.Figure.draw, []
    monkeypatch.setattr(
        mpl_figure.Figure, "draw", lambda self, *given: (drawn.append(1), draw(self, *given))[1]
    )
    quick = shell.display_formatter.format(_pictures()[name]().figure)[0]["image/png"]
    assert len(drawn) == 1
    with monkeypatch.context() as usual:
        usual.setattr(late_ticks, "Axes", mpl_axes.Axes)
        figures = [_pictures()[name]().figure for _ in range(2)]
    shown = _dots(base64.b64decode(quick))
    tight = _dots(pylabtools.print_figure(figures[0]))
    whole = _dots(pylabtools.print_figure(figures[1], bbox_inches=figures[1].bbox_inches))
    assert np.abs(np.subtract(shown.shape, tight.shape)).max() <= 2
    if name.startswith(("a title", "ticks")):  # beyond the figure's edges
        np.testing.assert_array_equal(shown, tight)
    else:  # cut out of the whole, dot by dot
        np.testing.assert_array_equal(_inked(shown), _inked(whole))


def _dots(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def _inked(dots):
    """Return a picture without its white margins."""
    rows, columns = (np.flatnonzero((dots < 255).any(axis=(2, other))) for other in (1, 0))
    return dots[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def test_ticks_are_made_when_they_are_looked_at():
    axes = plots.show_images(np.zeros((1, 28, 28)))[0]
    assert not {"majorTicks", "minorTicks"} & vars(axes.xaxis).keys()
    axes.set_xticks([3, 8])
    assert [label.get_text() for label in axes.get_xticklabels()] == ["3", "8"]
    axes.clear()
    assert len(axes.get_xticks()) > 2
