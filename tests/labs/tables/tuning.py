"""Right and wrong answers to lab 4."""

import functools
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import sklearn.metrics
import tensorflow as tf
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier

from labkit import data, plots
from labkit.checks.result import Outcome
from labkit.labs import tuning
from tests.labs.table import Table

TABLE = Table()
right, wrong, blank = TABLE.right, TABLE.wrong, TABLE.blank

NODES, THREE = tuning.NODES, tuning.THREE_NODES
PAIRS = [(rate, nodes) for rate in tuning.RATES for nodes in tuning.RATE_NODES]


def build(nodes, layers=1, learning_rate=0.001):
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
    for _ in range(layers):
        model.add(keras.layers.Dense(nodes, activation="relu"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(
        keras.optimizers.Adam(learning_rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


class _Digits:
    """What lab 4's notebook has defined, made once from the drawn digits."""

    @functools.cached_property
    def _arrays(self):
        return data.load_mnist()

    @property
    def x_train(self):
        return self._arrays[0][0] / np.float32(255)

    @property
    def y_train(self):
        return self._arrays[0][1]

    @property
    def x_test(self):
        return self._arrays[1][0] / np.float32(255)

    @property
    def y_test(self):
        return self._arrays[1][1]

    @property
    def search(self):
        count = len(self.y_train) // 3
        return self.x_train[:count], self.y_train[:count]

    @property
    def validation(self):
        count = len(self.y_train) // 6
        return self.x_train[-count:], self.y_train[-count:]

    def _trained(self, nodes, layers=1, rate=0.001):
        model = build(nodes, layers, rate)
        model.fit(*self.search, epochs=5, batch_size=128, verbose=0)
        return model

    @functools.cached_property
    def one(self):
        keras.utils.set_random_seed(1)
        return {nodes: self._trained(nodes) for nodes in NODES}

    @functools.cached_property
    def rates(self):
        keras.utils.set_random_seed(2)
        return {(rate, nodes): self._trained(nodes, 1, rate) for rate, nodes in PAIRS}

    @functools.cached_property
    def three(self):
        keras.utils.set_random_seed(3)
        return {nodes: self._trained(nodes, 3) for nodes in THREE}

    @functools.cached_property
    def final(self):
        """Return the networks of one layer, with a rate and of three layers, and the choices."""
        keras.utils.set_random_seed(4)
        models = build(128), build(32, 1, 0.01), build(64, 3)
        for model in models:
            model.fit(self.x_train, self.y_train, epochs=5, batch_size=128, verbose=0)
        return models

    @functools.cached_property
    def predictions(self):
        return [model.predict(self.x_test, verbose=0).argmax(axis=1) for model in self.final]

    @functools.cached_property
    def confusions(self):
        return [sklearn.metrics.confusion_matrix(self.y_test, told) for told in self.predictions]


@functools.cache
def digits():
    return _Digits()


@functools.cache
def accuracies(kind, part):
    """Return the accuracies of a search's networks on one part of the digits."""
    parts = {
        "search": digits().search,
        "validation": digits().validation,
        "test": (digits().x_test, digits().y_test),
    }
    images, labels = parts[part]
    return {
        key: float(np.mean(model.predict(images, verbose=0).argmax(axis=1) == labels))
        for key, model in getattr(digits(), kind).items()
    }


def best(table):
    return max(table, key=table.get)


# --- kind-of-problem --------------------------------------------------------------------------
E = "kind-of-problem"
right(E, "letter", lambda g: ("c",))
right(E, "capital", lambda g: ("C",))
right(E, "with a bracket", lambda g: (" c) ",))
blank(E, lambda g: (...,))
wrong(E, "the trap", lambda g: ("a",), 0, "kind_of_problem-a")
wrong(E, "b", lambda g: ("b",), 0, "kind_of_problem-b")
wrong(E, "d", lambda g: ("d",), 0, "kind_of_problem-d")
wrong(E, "a word", lambda g: ("classification",))
wrong(E, "a number", lambda g: (3,))

# --- baseline ---------------------------------------------------------------------------------
E = "baseline"


def _frequent():
    return int(np.bincount(digits().search[1]).argmax())


def _share(labels):
    return float(np.mean(labels == _frequent()))


right(E, "NumPy", lambda g: (np.int64(_frequent()), (digits().validation[1] == _frequent()).mean()))
right(E, "plain", lambda g: (_frequent(), _share(digits().validation[1])))
right(E, "rounded", lambda g: (_frequent(), round(_share(digits().validation[1]), 4)))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (-1, 0))
wrong(E, "half done", lambda g: (_frequent(), ...), 2)
wrong(
    E,
    "its count",
    lambda g: (np.bincount(digits().search[1]).max(), _share(digits().validation[1])),
    3,
    "count-for-digit",
)
wrong(
    E,
    "on the search part",
    lambda g: (_frequent(), _share(digits().search[1])),
    2,
    "measured-on-training-images",
)
wrong(
    E,
    "on the test part",
    lambda g: (_frequent(), _share(digits().y_test)),
    2,
    "measured-on-the-test-set",
)
wrong(E, "guessed", lambda g: (0, 0.1), 0, "one-in-ten-assumed")
wrong(
    E,
    "per cent",
    lambda g: (_frequent(), 100 * _share(digits().validation[1])),
    2,
    "per-cent-for-share",
)

# --- build-mlp --------------------------------------------------------------------------------
E = "build-mlp"


def _functional(nodes, layers=1, learning_rate=0.001):
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


def _logits(nodes, layers, learning_rate):
    hidden = [keras.layers.Dense(int(nodes), tf.nn.relu) for _ in range(layers)]
    last = keras.layers.Dense(10)
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *hidden, last])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    return model


def _variant(
    hidden="relu", last="softmax", loss="sparse_categorical_crossentropy", optimizer=None, **fixed
):
    """Return a function like `build` with one thing changed."""

    def built(nodes, layers=1, learning_rate=0.001):
        nodes, layers = fixed.get("nodes", nodes), fixed.get("layers", layers)
        layers += fixed.get("more", 0)
        chain = [keras.layers.Dense(nodes, hidden) for _ in range(layers)]
        model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *chain])
        model.add(keras.layers.Dense(fixed.get("classes", 10), last))
        if optimizer != "none":
            chosen = optimizer or keras.optimizers.Adam(learning_rate)
            model.compile(chosen, loss, metrics=fixed.get("metrics", ["accuracy"]))
        return model

    return built


