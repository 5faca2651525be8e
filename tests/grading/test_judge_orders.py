"""What comes of one submission does not depend on those that were judged before it."""

import io
import json
import sys

import hypothesis
import pytest

from labkit import evidence, labs
from labkit.checks import Outcome
from labkit.checks.exercise import MODEL, VALUE, Criterion, Exercise
from labkit.evidence import Evidence
from labkit.grading.judging import judge
from labkit.grading.runs import running, sandbox
from tests.grading import noise

HINTS = ("one", "two", "three")
# A hole in the judge, as bad as can be: what a student answers is done by the process that judges.
START = f"""
import sys; sys.path[:0] = {[path for path in sys.path if path]!r}
from labkit import labs
from labkit.grading.judging import serving
from tests.grading import test_judge_orders
labs.load = lambda lab: test_judge_orders.EXERCISES
serving.serve()
"""


def _does_as_told(answers):
    exec(answers.order.value)


def _takes_images(answers):
    import keras

    assert keras.config.floatx() == "float32", "the judge is poisoned"
    assert answers.model.live is not None


ORDERS = Exercise("orders", "Orders", {"order": VALUE}, [Criterion("x", 1, _does_as_told)], HINTS)
NETWORK = Exercise("network", "Net", {"model": MODEL}, [Criterion("x", 1, _takes_images)], HINTS)
EXERCISES = [ORDERS, NETWORK]

CLASS = {
    "honest": "pass",
    "poisoner": "import keras; keras.config.set_floatx('float16')",
    "crasher": "import os; os.abort()",
    "sleeper": "import time; time.sleep(600)",
    "patcher": "import keras; del keras.Model, keras.layers.Dense; keras.saving = None",
    "lost": "import os; os.kill(os.getpid(), 9)",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return a folder with a run of each student, all with the same right network."""
    import keras

    folder = tmp_path_factory.mktemp("kept")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    network = NETWORK.collect(model)
    for student, order in CLASS.items():
        told = Evidence("orders", network.data, {"order": evidence.Value("str", order)})
        (folder / student).mkdir()
        with open(folder / student / running.RECORDS, "wb") as file:
            for found in (told, network):
                content = io.BytesIO()
                found.write(content)
                size = len(content.getvalue())
                record = {"kind": "evidence", "exercise": found.exercise, "size": size}
                file.write(json.dumps(record).encode() + b"\n" + content.getvalue())
            file.write(b'{"kind": "end"}\n')
        steps = [("orders", True), ("network", True)]
        run = running.Run(0, steps, {}, {}, [], 0, "", 1.0, True)
        (folder / student / "run.json").write_text(run.to_json(), encoding="utf-8")
    return folder


@pytest.fixture
def start(monkeypatch):
    _start_outside(monkeypatch, START)


def _start_outside(patch, code):
    """Start the judge outside of a box, where it sees this module."""
    patch.setattr(sandbox, "available", lambda: False)
    patch.setattr(judge, "_START", code)
    patch.setattr(labs, "load", lambda lab: EXERCISES)


@pytest.mark.slow
def test_a_class_is_judged_alike_in_every_order(kept, start):
    seen = {student: set() for student in CLASS}
    for order in (list(CLASS), list(CLASS)[::-1]):
        with judge.Judge(kept, seconds=20) as judging:
            for student in order:
                judged = judging.judge("any", student)
                outcomes = tuple((result.outcome, str(result.message)) for result in judged.results)
                seen[student].add((*outcomes, bool(judged.lost)))
    assert all(len(different) == 1 for different in seen.values()), seen
    came = {student: different.pop() for student, different in seen.items()}
    assert [outcome for outcome, _ in came["honest"][:2]] == [Outcome.PASSED] * 2
    assert [student for student, (*_, lost) in came.items() if lost] == ["lost"]
    for student in ("crasher", "sleeper", "lost"):
        # It costs the exercise that did it, and not the one after it.
        (first, _), (second, _), _ = came[student]
        assert (first, second) == (Outcome.COULD_NOT_GRADE, Outcome.PASSED)


@pytest.mark.slow
@hypothesis.settings(deadline=None, derandomize=True, max_examples=3)
@hypothesis.given(noise.printed)
def test_what_else_is_printed_there_is_no_answer(kept, printed):
    with pytest.MonkeyPatch.context() as patch:
        _start_outside(patch, f"{noise.printing(printed)}\n{START}")
        with judge.Judge(kept) as judging:
            found = [judging.judge("any", student) for student in ("crasher", "honest")]
    outcomes = [[result.outcome for result in judged.results] for judged in found]
    assert outcomes == [[Outcome.COULD_NOT_GRADE, Outcome.PASSED], [Outcome.PASSED] * 2]


@pytest.mark.slow
def test_a_judge_that_is_killed_is_started_again(kept, start):
    with judge.Judge(kept) as judging:
        before = judging.judge("any", "honest")
        judging._process.kill()
        judging._process.wait()
        after = judging.judge("any", "honest")
    assert [result.outcome for result in after.results] == [Outcome.PASSED] * 2
    assert before == after and not after.lost


@pytest.mark.slow
def test_a_judge_that_cannot_be_is_no_judgement(kept, start, monkeypatch):
    monkeypatch.setattr(judge, "_START", "raise SystemExit(3)")
    with judge.Judge(kept) as judging:
        judged = judging.judge("any", "honest")
    assert judged.lost
    assert {result.outcome for result in judged.results} == {Outcome.COULD_NOT_GRADE}
