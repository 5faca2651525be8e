"""What several exercises have in common: the three networks, their parts of the data, a search."""

import dataclasses
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import (
    agreement,
    canonical,
    criteria,
    measure,
    names,
    networks,
    structures,
    trainings,
)
from labkit.checks.authoring import Exercise, Message
from labkit.checks.exercise import Answer, Answers, Criterion, Misconception, Unusable
from labkit.checks.given import Reference
from labkit.evidence import saved_networks, searches, values

FINAL = ("model_one", "model_rate", "model_three")
NETWORKS = Answer(
    saved_networks.by_key, evidence.Networks, "a dictionary with a Keras network in each entry"
)
SHARES = Answer(searches.shares, evidence.Value, "a dictionary with a number in each entry")
# The notebook itself shows four places of an accuracy: who keeps these, or three, has not erred.
FOUR_PLACES, _THREE_PLACES = 5.1e-5, 5.1e-4
_EPOCHS, _BATCH = 5, 128
_GUESSING = 0.2


# --- networks -------------------------------------------------------------------------------


def chain(model: evidence.Model) -> canonical.Chain:
    return canonical.canonical(model.config)


def hidden(model: evidence.Model) -> list[int]:
    """Return the numbers of nodes of the hidden layers."""
    return structures.units(chain(model))[:-1]


def form(model: evidence.Model) -> list[str]:
    """Return in words what a network is made of, whatever the numbers of nodes in hidden layers."""
    network = chain(model)
    pixels = math.prod(side or 0 for side in network.input_shape or ())
    found = [f"{pixels} pixels"]
    output = next(iter(network.of("dense")[::-1]), None)
    for step in network.steps:
        settings = dict(step.settings)
        if step is not output:
            settings.pop("units", None)
        found.append(f"{step.kind} {settings} {step.extras} {step.penalties}")
    return found


def blocks(model: evidence.Model) -> list[list[str]]:
    """Return in words what a network is made of, hidden layers that are alike as one.

    A block is a dense layer, or what the network begins with, and all that follows up to the next.
    """
    found: list[list[str]] = [[]]
    for part in form(model):
        if part.startswith("dense "):
            found.append([])
        found[-1].append(part)
    return [block for block, _ in itertools.groupby(found)]


def built_otherwise(
    networks: dict[str, evidence.Model], form_of: Callable[[evidence.Model], Any] = form
) -> Message | None:
    """Say which of several networks differs from the others in more than its numbers of nodes.

    Whether they are built as they should be is asked where the function is written that builds all
    of them. That it is the same function for all is asked where they are compared.
    """
    forms = {name: form_of(model) for name, model in networks.items()}
    usual = max(forms.values(), key=list(forms.values()).count)
    like_it = next(name for name, found in forms.items() if found == usual)
    for name, found in forms.items():
        if found != usual:
            return Message(
                f"{name} has, from first to last: {chain(networks[name]).words()}. "
                f"{like_it} has: {chain(networks[like_it]).words()}",
                "networks that differ in the settings of the search alone",
                "Build all of them with build_mlp.",
            )
    return None


def rate_in_words(rate: float | None) -> str:
    return "none that stays the same" if rate is None else f"{rate:g}"


def nodes_in_words(sizes: Sequence[int]) -> str:
    """Return the numbers of nodes of hidden layers in words: ``"16, 16, 16"``."""
    return ", ".join(map(str, sizes))


def search_part(data: Reference) -> tuple[np.ndarray, np.ndarray]:
    count = len(data.x_train) // 3
    return data.x_train[:count], data.y_train[:count]


def validation_part(data: Reference) -> tuple[np.ndarray, np.ndarray]:
    count = len(data.x_train) // 6
    return data.x_train[-count:], data.y_train[-count:]


def test_part(data: Reference) -> tuple[np.ndarray, np.ndarray]:
    return data.x_test, data.y_test


def _validated(model: evidence.Model, data: Reference) -> tuple[float, float]:
    """Return a network's validation accuracy, and how far off another machine's may be."""
    images, labels = validation_part(data)
    undecided = agreement.undecided(measure.outputs(model, images))
    return measure.accuracy(model, images, labels), undecided / len(images)


