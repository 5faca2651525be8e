"""What does the grid say?

Compare the differences between decays with the spread over the folds, in your table or in the
recorded one. Which decay would you take, and how sure are you? And what makes the grid so much cheaper
here than in the report?
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (2, "sets the differences between decays against the spread over the folds"),
        (1, "says which decay they would take, and why that is a weak preference"),
        (1, "names why it is so much cheaper here: one pass for all, small steps, float32"),
    ),
    answer="""
        The means of most decays differ by less than the spread over the folds, so the grid does not single
        out one of them: at 60,000 images and six epochs, these decays hardly matter. I would take one from
        the middle, or the largest that costs nothing, and not claim that it is the best. The grid is cheap
        here because all networks share each batch of images and one large matrix product, take many small
        steps of Adam instead of `nnet`'s full passes over all images, compute in float32, and no process
        holds a copy of the data.
    """,
)
