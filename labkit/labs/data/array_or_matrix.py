"""Array or matrix?

Before you choose, compare `x_train.ndim` with `x_train[0].ndim`. What is the difference between an
array and a matrix?

- **a** An array holds whole numbers, a matrix holds fractions.
- **b** A matrix may be of any length, an array may not.
- **c** A matrix has exactly two axes, rows and columns. An array has any number of axes, so every
  matrix is an array.
- **d** An array has at most two axes, a matrix has more.
"""

from labkit.checks.authoring import TEXT, Exercise

exercise = Exercise(
    __doc__,
    array_or_matrix=TEXT,
    hints=(
        "Compare x_train with one image, x_train[0]: which of the two is a matrix?",
        "Look at .ndim of both.",
        "A matrix has rows and columns and nothing else.",
    ),
)


@exercise.solution
def solution():
    array_or_matrix = "c"
    return array_or_matrix


exercise.choice(
    4,
    asks="What is the difference between an array and a matrix?",
    a="An array can hold numbers of any one type, and so can a matrix. Look at the axes.",
    b="Both can be of any length along an axis. How many axes does each have?",
    d="NumPy has no such limit: x_train is one array with more than two axes.",
)


exercise.wrong(shows="array_or_matrix-a", all_of_them=lambda: ["a", "b", "c", "d"])
