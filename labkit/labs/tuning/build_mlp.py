"""A function that builds networks

Write the function. It returns a **compiled** Keras network for images of 28×28 pixels with `layers`
hidden layers of `nodes` nodes each (relu), an output layer that gives a probability for each digit,
the optimizer Adam with the given learning rate, the loss that fits labels like `y_search`, and the
accuracy as its first metric. Every call builds a new network, which has not been trained. Leave the
function's first line as it is.
"""

import functools
import math

import numpy as np

from labkit import evidence
from labkit.checks import agreement, networks, structures
from labkit.checks.authoring import Exercise, Message, function
from labkit.labs.tuning import shared


def settings(random):
    """Return nodes, layers and learning rate of a network with one layer and of one with three.

    One call leaves to the function's head what it says, as the cells below do. The last one is the
    first once more: what remembers its networks is found out.
    """
    nodes = random.choice(np.arange(12, 32), 2, replace=False)
    rates = random.choice(np.arange(2, 12), 2, replace=False) / 1000
    calls = [(int(nodes[0]), 1, float(rates[0])), (int(nodes[1]), 3, float(rates[1]))]
    return [*calls, (int(nodes[1]),), calls[0]]


CLASSES = 10
HEAD = (1, 0.001)  # layers and learning rate
exercise = Exercise(
    __doc__,
    build_mlp=function(settings),
    hints=(
        "Three arguments, three places: one is how wide, one how often, one how fast.",
        "A Sequential network grows with model.add(...); the learning rate goes into "
        "keras.optimizers.Adam(...).",
        "In a loop over range(layers): model.add(keras.layers.Dense(...)); then the last layer, compile "
        "and return",
    ),
)


