"""Cross-validate many small networks at once: the weight-decay grid.

A search over d decays with k folds trains d × k networks of the same shape, and the d networks of a
fold learn from the same images. Here these stand side by side in one TensorFlow graph: their first
layers are one wide matrix, and one matrix product serves them all. No network sees another's
weights or gradients, so each is trained as if it were alone. One fold follows the other.

`plain_search` is the same search the plain way, with scikit-learn: one network after the other, or
on as many machines as a Dask cluster has.
"""

import dataclasses
import json
import numbers
import pathlib
import platform
import time
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from labkit.reports import processor

# R: 10^seq(-3, 0, by=0.25). A sequence with both its ends has one more value than it has steps.
DECAYS = 10.0 ** np.arange(-3, 0.25, 0.25)
DECAYS.flags.writeable = False
RECORD = pathlib.Path(__file__).parent / "recorded" / "tuning-grid.json"

_HELD_OUT_BATCH = 1_000


@dataclasses.dataclass(frozen=True)
class Grid:
    """What a grid found.

    Attributes
    ----------
    decays : ndarray of float64, shape (d,)
    accuracies : ndarray of float64, shape (d, k)
        The share of right answers in each fold, given by the network that never saw this fold.
    parameters : int
        The weights of one network, biases included.
    seconds : float
        The time that all networks took together.
    """

    decays: np.ndarray
    accuracies: np.ndarray
    parameters: int
    seconds: float

    def __str__(self) -> str:
        count, folds = self.accuracies.shape
        best = self.accuracies.mean(axis=1).max()
        return f"{count} decays × {folds} folds: best mean accuracy {best:.4f}"


