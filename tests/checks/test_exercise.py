"""Five outcomes, partial credit, misconceptions, and one result with three faces."""

import html.parser
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import evidence
from labkit.checks import criteria
from labkit.checks.exercise import NUMBER, VALUE, Criterion, Essay, Exercise, Lab, Misconception
from labkit.checks.result import Message, Outcome, Result
from labkit.evidence import values

pytestmark = pytest.mark.usefixtures("sample_data")


def _even(answers):
    plain = answers.second.value
    return None if plain % 2 == 0 else Message(f"{plain} is odd", "an even number", "Double it.")


@pytest.fixture
def exercise():
    return Exercise(
        "two-numbers",
        "Two <numbers>",
        {"base": VALUE.from_earlier("Exercise 1, The base"), "first": NUMBER, "second": NUMBER},
        [
            criteria.number("first", lambda answers: 7, 2, "first is seven", "Count again."),
            Criterion("second is even", 3, _even),
        ],
        ("Nudge.", "Tool.", "Skeleton."),
        [Misconception("off-by-one", lambda answers: answers.first.value == 8, "One too many.")],
    )


def test_passed(exercise):
    result = exercise.check("base", 7, 4)
    assert (result.outcome, result.points, result.max_points) == (Outcome.PASSED, 5, 5)
    assert result and repr(result) == "5"


def test_partial_credit_with_message_and_misconception(exercise):
    result = exercise.check("base", 8, 4)
    assert (result.outcome, result.points) == (Outcome.FAILED, 3)
    assert result.misconceptions == ("off-by-one",)
    text = result.text()
    assert "One too many." in text and "first is 8" in text and "Next: Count again." in text
    assert not result


@given(st.text(), st.text(min_size=1), st.text())
def test_what_the_title_says_was_expected_is_not_said_again(before, expected, after):
    told = Message("n is 3", expected, "Count.").below(before + expected + after)
    assert told == Message("n is 3", "", "Count.")


def test_result_does_not_say_again_what_the_title_says():
    titled = Criterion("second is an even number", 3, _even)
    (verdict,) = Exercise("one", "One", {"second": NUMBER}, [titled], ()).check(5).verdicts
    assert verdict.message == Message("5 is odd", "", "Double it.")


def test_what_the_title_does_not_say_is_said(exercise):
    assert (
        "5 is odd. Expected: an even number. Next: Double it."
        in exercise.check("base", 7, 5).text()
    )


SHARES = st.floats(-1, 1)


@given(SHARES, SHARES, SHARES, st.floats(0, 0.1))
def test_no_number_that_is_right_is_called_another(told, right, other, tolerance):
    named = criteria.is_another(told, right, other, tolerance)
    assert not (named and abs(told - right) < 0.99 * tolerance)  # sums are rounded
    assert criteria.is_another(other, right, other, tolerance) == (
        abs(other - right) > 2 * tolerance
    )
    assert not criteria.is_another(math.nan, right, other, tolerance)


def test_not_attempted_comes_before_blocked(exercise):
    assert exercise.check(..., ..., ...).outcome is Outcome.NOT_ATTEMPTED
    blocked = exercise.check(..., 7, 4)
    assert blocked.outcome is Outcome.BLOCKED and blocked.points == 0
    assert "Exercise 1, The base" in blocked.text()


def test_half_an_answer_keeps_its_points(exercise):
    result = exercise.check("base", 7, ...)
    assert (result.outcome, result.points) == (Outcome.FAILED, 2)
    assert "second is still the placeholder" in result.text()


def test_wrong_type_is_told_and_not_raised(exercise):
    result = exercise.check("base", {"a": object()}, None)
    assert result.outcome in (Outcome.FAILED, Outcome.COULD_NOT_GRADE) and result.points == 0


