"""Networks in other clothes: how their layers are put together, compiled and trained."""

import ast
from collections.abc import Callable
from typing import Any

from tools.rewrite.code import Everywhere, Names, Rewriter, lines, parsed, trains_a_network

_ACTIVATIONS = {"relu": "ReLU()", "softmax": "Softmax()"}
_OWN = {
    "relu": "lambda x: keras.ops.maximum(x, 0)",
    "tanh": "lambda x: keras.ops.tanh(x)",
    "softmax": "lambda x: keras.ops.softmax(x)",
}


def _is(node: ast.AST, *names: str) -> bool:
    """Tell whether this is a call of a class of Keras with one of these names."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in names and ast.unparse(node.func).startswith("keras.")


def _listed(statement: ast.stmt) -> tuple[str, ast.Call, list[ast.expr]] | None:
    """Return the name, the call and the layers of a network that is made of a list."""
    if not isinstance(statement, ast.Assign) or not _is(statement.value, "Sequential"):
        return None
    call = statement.value
    if not isinstance(call, ast.Call) or not call.args or not isinstance(call.args[0], ast.List):
        return None
    return ast.unparse(statement.targets[0]), call, call.args[0].elts


def _of_lists(words: str, make: Callable) -> Rewriter:
    """Return the rewriter that writes every network of a list in another way."""

    def rewriter(tree: ast.Module, names: Names) -> ast.Module:
        whole = ast.unparse(tree)

        def change(statement: ast.Assign) -> Any:
            found = _listed(statement)
            if not found or f"{found[0]}.add(" in whole:
                return statement  # more layers are added later, which only a Sequential takes
            return lines(make(*found))

        return Everywhere(ast.Assign, change).visit(tree)

    rewriter.__doc__ = words
    return rewriter


def _each(layer: ast.expr, use: Callable[[str], str]) -> str:
    """Return the line that uses a layer, or every layer that a star unfolds."""
    if isinstance(layer, ast.Starred):
        return f"for part in {ast.unparse(layer.value)}: {use('part')}"
    return use(ast.unparse(layer))


def _added(name: str, call: ast.Call, layers: list[ast.expr]) -> str:
    head = f"{name} = keras.Sequential({', '.join(map(ast.unparse, call.keywords))})"
    return "\n".join(
        [head, *(_each(layer, lambda part: f"{name}.add({part})") for layer in layers)]
    )


def _functional(name: str, call: ast.Call, layers: list[ast.expr]) -> str:
    first, *rest = layers
    steps = [_each(layer, lambda part: f"x = {part}(x)") for layer in rest]
    more = "".join(f", {ast.unparse(keyword)}" for keyword in call.keywords)
    end = f"{name} = keras.Model(inputs=inputs, outputs=x{more})"
    return "\n".join([f"inputs = x = {ast.unparse(first)}", *steps, end])


def _in_blocks(name: str, call: ast.Call, layers: list[ast.expr]) -> str:
    first, *rest = map(ast.unparse, layers)
    half = len(rest) // 2
    blocks = [
        f"keras.Sequential([{', '.join(part)}])" for part in (rest[:half], rest[half:]) if part
    ]
    return f"{name} = keras.Sequential([{', '.join([first, *blocks])}])"


def _one_block_after_another(name: str, call: ast.Call, layers: list[ast.expr]) -> str:
    first, *rest = map(ast.unparse, layers)
    half = len(rest) // 2
    return "\n".join(
        [
            f"inputs = {first}",
            f"first = keras.Sequential([{', '.join(rest[:half])}], name='first')",
            f"second = keras.Sequential([{', '.join(rest[half:])}], name='second')",
            f"{name} = keras.models.Model(inputs, second(first(inputs)))",
        ]
    )


def _of_a_variable(name: str, call: ast.Call, layers: list[ast.expr]) -> str:
    parts = [_each(layer, lambda part: f"stack.append({part})") for layer in layers]
    return "\n".join(["stack = []", *parts, f"{name} = keras.models.Sequential(layers=stack)"])


def _written_down(name: str, call: ast.Call, layers: list[ast.expr]) -> str:
    original = f"{name} = {ast.unparse(call)}"
    return f"{original}\n{name} = keras.Sequential.from_config({name}.get_config())"


def _copied(name: str, call: ast.Call, layers: list[ast.expr]) -> str:
    return f"{name} = keras.models.clone_model({ast.unparse(call)})"


def _parts(words: str, change: Callable[[ast.Call], Any]) -> Rewriter:
    """Return the rewriter that changes every call of a class of Keras."""

    def rewriter(tree: ast.Module, names: Names) -> ast.Module:
        def made(node: ast.Call) -> Any:
            func = ast.unparse(node.func)
            return change(node) if func.startswith("keras.") else node

        return Everywhere(ast.Call, made).visit(tree)

    rewriter.__doc__ = words
    return rewriter


def _with_activation(words: str, write: Callable[[str], str | None]) -> Rewriter:
    """Return the rewriter that gives an activation as another argument."""

    def change(keyword: ast.keyword) -> ast.keyword:
        if keyword.arg == "activation" and isinstance(keyword.value, ast.Constant):
            written = write(keyword.value.value)
            keyword.value = parsed(written) if written else keyword.value
        return keyword

    def rewriter(tree: ast.Module, names: Names) -> ast.Module:
        return Everywhere(ast.keyword, change).visit(tree)

    rewriter.__doc__ = words
    return rewriter


def _activation_after(words: str, write: Callable[[str], str]) -> Rewriter:
    """Return the rewriter that makes of an activation a layer after its layer."""

    def change(node: ast.List) -> ast.List:
        parts = []
        for part in node.elts:
            taken = _activation_taken(part)
            parts.append(part)
            if taken:
                parts.append(parsed(write(taken)))
        return ast.List(parts, node.ctx)

    def rewriter(tree: ast.Module, names: Names) -> ast.Module:
        return Everywhere(ast.List, change).visit(tree)

    rewriter.__doc__ = words
    return rewriter


def _activation_taken(part: ast.expr) -> str:
    """Return the activation of a layer that is written as a text, and take it off."""
    for keyword in part.keywords if _is(part, "Dense", "Conv2D") else ():
        if keyword.arg == "activation" and isinstance(keyword.value, ast.Constant):
            part.keywords.remove(keyword)
            return keyword.value.value
    return ""


_OTHER_NAMES = {
    "Conv2D": "Convolution2D",
    "MaxPooling2D": "MaxPool2D",
    "AveragePooling2D": "AvgPool2D",
}


def _named_otherwise(node: ast.Call) -> ast.Call:
    if isinstance(node.func, ast.Attribute) and node.func.attr in _OTHER_NAMES:
        node.func.attr = _OTHER_NAMES[node.func.attr]
    return node


def _flattened_otherwise(node: ast.Call) -> ast.AST:
    return parsed("keras.layers.Reshape((-1,))") if _is(node, "Flatten") else node


def _input_layer(node: ast.Call) -> ast.AST:
    if _is(node, "Input") and ast.unparse(node.func) == "keras.Input":
        node.func = parsed("keras.layers.InputLayer")
    return node


def _in_pairs(node: ast.Call) -> ast.AST:
    """Write the size of a field as a pair where it was a number, and the other way round."""
    place = 1 if _is(node, "Conv2D") else 0
    if _is(node, "Conv2D", "MaxPooling2D", "AveragePooling2D") and len(node.args) > place:
        size = node.args[place]
        if isinstance(size, ast.Constant):
            node.args[place] = ast.List([size, size], ast.Load())
        elif isinstance(size, ast.Tuple) and len({ast.unparse(side) for side in size.elts}) == 1:
            node.args[place] = size.elts[0]
    return node


def _with_defaults(node: ast.Call) -> ast.AST:
    """Write down what Keras does anyway."""
    more = {
        "Dense": "use_bias=True, kernel_initializer='glorot_uniform'",
        "Conv2D": "strides=1, use_bias=True, kernel_initializer='glorot_uniform'",
        "MaxPooling2D": "strides=2, padding='valid'",
        "AveragePooling2D": "strides=(2, 2), padding='valid'",
        "Dropout": "noise_shape=None",
        "Flatten": "data_format='channels_last'",
    }
    kind = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if _is(node, *more):
        given = {keyword.arg for keyword in node.keywords}
        extra = parsed(f"f({more[kind]})").keywords
        node.keywords += [keyword for keyword in extra if keyword.arg not in given]
    return node


LAYERS: tuple[Rewriter, ...] = (
    _of_lists("Add the layers one by one", _added),
    _of_lists("Write the network in the functional way", _functional),
    _of_lists("Make the network of blocks", _in_blocks),
    _of_lists("Make the network of two networks, in the functional way", _one_block_after_another),
    _of_lists("Put the layers into a list first", _of_a_variable),
    _of_lists("Make the network anew of what it says of itself", _written_down),
    _of_lists("Take a copy of the network", _copied),
    _with_activation("Give activations as functions", lambda n: f"keras.activations.{n}"),
    _with_activation("Give activations of keras.ops", lambda n: f"keras.ops.{n}"),
    _with_activation("Give activations as own functions", _OWN.get),
    _with_activation(
        "Give activations as layers", lambda name: f"keras.layers.Activation({name!r})"
    ),
    _activation_after("Add activations as layers", lambda n: f"keras.layers.Activation({n!r})"),
    _activation_after(
        "Add activations by the names of their layers",
        lambda n: f"keras.layers.{_ACTIVATIONS.get(n) or f'Activation(keras.activations.{n})'}",
    ),
    _parts("Call layers by their other names", _named_otherwise),
    _parts("Flatten by Reshape", _flattened_otherwise),
    _parts("Begin with an InputLayer", _input_layer),
    _parts("Write sizes as pairs, and pairs as sizes", _in_pairs),
    _parts("Write down what Keras does anyway", _with_defaults),
)

# --- compile and fit ------------------------------------------------------------------------

_OPTIMIZERS = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"}


def _compiled(words: str, **changes: Callable[[str, str], str]) -> Rewriter:
    """Return the rewriter that changes arguments of `compile`, given by name or by place.

    Each change is told the argument, if it is a text, and the whole call.
    """

    def written(name: str, value: ast.expr, call: str) -> ast.expr:
        inner = value.elts[0] if isinstance(value, ast.List) and len(value.elts) == 1 else value
        if name not in changes or not isinstance(inner, ast.Constant):
            return value
        return parsed(changes[name](inner.value, call))

    def change(node: ast.Call) -> ast.Call:
        if not isinstance(node.func, ast.Attribute) or node.func.attr != "compile":
            return node
        places = ("optimizer", "loss", "loss_weights", "metrics")
        call = ast.unparse(node)
        node.args = [written(*pair, call) for pair in zip(places, node.args, strict=False)]
        for keyword in node.keywords:
            keyword.value = written(keyword.arg, keyword.value, call)
        return node

    def rewriter(tree: ast.Module, names: Names) -> ast.Module:
        return Everywhere(ast.Call, change).visit(tree)

    rewriter.__doc__ = words
    return rewriter


def _sparse(call: str) -> str:
    return "Sparse" if "sparse" in call else ""


def _optimizer(settings: str) -> Callable[[str, str], str]:
    return lambda name, _: f"keras.optimizers.{_OPTIMIZERS[name]}({settings})"


def _loss_object(name: str, call: str) -> str:
    return f"keras.losses.{_sparse(call)}CategoricalCrossentropy()"


def _metric_object(settings: str) -> Callable[[str, str], str]:
    return lambda _, call: f"[keras.metrics.{_sparse(call)}CategoricalAccuracy({settings})]"


TRAININGS: tuple[Rewriter, ...] = (
    _compiled("Give optimizers as objects", optimizer=_optimizer("")),
    _compiled("Give optimizers with their rate", optimizer=_optimizer("learning_rate=0.001")),
    _compiled("Give losses as objects", loss=_loss_object),
    _compiled("Give losses as functions", loss=lambda name, _: f"keras.losses.{name}"),
    _compiled("Call the metric acc", metrics=lambda *_: "['acc']"),
    _compiled("Give metrics as objects", metrics=_metric_object("")),
    _compiled(
        "Give metrics names of their own",
        loss=_loss_object,
        metrics=_metric_object("name='share_right'"),
    ),
)


def history_of_the_network(tree: ast.Module, names: Names) -> ast.Module:
    """Take the history from the network."""

    def change(node: ast.Assign) -> Any:
        call, history = node.value, ast.unparse(node.targets[0])
        if not isinstance(call, ast.Call) or not trains_a_network(call):
            return node
        return [ast.Expr(call), *lines(f"{history} = {ast.unparse(call.func.value)}.history")]

    return Everywhere(ast.Assign, change).visit(tree)


def _fit_changed(words: str, change: Callable[[ast.Call], Any]) -> Rewriter:
    def rewriter(tree: ast.Module, names: Names) -> ast.Module:
        def made(node: ast.Call) -> Any:
            return change(node) if trains_a_network(node) and len(node.args) >= 2 else node

        return Everywhere(ast.Call, made).visit(tree)

    rewriter.__doc__ = words
    return rewriter


def _held_out_by_hand(node: ast.Call) -> ast.Call:
    """Return the training with the last fifth held out by hand, where fit() was to do it."""
    for keyword in node.keywords:
        if keyword.arg == "validation_split":
            x, y = map(ast.unparse, node.args[:2])
            cut = f"len({y}) * 4 // 5"
            node.args[:2] = [parsed(f"{x}[:{cut}]"), parsed(f"{y}[:{cut}]")]
            keyword.arg = "validation_data"
            keyword.value = parsed(f"({x}[{cut}:], {y}[{cut}:])")
    return node


def _of_tensors(node: ast.Call) -> ast.Call:
    node.args[:2] = [parsed(f"keras.ops.array({ast.unparse(part)})") for part in node.args[:2]]
    return node


def _weighed_alike(node: ast.Call) -> ast.Call:
    """Return the training with the same weight for all images; the labels may have been cut."""
    ones = parsed(f"keras.ops.ones(len({ast.unparse(node.args[1])}))")
    node.keywords.append(ast.keyword("sample_weight", ones))
    return node


TRAININGS += (
    history_of_the_network,
    _fit_changed("Give all images the same weight", _weighed_alike),
    _fit_changed("Hold the last fifth out by hand", _held_out_by_hand),
    _fit_changed("Let fit() learn from tensors", _of_tensors),
)
