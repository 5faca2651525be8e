"""A class of thirty that was never run, with answers to one question, in a real gradebook.

The answers are drawn from a few opinions, with words of their own, so that some are alike.
"""

import pathlib
import random

from labkit.grading.results import gradebook
from labkit.grading.submissions import handed_out

QUESTION = "why-not-labels"
OPINIONS = (
    "A label is the number of a class, a name, and not an amount. Half of a coat means nothing.",
    "Labels are between 0 and 9 already, so they are small enough for the network.",
    "If we divided the labels by 255, the loss could not find the class any more.",
    "Because only x goes into the network; y is compared with what comes out.",
    "I do not know.",
)
_FILLERS = ("Well,", "I think:", "As we saw,", "In short:", "")
_ENDS = ("So no scaling.", "That is why.", "", "See the **text** above.", "- first\n- second")


def texts(size: int = 30, seed: int = 0) -> list[str]:
    draw = random.Random(seed)
    return [
        f"{draw.choice(_FILLERS)} {draw.choice(OPINIONS)} {draw.choice(_ENDS)}".strip()
        for _ in range(size)
    ]


def enter(
    folder: pathlib.Path, lab: handed_out.CourseLab, answers: list[str], question: str = QUESTION
) -> None:
    """Write a gradebook as `labkit grade` does, with one student for each answer."""
    with gradebook.Book(folder, lab) as book:
        for number, text in enumerate(answers, start=1):
            book.enter(f"student-{number:02}", [], {}, {question: text})
