"""One next step for an error that ended a cell: what it most often means to a beginner."""

from __future__ import annotations

import builtins
import contextlib
import difflib
import re
from collections.abc import Iterable

from labkit.notebook.trouble import Trouble

# By the error's class and what it says; the first that fits is told. tests/notebook raises each.
_KNOWN = (
    (
        "TypeError",
        r"'(builtin_function_or_method|function|method|type)' object is not subscriptable",
        "A function is called with round brackets: len(...). Square brackets take something out of"
        " an array or a list.",
    ),
    (
        "TypeError",
        r"object is not callable",
        "Round brackets call a function, and here is none. Something is taken out of an array or a"
        " list with square brackets. If a name of Python's was given a value, restart the kernel.",
    ),
    (
        "TypeError",
        r"required .*argument|takes .*argument|(unexpected|invalid) keyword|multiple values for",
        "Compare what stands in the brackets with what the function takes: help() of its name"
        " shows it.",
    ),
    (
        "TypeError",
        r"unsupported operand|can only concatenate|not supported between",
        "Two things meet here that do not go together. Look at type() of each.",
    ),
    (
        "TypeError|AttributeError",
        r"'NoneType' object",
        "Something is None here. Was a function without return called, or one that prints only?",
    ),
    (
        "IndexError",
        r"too many indices",
        "There are more indices than axes: .ndim says how many axes there are.",
    ),
    (
        "IndexError",
        r"out of (bounds|range)",
        "Python counts from 0, so the last index is the length minus 1. Look at .shape or len().",
    ),
    (
        "ValueError",
        r"cannot reshape",
        "The new shape has to hold as many values as there are: compare the product of its numbers"
        " with .size.",
    ),
    (
        "ValueError",
        r"could not be broadcast|not aligned|mismatch in its core dimension",
        "The shapes do not fit each other. Print .shape of both.",
    ),
    (
        "ValueError",
        r"values to unpack",
        "On the left of the = are not as many names as values on the right.",
    ),
    (
        "KeyError",
        r"",
        "It holds nothing under this name. .keys() of a dictionary, or .columns of a table, shows"
        " what there is.",
    ),
    (
        "ModuleNotFoundError|ImportError",
        r"",
        "Is it spelt right? All that a lab needs is imported in its set-up.",
    ),
    (
        "SyntaxError",
        r"invalid character '[“”„‟«»‘’‚‛′″]",
        "Type straight quotation marks in the place of the curly ones.",
    ),
    (
        "SyntaxError",
        r"unterminated .*string",
        "A quotation mark is missing: every text needs one at each end.",
    ),
    ("SyntaxError", r"was never closed", "A bracket is opened, and none closes it."),
    (
        "SyntaxError",
        r"unmatched|does not match opening",
        "A bracket closes that none has opened, or one of another kind.",
    ),
    (
        "SyntaxError",
        r"invalid non-printable character",
        "An invisible sign came with copied text. Delete the spaces of that line, and type them"
        " anew.",
    ),
    (
        "SyntaxError",
        r"invalid character",
        "Copied text has signs that only look right. Type that one on the keyboard: - for minus,"
        " * for times.",
    ),
    (
        "SyntaxError",
        r"expected ':'",
        "A line that begins with def, for, if, else or while ends with a colon.",
    ),
    (
        "SyntaxError",
        r"invalid decimal literal|leading zeros",
        "A name cannot begin with a digit, and between a number and a name stands a sign: 28 * n.",
    ),
    (
        "SyntaxError",
        r"cannot assign to",
        "What gets a value stands on the left of the =: a name of letters, digits and _ only. Are"
        " the two sides turned?",
    ),
    (
        "SyntaxError",
        r"keyword argument",
        "In the brackets of a call, what has no name comes first, and each name comes once.",
    ),
    (
        "SyntaxError",
        r"forgot a comma",
        "Between two things a comma is missing, or a sign such as + or *.",
    ),
    (
        "SyntaxError",
        r"'return' outside function",
        "return stands in a function only: its line begins four spaces further in than the def.",
    ),
    (
        "ValueError",
        r"truth value of an? ",
        "Python's own min, max, if, and, or take single values. An array has methods of its own:"
        " .min(), .max(), .any(), .all().",
    ),
    (
        "IndentationError",
        r"unexpected indent",
        "The line is indented, and none above asks for that: all lines of a block begin with the"
        " same number of spaces.",
    ),
    (
        "IndentationError|TabError",
        r"",
        "All lines of a block begin with the same number of spaces, four more than the line that"
        " ends with a colon.",
    ),
    ("FileNotFoundError", r"", "There is no such file. Is the path right?"),
    ("ZeroDivisionError", r"", "Something is divided by 0. Print what stands below the line."),
    ("RecursionError", r"", "A function calls itself and never ends. When should it stop?"),
)
# By the line itself, where Python says no more than that it cannot read it.
_UNREADABLE = (
    (r"^(In |Out)?\s*\[\d*\]:?\s*\w", "The number in brackets is no code: copy what follows it."),
    (r"\w\$\w", "The $ is R's. Python takes a part with a dot or square brackets: table.label."),
    (
        r"%>%",
        "The %>% is R's. In Python a call goes behind a dot, or into another call's brackets.",
    ),
    (r"&&|\|\|", "Python says and, or and not."),
    (r"\[\s*,|,\s*,", "An axis that is taken whole is a colon in Python: x_train[0, :, :]."),
    (r"[=+*/(,\[-]\s*(#.*)?$", "The line is not finished: something is missing at its end."),
)
_IN_PYTHON = {
    **{"TRUE": "True", "true": "True", "FALSE": "False", "false": "False"},
    **{"NULL": "None", "null": "None", "NA": "float('nan')"},
    **{"length": "len(...)", "nrow": "len(...)", "dim": ".shape", "ncol": ".shape[1]"},
    **{"library": "import", "cat": "print(...)", "paste": "an f-string", "seq": "range(...)"},
}
"""What other languages, R above all, call otherwise."""
_OF_ARRAYS = ("shape", "dtype", "ndim", "size", "mean", "std", "reshape", "astype", "flatten")
_PYTHONS_OWN = [name for name in dir(builtins) if name.islower() and not name.startswith("_")]
# Python's own names are short: "set" is in many another. So are many of an array's.
_VERY_LIKE = 0.8
_RATHER_LIKE = 0.7
_AGAIN = "Mend that line, run the cell, then run this one again."


