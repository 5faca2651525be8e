"""Trainings that are not quite the right one: on other images, for longer, watched otherwise.

Of a right history and its network it is known what was learnt and held out, in what batches, and
for how long. A copy of the network as it was before is trained with one or two of these changed.
"""

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from labkit import evidence
from labkit.checks import relayered
from labkit.checks.authoring import Exercise
from labkit.checks.given import Reference, reference
from labkit.evidence import fits
from tools.mutate.objects import networks as of_networks
from tools.mutate.objects.mutant import Mutant

Images = tuple[np.ndarray, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Training:
    """How a network was trained: what with, and in what way.

    Attributes
    ----------
    model : keras.Model
        As it was trained.
    data : Reference
    learnt, held_out : pair of int, or None
        Where these parts of the training images begin and end.
    epochs, batch : int
    stop : tuple of str and int, or None
        The curve that stopped it, and the patience; then the best weights were brought back.
    """

    model: Any
    data: Reference
    learnt: tuple[int, int]
    held_out: tuple[int, int] | None
    epochs: int
    batch: int
    stop: tuple[str, int] | None = None

    @classmethod
    def of(cls, model: Any, history: Any, data: Reference) -> "Training | None":
        """Return what was noted of a training; None where that were no parts of the images."""
        noted = fits.of(model)
        if not noted or noted[-1].learnt is None:
            return None
        fit = noted[-1]
        known = fits.fingerprints(data.x_train)
        learnt = _place(known, fit.learnt.images)
        held_out = _place(known, fit.held_out.images) if fit.held_out is not None else None
        steps = -(-len(fit.learnt.images) // fit.batch)
        epochs, stop = fits.updates(model) // steps, None
        if history is not None:
            epochs, stop = history.params["epochs"], _stop(history, fit.stopped_by)
        return cls(model, data, learnt, held_out, epochs, fit.batch, stop) if learnt else None

    def untrained(self) -> Any:
        """Return the network before it was trained, compiled as it was."""
        import keras

        keras.utils.set_random_seed(1)
        made = keras.models.clone_model(self.model)
        made.compile_from_config(self.model.get_compile_config())
        return made

    def fit(
        self,
        learnt: Images | None = None,
        held_out: Images | str | None = "",
        model: Any = None,
        **settings: Any,
    ) -> tuple[Any, Any]:
        """Return the history and the network of a training like this one, but for what is given.

        What is held out is left as it is where that is ``""``, and left away where it is None.
        """
        model = model or self.untrained()
        images, labels = self.images(*self.learnt) if learnt is None else learnt
        watched = self.watched() if isinstance(held_out, str) else held_out
        usual = {"epochs": self.epochs, "batch_size": self.batch, "verbose": 0}
        if watched is not None:
            usual["validation_data"] = (self._shaped(watched[0]), self._coded(watched[1]))
            if self.stop:
                usual["callbacks"] = [_stopping_by(*self.stop)]
        history = model.fit(self._shaped(images), self._coded(labels), **(usual | settings))
        return history, model

    @property
    def count(self) -> int:
        """Return from how many images it learnt."""
        return self.learnt[1] - self.learnt[0]

    def watched(self) -> Images | None:
        return self.images(*self.held_out) if self.held_out else None

    def images(self, start: int, stop: int) -> Images:
        data = self.data
        return data.x_train[start:stop] / np.float32(255), data.y_train[start:stop]

    def tests(self) -> Images:
        return self.data.x_test / np.float32(255), self.data.y_test

    def _shaped(self, images: np.ndarray) -> np.ndarray:
        return images.reshape(len(images), *self.model.input_shape[1:])

    def _coded(self, labels: np.ndarray) -> np.ndarray:
        one_hot = self.model.loss == "categorical_crossentropy"
        return np.eye(10, dtype="float32")[labels] if one_hot else labels


def _stop(history: Any, watched: str) -> tuple[str, int] | None:
    """Return what stopped a training, and how long that waited; None where nothing did."""
    told = history.history.get(watched, [])
    if not told or len(told) == history.params["epochs"]:
        return None
    best = np.argmax if "accuracy" in watched else np.argmin
    return watched, len(told) - 1 - int(best(told))


def _place(known: np.ndarray, images: np.ndarray) -> tuple[int, int] | None:
    """Return where a part of the images begins and ends; None where it is no such part."""
    for start in np.flatnonzero(known == images[0]):
        if np.array_equal(known[start : start + len(images)], images):
            return int(start), int(start + len(images))
    return None


# --- of which mutants -----------------------------------------------------------------------


def mutants(exercise: Exercise, right: Mapping[str, Any], defined: Any) -> Iterator[Mutant]:
    """Yield other trainings of each network: dictionaries of the answers that change with them."""
    for history, model in _pairs(exercise):
        training = Training.of(right[model], right.get(history), reference(exercise.dataset))
        if training is None:
            continue
        others = _others(training, right.get(history))
        if exercise.answers[model].earlier:
            others = itertools.chain(others, _by_other_layers(training))
        plain = functools.cache(functools.partial(_made, right, history, model, training.fit))
        same = functools.partial(_alike, plain)
        for words, train in others:
            make = functools.partial(_made, right, history, model, train)
            yield Mutant(f"{model} {words}", make, same=same)
    for name, answer in exercise.answers.items():
        if answer.kind is evidence.Networks and not answer.earlier:
            yield from _of_searches(exercise, name, right, defined)


def _pairs(exercise: Exercise) -> list[tuple[str, str]]:
    """Return the names of each history and its network; of a network alone where none is due."""
    kinds = exercise.answers.items()
    histories = [name for name, answer in kinds if _is_own(answer, evidence.History)]
    models = [name for name, answer in kinds if answer.kind is evidence.Model]
    if histories:
        return list(zip(histories, models, strict=False))
    return [("", name) for name in models if not exercise.answers[name].earlier]


def _is_own(answer: Any, kind: type) -> bool:
    return answer.kind is kind and not answer.earlier


def _made(
    right: Mapping[str, Any], history: str, model: str, train: Callable[[], tuple]
) -> dict[str, Any]:
    record, network = train()
    made = {model: network} | ({history: record} if history else {})
    added = _added(right[model])
    for name, value in right.items():
        if added and isinstance(value, float | np.floating) and np.isclose(value, added, rtol=1e-3):
            made[name] = _added(network)
    return made


def _alike(plain: Callable[[], dict[str, Any]], made: Mapping[str, Any]) -> bool:
    """Tell whether answers are those of the training that nothing was changed of.

    It begins with the same weights and draws the same numbers, so its network ends with the same
    ones and its history tells of the same curves, in every digit but the last.
    """
    return all(_same(one, made[name]) for name, one in plain().items())


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if hasattr(one, "get_weights"):
        return of_networks.alike(one, other) and all(
            itertools.starmap(_close, zip(one.get_weights(), other.get_weights(), strict=True))
        )
    if hasattr(one, "history"):
        return _same(one.history, other.history)
    return _close(one, other)


def _close(one: Any, other: Any) -> bool:
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-5, atol=1e-6)


def _added(model: Any) -> float:
    """Return what a network's regularizers add to its loss."""
    return float(sum(np.asarray(loss) for loss in model.losses)) if model.losses else 0.0


def _others(training: Training, right: Any) -> Iterator[tuple[str, Callable[[], tuple]]]:
    yield from _on_other_images(training)
    yield from _in_other_ways(training)
    if right is not None:
        yield from _of_another_moment(training, right)
        yield from _stopped(training)


# --- images ---------------------------------------------------------------------------------


def _on_other_images(training: Training) -> Iterator[tuple[str, Callable[[], tuple]]]:
    learnt, held_out = _parts_learnt(training), _parts_held_out(training)
    for (one, images), (other, watched) in itertools.product(learnt.items(), held_out.items()):
        if one or other:
            words = ", ".join(filter(None, (one and f"learnt {one}", other and f"watched {other}")))
            yield words, functools.partial(training.fit, images, watched)


def _parts_learnt(training: Training) -> dict[str, Images | None]:
    images, labels = training.images(*training.learnt)
    tests, count = training.tests(), len(training.data.x_train)
    everything = training.images(0, count)
    shuffled = np.random.default_rng(1).permutation(labels)
    parts = {
        "": None,
        "the test images": tests,
        "training and test images": _both((images, labels), tests),
        "unscaled": (images * 255, labels),
        "scaled twice": (images / 255, labels),
        "a half": (images[::2], labels[::2]),
        "labels of other images": (images, shuffled),
    }
    if training.learnt != (0, count):
        parts["all training images"] = everything
        parts["the last ones"] = tuple(part[-len(images) :] for part in everything)
    if training.held_out:
        parts["what is held out"] = training.watched()
    return parts


def _both(one: Images, other: Images) -> Images:
    return tuple(np.concatenate(pair) for pair in zip(one, other, strict=True))


def _parts_held_out(training: Training) -> dict[str, Images | str | None]:
    if not training.held_out:
        return {"": ""}
    images, labels = training.watched()
    own = training.images(*training.learnt)
    return {
        "": "",
        "by nothing": None,
        "on the test images": training.tests(),
        "on what is learnt": own,
        "on the last ones learnt": tuple(part[-len(images) :] for part in own),
        "unscaled": (images * 255, labels),
        "on a half": (images[::2], labels[::2]),
        "with labels of other images": (images, labels[::-1]),
        "on test images, too": _both((images, labels), training.tests()),
    }


# --- ways -----------------------------------------------------------------------------------


def _in_other_ways(training: Training) -> Iterator[tuple[str, Callable[[], tuple]]]:
    epochs, batch = training.epochs, training.batch
    ways: dict[str, dict[str, Any]] = {
        "for an epoch less": {"epochs": epochs - 1},
        "for an epoch more": {"epochs": epochs + 1},
        "for one epoch": {"epochs": 1},
        "in batches half as large": {"batch_size": batch // 2},
        "in batches twice as large": {"batch_size": batch * 2},
        "in one batch": {"batch_size": 10_000},
        "in few steps": {"steps_per_epoch": 2},
        "from a later epoch on": {"initial_epoch": 1},
        "watched every second epoch": {"validation_freq": 2},
    }
    for words, settings in ways.items():
        if "validation_freq" not in settings or training.held_out:
            yield words, functools.partial(training.fit, **settings)
    weights = {
        "without the images of a class": {"class_weight": {3: 0.0}},
        "without every second image": {"sample_weight": np.arange(training.count) % 2},
        "with a class that counts more": {"class_weight": {6: 1.5}},
        "with some images that count more": {"sample_weight": 1 + np.arange(training.count) % 2},
    }
    for words, settings in weights.items():
        yield words, functools.partial(training.fit, **settings)
    yield "twice", functools.partial(_twice, training, epochs, epochs)
    yield "an epoch before", functools.partial(_twice, training, 1, epochs)
    yield "in two parts", functools.partial(_twice, training, epochs - 1, 1)
    yield "on test images before", functools.partial(_after_tests, training)
    for words, settings in {
        "by SGD": {"optimizer": "sgd"},
        "by RMSprop": {"optimizer": "rmsprop"},
        "on squares": {"loss": "mse"},
        "with a tiny rate": {"rate": 1e-6},
        "with half the rate": {"rate": 5e-4},
        "with a large rate": {"rate": 0.3},
    }.items():
        yield f"compiled {words}", functools.partial(_compiled, training, **settings)


def _by_other_layers(training: Training) -> Iterator[tuple[str, Callable[[], tuple]]]:
    for words, change in relayered.KINDS.items():
        yield (
            f"defined anew {words}",
            lambda change=change: training.fit(model=change(training.untrained())),
        )


def _twice(training: Training, first: int, second: int) -> tuple:
    _, model = training.fit(epochs=first)
    return training.fit(model=model, epochs=second)


def _after_tests(training: Training) -> tuple:
    _, model = training.fit(training.tests(), epochs=1)
    return training.fit(model=model)


def _compiled(training: Training, optimizer: str = "", loss: str = "", rate: float = 0.0) -> tuple:
    model = training.untrained()
    if rate:
        model.optimizer.learning_rate = rate
        return training.fit(model=model)
    told = {"optimizer": optimizer or "adam", "loss": loss or training.model.loss}
    if loss == "mse" and training.model.loss != "categorical_crossentropy":
        told["loss"] = _squares
    model.compile(**told, metrics=["accuracy"])
    return training.fit(model=model)


def _squares(labels: Any, outputs: Any) -> Any:
    """Return the squared differences to one-hot labels."""
    from keras import ops

    coded = ops.one_hot(ops.reshape(ops.cast(labels, "int32"), (-1,)), 10)
    return ops.mean(ops.square(coded - outputs), axis=-1)


# --- moments --------------------------------------------------------------------------------


def _of_another_moment(training: Training, right: Any) -> Iterator[tuple[str, Callable]]:
    """Yield the right history with another network, and the right network with another history."""
    yield "as it was before", lambda: (right, training.untrained())
    yield "another of the same kind", lambda: (right, training.fit()[1])
    yield "with the history of another", lambda: (training.fit()[0], training.model)
    yield "an epoch further", functools.partial(_further, training, right)
    yield "a rebuilt one with its weights", lambda: (right, _with_weights_of(training))
    yield "of the last epoch but one", lambda: (right, training.fit(epochs=training.epochs - 1)[1])


def _further(training: Training, right: Any) -> tuple:
    model = _with_weights_of(training)
    training.fit(model=model, epochs=1)
    return right, model


def _with_weights_of(training: Training) -> Any:
    made = training.untrained()
    made.set_weights([part * 0.98 for part in training.model.get_weights()])
    return made


def _stopped(training: Training) -> Iterator[tuple[str, Callable[[], tuple]]]:
    if not training.held_out:
        return
    for watched, restored, patience in itertools.product(
        ("loss", "accuracy", "val_loss", "val_accuracy"), (True, False), (0, 2, 5)
    ):
        words = f"stopped by {watched}, patience {patience}{', weights restored' * restored}"
        yield words, functools.partial(_stopping, training, watched, restored, patience)


def _stopping(training: Training, watched: str, restored: bool, patience: int) -> tuple:
    return training.fit(callbacks=[_stopping_by(watched, patience, restored)])


def _stopping_by(watched: str, patience: int, restored: bool = True) -> Any:
    import keras

    return keras.callbacks.EarlyStopping(
        monitor=watched, patience=patience, restore_best_weights=restored
    )


# --- searches -------------------------------------------------------------------------------


def _of_searches(
    exercise: Exercise, name: str, right: Mapping[str, Any], defined: Any
) -> Iterator[Mutant]:
    """Yield dictionaries of networks that were all trained otherwise, and what follows of them."""
    data = reference(exercise.dataset)
    images = defined.find("x_validation"), defined.find("y_validation")
    first = next(iter(right[name].values()))
    plain = Training.of(first, None, data)
    if plain is None:
        return
    names = [item for item in exercise.own if item != name]

    def make(words: str = "") -> dict[str, Any]:
        made = {}
        for key, model in right[name].items():
            training = Training.of(model, None, data)
            train = dict(_others(training, None))[words] if words else training.fit
            made[key] = train()[1]
        told = {key: _accuracy(model, *images) for key, model in made.items()}
        return {name: made} | dict(zip(names, (told, max(told, key=told.get)), strict=True))

    same = functools.partial(_alike, functools.cache(make))
    for words, _ in _others(plain, None):
        yield Mutant(f"{name} {words}", functools.partial(make, words), same=same)


def _accuracy(model: Any, images: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean(model.predict(images, verbose=0).argmax(axis=1) == labels))
