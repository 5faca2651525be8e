"""The solutions of a lab in all their clothes, judged."""

import contextlib
import dataclasses
import random
from collections.abc import Iterator, Sequence
from typing import Any

import matplotlib.pyplot as plt

from labkit.evidence import pictures as evidence_of_pictures
from labkit.evidence import searches
from tools.mutate import course
from tools.rewrite import calls, code, networks, objects, pictures

REWRITERS = (*code.GENERAL, *calls.CALLS, *networks.LAYERS, *networks.TRAININGS)
OUTFITS = 3
_PICTURES = (evidence_of_pictures.picture, searches.error_bars)


@dataclasses.dataclass
class Tried:
    """What became of the clothes of one exercise's solution.

    Attributes
    ----------
    name : str
    made, accepted : int
        Those that have to be accepted, and those that are.
    refused, either, no_code : list of str
        Those that should be accepted; that may be refused; that end in an error of their own.
    """

    name: str
    made: int = 0
    accepted: int = 0
    refused: list[str] = dataclasses.field(default_factory=list)
    either: list[str] = dataclasses.field(default_factory=list)
    no_code: list[str] = dataclasses.field(default_factory=list)

    def counted(self, share: float) -> dict[str, Any]:
        """Return what is kept of it, where `share` of the clothes was tried."""
        return {
            "made": self.made,
            "accepted": self.accepted,
            "through": self.refused,
            "share": share,
        }

    def count(self, words: str, result: Any, has_to_be: bool = True) -> None:
        full = result.points == result.max_points
        if has_to_be or full:
            self.made += 1
            self.accepted += full
        if not full:
            reason = " | ".join(v.message.saw for v in result.verdicts if v.message)
            said = f"{words}: {result.outcome}, {reason or result.message}"
            (self.refused if has_to_be else self.either).append(said)


def of_lab(
    lab: str,
    trainings: bool = False,
    only: Sequence[str] = (),
    share: float = 1.0,
    seed: int = 0,
) -> Iterator[Tried]:
    """Yield what became of each exercise of a lab.

    Parameters
    ----------
    lab : str
    trainings : bool
        Whether those are tried that train something, and everything is trained in full; else it
        is the others.
    only : sequence of str
        Names of exercises; all of them if empty.
    share : float
        Which part of the clothes is tried, drawn by `seed`.
    seed : int
    """
    for place in course.places(lab, trainings):
        if not only or place.exercise.name in only:
            yield of_place(place, share, random.Random(f"{seed} {lab} {place.exercise.name}"))


def of_place(place: course.Place, share: float, drawn: random.Random) -> Tried:
    """Return what became of the solution at this place of a notebook, in all its clothes."""
    tried = Tried(place.exercise.name)
    dressed = _outfits(place, drawn) if place.trains else _one_at_a_time(place)
    for words, source in dressed:
        if drawn.random() >= share:
            continue
        attempt = place.attempt(source)
        if attempt.result is None:
            tried.no_code.append(f"{words}: {attempt.error}")
        else:
            tried.count(words, attempt.result)
    _objects(place, tried, share, drawn)
    return tried


def _one_at_a_time(place: course.Place) -> Iterator[tuple[str, str]]:
    return code.rewrites(place.source, place.before, REWRITERS)


def _outfits(place: course.Place, drawn: random.Random) -> Iterator[tuple[str, str]]:
    """Yield the solution in a few outfits of many clothes each: each of them is a training."""
    # Whoever runs a training twice has another one, and Keras takes no numbers of NumPy's.
    fitting = [one for one in REWRITERS if one not in (code.run_twice, code.numpy_numbers)]
    clothes = [one for one in fitting if [*code.rewrites(place.source, place.before, [one])]]
    drawn.shuffle(clothes)
    for first in range(OUTFITS):
        worn = sorted(clothes[first::OUTFITS], key=REWRITERS.index, reverse=True)
        source = code.dressed(place.source, place.before, *worn)
        yield " + ".join(map(code.title, worn)), source


def _objects(place: course.Place, tried: Tried, share: float, drawn: random.Random) -> None:
    """Dress the answers themselves, one at a time."""
    answers, figures = place.made(), plt.get_fignums()
    kinds = place.exercise.answers
    for position, name in enumerate(kinds):
        if name not in place.exercise.own:
            continue
        for words, has_to_be, make in _ways(kinds[name].collector, answers[position]):
            if drawn.random() >= share:
                continue
            with course.alone(60):
                dressed = (*answers[:position], make(), *answers[position + 1 :])
                result = place.exercise.judge(place.exercise.collect(*dressed))
            tried.count(f"{name} {words}", result, has_to_be)
            for number in set(plt.get_fignums()) - set(figures):
                plt.close(number)
    plt.close("all")


def _ways(collector: Any, value: Any) -> Iterator[tuple[str, bool, Any]]:
    if collector in _PICTURES:
        for words, draw in pictures.ways(value):
            yield words, not words.endswith(pictures.MAY_BE_REFUSED), draw
        return
    for words, has_to_be, dress in objects.ways(value):
        with contextlib.suppress(KeyError):
            yield words, has_to_be, lambda dress=dress: dress(value)
