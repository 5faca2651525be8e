"""`labkit grade` as a command that starts soon, for tests that start it many times."""

import pathlib
import sys

from tests.grading import classroom

LIGHT = """
import sys
from labkit.commands import cli
from tests.grading import light_start

light_start.everywhere()
sys.exit(cli.main(sys.argv[1:]))
"""


def grading(root: pathlib.Path, place: pathlib.Path, output: pathlib.Path, *more: str) -> list[str]:
    """Return the command line that grades what is in `place`; run it in `classroom.ROOT`."""
    line = [sys.executable, "-c", LIGHT, "grade", classroom.LAB, "--submissions", str(place)]
    return [*line, "--course", str(root), "--output", str(output), *more]
