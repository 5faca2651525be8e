"""Lab 4: choose a network by search, on digits; then the weight-decay grid."""

import dataclasses
import json
import math
import numbers
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import canonical, criteria, measure, networks, structures, trainings
from labkit.checks.exercise import (
    ARRAY,
    MODEL,
    NUMBER,
    TEXT,
    VALUE,
    Answer,
    Answers,
    Criterion,
    Essay,
    Exercise,
    Lab,
    Misconception,
    function,
)
from labkit.checks.result import Message
from labkit.evidence import pictures, saved_networks, searches, values
from labkit.labs import floors
from labkit.notebook import lab as notebook_lab

DIGITS = "mnist"
NODES = (8, 16, 32, 64, 128)
RATES = (0.0001, 0.001, 0.01)
RATE_NODES = (32, 128)
THREE_NODES = (16, 64, 128)

# --- networks and tables of results ------------------------------------------------------------

NETWORKS = Answer(
    saved_networks.by_key,
    evidence.Networks,
    "a dictionary with a Keras network in each entry",
)
SHARES = Answer(searches.shares, evidence.Value, "a dictionary with a number in each entry")


def _learning_rate(model: evidence.Model) -> float | None:
    """Return the learning rate that a network was compiled with, None where it changes."""
    settings = json.loads(model.config).get("compile_config") or {}
    optimizer = settings.get("optimizer")
    rate = optimizer["config"].get("learning_rate") if isinstance(optimizer, dict) else None
    return float(rate) if isinstance(rate, numbers.Real) else None


# --- what kind of problem, and the baseline -------------------------------------------------

_KIND_CRITERIA, _KIND_MISTAKES = criteria.choice(
    "kind_of_problem",
    "c",
    4,
    {
        "a": "The labels look like numbers, but is a 4 half of an 8 here? They are names.",
        "b": "Probabilities are how the network says it. What is it asked for?",
        "d": "Groups are looked for where nobody knows the labels. Here they are known.",
    },
)
kind_of_problem = Exercise(
    "kind-of-problem",
    "What kind of problem is this?",
    {"kind_of_problem": TEXT},
    _KIND_CRITERIA,
    (
        "What would it mean to be wrong by a little: to call a 4 a 5?",
        "Regression predicts an amount; classification predicts one of several names.",
        "Would the problem change if the ten labels were letters instead?",
    ),
    _KIND_MISTAKES,
    dataset=DIGITS,
)