def cross_validate(
    images: ArrayLike,
    labels: ArrayLike,
    decays: ArrayLike = DECAYS,
    folds: int | ArrayLike = 5,
    *,
    units: int = 50,
    epochs: int = 6,
    batch_size: int = 200,
    learning_rate: float = 0.002,
    anneal: bool = True,
    seed: int = 0,
    progress: bool = False,
    products: str | None = None,
) -> Grid:
    """Cross-validate one network for each weight decay, all of them at once.

    Each network has one hidden layer (relu) and a softmax over the classes. It is trained by
    Adam on shuffled minibatches in float32. All networks start from the same weights, and those of
    a fold see the images in the same order: where two of them differ, the decay is the reason.

    Parameters
    ----------
    images : array_like, shape (n, ...)
        uint8, which is divided by 255 here, or floats from 0 to 1.
    labels : array_like of int, shape (n,)
        Class numbers from 0; no class may be missing.
    decays : array_like of float, shape (d,)
        As R's ``nnet(decay=)`` counts it: ``decay * sum(w**2)`` over all weights and biases is
        added to the loss *summed* over the training images. The same minimum has the *mean* loss
        with the penalty divided by the number of training images, and this is what the minibatches
        minimize.
    folds : int or array_like of int, shape (n,)
        The number of folds, which are then drawn with equal shares of each class, or the
        fold of each image, numbered from 0.
    units : int
        Nodes in the hidden layer.
    epochs, batch_size : int
    learning_rate : float
    anneal : bool
        Whether the learning rate falls evenly to 0. A fold's networks see the same last
        minibatches; at a constant rate, which scikit-learn keeps, all are lucky or unlucky with
        them.
    seed : int
        Decides the folds (where they are drawn), the first weights and the order of the images.
    progress : bool
        Whether to show a bar.
    products : str, optional
        ``"float32"`` or ``"bfloat16"``: what the first layer's factors are rounded to before they
        are multiplied; sums, weights and all else are float32. By default bfloat16 where the
        processor has instructions for it, float32 elsewhere. Over fourteen decays, five folds of
        60,000 images and three seeds, accuracies with bfloat16 were higher by .00003, with a
        standard error of .00015 (``benchmarks/grid_accuracies.py --products``).

    Returns
    -------
    Grid

    Raises
    ------
    ValueError
        If a shape, a label, a fold or a setting does not fit; the message says which and why.
    """
    pixels = _pixels(images)
    classes = _labels(labels, len(pixels))
    penalties = _decays(decays)
    for name, value in {"units": units, "epochs": epochs, "batch_size": batch_size}.items():
        _count(name, value, 1)
    _count("seed", seed, 0)
    if not _is_positive(learning_rate):
        raise ValueError(f"learning_rate is {learning_rate!r}; it must be a number above 0.")
    multiplied = _multiplied(products)
    members = _folds(folds, classes, seed)

    import tensorflow as tf

    start = time.perf_counter()
    fold_count = int(members.max()) + 1
    networks = _Networks(
        pixels.shape[1], units, int(classes.max()) + 1, penalties, seed, multiplied
    )
    accuracies = np.empty((len(penalties), fold_count))
    with _bar(epochs * fold_count, progress) as bar:
        for fold in range(fold_count):
            seen, held_out = members != fold, members == fold
            images_seen, labels_seen = tf.constant(pixels[seen]), tf.constant(classes[seen])
            networks.begin(len(labels_seen))
            random = np.random.default_rng([seed, 1])
            steps = -(-len(labels_seen) // batch_size)
            for rates in _rates(learning_rate, epochs, steps, anneal):
                networks.train(images_seen, labels_seen, rates, batch_size, random)
                bar.update()
            accuracies[:, fold] = networks.accuracies(pixels[held_out], classes[held_out])
    return Grid(penalties, accuracies, networks.parameters, time.perf_counter() - start)


def plain_search(
    decays: ArrayLike = DECAYS,
    folds: int | ArrayLike = 5,
    *,
    images: int,
    units: int = 50,
    epochs: int = 6,
    batch_size: int = 200,
    learning_rate: float = 1e-3,
    seed: int = 0,
    n_jobs: int | None = None,
) -> Any:
    """Return scikit-learn's search over the same grid, ready to ``fit``.

    To spread its fits over the machines of a Dask cluster, fit it inside
    ``joblib.parallel_config(backend="dask")``.

    Parameters
    ----------
    decays, folds, units, epochs, learning_rate, seed
        As in `cross_validate`, where ``anneal=False`` keeps the rate as constant as it is here.
    images : int
        How many images it will be fitted on: `alpha` depends on it, see `alpha`.
    batch_size : int
    n_jobs : int, optional
        Fits at a time on this machine.

    Returns
    -------
    sklearn.model_selection.GridSearchCV

    Raises
    ------
    ValueError
        If a setting does not fit.
    """
    from sklearn import model_selection, neural_network

    _count("images", images, 2)
    if isinstance(folds, numbers.Integral):
        splitter = model_selection.StratifiedKFold(folds, shuffle=True, random_state=seed)
        trained_on = images * (folds - 1) / folds
    else:
        splitter = model_selection.PredefinedSplit(np.asarray(folds))
        trained_on = images * (1 - 1 / splitter.get_n_splits())
    network = neural_network.MLPClassifier(
        (units,),
        batch_size=batch_size,
        learning_rate_init=learning_rate,
        max_iter=epochs,
        n_iter_no_change=epochs,
        random_state=seed,
    )
    alphas = [alpha(decay, trained_on, batch_size) for decay in _decays(decays)]
    return model_selection.GridSearchCV(
        network, {"alpha": alphas}, cv=splitter, refit=False, n_jobs=n_jobs
    )


def recorded() -> Grid:
    """Return the whole grid as ``benchmarks/grid_accuracies.py`` recorded it.

    Its fourteen decays, 0 and `DECAYS`, were tried on all 60,000 training images of Fashion-MNIST.

    Raises
    ------
    FileNotFoundError
        If it was not recorded yet.
    """
    found = json.loads(RECORD.read_text("utf-8"))["wide"]
    return Grid(
        np.array(found["decays"]),
        np.array(found["accuracies"]),
        found["parameters"],
        found["seconds"],
    )


def alpha(decay: float, images: float, batch_size: int) -> float:
    """Return the `alpha` of scikit-learn's ``MLPClassifier`` for the `decay` of R's ``nnet``.

    ``nnet`` adds ``decay * sum(w**2)`` to the loss summed over all training images. In each
    minibatch, ``MLPClassifier`` adds ``alpha / 2 * sum(w**2)`` to the loss summed over the
    minibatch: as many times as there are minibatches, and half as much each time. (It also leaves
    the biases out, which are 60 of 39,760 weights.)

    Parameters
    ----------
    decay : float
    images : float
        The number of images that the network is trained on.
    batch_size : int
    """
    return 2 * decay * batch_size / images


# --- the networks ---------------------------------------------------------------------------


class _Networks:
    """Networks of the same shape side by side, one for each decay, that see the same images.

    Everything lies on its side, an image is a column: what one network puts out for a batch is one
    piece of memory, and nothing has to be turned round between the layers.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        outputs: int,
        decays: np.ndarray,
        seed: int,
        multiplied: str = "float32",
    ) -> None:
        import tensorflow as tf

        self.tf, self.multiplied = tf, multiplied
        self.decays, self.units = decays, units
        self.parameters = (inputs + 1) * units + (units + 1) * outputs

        count = len(decays)
        random = np.random.default_rng(seed)
        first = _glorot(random, inputs, units)
        second = _glorot(random, units, outputs)
        self.first = tf.Variable(np.tile(first.T, (count, 1)))
        self.first_bias = tf.Variable(tf.zeros((count * units, 1)))
        self.second = tf.Variable(np.tile(second.T, (count, 1, 1)))
        self.second_bias = tf.Variable(tf.zeros((count, outputs, 1)))
        self.weights = [self.first, self.first_bias, self.second, self.second_bias]
        # A step pulls each weight towards 0 by so much of itself.
        self.rows = tf.Variable(tf.zeros((count * units, 1)))
        self.matrices = tf.Variable(tf.zeros((count, 1, 1)))
        self._first = [one.numpy() for one in self.weights]
        # What Adam remembers of the slopes and of their squares, and how many steps it has taken.
        self.means, self.squares = ([tf.Variable(0 * one) for one in self.weights] for _ in "12")
        self.taken = tf.Variable(0.0)

        # Compiled, several passes over the weights are one. Keras does not on a Mac, either. The
        # products are not: oneDNN's, outside, are faster, and take two thirds of the time.
        compiled = platform.system() != "Darwin"
        self.with_pulls = tf.function(self._with_pulls, jit_compile=compiled)
        self.steps = tf.function(self._steps, reduce_retracing=True)

    def begin(self, images: int) -> None:
        """Go back to the first weights, to learn from so many images."""
        for weights, first in zip(self.weights, self._first, strict=True):
            weights.assign(first)
        for one in (*self.means, *self.squares, self.taken):
            one.assign(self.tf.zeros_like(one))
        # The slope of decay * sum(w**2) / images.
        pulls = (2 * self.decays / images).astype(np.float32)
        self.rows.assign(np.repeat(pulls, self.units).reshape(-1, 1))
        self.matrices.assign(pulls.reshape(-1, 1, 1))

    def train(
        self,
        pixels: Any,
        labels: Any,
        rates: np.ndarray,
        batch_size: int,
        random: np.random.Generator,
    ) -> None:
        """Go through the images once in a new order, at a learning rate for each step."""
        order = random.permutation(len(labels)).astype(np.int32)
        whole = len(order) // batch_size
        places = np.sort(order[: whole * batch_size].reshape(whole, batch_size))
        rates = rates.astype(np.float32)
        self.steps(pixels, labels, places, rates[:whole])
        if whole < len(rates):
            places = np.sort(order[np.newaxis, whole * batch_size :])
            self.steps(pixels, labels, places, rates[whole:])

    def accuracies(self, pixels: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return the share of right answers of each network."""
        right = np.zeros(len(self.decays), int)
        for start in range(0, len(labels), _HELD_OUT_BATCH):
            part = slice(start, start + _HELD_OUT_BATCH)
            images = self._scaled(self.tf.constant(pixels[part]), "float32")
            predicted = np.argmax(self._scores(self._hidden(*images)), axis=1)
            right += (predicted == labels[part]).sum(axis=1)
        return right / len(labels)

    def _steps(self, pixels: Any, labels: Any, places: Any, rates: Any) -> None:
        """Take a step for each row of `places`, in a loop of TensorFlow's: Python's holds it up."""
        tf = self.tf
        for number in tf.range(tf.shape(rates)[0]):
            # The order within a batch changes nothing, and memory is read from front to back.
            row = places[number]
            self._step(tf.gather(pixels, row), tf.gather(labels, row), rates[number])

    def _step(self, pixels: Any, labels: Any, rate: Any) -> None:
        """Let all networks learn from a batch. No weight appears in more than one of them."""
        tf = self.tf
        images, scale = self._scaled(pixels, self.multiplied)
        hidden = self._hidden(images, scale)
        # By hand: the slopes of the scores first, then layer by layer.
        errors = self._errors(self._scores(hidden), labels)
        apart = tf.reshape(hidden, (len(self.decays), self.units, -1))
        back = tf.reshape(tf.matmul(self.second, errors, transpose_a=True), tf.shape(hidden))
        back = tf.raw_ops.ReluGrad(gradients=back, features=hidden)
        slopes = [
            tf.cast(_times(back, scale), images.dtype) @ images,
            tf.reduce_sum(back, axis=1, keepdims=True),
            tf.matmul(errors, apart, transpose_b=True),
            tf.reduce_sum(errors, axis=2, keepdims=True),
        ]
        self._adam(self.with_pulls(slopes), rate)

    def _adam(self, slopes: list[Any], rate: Any) -> None:
        """Take Adam's step against the slopes, in place and with Keras's numbers."""
        first, second = 0.9, 0.999
        self.taken.assign_add(1)
        settings = {"beta1": first, "beta2": second, "epsilon": 1e-7, "lr": rate}
        settings |= {"beta1_power": first**self.taken, "beta2_power": second**self.taken}
        for weights, mean, square, slope in zip(
            self.weights, self.means, self.squares, slopes, strict=True
        ):
            self.tf.raw_ops.ResourceApplyAdam(
                var=weights.handle, m=mean.handle, v=square.handle, grad=slope, **settings
            )

    def _scaled(self, pixels: Any, multiplied: str) -> tuple[Any, float]:
        """Return images to multiply, and by what their products are multiplied then.

        Whole numbers up to 255 are exact in bfloat16; their 255th parts are not.
        """
        whole = pixels.dtype == self.tf.uint8
        images = self.tf.cast(pixels, multiplied)
        if whole and multiplied == "float32":
            return images / 255, 1.0
        return images, 1 / 255 if whole else 1.0

    def _hidden(self, images: Any, scale: float) -> Any:
        """Return the hidden layer's values, shape (networks × units, images)."""
        tf = self.tf
        first = tf.cast(self.first, images.dtype)
        sums = _times(tf.cast(tf.matmul(first, images, transpose_b=True), tf.float32), scale)
        return tf.nn.relu(sums + self.first_bias)

    def _scores(self, hidden: Any) -> Any:
        """Return scores of shape (networks, classes, images)."""
        apart = self.tf.reshape(hidden, (len(self.decays), self.units, -1))
        return self.second @ apart + self.second_bias

    def _errors(self, scores: Any, labels: Any) -> Any:
        """Return the slopes of the scores for the mean loss: softmax less the truth."""
        tf = self.tf
        share = 1 / tf.cast(tf.size(labels), tf.float32)
        # TensorFlow's softmax over the middle axis would turn everything round, twice.
        raised = tf.exp(scores - tf.reduce_max(scores, axis=1, keepdims=True))
        truth = tf.one_hot(labels, scores.shape[1], axis=0, on_value=share)
        return raised * (share / tf.reduce_sum(raised, axis=1, keepdims=True)) - truth

    def _with_pulls(self, slopes: list[Any]) -> list[Any]:
        """Add the penalty's slopes to those of the loss."""
        pulls = (self.rows, self.rows, self.matrices, self.matrices)
        return [
            self.tf.cast(slope, self.tf.float32) + pull * weights
            for slope, pull, weights in zip(slopes, pulls, self.weights, strict=True)
        ]


def _times(values: Any, scale: float) -> Any:
    return values if scale == 1 else values * scale


def _rates(first: float, epochs: int, steps: int, anneal: bool) -> np.ndarray:
    """Return the learning rate of each step of each epoch, shape (epochs, steps)."""
    left = 1 - np.arange(epochs * steps) / (epochs * steps) if anneal else np.ones(epochs * steps)
    return (first * left).reshape(epochs, steps)


def _glorot(random: np.random.Generator, inputs: int, outputs: int) -> np.ndarray:
    limit = np.sqrt(6 / (inputs + outputs))
    return random.uniform(-limit, limit, (inputs, outputs)).astype(np.float32)


def _bar(epochs: int, shown: bool) -> Any:
    import tqdm

    return tqdm.tqdm(total=epochs, desc="epochs", disable=not shown)


# --- what is given --------------------------------------------------------------------------


def _pixels(images: ArrayLike) -> np.ndarray:
    array = np.asarray(images)
    if array.ndim < 2 or 0 in array.shape:
        raise ValueError(f"images has the shape {array.shape}; it must be (n, 28, 28) or (n, 784).")
    if array.dtype.kind not in "uif":
        raise ValueError(f"images holds values of type {array.dtype}; pixels are numbers.")
    flat = array.reshape(len(array), -1)
    if flat.dtype == np.uint8:
        return flat
    low, high = float(flat.min()), float(flat.max())
    if not (low >= 0 and high <= 1):
        raise ValueError(
            f"images holds values from {low:g} to {high:g}; give uint8 as it was loaded, or "
            "floats from 0 to 1: divide by 255."
        )
    return flat.astype(np.float32, copy=False)


def _labels(labels: ArrayLike, count: int) -> np.ndarray:
    array = _whole_numbers("labels", labels, count)
    present = np.unique(array)
    if len(present) < 2 or not np.array_equal(present, np.arange(len(present))):
        raise ValueError(
            f"labels holds the classes {_few(present)}; they must be numbered from 0, at least "
            "two of them and none left out."
        )
    return array.astype(np.int32)


def _decays(decays: ArrayLike) -> np.ndarray:
    array = np.asarray(decays)
    if array.ndim != 1 or not array.size or array.dtype.kind not in "uif":
        raise ValueError(f"decays must be a list of numbers, at least one, not {decays!r}.")
    if not np.isfinite(array).all() or array.min() < 0:
        raise ValueError(f"decays holds {_few(array)}; a decay is 0 or more, and finite.")
    if len(np.unique(array)) < array.size:
        raise ValueError(f"decays holds {_few(array)}; one of them stands there twice.")
    return array.astype(np.float64)


def _folds(folds: int | ArrayLike, labels: np.ndarray, seed: int) -> np.ndarray:
    if np.ndim(folds) == 0:
        _count("folds", folds, 2)
        return _drawn_folds(int(folds), labels, seed)
    array = _whole_numbers("folds", folds, len(labels))
    present = np.unique(array)
    if len(present) < 2 or not np.array_equal(present, np.arange(len(present))):
        raise ValueError(
            f"folds holds {_few(present)}; folds are numbered from 0, at least two of them and "
            "none left out."
        )
    return array.astype(np.int32)


def _drawn_folds(count: int, labels: np.ndarray, seed: int) -> np.ndarray:
    from sklearn import model_selection

    rarest = int(np.bincount(labels).min())
    if rarest < count:
        raise ValueError(
            f"folds is {count}, but a class has only {rarest} images: each fold needs one of it."
        )
    splitter = model_selection.StratifiedKFold(count, shuffle=True, random_state=seed)
    members = np.empty(len(labels), np.int32)
    for number, (_, rows) in enumerate(splitter.split(labels, labels)):
        members[rows] = number
    return members


def _whole_numbers(name: str, values: ArrayLike, count: int) -> np.ndarray:
    array = np.asarray(values)
    if array.shape != (count,):
        raise ValueError(
            f"{name} has the shape {array.shape}; it must be ({count},): one for each image."
        )
    if array.dtype.kind not in "ui":
        raise ValueError(f"{name} holds values of type {array.dtype}; it must be whole numbers.")
    return array


def _count(name: str, value: Any, least: int) -> None:
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or value < least:
        raise ValueError(f"{name} is {value!r}; it must be a whole number, {least} or more.")


def _multiplied(products: Any) -> str:
    if products is None:
        return "bfloat16" if processor.multiplies_bfloat16() else "float32"
    if products not in ("float32", "bfloat16"):
        raise ValueError(f"products is {products!r}; it must be 'float32' or 'bfloat16'.")
    return products


def _is_positive(value: Any) -> bool:
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return real and bool(np.isfinite(value)) and value > 0


def _few(values: np.ndarray) -> str:
    shown = ", ".join(f"{value:g}" for value in values[:6])
    return shown + (", …" if len(values) > 6 else "")
