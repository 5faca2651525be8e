"""Why are the labels not scaled?

You divided the images by 255. Why not `y_train` and `y_test`? Two or three sentences, in your own
words.
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (3, "a label is the number of a class, a name, and not an amount"),
        (2, "dividing it would make numbers that name no class, or break the one-hot code"),
        (1, "scaling serves the optimizer; labels are no input to the network"),
    ),
    answer="""
        A label is the number of a class: a name that happens to be written as a number, not an amount.
        Class 8 divided by 255 names no class any more, and a one-hot row would no longer hold a 1 that a
        probability could be compared with. Scaling helps the optimizer with the network's *inputs*; the
        labels are what its outputs are compared with.
    """,
)
