"""What kind of problem is this?

The task sheet of an older course begins: "This is a regression problem because …". Finish the
sentence, or object to it.

- **a** It is a regression problem, because the labels are numbers from 0 to 9.
- **b** It is a regression problem, because the network puts out numbers, namely probabilities.
- **c** It is a classification problem: each image belongs to one of ten classes, and the digits are
  their names.
- **d** It is neither: images are sorted into groups that nobody knows beforehand.
"""

from labkit.checks.authoring import TEXT, Exercise

exercise = Exercise(
    __doc__,
    kind_of_problem=TEXT,
    hints=(
        "What would it mean to be wrong by a little: to call a 4 a 5?",
        "Regression predicts an amount; classification predicts one of several names.",
        "Would the problem change if the ten labels were letters instead?",
    ),
)


@exercise.solution
def solution():
    kind_of_problem = "c"
    return kind_of_problem


exercise.choice(
    4,
    asks="Finish the sentence, or object to it.",
    a="The labels look like numbers, but is a 4 half of an 8 here? They are names.",
    b="Probabilities are how the network says it. What is it asked for?",
    d="Groups are looked for where nobody knows the labels. Here they are known.",
)


exercise.wrong(a_word=lambda: "classification")
