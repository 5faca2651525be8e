"""An exercise's right answers with one object changed, in the notebook's state, and judged."""

import dataclasses
import functools
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from labkit import evidence
from labkit.checks import relayered
from labkit.checks.authoring import Exercise
from labkit.checks.given import reference
from labkit.checks.result import Outcome, Result
from labkit.evidence import fits as noted
from labkit.evidence import functions, networks, saved_networks, searches
from labkit.notebook import feeding, fits
from tools.mutate import course
from tools.mutate.objects import arrays, histories, pictures, trainings
from tools.mutate.objects import files as of_files
from tools.mutate.objects import functions as of_functions
from tools.mutate.objects import networks as of_networks
from tools.mutate.objects import searches as of_searches
from tools.mutate.objects import values as of_values
from tools.mutate.objects.mutant import Mutant
from tools.mutate.tally import Tally

_OF_NETWORKS = (evidence.Model, evidence.Networks, evidence.History)


def as_in_a_notebook() -> None:
    """Train and take notes from now on as `labkit.setup` has it.

    A second call changes nothing.
    """
    feeding.mend()
    fits.note()


def tally(exercise: Exercise, share: float = 1.0, seed: int = 0, trained: bool = False) -> Tally:
    """Try the exercise on its mutants, or on a share of them that `seed` draws.

    Those that need a training are tried if `trained`, else all others.
    """
    if _trains(exercise):
        as_in_a_notebook()
    found = Tally(exercise.name)
    # Every tenth, say, from one of the first ten on: so that there is one wherever there are ten.
    every = max(1, round(1 / share))
    first = random.Random(f"{seed} {exercise.name}").randrange(every)
    for words, made in itertools.islice(mutants(exercise, trained), first, None, every):
        found.made += 1
        _enter(found, exercise, words, made)
        plt.close("all")
    return found


@dataclasses.dataclass(frozen=True)
class Changed:
    """All that a check takes, with what stands in the place of one answer or of several.

    Attributes
    ----------
    given : callable
        Makes it, for each seed.
    pairs : tuple of (str, object, object)
        The names of what was changed, the right answers and the changed ones.
    seeds : tuple of int
    same : callable or None
        Tells of all that was given whether it is right after all; the pairs say it without.
    again : callable or None
        Makes all that a check takes where the solution follows on a changed earlier answer.
    """

    given: Callable[[], tuple]
    pairs: tuple[tuple[str, Any, Any], ...]
    seeds: tuple[int, ...] = (0,)
    same: Callable[[tuple], bool] | None = None
    again: Callable[[], tuple] | None = None


def _enter(found: Tally, exercise: Exercise, words: str, made: Changed) -> None:
    results = []
    for seed in made.seeds:
        given = made.given()
        results.append(judged(exercise, given, seed))
    if any(result.outcome is Outcome.COULD_NOT_GRADE for result in results):
        found.broken.append(words)
    elif all(result.points < result.max_points for result in results):
        found.killed += 1
    elif reason := exercise.why_alike(words):
        found.same[words] = reason
    elif made.same and made.same(given):
        found.same[words] = "trained alike"
    elif made.pairs and all(_same(exercise, name, one, other) for name, one, other in made.pairs):
        found.same[words] = "equal"
    elif made.again and _still_right(exercise, made):
        found.same[words] = STILL_RIGHT
    else:
        through = [result.points == result.max_points for result in results]
        under = [seed for seed, full in zip(made.seeds, through, strict=True) if full]
        found.survivors.append(words if len(made.seeds) == 1 else f"{words} (seeds {under})")


STILL_RIGHT = "the solution's answer to the changed network is the same"


def _still_right(exercise: Exercise, made: Changed) -> bool:
    """Tell whether the answers are what the solution makes of what was changed before it."""
    try:
        wanted = dict(zip(exercise.answers, made.again(), strict=True))
    except Exception:  # the solution cannot do anything with it
        return False
    given = dict(zip(exercise.answers, made.given(), strict=True))
    return all(_same(exercise, name, given[name], wanted[name]) for name in exercise.own)


def judged(exercise: Exercise, given: tuple, seed: int = 0) -> Result:
    """Return what the check says of these answers."""
    with course.alone(120):
        return exercise.judge(exercise.collect(*given, seed=seed))


