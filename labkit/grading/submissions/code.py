"""Look at the code of a cell without running it: whether it is Python, and what it makes."""

import ast
import functools
import re
import warnings
from collections.abc import Iterator

from IPython.core.inputtransformer2 import TransformerManager

from labkit.grading.submissions import handed_out

# What is no Python and longer than this, or more magic, is left: IPython needs its time squared.
_MOST_CODE, _MOST_MAGICS = 200_000, 60
_MAY_BE_MAGIC = re.compile(r"^[^\n#]*[%!?]", re.MULTILINE)
_CALLS_OF_MAGICS = ("run_cell_magic", "run_line_magic")
_MAGICS_THAT_RUN_CODE = ("capture", "prun", "time")
_KEPT = 2_000


def parses(source: str) -> bool:
    """Tell whether IPython would run it."""
    return _names_made(source) is not None


def assigned(source: str) -> set[str]:
    """Return the names that code makes; none where it is not Python."""
    return set(_names_made(source) or ())


def forget() -> None:
    """Forget the code that was looked at."""
    _names_made.cache_clear()


def is_prose(source: str) -> bool:
    """Tell whether a code cell holds a text: no code, or nothing but words, texts and comments."""
    try:
        tree = _tree(source)
    except Exception:
        return True  # see `_names_made`
    parts = [node.value for node in tree.body if isinstance(node, ast.Expr)]
    words = (ast.Constant, ast.Name, ast.Tuple)
    return len(parts) == len(tree.body) and all(isinstance(part, words) for part in parts)


@functools.lru_cache(maxsize=_KEPT)
def _names_made(source: str) -> frozenset[str] | None:
    """Return the names that a cell makes, as IPython would run it; None where it would not."""
    try:
        tree = _tree(source)
        names = handed_out.assigned_names(tree)
        for code in _run_by_magics(tree):
            names |= handed_out.assigned_names(_tree(code))
        return frozenset(names)
    except Exception:
        # Neither Python nor IPython says which errors there are: a RuntimeError is among them.
        return None


def _tree(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        if len(source) > _MOST_CODE or len(_MAY_BE_MAGIC.findall(source)) > _MOST_MAGICS:
            raise
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on lines that end oddly
        return ast.parse(TransformerManager().transform_cell(source))


def _run_by_magics(tree: ast.AST) -> Iterator[str]:
    """Yield the code that magics such as ``%%time`` run in the notebook itself."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        given = [item.value for item in node.args if isinstance(item, ast.Constant)]
        if node.func.attr in _CALLS_OF_MAGICS and given and given[0] in _MAGICS_THAT_RUN_CODE:
            yield str(given[-1])