@exercise.solution
def solution(keras):
    def build_mlp(nodes, layers=1, learning_rate=0.001):
        """Return a compiled network with `layers` hidden layers of `nodes` nodes."""
        model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
        for _ in range(layers):
            model.add(keras.layers.Dense(nodes, activation="relu"))
        model.add(keras.layers.Dense(10, activation="softmax"))
        model.compile(
            optimizer=keras.optimizers.Adam(learning_rate),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        return model

    return build_mlp


def _called(probe):
    return f"build_mlp({', '.join(f'{part:g}' for part in probe)})"


def _kind(seen):
    """Return what was returned in place of a network: "an int"."""
    kind = agreement.kind_of(seen)
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def _models(build_mlp, probes):
    """Return the networks that were built, each with its call in words and its arguments."""
    built = [call.result for call in build_mlp.calls]
    if not all(isinstance(model, evidence.Model) for model in built):
        raise ValueError("build_mlp returns something else than networks")
    return [
        (_called(probe), model, *probe, *HEAD[len(probe) - 1 :])
        for model, probe in zip(built, probes, strict=True)
    ]


@exercise.criterion(
    2, stop=True, asks="It returns a **compiled** Keras network for images of 28×28 pixels"
)
def _(build_mlp, probes):
    """returns a network for images of 28×28 pixels"""
    for probe, call in zip(probes, build_mlp.calls, strict=True):
        seen = call.result
        if isinstance(seen, evidence.Raised):
            return Message(
                f"{_called(probe)} raised {seen.type}: {seen.text}",
                "a Keras network",
                f"Run {_called(probe)} in a cell of your own: Python marks the line that failed.",
            )
        elif isinstance(seen, evidence.Other) and seen.reason:
            wanted = "a network whose layers can be read"
            saw = f"{_called(probe)} returned {_kind(seen)}, and {seen.reason}"
            return Message(saw, wanted, "Sequential, with a loop that adds the layers, will do.")
        elif not isinstance(seen, evidence.Model):
            returned = "nothing" if isinstance(seen, evidence.Placeholder) else _kind(seen)
            saw = f"{_called(probe)} returned {returned}"
        else:
            continue
        return Message(saw, "a Keras network", "End the function with return model.")
    for called, model, *_ in _models(build_mlp, probes):
        shape = model.input_shape and model.input_shape[1:]
        if shape not in {(28, 28), (28, 28, 1)}:
            return Message(
                f"The input shape of {called} is {shape or 'unknown'}",
                "images of 28×28 pixels",
                "Begin the network with keras.Input(shape=...), and flatten inside it.",
            )


@exercise.criterion(3, asks="with `layers` hidden layers of `nodes` nodes each")
def _(build_mlp, probes):
    """has the hidden layers that the arguments ask for"""
    for called, model, nodes, layers, _ in _models(build_mlp, probes):
        chain = shared.chain(model)
        if chain.fault:
            return Message(
                f"The layers of {called} do not stand in one line: {chain.fault}",
                "each layer once, one after the other",
                "A Sequential network to which each layer is added is such a line.",
            )
        if shared.hidden(model) != [nodes] * layers:
            seen = ", ".join(map(str, shared.hidden(model)))
            return Message(
                f"{called} has {f'hidden layers of {seen} nodes' if seen else 'no hidden layer'}",
                f"hidden layers: {layers}, nodes in each: {nodes}",
                "Add the hidden layers in a loop over range(layers).",
            )
        if chain.order() != ["flatten", *["dense"] * (layers + 1)]:
            is_flat_first = chain.order()[:1] == ["flatten"]
            return Message(
                f"{called} has, from first to last: {chain.words()}",
                "Flatten, then dense layers and nothing else",
                "Leave out what is neither: the text asks for none of it."
                if is_flat_first
                else "An image has to become one row of numbers before the first dense layer.",
            )
        strange = [*chain.extras(), *chain.regularized(), *chain.before_first()]
        if strange:
            return Message(
                f"In {called}, {strange[0]}",
                "dense layers with nothing added, each with weights of its own",
                "Make a new layer of nothing but its nodes and relu in every round of the loop.",
            )


def _hidden_activations(model):
    return shared.chain(model).activations()[:-1]


def _last(model):
    """Return the number of nodes of the last layer, and its activation."""
    chain = shared.chain(model)
    return next(
        zip(structures.units(chain)[::-1], chain.activations()[::-1], strict=False), (0, "")
    )


@exercise.criterion(1, asks="(relu)")
def _(build_mlp, probes):
    """its hidden layers have relu"""
    for called, model, *_ in _models(build_mlp, probes):
        strange = [name for name in _hidden_activations(model) if name != "relu"]
        if strange:
            return Message(
                f"A hidden layer of {called} has the activation {strange[0]}",
                "relu in every hidden layer",
                "Give each hidden layer an activation.",
            )


@exercise.criterion(1, asks="an output layer that gives a probability for each digit")
def _(build_mlp, probes):
    """ends in ten probabilities"""
    for called, model, *_ in _models(build_mlp, probes):
        nodes, activation = _last(model)
        right = activation == "softmax" or (activation == "linear" and model.from_logits)
        if nodes != CLASSES or not right:
            return Message(
                f"{called} ends in {nodes} nodes with the activation {activation}",
                "a probability for each of the ten digits",
                "The last layer has a node for each digit, and an activation whose outputs add up to 1.",
            )


def _not_new(build_mlp, probes):
    """Say which call returned a network that is not new; None where all of them are."""
    for call, (called, model, *_) in zip(build_mlp.calls, _models(build_mlp, probes), strict=True):
        if call.again:
            return Message(
                f"{called} returned the network that an earlier call had built",
                "a new network at every call: one that is kept goes on with what it has learnt",
                "Build the network inside the function, and keep none of them there.",
            )
        if model.updates:
            return Message(
                f"{called} returned a network that has been trained already",
                "a network that is ready to train and has not begun",
                "Leave fit() to whoever calls the function.",
            )
    return None


@exercise.criterion(2, asks="the optimizer Adam with the given learning rate")
def _(build_mlp, probes):
    """is compiled with the learning rate asked for"""
    # An optimizer goes on with its network: where that is not new, neither is this.
    if used := _not_new(build_mlp, probes):
        return used
    for called, model, _, _, wanted in _models(build_mlp, probes):
        rate = structures.learning_rate(model)
        if rate is None and not model.optimizer:
            return Message(
                f"{called} is not compiled",
                "a network ready to train",
                "Call compile() before the function returns the network.",
            )
        if model.optimizer != "adam":
            return Message(
                f"{called} is compiled with the optimizer {model.optimizer}",
                "Adam, at the learning rate asked for",
                "keras.optimizers has a class for each.",
            )
        if rate is None or not math.isclose(rate, wanted, rel_tol=1e-4):
            return Message(
                f"The learning rate of {called} is {shared.rate_in_words(rate)}",
                f"{wanted:g}, as the third argument says, or the function's first line without one",
                "An optimizer given by its name has its own rate. Give it as an object.",
            )


@exercise.criterion(
    1, asks="the loss that fits labels like `y_search`, and the accuracy as its first metric"
)
def _(build_mlp, probes):
    """has the loss that fits the labels, and reports the accuracy"""
    for called, model, *_ in _models(build_mlp, probes):
        logits = _last(model)[1] == "linear"
        if model.loss == "sparse_categorical_crossentropy" and model.from_logits and not logits:
            return Message(
                f"The loss of {called} is told from_logits=True, and the last layer has the "
                f"activation {_last(model)[1]}",
                "a loss that takes probabilities",
                "Leave from_logits out: it is for a last layer without an activation.",
            )
        if model.loss != "sparse_categorical_crossentropy" or model.from_logits != logits:
            return Message(
                f"The loss of {called} is {model.loss or 'missing'}",
                "a cross-entropy that takes labels as class numbers",
                "Compare y_search with what the loss expects.",
            )
        if unusual := networks.unusual_loss(model):
            return Message(f"The loss of {called} is told {unusual}", "the plain loss")
        if not networks.reports_accuracy(model):
            return Message(
                f"{called} reports no accuracy right after the loss",
                "the accuracy beside the loss",
                "compile() takes a list of metrics; what comes first is reported first.",
            )


@exercise.sign(shown_by=lambda keras: _otherwise(keras, optimizer="adam"), earns=8)
def learning_rate_ignored(build_mlp, probes):
    """The function builds with the same learning rate whatever it is asked for."""
    rates = {structures.learning_rate(model) for _, model, *_ in _models(build_mlp, probes)}
    return len(rates) == 1 and None not in rates


@exercise.sign(shown_by=lambda keras: _otherwise(keras, layers=1), earns=7)
def layers_ignored(build_mlp, probes):
    """The function builds one hidden layer whatever `layers` says."""
    _, (_, deep, *_), *_ = _models(build_mlp, probes)
    return len(shared.hidden(deep)) == 1


@exercise.sign(shown_by=lambda keras: _otherwise(keras, more=-1), earns=7)
def output_counted_as_hidden(build_mlp, probes):
    """The last layer is not a hidden one: it comes on top of `layers`."""
    return all(
        len(shared.hidden(model)) == layers - 1
        for _, model, _, layers, _ in _models(build_mlp, probes)
    )


@exercise.sign(shown_by=lambda keras: _otherwise(keras, nodes=32), earns=7)
def nodes_ignored(build_mlp, probes):
    """The hidden layers are equally wide whatever `nodes` says."""
    models = _models(build_mlp, probes)
    return len({nodes for _, model, *_ in models for nodes in shared.hidden(model)}) == 1


@exercise.sign(shown_by=lambda keras: _otherwise(keras, last="sigmoid"), earns=9)
def sigmoid_for_softmax(build_mlp, probes):
    """With sigmoid every class gets a probability of its own, and they do not add up to 1."""
    return _last(_models(build_mlp, probes)[0][1])[1] == "sigmoid"


@exercise.sign(shown_by=lambda keras: _otherwise(keras, hidden=None), earns=9)
def hidden_without_activation(build_mlp, probes):
    """Layers without an activation collapse into a single linear one, however many."""
    return "linear" in _hidden_activations(_models(build_mlp, probes)[0][1])


@exercise.sign(shown_by=lambda keras: _otherwise(keras, loss="categorical_crossentropy"), earns=9)
def labels_and_loss_mismatch(build_mlp, probes):
    """This loss expects one-hot labels; these labels are class numbers."""
    return _models(build_mlp, probes)[0][1].loss == "categorical_crossentropy"


def _otherwise(keras, hidden="relu", last="softmax", classes=10, more=0, **fixed):
    """Return a function like the solution's with one thing in it otherwise."""

    def build_mlp(nodes, layers=1, learning_rate=0.001):
        nodes, layers = fixed.get("nodes", nodes), fixed.get("layers", layers) + more
        chain = [keras.layers.Dense(nodes, hidden) for _ in range(layers)]
        model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *chain])
        model.add(keras.layers.Dense(classes, last))
        if fixed.get("compiled", True):
            model.compile(
                fixed.get("optimizer") or keras.optimizers.Adam(learning_rate),
                fixed.get("loss", "sparse_categorical_crossentropy"),
                metrics=fixed.get("metrics", ["accuracy"]),
            )
        return model

    return build_mlp