def _nothing(nodes, layers=1, learning_rate=0.001):
    """Do nothing, like a function whose body is still to be written."""


def _not_returned(nodes, layers=1, learning_rate=0.001):
    build(nodes, layers, learning_rate)


def _without_input(nodes, layers=1, learning_rate=0.001):
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _raises(nodes, layers=1, learning_rate=0.001):
    return undefined_name  # noqa: F821


right(E, "loop", lambda g: (build,))
right(E, "functional", lambda g: (_functional,))
right(E, "scores and from_logits", lambda g: (_logits,))
blank(E, lambda g: (_nothing,))
wrong(E, "not returned", lambda g: (_not_returned,))
wrong(E, "constant", lambda g: (lambda nodes, layers, rate: 7,))
wrong(E, "raises", lambda g: (_raises,))
wrong(E, "a network", lambda g: (build(16),))
wrong(E, "no input", lambda g: (_without_input,))
wrong(E, "not compiled", lambda g: (_variant(optimizer="none"),), 7)
wrong(E, "no accuracy", lambda g: (_variant(metrics=[]),), 9)
wrong(E, "eleven classes", lambda g: (_variant(classes=11),), 9)
wrong(E, "adam by name", lambda g: (_variant(optimizer="adam"),), 8, "learning-rate-ignored")
wrong(E, "one layer", lambda g: (_variant(layers=1),), 7, "layers-ignored")
wrong(E, "last counted", lambda g: (_variant(more=-1),), 7, "output-counted-as-hidden")
wrong(E, "always 32", lambda g: (_variant(nodes=32),), 7, "nodes-ignored")
wrong(E, "sigmoid", lambda g: (_variant(last="sigmoid"),), 9, "sigmoid-for-softmax")
wrong(E, "linear", lambda g: (_variant(hidden=None),), 9, "hidden-without-activation")
wrong(
    E,
    "one-hot loss",
    lambda g: (_variant(loss="categorical_crossentropy"),),
    9,
    "labels-and-loss-mismatch",
)


