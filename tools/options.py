"""What `make mutate`, `make mutate-objects` and `make rewrite` are told on the command line."""

import argparse

from labkit import labs
from tools import record


def parser(prog: str, description: str) -> argparse.ArgumentParser:
    """Return what reads the options that all measures of the checks have."""
    made = argparse.ArgumentParser(prog=prog, description=description)
    made.formatter_class = argparse.RawDescriptionHelpFormatter
    made.add_argument("labs", nargs="*", help="all of them if left out")
    made.add_argument("--only", nargs="+", default=(), help="names of exercises")
    made.add_argument("--share", type=float, default=1.0, help="the part that is tried")
    made.add_argument("--seed", type=int, default=0, help="draws that part")
    made.add_argument("--trainings", action="store_true", help="the trainings instead")
    made.add_argument("--record", action="store_true", help="keep it for docs/checks.md")
    made.add_argument("--missing", action="store_true", help="leave out what was kept before")
    return made


def chosen(options: argparse.Namespace, kind: str) -> dict[str, list[str]]:
    """Return for each lab the names of the exercises that are to be measured."""
    kept = record.read().get(kind, {}) if options.missing else {}
    found = {}
    for lab in options.labs or labs.MODULES:
        known = kept.get(lab, {})
        names = [item.name for item in labs.load(lab) if item.name not in known]
        if names := [name for name in names if not options.only or name in options.only]:
            found[lab] = names
    return found
