"""Class numbers that name the highest number of their row, whatever a machine draws."""

import hypothesis
import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as drawn

from labkit.checks import agreement
from labkit.evidence import values

CLASSES = 10
# Far enough apart that no two are as good as tied; as scores and as probabilities.
SCALES = st.sampled_from((1, 0.1, 25))
ROWS = st.builds(
    lambda places, scale: np.argsort(places, axis=1).argsort(axis=1) / CLASSES * scale,
    drawn.arrays(float, (30, CLASSES), elements=st.floats(0, 1, width=16)),
    SCALES,
)
NO_CLASS = st.sampled_from((np.nan, np.inf, -np.inf, -1.0, 0.5, float(CLASSES), 1e30))


@hypothesis.given(ROWS, st.sampled_from((int, float, np.uint8, np.float32)))
def test_the_highest_is_named_in_any_type(rows, kind):
    told = values.array(rows.argmax(axis=1).astype(kind))
    assert agreement.name_the_highest(told, rows).all()


@hypothesis.given(ROWS, st.integers(0, 29), NO_CLASS | st.integers(0, CLASSES - 1).map(float))
def test_one_that_is_another_is_found(rows, place, another):
    told = rows.argmax(axis=1).astype(float)
    hypothesis.assume(told[place] != another)
    told[place] = another
    right = agreement.name_the_highest(values.array(told), rows)
    assert list(np.flatnonzero(~right)) == [place]


@hypothesis.given(ROWS, st.integers(0, 29), st.integers(0, CLASSES - 1))
def test_what_is_as_high_but_for_the_last_digits_is_the_highest(rows, place, another):
    told = rows.argmax(axis=1)
    rows[place, another] = rows[place].max() * (1 - 1e-6)
    told[place] = another
    assert agreement.name_the_highest(values.array(told), rows).all()
