"""What a student is told after an error: each kind is raised, none is written down."""

import numpy as np
import pandas as pd
import pytest

from labkit.notebook import next_steps, troubles

AT_HAND = {"np": np, "x_train": np.zeros((6, 2, 2)), "y_train": np.zeros(6), "d": {"a": 1}}
CASES = {
    "len[x_train]": "called with round brackets",
    "x_train.mean[0]": "called with round brackets",
    "x_train(0)": "taken out of an array or a list with square brackets",
    "len(x_train, y_train)": "what the function takes",
    "np.zeros()": "what the function takes",
    "sorted([1], revers=True)": "what the function takes",
    "1 + 'a'": "type() of each",
    "'a' + 1": "type() of each",
    "1 < 'a'": "type() of each",
    "print()[0]": "Something is None",
    "[].sort().pop()": "Something is None",
    "x_train[6]": "Python counts from 0",
    "[1][1]": "Python counts from 0",
    "x_train[0, 0, 0, 0]": ".ndim says how many",
    "x_train.reshape(5, 5)": "as many values as there are",
    "x_train + np.zeros((6, 2, 3))": ".shape of both",
    "np.dot(np.zeros((2, 3)), np.zeros((2, 3)))": ".shape of both",
    "np.zeros((2, 3)) @ np.zeros((2, 3))": ".shape of both",
    "a, b = 1, 2, 3": "as many names",
    "a, b = [1]": "as many names",
    "d['b']": ".keys() of a dictionary",
    "pd.DataFrame({'label': [1]})['lable']": ".columns of a table",
    "import nunpy": "imported in its set-up",
    "from numpy import arrange": "imported in its set-up",
    "open('no such file')": "Is the path right?",
    "1 / 0": "divided by 0",
    "f = lambda: f()\nf()": "never ends",
    # A name that is nearly right: letters that differ in size only come first.
    "X_train": "Is x_train meant?",
    "x_trian": "Is x_train meant?",
    "lenn(x_train)": "Is len meant?",
    "np.shap(x_train)": "Is .shape meant?",
    "x_train.Shape": "Is .shape meant?",
    "x_train.reshap(6, 4)": "Is .reshape meant?",
    # What is like it in a few letters only is not guessed.
    "x_train.len()": "a function of Python's own: len(...)",
    "x_train.length()": "Python: len(...)",
    "x_train.scale()": "Mend that line",
    "x_train.shape()": ".shape is a value and no function",
    "x_train.dtype()": ".dtype is a value and no function",
    "dtype(x_train)": "behind a dot: x_train.dtype",
    "min(x_train)": "An array has methods of its own",
    "0 if x_train > 1 else 2": "An array has methods of its own",
    # From R, and from elsewhere.
    "length(x_train)": "Python: len(...)",
    "n <- length(x_train)": "n = length(x_train)",
    "library(keras)": "Python: import",
    "TRUE": "Python: True",
    "true": "Python: True",
    "wholly_unknown": "Nothing is called wholly_unknown yet",
    "t_set": "Nothing is called t_set yet",
}


def _raised(source):
    try:
        exec(compile(source, "a cell", "exec"), dict(AT_HAND) | {"pd": pd})
    except BaseException as error:
        trouble = troubles.of(error)
        # The line is known where the cell is.
        code = source.splitlines()[-1]
        return troubles.Trouble(trouble.kind, trouble.text, 1, code, trouble.name, trouble.instead)
    raise AssertionError(f"{source} raises nothing")


@pytest.mark.parametrize("source", CASES)
def test_the_next_step_fits_the_error(source):
    step = next_steps.of(_raised(source), (), AT_HAND)
    assert CASES[source] in step, step
    assert len(step.split()) < 60


WORDS = {
    "a = “1”": "straight quotation marks",
    "a = 'b": "A quotation mark is missing",
    "print((1)": "A bracket is opened",
    " a = 1": "the same number of spaces",
    "def f():\nreturn 1": "the same number of spaces",
    "wholly_unknown": "Nothing is called wholly_unknown there",
    "x_tset": "Nothing is called x_tset there",
    "length(x_train)": "Python: len(...)",
    "x_train[6]": "Python counts from 0",
    "raise RuntimeError('odd')": "Mend that line",
}


GRAMMAR = {
    # Copied from a page on the web.
    "n\u00a0= 1": "An invisible sign came with copied text",
    "n = 3 \u2013 1": "- for minus",
    "n = 3 \u00d7 1": "* for times",
    "[3] n = 1": "The number in brackets is no code",
    "In [3] n = 1": "The number in brackets is no code",
    # Half-written.
    "n =": "not finished",
    "n = len(x_train) +  # more": "not finished",
    "n = len(x_train": "A bracket is opened",
    "n = len(x_train))": "A bracket closes that none has opened",
    "n = x_train[0)": "A bracket closes that none has opened",
    "def f(x)\n    return x": "ends with a colon",
    "for image in x_train\n    pass": "ends with a colon",
    "def f(x):\nreturn x": "the same number of spaces",
    "return n": "in a function only",
    "n = 28n": "cannot begin with a digit",
    "2nd = 1": "cannot begin with a digit",
    "n-train = 1": "letters, digits and _ only",
    "len(x_train) = n": "Are the two sides turned?",
    "n = (1 2)": "a comma is missing",
    "np.zeros(shape=2, 3)": "what has no name comes first",
    # As R has it.
    "n = table$label": "The $ is R's",
    "x_train %>% head()": "The %>% is R's",
    "x_train[1, , ]": "a colon in Python",
    "True && False": "Python says and, or and not",
    "n = for": "Look at that line",
}


@pytest.mark.parametrize("source", GRAMMAR)
def test_what_cannot_be_read_has_a_next_step_of_its_kind(source):
    trouble = troubles.of_source(source) or _raised(source)
    said = troubles.message(trouble).next_step
    assert GRAMMAR[source] in said, (trouble, said)
    assert said.endswith("Then run the cell, and this one again.")


@pytest.mark.parametrize("source", WORDS)
def test_an_error_is_known_by_its_words_alone(source):
    """As in grading, where nothing else is left of it."""
    trouble = _raised(source)
    assert WORDS[source] in next_steps.of_words(f"{trouble.kind}: {trouble.text}")


def test_what_cannot_be_told_is_not_guessed():
    class Odd:
        def __dir__(self):
            raise RuntimeError("no")

        def __getattr__(self, name):
            raise AttributeError(name)

    with pytest.raises(AttributeError) as raised:
        _ = Odd().anything
    assert troubles.of(raised.value).instead == ""
    assert "Mend that line" in next_steps.of(troubles.Trouble("OddError", "odd"))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("n == 5", {"n": "=="}),
        ("n <- 5", {"n": "<-"}),
        ("n <- length(x)", {"n": "<-"}),
        ("a == 1\nb = 2\nc <- 3", {"a": "==", "c": "<-"}),
        ("n < 5", {}),
        ("n = m == 5", {}),
        ("if n == 5:\n    pass", {}),
        ("print(n == 5)", {}),
        ("(", {}),
    ],
)
def test_a_comparison_where_a_value_was_to_be_given(source, found):
    assert troubles.compared(source) == found


def test_a_fence_of_markdown_is_named():
    said = str(troubles.message(troubles.of_source("```python\nn = 1\n```")))
    assert "Leave out the lines with ```" in said