# --- the three searches -----------------------------------------------------------------------
def _searches(exercise, kind, points):
    """Write down the answers to a search; `points` are those of its four criteria."""
    entries, built, measured, chosen = points

    def networks():
        return getattr(digits(), kind)

    def told(part="validation"):
        return accuracies(kind, part)

    def untrained():
        keras.utils.set_random_seed(9)
        hidden = {key: key if isinstance(key, tuple) else (0.001, key) for key in networks()}
        layers = 3 if kind == "three" else 1
        return {key: build(nodes, layers, rate) for key, (rate, nodes) in hidden.items()}

    def guesses(models):
        images, labels = digits().validation
        return {
            key: float(np.mean(model.predict(images, verbose=0).argmax(axis=1) == labels))
            for key, model in models.items()
        }

    def one_for_all():
        model = networks()[max(networks())]
        share = told()[max(networks())]
        return dict.fromkeys(networks(), model), dict.fromkeys(networks(), share)

    right(exercise, "dictionaries", lambda g: (networks(), told(), best(told())))
    right(
        exercise,
        "any order, rounded",
        lambda g: (
            dict(reversed(networks().items())),
            {key: round(share, 4) for key, share in told().items()},
            best(told()),
        ),
    )

    def numpy_keys(values):
        return {
            (tuple(map(np.float64, key)) if isinstance(key, tuple) else np.int64(key)): value
            for key, value in values.items()
        }

    right(
        exercise,
        "NumPy's numbers",
        lambda g: (networks(), numpy_keys(told()), np.array(best(told()))),
    )
    blank(exercise, lambda g: (..., ..., ...))
    wrong(exercise, "constant", lambda g: (0, 0, 0))
    wrong(exercise, "empty", lambda g: ({}, {}, None))
    wrong(
        exercise,
        "one left out",
        lambda g: (
            {key: model for key, model in networks().items() if key != best(told())},
            told(),
            best(told()),
        ),
    )
    wrong(exercise, "models for numbers", lambda g: (networks(), networks(), best(told())))
    wrong(
        exercise,
        "one network",
        lambda g: (*one_for_all(), max(networks())),
        entries + measured + chosen,
        "one-network-trained-on",
    )
    wrong(
        exercise,
        "training accuracy",
        lambda g: (networks(), told("search"), best(told("search"))),
        entries + built + chosen,
        "training-accuracy-compared",
    )
    wrong(
        exercise,
        "test accuracy",
        lambda g: (networks(), told("test"), best(told("test"))),
        entries + built + chosen,
        "validation-on-the-test-set",
    )
    wrong(
        exercise,
        "not trained",
        lambda g: (lambda models: (models, guesses(models), best(guesses(models))))(untrained()),
        entries + built + chosen,
        "not-trained",
    )
    wrong(
        exercise,
        "accuracy for choice",
        lambda g: (networks(), told(), max(told().values())),
        entries + built + measured,
        "accuracy-for-choice",
    )
    wrong(
        exercise,
        "worst chosen",
        lambda g: (networks(), told(), min(told(), key=told().get)),
        entries + built + measured,
        "worst-chosen",
    )


_searches("one-layer", "one", (2, 2, 4, 2))
_searches("rate-and-nodes", "rates", (2, 2, 3, 1))
_searches("three-layers", "three", (2, 2, 3, 1))

# --- final-networks ---------------------------------------------------------------------------
E = "final-networks"
CHOSEN = (128, (0.01, 32), 64)


def _untrained():
    keras.utils.set_random_seed(6)
    return build(128), build(32, 1, 0.01), build(64, 3)


right(E, "as chosen", lambda g: (*digits().final, *CHOSEN))
right(E, "NumPy's numbers", lambda g: (*digits().final, np.int64(128), (0.01, np.int64(32)), 64))
right(E, "a list for the pair", lambda g: (*digits().final, 128, [0.01, 32], 64))
blank(E, lambda g: (..., ..., ..., *CHOSEN))
wrong(
    E,
    "search missing",
    lambda g: (*digits().final, ..., *CHOSEN[1:]),
    outcome=Outcome.BLOCKED,
)
wrong(E, "constant", lambda g: (0, 0, 0, *CHOSEN))
wrong(E, "one missing", lambda g: (digits().final[0], ..., digits().final[2], *CHOSEN), 4)
wrong(E, "not as chosen", lambda g: (*digits().final, 16, (0.01, 32), 64), 5)
wrong(E, "not trained", lambda g: (*_untrained(), *CHOSEN), 3, "not-trained")
wrong(E, "mixed up", lambda g: (*digits().final[::-1], *CHOSEN), 4, "networks-mixed-up")

# --- draw-networks ----------------------------------------------------------------------------
E = "draw-networks"


def _drawn(*models):
    return [plots.draw_network(model) for model in models]


def _in_one_figure():
    _, axes = plt.subplots(1, 3)
    for model, ax in zip(digits().final, axes, strict=True):
        plots.draw_network(model, ax=ax)
    return axes


