"""Lab 5: overfitting, and what keeps a network from it."""

import functools
import math
from collections.abc import Callable, Sequence

import numpy as np

from labkit import evidence
from labkit.checks import canonical, criteria, measure, networks, structures, trainings
from labkit.checks.exercise import (
    ARRAY,
    HISTORY,
    MODEL,
    NUMBER,
    TEXT,
    Answers,
    Criterion,
    Essay,
    Exercise,
    Lab,
    Misconception,
    function,
)
from labkit.checks.result import Message
from labkit.labs import floors
from labkit.notebook import lab as notebook_lab

PIXELS, CLASSES = 28 * 28, 10
PART = 4_800  # so few images are learnt by heart within a minute
EPOCHS = 30
DROPOUT_BATCH, PLAIN_BATCH = 480, 96
L2_FACTOR = 1e-3
SIMPLE_BATCH, MOST_EPOCHS, PATIENCE = 128, 50, 5

# --- the parts ------------------------------------------------------------------------------


def _valid_start(images: np.ndarray) -> int:
    return len(images) * 4 // 5


def _part(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    return answers.data.x_train[:PART], answers.data.y_train[:PART]


def _valid(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    start = _valid_start(answers.data.x_train)
    return answers.data.x_train[start:], answers.data.y_train[start:]


_CUTS = {
    "x_part": (lambda answers: _part(answers)[0], f"the first {PART:,} scaled training images"),
    "y_part": (lambda answers: _part(answers)[1], "the labels of the same images"),
    "x_valid": (lambda answers: _valid(answers)[0], "the last fifth of the scaled training images"),
    "y_valid": (lambda answers: _valid(answers)[1], "the labels of the same images"),
}


def _cut(name: str, points: float) -> Criterion:
    expected, words = _CUTS[name]

    def test(answers: Answers) -> Message | None:
        fact, wanted = getattr(answers, name), expected(answers)
        if fact.shape != wanted.shape:
            return Message(
                f"{name} has the shape {fact.shape}", words, "Count the images of your slice."
            )
        if criteria.agrees(fact, wanted, divided_by=255 if wanted.ndim == 3 else 1):
            return None
        return Message(f"{name} holds something else", words, "Look where your slice begins.")

    return Criterion(f"{name}: {words}", points, test)


def _overlaps(answers: Answers) -> bool:
    """Tell whether the first or last image of one part is in the other as well."""
    valid = answers.x_valid.sample
    part = answers.x_part.sample
    return any(np.array_equal(valid[end], image) for end in (0, -1) for image in part)


hold_out = Exercise(
    "hold-out",
    "Hold images out",
    dict.fromkeys(_CUTS, ARRAY),
    [_cut("x_part", 2), _cut("y_part", 1), _cut("x_valid", 2), _cut("y_valid", 2)],
    (
        "Four slices: two of the images, two of the labels, cut at the same places.",
        "x[:n] are the first n entries, x[n:] is everything from entry n on; a fifth is held out, "
        "so n is four fifths of len(x_train).",
        "x_part = x_train_scaled[:…]; y_part = y_train[:…]; start = len(x_train) * 4 // 5; "
        "x_valid = x_train_scaled[start:]; y_valid = …",
    ),
    [
        Misconception(
            "unscaled-pixels",
            lambda answers: max(answers.x_part.maximum, answers.x_valid.maximum) > 1,
            "These are pixels from 0 to 255. Cut your parts from x_train_scaled.",
        ),
        Misconception(
            "validation-on-the-test-set",
            lambda answers: criteria.agrees(
                answers.x_valid, answers.data.x_test[: answers.x_valid.shape[0]], divided_by=255
            ),
            "x_valid comes from the test set. Whoever chooses by it has no unseen images left in "
            "the end.",
        ),
        Misconception(
            "validation-among-the-training-images",
            _overlaps,
            "Some images are in both parts. A network may know the images it trains on by heart: "
            "what it makes of them says nothing about others.",
        ),
        Misconception(
            "labels-of-others",
            lambda answers: (
                criteria.agrees(answers.x_valid, _valid(answers)[0], divided_by=255)
                and not criteria.agrees(answers.y_valid, _valid(answers)[1])
            ),
            "The labels belong to other images: cut them exactly as you cut the images.",
        ),
    ],
)

# --- dropout by hand ------------------------------------------------------------------------

_SURE = 5  # standard errors: a right function is refused once in a million


def dropout_probes(random: np.random.Generator) -> list[tuple]:
    """Return values without zeros, rates, and generators.

    The first three calls have the same values and rate: the first and the second have two
    generators, the first and the third have two that draw the same.
    """
    seeds = [int(seed) for seed in random.choice(2**31, 3, replace=False)]
    values, others = (_without_zeros(random, shape) for shape in ((120, 100), (90, 110)))
    calls = ((values, 0.4, seeds[0]), (values, 0.4, seeds[1]), (values, 0.4, seeds[0]))
    probes = [(part.copy(), rate, np.random.default_rng(seed)) for part, rate, seed in calls]
    return [*probes, (others, 0.2, np.random.default_rng(seeds[2]))]


def _without_zeros(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return random.uniform(1, 2, shape) * random.choice([-1, 1], shape)


def _dropped(answers: Answers) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Return what the function made of the values, the values and the rate, for every probe."""
    fact = answers.drop
    probes = dropout_probes(np.random.default_rng(fact.seed))
    return [
        (np.asarray(call.result.sample, float), values, rate)
        for call, (values, rate, _) in zip(fact.calls, probes, strict=True)
        if isinstance(call.result, evidence.Array) and call.result.shape == values.shape
    ]


def _drop_runs(answers: Answers) -> Message | None:
    fact = answers.drop
    expected = "an array of the same shape as values"
    probes = dropout_probes(np.random.default_rng(fact.seed))
    for call, (values, _, _) in zip(fact.calls, probes, strict=True):
        result = call.result
        if isinstance(result, evidence.Raised):
            return Message(
                f"On a small test drop raised {result.type}: {result.text}",
                expected,
                "Try drop(np.ones((2, 3)), 0.4, np.random.default_rng(1)) in a cell of your own.",
            )
        if not isinstance(result, evidence.Array) or result.shape != values.shape:
            return Message(
                f"For values of shape {values.shape} drop returned {_kind(result)}",
                expected,
                "End the function with return, and let NumPy work on the whole array.",
            )
        if call.changed_its_input:
            return Message(
                "drop changes the array that it is given",
                "a new array; backpropagation still needs the old one",
                "Make the result from values without assigning into it.",
            )
    return None


def _kind(result: evidence.Array | evidence.Value | evidence.Placeholder) -> str:
    if isinstance(result, evidence.Array):
        return f"an array of shape {result.shape}"
    return "nothing" if isinstance(result, evidence.Placeholder) else f"one {result.type}"


def _is_share(zeros: np.ndarray, share: float) -> bool:
    return abs(zeros.mean() - share) <= _SURE * math.sqrt(share * (1 - share) / zeros.size)


def _places_differ(results: Sequence[np.ndarray]) -> bool:
    return not np.array_equal(results[0] == 0, results[1] == 0)


def _whole_lines(zeros: np.ndarray) -> bool:
    return any(zeros.all(axis=axis).any() for axis in (0, 1))


def _drop_share(answers: Answers) -> Message | None:
    for result, _, rate in _dropped(answers):
        zeros = result == 0
        if _whole_lines(zeros) and not zeros.all():
            return Message(
                "drop set whole rows or columns to 0",
                "a decision of its own for every value",
                "Draw as many random numbers as there are values: their shape is values.shape.",
            )
        if not _is_share(zeros, rate):
            return Message(
                f"At a rate of {rate} drop set {zeros.mean():.0%} of the values to 0",
                "about the share that rate says",
                "random.random(shape) gives numbers from 0 to 1. How many are below the rate?",
            )
    results = [result for result, _, _ in _dropped(answers)]
    if not _places_differ(results[:2]):
        return Message(
            "drop set the same places to 0 in two calls",
            "other places in every call",
            "Draw from the generator that is handed over.",
        )
    if _places_differ(results[0:3:2]):
        return Message(
            "With two generators that draw the same numbers, drop set different places to 0",
            "places that only the generator decides, so that a run can be repeated",
            "Draw from the generator that is handed over, and from nothing else.",
        )
    return None


def _kept_times(answers: Answers, factor: Callable[[float], float]) -> bool:
    """Tell whether some values stay, all of them multiplied by `factor` of the rate."""
    results = _dropped(answers)
    return bool(results) and all(
        result.any()
        and np.allclose(result[result != 0], (values * factor(rate))[result != 0], atol=1e-6)
        for result, values, rate in results
    )


def _drop_scale(answers: Answers) -> Message | None:
    if _kept_times(answers, lambda rate: 1 / (1 - rate)):
        return None
    return Message(
        "The values that stay are not made larger by the right factor",
        "values whose sum is on average what it was before",
        "If 40 % of ten equal values are gone, what must the other six be multiplied by?",
    )


write_dropout = Exercise(
    "write-dropout",
    "Dropout in three lines",
    {"drop": function(dropout_probes)},
    [
        Criterion("returns a new array of the same shape", 2, _drop_runs, stop=True),
        Criterion("sets a share of the values to 0, each by chance", 4, _drop_share),
        Criterion("makes up for it in the values that stay", 3, _drop_scale),
    ],
    (
        "Draw a random number from 0 to 1 for each value. Which of them are dropped?",
        "random.random(values.shape) draws, np.where(condition, a, b) chooses value by value.",
        "kept = random.random(values.shape) >= …; return np.where(kept, values / …, 0)",
    ),
    [
        Misconception(
            "rate-of-keeping",
            lambda answers: (
                bool(_dropped(answers))
                and all(_is_share(result == 0, 1 - rate) for result, _, rate in _dropped(answers))
            ),
            "You kept the share that should go. In Keras, rate is the share that is dropped; older "
            "texts often give the share that is kept.",
        ),
        Misconception(
            "not-scaled-up",
            lambda answers: _kept_times(answers, lambda rate: 1),
            "The values that stay are as they were, so the next layer gets a smaller sum in "
            "training than later, when nothing is dropped.",
        ),
        Misconception(
            "scaled-by-the-rate",
            lambda answers: (
                _kept_times(answers, lambda rate: 1 / rate)
                or _kept_times(answers, lambda rate: 1 - rate)
                or _kept_times(answers, lambda rate: rate)
            ),
            "The factor is wrong: the share that stays has to make up for the share that is gone.",
        ),
        Misconception(
            "whole-rows-or-columns",
            lambda answers: any(_whole_lines(result == 0) for result, _, _ in _dropped(answers)),
            "Whole rows or columns are 0: every image would lose the same nodes, or all of them.",
        ),
        Misconception(
            "same-places-every-time",
            lambda answers: not _places_differ([result for result, _, _ in _dropped(answers)][:2]),
            "The same places are dropped in every call. Nodes that are always missing are not "
            "missed: the others never have to do without the rest.",
        ),
        Misconception(
            "changes-its-input",
            lambda answers: any(call.changed_its_input for call in answers.drop.calls),
            "Your function writes into the array that it is given.",
        ),
    ],
)

# --- the networks ---------------------------------------------------------------------------

DROPOUT_SIZES, DROPOUT_RATES = (512, 256, 128, CLASSES), (0.4, 0.2, 0.2)
PLAIN_SIZES = (256, 128, CLASSES)
SIMPLE_SIZES, SIMPLE_RATES = (256, 256, 256, CLASSES), (0.4, 0.3, 0.2)


def _parameters(sizes: Sequence[int], biases: bool = True) -> int:
    inputs = (PIXELS, *sizes[:-1])
    return sum((before + biases) * nodes for before, nodes in zip(inputs, sizes, strict=True))


dropout_parameters = Exercise(
    "dropout-parameters",
    "What does dropout cost?",
    {"dropout_parameters": NUMBER, "all_parameters": NUMBER},
    [
        criteria.number(
            "dropout_parameters",
            lambda answers: 0,
            2,
            "dropout_parameters is what the three dropout layers learn",
            "Look at your function drop: which of its numbers are learnt?",
        ),
        criteria.number(
            "all_parameters",
            lambda answers: _parameters(DROPOUT_SIZES),
            2,
            "all_parameters is what the whole network learns",
            "Count each dense layer by itself, then add them up.",
        ),
    ],
    (
        "Your function drop gets values, a rate and chance. Does it learn anything?",
        "A dense layer has a weight for every pair of an input and a node, and a bias for every "
        "node.",
        "all_parameters = (784 + 1) * 512 + (512 + 1) * … + …",
    ),
    [
        Misconception(
            "dropout-learns",
            lambda answers: answers.dropout_parameters.value > 0,
            "A dropout layer throws dice. It has a rate, which you choose, and nothing to learn.",
        ),
        Misconception(
            "biases-forgotten",
            lambda answers: answers.all_parameters.value == _parameters(DROPOUT_SIZES, False),
            "You counted the weights. Every node has a bias, too.",
        ),
        Misconception(
            "fewer-for-dropout",
            lambda answers: (
                0 < answers.all_parameters.value < _parameters(DROPOUT_SIZES, False)
                and answers.all_parameters.value != _parameters(DROPOUT_SIZES[:1])
            ),
            "You took something off. Dropped nodes come back in the next batch: all weights are "
            "learnt.",
        ),
        Misconception(
            "first-layer-only",
            lambda answers: answers.all_parameters.value == _parameters(DROPOUT_SIZES[:1]),
            "This is the first dense layer. Three more follow.",
        ),
    ],
)


def _table(sizes: Sequence[int], rates: Sequence[float] = ()) -> canonical.Chain:
    """Return the dense network of a table, with a dropout after each hidden layer."""
    layers = [canonical.flatten()]
    for number, size in enumerate(sizes[:-1]):
        layers.append(canonical.dense(size, "relu"))
        if rates:
            layers.append(canonical.dropout(rates[number]))
    return canonical.chain((28, 28), *layers, canonical.dense(sizes[-1], "softmax"))


def _sizes(answers: Answers, name: str) -> tuple[int, ...]:
    return tuple(structures.units(structures.chain_of(answers, name)))


def _has_sizes(name: str, sizes: Sequence[int], points: float) -> Criterion:
    def test(answers: Answers) -> Message | None:
        seen = _sizes(answers, name)
        if seen == tuple(sizes):
            return None
        return Message(
            f"The dense layers of {name} have {', '.join(map(str, seen)) or 'no'} nodes",
            "the nodes of the table, in its order",
            "The first argument of Dense is the number of nodes.",
        )

    return Criterion(f"{_parameters(sizes):,} parameters, in layers as in the table", points, test)


def _has_rates(name: str, sizes: Sequence[int], rates: Sequence[float], points: float) -> Criterion:
    title = "dropout after each hidden layer, at its rate" if rates else "no dropout"
    return structures.dropout_at(name, _table(sizes, rates), points, title)


def _has_activations(name: str, points: float) -> Criterion:
    def test(answers: Answers) -> Message | None:
        seen = _activations(answers, name)
        if seen == ["relu"] * (len(seen) - 1) + ["softmax"]:
            return structures.computes(name, answers)
        return Message(
            f"The activations of the dense layers of {name} are {'; '.join(seen)}",
            "relu in the hidden layers, probabilities at the end",
            "Each Dense takes an argument activation=.",
        )

    return Criterion("relu, and softmax at the end", points, test)


def _activations(answers: Answers, name: str) -> list[str]:
    return structures.chain_of(answers, name).activations()


def _layers(name: str, sizes: Sequence[int], points: float, **more: bool) -> Criterion:
    return structures.order(
        name,
        _table(sizes).order(),
        points,
        f"flattens, then {len(sizes)} dense layers",
        "Compare with the table, line by line.",
        **more,
    )


def _network(
    name: str, sizes: Sequence[int], rates: Sequence[float], points: Sequence[float]
) -> list[Criterion]:
    """Return the criteria of a dense network: input, layers, sizes, dropout, activations."""
    return [
        criteria.takes_images(name, points[0], channel=False),
        _layers(name, sizes, points[1]),
        _has_sizes(name, sizes, points[2]),
        _has_rates(name, sizes, rates, points[3]),
        _has_activations(name, points[4]),
    ]


def _network_mistakes(name: str, sizes: Sequence[int]) -> list[Misconception]:
    """Return the misconceptions about dense networks that need no dropout."""
    return [
        Misconception(
            "no-input",
            lambda answers: getattr(answers, name).input_shape is None,
            "The network has not been told what goes in, so it has no weights yet.",
        ),
        structures.missing_flatten(name),
        Misconception(
            "missing-layer",
            lambda answers: 0 < len(_sizes(answers, name)) < len(sizes),
            "There are fewer dense layers than in the table; the output layer is one of them.",
        ),
        Misconception(
            "no-softmax",
            lambda answers: _activations(answers, name)[-1] in ("linear", "sigmoid", "relu"),
            "The last layer does not make probabilities that share a total of 1.",
        ),
        Misconception(
            "hidden-without-activation",
            lambda answers: "linear" in _activations(answers, name)[:-1],
            "A hidden layer has no activation function. Two layers with nothing between them are "
            "worth no more than one.",
        ),
    ]


def _dropout_mistakes(
    name: str, sizes: Sequence[int], rates: Sequence[float]
) -> list[Misconception]:
    """Return the misconceptions about where dropout goes, and how much of it."""
    right = _table(sizes, rates)
    kept = _table(sizes, [1 - rate for rate in rates])

    def places(answers: Answers) -> list[int]:
        return [place for place, _ in structures.chain_of(answers, name).dropouts()]

    def differs(answers: Answers) -> bool:
        return not structures.same_dropout(structures.chain_of(answers, name), right)

    return [
        Misconception(
            "no-dropout",
            lambda answers: bool(_sizes(answers, name)) and not places(answers),
            "There is no dropout in this network.",
        ),
        Misconception(
            "rate-of-keeping",
            lambda answers: (
                differs(answers)
                and structures.same_dropout(structures.chain_of(answers, name), kept)
            ),
            "These are the shares that should stay. In Keras, rate is the share that is dropped.",
        ),
        Misconception(
            "dropout-on-output",
            lambda answers: len(_sizes(answers, name)) in places(answers),
            "A dropout layer comes last: it would set some of the ten probabilities to 0. The "
            "output is the answer, and is left alone.",
        ),
        Misconception(
            "dropout-on-pixels",
            lambda answers: 0 in places(answers),
            "A dropout layer comes before the first dense layer: it would drop pixels. The table "
            "has it after each hidden layer.",
        ),
    ]


define_dropout = Exercise(
    "define-dropout",
    "Define the network with dropout",
    {"dropout_model": MODEL},
    _network("dropout_model", DROPOUT_SIZES, DROPOUT_RATES, (1, 1, 2, 3, 1)),
    (
        "One line of the table is one layer, in the same order.",
        "keras.layers.Dropout(rate) is a layer like any other; rate is the share that is dropped.",
        "keras.Sequential([keras.Input(shape=(28, 28)), keras.layers.Flatten(), "
        'keras.layers.Dense(…, activation="relu"), keras.layers.Dropout(…), …])',
    ),
    _network_mistakes("dropout_model", DROPOUT_SIZES)
    + _dropout_mistakes("dropout_model", DROPOUT_SIZES, DROPOUT_RATES),
)

define_plain = Exercise(
    "define-plain",
    "Define the smaller, plain one",
    {"plain_model": MODEL},
    _network("plain_model", PLAIN_SIZES, (), (1, 1, 1, 1, 1)),
    (
        "This network has two hidden layers and the output layer, and nothing between them.",
        "keras.Input, keras.layers.Flatten, then keras.layers.Dense three times.",
        "keras.Sequential([keras.Input(shape=(28, 28)), keras.layers.Flatten(), "
        'keras.layers.Dense(256, activation="relu"), …])',
    ),
    [
        *_network_mistakes("plain_model", PLAIN_SIZES),
        Misconception(
            "dropout-in-the-plain-network",
            lambda answers: bool(structures.chain_of(answers, "plain_model").dropouts()),
            "There is dropout in it. The plain network is there to be compared with: it has none.",
        ),
        Misconception(
            "layers-swapped",
            lambda answers: _sizes(answers, "plain_model") == (128, 256, CLASSES),
            "The two hidden layers are swapped: the larger one comes first.",
        ),
    ],
)

# --- batches --------------------------------------------------------------------------------

_FULL = 48_000  # the images that the report trains on
_UPDATES = {"updates_480": 480, "updates_128": 128, "updates_96": 96}


def _updates_are(count: Callable[[int], float]) -> Callable[[Answers], bool]:
    return lambda answers: any(
        abs(getattr(answers, name).value - count(size)) < 1 for name, size in _UPDATES.items()
    )


batch_sizes = Exercise(
    "batch-sizes",
    "How many steps in an epoch?",
    dict.fromkeys(_UPDATES, NUMBER),
    [
        criteria.number(
            name,
            lambda answers, size=size: _FULL // size,
            points,
            f"{name} is the number of steps with batches of {size}",
            "How often does the batch fit into the images that are trained on?",
        )
        for (name, size), points in zip(_UPDATES.items(), (2, 1, 2), strict=True)
    ],
    (
        "After every batch the weights take one step. How many batches make up an epoch?",
        "First find how many of the 60,000 images are left to train on, then divide.",
        "updates_480 = … / 480, where … is four fifths of 60,000",
    ),
    [
        Misconception(
            "held-out-images-counted",
            _updates_are(lambda size: 60_000 / size),
            "The report holds a fifth of the images out. They are not trained on.",
        ),
        Misconception(
            "all-epochs-counted",
            _updates_are(lambda size: 50 * _FULL / size),
            "These are the steps of the whole training. Asked is one epoch.",
        ),
        Misconception(
            "batch-size-for-steps",
            _updates_are(lambda size: size),
            "This is the size of a batch. Asked is how many of them there are.",
        ),
        Misconception(
            "own-part-counted",
            _updates_are(lambda size: PART / size),
            "You counted your own part of the images. The question is about the report.",
        ),
    ],
)

_CODE_CRITERIA, _CODE_MISTAKES = criteria.choice(
    "text_or_code",
    "b",
    3,
    {
        "a": "A comment is not run. It may be left over from an earlier version, and nothing "
        "notices.",
        "c": "A mean of two claims is a third one that nobody has made.",
        "d": "Look at your numbers of steps: with batches of 96 the weights take a third more of "
        "them.",
    },
)
text_or_code = Exercise(
    "text-or-code",
    "The text or the code?",
    {"text_or_code": TEXT},
    _CODE_CRITERIA,
    (
        "Which of the two made the numbers that the report prints?",
        "Ask of both: if it were wrong, would a figure of the report change?",
        'text_or_code = "…", one of the four letters.',
    ),
    _CODE_MISTAKES,
)

# --- training -------------------------------------------------------------------------------


def _learnt(name: str, network: str, points: float) -> Criterion:
    return criteria.floor(
        name,
        lambda answers: floors.least(network, answers.data.kind),
        points,
        f"{name} has learnt to tell the classes apart",
        "Define, compile and fit the network anew, in this order, on the scaled images.",
    )


def _plan(batch: int = 0) -> trainings.Plan:
    return trainings.Plan(learnt=lambda answers: (0, PART), words=_HELD_OUT, batch=batch)


_HELD_OUT = "the last fifth of the scaled training images"


def _batches(history: str, size: int, points: float) -> Criterion:
    """Require the number of steps in an epoch that batches of `size` give."""
    wanted = math.ceil(PART / size)

    def test(answers: Answers) -> Message | None:
        seen = getattr(answers, history).steps
        if seen == wanted:
            return None
        if not seen:
            saw = f"{history} does not say in how many steps it was made"
            return Message(saw, "what fit() returned, not a part of it")
        return Message(
            f"{history} was made in {seen} steps an epoch",
            f"{wanted} steps: the {PART:,} images of your part in batches of {size}",
            "fit() has an argument for the size of a batch; without it, a batch has 32 images.",
        )

    return Criterion(f"{history}: batches of {size}", points, test)


def _either(first: Misconception, second: Misconception) -> Misconception:
    return Misconception(
        first.name,
        lambda answers: first.seen(answers) or second.seen(answers),
        first.message,
    )


def _steps(answers: Answers) -> tuple[int, int]:
    return answers.dropout_history.steps, answers.plain_history.steps


_RIGHT_STEPS = (PART // DROPOUT_BATCH, PART // PLAIN_BATCH)

train_both = Exercise(
    "train-both",
    "Train them side by side",
    {
        "dropout_history": HISTORY,
        "plain_history": HISTORY,
        "dropout_model": MODEL.from_earlier(define_dropout.title),
        "plain_model": MODEL.from_earlier(define_plain.title),
    },
    [
        trainings.epochs("dropout_history", EPOCHS, 1),
        trainings.epochs("plain_history", EPOCHS, 1),
        _batches("dropout_history", DROPOUT_BATCH, 1),
        _batches("plain_history", PLAIN_BATCH, 1),
        trainings.belongs("dropout_history", "dropout_model", 2, _plan()),
        trainings.belongs("plain_history", "plain_model", 2, _plan()),
        _learnt("dropout_model", "dropout", 2),
        _learnt("plain_model", "plain", 2),
    ],
    (
        "Two calls of fit. They differ in the network and in the size of the batches.",
        "Its arguments are called epochs, batch_size and validation_data; the last takes a pair "
        "(images, labels).",
        "dropout_history = dropout_model.fit(x_part, y_part, epochs=…, batch_size=…, "
        "validation_data=(x_valid, y_valid), verbose=0)",
    ),
    [
        *map(
            _either,
            trainings.mistakes("dropout_history", "dropout_model", EPOCHS),
            trainings.mistakes("plain_history", "plain_model", EPOCHS),
        ),
        Misconception(
            "batch-sizes-swapped",
            lambda answers: _steps(answers) == _RIGHT_STEPS[::-1],
            "The sizes of the batches are swapped: the network with dropout gets the large ones.",
        ),
        Misconception(
            "batch-size-left-out",
            lambda answers: PART // 32 in _steps(answers),
            "These are batches of 32, which is what fit() takes where nothing is said.",
        ),
        Misconception(
            "trained-on-everything",
            lambda answers: any(
                seen in (math.ceil(count / size) for count in (_FULL, 60_000))
                for seen, size in zip(_steps(answers), (DROPOUT_BATCH, PLAIN_BATCH), strict=True)
            ),
            "You trained on more than your part of the images, among them those held out.",
        ),
    ],
)

_DROPOUT = MODEL.from_earlier(define_dropout.title)
_PLAIN = MODEL.from_earlier(define_plain.title)

# --- the gap --------------------------------------------------------------------------------

_CLOSE = 2e-3


def _gap(answers: Answers, model: str) -> float:
    network = getattr(answers, model)
    return measure.accuracy(network, *_part(answers)) - measure.accuracy(network, *_valid(answers))


def _tried(test: Callable[[Answers], Message | None]) -> Callable[[Answers], Message | None]:
    """Make a message of it where a network cannot be run on the images."""

    @functools.wraps(test)
    def tried(answers: Answers) -> Message | None:
        try:
            return test(answers)
        except measure.NotMeasurable as error:
            return Message(f"A network cannot be tried on the images: {error}")

    return tried


def _gap_of(name: str, model: str, points: float) -> Criterion:
    @_tried
    def test(answers: Answers) -> Message | None:
        fact = getattr(answers, name)
        if criteria.is_number(fact) and abs(fact.value - _gap(answers, model)) <= _CLOSE:
            return None
        return Message(
            f"{name} is {criteria.show(fact.value)}, but the check measured another gap",
            "accuracy on x_part minus accuracy on x_valid, as shares",
            "evaluate() returns the loss first, then the accuracy.",
        )

    return Criterion(f"{name} is the gap of {model}", points, test)


def _gaps_told(answers: Answers) -> np.ndarray:
    return np.array([answers.dropout_gap.value, answers.plain_gap.value], float)


def _gaps(answers: Answers) -> np.ndarray:
    return np.array([_gap(answers, "dropout_model"), _gap(answers, "plain_model")])


def _gap_in_history(answers: Answers) -> bool:
    ends = [
        trainings.curve(answers.dropout_history, "accuracy", validation)[-1]
        for validation in (False, True)
    ]
    return abs(answers.dropout_gap.value - (ends[0] - ends[1])) <= 1e-6


def _gap_to_test(answers: Answers) -> bool:
    network, test = answers.plain_model, (answers.data.x_test, answers.data.y_test)
    gap = measure.accuracy(network, *_part(answers)) - measure.accuracy(network, *test)
    return abs(answers.plain_gap.value - gap) <= 1e-4


def _gap_of_losses(answers: Answers) -> bool:
    network = answers.plain_model
    losses = [measure.cross_entropy(network, *part(answers)) for part in (_part, _valid)]
    return abs(abs(answers.plain_gap.value) - abs(losses[0] - losses[1])) <= _CLOSE


measure_gap = Exercise(
    "measure-gap",
    "Measure the gap",
    {
        "dropout_gap": NUMBER,
        "plain_gap": NUMBER,
        "dropout_model": _DROPOUT,
        "plain_model": _PLAIN,
        "dropout_history": HISTORY.from_earlier(train_both.title),
    },
    [_gap_of("dropout_gap", "dropout_model", 4), _gap_of("plain_gap", "plain_model", 4)],
    (
        "Four accuracies: each network on the images it has trained on and on those held out.",
        "model.evaluate(images, labels, verbose=0) returns loss and accuracy; [1] is the accuracy.",
        "plain_gap = plain_model.evaluate(x_part, …)[1] - plain_model.evaluate(…)[…]",
    ),
    [
        Misconception(
            "gap-read-from-the-history",
            _gap_in_history,
            "This is the gap in the history. The training accuracy there is a mean over an epoch "
            "with dropout at work; measure it afterwards, with all nodes.",
        ),
        Misconception(
            "per-cent-for-share",
            lambda answers: np.allclose(_gaps_told(answers) / 100, _gaps(answers), atol=_CLOSE),
            "These are percentages. Keras, and everybody who compares with it, uses shares.",
        ),
        Misconception(
            "wrong-sign",
            lambda answers: np.allclose(-_gaps_told(answers), _gaps(answers), atol=_CLOSE),
            "The sign is turned round: take the held out images' accuracy off the other.",
        ),
        Misconception(
            "gaps-swapped",
            lambda answers: np.allclose(_gaps_told(answers)[::-1], _gaps(answers), atol=_CLOSE),
            "The two gaps look swapped.",
        ),
        Misconception(
            "test-for-validation",
            _gap_to_test,
            "You measured on the test images. They stay in their box until all choices are made.",
        ),
        Misconception(
            "losses-for-accuracies",
            _gap_of_losses,
            "This is the difference of the losses: evaluate() returns the loss first.",
        ),
    ],
)

# --- curves ---------------------------------------------------------------------------------


def _best(answers: Answers, kind: str = "loss", validation: bool = True) -> int:
    """Return the epoch, counted from 1, with the lowest loss or the highest accuracy."""
    values = trainings.curve(answers.plain_history, kind, validation)
    return 1 + int(np.argmin(values) if kind == "loss" else np.argmax(values))


def _epoch_told(answers: Answers) -> float:
    return answers.best_epoch.value


best_epoch = Exercise(
    "best-epoch",
    "Where should it have stopped?",
    {"best_epoch": NUMBER, "plain_history": HISTORY.from_earlier(train_both.title)},
    [
        criteria.number(
            "best_epoch",
            _best,
            5,
            "best_epoch has the lowest validation loss",
            "Find the place of the smallest number in one of the four lists of the history.",
            kind="the number of an epoch, counted from 1",
            words="of all epochs, the one with the smallest of these numbers, counted from 1",
        )
    ],
    (
        "Which of the four curves tells how the network does on images that it does not train on?",
        'np.argmin(plain_history.history["val_loss"]) finds the place of the smallest number, '
        "counted from 0.",
        "best_epoch = 1 + np.argmin(plain_history.history[…])",
    ),
    [
        Misconception(
            "counted-from-zero",
            lambda answers: _epoch_told(answers) == _best(answers) - 1,
            "This counts from 0. The picture, and everybody who talks of epochs, counts from 1.",
        ),
        Misconception(
            "training-loss",
            lambda answers: _epoch_told(answers) == _best(answers, validation=False),
            "This is the epoch with the lowest training loss. That one nearly always falls on and "
            "on, so it never says stop.",
        ),
        Misconception(
            "loss-itself",
            lambda answers: 0 < _epoch_told(answers) < 1,
            "This is the loss itself. Asked is the epoch in which it was reached.",
        ),
        Misconception(
            "accuracy-for-loss",
            lambda answers: _epoch_told(answers) == _best(answers, "accuracy"),
            "This is the epoch with the highest validation accuracy. The accuracy jumps from "
            "image to image; the loss is the steadier sign.",
        ),
    ],
)

_RISING_CRITERIA, _RISING_MISTAKES = criteria.choice(
    "rising_loss",
    "c",
    3,
    {
        "a": "Then the accuracy would fall, too. It hardly does.",
        "b": "The validation accuracy is measured on the images held out, and so is this loss.",
        "d": "Adam's steps do not change what a loss is. Look at the training loss: it still "
        "falls.",
    },
)
rising_loss = Exercise(
    "rising-loss",
    "The loss rises, the accuracy stays",
    {"rising_loss": TEXT},
    _RISING_CRITERIA,
    (
        "Accuracy asks whether an answer is right. What else does the loss ask?",
        "The loss of an image is −log p, with p the probability of its true class. What happens "
        "to it when a wrong answer is given with more and more certainty?",
        'rising_loss = "…", one of the four letters.',
    ),
    _RISING_MISTAKES,
)

# --- L2 -------------------------------------------------------------------------------------


def _chain(answers: Answers) -> canonical.Chain:
    return structures.chain_of(answers, "l2_model")


def _factors(answers: Answers, part: str = "kernel") -> list[tuple[float, float]]:
    """Return the L1 and the L2 factor of each dense layer."""
    return [step.penalties.get(part, (0.0, 0.0)) for step in _chain(answers).of("dense")]


def _has_l2(answers: Answers) -> Message | None:
    hidden, output = _factors(answers)[:-1], _factors(answers)[-1:]
    words = ", ".join(map(_factor_in_words, hidden)) or "none"
    if not hidden or not np.allclose(hidden, (0, L2_FACTOR), rtol=1e-4, atol=0):
        return Message(
            f"The L2 factors of the weights of the hidden layers are: {words}",
            f"{L2_FACTOR:g} in both",
            "Dense has an argument for a regularizer of its kernel, the matrix of weights.",
        )
    others = [words for words in _chain(answers).regularized() if "its weights" not in words]
    if output != [(0.0, 0.0)]:
        others.append("the output layer has a regularizer on its weights")
    if not others:
        return None
    return Message(
        f"Beside the weights of the hidden layers, {others[0]}",
        "a penalty on the weights of the two hidden layers alone",
        "Leave the other layers, biases and outputs as they are in the plain network.",
    )


def _factor_in_words(factors: tuple[float, float]) -> str:
    l1, l2 = factors
    if math.isnan(l2):
        return "of another kind"
    return f"{l2:g}" + (f" (and {l1:g} of L1)" if l1 else "")


def _penalty(answers: Answers) -> float:
    """Return what the squares of the regularized weights add to the network's loss."""
    squares = [float(np.square(kernel).sum()) for kernel in answers.l2_model.weights[::2]]
    factors = [l2 for _, l2 in _factors(answers)]
    if len(squares) != len(factors):
        raise measure.NotMeasurable("it has other weights than those of its dense layers")
    return sum(l2 * square for l2, square in zip(factors, squares, strict=True))


def _absolute(answers: Answers) -> float:
    """Return the same with absolute values in the place of squares."""
    kernels = answers.l2_model.weights[0:4:2]
    return L2_FACTOR * sum(float(np.abs(kernel).sum()) for kernel in kernels)


def _agrees(answers: Answers, value: float) -> bool:
    return math.isclose(answers.l2_penalty.value, value, rel_tol=2e-3)


@_tried
def _penalty_is_right(answers: Answers) -> Message | None:
    fact = answers.l2_penalty
    wanted = _penalty(answers)
    if criteria.is_number(fact) and wanted > 0 and _agrees(answers, wanted):
        return None
    return Message(
        f"l2_penalty is {criteria.show(fact.value)}, but the check found another sum",
        "the factor times the sum of the squares of all weights that are regularized",
        "layer.kernel is the matrix of a dense layer; np.square and .sum() do the rest.",
    )


def _sum_without_factor(answers: Answers) -> bool:
    return _agrees(answers, _penalty(answers) / L2_FACTOR)


def _sits_on(answers: Answers, part: str) -> bool:
    """Tell whether a regularizer sits on this part of the layers, and none on the weights."""
    return not any(map(any, _factors(answers))) and any(map(any, _factors(answers, part)))


def _is_plain(name: str, points: float) -> Criterion:
    """Require the plain network, whatever its regularizers are."""
    parts = [
        criteria.takes_images(name, 0, channel=False),
        _layers(name, PLAIN_SIZES, 0, regularized=True),
        _has_sizes(name, PLAIN_SIZES, points),
        _has_rates(name, PLAIN_SIZES, (), 0),
        _has_activations(name, 0),
    ]

    def test(answers: Answers) -> Message | None:
        return next(filter(None, (part.test(answers) for part in parts)), None)

    return Criterion(parts[2].title, points, test)


l2_network = Exercise(
    "l2-network",
    "Make large weights cost something",
    {"l2_model": MODEL, "l2_history": HISTORY, "l2_penalty": NUMBER},
    [
        _is_plain("l2_model", 1),
        Criterion("the weights of both hidden layers are regularized", 3, _has_l2),
        trainings.epochs("l2_history", EPOCHS, 1),
        trainings.belongs("l2_history", "l2_model", 2, _plan(PLAIN_BATCH)),
        Criterion("l2_penalty is what the weights add to the loss", 2, _penalty_is_right),
    ],
    (
        "It is the plain network again. Only the two hidden layers get one argument more.",
        "keras.layers.Dense(…, kernel_regularizer=keras.regularizers.L2(…)); after the training, "
        "layer.kernel holds a layer's weights.",
        "l2_penalty = 0.001 * sum(np.square(layer.kernel).sum() for layer in l2_model.layers[1:3])",
    ),
    [
        Misconception(
            "no-regularizer",
            lambda answers: bool(_chain(answers).steps) and not _chain(answers).regularized(),
            "No layer has a regularizer: this is the plain network once more.",
        ),
        Misconception(
            "biases-regularized",
            lambda answers: _sits_on(answers, "bias"),
            "The regularizer sits on the biases. There are 384 of them, and 200,000 weights.",
        ),
        Misconception(
            "activity-regularized",
            lambda answers: _sits_on(answers, "activity"),
            "The regularizer sits on the layer's output, not on its weights.",
        ),
        Misconception(
            "default-factor",
            lambda answers: any(math.isclose(l2, 0.01) for _, l2 in _factors(answers)[:-1]),
            'The factor is 0.01, which is what "l2" or L2() means where nothing is said.',
        ),
        Misconception(
            "l1-for-l2",
            lambda answers: any(l1 > 0 for l1, _ in _factors(answers)),
            "This regularizer adds up absolute values. L2 adds up squares.",
        ),
        Misconception(
            "sum-without-factor",
            _sum_without_factor,
            "The sum of squares is right, but the factor is missing.",
        ),
        Misconception(
            "absolute-values",
            lambda answers: _agrees(answers, _absolute(answers)),
            "You added up absolute values. L2 adds up squares.",
        ),
    ],
)

# --- early stopping -------------------------------------------------------------------------

define_simple = Exercise(
    "define-simple",
    "A third network",
    {"simple_model": MODEL},
    _network("simple_model", SIMPLE_SIZES, SIMPLE_RATES, (1, 1, 1, 1, 1)),
    (
        "The same three times: a dense layer, a dropout layer. Then the output.",
        "keras.layers.Dense(256, …) and keras.layers.Dropout(…) take turns.",
        "keras.Sequential([keras.Input(shape=(28, 28)), keras.layers.Flatten(), "
        'keras.layers.Dense(256, activation="relu"), keras.layers.Dropout(0.4), …])',
    ),
    _network_mistakes("simple_model", SIMPLE_SIZES)
    + _dropout_mistakes("simple_model", SIMPLE_SIZES, SIMPLE_RATES),
)


def _losses(answers: Answers) -> list[float]:
    return trainings.curve(answers.simple_history, "loss", validation=True)


def _stops_after(values: Sequence[float], patience: int = PATIENCE) -> bool:
    """Tell whether training ended `patience` epochs after its best one, or ran out of epochs."""
    waited = len(values) - 1 - int(np.argmin(values))
    return waited == patience if len(values) < MOST_EPOCHS else waited <= patience


def _stopped(answers: Answers) -> Message | None:
    losses = _losses(answers)
    if not losses:
        return Message(
            "simple_history has no validation loss",
            "one for each epoch",
            "Hand the images held out to fit(): early stopping has to look at something.",
        )
    if len(losses) <= MOST_EPOCHS and _stops_after(losses):
        return None
    return Message(
        f"simple_history holds {len(losses)} epochs, the one with the lowest validation loss is "
        f"epoch {1 + int(np.argmin(losses))}",
        f"an end {PATIENCE} epochs after the best one, or after {MOST_EPOCHS}",
        "A callback watches over the training. Define and compile the network anew before fit().",
    )


def _valid_loss(answers: Answers) -> float:
    return measure.cross_entropy(answers.simple_model, *_valid(answers))


def _near(seen: float, told: float) -> bool:
    return abs(seen - told) <= 2e-3 * max(1.0, abs(told))


@_tried
def _best_weights(answers: Answers) -> Message | None:
    losses = _losses(answers)
    seen = _valid_loss(answers)
    if losses and _near(seen, min(losses)):
        return None
    lowest = f"{min(losses):.4f}" if losses else "unknown"
    return Message(
        f"Measured on the images held out, simple_model has a loss of {seen:.4f}; the lowest in "
        f"its history is {lowest}",
        "the weights of the best epoch",
        "EarlyStopping has an argument that brings them back.",
    )


def _watched(answers: Answers, kind: str, validation: bool) -> bool:
    values = np.array(trainings.curve(answers.simple_history, kind, validation))
    values = values if kind == "loss" else -values
    return len(values) < MOST_EPOCHS and _stops_after(list(values))


def _ran_on(answers: Answers) -> bool:
    losses = _losses(answers)
    return len(losses) >= MOST_EPOCHS and not _stops_after(losses)


def _stopped_by_the_test_set(answers: Answers) -> bool:
    images, labels = answers.data.x_test, answers.data.y_test
    seen = measure.cross_entropy(answers.simple_model, images, labels)
    return abs(seen - min(_losses(answers))) <= 1e-4


early_stopping = Exercise(
    "early-stopping",
    "Let it stop by itself",
    {
        "simple_history": HISTORY,
        "simple_model": MODEL.from_earlier(define_simple.title),
    },
    [
        Criterion("ends some epochs after the lowest validation loss", 3, _stopped),
        Criterion("has the weights of its best epoch", 3, _best_weights),
        _learnt("simple_model", "simple", 2),
    ],
    (
        "Somebody has to look at the validation loss after every epoch. Not you.",
        "keras.callbacks.EarlyStopping has the arguments monitor, patience and "
        "restore_best_weights; fit() takes a list of callbacks.",
        'stop = keras.callbacks.EarlyStopping(monitor="…", patience=…, restore_best_weights=…); '
        "simple_history = simple_model.fit(…, epochs=…, callbacks=[stop], verbose=0)",
    ),
    [
        Misconception(
            "no-validation",
            lambda answers: not _losses(answers),
            "Nothing was held out for validation, so early stopping has nothing to look at.",
        ),
        Misconception(
            "validation-on-the-test-set",
            _stopped_by_the_test_set,
            "The test images decided when to stop. Then they are no test any more.",
        ),
        Misconception(
            "never-stopped",
            _ran_on,
            "The training went on to the last epoch, though the validation loss had long been "
            "rising. Did fit() get the callback?",
        ),
        Misconception(
            "weights-of-the-last-epoch",
            lambda answers: _near(_valid_loss(answers), _losses(answers)[-1]),
            "The network has the weights of the last epoch. By then it had been getting worse for "
            "a while.",
        ),
        Misconception(
            "accuracy-watched",
            lambda answers: _watched(answers, "accuracy", True),
            "It stopped by the validation accuracy. The exercise asks for the loss, which is the "
            "steadier sign.",
        ),
        Misconception(
            "training-loss-watched",
            lambda answers: _watched(answers, "loss", False),
            "It stopped by the training loss, which says nothing about unseen images.",
        ),
        Misconception(
            "another-patience",
            lambda answers: any(
                _stops_after(_losses(answers), other) for other in (0, 1, 2, 3, 4, 6, 7, 8, 10)
            ),
            "It waited for another number of epochs than asked for.",
        ),
    ],
)

# --- the winner -----------------------------------------------------------------------------

CANDIDATES = ("dropout", "plain", "l2", "simple")


def _accuracies(answers: Answers, part: Callable[[Answers], tuple]) -> dict[str, float]:
    return {
        name: measure.accuracy(getattr(answers, f"{name}_model"), *part(answers))
        for name in CANDIDATES
    }


def _test(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    return answers.data.x_test, answers.data.y_test


def _chosen(answers: Answers) -> str:
    return str(answers.winner.value).strip().lower().removesuffix("_model")


def _is_best(answers: Answers, part: Callable[[Answers], tuple]) -> bool:
    seen = _accuracies(answers, part)
    # An image or two may be as good as tied, and counted differently elsewhere.
    return _chosen(answers) in seen and seen[_chosen(answers)] >= max(seen.values()) - 5e-4


@_tried
def _winner_is_best(answers: Answers) -> Message | None:
    if _is_best(answers, _valid):
        return None
    given = criteria.show(answers.winner.value)
    if _chosen(answers) not in CANDIDATES:
        return Message(f"winner is {given}", f"one of {', '.join(CANDIDATES)}, in quotation marks")
    return Message(
        f"winner is {given}, but another network is right on more of the images held out",
        "the network with the highest validation accuracy",
        "Evaluate all four on x_valid, and compare their accuracies.",
    )


@_tried
def _winner_measured(answers: Answers) -> Message | None:
    fact = answers.test_accuracy
    if _chosen(answers) not in CANDIDATES:
        return Message("Without a winner there is nothing to measure")
    if criteria.is_number(fact) and _test_accuracy_is(answers, _test):
        return None
    return Message(
        f"test_accuracy is {criteria.show(fact.value)}, but the check measured another value",
        "the share of test images on which the network that you chose is right",
        "Evaluate the chosen network on the scaled test images.",
    )


def _test_accuracy_is(
    answers: Answers, part: Callable[[Answers], tuple], told: float | None = None
) -> bool:
    seen = _accuracies(answers, part).get(_chosen(answers), math.nan)
    return networks.is_close(answers.test_accuracy.value if told is None else told, seen)


choose_network = Exercise(
    "choose-network",
    "Choose, then test once",
    {
        "winner": TEXT,
        "test_accuracy": NUMBER,
        "dropout_model": _DROPOUT,
        "plain_model": _PLAIN,
        "l2_model": MODEL.from_earlier(l2_network.title),
        "simple_model": MODEL.from_earlier(define_simple.title),
    },
    [
        Criterion("winner is the best on the images held out", 3, _winner_is_best),
        Criterion("test_accuracy is the winner's", 2, _winner_measured),
    ],
    (
        "Choose by the images that were held out for choosing; the test images only measure.",
        "evaluate() each network on x_valid and y_valid, take the best name, then evaluate that "
        "one on the test images.",
        "accuracies = {name: model.evaluate(x_valid, …, verbose=0)[1] for name, model in "
        "candidates.items()}; winner = max(accuracies, key=accuracies.get)",
    ),
    [
        Misconception(
            "chosen-on-training-images",
            lambda answers: not _is_best(answers, _valid) and _is_best(answers, _part),
            "This network is the best on the images that it was trained on.",
        ),
        Misconception(
            "chosen-on-test-images",
            lambda answers: not _is_best(answers, _valid) and _is_best(answers, _test),
            "This network is the best on the test images. Whoever chooses by them has nothing "
            "left that tells how good the choice is.",
        ),
        Misconception(
            "per-cent-for-share",
            lambda answers: _test_accuracy_is(answers, _test, answers.test_accuracy.value / 100),
            "This is a percentage. Keras, and everybody who compares with it, uses a share.",
        ),
        Misconception(
            "validation-accuracy-called-test",
            lambda answers: (
                not _test_accuracy_is(answers, _test) and _test_accuracy_is(answers, _valid)
            ),
            "This is the accuracy on the images held out. The winner was chosen by it, so it "
            "flatters.",
        ),
        Misconception(
            "training-accuracy-called-test",
            lambda answers: (
                not _test_accuracy_is(answers, _test) and _test_accuracy_is(answers, _part)
            ),
            "This is the accuracy on the images that the network was trained on.",
        ),
    ],
)

which_wins = Essay(
    "which-wins",
    "Which one wins, and why?",
    4,
    (
        (1, "Says which of the report's two networks wins by accuracy, and by how little."),
        (1, "Holds the difference against the spread between seeds, or against chance."),
        (1, "Names the loss, and reads from it which network is too sure of itself."),
        (1, "Gives a reason: dropout, fewer and steadier steps, or the time of stopping."),
    ),
)

LAB = Lab(
    "lab5-regularization",
    "Overfitting and regularization",
    110,
    (
        hold_out,
        write_dropout,
        dropout_parameters,
        define_dropout,
        define_plain,
        batch_sizes,
        text_or_code,
        train_both,
        measure_gap,
        best_epoch,
        rising_loss,
        l2_network,
        define_simple,
        early_stopping,
        choose_network,
        which_wins,
    ),
)
_in_a_notebook = notebook_lab.of(LAB)
progress, hint, submit = _in_a_notebook.progress, _in_a_notebook.hint, _in_a_notebook.submit
