"""A class that was never run: results drawn at random from a lab's own exercises.

For tests of what is made from results: tables, pages, the report. Each student has an ability, each
criterion a hardness; the same seed makes the same class.
"""

import dataclasses
import random
import struct
import zlib
from collections.abc import Callable

from labkit import labs
from labkit.checks import Exercise, Lab, Message, Outcome, Result
from labkit.checks.result import Verdict
from labkit.grading.graded import Graded, Mark
from labkit.grading.runs import records, running
from labkit.grading.submissions import find

Text = Callable[[str], str]


def lab(name: str = "lab1-data") -> Lab:
    return labs.load(name)


def graded(of: Lab, size: int, seed: int = 0, text: Text = lambda kind: "") -> list[Graded]:
    """Return a class; `text` may add to each text that comes from a student, by its kind."""
    draw = random.Random(seed)
    hardness = {
        (exercise.name, criterion.title): draw.uniform(0, 0.9)
        for exercise in of
        for criterion in exercise.criteria
    }
    return [_student(of, number, draw, hardness, text) for number in range(size)]


def broken(of: Lab, name: str, reason: str, text: Text = lambda kind: "") -> Graded:
    """Return a student whose file could not be read."""
    message = Message(reason)
    results = [
        Result(e.name, e.title, Outcome.COULD_NOT_GRADE, 0.0, e.points, message=message) for e in of
    ]
    return Graded(_submission(name + text("name"), name, problem=reason), results, None)


def absent(of: Lab, name: str) -> Graded:
    """Return a student of the class who handed in nothing."""
    item = broken(of, name, "Nothing was handed in.")
    submission = dataclasses.replace(item.submission, absent=True)
    return dataclasses.replace(item, submission=submission)


def perfect(of: Lab, name: str = "Ada") -> Graded:
    """Return a student who has everything right, but one criterion and the essays' marks."""
    draw = random.Random(1)
    exercises = list(of)
    hardness = {(e.name, c.title): 0.0 for e in exercises for c in e.criteria}
    last = exercises[len(exercises) // 2]
    hardness[last.name, last.criteria[-1].title] = 2.0
    return _graded(of, name, "ada", 1.0, draw, hardness, lambda kind: "", late=False)


def _student(of: Lab, number: int, draw: random.Random, hardness: dict, text: Text) -> Graded:
    name = f"Student {number + 1:02}"
    key = f"student-{number + 1:02}"
    return _graded(of, name, key, draw.random(), draw, hardness, text, late=draw.random() < 0.1)


def _graded(
    of: Lab,
    name: str,
    key: str,
    ability: float,
    draw: random.Random,
    hardness: dict,
    text: Text,
    late: bool,
) -> Graded:
    results = [_result(e, ability, draw, hardness, text) for e in of]
    answers = {
        e.name: f"{e.name.replace('-', '_')} = {draw.randint(0, 99)}  # mine{text('code')}"
        for e in of
    }
    essays = {
        e.name: f"I think that **{e.name}** is so:\n\n- {draw.randint(1, 9)} reasons{text('essay')}"
        for e in of.essays
        if draw.random() < 0.8 or ability == 1.0
    }
    steps = [step for e in of for step in ((e.name, False), (e.name, True))]
    wrong = [r.exercise for r in results if r.outcome is Outcome.FAILED and draw.random() < 0.2]
    cells = {
        place: records.CellRun(
            place,
            f"NameError: name 'n' is not defined{text('error')}" if exercise in wrong else "",
            f"printed{text('printed')}" if draw.random() < 0.3 else "",
            (records.Picture(png(), f"Two curves{text('words')}"),) if draw.random() < 0.1 else (),
        )
        for place, (exercise, check) in enumerate(steps)
        if not check
    }
    run = running.Run(
        1, steps, answers, essays, [f"A given cell was missing.{text('note')}"] * (ability < 0.3),
        0, "", round(draw.uniform(2, 9), 1), True,
    )  # fmt: skip
    left = records.Records(cells=cells, complete=True)
    marks = {
        name: Mark(draw.choice([None, 1.0, 2.5]), f"Nearly, *see* the text.{text('comment')}")
        for name in essays
        if draw.random() < 0.5
    }
    submission = _submission(name + text("name"), key, late=late)
    return Graded(submission, results, run, left, marks)


def _result(e: Exercise, ability: float, draw: random.Random, hardness: dict, text: Text) -> Result:
    if draw.random() > ability + 0.55:
        message = Message(f"Fill it in.{text('message')}")
        outcome = Outcome.NOT_ATTEMPTED
        return Result(e.name, e.title, outcome, 0.0, e.points, message=message)
    verdicts = []
    for criterion in e.criteria:
        met = draw.gauss(ability, 0.2) >= hardness[e.name, criterion.title] - 0.3 * ability
        message = Message(f"n is 1000{text('saw')}", "60000 images", "Look at x_train.shape.")
        points = criterion.points if met else 0.0
        verdicts.append(
            Verdict(criterion.title, points, criterion.points, met, None if met else message)
        )
    passed = all(verdict.met for verdict in verdicts)
    seen = [m for m in e.misconceptions if not passed and draw.random() < 0.4][:1]
    return Result(
        e.name, e.title, Outcome.PASSED if passed else Outcome.FAILED,
        sum(v.points for v in verdicts), e.points, tuple(verdicts),
        Message(seen[0].message) if seen else None, tuple(m.name for m in seen), "sample",
    )  # fmt: skip


def _submission(name: str, key: str, problem: str = "", late: bool = False) -> find.Submission:
    return find.Submission(name, key, lambda: b"", problem=problem, late=late)


def png() -> bytes:
    """Return a small picture, a real one."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", 160, 90, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + bytes(x * 255 // 160 for x in range(160)) for _ in range(90))
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts
