"""What exercises about the three networks have in common, and the records that the notebook shows."""

import functools

import numpy as np

from labkit import evidence
from labkit.checks import agreement, canonical, measure, names, structures
from labkit.checks.authoring import MODEL, Message
from labkit.checks.exercise import Answer, Criterion, Misconception
from labkit.evidence import networks
from labkit.reports import challengers, comparison, recipes, recordings

# --- building the networks: what they are made of --------------------------------------------

STRUCTURE = Answer(networks.structure, evidence.Model, MODEL.words)


def chain(model):
    """Return a network as a chain of steps."""
    return canonical.canonical(model.config)


def filters(name, wanted, points, title):
    """Require the numbers of filters of all convolutions."""

    def test(answers):
        convolutions = structures.chain_of(answers, name).of("convolution")
        seen = [step.settings["filters"] for step in convolutions]
        if seen == list(wanted):
            return None
        told = ", ".join(map(str, seen)) or "none"
        next_step = "Compare your layers with the table above, line by line."
        return Message(f"The convolutions of {name} have these filters: {told}", "", next_step)

    return Criterion(title, points, test)


def hidden_activation(name, wanted, points):
    """Require an activation in every layer but the last."""

    def test(answers):
        seen = structures.chain_of(answers, name).activations()
        if set(seen[:-1]) == {wanted}:
            return None
        return Message(
            f"The layers of {name} have the activations {'; '.join(seen)}",
            f"{wanted} in every layer but the last",
            "Every convolution and every dense layer takes the argument activation.",
        )

    return Criterion(f"{wanted} in every layer but the last", points, test)


def ten_probabilities(name, points):
    """Require ten nodes with softmax at the end, and nothing after them."""

    def test(answers):
        seen = structures.chain_of(answers, name)
        units, activation = structures.units(seen)[-1], seen.activations()[-1]
        if (units, activation) != (10, "softmax"):
            return Message(
                f"The last layer of {name} has {structures.nodes(units)} and the activation {activation}",
                "one probability for each class, which add up to 1",
                "Which activation makes ten probabilities out of ten numbers?",
            )
        layers = seen.of("convolution", "dense", "max pooling", "average pooling")
        if any(place == len(layers) for place, _ in seen.dropouts()):
            return Message(
                f"In {name} a dropout comes after the last layer",
                "ten probabilities that nothing changes any more",
                "Let the network end with its last dense layer.",
            )
        return None

    return Criterion("ten probabilities come out", points, test)


def as_in_the_report(name, wanted, count, points):
    """Require every layer to do what that of the report does; the number of weights follows."""

    def test(answers):
        seen = getattr(answers, name).parameters
        unlike = structures.built_like(name, wanted, answers)
        if seen == count and unlike is None:
            return None
        return Message(
            f"{name} has {seen:,} parameters" if seen != count or not unlike else unlike.saw,
            f"{count:,} parameters, in layers as in the table",
            f"Print {name}.summary() and look for the first layer whose shape surprises you.",
        )

    return Criterion("sizes, shapes and parameters as in the report", points, test)


def no_channel(name):
    return Misconception(
        "missing-channel-axis",
        lambda answers: (getattr(answers, name).input_shape or ())[1:] == (28, 28),
        "The input has no channel axis: a convolution wants rows, columns and channels.",
    )


def no_softmax(name):
    def ends_in(activation):
        return lambda answers: structures.chain_of(answers, name).activations()[-1:] == [activation]

    return (
        Misconception(
            "sigmoid-for-softmax",
            ends_in("sigmoid"),
            "Sigmoid rates each class for itself: the ten numbers do not add up to 1. Here "
            "exactly one class is right.",
        ),
        Misconception(
            "no-softmax",
            ends_in("linear"),
            "The last layer has no activation: its ten numbers are scores, not probabilities.",
        ),
    )


def add_softmax(exercise, name, earned):
    """Know the mistakes of the last layer, and give the answers that all three networks have."""
    exercise.knows(*no_softmax(name))
    _add_answers(exercise, name, earned)


def _add_answers(exercise, name, earned):
    def in_functions(keras, network):
        return functional(keras, network)

    def no_channel(keras, network):
        return functional(keras, network, (28, 28), [keras.layers.Reshape((28, 28, 1))])

    def sigmoid(keras, network):
        return rebuilt(network, last="sigmoid")

    def scores(keras, network):
        return rebuilt(network, last="linear")

    exercise.right(names.asking(in_functions, "keras", name))
    exercise.wrong(names.asking(no_channel, "keras", name), shows="missing-channel-axis")
    for make, shown in ((sigmoid, "sigmoid-for-softmax"), (scores, "no-softmax")):
        exercise.wrong(names.asking(make, "keras", name), earns=earned, shows=shown)


def padded(model):
    """Tell for each convolution whether it pads the image."""
    return [any(map(any, step.settings["padding"])) for step in chain(model).of("convolution")]


def rebuilt(model, pooling="", last="softmax", without="", **settings):
    """Return a network like `model`, with another activation at the end, and fresh weights.

    It may have another layer for pooling, go `without` a kind of layer, and have other settings in
    all layers that have such.
    """
    config = model.get_config()
    layers = [layer for layer in config["layers"] if layer["class_name"] != without]
    for layer in layers:
        layer.pop("build_config", None)  # the shapes may be others now
        layer["config"] |= {key: settings[key] for key in settings.keys() & layer["config"].keys()}
        if pooling and "Pooling" in layer["class_name"]:
            layer["class_name"] = pooling
    layers[-1]["config"]["activation"] = last
    return type(model).from_config({"name": config["name"], "layers": layers})


def functional(keras, model, shape=(28, 28, 1), first=()):
    """Return the functional network of `first` and the layers of `model`, with fresh weights."""
    inputs = x = keras.Input(shape)
    for layer in (*first, *rebuilt(model).layers):
        x = layer(x)
    return keras.Model(inputs, x)


# --- the ConvNet with dropout -------------------------------------------------------------------

RATES = (0.25, 0.25, 0.4, 0.3)
CONVNET = canonical.chain(
    (28, 28, 1),
    canonical.convolution(32, 5, "relu"),
    canonical.max_pooling(2),
    canonical.dropout(RATES[0]),
    canonical.convolution(64, 3, "relu"),
    canonical.max_pooling(2),
    canonical.dropout(RATES[1]),
    canonical.convolution(128, 3, "relu"),
    canonical.dropout(RATES[2]),
    canonical.flatten(),
    canonical.dense(128, "relu"),
    canonical.dropout(RATES[3]),
    canonical.dense(10, "softmax"),
)

# --- the ConvNet, trained, saved and read again -----------------------------------------------


def fresh(keras, model):
    """Return a compiled network with the layers of `model` and weights of its own."""
    made = keras.models.clone_model(model)
    made.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return made


def measured(test):
    """Let a criterion measure `restored`, and say so where that cannot be tried on the images."""

    @functools.wraps(test)
    def safe(**given):
        try:
            return test(**given)
        except measure.NotMeasurable as error:
            return Message(f"restored cannot be tried on the images: {error}")

    return safe


PART = 10_000  # how many images of each kind are counted


def counts(restored, images, labels, scale=255.0):
    """Return how often a network takes images of one class (a row) for another one (a column)."""
    pairs = labels[:PART].astype(int) * 10 + _outputs(restored, images, scale).argmax(axis=1)
    return np.bincount(pairs, minlength=100).reshape(10, 10)


def undecided(restored, images):
    """Return how many images another machine's rounding may put into another class."""
    return agreement.undecided(_outputs(restored, images))


def _outputs(restored, images, scale=255.0):
    seen = measure.outputs(restored, images[:PART], scale)
    if seen.shape[1] != 10:
        raise measure.NotMeasurable(f"it puts out {seen.shape[1]} numbers for an image")
    return seen


# --- the reports' networks, as they were recorded ---------------------------------------------

BASELINE = 0.897  # the mean accuracy of the support-vector classifier that R1 compares with
COLUMNS = ("network", "what it is", "parameters", "runs", "accuracy", "spread", "seconds")
_FULL_RUNS = ("R1-conv", "R3-lenet", "R2-conv")


def all_networks():
    """Return the recorded networks of the course, from the least to the most accurate.

    Returns
    -------
    list of dict
        With the keys `COLUMNS`: how many ``runs`` with different seeds were recorded, the mean
        and the standard deviation of their ``accuracy`` on the test images, and the mean
        ``seconds`` of a training.
    """
    rows = []
    for recipe in recipes.RECIPES.values():
        # A cross-validated network has no accuracy on the test images.
        _, every = recordings.fullest(recipe)
        runs = [run for run in every if "test" in run.get("confusion", {})]
        if runs:
            test = comparison.spread([recordings.accuracy(run, "test") for run in runs])
            seconds = comparison.spread([run["seconds"] for run in runs])
            known = (recipe.network, recipe.title, recipe.parameters)
            measured = (test.count, test.mean, test.deviation, seconds.mean)
            rows.append(dict(zip(COLUMNS, (*known, *measured), strict=True)))
    return sorted(rows, key=lambda row: row["accuracy"])


def recorded_curves():
    """Return the recorded learning curves of this lab's three networks, by network."""
    runs = {name: recordings.fullest(recipes.RECIPES[name])[1] for name in _FULL_RUNS}
    return {name: found[0]["curves"] for name, found in runs.items() if found}


def leaderboard():
    """Return R1's ConvNet and the kit's answers, as ``benchmarks/challenge.py`` recorded them."""
    return challengers.leaderboard(challengers.read()["runs"])


# --- the challenge ----------------------------------------------------------------------------

SCALE = {  # test accuracies, each worth the same number of points
    "real": (0.86, 0.88, 0.89, 0.9),
    "sample": (0.80, 0.85, 0.90, 0.93),
}
