"""What went wrong in a cell, in words for a beginner: the error, its line, and one next step."""

from __future__ import annotations

import ast
import builtins
import linecache
import os
import traceback
import types
from collections.abc import Iterable, Iterator

from labkit.checks.result import Message
from labkit.notebook import next_steps
from labkit.notebook.trouble import Trouble

MAX_TEXT = 300
_CURLY = "“”„‟«»‘’‚‛′″"
_STRAIGHT = str.maketrans(dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛′", "'"))


def of(error: BaseException) -> Trouble:
    """Return what `error`, which ended a cell, tells."""
    text = _said(error)
    if isinstance(error, SyntaxError):
        code = (error.text or "").rstrip("\n").strip()
        return Trouble(type(error).__name__, text, error.lineno, code[:MAX_TEXT])
    name = error.name or "" if isinstance(error, NameError) else ""
    instead = next_steps.nearest_attribute(error) if isinstance(error, AttributeError) else ""
    for filename, line in reversed(list(own_lines(error.__traceback__))):
        code = linecache.getline(filename, line).strip()[:MAX_TEXT]
        return Trouble(type(error).__name__, text, line, code, name, instead)
    return Trouble(type(error).__name__, text, name=name, instead=instead)


def own_lines(trace: types.TracebackType | None) -> Iterator[tuple[str, int]]:
    """Yield the places in cells that an error came through, the outermost first.

    A cell's code is kept in memory under the name of a file that does not exist.
    """
    for frame, line in traceback.walk_tb(trace):
        filename = frame.f_code.co_filename
        if not os.path.exists(filename) and linecache.getline(filename, line):
            yield filename, line


def of_source(source: str) -> Trouble | None:
    """Return why Python cannot read `source`, a cell's text; None if it can."""
    try:
        _tree(source)
    except SyntaxError as error:
        return of(error)
    except (ValueError, RecursionError, MemoryError) as error:
        return Trouble(type(error).__name__, str(error)[:MAX_TEXT])
    return None


def same_code(one: str, other: str) -> bool:
    """Tell whether two texts of a cell do the same: comments and spaces do not count."""
    if one.strip() == other.strip():
        return True
    try:
        return ast.dump(_tree(one)) == ast.dump(_tree(other))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def assigned(source: str) -> list[str]:
    """Return the names that a cell's text gives a value to, in their order."""
    try:
        tree = _tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    names = [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    names += [node.name for node in ast.walk(tree) if isinstance(node, named)]
    return list(dict.fromkeys(names))


def compared(source: str) -> dict[str, str]:
    """Return the names that a line of a cell compares, where giving a value was meant, and how.

    That is ``name == value``, and R's ``name <- value``, which Python reads as ``name < -value``.
    """
    try:
        lines = ast.iter_child_nodes(_tree(source))
        lone = [line.value for line in lines if isinstance(line, ast.Expr)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found = {}
    for node in lone:
        if not (isinstance(node, ast.Compare) and isinstance(node.left, ast.Name)):
            continue
        if isinstance(node.ops[0], ast.Eq):
            found[node.left.id] = "=="
        elif isinstance(node.ops[0], ast.Lt) and isinstance(node.comparators[0], ast.UnaryOp):
            found[node.left.id] = "<-"
    return found


def loaded(source: str) -> list[str]:
    """Return the names that a cell's text uses, without those of Python itself."""
    try:
        tree = _tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return sorted(
        {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and not hasattr(builtins, node.id)
        }
    )


def asked(source: str) -> set[str]:
    """Return the names that a cell's text hands to checks and to `labkit.ready`, and the lab's."""
    try:
        tree = _tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _asks(node.func)]
    return {node.id for call in calls for node in ast.walk(call) if isinstance(node, ast.Name)}


def _asks(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute):
        return False
    owner = called.value
    if called.attr == "check":
        return isinstance(owner, ast.Attribute) and isinstance(owner.value, ast.Name)
    names = {"ready": "labkit", "progress": "lab", "hint": "lab", "submit": "lab"}
    return isinstance(owner, ast.Name) and names.get(called.attr) == owner.id


def message(trouble: Trouble, texts: Iterable[str] = (), known: Iterable[str] = ()) -> Message:
    """Return what to tell a student whose answer cell ended in `trouble`.

    Parameters
    ----------
    trouble : Trouble
    texts : iterable of str
        The variables that take a text in quotation marks.
    known : iterable of str
        The names that there are, for one that was misspelt.
    """
    place = f" in line {trouble.line}, “{trouble.code}”" if trouble.line and trouble.code else ""
    if trouble.is_of_grammar:
        return _of_grammar(trouble, place)
    said = f"{trouble.kind}: {trouble.text}" if trouble.text else trouble.kind
    saw = f"The cell above ended in an error{place}: {said}"
    if trouble.kind == "KeyboardInterrupt":
        saw = f"The cell above was stopped before its end{place}"
    return Message(saw, "", next_steps.of(trouble, texts, known))


def _of_grammar(trouble: Trouble, place: str) -> Message:
    again = "Then run the cell, and this one again."
    if any(mark in trouble.code for mark in _CURLY):
        straight = trouble.code.translate(_STRAIGHT)
        return Message(
            f"Python cannot read the cell above: there are curly quotation marks{place}",
            "",
            f"Type straight ones: {straight}  {again}",
        )
    if trouble.code.startswith("```"):
        return Message(
            f"Python cannot read the cell above{place}: {trouble.text}",
            "",
            f"Leave out the lines with ```: they stand around code in a text only. {again}",
        )
    if "unterminated" in trouble.text and "string" in trouble.text:
        return Message(
            f"Python cannot read the cell above: a text begins{place} and does not end",
            "",
            f"A quotation mark is missing. Every text needs one at each end. {again}",
        )
    return Message(
        f"Python cannot read the cell above{place}: {trouble.text}",
        "",
        f"{next_steps.of_grammar(trouble)} {again}",
    )


def _said(error: BaseException) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return " ".join(str(text).split())[:MAX_TEXT]
    except Exception:  # the student's own class cannot say what it is
        return "it has no message"


def _tree(source: str) -> ast.AST:
    from IPython.core.inputtransformer2 import TransformerManager

    return ast.parse(TransformerManager().transform_cell(source))