def _by_hand():
    drawn = []
    for widths in ([784, 128, 10], [784, 32, 10], [784, 64, 64, 64, 10]):
        _, ax = plt.subplots()
        ax.plot(range(len(widths)), widths, "o")
        for place, width in enumerate(widths):
            ax.text(place, width, str(width))
        drawn.append(ax)
    return drawn


right(E, "list", lambda g: (_drawn(*digits().final), *digits().final))
right(E, "one figure", lambda g: (_in_one_figure(), *digits().final))
right(E, "by hand", lambda g: (_by_hand(), *digits().final))
blank(E, lambda g: (..., *digits().final))
wrong(E, "constant", lambda g: (0, *digits().final))
wrong(E, "empty axes", lambda g: (plt.subplots(1, 3)[1], *digits().final))
wrong(E, "a curve", lambda g: ([plt.subplots()[1].plot([1, 2])[0].axes] * 3, *digits().final), 2)
wrong(
    E,
    "the same",
    lambda g: (_drawn(*[digits().final[0]] * 3), *digits().final),
    2,
    "one-network-three-times",
)
wrong(E, "one", lambda g: (_drawn(digits().final[2])[0], *digits().final), 0, "only-one-drawn")
wrong(E, "turned", lambda g: (_drawn(*digits().final[::-1]), *digits().final), 2, "order-turned")

# --- predict-digits ---------------------------------------------------------------------------
E = "predict-digits"


def _probabilities():
    return [model.predict(digits().x_test, verbose=0) for model in digits().final]


right(E, "argmax", lambda g: (*digits().predictions, *digits().final))
right(E, "lists", lambda g: (*[told.tolist() for told in digits().predictions], *digits().final))
right(
    E, "floats", lambda g: (*[told.astype(float) for told in digits().predictions], *digits().final)
)
blank(E, lambda g: (..., ..., ..., *digits().final))
wrong(E, "constant", lambda g: (0, 0, 0, *digits().final))
wrong(
    E,
    "one missing",
    lambda g: (digits().predictions[0], ..., digits().predictions[2], *digits().final),
)
wrong(E, "turned", lambda g: (*digits().predictions[::-1], *digits().final), 2)
wrong(
    E,
    "probabilities",
    lambda g: (*_probabilities(), *digits().final),
    0,
    "probabilities-for-classes",
)
wrong(
    E,
    "wrong axis",
    lambda g: (*[rows.argmax(axis=0) for rows in _probabilities()], *digits().final),
    0,
    "argmax-over-wrong-axis",
)
wrong(
    E,
    "training images",
    lambda g: (
        (
            *[np.resize(told, len(digits().y_train)) for told in digits().predictions],
            *digits().final,
        )
    ),
    0,
    "training-images-predicted",
)
wrong(
    E,
    "true labels",
    lambda g: (*[digits().y_test] * 3, *digits().final),
    2,
    "true-labels-copied",
)
wrong(
    E,
    "largest probability",
    lambda g: (*[rows.max(axis=1) for rows in _probabilities()], *digits().final),
    0,
    "max-for-argmax",
)

# --- confusion-matrices -----------------------------------------------------------------------
E = "confusion-matrices"


def _counted(told):
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (digits().y_test, told), 1)
    return counts


def _changed(change):
    return (*[change(counts) for counts in digits().confusions], *digits().predictions)


right(E, "scikit-learn", lambda g: _changed(np.array))
right(E, "by hand", lambda g: (*map(_counted, digits().predictions), *digits().predictions))
right(E, "floats", lambda g: _changed(lambda counts: counts.astype(float)))
right(E, "lists", lambda g: _changed(np.ndarray.tolist))
blank(E, lambda g: (..., ..., ..., *digits().predictions))
wrong(E, "constant", lambda g: (0, 0, 0, *digits().predictions))
wrong(E, "accuracies", lambda g: _changed(np.diag))
wrong(E, "turned", lambda g: (*digits().confusions[::-1], *digits().predictions), 1)
wrong(E, "transposed", lambda g: _changed(np.transpose), 1, "transposed")
wrong(
    E,
    "shares",
    lambda g: _changed(lambda counts: counts / counts.sum(axis=1, keepdims=True)),
    1,
    "shares-for-counts",
)
wrong(
    E,
    "the first",
    lambda g: (*[digits().confusions[0]] * 3, *digits().predictions),
    1,
    "one-network-three-times",
)
wrong(
    E,
    "with themselves",
    lambda g: (
        *[sklearn.metrics.confusion_matrix(told, told) for told in digits().predictions],
        *digits().predictions,
    ),
    1,
    "predictions-compared-with-predictions",
)

