"""The same code in other clothes: what it does stays, how it is written changes.

A rewriter takes the syntax tree of an answer and the names that are defined before it, and changes
the tree wherever it can; none of them knows an exercise. One that finds nothing to change leaves
the tree as it is.
"""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Names = Mapping[str, Any]
Rewriter = Callable[[ast.Module, Names], ast.Module]
# In an index a tuple and a list, or a number of NumPy's, say different things.
_APART = (ast.Subscript, ast.FormattedValue)
_METHODS = ("mean", "sum", "max", "min", "std", "argmax", "argmin", "trace")
_TURNED = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}


def rewrites(source: str, names: Names, rewriters: Sequence[Rewriter]) -> Iterator[tuple[str, str]]:
    """Yield what was rewritten and the new source, once for each rewriter that found something."""
    seen = {ast.unparse(ast.parse(source))}
    for rewriter in rewriters:
        changed = dressed(source, names, rewriter)
        if changed not in seen:
            seen.add(changed)
            yield title(rewriter), changed


def title(rewriter: Rewriter) -> str:
    """Return what a rewriter does, in words."""
    return rewriter.__doc__.splitlines()[0].rstrip(".")


def dressed(source: str, names: Names, *rewriters: Rewriter) -> str:
    """Return the source after all of these rewriters, one after the other."""
    for rewriter in rewriters:
        tree = rewriter(ast.parse(source), names)
        source = ast.unparse(ast.fix_missing_locations(tree))
    return source


def parsed(text: str) -> ast.expr:
    """Return an expression that is written as a text."""
    return ast.parse(text, mode="eval").body


def trains_a_network(node: ast.Call) -> bool:
    """Tell whether it is Keras's `fit`, which is told of epochs, and not that of scikit-learn."""
    is_fit = isinstance(node.func, ast.Attribute) and node.func.attr == "fit"
    return is_fit and any(keyword.arg == "epochs" for keyword in node.keywords)


def lines(text: str) -> list[ast.stmt]:
    return ast.parse(text).body


class Everywhere(ast.NodeTransformer):
    """Change every node of a kind by a function, the inner ones first; leave what is apart alone.

    Parameters
    ----------
    kind : type or tuple of type
    change : callable
        From a node to what takes its place.
    apart : tuple of type
        In nodes of these kinds nothing is changed.
    """

    def __init__(self, kind: Any, change: Callable, apart: tuple = ()) -> None:
        self.kind, self.change, self.apart = kind, change, apart

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, self.apart):
            return node
        changed = self.generic_visit(node)
        return self.change(changed) if isinstance(changed, self.kind) else changed


# --- statements -----------------------------------------------------------------------------


def talking(tree: ast.Module, names: Names) -> ast.Module:
    """Tell by print what has been done, and show the last result."""
    body = []
    for number, statement in enumerate(tree.body):
        body += [statement, *lines(f"print('step', {number}, 'is done')")]
    last = _assigned(tree.body[-1:])
    return _module(*body, *lines("\n".join(f"print(type({name}))\n{name}" for name in last)))


def hinted(tree: ast.Module, names: Names) -> ast.Module:
    """Write type hints to variables and functions."""

    def change(node: Any) -> ast.AST:
        hint = ast.Name("object", ast.Load())
        if isinstance(node, ast.FunctionDef):
            for argument in node.args.args:
                argument.annotation = hint
            node.returns = hint
            return node
        (target,) = node.targets if len(node.targets) == 1 else (None,)
        if not isinstance(target, ast.Name):
            return node
        return ast.AnnAssign(target, hint, node.value, simple=1)

    return Everywhere((ast.Assign, ast.FunctionDef), change, (ast.ClassDef,)).visit(tree)


def with_helpers(tree: ast.Module, names: Names) -> ast.Module:
    """Give the parts of a call, and the elements of a list, names of their own first."""
    body: list[ast.stmt] = []
    for statement in tree.body:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign | ast.Expr) and isinstance(value, ast.Call):
            _take_out(value, body)
        body.append(statement)
    return _module(*body)


def _take_out(call: ast.Call, body: list[ast.stmt]) -> None:
    """Name the arguments of a call in statements that are added to `body`."""

    def named(part: ast.expr) -> ast.expr:
        if isinstance(part, ast.Constant | ast.Name | ast.Starred):
            return part
        if isinstance(part, ast.List):
            part.elts = [named(element) for element in part.elts]
            return part
        name = f"part_{len(body)}"
        body.append(ast.Assign([ast.Name(name, ast.Store())], part))
        return ast.Name(name, ast.Load())

    call.args = [named(part) for part in call.args]
    for keyword in call.keywords:
        keyword.value = named(keyword.value) if keyword.arg else keyword.value