def of(trouble: Trouble, texts: Iterable[str] = (), known: Iterable[str] = ()) -> str:
    """Return what to do about an error, in a sentence or two.

    Parameters
    ----------
    trouble : Trouble
    texts : iterable of str
        The variables that take a text in quotation marks.
    known : iterable of str
        The names that there are, for one that was misspelt.
    """
    if trouble.kind == "KeyboardInterrupt":
        return "Run it again, and wait until it ends; or look for a loop that never does."
    if trouble.name:
        return _of_a_name(trouble, list(texts), list(known))
    if trouble.instead:
        return f"Is .{trouble.instead} meant? {_AGAIN}"
    found = _of_an_attribute(trouble) or _of_a_call(trouble)
    if found:
        return f"{found} {_AGAIN}"
    return f"{_known(trouble.kind, trouble.text)} {_AGAIN}".lstrip()


def of_grammar(trouble: Trouble) -> str:
    """Return what to do about a line that Python cannot read."""
    by_line = (step for pattern, step in _UNREADABLE if re.search(pattern, trouble.code))
    vague = trouble.text.startswith("invalid syntax") and "forgot" not in trouble.text
    found = next(by_line, "") if vague else ""
    return (
        found or _known(trouble.kind, trouble.text) or "Look at that line and at the one before it."
    )


def of_words(said: str) -> str:
    """Return what to do about an error of which only its class and words are known.

    Parameters
    ----------
    said : str
        As the last line of a traceback has it: ``NameError: name 'n' is not defined``.
    """
    kind, _, text = said.partition(": ")
    name = re.match(r"name '(\w+)' is not defined", text)
    if kind == "NameError" and name:
        other = _IN_PYTHON.get(name[1])
        if other:
            return f"{name[1]} is of another language. Python: {other}."
        return f"Nothing is called {name[1]} there. Is it spelt right, and made in a cell above?"
    return _known(kind, text) or "Mend that line."


def _known(kind: str, text: str) -> str:
    fitting = (
        step
        for kinds, pattern, step in _KNOWN
        if kind in kinds.split("|") and re.search(pattern, text)
    )
    return next(fitting, "")


def nearest(name: str, known: Iterable[str], like: float = 0.6) -> str:
    """Return the one of `known` that was meant by `name`; empty if none is `like` it."""
    names = list(known)
    same = [other for other in names if other.casefold() == name.casefold()]
    return next(iter(same or difflib.get_close_matches(name, names, n=1, cutoff=like)), "")


def nearest_attribute(error: AttributeError) -> str:
    """Return what was meant by an attribute that there is not; empty if that cannot be told."""
    with contextlib.suppress(Exception):  # the object may be of the student's own making
        if error.name and error.obj is not None:
            names = [n for n in dir(error.obj) if not n.startswith("_")]
            return nearest(error.name, names, _RATHER_LIKE)
    return ""


def _of_an_attribute(trouble: Trouble) -> str:
    """Return what is meant by an attribute that is a function of its own: ``x_train.len()``."""
    name = re.search(r"has no attribute '(\w+)'", trouble.text)
    if trouble.kind != "AttributeError" or not name:
        return ""
    if name[1] in _IN_PYTHON:
        return f".{name[1]} is of another language. Python: {_IN_PYTHON[name[1]]}."
    if name[1] in _PYTHONS_OWN:
        return f"{name[1]} is a function of Python's own: {name[1]}(...)."
    return ""


def _of_a_call(trouble: Trouble) -> str:
    """Return that what is called is a value: ``x_train.shape()``."""
    called = re.findall(r"\.(\w+)\(\)", trouble.code)
    if "object is not callable" in trouble.text and len(called) == 1:
        return f".{called[0]} is a value and no function: leave out the ()."
    return ""


def _of_a_name(trouble: Trouble, texts: list[str], known: list[str]) -> str:
    whole = re.fullmatch(r"(?:(\w+)\s*=\s*)?(\w+)\s*(#.*)?", trouble.code)
    if whole and whole[2] == trouble.name:
        variable = whole[1] or (texts[0] if len(texts) == 1 else "")
        if variable in texts:
            return f'A text needs quotation marks: {variable} = "{trouble.name}"'
    if "<-" in trouble.code:
        return f"A single = gives a value in Python: {trouble.code.replace('<-', '=', 1)}"
    if trouble.name in _IN_PYTHON:
        return f"{trouble.name} is of another language. Python: {_IN_PYTHON[trouble.name]}"
    if trouble.name in _OF_ARRAYS:
        return f"An array has it behind a dot: x_train.{trouble.name}. {_AGAIN}"
    alike = nearest(trouble.name, known) or nearest(trouble.name, _PYTHONS_OWN, _VERY_LIKE)
    if alike:
        return f"Is {alike} meant? Mend the line, run the cell, then this one again."
    return (
        f"Nothing is called {trouble.name} yet. Is it spelt right, and was the cell that "
        "makes it run?"
    )