# --- overall-accuracy -------------------------------------------------------------------------
E = "overall-accuracy"


def _overall(change=lambda share: share):
    shares = [np.trace(counts) / counts.sum() for counts in digits().confusions]
    return {name: change(share) for name, share in zip(tuning.NAMES, shares, strict=True)}


def _told(change=lambda share: share, choose=max):
    return (change_all := _overall(change)), choose(change_all, key=_overall().get)


right(E, "trace", lambda g: (*_told(), *digits().confusions))
right(E, "rounded", lambda g: (*_told(lambda share: round(share, 4)), *digits().confusions))
right(
    E,
    "as measured by scikit-learn",
    lambda g: (
        {
            name: sklearn.metrics.accuracy_score(digits().y_test, told)
            for name, told in zip(tuning.NAMES, digits().predictions, strict=True)
        },
        _told()[1],
        *digits().confusions,
    ),
)
blank(E, lambda g: (..., ..., *digits().confusions))
wrong(E, "constant", lambda g: (0, 0, *digits().confusions))
wrong(E, "other names", lambda g: ({"a": 1, "b": 1, "c": 1}, "a", *digits().confusions))
wrong(E, "no name", lambda g: (_told()[0], ..., *digits().confusions), 3)
wrong(
    E,
    "per cent",
    lambda g: (*_told(lambda s: 100 * s), *digits().confusions),
    2,
    "per-cent-for-share",
)
wrong(
    E, "errors", lambda g: (*_told(lambda s: 1 - s), *digits().confusions), 2, "errors-for-accuracy"
)
wrong(
    E,
    "counts",
    lambda g: (*_told(lambda s: s * len(digits().y_test)), *digits().confusions),
    2,
    "count-for-share",
)
wrong(E, "the worst", lambda g: (*_told(choose=min), *digits().confusions), 3, "worst-chosen")

# --- count-grid -------------------------------------------------------------------------------
E = "count-grid"
DECAYS = 10.0 ** np.linspace(-3, 0, 13)
right(E, "linspace", lambda g: (DECAYS, 65))
right(E, "logspace", lambda g: (np.logspace(-3, 0, 13), np.int64(13 * 5)))
right(E, "arange", lambda g: (10 ** np.arange(-3, 0.01, 0.25), 65.0))
right(E, "list", lambda g: ([10 ** (n / 4) for n in range(-12, 1)], 65))
blank(E, lambda g: (..., ...))
wrong(E, "constant", lambda g: (0, 0))
wrong(E, "half done", lambda g: (DECAYS, ...), 3)
wrong(E, "end left out", lambda g: (10 ** np.arange(-3, 0, 0.25), 60), 0, "end-left-out")
wrong(E, "exponents", lambda g: (np.arange(-3, 0.01, 0.25), 65), 2, "exponents-for-decays")
wrong(E, "the report's", lambda g: (DECAYS, 70), 3, "fourteen-as-printed")
wrong(E, "evenly", lambda g: (np.linspace(0.001, 1, 13), 65), 2, "evenly-spaced")

# --- plain-search -----------------------------------------------------------------------------
E = "plain-search"
ALPHAS = tuning.piece_alphas()


@functools.cache
def _search(alphas=tuple(ALPHAS), folds=5, nodes=(50,), fitted=True, broken=False):
    network = MLPClassifier(nodes, max_iter=8, random_state=1, batch_size=20)
    if broken:
        network.set_params(learning_rate_init=1e-7)
    search = GridSearchCV(network, {"alpha": list(alphas)}, cv=folds)
    return search.fit(*_small()) if fitted else search


def _small():
    warnings.simplefilter("ignore", ConvergenceWarning)
    (images, labels), _ = data.load_fashion_mnist()
    return images[:300].reshape(300, -1).astype("float32") / 255, labels[:300]


def _forged(with_network=False):
    """Return a search whose results were set, with a network that has learnt nothing."""
    search = GridSearchCV(MLPClassifier((50,), max_iter=10), {"alpha": ALPHAS}, cv=5)
    settings = [{"alpha": alpha} for alpha in ALPHAS]
    search.n_splits_ = 5
    search.cv_results_ = {"params": settings, "mean_test_score": np.array([0.8, 0.8, 0.7])}
    if with_network:
        each = {f"split{fold}_test_score": np.array([0.8, 0.8, 0.7]) for fold in range(5)}
        search.cv_results_ |= each
        search.best_estimator_ = _search(broken=True).best_estimator_
    return search


