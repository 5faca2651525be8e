"""The command `labkit mark`: serve the answers of a class to the person who marks them."""

import argparse
import sys
import webbrowser

from labkit.commands import lab as serving
from labkit.grading.results import marking, marking_server
from labkit.grading.submissions import handed_out

_FAULTS = (handed_out.CourseError, marking.MarkingError, OSError)
ENDED, BAD_USE = 0, 2


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C, and return the exit status."""
    try:
        lab = handed_out.load(arguments.lab, arguments.course)
        with marking.Marking(arguments.output, lab) as work:
            return _serve(work, arguments)
    except _FAULTS as error:
        print(f"labkit: {error}", file=sys.stderr)
        return BAD_USE


def _serve(work: marking.Marking, arguments: argparse.Namespace) -> int:
    server = marking_server.Server(work, arguments.anonymous, arguments.port)
    for essay in work.lab.essays:
        question = work.question(essay.name)
        size = len(question.answers)
        print(f"{essay.number} {essay.title}: {question.left} of {size} answers to be marked")
    print(f"Open this address, and end with Ctrl-C:\n  {server.url}", flush=True)
    browser = not arguments.no_browser and serving.has_display()
    try:
        server.run(lambda: webbrowser.open(server.url) if browser else None)
    except KeyboardInterrupt:
        print()
    left = sum(work.question(essay.name).left for essay in work.lab.essays)
    print(f"{left} answers are still to be marked." if left else "All answers are marked.")
    print(f"labkit grade {work.lab.name} … again puts the marks into the grades and the pages.")
    return ENDED
