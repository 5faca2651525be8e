"""A machine and a judge that take no time, to try what grading does around them."""

import functools
import json
import pathlib
import pickle

from labkit import data, labs
from labkit.checks import Message, Outcome, Result
from labkit.grading import grade, graders
from labkit.grading.judging import judge
from labkit.grading.results import gradebook
from labkit.grading.runs import records, running, sandbox
from labkit.grading.submissions import handed_out
from tests.grading import classroom


class Machine:
    """Runs nothing: records that every cell ran, and what it holds as what it printed."""

    stamp = "stub"

    def __init__(self, *_: object) -> None:
        self.runs = 0

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get_ready(self, count: int) -> None:
        pass

    def run(self, job: bytes, output: pathlib.Path, cancelled: object = None) -> sandbox.Ended:
        self.runs += 1
        cells = pickle.loads(job)["cells"]
        lines = [
            {"kind": "cell", "number": number, "error": "", "text": cell["source"], "pictures": []}
            for number, cell in enumerate(cells)
        ]
        content = "".join(json.dumps(line) + "\n" for line in [*lines, {"kind": "end"}])
        output.write_bytes(content.encode())
        return sandbox.Ended(0, "", 0.1, True)


class Judge:
    """Gives an exercise its points where the answer is the solution, word for word."""

    def __init__(self, kept: pathlib.Path, lab: str = "") -> None:
        self._kept = kept
        self._solutions = classroom.solutions()

    def __enter__(self) -> "Judge":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self) -> None:
        pass

    def close(self) -> None:
        pass

    def rest(self) -> None:
        pass

    def judge(self, lab: str, key: str) -> judge.Judged:
        folder = self._kept / key
        run = running.Run.from_json((folder / "run.json").read_text(encoding="utf-8"))
        if not records.read(folder / running.RECORDS).complete:
            return judge.Judged(judge.could_not_grade(lab, "the notebook ended before its checks"))
        return judge.Judged(
            [
                self._result(exercise, run.answers.get(exercise.name, ""))
                for exercise in labs.load(lab)
            ]
        )

    def _result(self, exercise, answer: str) -> Result:
        right = answer.strip() == self._solutions[exercise.name].strip()
        return Result(
            exercise.name,
            exercise.title,
            Outcome.PASSED if right else Outcome.FAILED,
            exercise.points if right else 0.0,
            exercise.points,
            message=None if right else Message(f"It holds {answer[:200]!s}"),
            data="sample",
        )


class Book(gradebook.Book):
    """Writes what formgrader shows, and keeps no database, which takes half a second a student."""

    def __init__(self, folder: pathlib.Path, lab: handed_out.CourseLab) -> None:
        self._lab, self._name, self._autograded = lab, lab.lab.name, folder / "autograded"

    def __exit__(self, *_: object) -> None:
        pass

    def enter(self, key, results, answers, essays):
        for text in (key, *answers.values(), *essays.values()):
            text.encode()  # as the database does
        self._write_notebook(key, answers, essays)
        return {}


def install(patch, book: type[gradebook.Book] = gradebook.Book) -> None:
    """Let `grade.grade` use them."""
    patch.setenv("LABKIT_DATA", "sample")
    patch.setattr(grade, "_runner", Machine)
    patch.setattr(graders.judge, "Judge", Judge)
    patch.setattr(grade.gradebook, "Book", book)
    patch.setattr(data, "source", functools.cache(data.source))  # it draws the sample each time
