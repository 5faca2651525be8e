"""Work out what the checks of a lab compare with, and write it down as facts.

Run as a process of its own, ``python -m labkit.release.record FOLDER KIND``: the facts are about
the data that it finds; KIND is ``real`` where the sample will not do. It prints, as JSON, the
mistakes that cannot be facts, because they are made of what a student has.
"""

import collections
import contextlib
import json
import os
import pathlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from labkit import evidence, labs
from labkit.checks import folding, names, recorded, variants
from labkit.checks.authoring import Exercise
from labkit.checks.given import Reference, reference
from labkit.checks.lab_folder import Lab
from labkit.checks.placed import SPECIAL
from labkit.evidence import functions, values
from labkit.release.errors import ReleaseError


class _StudentsOwn(Exception):
    """Something is made of what a student has made: it cannot be worked out beforehand."""


def write(folder: pathlib.Path, lab_names: Iterable[str]) -> dict[str, list[str]]:
    """Write the facts of labs, on the data at hand; return the mistakes that are made anew.

    Parameters
    ----------
    folder : pathlib.Path
        Gets ``LAB/facts/EXERCISE-KIND.npz``, where LAB is the name of the lab's folder.
    lab_names : iterable of str

    Returns
    -------
    dict of str to list of str
        By lab and exercise, ``"tuning/grid-table"``: the names of the functions.

    Raises
    ------
    ReleaseError
        If a check compares with something that cannot be a fact.
    """
    made_anew = {}
    for name in lab_names:
        lab = labs.load(name)
        place = folder / lab.folder.name / recorded.FOLDER
        place.mkdir(parents=True, exist_ok=True)
        asked = _asked(lab)
        for exercise in lab:
            found: dict[str, Any] = {}
            for data in _variants(exercise):
                made, left = _mistakes(exercise, data)
                found |= made
                for own in sorted(exercise.compared | asked[exercise.name]):
                    key = recorded.key(data.variant, recorded.RIGHT, own)
                    found |= _entry(key, exercise, own, _right(exercise, own, data))
            made_anew[f"{lab.folder.name}/{exercise.name}"] = left
            if found:
                file = evidence.Evidence(exercise.name, data.kind, found)
                file.save(place / recorded.file_name(exercise.name, data.kind))
    return made_anew


def _variants(exercise: Exercise) -> Iterator[Reference]:
    """Yield the data for each variant of an exercise."""
    for variant in range(1 + variants.COUNT if exercise.variant else 1):
        yield reference(exercise.dataset).of_variant(variant)


def _verify_data(lab_names: Iterable[str], wanted: str) -> None:
    """Refuse the drawn sample where the real data is wanted."""
    for dataset in {exercise.dataset for name in lab_names for exercise in labs.load(name)}:
        if wanted == "real" and reference(dataset).kind == "sample":
            raise ReleaseError(
                f"The real data ({dataset}) is not at hand, and the checks need facts about it. "
                "`labkit data` says why."
            )


def _asked(lab: Lab) -> dict[str, set[str]]:
    """Return, by exercise, which of its solution's answers are asked for by name."""
    found: dict[str, set[str]] = collections.defaultdict(set)
    for exercise in lab:
        for called in exercise.judging():
            for name in names.parameters(called):
                if name == "right":
                    found[exercise.name] |= set(exercise.own)
                elif name not in {*exercise.answers, *SPECIAL, *names.DATA}:
                    for owner, own in _consulted(lab, exercise, name):
                        found[owner].add(own)
    return found


def _consulted(lab: Lab, exercise: Exercise, name: str) -> set[tuple[str, str]]:
    """Return the exercises, and their answers, that are asked when `name` is looked for."""
    book, place = exercise.position()
    found: set[tuple[str, str]] = set()
    depth = 0
    owners = {item.position()[1]: item.name for item in lab}

    def traced(source: names.Source, owner: str) -> names.Source:
        def make(find: Callable[[str], Any], wanted: str) -> Any:
            nonlocal depth
            if not depth:
                found.add((owner, wanted))
            depth += 1
            try:
                return source.make(find, wanted)
            finally:
                depth -= 1

        return names.Source(source.names, make, source.changes)

    sources = [
        traced(source, owners[number]) if number in owners else source
        for number, source in enumerate(book.sources)
    ]
    defined = names.Names(reference(exercise.dataset), sources)
    try:
        _with_own(exercise, defined).find(name, place)
    except _StudentsOwn as error:
        raise ReleaseError(
            f"{exercise.path}: a check of {exercise.name} asks for {name}, which a solution makes "
            f"of the student's own {error}. Let the check work it out by itself."
        ) from error
    return found


def _with_own(exercise: Exercise, defined: names.Names) -> names.Names:
    """Return the names, with an error in the place of what a student has made."""

    def get(name: str) -> Any:
        raise _StudentsOwn(name)

    return defined.with_own(exercise.needs, get, exercise.position()[1])


def _right(exercise: Exercise, name: str, data: Reference) -> Any:
    place = exercise.position()[1]
    try:
        return _with_own(exercise, exercise.notebook(data)).find(name, place + 1)
    except _StudentsOwn as error:
        raise ReleaseError(
            f"{exercise.path}: a check of {exercise.name} compares {name} with what the solution "
            f"makes of the student's own {error}. Let the check work that out by itself."
        ) from error


def _mistakes(exercise: Exercise, data: Reference) -> tuple[dict[str, Any], list[str]]:
    """Return the facts of all mistakes, and the names of those that cannot be facts."""
    found: dict[str, Any] = {}
    left = []
    for make in exercise.mistaken():
        mistake = make.__name__.replace("_", "-")
        try:
            made = exercise.alternatives(make, _with_own(exercise, exercise.notebook(data)))
        except _StudentsOwn:
            left.append(make.__name__)
            continue
        for number, alternative in enumerate(made):
            for name, answer in zip(exercise.own, alternative, strict=False):
                if answer is not ...:
                    key = recorded.key(data.variant, recorded.MISTAKE, mistake, number, name)
                    found |= _entry(key, exercise, name, answer)
    return found, left


def _entry(key: str, exercise: Exercise, name: str, answer: Any) -> dict[str, Any]:
    """Return the fact of an answer by its key, its rows folded where they show images."""
    fact = _fact(exercise, name, answer)
    if isinstance(fact, evidence.Array):
        folded = folding.fold(fact, reference(exercise.dataset))
        if folded is not None:
            return {key: folded[0], f"{recorded.FOLDED} {key}": evidence.Value("dict", folded[1])}
    return {key: fact}


def _fact(exercise: Exercise, name: str, answer: Any) -> Any:
    """Return what can be compared with an answer of this kind."""
    kind, collector = exercise.answers[name].kind, exercise.answers[name].collector
    if kind is evidence.Value:
        return values.value(answer)
    if kind is evidence.Array:
        return values.array(answer)
    if isinstance(collector, functions.Probing) and callable(answer):
        return collector(answer)
    return evidence.Other(values.type_name(answer))


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Let what a solution prints go to standard error: standard output is for the result."""
    with contextlib.redirect_stdout(sys.stderr), np.errstate(all="ignore"):
        yield


def main() -> int:
    folder, wanted, *chosen = sys.argv[1:]
    os.environ.setdefault("MPLBACKEND", "agg")
    try:
        with _quietly():
            chosen = chosen or list(labs.MODULES)
            _verify_data(chosen, wanted)
            made_anew = write(pathlib.Path(folder), chosen)
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(made_anew))
    return 0


if __name__ == "__main__":
    sys.exit(main())
