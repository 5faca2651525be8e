"""Which one wins, and why?

.8940 against .8935: in five or six sentences, say which of the report's two networks wins, by accuracy
and by loss, and how sure you are of either. Use the table and the recorded curves. What in the winner's
training may be the reason, and which change would you try on the other one first?
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (1, "says which of the report's two networks wins by accuracy, and by how little"),
        (1, "holds the difference against the spread between seeds, or against chance"),
        (1, "names the loss, and reads from it which network is too sure of itself"),
        (1, "gives a reason: dropout, fewer and steadier steps, or the time of stopping"),
    ),
    answer="""
        By test accuracy the network with dropout is ahead by .0005, five images of 10,000. Chance alone moves
        such a share by about .003, and another seed moves it as well, so the report's figures do not show a
        winner by accuracy. By test loss they do: .31 against .60. The plain network is as often right, but it is
        far too sure of itself where it is wrong; its validation loss turns after a few epochs and rises to the
        end, while its training accuracy goes on towards 1. Dropout keeps the other network from leaning on single
        nodes, and batches of 480 let it take a fifth of the steps, so that it is not yet that far after 50 epochs.
        Both were changed at once, so the report cannot say which of the two did it. On the plain network I would
        try early stopping first: at its best epoch its loss is much lower, for no cost at all.
    """,
)