def verify_grid(accuracies: evidence.Array) -> None:
    """Make sure that the grid's accuracies have a row for each decay and a column for each fold."""
    if accuracies.shape != (13, 5):
        raise Unusable(
            Message(
                f"accuracies has the shape {accuracies.shape}",
                "a row for each of the 13 decays and a column for each of the five folds",
                "Run the cell that makes it once more.",
            )
        )


# --- trainings ------------------------------------------------------------------------------

SEARCH = trainings.Plan(
    learnt=lambda answers: (0, len(answers.data.x_train) // 3),
    words="the images of x_search, in batches of 128, as train(model) takes them",
    batch=_BATCH,
    **trainings.ADAM_ON_LABELS,
)
EVERYTHING = trainings.Plan(
    learnt=lambda answers: (0, len(answers.data.x_train)),
    words=f"all scaled training images, {_EPOCHS} epochs in batches of {_BATCH}",
    batch=_BATCH,
    **trainings.ADAM_ON_LABELS,
)


def trained_as(
    answers: Answers, model: evidence.Model, name: str, plan: trainings.Plan
) -> Message | None:
    """Say what was done otherwise than planned in the training of a network."""
    if model.fits:
        fault = trainings.noted(answers, model.fits[-1], name, plan, watched=False)
        if fault:
            return fault
    if fault := trainings.compiled_otherwise(model.fits[-1] if model.fits else model, name, plan):
        return fault
    if model.loss and model.from_logits == networks.puts_out_probabilities(model):
        return Message(
            f"The loss of {name} is told from_logits={model.from_logits}",
            "a loss that is told whether the last layer gives probabilities",
            "Build the network with build_mlp, and train it as it is.",
        )
    start, stop = plan.learnt(answers)
    wanted = _EPOCHS * math.ceil((stop - start) / _BATCH)
    if model.updates in (0, wanted) and len(model.fits) < 2:  # 0: compiled anew
        return None
    return Message(
        f"{name} has taken {model.updates:,} steps in its training",
        f"{wanted:,}: {_EPOCHS} epochs of {stop - start:,} images in batches of {_BATCH}",
        "Build the network anew and train it once.",
    )


# --- a search -------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Search:
    """An exercise that trains a network for each of several keys and chooses one.

    Attributes
    ----------
    networks, table, best : str
        The names of its three answers.
    keys : sequence
        Numbers of nodes, or pairs of a learning rate and such a number.
    layers : int
        How many hidden layers each network has.
    words : str
        What a key is.
    points : four numbers
        Of the criteria: entries, structure, accuracies, choice.
    asks : four str
        The words of the text that ask for each.
    rate : float, optional
        The learning rate of all networks, where the text names one.
    """

    networks: str
    table: str
    best: str
    keys: Sequence[Any]
    layers: int
    words: str
    points: tuple[float, float, float, float]
    asks: tuple[str, str, str, str]
    rate: float | None = None

    @property
    def wanted(self) -> dict[str, Any]:
        return {values.entry(key): key for key in self.keys}

    def models(self, answers: Answers) -> dict[str, evidence.Model]:
        return getattr(answers, self.networks).networks

    def told(self, answers: Answers) -> dict[str, float]:
        return getattr(answers, self.table).value

    def chosen(self, answers: Answers) -> str:
        plain = getattr(answers, self.best).value
        try:
            return values.entry(tuple(plain) if isinstance(plain, list) else plain)
        except OverflowError:  # a whole number beyond every other one
            return ""

    # --- criteria ---

    def has_entries(self, answers: Answers) -> Message | None:
        entries = {self.networks: self.models(answers), self.table: self.told(answers)}
        for given, seen in entries.items():
            if set(seen) != set(self.wanted):
                known = [key for key in self.wanted if key in seen]
                found = "; ".join([*known, *sorted(set(seen) - set(known))])
                return Message(
                    f"{given} has entries for {found}" if seen else f"{given} is empty",
                    f"one for each {self.words}: {'; '.join(self.wanted)}",
                    "Fill both dictionaries in the same loop, under the same key.",
                )
        return None

    def is_built(self, answers: Answers) -> Message | None:
        for entry, key in self.wanted.items():
            model, name = self.models(answers)[entry], f"{self.networks}[{entry}]"
            asked, nodes = key if isinstance(key, tuple) else (self.rate, key)
            wanted = [nodes] * self.layers
            if hidden(model) != wanted:
                return Message(
                    f"{name} has hidden layers of {nodes_in_words(hidden(model)) or 'no'} nodes",
                    nodes_in_words(wanted),
                    "In every round of the loop, build a new network of just these layers.",
                )
            rate = structures.learning_rate(model)
            if asked and not math.isclose(rate or 0, asked, rel_tol=1e-4):
                return Message(
                    f"The learning rate of {name} is {rate_in_words(rate)}",
                    f"{asked:g}",
                    "Hand the learning rate of the loop on to build_mlp."
                    if asked != self.rate
                    else "Call build_mlp without a learning rate: it takes Adam's usual one then.",
                )
        models = self.models(answers)
        return built_otherwise({f"{self.networks}[{key}]": models[key] for key in self.wanted})

    def is_measured(self, answers: Answers) -> Message | None:
        for entry in self.wanted:
            model, told = self.models(answers)[entry], self.told(answers)[entry]
            name = f"{self.networks}[{entry}]"
            try:
                seen, luck = _validated(model, answers.data)
            except measure.NotMeasurable as error:
                return Message(f"{name} cannot be tried on the validation images: {error}")
            if abs(told - seen) > _THREE_PLACES + luck:
                return Message(
                    f"{self.table}[{entry}] is {told:.4f}. Measured on the validation images, this "
                    f"network reaches {seen:.4f}",
                    "the accuracy on x_validation after training",
                    "train(model) returns it.",
                )
            if seen < _GUESSING:
                return Message(
                    f"{name} is right on {seen:.1%} of the validation images",
                    "a trained network",
                    "Call train(model) in the loop.",
                )
            if fault := trained_as(answers, model, name, SEARCH):
                return fault
        return None

    def is_best(self, answers: Answers) -> Message | None:
        told, chosen = self.told(answers), self.chosen(answers)
        if told.get(chosen, -1) == max(told.values()):
            return None
        if chosen not in told:
            return Message(
                f"{self.best} is {criteria.shown(getattr(answers, self.best))}, and "
                f"{self.table} has no such entry",
                f"the {self.words} of its best entry",
                "Take the key itself: not its place, nor the accuracy, nor both together.",
            )
        return Message(
            f"{self.best} is {criteria.shown(getattr(answers, self.best))}",
            f"the entry of {self.table} with the highest validation accuracy",
            "max(...) of a dictionary compares its keys unless it is told what to compare.",
        )

    # --- mistakes ---

    def one_network_trained_on(self, answers: Answers) -> bool:
        found = [model.config for model in self.models(answers).values()]
        return len(found) > 1 and len(set(found)) == 1

    def told_of(self, part: Callable) -> Callable[[Answers], bool]:
        """Return whether all accuracies are those on another part of the data."""

        def seen(answers: Answers) -> bool:
            return self._agrees(answers, part) and not self._agrees(answers, validation_part)

        return seen

    def _agrees(self, answers: Answers, part: Callable) -> bool:
        told = self.told(answers)
        return all(
            abs(told[entry] - measure.accuracy(model, *part(answers.data))) < 2e-4
            for entry, model in self.models(answers).items()
        )

    def not_trained(self, answers: Answers) -> bool:
        part = validation_part(answers.data)
        return any(
            trainings.accuracy(model, *part) < _GUESSING for model in self.models(answers).values()
        )

    def accuracy_for_choice(self, answers: Answers) -> bool:
        return getattr(answers, self.best).value in self.told(answers).values()

    def worst_chosen(self, answers: Answers) -> bool:
        told = self.told(answers)
        return told.get(self.chosen(answers)) == min(told.values())


def add_search(exercise: Exercise, search: Search) -> None:
    """Give an exercise the criteria, mistakes and answers of a search."""
    tests = {
        f"a network and an accuracy for each {search.words}": search.has_entries,
        "each network is built as its entry says": search.is_built,
        "the accuracies are those on the validation images": search.is_measured,
        f"{search.best} has the highest of them": search.is_best,
    }
    exercise.alike["code: element*"] = "in which order, and how often, networks are trained is free"
    for (title, test), points, asks in zip(tests.items(), search.points, search.asks, strict=True):
        stop = test == search.has_entries
        exercise.require(Criterion(title, points, test, stop), asks=asks)
    exercise.knows(
        Misconception(
            "one-network-trained-on",
            search.one_network_trained_on,
            "All entries are the same network, trained on and on. Build a new one each time.",
        ),
        Misconception(
            "training-accuracy-compared",
            search.told_of(search_part),
            "These are accuracies on the images that the networks learnt from: they favour "
            "whoever learns by heart.",
        ),
        Misconception(
            "validation-on-the-test-set",
            search.told_of(test_part),
            "These are accuracies on the test images. Whoever chooses by them has no unseen "
            "images left in the end.",
        ),
        Misconception(
            "not-trained",
            search.not_trained,
            "At least one network guesses: it was not trained.",
        ),
        Misconception(
            "accuracy-for-choice",
            search.accuracy_for_choice,
            f"{search.best} is an accuracy. Asked is what belongs to it.",
        ),
        Misconception(
            "worst-chosen",
            search.worst_chosen,
            "This is the choice with the lowest accuracy of all.",
        ),
    )
    _add_right_answers(exercise, search)
    _add_wrong_answers(exercise, search)


def _add_right_answers(exercise: Exercise, search: Search) -> None:
    def any_order_rounded(networks, told, best):
        rounded = {key: round(share, 4) for key, share in told.items()}
        return dict(reversed(networks.items())), rounded, best

    def numpy_numbers(networks, told, best):
        def in_numpy(key):
            return tuple(map(np.float64, key)) if isinstance(key, tuple) else np.int64(key)

        return networks, {in_numpy(key): share for key, share in told.items()}, np.array(best)

    for make in (any_order_rounded, numpy_numbers):
        exercise.right(names.asking(make, search.networks, search.table, search.best))


def _add_wrong_answers(exercise: Exercise, search: Search) -> None:
    entries, built, measured, chosen = search.points
    last = search.keys[-1]

    def measured_on(networks, images, labels):
        told = {
            key: float(np.mean(model.predict(images, verbose=0).argmax(axis=1) == labels))
            for key, model in networks.items()
        }
        return networks, told, max(told, key=told.get)

    def add(make, *more, earns=0, shows=""):
        make = names.asking(make, search.networks, search.table, search.best, *more)
        exercise.wrong(make, earns=earns, shows=shows)

    def constant(networks, told, best):
        return 0, 0, 0

    def empty(networks, told, best):
        return {}, {}, None

    def texts_for_numbers(networks, told, best):
        def in_words(key):
            return str(key).strip("()")

        return (
            {in_words(key): model for key, model in networks.items()},
            {in_words(key): share for key, share in told.items()},
            in_words(best),
        )

    def its_place(networks, told, best):
        return networks, told, [list(told).index(best)]

    def one_left_out(networks, told, best):
        return {key: model for key, model in networks.items() if key != best}, told, best

    def networks_for_accuracies(networks, told, best):
        return networks, networks, best

    def one_network(networks, told, best):
        return dict.fromkeys(told, networks[last]), dict.fromkeys(told, told[last]), last

    def training_accuracy(networks, told, best, images, labels):
        return measured_on(networks, images, labels)

    def test_accuracy(networks, told, best, images, labels):
        return measured_on(networks, images, labels)

    def only_built(networks, told, best, build_mlp, images, labels):
        pairs = {key: key if isinstance(key, tuple) else (0.001, key) for key in networks}
        fresh = {key: build_mlp(nodes, search.layers, rate) for key, (rate, nodes) in pairs.items()}
        return measured_on(fresh, images, labels)

    def the_accuracy_itself(networks, told, best):
        return networks, told, max(told.values())

    def worst(networks, told, best):
        return networks, told, min(told, key=told.get)

    for make in (constant, empty, one_left_out, texts_for_numbers, networks_for_accuracies):
        add(make)
    add(one_network, earns=entries + measured + chosen, shows="one-network-trained-on")
    without_accuracies = entries + built + chosen
    shown = "training-accuracy-compared"
    add(training_accuracy, "x_search", "y_search", earns=without_accuracies, shows=shown)
    shown = "validation-on-the-test-set"
    add(test_accuracy, "x_test_scaled", "y_test", earns=without_accuracies, shows=shown)
    more = "build_mlp", "x_validation", "y_validation"
    add(only_built, *more, earns=without_accuracies, shows="not-trained")
    without_choice = entries + built + measured
    add(the_accuracy_itself, earns=without_choice, shows="accuracy-for-choice")
    add(its_place, earns=without_choice)
    add(worst, earns=without_choice, shows="worst-chosen")