right(E, "grid search", lambda g: (_search(),))
right(E, "a number for the width", lambda g: (_search(nodes=50),))
right(E, "other order", lambda g: (_search(tuple(ALPHAS[::-1])),))
blank(E, lambda g: (...,))
wrong(E, "constant", lambda g: (0,))
wrong(E, "only the network", lambda g: (MLPClassifier((50,)),))
wrong(E, "another network", lambda g: (LogisticRegression(),))
wrong(E, "learnt nothing", lambda g: (_search(broken=True),), 5)
wrong(E, "results by hand", lambda g: (_forged(),))
wrong(E, "results of another fit", lambda g: (_forged(True),), 5)
wrong(E, "not fitted", lambda g: (_search(fitted=False),), 0, "not-fitted")
wrong(E, "decays", lambda g: (_search(tuning.PIECE_ALPHAS),), 4, "decay-taken-for-alpha")
wrong(E, "100 nodes", lambda g: (_search(nodes=(100,)),), 5, "default-width")
wrong(E, "three folds", lambda g: (_search(folds=3),), 5, "wrong-number-of-folds")

# --- grid-table -------------------------------------------------------------------------------
E = "grid-table"
TOLD = np.round(0.8 + 0.01 * np.random.default_rng(5).normal(size=(13, 5)), 4)
MEAN, SPREAD = TOLD.mean(axis=1), TOLD.std(axis=1, ddof=1)
BEST = DECAYS[MEAN.argmax()]

right(E, "NumPy", lambda g: (MEAN, SPREAD, BEST, TOLD))
right(E, "ddof 0", lambda g: (MEAN, TOLD.std(axis=1), float(BEST), TOLD))
right(E, "lists", lambda g: (MEAN.tolist(), SPREAD.tolist(), BEST, TOLD))
blank(E, lambda g: (..., ..., ..., TOLD))
wrong(E, "constant", lambda g: (0, 0, 0, TOLD))
wrong(E, "half done", lambda g: (MEAN, ..., ..., TOLD), 2)
wrong(
    E,
    "over decays",
    lambda g: (TOLD.mean(axis=0), TOLD.std(axis=0, ddof=1), BEST, TOLD),
    1,
    "mean-over-decays",
)
wrong(E, "variance", lambda g: (MEAN, SPREAD**2, BEST, TOLD), 3, "variance-for-spread")
wrong(E, "best fold", lambda g: (TOLD.max(axis=1), SPREAD, BEST, TOLD), 3, "best-fold-for-mean")
wrong(E, "place", lambda g: (MEAN, SPREAD, MEAN.argmax(), TOLD), 4, "index-for-decay")

# --- grid-picture -----------------------------------------------------------------------------
E = "grid-picture"


def _picture(x=DECAYS, spread="bars", scale="log", words=("weight decay", "accuracy")):
    _, ax = plt.subplots()
    if spread == "bars":
        ax.errorbar(x, MEAN, yerr=SPREAD, marker="o")
    else:
        ax.plot(x, MEAN)
    if spread == "band":
        ax.fill_between(x, MEAN - SPREAD, MEAN + SPREAD, alpha=0.2)
    if spread == "lines":
        ax.plot(x, MEAN - SPREAD, "--")
        ax.plot(x, MEAN + SPREAD, "--")
    ax.set(xscale=scale, xlabel=words[0], ylabel=words[1])
    return ax


right(E, "errorbar", lambda g: (_picture(), TOLD))
right(E, "band", lambda g: (_picture(spread="band"), TOLD))
right(E, "lines", lambda g: (_picture(spread="lines"), TOLD))
right(E, "figure", lambda g: (_picture().figure, TOLD))
blank(E, lambda g: (..., TOLD))
wrong(E, "constant", lambda g: (0, TOLD))
wrong(E, "empty", lambda g: (plt.subplots()[1], TOLD), 0, "linear-axis")
wrong(E, "no spread", lambda g: (_picture(spread="none"), TOLD), 3, "no-spread")
wrong(E, "linear", lambda g: (_picture(scale="linear"), TOLD), 4, "linear-axis")
wrong(E, "no words", lambda g: (_picture(words=("", "")), TOLD), 4, "axes-without-words")
wrong(E, "places", lambda g: (_picture(np.arange(13), scale="symlog"), TOLD), 1, "place-for-decay")
