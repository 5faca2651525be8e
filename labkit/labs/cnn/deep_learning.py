"""What is deep learning?

What is *deep learning* in the context of machine learning? How does it differ from fitting, say, a
logistic regression to features that somebody has chosen? Three or four sentences.
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (2, "machine learning fits a model to examples; deep learning is one kind of it"),
        (2, "its models are networks of many layers, each building on what the one before found"),
        (1, "the features are learnt together with the classifier, not designed by hand"),
    ),
    answer="""
        Machine learning fits a model to examples instead of programming rules. Deep learning is the part of
        it whose models are neural networks with many layers, one on top of the other. Each layer turns its
        input into a slightly more useful description: edges, then parts, then articles. A logistic
        regression needs a person to choose the features; a deep network learns them from the pixels,
        together with the classifier, by gradient descent on one loss.
    """,
)
