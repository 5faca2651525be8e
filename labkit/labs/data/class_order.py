"""The class-order trap

Many tools make one-hot labels from *names*. They sort the names, and so column 0 stands for the
first name of the alphabet. A network trained on such columns and read with the class table above
would call every T-shirt an ankle boot, and no error message would tell you.

```python alphabetical-table
names = pd.Series([labkit.CLASS_NAMES[label] for label in y_train])
alphabetical_table = pd.get_dummies(names, dtype=int)
alphabetical_table.head(3)
```

Make `ordered_table` from it: the same table with its columns in the order of the class numbers. Then
read the names of its columns into the list `ordered_names`.
"""

import numpy as np

from labkit.checks import criteria
from labkit.checks.authoring import ARRAY, VALUE, Exercise, Message

exercise = Exercise(
    __doc__,
    ordered_table=ARRAY,
    ordered_names=VALUE,
    hints=(
        "The table is right, but its columns are sorted by name. You know the order they should "
        "have.",
        "table[list_of_names] picks columns in the order of the list.",
        "ordered_table = table[list(labkit.CLASS_NAMES)]; ordered_names = list(….columns)",
    ),
)


@exercise.solution
def solution(labkit, alphabetical_table):
    ordered_table = alphabetical_table[list(labkit.CLASS_NAMES)]
    ordered_names = list(ordered_table.columns)
    return ordered_table, ordered_names


exercise.shape(
    "ordered_table",
    1,
    "the shape (labels, 10)",
    "Keep all rows and all ten columns; only their order changes.",
    asks="the same table",
    title="ordered_table keeps its ten columns",
)
exercise.equal(
    "ordered_table",
    4,
    "the columns in the order of the class numbers",
    "A table's columns can be chosen by a list of names, in the order you want.",
    asks="with its columns in the order of the class numbers",
    title="column k of ordered_table stands for class k",
)


@exercise.criterion(1, asks="read the names of its columns into the list `ordered_names`")
def _(ordered_names, ordered_table, class_names):
    """ordered_names are the columns' names in that order"""
    if ordered_table.headings not in ((), tuple(class_names)):
        return Message(
            "The names above the columns of ordered_table are not those of the classes, in their order",
            "above column k the name of class k",
            "Choose columns by their names: then each keeps its own.",
        )
    if ordered_names != list(class_names):
        return Message(
            f"ordered_names is {str(ordered_names)[:60]}",
            "the ten names so that position 0 names class 0",
            "Compare with the table of classes above.",
        )


@exercise.mistake(earns=2)
def renamed_not_reordered(alphabetical_table, class_names):
    """The names are in the order of the classes, but the columns stayed where they were."""
    return alphabetical_table.set_axis(list(class_names), axis=1), list(class_names)


@exercise.sign(
    shown_by=lambda alphabetical_table: (alphabetical_table, list(alphabetical_table.columns)),
    earns=1,
)
def alphabetical_classes(ordered_table, alphabetical_table):
    """The columns are still in alphabetical order."""
    return criteria.agrees(ordered_table, alphabetical_table.to_numpy())


@exercise.right
def by_reindex(alphabetical_table, class_names):
    table = alphabetical_table.reindex(columns=class_names)
    return table, table.columns


@exercise.right
def as_array(alphabetical_table, class_names):
    return alphabetical_table.loc[:, list(class_names)].to_numpy(), tuple(class_names)


exercise.wrong(
    earns=1,
    shows="alphabetical-classes",
    names_forgotten=lambda alphabetical_table: (alphabetical_table, None),
)
exercise.wrong(earns=1, constant=lambda y_train: (np.zeros((len(y_train), 10)), []))


@exercise.wrong
def a_column_lost(alphabetical_table, class_names):
    return alphabetical_table[list(class_names[:9])], list(class_names[:9])


@exercise.wrong(earns=1)
def turned_round(alphabetical_table, class_names):
    return alphabetical_table[list(class_names[::-1])], list(class_names[::-1])


@exercise.wrong(earns=5)
def right_columns_under_other_names(alphabetical_table, class_names):
    table = alphabetical_table[list(class_names)]
    return table.set_axis(sorted(class_names), axis=1), list(class_names)


@exercise.wrong(earns=5)
def right_columns_under_numbers(alphabetical_table, class_names):
    return alphabetical_table[list(class_names)].set_axis(range(10), axis=1), list(class_names)


exercise.wrong(earns=5, names_missing=lambda: (..., None))