@exercise.right
def functional(keras):
    def build_mlp(nodes, layers=1, learning_rate=0.001):
        inputs = keras.Input((28, 28, 1))
        values = keras.layers.Flatten()(inputs)
        for _ in range(layers):
            values = keras.layers.Dense(nodes)(values)
            values = keras.layers.Activation("relu")(values)
        model = keras.Model(inputs, keras.layers.Dense(10, "softmax")(values))
        model.compile(
            optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
            loss=keras.losses.SparseCategoricalCrossentropy(),
            metrics=["acc"],
        )
        return model

    return build_mlp


@exercise.right
def scores_and_from_logits(keras):
    import tensorflow as tf

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return _otherwise(keras, hidden=tf.nn.relu, last=None, loss=loss)


@exercise.wrong
def not_returned(build_mlp):
    def forgetful(nodes, layers=1, learning_rate=0.001):
        build_mlp(nodes, layers, learning_rate)

    return forgetful


exercise.wrong(
    constant=lambda: lambda nodes, layers, rate: 7,
    raises=lambda: lambda nodes, layers, rate: nodes / 0,
    a_network=lambda build_mlp: build_mlp(16),
)


@exercise.wrong
def no_input(keras):
    def build_mlp(nodes, layers=1, learning_rate=0.001):
        model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    return build_mlp


