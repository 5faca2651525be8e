"""The forms that have a whole class in one file."""

import datetime
import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from labkit.grading.results import csv_text, totals
from labkit.grading.results.formats.outcome import PERSON, Student, Test

_NBGRADER = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)
_AGS_FAILED, _AGS_WAITS, _AGS_DONE = "Failed", "PendingManual", "FullyGraded"
_ANSWERED = {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered"}}
_HOME = "urn:labkit"


def junit(students: Sequence[Student]) -> str:
    """Return JUnit XML for CI: a suite for each student, a case for each exercise."""
    root = ElementTree.Element("testsuites")
    for student in students:
        tests = student.tests
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=_plain(student.total.submission.student),
            tests=str(len(tests)),
            failures=str(sum(test.points is not None and not test.passed for test in tests)),
            errors=str(sum(test.points is None and test.by != PERSON for test in tests)),
            skipped=str(sum(test.points is None and test.by == PERSON for test in tests)),
            time=f"{student.seconds:.3f}",
            timestamp=student.time.strftime("%Y-%m-%dT%H:%M:%S"),
        )
        for test in tests:
            _case(suite, student, test)
    ElementTree.indent(root)
    return ElementTree.tostring(root, "unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, student: Student, test: Test) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=student.lab, name=test.name, time="0"
    )
    properties = ElementTree.SubElement(case, "properties")
    points = "" if test.points is None else f"{test.points:g}"
    for name, value in (("points", points), ("max_points", f"{test.most:g}")):
        ElementTree.SubElement(properties, "property", name=name, value=value)
    message = _plain(test.message or test.outcome)
    if test.points is None and test.by == PERSON:
        ElementTree.SubElement(case, "skipped", message=message)
    elif test.points is None:
        ElementTree.SubElement(case, "error", message=message)
    elif not test.passed:
        ElementTree.SubElement(case, "failure", message=message)


def _plain(text: str) -> str:
    """Return `text` without the characters that XML has no way to write."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def nbgrader(students: Sequence[Student]) -> str:
    """Return the table that ``nbgrader export`` writes."""
    rows = []
    for student in students:
        item, points = student.total.submission, student.total.points
        first, _, last = item.name.rpartition(" ")
        score = "" if points is None else points
        names = [item.key, last, first, item.email]
        # nbgrader's is the time of handing in.
        utc = datetime.datetime.fromtimestamp(item.time, datetime.UTC) if item.time else ""
        when = f"{utc:%Y-%m-%d %H:%M:%S}" if utc else ""
        rows.append([student.lab, "", when, *names, score, 0, score, student.total.most])
    return csv_text.text(rows, _NBGRADER)


def ags(students: Sequence[Student]) -> str:
    """Return a score of LTI's Assignment and Grade Services in each line, ready to be sent."""
    return _lines([_score(student) for student in students if not student.total.submission.absent])


def _score(student: Student) -> dict[str, Any]:
    total = student.total
    found: dict[str, Any] = {
        "userId": student.user,
        "timestamp": student.time.isoformat(timespec="milliseconds"),
        "activityProgress": "Completed",
        "gradingProgress": _AGS_DONE,
    }
    if total.points is not None:
        return {**found, "scoreGiven": total.points, "scoreMaximum": total.most}
    progress = _AGS_WAITS if total.reason == totals.WAITS else _AGS_FAILED
    return {**found, "gradingProgress": progress, "comment": total.reason}


def xapi(students: Sequence[Student]) -> str:
    """Return a statement of xAPI in each line: who answered which exercise, and how well."""
    there = [student for student in students if not student.total.submission.absent]
    return _lines([_statement(student, test) for student in there for test in student.tests])


def _statement(student: Student, test: Test) -> dict[str, Any]:
    result: dict[str, Any] = {"completion": test.points is not None}
    if test.points is not None:
        scaled = test.points / test.most if test.most else 0.0
        score = {"scaled": scaled, "raw": test.points, "min": 0, "max": test.most}
        result |= {"success": test.passed, "score": score}
    return {
        "actor": {"objectType": "Agent", "account": {"homePage": _HOME, "name": student.user}},
        "verb": _ANSWERED,
        "object": {
            "objectType": "Activity",
            "id": f"{_HOME}:{student.lab}:{test.name}",
            "definition": {
                "name": {"en": test.title},
                "type": "http://adlnet.gov/expapi/activities/question",
            },
        },
        "result": result,
        "timestamp": student.time.isoformat(),
    }


def _lines(items: Sequence[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(item, ensure_ascii=False)}\n" for item in items)
