"""Mistakes in code: every place of a piece of code changed in every way that is known here.

An operator takes a syntax tree and yields, for each change that it can make, what it did in words
and the changed tree. None of them knows an exercise.
"""

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Change = tuple[str, ast.AST]
_SWAPPED = (
    ("x_train_scaled", "x_test_scaled", "x_train", "x_test", "x_validation", "x_search", "x_valid"),
    ("y_train", "y_test", "y_validation", "y_search", "y_valid"),
    ("x_train_channel", "x_test_channel"),
    ("y_train_one_hot", "y_test_one_hot"),
)
_NEIGHBOURS = (
    ("mean", "sum", "max", "min", "std"),
    ("argmax", "argmin", "max"),
    ("maximum", "minimum", "abs"),
    ("tanh", "tan", "sin"),
    ("MaxPooling2D", "AveragePooling2D"),
    ("zeros", "ones"),
    ("exp", "log", "sqrt"),
    ("shape", "size", "ndim"),
)
_WORDS = (
    ("relu", "tanh", "sigmoid"),
    ("softmax", "sigmoid", "relu"),
    ("adam", "sgd", "rmsprop"),
    ("rmsprop", "adam"),
    ("sparse_categorical_crossentropy", "categorical_crossentropy", "mse"),
    ("categorical_crossentropy", "sparse_categorical_crossentropy"),
    ("accuracy", "mae"),
    ("same", "valid"),
    ("val_loss", "loss", "val_accuracy"),
)
_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.FloorDiv, ast.Mult),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Pow: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield what was changed and the changed source, for every change; none of them twice."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for operator in OPERATORS:
        for words, changed in operator(tree):
            try:
                text = ast.unparse(ast.fix_missing_locations(changed))
            except (ValueError, AttributeError):
                continue  # a tree that no code can be written for
            if text not in seen:
                seen.add(text)
                yield words, text


def is_free(source: str, changed: str, free: Sequence[str]) -> bool:
    """Tell whether two pieces of code differ in nothing but what their author calls free.

    A keyword that is free may also be left out.
    """
    return bool(free) and _differ_there(ast.parse(source), ast.parse(changed), free)


def _differ_there(one: Any, other: Any, free: Sequence[str]) -> bool:

    def told(part: Any) -> bool:
        return isinstance(part, ast.stmt | ast.expr | ast.keyword) and ast.unparse(part) in free

    if told(one):
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        if len(one) > len(other):
            one = [part for part in one if not (isinstance(part, ast.keyword) and told(part))]
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_differ_there(a, b, free) for a, b in pairs)
    if isinstance(one, ast.AST):
        fields = [name for name in one._fields if name != "ctx"]
        return all(_differ_there(getattr(one, f), getattr(other, f), free) for f in fields)
    return one == other


def _replaced(tree: ast.AST, place: int, make: Callable[[ast.AST], ast.AST | None]) -> ast.AST:
    """Return a copy of `tree` whose node number `place` is replaced by what `make` makes of it."""
    changed = copy.deepcopy(tree)
    target = list(ast.walk(changed))[place]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST | None:
            return make(node) if node is target else self.generic_visit(node)

    return Replace().visit(changed)


def _constants(tree: ast.AST) -> Iterator[Change]:
    """Put a number up or down, make it ten times as large, turn its sign; turn a truth value."""
    for place, node in enumerate(ast.walk(tree)):
        if not isinstance(node, ast.Constant):
            continue
        old = node.value
        if isinstance(old, bool):
            new = [not old]
        elif isinstance(old, int | float):
            new = [old + 1, old - 1, old * 10, -old] if old else [1, -1]
        else:
            continue
        for value in new:
            yield f"{old} → {value}", _replaced(tree, place, lambda _, v=value: ast.Constant(v))


def _words(tree: ast.AST) -> Iterator[Change]:
    """Replace a text that names something by the name of its neighbour."""
    for place, node in enumerate(ast.walk(tree)):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            continue
        for family in _WORDS:
            if node.value == family[0]:
                for word in family[1:]:
                    made = _replaced(tree, place, lambda _, w=word: ast.Constant(w))
                    yield f"{node.value!r} → {word!r}", made
        if len(node.value) == 1 and node.value in "abcd":
            for letter in sorted(set("abcd") - {node.value}):
                made = _replaced(tree, place, lambda _, w=letter: ast.Constant(w))
                yield f"{node.value!r} → {letter!r}", made


def _names(tree: ast.AST) -> Iterator[Change]:
    """Replace a variable or a function by its neighbour."""
    for place, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            for family in _SWAPPED:
                for other in family if node.id in family else ():
                    if other != node.id:
                        made = _replaced(tree, place, lambda _, o=other: ast.Name(o, ast.Load()))
                        yield f"{node.id} → {other}", made
        if isinstance(node, ast.Attribute):
            for family in _NEIGHBOURS:
                for other in family if node.attr in family else ():
                    if other != node.attr:
                        made = _replaced(tree, place, lambda n, o=other: _with(n, attr=o))
                        yield f".{node.attr} → .{other}", made


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _operations(tree: ast.AST) -> Iterator[Change]:
    """Replace an operation by another; swap its sides; keep one of them."""
    for place, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.BinOp):
            for other in _OPERATORS.get(type(node.op), ()):
                words = f"{type(node.op).__name__} → {other.__name__}"
                yield words, _replaced(tree, place, lambda n, o=other: _with(n, op=o()))
            turned = _replaced(tree, place, lambda n: _with(n, left=n.right, right=n.left))
            yield "sides swapped", turned
            yield "left side alone", _replaced(tree, place, lambda n: n.left)
            yield "right side alone", _replaced(tree, place, lambda n: n.right)
        if isinstance(node, ast.Compare):
            for other in _OPERATORS.get(type(node.ops[0]), ()):
                words = f"{type(node.ops[0]).__name__} → {other.__name__}"
                made = _replaced(tree, place, lambda n, o=other: _with(n, ops=[o(), *n.ops[1:]]))
                yield words, made


