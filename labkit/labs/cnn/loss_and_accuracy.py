"""Loss and accuracy

What is the difference between the loss function and the accuracy? Do they measure the same thing?
Look at your curves: is there an epoch in which validation accuracy and validation loss *both* rise?
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (2, "accuracy is the share of right answers; loss also measures how sure they were"),
        (2, "they can part: the same answers given with too much certainty raise the loss alone"),
        (1, "the optimizer needs the loss, which changes smoothly; people read the accuracy"),
    ),
    answer="""
        They do not measure the same. Accuracy is the share of images whose most probable class is the right
        one; whether that class got 51 % or 99 % does not matter. Cross-entropy takes the probability that
        was given to the right class: it punishes being wrong, and most of all being wrong and sure of it.
        So both can rise together: a few more images are right, while the wrong answers are given with more
        and more certainty. The optimizer follows the loss because it changes smoothly with the weights;
        accuracy jumps from one image to the next and has no useful gradient.
    """,
)