def mutants(exercise: Exercise, trained: bool = False) -> Iterator[tuple[str, Changed]]:
    """Yield for each mutant what was changed, and the changed answers."""
    defined = exercise.notebook(reference(exercise.dataset))
    right = exercise.cases()[0].make(defined)
    if judged(exercise, right).outcome is not Outcome.PASSED:
        raise AssertionError(f"the solution of {exercise.name} is refused")
    yield from (_retrained if trained else _changed)(exercise, right, defined)


def _changed(exercise: Exercise, right: tuple, defined: Any) -> Iterator[tuple[str, Changed]]:
    names = list(exercise.answers)
    for place, name in enumerate(names):
        for mutant in of_answer(exercise, name, right[place], defined):
            pairs = ((name, right[place], mutant.value),)
            given = functools.partial(_with, right, place, mutant.fresh)
            again = None
            if exercise.answers[name].earlier and not _has_a_history(exercise):
                earlier = _earlier(exercise, right) | {name: mutant.value}
                again = functools.partial(_after, exercise, defined, earlier)
            yield f"{name}: {mutant.words}", Changed(given, pairs, mutant.seeds, again=again)
    own = [names.index(name) for name in exercise.own]
    for one, other in itertools.pairwise(own):
        swapped = list(right)
        swapped[one], swapped[other] = right[other], right[one]
        pairs = tuple((names[n], right[n], swapped[n]) for n in (one, other))
        yield f"{names[one]} and {names[other]} swapped", Changed(_always(swapped), pairs)


def _earlier(exercise: Exercise, given: tuple) -> dict[str, Any]:
    """Return those of the answers given that an exercise takes from earlier ones."""
    kinds = zip(exercise.answers.items(), given, strict=True)
    return {name: value for (name, answer), value in kinds if answer.earlier}


def _after(exercise: Exercise, defined: Any, earlier: dict[str, Any]) -> tuple:
    """Return all that a check takes, where the solution finds these under the earlier names."""
    _, place = exercise.position()
    with course.alone(120):
        return exercise.cases()[0].make(defined.with_own(earlier, earlier.__getitem__, place))


def _retrained(exercise: Exercise, right: tuple, defined: Any) -> Iterator[tuple[str, Changed]]:
    """Yield other trainings of the solution, or else of the first right answer that has one."""
    if not _trains(exercise):
        return
    others = (case.make(defined) for case in exercise.cases()[1:] if case.is_right)
    for given in itertools.chain([right], others):
        by_name = dict(zip(exercise.answers, given, strict=True))
        found = False
        for mutant in trainings.mutants(exercise, by_name, defined):
            found = True
            # Trained when it is judged: a share that is drawn is all that is trained.
            given = functools.partial(_trained, by_name, mutant.value)
            same = functools.partial(_trained_alike, exercise, mutant)
            yield mutant.words, Changed(given, (), same=same)
        if found:
            return


def _trains(exercise: Exercise) -> bool:
    return any(answer.kind in _OF_NETWORKS for answer in exercise.answers.values())


def _trained(by_name: dict[str, Any], train: Callable[[], dict[str, Any]]) -> tuple:
    made = train()
    return tuple(made.get(name, value) for name, value in by_name.items())


def _trained_alike(exercise: Exercise, mutant: Mutant, given: tuple) -> bool:
    return mutant.same is not None and mutant.same(dict(zip(exercise.answers, given, strict=True)))


def _with(right: tuple, place: int, make: Callable[[], Any]) -> tuple:
    return (*right[:place], make(), *right[place + 1 :])


def _always(given: Sequence[Any]) -> Callable[[], tuple]:
    return lambda: tuple(given)


