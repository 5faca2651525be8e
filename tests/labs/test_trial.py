"""Answers that nobody wrote for an exercise: of no use, changed in one place, of another seed."""

import types

import matplotlib.pyplot as plt
import pytest

from labkit import labs
from labkit.checks import trial
from labkit.checks.given import reference
from labkit.evidence.functions import Probing

pytestmark = pytest.mark.usefixtures("sample_data", "beside_its_files")
# The tests of a lab stay in one process: what its answers are made of is trained once in each.
EXERCISES = [
    pytest.param(item, id=f"{name}: {item.name}", marks=pytest.mark.xdist_group(name))
    for name in labs.MODULES
    for item in labs.load(name)
]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES)
def test_answers_of_no_use_cost_points_and_never_fail(exercise):
    problems = [f"{one.case.name}: {one.problem}" for one in trial.of_nothing(exercise)]
    assert [text for text in problems if not text.endswith(": ")] == []


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_changed_solution_is_refused(exercise, record_property):
    accepted = []
    for one in trial.changed(exercise):
        record_property("changed solutions refused", not one.problem)
        accepted += [one.case.name] if one.problem else []
    assert accepted == []


FUNCTIONS = [
    pytest.param(item, id=f"{name}: {item.name}", marks=pytest.mark.xdist_group(name))
    for name in labs.MODULES
    for item in labs.load(name)
    if any(isinstance(answer.collector, Probing) for answer in item.answers.values())
]


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("exercise", FUNCTIONS)
def test_functions_are_judged_alike_under_every_seed(exercise, seed):
    """No mistake hides under some probes: the seed of a run is not ours to choose."""
    defined = exercise.notebook(reference(exercise.dataset))
    for case in exercise.cases():
        result = exercise.judge(exercise.collect(*case.make(defined), seed=seed))
        due = exercise.points if case.earns is None else case.earns
        assert (result.outcome, result.points) == (case.outcome, due), case.name
        plt.close("all")


def test_nothing_of_an_exercise_is_heavy_to_import():
    for name in labs.MODULES:
        for exercise in labs.load(name):
            space = exercise.solve.__globals__
            modules = {
                item.__name__ for item in space.values() if isinstance(item, types.ModuleType)
            }
            assert not modules & {"keras", "pandas", "matplotlib.pyplot", "tensorflow"}
