"""Pictures are collected as they are seen, whatever they were drawn with."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.evidence import pictures


@pytest.fixture(autouse=True)
def _no_open_figures():
    yield
    plt.close("all")


def _only(answer):
    (panel,) = pictures.picture(answer).panels
    return panel


@pytest.mark.parametrize("seed", range(4))
def test_shades_are_what_is_seen(seed):
    """White on black, black on white, colours: the same picture has the same shades."""
    values = np.random.default_rng(seed).integers(0, 256, (9, 7)).astype(np.uint8)
    values[0, :2] = 0, 255
    drawn = [
        (values, {"cmap": "gray_r"}),
        (255 - values, {"cmap": "gray"}),
        (np.repeat((255 - values)[..., np.newaxis], 3, axis=2), {}),
    ]
    shades = []
    for pixels, settings in drawn:
        _, ax = plt.subplots()
        ax.imshow(pixels, **settings)
        shades.append(_only(ax).shades)
    for one, other in itertools.pairwise(shades):
        np.testing.assert_allclose(one, other, atol=0.02)
    assert shades[0][0, 0] < 0.01 and shades[0][0, 1] > 0.99


@pytest.mark.parametrize(("x", "y"), list(itertools.product([False, True], repeat=2)))
def test_an_axis_that_is_turned_turns_the_picture(x, y):
    values = np.arange(12.0).reshape(3, 4)
    _, ax = plt.subplots()
    ax.imshow(values)
    if x:
        ax.invert_xaxis()
    if y:
        ax.invert_yaxis()
    wanted = values[:: -1 if y else 1, :: -1 if x else 1]
    np.testing.assert_array_equal(_only(ax).image, wanted)


def test_a_colour_bar_is_no_picture():
    figure, ax = plt.subplots()
    figure.colorbar(ax.imshow(np.eye(3)))
    assert len(pictures.picture(figure).panels) == 1


def test_a_long_line_is_thinned_out_and_not_cut():
    _, ax = plt.subplots()
    x = np.linspace(-5, 5, 12_345)
    ax.plot(x, np.tanh(x))
    line = _only(ax).lines[0]
    assert len(line) <= pictures.MAX_POINTS
    assert line[0, 0] == -5 and line[-1, 0] == 5


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("of_figure", [False, True])
def test_a_legend_names_the_lines_that_it_shows(order, of_figure):
    figure, ax = plt.subplots()
    lines = [ax.plot([0, 1], [0, n], style)[0] for n, style in enumerate(("-", "--", ":"))]
    handles = [lines[n] for n in order]
    (figure if of_figure else ax).legend(handles, [f"line {n}" for n in order])
    assert _only(ax).named == ("line 0", "line 1", "line 2")


def test_texts_have_their_places():
    _, ax = plt.subplots()
    ax.plot([0, 4], [0, 4])
    ax.text(1, 2, "in the numbers of the axes")
    ax.text(0.5, 0.5, "in shares of the panel", transform=ax.transAxes)
    np.testing.assert_allclose(_only(ax).places, [(1, 2), (2, 2)], atol=1e-6)


def _with_words(draw, at):
    """Return a panel with the picture 0 to 5 in two rows, each field's number written in it."""
    image = np.arange(6.0).reshape(2, 3)
    _, ax = plt.subplots()
    draw(ax, image)
    for (row, column), number in np.ndenumerate(image):
        ax.text(*at(row, column), f"{number:g}")
    return _only(ax)


@pytest.mark.parametrize(
    ("draw", "at"),
    [
        (lambda ax, image: ax.imshow(image), lambda r, c: (c, r)),
        (lambda ax, image: ax.imshow(image, origin="lower"), lambda r, c: (c, r)),
        (
            lambda ax, image: ax.imshow(image, extent=(0, 6, 0, 8)),
            lambda r, c: (2 * c + 1, 6 - 4 * r),
        ),
        (
            lambda ax, image: ax.imshow(image, extent=(0, 6, 8, 0)),
            lambda r, c: (2 * c + 1, 2 + 4 * r),
        ),
        (lambda ax, image: ax.pcolormesh(image), lambda r, c: (c + 0.5, r + 0.5)),
        (
            lambda ax, image: (ax.pcolormesh(image), ax.invert_yaxis(), ax.invert_xaxis()),
            lambda r, c: (c + 0.5, r + 0.5),
        ),
    ],
)
def test_a_text_stands_on_a_field_of_the_picture_as_it_is_seen(draw, at):
    panel = _with_words(draw, at)
    for text, (row, column) in zip(panel.texts, panel.fields, strict=True):
        assert panel.image[int(row), int(column)] == float(text)
    aside = _with_words(draw, lambda r, c: at(c % 2, r))
    assert any(
        aside.image[int(row), int(column)] != float(text)
        for text, (row, column) in zip(aside.texts, aside.fields, strict=True)
    )


def test_a_picture_in_an_extent_is_seen_the_right_way_up():
    image = np.arange(6.0).reshape(2, 3)
    for extent in ((0, 3, 0, 2), (0, 3, 2, 0)):
        _, ax = plt.subplots()
        ax.imshow(image, extent=extent)
        np.testing.assert_array_equal(_only(ax).image, image)


def test_an_annotation_stands_at_its_point():
    _, ax = plt.subplots()
    ax.imshow(np.eye(3))
    ax.annotate("here", (1, 2))
    np.testing.assert_allclose(_only(ax).fields, [(2.5, 1.5)])
