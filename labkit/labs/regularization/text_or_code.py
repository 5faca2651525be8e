"""The text or the code?

The page was made by a program that runs the code and puts its output below. You want to know how the
plain network was trained. Which do you take?

- **a** The text: 128. The author says there what he wanted to do.
- **b** The code: 96. It is what ran, and what made the numbers below it.
- **c** The mean of both, 112.
- **d** Either. A batch size changes the time that a training takes, and nothing else.
"""

from labkit.checks.authoring import TEXT, Exercise

exercise = Exercise(
    __doc__,
    text_or_code=TEXT,
    hints=(
        "Which of the two made the numbers that the report prints?",
        "Ask of both: if it were wrong, would a figure of the report change?",
        'text_or_code = "…", one of the four letters.',
    ),
)


@exercise.solution
def solution():
    text_or_code = "b"
    return text_or_code


exercise.choice(
    3,
    asks="Which do you take?",
    a="A comment is not run. It may be left over from an earlier version, and nothing notices.",
    c="A mean of two claims is a third one that nobody has made.",
    d="Look at your numbers of steps: with batches of 96 the weights take a third more of them.",
)