def in_a_function(tree: ast.Module, names: Names) -> ast.Module:
    """Do all in a function of its own that is called once."""
    made = _assigned(tree.body)
    returned = lines(f"return {', '.join(made)}") if made else []
    function = lines("def answer():\n    pass")[0]
    function.body = [*tree.body, *returned]
    return _module(function, *lines(f"{', '.join(made)} = answer()" if made else "answer()"))


def one_by_one(tree: ast.Module, names: Names) -> ast.Module:
    """Take what a call returns apart by its index, and assign one variable in each line."""
    body: list[ast.stmt] = []
    for statement in tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if not isinstance(target, ast.Tuple):
            body.append(statement)
        elif isinstance(statement.value, ast.Tuple):
            pairs = zip(target.elts, statement.value.elts, strict=True)
            body += [ast.Assign([name], value) for name, value in pairs]
        else:
            body.append(ast.Assign([ast.Name("together", ast.Store())], statement.value))
            picked = [parsed(f"together[{place}]") for place in range(len(target.elts))]
            body += [ast.Assign([n], v) for n, v in zip(target.elts, picked, strict=True)]
    return _module(*body)


def in_loops(tree: ast.Module, names: Names) -> ast.Module:
    """Fill lists and dictionaries in loops."""

    def change(node: ast.Assign) -> ast.AST | list[ast.stmt]:
        value, target = node.value, node.targets[0]
        if not isinstance(value, ast.ListComp | ast.DictComp) or not isinstance(target, ast.Name):
            return node
        (part,), name = value.generators, target.id
        if isinstance(value, ast.ListComp):
            inner, empty = f"{name}.append({ast.unparse(value.elt)})", "[]"
        else:
            inner = f"{name}[{ast.unparse(value.key)}] = {ast.unparse(value.value)}"
            empty = "{}"
        for condition in part.ifs:
            inner = f"if {ast.unparse(condition)}: {inner}"
        head = f"for {ast.unparse(part.target)} in {ast.unparse(part.iter)}:"
        return lines(f"{name} = {empty}\n{head}\n    {inner}")

    return Everywhere(ast.Assign, change).visit(tree)


def counted(tree: ast.Module, names: Names) -> ast.Module:
    """Count in every loop, and go through a list of what it goes through."""

    def change(node: ast.For) -> ast.For:
        target = ast.Tuple([ast.Name("number", ast.Store()), node.target], ast.Store())
        node.target, node.iter = target, parsed(f"enumerate(list({ast.unparse(node.iter)}))")
        return node

    return Everywhere(ast.For, change).visit(tree)


def by_lambda(tree: ast.Module, names: Names) -> ast.Module:
    """Write functions as lambda, those of several lines by way of another function."""

    def change(node: ast.FunctionDef) -> ast.AST | list[ast.stmt]:
        body = node.body[1:] if ast.get_docstring(node) else node.body
        if len(body) == 1 and isinstance(body[0], ast.Return):
            made = ast.Lambda(node.args, body[0].value)
            return ast.Assign([ast.Name(node.name, ast.Store())], made)
        name, node.name = node.name, f"{node.name}_in_full"
        given = copy.deepcopy(node.args)
        call = ", ".join(argument.arg for argument in given.args)
        made = ast.Lambda(given, parsed(f"{node.name}({call})"))
        return [node, ast.Assign([ast.Name(name, ast.Store())], made)]

    return Everywhere(ast.FunctionDef, change, (ast.ClassDef,)).visit(tree)


def run_twice(tree: ast.Module, names: Names) -> ast.Module:
    """Run the cell twice."""
    return _module(*tree.body, *copy.deepcopy(tree.body))


# --- numbers, operations, containers --------------------------------------------------------


def numpy_numbers(tree: ast.Module, names: Names) -> ast.Module:
    """Write numbers as NumPy's."""
    # Keras takes none of them for the size of a layer.
    calls = [part for part in ast.walk(tree) if isinstance(part, ast.Call)]
    of_keras = [call for call in calls if ast.unparse(call.func).startswith("keras.")]
    left = [part for call in of_keras for part in ast.walk(call)]

    def change(node: ast.Constant) -> ast.AST:
        if node in left:
            return node
        kind = {int: "int64", float: "float64"}.get(type(node.value))
        return parsed(f"numpy.{kind}({node.value!r})") if kind else node

    return _module(
        *lines("import numpy"), *Everywhere(ast.Constant, change, _APART).visit(tree).body
    )


