"""Read a picture

Which two classes do you find hardest to tell apart in these pictures? Point to an example, and say
what a network would have to notice. You will meet these two again in every confusion matrix of the
course.
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (2, "names two classes that are hard to tell apart by eye, and an example"),
        (2, "says what would tell them apart: sleeves, collar, length, heel"),
    ),
    answer="""
        Shirts and T-shirts: at 28 × 28 pixels many shirts have the same outline as a T-shirt. The network
        would have to notice the length of the sleeves, a collar, or the line of buttons down the front.
    """,
)
