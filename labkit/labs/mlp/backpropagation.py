"""Backpropagation

Where do the weights come from? Explain in four or five sentences of your own what *backpropagation*
means for such a network: what is compared, what travels back, and what happens to the weights.
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (2, "a forward pass, and a loss that compares output and truth"),
        (
            2,
            "the derivative is carried back from layer to layer to each weight, by the chain rule",
        ),
        (
            2,
            "the optimizer moves the weights against their derivatives, in small steps, again and "
            "again",
        ),
    ),
    answer="""
        An image goes forward through the network, and the loss says how far the probabilities are from the
        true label. Backpropagation asks how much each weight has contributed: it begins at the loss and goes
        back layer by layer with the chain rule, so that each layer uses what the one behind it has found. The
        result is the derivative of the loss by every weight and bias. The optimizer then changes each of them
        by a small step against its derivative, and the next batch of images follows.
    """,
)
