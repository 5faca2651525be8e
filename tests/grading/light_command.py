"""`labkit grade` as a command that starts soon, for tests that start it many times.

The libraries that a warm process and the judge import beforehand are left out, since the light
course needs none of them, and each start would take as long as a class.
"""

import pathlib
import sys

from tests.grading import classroom

LIGHT = """
import pathlib, re, sys
from labkit.commands import cli
from labkit.grading.judging import judge
from labkit.grading.runs import course_copy

build = course_copy.build

def light(folder):
    build(folder)
    path = folder / "preloaded.py"
    libraries = re.compile(r"^LIBRARIES = \\\\(.*?^\\\\)", re.DOTALL | re.MULTILINE)
    text, count = libraries.subn('LIBRARIES = ("IPython.core.interactiveshell", "numpy")',
                                 path.read_text())
    assert count == 1
    path.write_text(text)

course_copy.build = light
serve = "serving.serve()"
assert serve in judge._START
judge._START = judge._START.replace(serve, "serving._PRELOADED = (); " + serve)
sys.exit(cli.main(sys.argv[1:]))
""".replace("\\\\", "\\")


def grading(root: pathlib.Path, place: pathlib.Path, output: pathlib.Path, *more: str) -> list[str]:
    """Return the command line that grades what is in `place`; run it in `classroom.ROOT`."""
    line = [sys.executable, "-c", LIGHT, "grade", classroom.LAB, "--submissions", str(place)]
    return [*line, "--course", str(root), "--output", str(output), *more]
