"""What are convolutional neural networks?

What are *convolutional neural networks*, and why do they suit images? Three or four sentences.
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (2, "a small kernel of weights slides over the image and answers where its pattern is"),
        (2, "the same weights serve everywhere: few parameters, and a pattern is found anywhere"),
        (1, "pooling and dense layers follow, which condense the answers and decide"),
    ),
    answer="""
        They are networks with layers in which a small kernel of weights slides over the image. In every
        place it makes one number that tells how well the pixels there fit its pattern. The same weights are
        used everywhere, so the layer needs few of them and finds its pattern wherever it is; pixels that
        are close together are looked at together, which suits images. Pooling makes the resulting maps
        smaller, and dense layers at the end decide on the class.
    """,
)
