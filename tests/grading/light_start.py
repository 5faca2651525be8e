"""Gradings that start soon: what the light course does not need is not imported beforehand.

A warm process and the judge import TensorFlow, Keras and pandas before the first notebook, which
takes as long as a class of the light course, and is of use to none of its exercises. Whatever asks
for one of them all the same imports it then. With all libraries start, among others, the attacks,
the real labs (test_labs.py), the warm workers and the walks through the documents.
"""

import functools
import pathlib
import re
from collections.abc import Callable
from typing import Any

from labkit.grading.judging import judge
from labkit.grading.runs import course_copy

_LIBRARIES = re.compile(r"^LIBRARIES = \(.*?^\)", re.DOTALL | re.MULTILINE)
_FEW = 'LIBRARIES = ("IPython.core.interactiveshell", "numpy")'
_SERVE = "serving.serve()"


def everywhere(put: Callable[[Any, str, Any], None] = setattr) -> None:
    """Let all gradings of this process start so; `put` sets an attribute, as `setattr` does."""
    of_boxes(put)
    of_the_judge(put)


def of_boxes(put: Callable[[Any, str, Any], None]) -> None:
    """Let the boxes of this process start so."""
    put(course_copy, "build", functools.partial(_build, course_copy.build))


def of_the_judge(put: Callable[[Any, str, Any], None]) -> None:
    """Let the judges of this process start so."""
    assert judge._START.endswith(_SERVE)
    put(judge, "_START", judge._START.replace(_SERVE, f"serving._PRELOADED = (); {_SERVE}"))


def _build(build: Callable[[pathlib.Path], None], folder: pathlib.Path) -> None:
    build(folder)
    path = folder / "preloaded.py"
    text, count = _LIBRARIES.subn(_FEW, path.read_text())
    assert count == 1
    path.write_text(text)
