"""`labkit try`: an exercise on all its answers, with what a student would read."""

import sys
import textwrap
from collections.abc import Iterator

from labkit import labs
from labkit.checks import faults, trial
from labkit.checks.author_file import AuthorError
from labkit.checks.authoring import Essay, Exercise


def run(lab_name: str, name: str) -> int:
    """Try an exercise and print what came of it; return the exit status."""
    item = _item(lab_name, name)
    with trial.apart():
        return _tried(item)


def _tried(item: Exercise | Essay) -> int:
    found = faults.of(item)
    for fault in found:
        print(f"✗ {fault}")
    if isinstance(item, Essay):
        print(f"{item.title}: {item.points:g} points by hand, {len(item.rubric)} lines of rubric.")
        return 1 if found else 0
    _say_what_asks(item)
    bad = sum(bool(tried.problem) for tried in _shown("Its answers", trial.answers(item), True))
    bad += sum(bool(t.problem) for t in _shown("Nothing in it", trial.of_nothing(item), False))
    accepted = [tried for tried in trial.changed(item) if tried.problem]
    print("\nIts solution, changed in one place and accepted all the same: ", end="")
    print(f"{len(accepted) or 'none'}")
    for tried in accepted:
        print(f"? {tried.case.name}")
    verdict = "All is as it should be." if not bad and not found else "Something is to be mended."
    print(f"\n{item.title}: {item.points:g} points. {verdict}")
    return 1 if bad or found else 0


def _item(lab_name: str, name: str) -> Exercise | Essay:
    try:
        lab = labs.load(lab_name)
    except KeyError as error:
        raise AuthorError(str(error.args[0]).rstrip("."), "See `labkit new lab`.") from error
    by_name = {item.name: item for item in lab.exercises}
    if name not in by_name:
        problem = f"there is no exercise {name} in {lab_name}"
        raise AuthorError(problem, f"There are: {', '.join(by_name)}.")
    return by_name[name]


def _say_what_asks(item: Exercise) -> None:
    print("What is asked for, and where the text says so")
    for criterion, (title, asks, _) in zip(item.criteria, item.asked(), strict=True):
        print(f"  {criterion.points:3g}  {title}\n         “{' '.join(asks.split())}”")


def _shown(title: str, tried: Iterator[trial.Tried], in_full: bool) -> Iterator[trial.Tried]:
    """Print each answer as it is judged: its name, its points, what a student would read."""
    print(f"\n{title}")
    for one in tried:
        points = f"{one.result.points:g} of {one.result.max_points:g}"
        if in_full or one.problem:
            print(f"{'✗' if one.problem else '✓'} {one.case.name}: {one.result.outcome}, {points}")
        if one.problem:
            print(f"      {one.problem}")
        if (in_full and not one.result) or one.problem:
            print(textwrap.indent(one.result.text(), "      | "))
        sys.stdout.flush()
        _close_figures()
        yield one


def _close_figures() -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
