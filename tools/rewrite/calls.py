"""Calls in other clothes: where a name comes from, and how arguments are given."""

import ast
import inspect
from collections.abc import Callable
from typing import Any

from tools.rewrite.code import Everywhere, Names, Rewriter, lines, parsed, trains_a_network


def by_keyword(tree: ast.Module, names: Names) -> ast.Module:
    """Give arguments by their names."""

    def change(node: ast.Call) -> ast.AST:
        parameters = _parameters(node, names)
        if any(isinstance(part, ast.Starred) for part in node.args) or not parameters:
            return node
        while node.args and len(node.args) <= len(parameters):
            parameter = parameters[len(node.args) - 1]
            if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
                break
            node.keywords.insert(0, ast.keyword(parameter.name, node.args.pop()))
        return node

    return Everywhere(ast.Call, change).visit(tree)


def by_position(tree: ast.Module, names: Names) -> ast.Module:
    """Give arguments by their places."""

    def change(node: ast.Call) -> ast.AST:
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        parameters = _parameters(node, names)
        if None in given or any(isinstance(part, ast.Starred) for part in node.args):
            return node
        for parameter in parameters[len(node.args) :]:
            is_free = parameter.kind is parameter.POSITIONAL_OR_KEYWORD
            if not is_free or parameter.name not in given:
                break
            node.args.append(given.pop(parameter.name))
        node.keywords = [keyword for keyword in node.keywords if keyword.arg in given]
        return node

    return Everywhere(ast.Call, change).visit(tree)


def by_dictionary(tree: ast.Module, names: Names) -> ast.Module:
    """Give arguments by a list and a dictionary that are unfolded."""

    def change(node: ast.Call) -> ast.AST:
        if len(node.keywords) < 2 or any(keyword.arg is None for keyword in node.keywords):
            return node
        keys = [ast.Constant(keyword.arg) for keyword in node.keywords]
        settings = ast.Dict(keys, [keyword.value for keyword in node.keywords])
        return ast.Call(node.func, node.args, [ast.keyword(None, settings)])

    return Everywhere(ast.Call, change).visit(tree)


def _parameters(node: ast.Call, names: Names) -> list[inspect.Parameter]:
    """Return the parameters of what is called, if it is known before the answer runs."""
    called = _known(node.func, names)
    try:
        parameters = list(inspect.signature(called).parameters.values()) if called else []
    except (TypeError, ValueError):
        return []
    if inspect.isfunction(called) and inspect.isclass(getattr(called, "__self__", None)):
        return parameters[1:]
    return parameters


def _known(called: ast.expr, names: Names) -> Any:
    """Return the object that is called; None where it comes to be only in the answer."""
    if not all(isinstance(part, ast.Attribute | ast.Name) for part in _chain(called)):
        return None
    try:
        found = eval(ast.unparse(called), dict(names))
    except Exception:  # the answer itself defines it, or a part of it
        return None
    return found if callable(found) else None


def _chain(called: ast.expr) -> list[ast.expr]:
    return [called, *(_chain(called.value) if isinstance(called, ast.Attribute) else [])]


def _imported(words: str, head: str, old: str, new: str) -> Rewriter:
    """Return the rewriter that imports by the line `head`, and writes `new` in place of `old`."""

    def rewriter(tree: ast.Module, names: Names) -> ast.Module:
        found = []

        def change(node: Any) -> ast.AST:
            if ast.unparse(node) != old or not isinstance(node.ctx, ast.Load):
                return node
            found.append(node)
            return parsed(new)

        tree = Everywhere((ast.Attribute, ast.Name), change).visit(tree)
        return ast.Module([*(lines(head) if found else []), *tree.body], [])

    rewriter.__doc__ = words
    return rewriter


def _methods(words: str, attr: str, make: Callable[[ast.Call], ast.AST]) -> Rewriter:
    """Return the rewriter that changes the calls of one method."""

    def rewriter(tree: ast.Module, names: Names) -> ast.Module:
        def change(node: ast.Call) -> ast.AST:
            called = node.func
            return make(node) if isinstance(called, ast.Attribute) and called.attr == attr else node

        return Everywhere(ast.Call, change).visit(tree)

    rewriter.__doc__ = words
    return rewriter


def _without_verbose(node: ast.Call) -> list[ast.keyword]:
    return [keyword for keyword in node.keywords if keyword.arg != "verbose"]


def _called(node: ast.Call) -> ast.AST:
    (images,) = node.args
    return parsed(f"numpy.asarray({ast.unparse(node.func.value)}({ast.unparse(images)}))")


def _with_callback(node: ast.Call) -> ast.AST:
    if not trains_a_network(node) or any(word.arg == "callbacks" for word in node.keywords):
        return node
    own = ast.keyword("callbacks", parsed("[keras.callbacks.TerminateOnNaN()]"))
    return ast.Call(node.func, node.args, [*node.keywords, own])


def _shuffled(node: ast.Call) -> ast.AST:
    if not trains_a_network(node):
        return node
    own = [ast.keyword("shuffle", ast.Constant(True)), ast.keyword("verbose", ast.Constant(2))]
    return ast.Call(node.func, node.args, [*_without_verbose(node), *own])


def _by_name(node: ast.Call) -> ast.AST:
    """Return a call of `evaluate` that asks for a dictionary, and what was returned before."""
    named = ast.keyword("return_dict", ast.Constant(True))
    asked = ast.Call(node.func, node.args, [*node.keywords, named])
    return parsed(f"list({ast.unparse(asked)}.values())[::-1]")


def called_networks(tree: ast.Module, names: Names) -> ast.Module:
    """Call the network in place of predict()."""
    tree = _methods("", "predict", _called)(tree, names)
    return ast.Module([*lines("import numpy"), *tree.body], [])


CALLS: tuple[Rewriter, ...] = (
    by_keyword,
    by_position,
    by_dictionary,
    _imported("Write tf.keras", "import tensorflow as tf", "keras", "tf.keras"),
    _imported("Import keras of TensorFlow", "from tensorflow import keras as k", "keras", "k"),
    _imported(
        "Import layers of keras", "from keras import layers as parts", "keras.layers", "parts"
    ),
    _imported("Import numpy in full", "import numpy", "np", "numpy"),
    _imported("Import the pictures", "from labkit import plots", "labkit.plots", "plots"),
    _imported(
        "Import the confusion matrix",
        "from sklearn.metrics import confusion_matrix as counted",
        "sklearn.metrics.confusion_matrix",
        "counted",
    ),
    called_networks,
    _methods("Ask evaluate() for a dictionary", "evaluate", _by_name),
    _methods("Give fit() a callback more", "fit", _with_callback),
    _methods("Let fit() tell of each epoch, and shuffle as it does anyway", "fit", _shuffled),
)
