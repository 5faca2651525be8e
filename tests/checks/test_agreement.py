"""What a network puts out, and the classes that it names, whatever a machine draws."""

import hypothesis
import numpy as np
import pytest
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


# How far the other scores lie below the highest one: a network that is hardly sure, or very.
SCORES = st.builds(
    lambda below, sure: np.concatenate([[0.0], -sure * (1 + below)]),
    drawn.arrays(float, CLASSES - 1, elements=st.floats(0, 1, width=16)),
    st.sampled_from((1.0, 4.0, 7.0)),
)


def _probabilities(scores):
    powers = np.exp(scores)
    return (powers / powers.sum()).astype("float32")[np.newaxis]


@hypothesis.given(SCORES, st.integers(0, 2**32 - 1), st.sampled_from((np.float32, np.float64)))
def test_probabilities_from_another_machine_are_those_of_the_network(scores, seed, width):
    rounding = np.random.default_rng(seed).uniform(-1e-4, 1e-4, CLASSES)
    told = _probabilities(scores + rounding).astype(width)
    assert agreement.puts_out(values.array(told), _probabilities(scores))


CHANGES = (
    np.square,
    np.sqrt,
    np.round,
    lambda rows: rows * (rows == rows.max()),
    lambda rows: np.roll(rows, 1, axis=1),
    lambda rows: np.where(rows == rows.min(), np.nan, rows),
    lambda rows: rows[0],
)


@hypothesis.given(SCORES, st.sampled_from(CHANGES))
def test_changed_probabilities_are_not_however_sure_the_network_is(scores, change):
    right = _probabilities(scores)
    assert not agreement.puts_out(values.array(change(right)), right)


@hypothesis.given(ROWS, st.sets(st.integers(0, 29)))
def test_rows_are_undecided_where_another_number_is_as_high(rows, places):
    for place in places:
        rows[place, rows[place].argmin()] = rows[place].max() * (1 - 1e-6)
    assert agreement.undecided(rows) == len(places)
    assert agreement.undecided(rows[:, :1]) == 0


@hypothesis.given(drawn.arrays(float, 5, elements=st.floats(0.005, 1)), st.integers(4, 6))
def test_rounded_numbers_are_told_from_others_that_are_as_near(wanted, places):
    for told in (wanted, np.round(wanted, places), wanted.astype("float32")):
        assert agreement.agrees_rounded(values.array(told), wanted, 4)
    for told in (wanted + 0.0003, wanted[:4], wanted + np.nan):
        assert not agreement.agrees_rounded(values.array(told), wanted, 4)
    other = wanted * 255 / 256
    hypothesis.assume(np.abs(other - np.round(other, 4)).max() > 2e-6)
    assert not agreement.agrees_rounded(values.array(other), wanted, 4)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1225500", "n is '1225500', a text in quotation marks"),
        ("1,225,500", "n is '1,225,500', a text in quotation marks"),
        ("Shirt", "n is 'Shirt'"),
        ("nan", "n is 'nan'"),
        (1225500, "n is 1225500"),
        ([7], "n is [7], of type list"),
    ],
)
def test_a_number_in_quotation_marks_is_called_a_text(value, words):
    assert agreement.saw("n", values.value(value), tuple) == words
