"""The rows of ``grades.csv``: one for each student and exercise."""

from collections.abc import Iterator

from labkit.checks import Outcome
from labkit.checks.given import reference
from labkit.checks.lab_folder import Lab
from labkit.grading.graded import Graded

TO_BE_MARKED, MARKED = "to be marked by hand", "marked by hand"


def rows(lab: Lab, item: Graded) -> Iterator[list[object]]:
    """Yield the rows of one student; see `csv_text.COLUMNS`."""
    kind = reference(lab.dataset).kind
    by_name = {result.exercise: result for result in item.results}
    for exercise in lab.exercises:
        result = by_name.get(exercise.name)
        if result is None:
            points, outcome, reason = _essay(item, exercise.name)
            cells = [points, exercise.points, outcome, reason, kind]
        else:
            reason = str(result.message) if result.message else ""
            cells = [result.points, result.max_points, result.outcome, reason, result.data]
        cells[3] = " ".join([*item.flags, *filter(None, [cells[3]])])
        yield [item.submission.student, lab.name, exercise.name, *cells]


def _essay(item: Graded, name: str) -> tuple[object, str, str]:
    """Return points, outcome and reason of a question that a person marks."""
    mark = item.marks.get(name)
    if mark is not None and mark.points is not None:
        return mark.points, MARKED, ""
    if item.run is None:
        return 0.0, Outcome.COULD_NOT_GRADE, str(item.results[0].message)
    if name in item.run.essays:
        return "", TO_BE_MARKED, ""
    return 0.0, Outcome.NOT_ATTEMPTED, ""
