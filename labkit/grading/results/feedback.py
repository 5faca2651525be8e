"""The page that a student gets: question by question, what was seen and what to do next."""

from collections.abc import Iterator, Mapping

from labkit.checks import Essay, Exercise, Result
from labkit.checks.result import number, points
from labkit.grading.graded import Mark
from labkit.grading.results import pages
from labkit.grading.runs import records, running

# With base64 a third more: the page stays under 300 kB.
_PICTURE_BYTES = 180_000
_PRINTED = 1_000


def page(
    student: str,
    lab_title: str,
    exercises: tuple[Exercise | Essay, ...],
    results: list[Result],
    run: running.Run | None,
    left: records.Records,
    notes: tuple[str, ...],
    marks: Mapping[str, Mark],
    unsandboxed: bool,
) -> str:
    """Return the feedback page of one student as HTML."""
    by_name = {result.exercise: result for result in results}
    body = [*_summary(exercises, by_name, marks), *_notes(notes, run, unsandboxed)]
    space = _PICTURE_BYTES
    for exercise in exercises:
        if isinstance(exercise, Essay):
            body.append(_essay(exercise, run, marks))
            continue
        cells = _cells(exercise.name, run, left)
        shown = []
        for drawn in (drawn for cell in cells for drawn in cell.pictures):
            if len(drawn.png) <= space:
                shown.append(pages.picture(drawn))
                space -= len(drawn.png)
        title = f"Exercise {exercise.number}: {exercise.title}"
        body.append(
            f"<section><h2>{pages.escaped(title)}</h2>{by_name[exercise.name]._repr_html_()}"
            f"{''.join(shown)}{_printed(cells)}</section>"
        )
    return pages.page(f"{lab_title}: {student}", body)


def _summary(
    exercises: tuple[Exercise | Essay, ...],
    by_name: Mapping[str, Result],
    marks: Mapping[str, Mark],
) -> Iterator[str]:
    essays = [exercise for exercise in exercises if isinstance(exercise, Essay)]
    given = {
        essay.name: marks[essay.name].points
        for essay in essays
        if essay.name in marks and marks[essay.name].points is not None
    }
    earned = sum(result.points for result in by_name.values()) + sum(given.values())
    most = sum(exercise.points for exercise in exercises)
    open_points = sum(essay.points for essay in essays if essay.name not in given)
    still = f" {points(open_points)} are still to be given by hand." if open_points else ""
    yield f"<p><strong>{number(earned)} of {points(most)}.</strong>{still}</p>"


def _notes(notes: tuple[str, ...], run: running.Run | None, unsandboxed: bool) -> Iterator[str]:
    said = [*notes, *(run.notes if run else ())]
    if unsandboxed:
        said.append("UNSANDBOXED: this notebook was run without a sandbox.")
    if said:
        yield "<section><h2>What was noticed, and repaired for grading</h2>"
        yield f"{pages.listing(said)}</section>"


def _essay(essay: Essay, run: running.Run | None, marks: Mapping[str, Mark]) -> str:
    mark = marks.get(essay.name, Mark(None))
    answer = run.essays.get(essay.name, "") if run else ""
    if mark.points is not None:
        state = f"{number(mark.points)} of {points(essay.points)}."
    elif answer:
        state = f"To be marked by hand, {points(essay.points)}."
    else:
        state = f"Not attempted, {points(essay.points)}."
    comment = f"<h3>Comment</h3><pre>{pages.escaped(mark.comment)}</pre>" if mark.comment else ""
    own = f"<h3>Your answer</h3><pre>{pages.escaped(answer)}</pre>" if answer else ""
    title = f"Exercise {essay.number}: {essay.title}"
    return (
        f"<section><h2>{pages.escaped(title)}</h2><p><strong>{state}</strong></p>"
        f"{own}{comment}</section>"
    )


def _cells(exercise: str, run: running.Run | None, left: records.Records) -> list[records.CellRun]:
    steps = run.steps if run else []
    numbers = [number for number, (name, _) in enumerate(steps) if name == exercise]
    return [left.cells[number] for number in numbers if number in left.cells]


def _printed(cells: list[records.CellRun]) -> str:
    text = "\n".join(cell.text for cell in cells if cell.text.strip())[:_PRINTED]
    if not text:
        return ""
    shown = pages.escaped(text)
    return f"<details><summary>What your cell printed</summary><pre>{shown}</pre></details>"