def of_answer(exercise: Exercise, name: str, value: Any, defined: Any) -> Iterator[Mutant]:
    """Yield mutants of one answer, by the kind of evidence that is collected of it."""
    answer = exercise.answers[name]
    collector, kind = answer.collector, answer.kind
    if answer.earlier:
        if kind is evidence.Model and _has_weights_judged(exercise):
            yield from of_networks.reweighted(value)
        if kind is evidence.Model and _has_a_history(exercise):
            yield from (Mutant(words, make(value)) for words, make in relayered.KINDS.items())
        return
    yield from (Mutant(f"{other!r}", other) for other in NOTHING)
    if isinstance(collector, functions.Probing):
        yield from of_functions.mutants(value, collector)
    elif kind is evidence.Array:
        yield from arrays.mutants(value)
        yield from _others(exercise, defined)
    elif kind is evidence.Picture or collector is searches.error_bars:
        yield from pictures.mutants(value)
    elif kind is evidence.History:
        yield from histories.mutants(value)
    elif collector is searches.grid_search:
        yield from of_searches.mutants(
            value, *(defined.find(part) for part in ("x_piece", "y_piece"))
        )
    elif collector in (networks.model, networks.structure):
        yield from of_networks.mutants(value, weights=collector is networks.model)
        yield from of_networks.compiled(value)
        if collector is networks.model and _has_weights_judged(exercise, value):
            yield from of_networks.reweighted(value)
    elif collector is saved_networks.saved:
        yield from of_files.mutants(value)
    elif kind is evidence.Networks:
        yield from of_networks.by_key(value)
    elif kind is evidence.Value:
        yield from of_values.mutants(value)


NOTHING = (None, 0, -1.5, "x", [], {}, np.nan, object)


def _has_a_history(exercise: Exercise) -> bool:
    return any(exercise.answers[name].kind is evidence.History for name in exercise.own)


def _has_weights_judged(exercise: Exercise, right: Any = None) -> bool:
    """Tell whether what is asked for depends on the weights of a network.

    It does where the right one has learnt, too.
    """
    own = [exercise.answers[name].kind for name in exercise.own]
    needs = [exercise.answers[name].kind for name in exercise.needs]
    of_weights = evidence.History, evidence.Array, evidence.Value, evidence.Model
    learnt = networks.is_network(right) and noted.updates(right) > 0
    return (
        learnt
        or evidence.History in own
        or (evidence.Model in needs and any(kind in of_weights for kind in own))
    )


_DATA = ("x_train", "x_test", "y_train", "y_test")


def _others(exercise: Exercise, defined: Any) -> Iterator[Mutant]:
    """Yield other arrays of the notebook: the data, and what it was made to."""
    for other in sorted(exercise.known() & {*_DATA, *(f"{data}_scaled" for data in _DATA)}):
        yield Mutant(f"{other} instead", defined.find(other))


def _same(exercise: Exercise, name: str, one: Any, other: Any) -> bool:
    """Tell whether two objects are alike: by themselves, not by the evidence about them."""
    answer = exercise.answers[name]
    if networks.is_network(one) and networks.is_network(other):
        weigh = _has_weights_judged(exercise, one)
        return of_networks.alike(one, other) and not (weigh and of_networks.reweighs(one, other))
    if answer.collector is saved_networks.saved:
        return of_files.alike(one, other)
    if answer.kind is evidence.Networks:
        return of_networks.all_alike(one, other)
    if isinstance(answer.collector, functions.Probing):
        return callable(other) and of_functions.alike(answer.collector, one, other)
    if answer.kind is evidence.Array:
        return _same_numbers(one, other)
    if answer.kind is evidence.Picture:
        return pictures.alike(one, other)
    try:
        return np.array_equal(np.asarray(one, object), np.asarray(other, object))
    except (TypeError, ValueError):
        return False


def _last_digits(array: Any, numbers: np.ndarray) -> float:
    """Return how far apart numbers may be that are the same but for how an array is rounded."""
    kind = getattr(array, "dtype", None)
    width = np.finfo(kind).eps if getattr(kind, "kind", "") == "f" else 0.0
    return max(1e-9, 4 * float(width) * float(np.abs(numbers).max(initial=0.0)))


def _same_numbers(one: Any, other: Any) -> bool:
    try:
        a, b = (np.asarray(part, float) for part in (one, other))
    except (TypeError, ValueError):
        return False
    headings = [list(getattr(part, "columns", ())) for part in (one, other)]
    return (
        a.shape == b.shape
        and np.allclose(a, b, rtol=0, atol=_last_digits(one, a))
        and (headings[0] == headings[1] or not all(headings))
    )
