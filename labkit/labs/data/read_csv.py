"""Read a table with pandas

The same images as a table, in the layout that Kaggle uses: a column `label`, then 784 columns
`pixel1` … `pixel784`, one row for each image.

```python table
table = pd.read_csv(files.csv)
table.iloc[:4, :6]
```

Make two arrays of it: `csv_images` of shape (1000, 28, 28) and `csv_labels` of shape (1000,).
"""

import numpy as np

from labkit.checks.authoring import ARRAY, Exercise

exercise = Exercise(
    __doc__,
    csv_images=ARRAY,
    csv_labels=ARRAY,
    hints=(
        "pandas reads the file in one line. Then separate the column label from the other 784.",
        "table.drop(columns=...) leaves a column out, .to_numpy() makes an array, "
        ".reshape(-1, 28, 28) folds each row into an image.",
        "csv_images = table.drop(columns=...).to_numpy().reshape(...); csv_labels = table[...]",
    ),
)


@exercise.solution
def solution(table):
    csv_images = table.drop(columns="label").to_numpy().reshape(-1, 28, 28)
    csv_labels = table["label"].to_numpy()
    return csv_images, csv_labels


exercise.equal(
    "csv_labels",
    2,
    "one whole number for each image, from the column label",
    "Take one column of the table by its name.",
    asks="`csv_labels` of shape (1000,)",
    title="csv_labels holds the column label",
)
exercise.shape(
    "csv_images",
    3,
    "the shape (images, 28, 28)",
    "A row of the table is one label and 784 pixels. Leave the label out, then reshape.",
    asks="`csv_images` of shape (1000, 28, 28)",
    title="csv_images is a stack of images",
)
exercise.equal(
    "csv_images",
    3,
    "the first 1,000 test images, pixel for pixel",
    "Show csv_images[0] and compare it with x_test[0].",
    asks="The same images as a table",
    title="csv_images holds the pixels in their places",
)


@exercise.mistake(earns=2)
def label_among_the_pixels(table):
    """785 columns: the label is still among the pixels."""
    return table.to_numpy(), ...


@exercise.mistake(earns=2)
def not_folded(table):
    """Each image is still one long row. Fold it into 28 rows of 28 pixels."""
    return table.drop(columns="label").to_numpy(), ...


@exercise.mistake(earns=5)
def columns_first(table):
    """The images lie on their side: rows and columns are swapped.

    R fills an array column by column, NumPy row by row.
    """
    return table.drop(columns="label").to_numpy().reshape(-1, 28, 28).transpose(0, 2, 1), ...


@exercise.mistake(earns=5)
def last_column_dropped(table):
    """The first “pixel” of every image is its label: you left out the last column."""
    return table.to_numpy()[:, :-1].reshape(-1, 28, 28), ...


@exercise.right
def by_position(table):
    return table.iloc[:, 1:].values.reshape(1000, 28, 28).astype("uint8"), table["label"]


exercise.right(
    with_numpy=lambda table: (table.to_numpy()[:, 1:].reshape(-1, 28, 28), list(table.label))
)
exercise.wrong(earns=3, constant=lambda: (np.zeros((1000, 28, 28)), np.zeros(1000)))
exercise.wrong(
    earns=6,
    labels_missing=lambda: (..., None),
    labels_of_the_training_set=lambda y_train: (..., y_train[:1000]),
)
