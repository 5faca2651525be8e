"""The right and wrong answers of all labs, by the lab's name."""

from labkit import labs
from labkit.checks import lab_folder
from labkit.checks.given import reference
from labkit.notebook import shuffling
from tests.labs.table import Case, Table

# What `labkit.setup` does for a notebook: the answers are trained as a student trains them.
shuffling.in_every_epoch()


def _of_folder(name: str) -> Table:
    """Return the answers that stand in the files of a lab's folder."""
    table = Table()
    for exercise in labs.load(name):
        for case in exercise.cases():

            def make(given, exercise=exercise, case=case):
                return case.make(exercise.notebook(reference(exercise.dataset)))

            points = None if case.is_right else case.earns
            made = Case(exercise.name, case.name, make, points, case.outcome, case.shows)
            table.cases.append(made)
    return table


FOLDERS = [name for name in labs.MODULES if isinstance(labs.load(name), lab_folder.Lab)]
TABLES = {name: _of_folder(name) for name in FOLDERS}
