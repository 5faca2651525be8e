"""Answers that nobody thought of: an exercise's solution with one thing in it changed."""

import ast
import copy
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence

from labkit import evidence
from labkit.checks import names, relayered
from labkit.checks.authoring import Case, Exercise

_OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_NAMES = {
    "x_train": "x_test",
    "x_test": "x_train",
    "y_train": "y_test",
    "y_test": "y_train",
    "min": "max",
    "max": "min",
    "argmin": "argmax",
    "argmax": "argmin",
    "mean": "sum",
    "sum": "mean",
}


def of(exercise: Exercise) -> Iterator[Case]:
    """Yield the solution with one number, operator, name, sign or index changed at a time.

    What a change earns is not known: `earns` is None, though the answer is a wrong one as a rule.
    A solution that trains a network has none of these: each would be a training of its own, and
    many would spoil the network that other answers are made of. Such a network gets other layers
    that put out the same. What the author calls free is left as it is.
    """
    if "fit" in exercise.solve.__code__.co_names:
        yield from _by_other_layers(exercise)
        return
    source = textwrap.dedent(inspect.getsource(exercise.solve))
    tree = ast.parse(source)
    tree.body[0].decorator_list.clear()
    free = _free(tree, exercise.free)
    for number, node in enumerate(ast.walk(tree)):
        for change in [] if node in free else _changes(node):
            changed = copy.deepcopy(tree)
            target = next(item for at, item in enumerate(ast.walk(changed)) if at == number)
            said = _apply(target, change)
            line = ast.unparse(_statement(changed, target)).splitlines()[0]
            yield Case(f"{said}: {line}", exercise.filled(_made(exercise, changed)), None)


def _by_other_layers(exercise: Exercise) -> Iterator[Case]:
    """Yield the solution of a training with each of the networks that were defined before."""
    kinds = {name: answer.kind for name, answer in exercise.answers.items()}
    if evidence.History not in [kinds[name] for name in exercise.own]:
        return
    for name in exercise.needs:
        for words in relayered.KINDS if kinds[name] is evidence.Model else ():
            yield Case(
                f"{name} {words}", functools.partial(_relayered, exercise, name, words), None
            )


def _relayered(exercise: Exercise, name: str, words: str, defined: names.Names) -> tuple:
    given = dict(zip(exercise.answers, exercise.filled(None)(defined), strict=True))
    return tuple((given | {name: relayered.KINDS[words](given[name])}).values())


def _free(tree: ast.AST, pieces: Sequence[str]) -> set[ast.AST]:
    """Return all nodes of those parts of the code that read like one of the pieces."""
    kinds = (ast.stmt, ast.expr, ast.keyword)
    parts = (part for part in ast.walk(tree) if isinstance(part, kinds))
    return {node for part in parts if ast.unparse(part) in pieces for node in ast.walk(part)}


def _changes(node: ast.AST) -> list[tuple[str, object]]:
    """Return the fields of a node that can be changed, and to what."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return [("value", node.value + 1), ("value", node.value - 1)]
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        return [("value", not node.value)]
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return [("op", _OPERATORS[type(node.op)]())]
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _OPERATORS:
        return [("ops", [_OPERATORS[type(node.ops[0])](), *node.ops[1:]])]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [("op", ast.UAdd())]
    if isinstance(node, ast.Attribute) and node.attr in _NAMES:
        return [("attr", _NAMES[node.attr])]
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in _NAMES:
        return [("id", _NAMES[node.id])]
    return []


def _apply(target: ast.AST, change: tuple[str, object]) -> str:
    field, value = change
    setattr(target, field, value)
    return type(target).__name__.lower()


def _statement(tree: ast.AST, target: ast.AST) -> ast.stmt:
    """Return the smallest statement that holds `target`."""
    holding = [
        item
        for item in ast.walk(tree)
        if isinstance(item, ast.stmt) and any(inner is target for inner in ast.walk(item))
    ]
    return holding[-1]


def _made(exercise: Exercise, tree: ast.Module) -> Callable:
    """Return the changed solution, as a function beside the one that the author wrote."""
    function = tree.body[0]
    # What it then asks for, too: `x_test` in the place of `x_train`.
    asked = {argument.arg for argument in function.args.args}
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} - asked
    more = sorted(used & set(_NAMES) & exercise.known())
    function.args.args += [ast.arg(name) for name in more]
    space = dict(exercise.solve.__globals__)
    exec(compile(ast.fix_missing_locations(tree), exercise.path, "exec"), space)
    return space[function.name]
