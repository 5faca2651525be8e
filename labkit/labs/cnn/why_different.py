"""Why do the two sets differ?

Why are loss and accuracy on the training images different from those on the validation images? What
does it tell you that the gap grows?
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (2, "the network was fitted to the training images and has not seen the others"),
        (1, "a gap that grows while validation gets worse is overfitting"),
        (
            1,
            "the training value is a mean over the epoch, the validation value is from its end "
            "(or dropout, where a network has it)",
        ),
    ),
    answer="""
        The weights were fitted to the training images, and the network has never seen the others. It also
        learns what is peculiar to the training images, which does not help on new ones: the gap grows, and
        when the validation loss rises while the training loss falls, the network overfits. A smaller reason:
        Keras reports the training values as a mean over the epoch, while the network was still learning,
        and the validation values from the epoch's end. That is why validation can be better in the first
        epoch.
    """,
)
