"""Which network does best, and is it luck?

Name the best of your three networks and say by how many test images it leads. The standard error says
how much an accuracy varies with the choice of test images; another seed moves it by as much again.
Would you bet on the same winner next time?
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (2, "names the best of the three and by how many images it is ahead"),
        (2, "sets the lead against chance: another seed, or the size of the test set"),
    ),
    answer="""
        In the table above, three layers lead by 51 of the 10,000 test images. That is about three standard
        errors of one accuracy, so the choice of test images alone hardly explains it. But another seed for
        the first weights moves each accuracy by as much again, and I have trained each network only once: I
        would bet on the same winner, but not much, and train a few more seeds before I say so. All three
        are far above the baseline, and that is no luck.
    """,
)
