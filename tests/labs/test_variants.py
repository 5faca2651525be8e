"""Exercises that ask each student about something else: right for one number, for no other."""

import dataclasses
import itertools

import matplotlib.pyplot as plt
import pytest

from labkit import evidence, labs
from labkit.checks import variants
from labkit.checks.given import reference
from labkit.checks.result import Outcome

# As a list of students counts them, as `labkit start` draws them, and none.
NUMBERS = (0, *range(2_601_001, 2_601_013), *(101_387 + 31_337 * n for n in range(12)))
EXERCISES = [
    pytest.param(exercise, id=f"{name}-{exercise.name}")
    for name in labs.MODULES
    for exercise in labs.load(name)
    if exercise.variant
]


def _names(exercise, number):
    data = reference(exercise.dataset)
    return exercise.notebook(data.of_variant(variants.variant_of(number)))


def _found(exercise, number):
    """Return what a student with this number has who did as the solution does."""
    found = exercise.collect(*exercise.filled(None)(_names(exercise, number)))
    plt.close("all")
    return dataclasses.replace(found, student=number)


def test_no_two_students_of_a_large_course_get_the_same_number():
    drawn = [variants.new_number() for _ in range(5_000)]
    assert len(set(drawn)) == len(drawn)
    assert all(map(variants.is_number, drawn)) and all(drawn)
    assert len({variants.variant_of(number) for number in drawn}) == variants.COUNT


def test_there_are_some():
    assert len(EXERCISES) >= 3
    assert len({variants.variant_of(number) for number in NUMBERS}) >= 20


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_solution_is_right_for_every_number_and_for_no_other(exercise):
    found = {number: _found(exercise, number) for number in NUMBERS}
    for number, own in found.items():
        assert exercise.judge(own).outcome is Outcome.PASSED, number
    for mine, other in itertools.permutations(NUMBERS, 2):
        if variants.variant_of(mine) == variants.variant_of(other):
            continue
        copied = exercise.judge(dataclasses.replace(found[other], student=mine))
        assert copied.outcome is Outcome.FAILED, (mine, other)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_answer_earns_the_same_with_a_number(exercise):
    """Tried with every variant; where pictures are drawn, which takes a while, with two."""
    draws = any(answer.kind is evidence.Picture for answer in exercise.answers.values())
    for number in (77, 983_311) if draws else range(1, variants.COUNT + 1):
        _every_answer_earns_the_same(exercise, number)


def _every_answer_earns_the_same(exercise, number):
    names = _names(exercise, number)
    for case in exercise.cases():
        found = exercise.collect(*case.make(names))
        plt.close("all")  # as after each cell: seaborn draws where a picture is open
        result = exercise.judge(dataclasses.replace(found, student=number))
        due = exercise.points if case.earns is None else case.earns
        assert (result.outcome, result.points) == (case.outcome, due), (number, case.name)
        assert not case.shows or result.misconceptions[:1] == (case.shows,), (number, case.name)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_variants_differ(exercise):
    """Also on the data at hand: there are as many pixels, or images, as are asked for."""
    all_of_them = [exercise.for_student(number) for number in range(variants.COUNT + 1)]
    assert len(set(all_of_them)) == len(all_of_them)


@pytest.mark.parametrize(
    ("sources", "number"),
    [
        ([], 0),
        (["lab.number = 483920"], 483_920),
        (["import labkit", "# mine\nlab.number = 7  # not yours\nx = 1"], 7),
        (["lab.number = 7", "lab.number = 8"], 7),
        (["lab.number = (", "lab.number = 8"], 8),
        (["lab.number = int('7')"], 0),
        (["lab.number = True", "lab.number = -3", "lab.number = 0.5"], 0),
        ([f"lab.number = {10**30}"], 0),
        (["if True:\n    lab.number = 7"], 0),
        (["lab.other.number = 7", "number = 8", "other.number = 9"], 0),
        (["lab.number: int = 7"], 0),
    ],
)
def test_the_number_is_read_from_the_text(sources, number):
    assert variants.number_in(sources) == number


def test_a_notebook_says_whose_it_is():
    lab = labs.of_notebook("lab1-data")
    try:
        assert lab.read_pixel.yours() == (19, 14)
        lab.number = 483_920
        assert lab.number == 483_920
        assert lab.read_pixel.yours() == lab.description.exercises[3].for_student(483_920)
        assert lab.read_pixel.collect(..., ...).student == 483_920
        assert lab.count_images.collect(..., ...).student == 0
        for wrong in ("483920", 1.0, -1, True, 10**30, None):
            with pytest.raises(ValueError, match="whole number"):
                lab.number = wrong
        assert lab.number == 483_920
    finally:
        variants.at_hand.number = 0
    with pytest.raises(LookupError, match="all students get the same"):
        lab.count_images.yours()