@exercise.wrong(earns=7)
def one_layer_used_again(keras):
    def build_mlp(nodes, layers=1, learning_rate=0.001):
        images = keras.Input((28, 28))
        values = keras.layers.Dense(nodes, "relu")(keras.layers.Flatten()(images))
        hidden = keras.layers.Dense(nodes, "relu")
        for _ in range(layers - 1):
            values = hidden(values)
        model = keras.Model(images, keras.layers.Dense(10, "softmax")(values))
        model.compile(
            keras.optimizers.Adam(learning_rate),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        return model

    return build_mlp


@exercise.wrong(earns=8)
def kept_from_call_to_call(build_mlp):
    yield functools.lru_cache(build_mlp)
    yield lambda nodes, layers=1, rate=0.001, kept={}: kept.setdefault(
        (nodes, rate), build_mlp(nodes, layers, rate)
    )


@exercise.wrong(earns=8)
def trained_at_once(build_mlp, x_search, y_search):
    def trained(nodes, layers=1, learning_rate=0.001):
        model = build_mlp(nodes, layers, learning_rate)
        model.fit(x_search[:32], y_search[:32], verbose=0)
        return model

    return trained


@exercise.wrong(earns=9)
def told_that_scores_come(keras):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return _otherwise(keras, loss=loss)


exercise.wrong(earns=7, not_compiled=lambda keras: _otherwise(keras, compiled=False))
exercise.wrong(
    earns=9,
    no_accuracy=lambda keras: _otherwise(keras, metrics=[]),
    eleven_classes=lambda keras: _otherwise(keras, classes=11),
)