@pytest.mark.parametrize("number", [7, 8, 0.25, np.float32(7)])
@pytest.mark.parametrize("wrapped", [list, tuple, np.array, pd.Series, lambda one: [[*one]]])
def test_who_hands_over_one_number_in_an_array_is_told_to_take_it_out(exercise, wrapped, number):
    result = exercise.check("base", wrapped([number]), 4)
    assert (result.points, result.misconceptions) == (3, ())
    assert "Expected: the number itself." in result.text() and "Take it out" in result.text()


def test_several_numbers_and_texts_are_judged_by_the_criterion(exercise):
    for several in ([7, 8], np.array([7, 7]), ["7"], [], {"a": 7}):
        assert "Take it out" not in exercise.check("base", several, 4).text()


def test_a_check_that_breaks_is_no_zero_in_disguise(exercise):
    result = exercise.check("base", 7, "text")
    assert result.outcome is Outcome.COULD_NOT_GRADE
    assert "second is of type str" in result.text() and "TypeError" not in result.text()


def test_wrong_call_names_the_variables(exercise):
    with pytest.raises(TypeError, match="base, first, second"):
        exercise.check(7)


def test_evidence_of_another_exercise_is_not_graded(exercise):
    found = exercise.collect("base", 7, 4)
    other = Exercise("other", "Other", exercise.answers, exercise.criteria, exercise.hints)
    assert other.judge(found).outcome is Outcome.COULD_NOT_GRADE


def test_hints_come_in_three_steps(exercise, capsys):
    for step in (1, 2, 3):
        exercise.hint(step)
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 3: Nudge.",
        "Hint 2 of 3: Tool.",
        "Hint 3 of 3: Skeleton.",
    ]
    with pytest.raises(ValueError, match="three hints"):
        exercise.hint(4)


class _Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.words = [], ""

    def handle_starttag(self, tag, attributes):
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


@pytest.mark.parametrize(
    "answers", [("base", 7, 4), ("base", 8, 5), (..., 7, 4), (..., ..., ...), ("base", 7, "<b>")]
)
def test_three_faces_say_the_same(exercise, answers):
    result = exercise.check(*answers)
    page = _Page()
    page.feed(result._repr_html_())
    assert page.open == []
    for part in (result.title, str(result.outcome), *(v.title for v in result.verdicts)):
        assert part in page.words and part in result.text()
    assert "drawn sample" in page.words and "drawn sample" in result.text()
    assert "<numbers>" not in result._repr_html_() and "<script" not in result._repr_html_()
    assert Result.from_json(result.to_json()) == result
    assert json.loads(result.to_json())["points"] == result.points


def test_lab_counts_points_and_shows_progress(exercise, capsys):
    essay = Essay("why", "Why?", 5, ((5, "A reason."),))
    lab = Lab("a-lab", "A lab", 10, (exercise, essay))
    assert lab.points == 10 and list(lab) == [exercise] and lab.essays == [essay]
    assert (exercise.number, essay.number) == (1, 2)
    lab.progress()
    assert "not checked yet" in capsys.readouterr().out
    exercise.check("base", 7, 4)
    lab.progress()
    shown = capsys.readouterr().out
    assert "Two <numbers>: passed" in shown and "Points so far: 5 of 5; 5 more" in shown
    partly = exercise.check("base", 7, 5)
    lab.progress()
    shown = capsys.readouterr().out
    assert 0 < partly.points < 5 and f"Points so far: {partly.points:g} of 5" in shown
    assert "Two <numbers>: failed" in shown


@given(
    st.recursive(st.integers() | st.booleans() | st.text(max_size=3), st.lists, max_leaves=4),
    st.sampled_from([list, tuple]),
)
def test_a_value_is_shown_as_it_was_written(part, kind):
    answer = kind([part, 1])
    written = repr(answer)
    expected = written if len(written) <= 60 else written[:57] + "..."
    assert criteria.shown(values.value(answer)) == expected


def test_a_set_is_shown_as_one_in_the_same_order_every_time():
    assert criteria.shown(values.value({"b", "c", "a"})) == "{'a', 'b', 'c'}"


def test_none_is_no_array_of_objects():
    assert values.array(None) == evidence.Other("NoneType")
