"""Each other grader's form against its documented schema, and the same points in all of them."""

import base64
import csv
import datetime
import io
import json
import types
from xml.etree import ElementTree

import jsonschema
import pytest

from labkit.commands import of_instructors
from labkit.grading.results import formats, totals
from labkit.grading.results.formats import classes, graders, outcome
from tests.grading import made_class

NOW = datetime.datetime(2027, 2, 1, 10, 0, tzinfo=datetime.UTC)
STRANGE = "\x00\x1b]]><&\"'\ud800é漢"
VISIBLE = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
# gradescope-autograders.readthedocs.io/en/latest/specs
GRADESCOPE = {
    "type": "object",
    "required": ["score", "tests"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
        "test_output_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
        "test_name_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
        "visibility": VISIBLE,
        "stdout_visibility": VISIBLE,
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["score", "max_score", "name"],
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "visibility": VISIBLE,
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
# classroom-resources/autograding-grading-reporter
CLASSROOM = {
    "type": "object",
    "required": ["version", "status", "max_score", "tests"],
    "properties": {
        "version": {"const": 1},
        "status": {"enum": ["pass", "fail", "error"]},
        "max_score": {"type": "number"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "status", "score"],
                "properties": {
                    "name": {"type": "string"},
                    "status": {"enum": ["pass", "fail", "error"]},
                    "message": {"type": ["string", "null"]},
                    "score": {"type": "number"},
                    "test_code": {"type": "string"},
                    "filename": {"type": "string"},
                    "line_no": {"type": "integer"},
                    "execution_time": {"type": ["number", "string"]},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
# PrairieLearn, docs/externalGrading.md
PRAIRIELEARN = {
    "type": "object",
    "required": ["gradable"],
    "properties": {
        "gradable": {"type": "boolean"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "message": {"type": "string"},
        "output": {"type": "string"},
        "format_errors": {"type": "array", "items": {"type": "string"}},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "points", "max_points"],
                "properties": {
                    "name": {"type": "string"},
                    "description": {"type": "string"},
                    "points": {"type": "number"},
                    "max_points": {"type": "number"},
                    "message": {"type": "string"},
                    "output": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
# imsglobal.org/spec/lti-ags/v2p0, score publish service
AGS = {
    "type": "object",
    "required": ["userId", "timestamp", "activityProgress", "gradingProgress"],
    "properties": {
        "userId": {"type": "string", "minLength": 1},
        "scoreGiven": {"type": "number", "minimum": 0},
        "scoreMaximum": {"type": "number", "exclusiveMinimum": 0},
        "comment": {"type": "string"},
        "timestamp": {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)$",
        },
        "activityProgress": {
            "enum": ["Initialized", "Started", "InProgress", "Submitted", "Completed"]
        },
        "gradingProgress": {
            "enum": ["FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"]
        },
    },
    "dependentRequired": {"scoreGiven": ["scoreMaximum"]},
    "additionalProperties": False,
}
# adlnet/xAPI-Spec, xAPI-Data.md
XAPI = {
    "type": "object",
    "required": ["actor", "verb", "object"],
    "properties": {
        "actor": {
            "type": "object",
            "required": ["account"],
            "properties": {"account": {"required": ["homePage", "name"]}},
        },
        "verb": {"type": "object", "required": ["id"]},
        "object": {"type": "object", "required": ["id"]},
        "result": {
            "type": "object",
            "properties": {
                "success": {"type": "boolean"},
                "completion": {"type": "boolean"},
                "score": {
                    "properties": {"scaled": {"minimum": -1, "maximum": 1}},
                    "required": ["scaled", "raw", "min", "max"],
                },
            },
        },
        "timestamp": {"type": "string"},
    },
}


@pytest.fixture(scope="module")
def by_machine() -> float:
    """Return the points that the machine gives at most."""
    return sum(exercise.points for exercise in made_class.lab())


@pytest.fixture(scope="module")
def students():
    """Return a class of thirty, and two who could not be graded."""
    lab = made_class.lab()
    graded = made_class.graded(lab, 30, text=lambda kind: STRANGE if kind != "name" else "")
    graded.append(made_class.broken(lab, "Eve", "The file is empty"))
    graded.append(made_class.perfect(lab))
    whole = types.SimpleNamespace(lab=lab)
    return [outcome.of(whole, item, NOW) for item in graded]


def points_of(student) -> float:
    return sum(test.points for test in student.by_machine)


def test_class_has_all_kinds(students):
    assert any(not student.known for student in students)
    assert any(student.total.reason == totals.WAITS for student in students)
    assert any(student.total.points is not None for student in students)


def test_gradescope(students, by_machine):
    for student in students:
        found = json.loads(json.dumps(graders.gradescope(student)))
        if not student.known:
            assert "score" not in found and "tests" not in found
            assert "empty" in found["output"]
            continue
        jsonschema.validate(found, GRADESCOPE)
        assert found["score"] == pytest.approx(points_of(student))
        assert sum(test["max_score"] for test in found["tests"]) == by_machine


def test_github_classroom(students):
    for student in students:
        payload = graders.github_classroom(student)
        found = json.loads(base64.b64decode(graders.in_base64(payload)))
        jsonschema.validate(found, CLASSROOM)
        assert (found["status"] == "error") == (not student.known)
        if student.known:
            assert sum(test["score"] for test in found["tests"]) == pytest.approx(
                points_of(student)
            )


def test_prairielearn(students, by_machine):
    for student in students:
        found = json.loads(json.dumps(graders.prairielearn(student)))
        jsonschema.validate(found, PRAIRIELEARN)
        assert found["gradable"] == student.known
        if student.known:
            assert found["score"] == pytest.approx(points_of(student) / by_machine)


def test_junit(students):
    root = ElementTree.fromstring(classes.junit(students))
    assert len(root) == len(students)
    for suite, student in zip(root, students, strict=True):
        cases = suite.findall("testcase")
        for kind, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(suite.get(plural)) == len(suite.findall(f"testcase/{kind}"))
        assert int(suite.get("tests")) == len(cases) == len(student.tests)
        told = [
            case.find("properties/property[@name='points']").get("value") or "0" for case in cases
        ]
        known = [test.points or 0 for test in student.tests]
        assert [float(text) for text in told] == pytest.approx(known, rel=1e-5)


def test_nbgrader(students):
    rows = list(csv.DictReader(io.StringIO(classes.nbgrader(students))))
    for row, student in zip(rows, students, strict=True):
        points = student.total.points
        assert row["score"] == ("" if points is None else f"{points:g}")
        assert row["max_score"] == f"{made_class.lab().points:g}"


def test_ags(students):
    lines = classes.ags(students).splitlines()
    for line, student in zip(lines, students, strict=True):
        found = json.loads(line)
        jsonschema.validate(found, AGS)
        assert ("scoreGiven" in found) == (student.total.points is not None)
        assert (found["gradingProgress"] == "PendingManual") == (
            student.total.reason == totals.WAITS
        )


def test_xapi(students):
    lines = classes.xapi(students).splitlines()
    assert len(lines) == sum(len(student.tests) for student in students)
    for line in lines:
        jsonschema.validate(json.loads(line), XAPI)


@pytest.mark.parametrize("name", formats.NAMES)
def test_every_form_is_made(students, name):
    place, content = formats.made(name, students)
    assert content and all(content.values())
    assert all(path == place or path.startswith(f"{place}/") for path in content)


def test_command_line_knows_every_form():
    assert set(of_instructors._FORMS) == set(formats.NAMES)
