"""The object that a notebook calls ``lab``: its exercises as attributes, and what it can do.

``lab = labkit.setup("lab1-data")`` returns one, and the modules of `labkit.labs` offer the same
functions of the same object, so that older notebooks go on working.
"""

from typing import Any

from labkit.checks import exercise as checked

_open: dict[str, "Lab"] = {}


def of(description: checked.Lab) -> "Lab":
    """Return the one object for this lab: whoever asks, the same progress is shown."""
    if description.name not in _open:
        _open[description.name] = Lab(description)
    return _open[description.name]


def maker_of(variable: str) -> checked.Exercise | None:
    """Return the exercise of an open lab whose answer `variable` is; None if there is none."""
    for opened in _open.values():
        for exercise in opened.description:
            answer = exercise.answers.get(variable)
            if answer is not None and not answer.earlier:
                return exercise
    return None


class Lab:
    """A lab in a notebook: ``lab.count_images`` is the exercise ``count-images``.

    Parameters
    ----------
    description : labkit.checks.exercise.Lab
    """

    def __init__(self, description: checked.Lab) -> None:
        self.description = description
        self._exercises = {item.name.replace("-", "_"): item for item in description}

    def __getattr__(self, name: str) -> Any:
        exercises = self.__dict__.get("_exercises", {})
        if name in exercises:
            return exercises[name]
        raise AttributeError(
            f"There is no exercise {name!r} in this lab; there are {', '.join(exercises)}."
        )

    def __dir__(self) -> list[str]:
        return sorted([*self._exercises, "progress"])

    def __repr__(self) -> str:
        return f"{self.description.name}: {self.description.title}"

    def progress(self) -> None:
        """Show what was checked, and what is next."""
        self.description.progress()