def worked_out(tree: ast.Module, names: Names) -> ast.Module:
    """Work out numbers: 128 as 2 * 64, 0.4 as 1 - 0.6."""

    def change(node: ast.Constant) -> ast.AST:
        value = node.value
        if type(value) is float and 0 < value < 1:
            return parsed(f"1 - {1 - value!r}")
        if type(value) is int and value > 2:
            return parsed(f"2 * {value // 2} + {value % 2}")
        return node

    return Everywhere(ast.Constant, change, (ast.JoinedStr,)).visit(tree)


def folded(tree: ast.Module, names: Names) -> ast.Module:
    """Write what numbers alone come to."""

    def change(node: ast.BinOp) -> ast.AST:
        if all(isinstance(side, ast.Constant) for side in (node.left, node.right)):
            return ast.Constant(eval(ast.unparse(node)))
        return node

    return Everywhere(ast.BinOp, change).visit(tree)


def turned_round(tree: ast.Module, names: Names) -> ast.Module:
    """Turn comparisons, sums and products of numbers round."""

    def change(node: Any) -> ast.AST:
        if isinstance(node, ast.Compare):
            if len(node.ops) == 1 and type(node.ops[0]) in _TURNED:
                op = _TURNED[type(node.ops[0])]()
                return ast.Compare(node.comparators[0], [op], [node.left])
            return node
        if isinstance(node.op, ast.Add | ast.Mult):
            return ast.BinOp(node.right, node.op, node.left)
        return node

    return Everywhere((ast.Compare, ast.BinOp), change).visit(tree)


def other_brackets(tree: ast.Module, names: Names) -> ast.Module:
    """Write lists as tuples and tuples as lists."""
    # NumPy takes several axes in a tuple only.
    keywords = [part for part in ast.walk(tree) if isinstance(part, ast.keyword)]
    axes = [keyword.value for keyword in keywords if keyword.arg == "axis"]

    def change(node: Any) -> ast.AST:
        if not isinstance(node.ctx, ast.Load) or node in axes:
            return node
        other = ast.Tuple if isinstance(node, ast.List) else ast.List
        return other(node.elts, node.ctx)

    return Everywhere((ast.List, ast.Tuple), change, _APART).visit(tree)


def by_functions(tree: ast.Module, names: Names) -> ast.Module:
    """Call NumPy's functions where an array's method was called."""

    def change(node: ast.Call) -> ast.AST:
        called = node.func
        if not isinstance(called, ast.Attribute) or called.attr not in _METHODS:
            return node
        if ast.unparse(called.value) in ("np", "numpy"):
            return node
        function = parsed(f"numpy.{called.attr}")
        return ast.Call(function, [called.value, *node.args], node.keywords)

    return _module(*lines("import numpy"), *Everywhere(ast.Call, change).visit(tree).body)


def spelt_slices(tree: ast.Module, names: Names) -> ast.Module:
    """Write the parts of a slice that may be left out."""

    def change(node: ast.Slice) -> ast.AST:
        ends = (node.lower or ast.Constant(None), node.upper or ast.Constant(None))
        return ast.Slice(*ends, node.step or ast.Constant(None))

    return Everywhere(ast.Slice, change).visit(tree)


GENERAL: tuple[Rewriter, ...] = (
    *(talking, hinted, with_helpers, in_a_function, one_by_one, in_loops, counted, by_lambda),
    *(run_twice, numpy_numbers, worked_out, folded, turned_round, other_brackets),
    *(by_functions, spelt_slices),
)


def _module(*body: ast.stmt) -> ast.Module:
    return ast.Module(list(body), [])


def _assigned(body: Sequence[ast.stmt]) -> list[str]:
    """Return the names that these statements define, in their order."""
    found: dict[str, None] = {}
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found[statement.name] = None
            continue
        for node in ast.walk(statement):
            inner = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            if inner and not _is_of_a_comprehension(statement, node):
                found[node.id] = None
    return list(found)


def _is_of_a_comprehension(statement: ast.stmt, name: ast.Name) -> bool:
    return any(
        name in ast.walk(part.target)
        for part in ast.walk(statement)
        if isinstance(part, ast.comprehension)
    )