def _arguments(tree: ast.AST) -> Iterator[Change]:
    """Leave an argument out; swap two arguments; leave a call away."""
    for place, node in enumerate(ast.walk(tree)):
        if not isinstance(node, ast.Call):
            continue
        for number in range(len(node.args)):
            left = _replaced(tree, place, lambda n, k=number: _without(n, "args", k))
            yield f"argument {number + 1} left out", left
            if number:
                yield "arguments swapped", _replaced(tree, place, lambda n, k=number: _turned(n, k))
        for number, keyword in enumerate(node.keywords):
            left = _replaced(tree, place, lambda n, k=number: _without(n, "keywords", k))
            yield f"{keyword.arg}= left out", left
        if isinstance(node.func, ast.Attribute):
            yield f".{node.func.attr}() left away", _replaced(tree, place, lambda n: n.func.value)


def _bounds(tree: ast.AST) -> Iterator[Change]:
    """Give what has a lower bound an upper one, too, as relu6 has."""
    for place, node in enumerate(ast.walk(tree)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr == "maximum" and len(node.args) == 2:
            yield "maximum → clip at 6", _replaced(tree, place, _bounded)


def _bounded(node: ast.Call) -> ast.AST:
    return _with(node, func=_with(node.func, attr="clip"), args=[*node.args, ast.Constant(6)])


def _without(node: ast.AST, field: str, number: int) -> ast.AST:
    items = list(getattr(node, field))
    del items[number]
    return _with(node, **{field: items})


def _turned(node: ast.Call, number: int) -> ast.AST:
    args = list(node.args)
    args[number - 1], args[number] = args[number], args[number - 1]
    return _with(node, args=args)


def _elements(tree: ast.AST) -> Iterator[Change]:
    """Leave an element out, double it, or swap it with its neighbour."""
    for place, node in enumerate(ast.walk(tree)):
        if not isinstance(node, ast.List | ast.Tuple) or not isinstance(node.ctx, ast.Load):
            continue
        for number in range(len(node.elts)):
            yield (
                f"element {number + 1} left out",
                _replaced(tree, place, lambda n, k=number: _without(n, "elts", k)),
            )
            yield (
                f"element {number + 1} doubled",
                _replaced(tree, place, lambda n, k=number: _with(n, elts=_doubled(n.elts, k))),
            )
            if number:
                yield (
                    f"elements {number} and {number + 1} swapped",
                    _replaced(tree, place, lambda n, k=number: _with(n, elts=_swapped(n.elts, k))),
                )


def _swapped(items: list, number: int) -> list:
    items = list(items)
    items[number - 1], items[number] = items[number], items[number - 1]
    return items


def _statements(tree: ast.AST) -> Iterator[Change]:
    """Leave a statement out; do it twice; swap two; put return inside the loop."""
    for place, node in enumerate(ast.walk(tree)):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for number, statement in enumerate(body):
            words = ast.unparse(statement).splitlines()[0][:40]
            if len(body) > 1:
                yield (
                    f"left out: {words}",
                    _replaced(tree, place, lambda n, k=number: _without(n, "body", k)),
                )
            if _adds_up(statement):
                yield (
                    f"twice: {words}",
                    _replaced(tree, place, lambda n, k=number: _with(n, body=_doubled(n.body, k))),
                )
            if number:
                yield (
                    f"swapped: {words}",
                    _replaced(tree, place, lambda n, k=number: _with(n, body=_swapped(n.body, k))),
                )
            if isinstance(statement, ast.Return) and number:
                earlier = body[number - 1]
                if isinstance(earlier, ast.For):
                    yield (
                        "return inside the loop",
                        _replaced(tree, place, lambda n, k=number: _return_inside(n, k)),
                    )


def _doubled(items: list, number: int) -> list:
    return [*items[: number + 1], *items[number:]]


def _adds_up(statement: ast.AST) -> bool:
    """Tell whether it may make a difference that a statement is done once more."""
    if isinstance(statement, ast.Assign):
        parts = list(ast.walk(statement.value))
        kept = {target.id for target in statement.targets if isinstance(target, ast.Name)}
        read = {node.id for node in parts if isinstance(node, ast.Name)}
        fits = any(isinstance(node, ast.Attribute) and node.attr == "fit" for node in parts)
        return bool(kept & read) or fits
    called = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return called or isinstance(statement, ast.AugAssign)


def _return_inside(node: ast.AST, number: int) -> ast.AST:
    body = list(node.body)
    loop, statement = body[number - 1], body.pop(number)
    body[number - 1] = _with(loop, body=[*loop.body, statement])
    return _with(node, body=body)


OPERATORS = (
    _constants,
    _words,
    _names,
    _operations,
    _arguments,
    _bounds,
    _elements,
    _statements,
)
