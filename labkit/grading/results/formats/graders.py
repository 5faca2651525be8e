"""The forms of other graders, one file for each student.

Gradescope: gradescope-autograders.readthedocs.io, specs. GitHub Classroom:
classroom-resources/autograding-grading-reporter. PrairieLearn: docs/externalGrading.md.
"""

import base64
import json
from typing import Any

from labkit.grading.results.formats.outcome import Student, Test

_LONGEST = 10_000


def gradescope(student: Student) -> dict[str, Any]:
    """Return ``results.json``.

    What a person marks is left to the questions that Gradescope shows a person. Where the machine
    could not mark an exercise there is no score at all, and Gradescope says that grading failed.
    """
    found: dict[str, Any] = {
        "output": student.total.reason or f"{student.lab}: graded.",
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(student.seconds, 2),
        "extra_data": {"lab": student.lab, "graded_at": student.time.isoformat()},
    }
    if not student.known:
        return found
    tests = [
        {
            "name": test.title,
            "number": str(place),
            "score": test.points,
            "max_score": test.most,
            "status": "passed" if test.passed else "failed",
            "output": test.message[:_LONGEST] or test.outcome,
            "visibility": "visible",
            "tags": [test.name],
        }
        for place, test in enumerate(student.by_machine, start=1)
    ]
    return {**found, "score": sum(test["score"] for test in tests), "tests": tests}


def github_classroom(student: Student) -> dict[str, Any]:
    """Return what an autograding step hands to the reporter, before it is written as base64."""
    tests = [
        {
            "name": test.title,
            "status": _status(test),
            "message": test.message[:_LONGEST] or None,
            "score": test.points or 0,
            "test_code": test.name,
            "filename": f"{student.lab}.ipynb",
            "line_no": 0,
            "execution_time": 0,
        }
        for test in student.by_machine
    ]
    status = {test["status"] for test in tests} or {"error"}
    whole = "error" if "error" in status else "fail" if "fail" in status else "pass"
    most = sum(test.most for test in student.by_machine)
    return {"version": 1, "status": whole, "max_score": most, "tests": tests}


def _status(test: Test) -> str:
    if test.points is None:
        return "error"
    return "pass" if test.passed else "fail"


def in_base64(payload: dict[str, Any]) -> str:
    """Return a payload as a step's output ``result`` has it."""
    return base64.b64encode(json.dumps(payload).encode()).decode()


def prairielearn(student: Student) -> dict[str, Any]:
    """Return ``results.json``; what could not be marked is not gradable, and costs no attempt."""
    if not student.known:
        return {
            "gradable": False,
            "message": student.total.reason,
            "format_errors": [student.total.reason],
        }
    most = sum(test.most for test in student.by_machine)
    points = sum(test.points for test in student.by_machine)
    return {
        "gradable": True,
        "score": points / most if most else 0.0,
        "message": f"{student.lab}: graded.",
        "tests": [
            {
                "name": test.title,
                "description": test.name,
                "points": test.points,
                "max_points": test.most,
                "message": test.message[:_LONGEST],
                "output": test.outcome,
            }
            for test in student.by_machine
        ],
    }