def _search_part(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    count = len(answers.data.x_train) // 3
    return answers.data.x_train[:count], answers.data.y_train[:count]


def _validation_part(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    count = len(answers.data.x_train) // 6
    return answers.data.x_train[-count:], answers.data.y_train[-count:]


def _most_frequent(answers: Answers) -> int:
    return int(np.bincount(_search_part(answers)[1]).argmax())


def _share_of(answers: Answers, label: int, part: str = "validation") -> float:
    labels = {
        "search": _search_part(answers)[1],
        "validation": _validation_part(answers)[1],
        "test": answers.data.y_test,
    }[part]
    return float(np.mean(labels == label))


def _baseline_is(answers: Answers, share: float) -> bool:
    return abs(answers.baseline_accuracy.value - share) < 1e-6


baseline = Exercise(
    "baseline",
    "A baseline first",
    {"most_frequent": NUMBER, "baseline_accuracy": NUMBER},
    [
        criteria.number(
            "most_frequent",
            _most_frequent,
            2,
            "most_frequent is the most frequent digit of y_search",
            "Count each digit in y_search and take the one with the largest count.",
            kind="one of the digits 0 to 9",
        ),
        criteria.number(
            "baseline_accuracy",
            lambda answers: _share_of(answers, _most_frequent(answers)),
            3,
            "baseline_accuracy is its share of the validation images",
            "Compare y_validation with most_frequent and take the mean.",
            tolerance=1e-4,
            kind="a share from 0 to 1, measured on the validation images",
            words="a share of the validation images",
        ),
    ],
    (
        "The baseline gives the same answer to every image. How often is that right?",
        "np.bincount(y_search) counts each digit; argmax finds the largest count.",
        "baseline_accuracy = (y_validation == ...).mean()",
    ),
    [
        Misconception(
            "count-for-digit",
            lambda answers: (
                answers.most_frequent.value == np.bincount(_search_part(answers)[1]).max()
            ),
            "most_frequent is how often the digit occurs. Which digit is it?",
        ),
        Misconception(
            "measured-on-training-images",
            lambda answers: _baseline_is(
                answers, _share_of(answers, _most_frequent(answers), "search")
            ),
            "This is the share among the images that the digit was chosen on.",
        ),
        Misconception(
            "measured-on-the-test-set",
            # The drawn test images are one tenth of each digit, as one might also assume.
            lambda answers: (
                answers.most_frequent.value == _most_frequent(answers)
                and _baseline_is(answers, _share_of(answers, _most_frequent(answers), "test"))
            ),
            "This is the share among the test images, which are kept for the end.",
        ),
        Misconception(
            "one-in-ten-assumed",
            lambda answers: answers.baseline_accuracy.value == 0.1,
            "Ten classes need not be equally frequent: count.",
        ),
        Misconception(
            "per-cent-for-share",
            lambda answers: _baseline_is(
                answers, 100 * _share_of(answers, _most_frequent(answers))
            ),
            "This is a percentage. Keras, and everybody who compares with it, uses a share.",
        ),
    ],
    dataset=DIGITS,
)

# --- a function that builds networks --------------------------------------------------------


def building_probes(random: np.random.Generator) -> list[tuple[int, int, float]]:
    """Return nodes, layers and learning rate of a network with one layer and of one with three."""
    nodes = random.choice(np.arange(12, 32), 2, replace=False)
    rates = random.choice(np.arange(2, 12), 2, replace=False) / 1000
    return [(int(nodes[0]), 1, float(rates[0])), (int(nodes[1]), 3, float(rates[1]))]


def _probes(answers: Answers) -> list[tuple[int, int, float]]:
    return building_probes(np.random.default_rng(answers.build_mlp.seed))


def _asked(probe: tuple) -> str:
    return f"build_mlp({', '.join(f'{part:g}' for part in probe)})"


def _models(answers: Answers) -> list[tuple[tuple, evidence.Model]]:
    built = [call.result for call in answers.build_mlp.calls]
    if not all(isinstance(model, evidence.Model) for model in built):
        raise ValueError("build_mlp returns something else than networks")
    return list(zip(_probes(answers), built, strict=True))


def _chain(model: evidence.Model) -> canonical.Chain:
    return canonical.canonical(model.config)


def _hidden(model: evidence.Model) -> list[int]:
    """Return the numbers of nodes of the hidden layers."""
    return structures.units(_chain(model))[:-1]


def _builds(answers: Answers) -> Message | None:
    for probe, call in zip(_probes(answers), answers.build_mlp.calls, strict=True):
        seen = call.result
        if isinstance(seen, evidence.Model):
            continue
        if isinstance(seen, evidence.Raised):
            saw = f"{_asked(probe)} raised {seen.type}: {seen.text}"
        else:
            kind = "nothing" if isinstance(seen, evidence.Placeholder) else f"a {seen.type}"
            saw = f"{_asked(probe)} returned {kind}"
        return Message(saw, "a Keras network", "End the function with return model.")
    for probe, model in _models(answers):
        if model.input_shape is None or model.input_shape[1:] not in {(28, 28), (28, 28, 1)}:
            seen = "unknown" if model.input_shape is None else model.input_shape[1:]
            return Message(
                f"The input shape of {_asked(probe)} is {seen}",
                "images of 28×28 pixels",
                "Begin the network with keras.Input(shape=...), and flatten inside it.",
            )
    return None


def _has_hidden_layers(answers: Answers) -> Message | None:
    for probe, model in _models(answers):
        nodes, layers, _ = probe
        chain = _chain(model)
        if chain.fault:
            return Message(f"{_asked(probe)} is no chain: {chain.fault}", "layer after layer")
        if _hidden(model) != [nodes] * layers:
            seen = ", ".join(map(str, _hidden(model))) or "no"
            return Message(
                f"{_asked(probe)} has hidden layers of {seen} nodes",
                f"hidden layers: {layers}, nodes in each: {nodes}",
                "Add the hidden layers in a loop over range(layers).",
            )
        if chain.order() != ["flatten", *["dense"] * (layers + 1)]:
            return Message(
                f"{_asked(probe)} has, from first to last: {chain.words()}",
                "Flatten, then dense layers and nothing else",
                "An image has to become one row of numbers before the first dense layer.",
            )
        if chain.extras() or chain.regularized() or chain.before_first():
            strange = (*chain.extras(), *chain.regularized(), *chain.before_first())[0]
            return Message(f"In {_asked(probe)}, {strange}", "dense layers with nothing added")
    return None


def _hidden_activations(model: evidence.Model) -> list[str]:
    return _chain(model).activations()[:-1]


def _is_not_linear(answers: Answers) -> Message | None:
    for probe, model in _models(answers):
        strange = [name for name in _hidden_activations(model) if name != "relu"]
        if strange:
            return Message(
                f"A hidden layer of {_asked(probe)} has the activation {strange[0]}",
                "relu in every hidden layer",
                "Give each hidden layer an activation.",
            )
    return None


def _last(model: evidence.Model) -> tuple[int, str]:
    units = structures.units(_chain(model))
    return (units[-1], _chain(model).activations()[-1]) if units else (0, "")


def _ends_in_probabilities(answers: Answers) -> Message | None:
    for probe, model in _models(answers):
        nodes, activation = _last(model)
        right = activation == "softmax" or (activation == "linear" and model.from_logits)
        if nodes != 10 or not right:
            return Message(
                f"{_asked(probe)} ends in {nodes} nodes with the activation {activation}",
                "a probability for each of the ten digits",
                "Look at the last layer.",
            )
    return None


def _learning_rates(answers: Answers) -> list[float | None]:
    return [_learning_rate(model) for _, model in _models(answers)]


def _takes_rate(answers: Answers) -> Message | None:
    for probe, model in _models(answers):
        rate, optimizer = _learning_rate(model), model.optimizer
        if rate is None:
            return Message(
                f"{_asked(probe)} is not compiled with a learning rate",
                "a network ready to train",
                "Call compile().",
            )
        if optimizer != "adam":
            return Message(
                f"{_asked(probe)} is compiled with the optimizer {optimizer}",
                "Adam, at the learning rate asked for",
                "keras.optimizers has a class for each.",
            )
        if not math.isclose(rate, probe[2], rel_tol=1e-4):
            return Message(
                f"The learning rate of {_asked(probe)} is {rate:g}",
                f"{probe[2]:g}, as the third argument says",
                "An optimizer given by its name has its own rate. Give it as an object.",
            )
    return None


def _has_loss(answers: Answers) -> Message | None:
    for probe, model in _models(answers):
        logits = _last(model)[1] == "linear"
        if model.loss != "sparse_categorical_crossentropy" or model.from_logits != logits:
            return Message(
                f"The loss of {_asked(probe)} is {model.loss or 'missing'}",
                "a cross-entropy that takes labels as class numbers",
                "Compare y_search with what the loss expects.",
            )
        unusual = networks.unusual_loss(model)
        if unusual:
            return Message(f"The loss of {_asked(probe)} is told {unusual}", "the plain loss")
        if not networks.reports_accuracy(model):
            return Message(
                f"{_asked(probe)} reports no accuracy right after the loss",
                "the accuracy beside the loss",
                "compile() takes a list of metrics; what comes first is reported first.",
            )
    return None


build_mlp = Exercise(
    "build-mlp",
    "A function that builds networks",
    {"build_mlp": function(building_probes)},
    [
        Criterion("returns a network for images of 28×28 pixels", 2, _builds, stop=True),
        Criterion("has the hidden layers that the arguments ask for", 3, _has_hidden_layers),
        Criterion("its hidden layers have relu", 1, _is_not_linear),
        Criterion("ends in ten probabilities", 1, _ends_in_probabilities),
        Criterion("is compiled with the learning rate asked for", 2, _takes_rate),
        Criterion("has the loss that fits the labels, and reports the accuracy", 1, _has_loss),
    ],
    (
        "Three arguments, three places: one is how wide, one how often, one how fast.",
        "A Sequential network grows with model.add(...); the learning rate goes into "
        "keras.optimizers.Adam(...).",
        "for _ in range(layers): model.add(keras.layers.Dense(...)); then the last layer, compile "
        "and return",
    ),
    [
        Misconception(
            "learning-rate-ignored",
            lambda answers: (
                len(set(_learning_rates(answers))) == 1 and None not in _learning_rates(answers)
            ),
            "The function builds with the same learning rate whatever it is asked for.",
        ),
        Misconception(
            "layers-ignored",
            lambda answers: len(_hidden(_models(answers)[1][1])) == 1,
            "The function builds one hidden layer whatever `layers` says.",
        ),
        Misconception(
            "output-counted-as-hidden",
            lambda answers: all(
                len(_hidden(model)) == probe[1] - 1 for probe, model in _models(answers)
            ),
            "The last layer is not a hidden one: it comes on top of `layers`.",
        ),
        Misconception(
            "nodes-ignored",
            lambda answers: (
                len({nodes for _, model in _models(answers) for nodes in _hidden(model)}) == 1
            ),
            "The hidden layers are equally wide whatever `nodes` says.",
        ),
        Misconception(
            "sigmoid-for-softmax",
            lambda answers: _last(_models(answers)[0][1])[1] == "sigmoid",
            "With sigmoid every class gets a probability of its own, and they do not add up to 1.",
        ),
        Misconception(
            "hidden-without-activation",
            lambda answers: "linear" in _hidden_activations(_models(answers)[0][1]),
            "Layers without an activation collapse into a single linear one, however many.",
        ),
        Misconception(
            "labels-and-loss-mismatch",
            lambda answers: _models(answers)[0][1].loss == "categorical_crossentropy",
            "This loss expects one-hot labels; these labels are class numbers.",
        ),
    ],
    dataset=DIGITS,
)

# --- searches -------------------------------------------------------------------------------

EPOCHS, BATCH = 5, 128
_SEARCH = trainings.Plan(
    learnt=lambda answers: (0, len(answers.data.x_train) // 3),
    words="the images of x_search, in batches of 128, as train(model) takes them",
    batch=BATCH,
)
_EVERYTHING = trainings.Plan(
    learnt=lambda answers: (0, len(answers.data.x_train)),
    words=f"all scaled training images, {EPOCHS} epochs in batches of {BATCH}",
    batch=BATCH,
)


def _trained_as(
    answers: Answers, model: evidence.Model, name: str, plan: trainings.Plan
) -> Message | None:
    """Say what was done otherwise than planned in the training of a network."""
    if model.fits:
        fault = trainings.noted(answers, model.fits[-1], name, plan, watched=False)
        if fault:
            return fault
    start, stop = plan.learnt(answers)
    wanted = EPOCHS * math.ceil((stop - start) / BATCH)
    if model.updates in (0, wanted) and len(model.fits) < 2:  # 0: compiled anew
        return None
    return Message(
        f"{name} has taken {model.updates:,} steps in its training",
        f"{wanted:,}: {EPOCHS} epochs of {stop - start:,} images in batches of {BATCH}",
        "Build the network anew and train it once.",
    )


def _accuracy(answers: Answers, model: evidence.Model, part: Callable) -> float:
    try:
        return measure.accuracy(model, *part(answers))
    except measure.NotMeasurable:
        return math.nan


def _test_part(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    return answers.data.x_test, answers.data.y_test


def _told_from(answers: Answers, networks: str, table: str, part: Callable) -> bool:
    """Tell whether all accuracies of the table are those on `part` of the data."""
    told = getattr(answers, table).value
    return all(
        abs(told[key] - _accuracy(answers, model, part)) < 2e-4
        for key, model in getattr(answers, networks).networks.items()
    )


def _search(
    name: str,
    title: str,
    names: tuple[str, str, str],
    keys: Sequence[Any],
    hidden: Callable[[Any], list[int]],
    points: tuple[float, float, float, float],
    words: str,
    hints: tuple[str, str, str],
) -> Exercise:
    """Return an exercise that trains a network for each of `keys` and chooses one."""
    networks, table, best = names
    wanted = {values.entry(key): key for key in keys}
    by_rate = isinstance(keys[0], tuple)

    def models(answers: Answers) -> dict[str, evidence.Model]:
        return getattr(answers, networks).networks

    def told_by(answers: Answers) -> dict[str, float]:
        return getattr(answers, table).value

    def has_entries(answers: Answers) -> Message | None:
        entries = {networks: models(answers), table: told_by(answers)}
        for given, seen in entries.items():
            if set(seen) != set(wanted):
                return Message(
                    f"{given} has entries for {'; '.join(sorted(seen)) or 'nothing'}",
                    f"one for each {words}: {'; '.join(wanted)}",
                    "Fill both dictionaries in the same loop, under the same key.",
                )
        return None

    def is_built(answers: Answers) -> Message | None:
        for key in wanted:
            model = models(answers)[key]
            if _hidden(model) != hidden(wanted[key]):
                return Message(
                    f"{networks}[{key}] has hidden layers of {_hidden(model)} nodes",
                    f"{hidden(wanted[key])}",
                    "Build a new network in every round of the loop.",
                )
            rate = _learning_rate(model) or 0
            if by_rate and not math.isclose(rate, wanted[key][0], rel_tol=1e-4):
                return Message(
                    f"{networks}[{key}] learns with the rate {rate:g}",
                    f"{wanted[key][0]:g}",
                    "Hand the learning rate of the loop on to build_mlp.",
                )
        return None

    def is_measured(answers: Answers) -> Message | None:
        for key in wanted:
            model, told = models(answers)[key], told_by(answers)[key]
            seen = _accuracy(answers, model, _validation_part)
            if abs(told - seen) > 1e-3:
                return Message(
                    f"{table}[{key}] is {told:.4f}. Measured on the validation images, this "
                    f"network reaches {seen:.4f}",
                    "the accuracy on x_validation after training",
                    "train(model) returns it.",
                )
            if seen < 0.2:
                return Message(
                    f"{networks}[{key}] is right on {seen:.1%} of the validation images",
                    "a trained network",
                    "Call train(model) in the loop.",
                )
            fault = _trained_as(answers, model, f"{networks}[{key}]", _SEARCH)
            if fault:
                return fault
        return None

    def chosen(answers: Answers) -> str:
        plain = getattr(answers, best).value
        return values.entry(tuple(plain) if isinstance(plain, list) else plain)

    def is_best(answers: Answers) -> Message | None:
        told = told_by(answers)
        if told.get(chosen(answers), -1) == max(told.values()):
            return None
        return Message(
            f"{best} is {criteria.show(getattr(answers, best).value)}",
            f"the entry of {table} with the highest validation accuracy",
            "max(...) of a dictionary compares its keys unless it is told what to compare.",
        )

    def one_network(answers: Answers) -> bool:
        found = [model.config for model in models(answers).values()]
        return len(found) > 1 and len(set(found)) == 1

    def accuracy_for_key(answers: Answers) -> bool:
        return getattr(answers, best).value in told_by(answers).values()

    def worst(answers: Answers) -> bool:
        told = told_by(answers)
        return told.get(chosen(answers)) == min(told.values())

    def wrong(answers: Answers) -> bool:
        return not _told_from(answers, networks, table, _validation_part)

    criteria_ = [
        Criterion(f"a network and an accuracy for each {words}", points[0], has_entries, stop=True),
        Criterion("each network is built as its entry says", points[1], is_built),
        Criterion("the accuracies are those on the validation images", points[2], is_measured),
        Criterion(f"{best} has the highest of them", points[3], is_best),
    ]
    mistakes = [
        Misconception(
            "one-network-trained-on",
            one_network,
            "All entries are the same network, trained on and on. Build a new one each time.",
        ),
        Misconception(
            "training-accuracy-compared",
            lambda answers: wrong(answers) and _told_from(answers, networks, table, _search_part),
            "These are accuracies on the images that the networks learnt from: they favour "
            "whoever learns by heart.",
        ),
        Misconception(
            "validation-on-the-test-set",
            lambda answers: wrong(answers) and _told_from(answers, networks, table, _test_part),
            "These are accuracies on the test images. Whoever chooses by them has no unseen "
            "images left in the end.",
        ),
        Misconception(
            "not-trained",
            lambda answers: any(
                _accuracy(answers, model, _validation_part) < 0.2
                for model in models(answers).values()
            ),
            "At least one network guesses: it was not trained.",
        ),
        Misconception(
            "accuracy-for-choice",
            accuracy_for_key,
            f"{best} is an accuracy. Asked is what belongs to it.",
        ),
        Misconception("worst-chosen", worst, "This is the choice with the lowest accuracy of all."),
    ]
    answers = {networks: NETWORKS, table: SHARES, best: VALUE}
    return Exercise(name, title, answers, criteria_, hints, mistakes, dataset=DIGITS)


one_layer = _search(
    "one-layer",
    "How many nodes in one layer?",
    ("one_layer", "accuracy_by_nodes", "best_nodes"),
    NODES,
    lambda nodes: [nodes],
    (2, 2, 4, 2),
    "number of nodes",
    (
        "Five networks, one after the other, in one loop.",
        "build_mlp makes a network, train gives its accuracy. max(d, key=d.get) finds the key of "
        "the largest value in a dictionary d.",
        "for nodes in NODES: one_layer[nodes] = ...; accuracy_by_nodes[nodes] = ...",
    ),
)

rate_and_nodes = _search(
    "rate-and-nodes",
    "Learning rate and nodes together",
    ("rate_networks", "accuracy_by_rate", "best_rate_and_nodes"),
    [(rate, nodes) for rate in RATES for nodes in RATE_NODES],
    lambda key: [key[1]],
    (2, 2, 3, 1),
    "pair (rate, nodes)",
    (
        "Two loops, one inside the other. The key of a dictionary may be a pair.",
        "build_mlp(nodes, 1, rate); rate_networks[rate, nodes] = ...",
        "for rate in RATES: for nodes in RATE_NODES: ...; then max(..., key=...) as before",
    ),
)

three_layers = _search(
    "three-layers",
    "Three layers",
    ("three_layers", "accuracy_by_three", "best_nodes_of_three"),
    THREE_NODES,
    lambda nodes: [nodes] * 3,
    (2, 2, 3, 1),
    "number of nodes",
    (
        "The same loop as for one layer, with another second argument.",
        "build_mlp(nodes, layers=3) has three hidden layers of equal width.",
        "for nodes in THREE_NODES: three_layers[nodes] = build_mlp(nodes, ...)",
    ),
)

# --- the three networks, trained on everything ----------------------------------------------

FINAL = ("model_one", "model_rate", "model_three")


def _wanted_layers(answers: Answers) -> dict[str, list[int]]:
    rate_and_nodes_chosen = answers.best_rate_and_nodes.value
    return {
        "model_one": [int(answers.best_nodes.value)],
        "model_rate": [int(rate_and_nodes_chosen[1])],
        "model_three": [int(answers.best_nodes_of_three.value)] * 3,
    }


def _wanted_rates(answers: Answers) -> dict[str, float]:
    rate = float(answers.best_rate_and_nodes.value[0])
    return {"model_one": 0.001, "model_rate": rate, "model_three": 0.001}


def _has_layers(name: str) -> Criterion:
    def test(answers: Answers) -> Message | None:
        seen, wanted = _hidden(getattr(answers, name)), _wanted_layers(answers)[name]
        if seen != wanted:
            return Message(
                f"{name} has hidden layers of {', '.join(map(str, seen)) or 'no'} nodes",
                f"{', '.join(map(str, wanted))}, as chosen above",
                "Build it anew with the chosen values.",
            )
        rate, asked = _learning_rate(getattr(answers, name)), _wanted_rates(answers)[name]
        if rate is None or not math.isclose(rate, asked, rel_tol=1e-4):
            return Message(
                f"{name} learns with the rate {rate if rate is None else format(rate, 'g')}",
                f"{asked:g}, as chosen above",
                "Build it anew with the chosen values.",
            )
        return None

    return Criterion(f"{name} is built as chosen", 1, test)


def _test_accuracy(answers: Answers, name: str) -> float:
    return measure.accuracy(getattr(answers, name), *_test_part(answers))


def _trained_on_everything(name: str) -> Criterion:
    least = criteria.floor(
        name,
        lambda answers: floors.least("digits", answers.data.kind),
        1,
        f"{name} is trained on all training images",
        "Fit it on x_train_scaled and y_train for five epochs.",
    )

    def test(answers: Answers) -> Message | None:
        network = getattr(answers, name)
        return least.test(answers) or _trained_as(answers, network, name, _EVERYTHING)

    return dataclasses.replace(least, test=test)


final_networks = Exercise(
    "final-networks",
    "Train the chosen three on everything",
    {
        **dict.fromkeys(FINAL, MODEL),
        "best_nodes": VALUE.from_earlier("How many nodes in one layer?"),
        "best_rate_and_nodes": VALUE.from_earlier("Learning rate and nodes together"),
        "best_nodes_of_three": VALUE.from_earlier("Three layers"),
    },
    [
        *(_has_layers(name) for name in FINAL),
        *map(_trained_on_everything, FINAL),
    ],
    (
        "The search is over: now all training images may be learnt from, the validation part too.",
        "build_mlp(...) once for each network, then fit(x_train_scaled, y_train, ...).",
        "model_rate = build_mlp(best_rate_and_nodes[1], 1, best_rate_and_nodes[0]); "
        "model_rate.fit(..., epochs=5, batch_size=128, verbose=0)",
    ),
    [
        Misconception(
            "not-trained",
            lambda answers: any(_test_accuracy(answers, name) < 0.3 for name in FINAL),
            "At least one network guesses: it was built, but not trained.",
        ),
        Misconception(
            "networks-mixed-up",
            lambda answers: (
                len(_hidden(answers.model_one)) == 3 or len(_hidden(answers.model_three)) == 1
            ),
            "Networks with one and with three hidden layers look mixed up.",
        ),
    ],
    dataset=DIGITS,
)

# --- drawings -------------------------------------------------------------------------------


def _drawn_numbers(panel: evidence.Panel) -> list[int]:
    """Return the numbers of nodes that are written below the layers."""
    return sorted(int(word) for text in panel.texts for word in text.split() if word.isdigit())


def _draws(panel: evidence.Panel, model: evidence.Model) -> bool:
    return _drawn_numbers(panel) == sorted([28 * 28, *_hidden(model), _last(model)[0]])


def _three_panels(answers: Answers) -> Message | None:
    seen = len(answers.drawings.panels)
    if seen == 3:
        return None
    return Message(
        f"drawings holds {seen} drawing{'s' * (seen != 1)}",
        "three, one for each network",
        "Put three drawings into one list, in square brackets.",
    )


def _each_drawn(answers: Answers) -> Message | None:
    for panel, name in zip(answers.drawings.panels, FINAL, strict=True):
        if not _draws(panel, getattr(answers, name)):
            return Message(
                f"The drawing for {name} does not show the numbers of nodes of its layers",
                f"a drawing of {name}, with a number under each layer",
                "Keep the order: one layer, learning rate, three layers.",
            )
    return None


draw_networks = Exercise(
    "draw-networks",
    "Draw the three networks",
    {
        "drawings": Answer(pictures.picture, evidence.Picture, "a list of three drawings"),
        **dict.fromkeys(FINAL, MODEL.from_earlier("Train the chosen three on everything")),
    },
    [
        Criterion("there are three drawings", 2, _three_panels, stop=True),
        Criterion("each shows its network's layers", 3, _each_drawn),
    ],
    (
        "The same call, once for each network.",
        "labkit.plots.draw_network(model) returns its axes.",
        "drawings = [labkit.plots.draw_network(model_one), ..., ...]",
    ),
    [
        Misconception(
            "one-network-three-times",
            lambda answers: (
                len(answers.drawings.panels) == 3
                and len({tuple(_drawn_numbers(panel)) for panel in answers.drawings.panels}) == 1
            ),
            "All three drawings show the same network.",
        ),
        Misconception(
            "only-one-drawn",
            lambda answers: len(answers.drawings.panels) == 1,
            "Only one of the networks is drawn.",
        ),
        Misconception(
            "order-turned",
            lambda answers: all(
                _draws(panel, getattr(answers, name))
                for panel, name in zip(answers.drawings.panels, FINAL[::-1], strict=True)
            ),
            "The drawings are right, but stand in the opposite order.",
        ),
    ],
    dataset=DIGITS,
)

# --- predictions ----------------------------------------------------------------------------

PREDICTIONS = ("predictions_one", "predictions_rate", "predictions_three")


def _predicted(answers: Answers, model: str) -> np.ndarray:
    return measure.outputs(getattr(answers, model), answers.data.x_test).argmax(axis=1)


def _classes_told(answers: Answers) -> Message | None:
    count = len(answers.data.x_test)
    for name in PREDICTIONS:
        seen = getattr(answers, name)
        whole = np.array_equal(seen.sample, np.round(seen.sample))
        if seen.shape != (count,) or not whole:
            return Message(
                f"{name} has the shape {seen.shape} and the type {seen.dtype}",
                f"a whole number for each of the {count:,} test images",
                "From each row of probabilities take the place of the largest.",
            )
    return None


def _classes_right(answers: Answers) -> Message | None:
    for name, model in zip(PREDICTIONS, FINAL, strict=True):
        wanted = _predicted(answers, model)
        share = np.mean(getattr(answers, name).sample == wanted)
        # Another machine rounds differently where two classes are as good as tied.
        if share < 0.999:
            return Message(
                f"{name} agrees with {model} on {share:.1%} of the test images",
                f"what {model} predicts for x_test_scaled",
                "Run this cell again after the networks are trained.",
            )
    return None


predict_digits = Exercise(
    "predict-digits",
    "Predict the test images",
    {
        **dict.fromkeys(PREDICTIONS, ARRAY),
        **dict.fromkeys(FINAL, MODEL.from_earlier("Train the chosen three on everything")),
    },
    [
        Criterion("a class number for each test image", 2, _classes_told, stop=True),
        Criterion("the numbers are what the networks predict", 3, _classes_right),
    ],
    (
        "predict() gives ten probabilities for each image. Which class do they name?",
        "argmax(axis=...) finds the place of the largest value along an axis.",
        "predictions_one = model_one.predict(x_test_scaled, verbose=0).argmax(axis=...)",
    ),
    [
        Misconception(
            "probabilities-for-classes",
            lambda answers: len(answers.predictions_one.shape) == 2,
            "These are probabilities, ten for each image. Asked is one class for each.",
        ),
        Misconception(
            "argmax-over-wrong-axis",
            lambda answers: answers.predictions_one.shape == (10,),
            "For each class this is the image that looks most like it: the other axis.",
        ),
        Misconception(
            "training-images-predicted",
            lambda answers: answers.predictions_one.shape == answers.data.y_train.shape,
            "There is a prediction for each training image. The test images are asked for.",
        ),
        Misconception(
            "true-labels-copied",
            lambda answers: np.array_equal(answers.predictions_one.sample, answers.data.y_test),
            "These are the true labels. No network gets all of them.",
        ),
        Misconception(
            "max-for-argmax",
            lambda answers: (
                answers.predictions_one.shape == answers.data.y_test.shape
                and 0 < answers.predictions_one.maximum <= 1
                and answers.predictions_one.dtype.startswith("float")
            ),
            "This is how large the largest probability is, not where it stands.",
        ),
    ],
    dataset=DIGITS,
)

CONFUSIONS = ("confusion_one", "confusion_rate", "confusion_three")


def _counts(answers: Answers, predictions: str) -> np.ndarray:
    truth = answers.data.y_test.astype(int)
    predicted = np.asarray(getattr(answers, predictions).sample).astype(int)
    return np.bincount(truth * 10 + predicted, minlength=100).reshape(10, 10)


def _square(answers: Answers) -> Message | None:
    for name in CONFUSIONS:
        seen = getattr(answers, name).shape
        if seen != (10, 10):
            return Message(
                f"{name} has the shape {seen}",
                "a row for each true digit and a column for each predicted one",
                "sklearn.metrics has a function for it.",
            )
    return None


def _counted(answers: Answers) -> Message | None:
    for name, predictions in zip(CONFUSIONS, PREDICTIONS, strict=True):
        if not np.array_equal(getattr(answers, name).sample, _counts(answers, predictions)):
            return Message(
                f"{name} holds other counts than {predictions} gives",
                "true digits in rows, predicted digits in columns",
                "The true labels come first.",
            )
    return None


def _confusions_are(answers: Answers, change: Callable[[np.ndarray], np.ndarray]) -> bool:
    counts = [change(_counts(answers, name)) for name in PREDICTIONS]
    return all(
        np.allclose(getattr(answers, name).sample, wanted)
        for name, wanted in zip(CONFUSIONS, counts, strict=True)
    )


confusion_matrices = Exercise(
    "confusion-matrices",
    "Three confusion matrices",
    {
        **dict.fromkeys(CONFUSIONS, ARRAY),
        **dict.fromkeys(PREDICTIONS, ARRAY.from_earlier("Predict the test images")),
    },
    [
        Criterion("three tables of ten rows and ten columns", 1, _square, stop=True),
        Criterion("true digits in rows, predicted digits in columns", 4, _counted),
    ],
    (
        "A confusion matrix counts, for each pair of digits, how often one was called the other.",
        "sklearn.metrics.confusion_matrix",
        "confusion_one = sklearn.metrics.confusion_matrix(y_test, ...)",
    ),
    [
        Misconception(
            "transposed",
            lambda answers: _confusions_are(answers, np.transpose),
            "Rows and columns are swapped: the true digits belong in the rows.",
        ),
        Misconception(
            "shares-for-counts",
            lambda answers: answers.confusion_one.maximum <= 1,
            "These are shares. Asked are numbers of images.",
        ),
        Misconception(
            "one-network-three-times",
            lambda answers: all(
                np.array_equal(getattr(answers, name).sample, _counts(answers, PREDICTIONS[0]))
                for name in CONFUSIONS
            ),
            "All three tables are those of the first network.",
        ),
        Misconception(
            "predictions-compared-with-predictions",
            lambda answers: all(
                np.count_nonzero(getattr(answers, name).sample)
                == np.count_nonzero(np.diag(getattr(answers, name).sample))
                for name in CONFUSIONS
            ),
            "No digit is ever confused: the predictions are compared with themselves.",
        ),
    ],
    dataset=DIGITS,
)

NAMES = ("one layer", "learning rate", "three layers")


def _overall(answers: Answers) -> dict[str, float]:
    counts = [np.asarray(getattr(answers, name).sample, float) for name in CONFUSIONS]
    return {
        name: float(np.trace(count) / count.sum())
        for name, count in zip(NAMES, counts, strict=True)
    }


def _overall_told(answers: Answers) -> Message | None:
    told, wanted = answers.overall_accuracy.value, _overall(answers)
    if set(told) != set(wanted):
        return Message(
            f"overall_accuracy has entries for {'; '.join(told) or 'nothing'}",
            f"one for each of {'; '.join(wanted)}",
            "Keep the three names.",
        )
    for name, share in wanted.items():
        if abs(told[name] - share) > 1e-4:
            return Message(
                f"overall_accuracy[{name!r}] is {told[name]:.6g}",
                "the share of test images on the diagonal of its confusion matrix",
                "Divide what is right by all.",
            )
    return None


def _best_named(answers: Answers) -> Message | None:
    wanted = _overall(answers)
    seen = answers.best_network.value
    if isinstance(seen, str) and wanted.get(seen.strip(), -1) == max(wanted.values()):
        return None
    return Message(
        f"best_network is {criteria.show(seen)}",
        f"one of {', '.join(NAMES)}",
        "Look for the name with the largest accuracy.",
    )


def _overall_is(answers: Answers, change: Callable[[float], float]) -> bool:
    told = answers.overall_accuracy.value
    return all(
        abs(told.get(name, math.nan) - change(share)) < 1e-4
        for name, share in _overall(answers).items()
    )


overall_accuracy = Exercise(
    "overall-accuracy",
    "Overall accuracy",
    {
        "overall_accuracy": SHARES,
        "best_network": TEXT,
        **dict.fromkeys(CONFUSIONS, ARRAY.from_earlier("Three confusion matrices")),
    },
    [
        Criterion("the overall accuracy of each network", 3, _overall_told),
        Criterion("best_network names the best of them", 2, _best_named),
    ],
    (
        "Right answers stand on the diagonal of the confusion matrix.",
        "np.trace adds up the diagonal; .sum() adds up everything.",
        'overall_accuracy = {"one layer": np.trace(confusion_one) / ..., ...}',
    ),
    [
        Misconception(
            "per-cent-for-share",
            lambda answers: _overall_is(answers, lambda share: 100 * share),
            "These are percentages. Keras, and everybody who compares with it, uses shares.",
        ),
        Misconception(
            "errors-for-accuracy",
            lambda answers: _overall_is(answers, lambda share: 1 - share),
            "These are the shares of wrong answers.",
        ),
        Misconception(
            "count-for-share",
            lambda answers: _overall_is(answers, lambda share: share * len(answers.data.y_test)),
            "These are numbers of right answers. Of how many?",
        ),
        Misconception(
            "worst-chosen",
            lambda answers: (
                _overall(answers).get(answers.best_network.value) == min(_overall(answers).values())
            ),
            "This is the network with the lowest accuracy.",
        ),
    ],
    dataset=DIGITS,
)

which_does_best = Essay(
    "which-does-best",
    "Which network does best, and is it luck?",
    4,
    (
        (2, "Names the best of the three and by how many images it is ahead."),
        (2, "Sets the lead against chance: another seed, or the size of the test set."),
    ),
)

# --- the weight-decay grid ------------------------------------------------------------------

FOLDS = 5


def _decays() -> np.ndarray:
    return 10.0 ** np.arange(-3, 0.25, 0.25)


def _decays_are(answers: Answers, wanted: np.ndarray) -> bool:
    seen = answers.decays
    return seen.shape == wanted.shape and np.allclose(np.sort(seen.sample), wanted, rtol=1e-3)


def _decays_told(answers: Answers) -> Message | None:
    if _decays_are(answers, _decays()):
        return None
    seen = answers.decays
    return Message(
        f"decays has the shape {seen.shape} and goes from {seen.minimum:g} to {seen.maximum:g}",
        "from 0.001 to 1, each a fixed factor above the one before, both ends included",
        "Make the exponents first, then raise 10 to them.",
    )


count_grid = Exercise(
    "count-grid",
    "How large is the grid?",
    {"decays": ARRAY, "n_networks": NUMBER},
    [
        Criterion("decays are those of the report's sequence", 3, _decays_told),
        criteria.number(
            "n_networks",
            lambda answers: len(_decays()) * FOLDS,
            2,
            "n_networks is how many networks the grid trains",
            "For each decay, one network is trained for each fold.",
        ),
    ],
    (
        "R's seq(-3, 0, by=0.25) includes both of its ends. Count the values, not the steps.",
        "np.arange leaves its end out, np.linspace includes it.",
        "decays = 10.0 ** np.linspace(-3, 0, ...); n_networks = ... * folds",
    ),
    [
        Misconception(
            "end-left-out",
            lambda answers: _decays_are(answers, _decays()[:-1]),
            "The last decay, 1, is missing: np.arange stops before its end.",
        ),
        Misconception(
            "exponents-for-decays",
            lambda answers: _decays_are(answers, np.log10(_decays())) or answers.decays.minimum < 0,
            "These are the exponents. The decays are powers of ten.",
        ),
        Misconception(
            "fourteen-as-printed",
            lambda answers: answers.n_networks.value == 14 * FOLDS,
            "This is the number that the report prints. Count what its own sequence gives.",
        ),
        Misconception(
            "evenly-spaced",
            lambda answers: (
                len(answers.decays.sample) > 2
                and np.allclose(np.diff(answers.decays.sample), np.diff(answers.decays.sample)[0])
                and answers.decays.minimum > 0
            ),
            "These are evenly spaced. Here each is a fixed factor above the one before.",
        ),
    ],
)

PIECE_ALPHAS = (0.01, 0.1, 1.0)
PIECE = 2_000
PIECE_BATCH = 200


def piece_alphas() -> list[float]:
    """Return scikit-learn's alphas for the three decays that are tried on the small piece."""
    from labkit.reports import grid

    trained_on = PIECE * (FOLDS - 1) / FOLDS
    return [grid.alpha(decay, trained_on, PIECE_BATCH) for decay in PIECE_ALPHAS]


def _fitted(answers: Answers) -> Message | None:
    if answers.search.value["fitted"]:
        return None
    return Message(
        "search has not been fitted yet",
        "a search with results",
        "Call search.fit with the images and labels of the piece.",
    )


def _same_alphas(seen: Sequence[float], wanted: Sequence[float]) -> bool:
    return len(seen) == len(wanted) and np.allclose(sorted(seen), sorted(wanted), rtol=1e-3)


def _searches_alphas(answers: Answers) -> Message | None:
    seen = answers.search.value["alphas"]
    if _same_alphas(seen, piece_alphas()):
        return None
    return Message(
        f"search tried the alphas {', '.join(f'{alpha:g}' for alpha in seen)}",
        "those in `alphas`",
        'The second argument is a dictionary: {"alpha": ...}.',
    )


def _searches_folds(answers: Answers) -> Message | None:
    seen = answers.search.value["folds"]
    if seen == FOLDS:
        return None
    return Message(f"search used {seen} folds", f"{FOLDS} folds", "GridSearchCV takes cv=.")


def _searches_width(answers: Answers) -> Message | None:
    seen = answers.search.value["nodes"]
    if seen in (50, [50]):
        return None
    return Message(
        f"The network has hidden_layer_sizes={criteria.show(seen)}",
        "one hidden layer of 50 nodes",
        "MLPClassifier takes hidden_layer_sizes=.",
    )


def _piece_accuracy(answers: Answers) -> float:
    """Return the accuracy on the piece of the network that the search trained in the end."""
    arrays = [np.asarray(part, float) for part in answers.search.value["weights"]]
    if not arrays:
        raise ValueError("it has no weights")
    values = answers.data.x_train[:PIECE].reshape(-1, 784) / 255.0
    for number in range(0, len(arrays), 2):
        if number:
            values = np.maximum(values, 0)  # MLPClassifier's activation where none is named
        values = values @ arrays[number] + arrays[number + 1]
    return float(np.mean(values.argmax(axis=1) == answers.data.y_train[:PIECE]))


def _searches_well(answers: Answers) -> Message | None:
    best = max(answers.search.value["scores"], default=math.nan)
    if not best > 0.6:
        return Message(
            f"The best mean accuracy is {best:.1%}",
            "more than 60 %",
            "Were the images scaled and are the labels those of the same images?",
        )
    try:
        seen = _piece_accuracy(answers)
    except (ValueError, IndexError):
        return Message(
            "search does not hold the network that it trained in the end",
            "a search that has been fitted, refit=True as it is by default",
            "Call search.fit with the images and labels of the piece.",
        )
    if seen >= best - 0.1:
        return None
    return Message(
        f"search tells of a mean accuracy of {best:.1%}, but its network is right on {seen:.1%} "
        "of the piece",
        "the results of its own fit",
        "Call search.fit with the images and labels of the piece.",
    )


plain_search = Exercise(
    "plain-search",
    "The plain way, on a small piece",
    {"search": Answer(searches.grid_search, evidence.Value, "a GridSearchCV of scikit-learn")},
    [
        Criterion("the search has been fitted", 1, _fitted, stop=True),
        Criterion("it tried the three alphas", 2, _searches_alphas),
        Criterion("with five folds", 1, _searches_folds),
        Criterion("on networks with 50 nodes in one layer", 1, _searches_width),
        Criterion("and found networks that learnt", 1, _searches_well),
    ],
    (
        "A search takes a network, a dictionary of what to try, and a number of folds.",
        "GridSearchCV(network, {...}, cv=...), then .fit(x_piece, y_piece).",
        'GridSearchCV(MLPClassifier((...,), max_iter=10, random_state=1), {"alpha": alphas}, '
        "cv=...)",
    ),
    [
        Misconception(
            "not-fitted",
            lambda answers: not answers.search.value["fitted"],
            "The search is set up, but has not begun.",
        ),
        Misconception(
            "decay-taken-for-alpha",
            lambda answers: _same_alphas(answers.search.value["alphas"], PIECE_ALPHAS),
            "These are R's decays. scikit-learn counts in another way: use `alphas`.",
        ),
        Misconception(
            "default-width",
            lambda answers: answers.search.value["nodes"] in (100, [100]),
            "100 nodes are what MLPClassifier takes when it is not told.",
        ),
        Misconception(
            "wrong-number-of-folds",
            lambda answers: answers.search.value["folds"] not in (0, FOLDS),
            "The number of folds is not the report's.",
        ),
    ],
)


def _means(answers: Answers) -> np.ndarray:
    return np.asarray(answers.accuracies.sample).mean(axis=1)


def _spreads(answers: Answers) -> list[np.ndarray]:
    values = np.asarray(answers.accuracies.sample)
    return [values.std(axis=1, ddof=ddof) for ddof in (1, 0)]


def _is_array(fact: evidence.Array, wanted: np.ndarray) -> bool:
    return fact.shape == wanted.shape and np.allclose(fact.sample, wanted, atol=1e-5)


def _means_told(answers: Answers) -> Message | None:
    seen = answers.mean_accuracy
    if _is_array(seen, _means(answers)):
        return None
    return Message(
        f"mean_accuracy has the shape {seen.shape} and the mean {seen.mean:.4f}",
        "for each decay, the mean over its five folds",
        "Rows are decays, columns are folds: which axis disappears?",
    )


def _spreads_told(answers: Answers) -> Message | None:
    seen = answers.spread
    if any(_is_array(seen, wanted) for wanted in _spreads(answers)):
        return None
    return Message(
        f"spread has the shape {seen.shape} and the mean {seen.mean:.2g}",
        "for each decay, the standard deviation over its five folds",
        "It has the same axis as the mean.",
    )


def _best_decay_told(answers: Answers) -> Message | None:
    means = _means(answers)
    best = _decays()[np.isclose(means, means.max(), rtol=0, atol=1e-9)]
    seen = answers.best_decay
    if criteria.is_number(seen) and np.any(np.isclose(seen.value, best, rtol=1e-3)):
        return None
    return Message(
        f"best_decay is {criteria.show(seen.value)}",
        "the decay with the highest mean accuracy",
        "argmax gives its place; decays has its value.",
    )


grid_table = Exercise(
    "grid-table",
    "Mean and spread",
    {
        "mean_accuracy": ARRAY,
        "spread": ARRAY,
        "best_decay": NUMBER,
        "accuracies": ARRAY.from_earlier("How large is the grid?"),
    },
    [
        Criterion("mean_accuracy is the mean over the folds", 2, _means_told),
        Criterion("spread is the standard deviation over the folds", 2, _spreads_told),
        Criterion("best_decay has the highest mean", 1, _best_decay_told),
    ],
    (
        "Each row of accuracies belongs to a decay, each column to a fold.",
        "accuracies.mean(axis=...) and accuracies.std(axis=..., ddof=1).",
        "best_decay = decays[mean_accuracy.argmax()]",
    ),
    [
        Misconception(
            "mean-over-decays",
            lambda answers: answers.mean_accuracy.shape == (FOLDS,),
            "There are five means, one for each fold. Asked is one for each decay.",
        ),
        Misconception(
            "variance-for-spread",
            lambda answers: any(
                np.allclose(answers.spread.sample, wanted**2, atol=1e-9)
                for wanted in _spreads(answers)
            ),
            "This is the variance. Its root has the unit of the accuracy.",
        ),
        Misconception(
            "best-fold-for-mean",
            lambda answers: np.allclose(
                answers.mean_accuracy.sample, np.asarray(answers.accuracies.sample).max(axis=1)
            ),
            "This is the luckiest fold of each decay, not the mean.",
        ),
        Misconception(
            "index-for-decay",
            lambda answers: answers.best_decay.value == _means(answers).argmax(),
            "This is the place of the best decay in the list. What stands there?",
        ),
    ],
)


def _points(parts: Sequence[Any], x: float) -> np.ndarray:
    """Return all heights at the place `x`."""
    points = [point for part in parts for point in part]
    return np.array([y for at, y in points if math.isclose(at, x, rel_tol=1e-3)])


def _draws_means(answers: Answers) -> Message | None:
    for line in answers.grid_axes.value["lines"]:
        heights = [_points([line], decay) for decay in _decays()]
        if all(
            len(seen) and np.any(np.isclose(seen, mean, atol=1e-5))
            for seen, mean in zip(heights, _means(answers), strict=True)
        ):
            return None
    return Message(
        f"None of the {len(answers.grid_axes.value['lines'])} lines in the picture goes through "
        "the means",
        "mean_accuracy over decays",
        "decays go to the right, mean_accuracy upwards.",
    )


def _draws_spread(answers: Answers) -> Message | None:
    parts = answers.grid_axes.value["spans"] + answers.grid_axes.value["lines"]
    for spread in _spreads(answers):
        lows, highs = _means(answers) - spread, _means(answers) + spread
        if all(
            np.any(np.isclose(_points(parts, decay), low, atol=1e-5))
            and np.any(np.isclose(_points(parts, decay), high, atol=1e-5))
            for decay, low, high in zip(_decays(), lows, highs, strict=True)
        ):
            return None
    return Message(
        "The picture does not show the spread",
        "from one spread below the mean to one above it, at each decay",
        "Matplotlib has a function that draws a line with bars of error.",
    )


def _draws_well(answers: Answers) -> Message | None:
    seen = answers.grid_axes.value
    if seen["xscale"] not in ("log", "symlog"):
        return Message(
            f"The decays stand on a {seen['xscale']} axis, most of them crowded at the left",
            "equal room for equal factors",
            "Axes have set_xscale.",
        )
    if not (seen["xlabel"].strip() and seen["ylabel"].strip()):
        return Message("An axis has no label", "words at both axes", "set_xlabel and set_ylabel.")
    return None


grid_picture = Exercise(
    "grid-picture",
    "Accuracy by decay",
    {
        "grid_axes": Answer(searches.error_bars, evidence.Value, "the axes of a picture"),
        "accuracies": ARRAY.from_earlier("How large is the grid?"),
    },
    [
        Criterion("a line through the means", 2, _draws_means),
        Criterion("the spread over the folds at each decay", 2, _draws_spread),
        Criterion("a logarithmic axis, and words at both axes", 1, _draws_well),
    ],
    (
        "A line with a bar at each point: the bar is as long as the spread.",
        "ax.errorbar(x, y, yerr=...) draws both; ax.set_xscale('log') spaces the decays.",
        "grid_axes.errorbar(decays, ..., yerr=..., marker='o', capsize=3)",
    ),
    [
        Misconception(
            "no-spread",
            lambda answers: _draws_means(answers) is None and _draws_spread(answers) is not None,
            "A mean without its spread does not say whether a difference means anything.",
        ),
        Misconception(
            "linear-axis",
            lambda answers: answers.grid_axes.value["xscale"] == "linear",
            "On a linear axis half of the decays share a twentieth of the width.",
        ),
        Misconception(
            "axes-without-words",
            lambda answers: (
                not answers.grid_axes.value["xlabel"] or not answers.grid_axes.value["ylabel"]
            ),
            "Nobody can tell what the axes show.",
        ),
        Misconception(
            "place-for-decay",
            lambda answers: any(
                [x for x, _ in line] == list(range(len(_decays())))
                for line in answers.grid_axes.value["lines"]
            ),
            "The points stand at 0, 1, 2, …: give the decays first.",
        ),
    ],
)

read_grid = Essay(
    "read-grid",
    "What does the grid say?",
    4,
    (
        (2, "Sets the differences between decays against the spread over the folds."),
        (1, "Says which decay they would take, and why that is a weak preference."),
        (1, "Names why it is so much cheaper here: one pass for all, small steps, float32."),
    ),
)

LAB = Lab(
    "lab4-tuning",
    "Choosing a network",
    110,
    (
        kind_of_problem,
        baseline,
        build_mlp,
        one_layer,
        rate_and_nodes,
        three_layers,
        final_networks,
        draw_networks,
        predict_digits,
        confusion_matrices,
        overall_accuracy,
        which_does_best,
        count_grid,
        plain_search,
        grid_table,
        grid_picture,
        read_grid,
    ),
)
_in_a_notebook = notebook_lab.of(LAB)
progress, hint, submit = _in_a_notebook.progress, _in_a_notebook.hint, _in_a_notebook.submit
