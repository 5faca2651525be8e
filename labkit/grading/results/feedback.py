"""The page that a student gets: all points on top, then what was missed, beside the own code."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping

from labkit.checks import Essay, Exercise, Lab, Message, Outcome, Result
from labkit.checks.result import Verdict, one_step_at_a_time
from labkit.grading.graded import Graded, Mark
from labkit.grading.results import pages
from labkit.grading.runs import records

# With base64 a third more: the page stays under 300 kB.
_PICTURE_BYTES = 180_000
_PRINTED = 1_000
_CODE = 4_000
# The share of the points from which on an answer that is not all right is nearly so.
_NEARLY = 0.75
# IPython names a cell by a number and a digest, which say nothing to anyone.
_NAME_OF_CELL = re.compile(r"<ipython-input-\d+-\w+>|(/tmp)?/ipykernel_\d+/\d+\.py")
# What helps where no check could read anything, whatever the reason.
_STEPS = (
    "Open the notebook that you handed in with JupyterLab. If it does not open, or looks wrong, "
    "take your last copy that does: File ▸ Revert Notebook to Checkpoint, or a copy of your own.",
    "Choose Kernel ▸ Restart Kernel and Run All Cells, wait until all cells have run, and save.",
    "Hand in that file (its name ends in .ipynb). If it is too late for that, ask your instructor.",
)

_STEPS_OF_THE_ABSENT = (
    "If you did hand something in, show your instructor the receipt, or the file and its time.",
    "If not, ask whether you still may. What you have so far counts: hand it in as it is.",
)


@dataclasses.dataclass(frozen=True)
class Part:
    """One exercise as the page shows it.

    Attributes
    ----------
    number : int
    title, mark, state : str
        The state is how the answer did, in words; the mark says it again in one sign.
    earned, most : float
    message : Message or None
    verdicts : list of Verdict
    code, error, printed : str
        What the student wrote, how it ended, and what it printed.
    pictures : list of records.Picture
    answer, comment : str
        Of a question that a person marks.
    marked : bool
        Whether its points are known.
    outcome : Outcome or None
    """

    number: int
    title: str
    mark: str
    state: str
    earned: float
    most: float
    message: Message | None = None
    verdicts: list[Verdict] = dataclasses.field(default_factory=list)
    code: str = ""
    error: str = ""
    printed: str = ""
    pictures: list[records.Picture] = dataclasses.field(default_factory=list)
    answer: str = ""
    comment: str = ""
    marked: bool = True
    outcome: Outcome | None = None

    @property
    def earned_text(self) -> str:
        return pages.number(self.earned) if self.marked else "?"

    @property
    def why(self) -> str:
        """Why there is nothing to show, in one sentence; empty where nothing was attempted."""
        attempted = self.outcome is not Outcome.NOT_ATTEMPTED
        return str(self.message) if self.message and attempted else ""


@dataclasses.dataclass(frozen=True)
class FirstError:
    """The error that came first in a notebook; `number` is 0 outside the exercises."""

    number: int
    text: str


def page(lab: Lab, item: Graded) -> str:
    """Return the feedback page of one student as HTML.

    Parameters
    ----------
    lab : Lab
    item : Graded
    """
    parts = list(_parts(lab, item))
    machine = [part for part in parts if part.outcome is not None]
    values = {
        "title": f"{lab.name}, {lab.title}",
        "student": item.submission.student,
        "earned": sum(part.earned for part in parts),
        "most": lab.points,
        "waiting": sum(part.most for part in parts if not part.marked),
        "late": item.submission.late,
        "unsandboxed": item.unsandboxed,
        "sample": any(result.data != "real" for result in item.results) and item.run is not None,
        "broken": _broken(item),
        "absent": item.submission.absent,
        "steps": _STEPS_OF_THE_ABSENT if item.submission.absent else _STEPS,
        "parts": parts,
        "first_error": _first_error(lab, item) if _is_any_wrong(item.results) else None,
        "missed": [part for part in machine if part.outcome in _MISSED],
        "open": [part for part in machine if part.outcome in _OPEN],
        "passed": [part for part in machine if part.outcome is Outcome.PASSED],
        "essays": [part for part in parts if part.outcome is None],
        "notes": [*item.submission.notes, *(item.run.notes if item.run else ())],
    }
    return pages.render("feedback.html", values)


_MISSED = (Outcome.FAILED, Outcome.COULD_NOT_GRADE)
_OPEN = (Outcome.NOT_ATTEMPTED, Outcome.BLOCKED)


def _parts(lab: Lab, item: Graded) -> Iterator[Part]:
    results = {result.exercise: result for result in item.results}
    space = _PICTURE_BYTES
    for exercise in lab.exercises:
        if isinstance(exercise, Essay):
            yield _essay(exercise, item)
            continue
        part = _machine_marked(exercise, results[exercise.name], item)
        shown = []
        for drawn in part.pictures:
            if len(drawn.png) <= space:
                shown.append(drawn)
                space -= len(drawn.png)
        yield dataclasses.replace(part, pictures=shown)


def _machine_marked(exercise: Exercise, result: Result, item: Graded) -> Part:
    mark, state = _state(result)
    part = Part(
        exercise.number,
        exercise.title,
        mark,
        state,
        result.points,
        result.max_points,
        result.message and _of_the_page(result.message),
        one_step_at_a_time(result.verdicts),
        outcome=result.outcome,
    )
    if result.outcome in _OPEN:
        return part
    cells = _cells(exercise.name, item)
    error = _named(next((cell.error for cell in cells if cell.error), ""))
    is_told = part.message is not None and error in part.message.saw
    code = item.run.answers.get(exercise.name, "") if item.run else ""
    return dataclasses.replace(
        part,
        code=_cut(code, _CODE),
        error="" if is_told else error,
        printed=_cut("\n".join(cell.text for cell in cells if cell.text.strip()), _PRINTED),
        pictures=[drawn for cell in cells for drawn in cell.pictures],
    )


def _state(result: Result) -> tuple[str, str]:
    """Return the mark and the words for how an answer did."""
    if result.outcome is Outcome.FAILED:
        if result.points >= _NEARLY * result.max_points:
            return "◕", "almost"
        return ("◑", "in part") if result.points > 0 else ("✗", "not yet")
    return {
        Outcome.PASSED: ("✓", "passed"),
        Outcome.NOT_ATTEMPTED: ("○", "not attempted"),
        Outcome.BLOCKED: ("…", "waits for an earlier one"),
        Outcome.COULD_NOT_GRADE: ("!", "could not be graded"),
    }[result.outcome]


def _essay(essay: Essay, item: Graded) -> Part:
    mark = item.marks.get(essay.name, Mark(None))
    answer = item.run.essays.get(essay.name, "") if item.run else ""
    if mark.points is not None:
        sign, state = "✓" if mark.points >= essay.points else "◑", "marked by hand"
    elif answer:
        sign, state = "…", "to be marked by hand"
    else:
        sign, state = "○", "not attempted"
    return Part(
        essay.number,
        essay.title,
        sign,
        state,
        mark.points or 0.0,
        essay.points,
        answer=answer,
        comment=mark.comment,
        marked=mark.points is not None or not answer,
    )


def _broken(item: Graded) -> str:
    """Return the one reason why nothing could be graded; empty where something could."""
    reasons = {str(result.message) for result in item.results}
    outcomes = {result.outcome for result in item.results}
    if outcomes == {Outcome.COULD_NOT_GRADE} and len(reasons) == 1:
        return reasons.pop()
    return ""


def _is_any_wrong(results: Iterable[Result]) -> bool:
    return any(result.outcome in (*_MISSED, *_OPEN) for result in results)


def _first_error(lab: Lab, item: Graded) -> FirstError | None:
    numbers: Mapping[str, int] = {exercise.name: exercise.number for exercise in lab.exercises}
    steps = item.run.steps if item.run else []
    for number, (exercise, _) in enumerate(steps):
        cell = item.left.cells.get(number)
        if cell is not None and cell.error:
            return FirstError(numbers.get(exercise, 0), _named(cell.error))
    return None


def _cells(exercise: str, item: Graded) -> list[records.CellRun]:
    steps = item.run.steps if item.run else []
    numbers = [number for number, (name, _) in enumerate(steps) if name == exercise]
    return [item.left.cells[number] for number in numbers if number in item.left.cells]


def _of_the_page(message: Message) -> Message:
    return dataclasses.replace(message, saw=_named(message.saw))


def _named(text: str) -> str:
    return _NAME_OF_CELL.sub("your cell", text)


def _cut(text: str, most: int) -> str:
    text = text.strip("\n")
    return (
        text if len(text) <= most else f"{text[:most]}\n… and {len(text) - most:,} more characters"
    )
