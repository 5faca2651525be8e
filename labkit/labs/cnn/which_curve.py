"""Which curve to follow?

You want to choose hyperparameters: the number of epochs, of filters, of nodes. Which value should you
pay attention to?

- **a** The one on the training images: the network learns from them.
- **b** The one on the validation images.
- **c** The one on the test images: they are the most honest.
- **d** The mean of training and validation.
"""

from labkit.checks.authoring import TEXT, Exercise

exercise = Exercise(
    __doc__,
    which_curve=TEXT,
    hints=(
        "A hyperparameter is to be chosen so that the network does well on images it has not seen.",
        "Which images were neither trained on nor kept for the very end?",
        "Cross out every option that rewards learning by heart or looks at the test set.",
    ),
)


@exercise.solution
def solution():
    which_curve = "b"
    return which_curve


exercise.choice(
    3,
    asks="Which value should you pay attention to?",
    a="The training curve gets better even when the network only learns by heart.",
    c="Choosing by the test set uses it up: afterwards its accuracy promises too much.",
    d="The mean of the two still rewards learning by heart.",
)


exercise.wrong(in_words=lambda: "validation")
