import numpy as np
import pytest

from labkit import plots
from labkit.plots import alt_text


@pytest.fixture
def maps():
    """Three maps of 4 by 5 values; the last filter found nothing."""
    values = np.arange(60, dtype=np.float32).reshape(4, 5, 3)
    values[:, :, 2] = 0
    return values


def test_every_filter_has_a_numbered_map(maps):
    grid = plots.feature_maps(maps[np.newaxis])
    assert [axes.get_title() for axes in grid] == ["0", "1", "2"]
    for number, axes in enumerate(grid):
        np.testing.assert_array_equal(axes.images[0].get_array(), maps[:, :, number])


def test_all_maps_share_one_scale_that_begins_at_white_zero(maps):
    limits = {axes.images[0].get_clim() for axes in plots.feature_maps(maps)}
    assert limits == {(0, maps.max())}


def test_words_count_the_blank_maps(maps):
    text = alt_text.alt_text(plots.feature_maps(maps, title="First layer")[0].figure)
    assert "First layer: 3 maps of 4 × 5, 1 of them blank" in text


@pytest.mark.parametrize("shape", [(4, 5), (2, 4, 5, 3), (4, 5, 101), (4, 5, 0)])
def test_wrong_shapes_are_named(shape):
    with pytest.raises(ValueError, match="Expected the maps of one image"):
        plots.feature_maps(np.zeros(shape))


def test_placeholder_is_told():
    with pytest.raises(TypeError, match="placeholder"):
        plots.feature_maps(...)
