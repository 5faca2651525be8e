"""The loss rises, the accuracy stays

In the second picture the validation loss rises for most of the training, while the validation accuracy
hardly changes. How can that be?

- **a** The network forgets what it has learnt: it is right on fewer and fewer images.
- **b** The loss is measured on the training images, the accuracy on those held out.
- **c** The network grows ever more certain, also where it is wrong, and a certain mistake costs much.
- **d** Adam's steps have become too small to change anything.
"""

from labkit.checks.authoring import TEXT, Exercise

exercise = Exercise(
    __doc__,
    rising_loss=TEXT,
    hints=(
        "Accuracy asks whether an answer is right. What else does the loss ask?",
        "The loss of an image is −log p, with p the probability of its true class. What happens "
        "to it when a wrong answer is given with more and more certainty?",
        'rising_loss = "…", one of the four letters.',
    ),
)


@exercise.solution
def solution():
    rising_loss = "c"
    return rising_loss


exercise.choice(
    3,
    asks="How can that be?",
    a="Then the accuracy would fall, too. It hardly does.",
    b="The validation accuracy is measured on the images held out, and so is this loss.",
    d="Adam's steps do not change what a loss is. Look at the training loss: it still falls.",
)
