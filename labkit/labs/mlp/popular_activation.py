"""The most popular one

Which activation function do most of today's networks use in their hidden layers? Look at the slopes
in your picture: learning follows the slope, and where a curve is flat nothing is learnt.

- **a** sigmoid
- **b** relu
- **c** softmax
- **d** tanh
"""

from labkit.checks.authoring import TEXT, Exercise

exercise = Exercise(
    __doc__,
    popular_activation=TEXT,
    hints=(
        "Learning follows the slope. Which of your curves keeps its slope however large x is?",
        "Look at the blueprint of the network further down: what does its hidden layer use?",
        'popular_activation = "…", one of the four letters.',
    ),
)


@exercise.solution
def solution():
    popular_activation = "b"
    return popular_activation


exercise.choice(
    3,
    asks="Which activation function do most of today's networks use in their hidden layers?",
    a="Look at your picture: far from 0 the sigmoid is flat, so nearly nothing is learnt there. How "
    "many layers would stand that?",
    c="softmax makes probabilities of all the scores of a layer. Where in a network are "
    "probabilities needed?",
    d="tanh was the usual choice before 2010. It is flat on both sides.",
)


exercise.wrong(in_words=lambda: "relu")
