"""Draw the network

Take a sheet of paper and draw an MLP with one hidden layer for this problem: some nodes of each
layer, how they are joined, and how many there are. Beside it, write its whole formula from $x$ to the
probabilities. Drag a photo into the answer cell, or describe the drawing in words.
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (1, "input layer with 784 nodes and output layer with 10"),
        (1, "one hidden layer, every node joined to all of the next layer"),
        (
            2,
            "the formula with both weight matrices, both biases and both activation functions "
            "(1 point if one of them is missing)",
        ),
    ),
    answer=r"""
        Left, the input layer: 784 nodes, one for each pixel, of which I draw three and dots. In the middle
        the hidden layer, here with 128 nodes; a line, which is a weight, runs from every input node to each of
        them, and each has its bias. Right, the output layer with 10 nodes, one for each class, joined to
        every hidden node in the same way.

        $$ p = \mathrm{softmax}\big(\mathrm{relu}(x W_1 + b_1)\, W_2 + b_2\big) $$
    """,
)
