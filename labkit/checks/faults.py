"""What is wrong with an exercise and is not told while its file is read."""

from labkit.checks import names
from labkit.checks.author_file import AuthorError
from labkit.checks.authoring import Essay, Exercise

# So many answers tell whether a check is right about those that its author did not think of.
RIGHT, WRONG = 3, 5


def of(item: Exercise | Essay) -> list[AuthorError]:
    """Return the faults of an exercise of a lab; empty where there is none."""
    if isinstance(item, Essay):
        return _of_essay(item)
    looks = (_of_form, _of_asking, _of_titles, _of_names, _of_cases)
    return [fault for look in looks for fault in look(item)]


def _of_essay(essay: Essay) -> list[AuthorError]:
    if essay.points > 0:
        return []
    return [essay.error("the rubric gives no points", "Write pairs: (2, 'names a cause').")]


def _of_form(exercise: Exercise) -> list[AuthorError]:
    found = []
    if exercise.solve is None:
        cure = "Write a function below @exercise.solution."
        found.append(exercise.error("there is no solution", cure))
    if not exercise.criteria:
        found.append(exercise.error("nothing is asked for", "Add exercise.equal(...), for one."))
    return found


def _of_asking(exercise: Exercise) -> list[AuthorError]:
    """Return the criteria that quote nothing of the text."""
    text = " ".join(exercise.text.split())
    return [
        AuthorError(
            f"the text does not say {asks!r}, which the criterion {title!r} is for",
            "Quote the words of the text that ask for it, or let the text ask for it.",
            path,
            line,
        )
        for title, asks, (path, line) in exercise.asked()
        if " ".join(asks.split()) not in text
    ]


def _of_titles(exercise: Exercise) -> list[AuthorError]:
    """Return the criteria that a student could not tell from an earlier one."""
    asked = exercise.asked()
    return [
        AuthorError(
            f"two criteria are called {title!r}", "Say in each what it is about.", path, line
        )
        for number, (title, _, (path, line)) in enumerate(asked)
        if title in [earlier for earlier, *_ in asked[:number]]
    ]


def _of_names(exercise: Exercise) -> list[AuthorError]:
    """Return what functions ask for that nothing before the exercise defines."""
    known = exercise.known()
    found = []
    for called, more in exercise.functions:
        allowed = known | set(more)
        for name in sorted(set(names.parameters(called)) - allowed):
            problem = f"{called.__name__} asks for {name!r}, which nothing before it defines"
            cure = f"There are: {', '.join(sorted(allowed))}."
            found.append(exercise.error(problem, cure, called))
    return found


def _of_cases(exercise: Exercise) -> list[AuthorError]:
    """Return what is missing among the further answers."""
    found = []
    right = [case.is_right for case in exercise.cases()]
    if sum(right) < RIGHT:
        problem = f"there are {sum(right)} right answers, the solution among them"
        cure = f"{RIGHT} are needed, written differently: exercise.right(by_shape=lambda ...: ...)."
        found.append(exercise.error(problem, cure))
    if len(right) - sum(right) < WRONG:
        problem = (
            f"there are {len(right) - sum(right)} wrong answers, mistakes and nothing among them"
        )
        cure = f"{WRONG} are needed: exercise.wrong(all_images=lambda ...: ...)."
        found.append(exercise.error(problem, cure))
    known = {mistake.name for mistake in exercise.misconceptions}
    shown = {case.shows for case in exercise.further} - {""}
    for name in sorted(known - shown):
        cure = f'Add exercise.wrong(shows="{name}", ...), or shown_by=... to its sign.'
        found.append(exercise.error(f"no wrong answer shows the mistake {name!r}", cure))
    for name in sorted(shown - known):
        problem = f"a wrong answer shows {name!r}, and there is no such mistake"
        found.append(exercise.error(problem, f"There are: {', '.join(sorted(known))}."))
    return found
