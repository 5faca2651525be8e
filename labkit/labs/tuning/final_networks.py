"""Train the chosen three on everything

The settings are chosen. Now build the three networks anew and train each for five epochs with
`batch_size=128` on **all** training images: `model_one` with your `best_nodes`, `model_rate` with
your `best_rate_and_nodes`, and `model_three` with three layers of your `best_nodes_of_three`.
"""

import contextlib
import math

import numpy as np

from labkit.checks import criteria, measure, structures
from labkit.checks.authoring import MODEL, Exercise, Message
from labkit.checks.exercise import Criterion, Unusable
from labkit.labs import floors
from labkit.labs.tuning import shared

SEARCHES = ("best_nodes", "best_rate_and_nodes", "best_nodes_of_three")
ANEW = "Build it anew with the chosen values."
exercise = Exercise(
    __doc__,
    **dict.fromkeys(shared.FINAL, MODEL),
    needs=SEARCHES,
    hints=(
        "The search is over: now all training images may be learnt from, the validation part too.",
        "build_mlp(...) once for each network, then fit(x_train_scaled, y_train, ...).",
        "model_rate = build_mlp(best_rate_and_nodes[1], 1, best_rate_and_nodes[0]); "
        "model_rate.fit(..., epochs=5, batch_size=128, verbose=0)",
    ),
)


@exercise.solution
def solution(
    build_mlp, best_nodes, best_rate_and_nodes, best_nodes_of_three, x_train_scaled, y_train
):
    best_rate, nodes_at_best_rate = best_rate_and_nodes
    model_one = build_mlp(best_nodes)
    model_rate = build_mlp(nodes_at_best_rate, 1, best_rate)
    model_three = build_mlp(best_nodes_of_three, layers=3)
    for model in (model_one, model_rate, model_three):
        model.fit(x_train_scaled, y_train, epochs=5, batch_size=128, verbose=0)
    return model_one, model_rate, model_three


def _chosen(answers, name):
    """Return the hidden layers and the learning rate that the searches chose for a network."""
    one, pair, three = (getattr(answers, search).value for search in SEARCHES)
    try:
        return {
            "model_one": ([int(one)], 0.001),
            "model_rate": ([int(pair[1])], float(pair[0])),
            "model_three": ([int(three)] * 3, 0.001),
        }[name]
    except (TypeError, ValueError, LookupError, OverflowError):
        saw = f"No network can be built with {', '.join(SEARCHES)} as they are"
        message = Message(saw, "what the searches chose", "Do the three searches first.")
        raise Unusable(message) from None


def _networks(answers):
    """Return those of the three that are networks, by name."""
    found = {}
    for name in shared.FINAL:
        with contextlib.suppress(Unusable):
            found[name] = getattr(answers, name)
    return found


def _built(name, asks):
    def test(answers):
        model, (layers, rate) = getattr(answers, name), _chosen(answers, name)
        if shared.hidden(model) != layers:
            return Message(
                f"{name} has hidden layers of "
                f"{shared.nodes_in_words(shared.hidden(model)) or 'no'} nodes",
                f"{shared.nodes_in_words(layers)}, as chosen above",
                ANEW,
            )
        seen = structures.learning_rate(model)
        if seen is None or not math.isclose(seen, rate, rel_tol=1e-4):
            return Message(
                f"The learning rate of {name} is {shared.rate_in_words(seen)}",
                f"{rate:g}, as chosen above",
                ANEW,
            )
        fault = shared.built_otherwise(_networks(answers), shared.blocks)
        return fault if fault and fault.saw.startswith(f"{name} ") else None

    exercise.require(Criterion(f"{name} is built as chosen", 1, test), asks=asks)


_built("model_one", "`model_one` with your `best_nodes`")
_built("model_rate", "`model_rate` with your `best_rate_and_nodes`")
_built("model_three", "`model_three` with three layers of your `best_nodes_of_three`")


def _trained(name):
    least = criteria.floor(
        name,
        lambda answers: floors.least("digits", answers.data.kind),
        1,
        f"{name} is trained on all training images",
        "Fit it on x_train_scaled and y_train for five epochs.",
    )

    def test(answers):
        fault = least.test(answers)
        model = getattr(answers, name)
        return fault or shared.trained_as(answers, model, name, shared.EVERYTHING)

    exercise.require(
        Criterion(least.title, least.points, test),
        asks="train each for five epochs with `batch_size=128` on **all** training images",
    )


for each in shared.FINAL:
    _trained(each)


@exercise.sign
def not_trained(model_one, model_rate, model_three, data):
    """At least one network guesses: it was built, but not trained."""
    models, part = (model_one, model_rate, model_three), shared.test_part(data)
    return any(not model.fits and measure.accuracy(model, *part) < 0.3 for model in models)


@exercise.sign(
    shown_by=lambda model_one, model_rate, model_three: (model_three, model_rate, model_one),
    earns=4,
)
def networks_mixed_up(model_one, model_three):
    """Networks with one and with three hidden layers look mixed up."""
    return len(shared.hidden(model_one)) == 3 or len(shared.hidden(model_three)) == 1


@exercise.right
def numpy_numbers(best_nodes, best_rate_and_nodes):
    rate, nodes = best_rate_and_nodes
    return ..., ..., ..., np.int64(best_nodes), (rate, np.int64(nodes)), ...


@exercise.right
def a_list_for_the_pair(best_rate_and_nodes):
    return ..., ..., ..., ..., list(best_rate_and_nodes), ...


exercise.wrong(constant=lambda: (0, 0, 0))
exercise.wrong(earns=4, one_missing=lambda: (..., None, ...))
exercise.wrong(
    earns=5,
    not_as_chosen=lambda best_nodes: (..., ..., ..., 16 if best_nodes == 8 else 8, ..., ...),
)
exercise.wrong(earns=3, nothing_was_chosen=lambda: (..., ..., ..., "many", 7, None))


@exercise.wrong(earns=3, shows="not-trained")
def only_built(build_mlp, best_nodes, best_rate_and_nodes, best_nodes_of_three):
    rate, nodes = best_rate_and_nodes
    return build_mlp(best_nodes), build_mlp(nodes, 1, rate), build_mlp(best_nodes_of_three, 3)


def _compiled(keras, layers, model, loss):
    """Return a network of these layers, with the rate of `model`."""
    made = keras.Sequential([keras.Input((28, 28)), *layers])
    made.compile(keras.optimizers.Adam(float(model.optimizer.learning_rate)), loss)
    return made


@exercise.wrong(earns=5)
def softmax_twice(keras, model_three):
    layers = [*model_three.layers, keras.layers.Softmax()]
    return ..., ..., _compiled(keras, layers, model_three, model_three.loss)


@exercise.wrong(earns=5)
def told_of_scores(keras, model_rate):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return ..., _compiled(keras, model_rate.layers, model_rate, loss), ...


exercise.alike["*: compiled with metrics *"] = (
    "what is reported is asked where the function is written"
)
for each in ("elements *", "swapped: model_*"):
    exercise.alike[f"code: {each}"] = "in which order networks are built and trained is free"
