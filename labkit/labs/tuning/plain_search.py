"""The plain way, on a small piece

Search the three `alphas` with `GridSearchCV` and five folds, on `x_piece` and `y_piece`. The network
is an `MLPClassifier` with one hidden layer of 50 nodes, `max_iter=10` and `random_state=1`, and all
else as it is by default. Name the fitted search `search`. (Ten epochs are few, and scikit-learn says so
in a warning, which the first line turns off.)
"""

import math
import warnings

import numpy as np

from labkit import evidence
from labkit.checks import criteria
from labkit.checks.authoring import Exercise, Message
from labkit.checks.exercise import Answer
from labkit.checks.given import reference
from labkit.evidence import searches

FOLDS, PIECE = 5, 2_000
ALIKE = 0.98
SETTINGS = (("max_iter", 10), ("random_state", 1))
FIT = "Call search.fit with the images and labels of the piece."
exercise = Exercise(
    __doc__,
    given='warnings.simplefilter("ignore", ConvergenceWarning)',
    search=Answer(searches.grid_search, evidence.Value, "a GridSearchCV of scikit-learn"),
    hints=(
        "A search takes a network, a dictionary of what to try, and a number of folds.",
        "GridSearchCV(network, {...}, cv=...), then .fit(x_piece, y_piece).",
        'GridSearchCV(MLPClassifier((...,), max_iter=10, random_state=1), {"alpha": alphas}, '
        "cv=...)",
    ),
)


@exercise.solution
def solution(MLPClassifier, GridSearchCV, alphas, x_piece, y_piece):
    network = MLPClassifier((50,), max_iter=10, random_state=1)
    search = GridSearchCV(network, {"alpha": alphas}, cv=5).fit(x_piece, y_piece)
    return search


@exercise.criterion(1, stop=True, asks="Name the fitted search `search`")
def _(search):
    """the search has been fitted"""
    if not search["fitted"]:
        return Message("search has not been fitted yet", "a search with results", FIT)


def _same_alphas(seen, wanted):
    return len(seen) == len(wanted) and np.allclose(sorted(seen), sorted(wanted), rtol=1e-3)


@exercise.criterion(2, asks="Search the three `alphas`")
def _(search, alphas):
    """it tried the three alphas"""
    if not np.all(np.isfinite(search["alphas"])):
        return Message(
            f"search tried no alphas: it tried other settings of {search['network']}",
            "those in `alphas`",
            'The first argument is an MLPClassifier, the second a dictionary: {"alpha": ...}.',
        )
    if not _same_alphas(search["alphas"], alphas):
        return Message(
            f"search tried the alphas {', '.join(f'{alpha:g}' for alpha in search['alphas'])}",
            "those in `alphas`",
            'The second argument is a dictionary: {"alpha": ...}.',
        )


@exercise.criterion(1, asks="with `GridSearchCV` and five folds")
def _(search):
    """with five folds"""
    if search["folds"] != FOLDS:
        saw = f"search used {search['folds']} folds"
        return Message(saw, f"{FOLDS} folds", "GridSearchCV takes cv=.")


@exercise.criterion(
    1,
    asks="an `MLPClassifier` with one hidden layer of 50 nodes, `max_iter=10` and `random_state=1`, "
    "and all else as it is by default",
)
def _(search):
    """on networks with 50 nodes in one layer"""
    if search["network"] != "MLPClassifier":
        return Message(
            f"The network of search is {search['network']}",
            "an MLPClassifier",
            "It is the first argument of GridSearchCV, as it is, and not inside of something else.",
        )
    if search["nodes"] not in (50, [50]):
        return Message(
            f"The network has hidden_layer_sizes={criteria.show(search['nodes'])}",
            "one hidden layer of 50 nodes",
            "MLPClassifier takes hidden_layer_sizes=.",
        )
    for name, wanted in SETTINGS:
        if search[name] != wanted:
            return Message(
                f"The network has {name}={criteria.show(search[name])}",
                f"{name}={wanted}",
                "MLPClassifier takes it when it is made.",
            )
    for name, told in search["others"].items():
        return Message(
            f"The network has {name}={criteria.show(told)}",
            "what MLPClassifier takes where nothing is said",
            "Tell it no more than the text does.",
        )


def _piece():
    """Return images and labels of the piece: it is fashion, the other exercises have digits."""
    fashion = reference("fashion-mnist")
    images, labels = fashion.x_train[:PIECE], fashion.y_train[:PIECE]
    return images.reshape(len(images), -1).astype("float32") / 255, labels


def _accuracy_on_the_piece(weights):
    """Return the accuracy on the piece of a network of these weights and biases."""
    arrays = [np.asarray(part, float) for part in weights]
    if not arrays:
        raise ValueError("it has no weights")
    values, labels = _piece()
    for number in range(0, len(arrays), 2):
        if number:
            values = np.maximum(values, 0)  # MLPClassifier's activation where none is named
        values = values @ arrays[number] + arrays[number + 1]
    return float(np.mean(values.argmax(axis=1) == labels))


def _learnt_from_the_piece(search):
    """Tell whether the network that was trained in the end has learnt what the piece teaches.

    Of a network's first and last weights the difference is what its images have taught it: nearly
    the same on every machine, and another one wherever the images, labels or shades are others.
    """
    import threadpoolctl
    from sklearn.neural_network import MLPClassifier

    told = [search[name] for name, _ in SETTINGS]
    if search["others"] or told != [wanted for _, wanted in SETTINGS]:
        return True  # it learns otherwise, which is another criterion's concern
    if not np.all(np.isfinite(search["alphas"])):
        return True
    sizes = [len(biases) for biases in search["weights"][1:-1:2]]
    network = MLPClassifier(sizes, alpha=search["alpha"], max_iter=1, random_state=1)
    changes = []
    with warnings.catch_warnings(), threadpoolctl.threadpool_limits(1):
        warnings.simplefilter("ignore")
        images, labels = _piece()
        first = network.set_params(learning_rate_init=1e-12).fit(images, labels).coefs_
        last = network.set_params(learning_rate_init=0.001, max_iter=10).fit(images, labels).coefs_
    for weights, before, after in zip(search["weights"][::2], first, last, strict=True):
        told = np.asarray(weights, float)
        changes.append(np.ravel([told - before, after - before]).reshape(2, -1))
    told, wanted = np.concatenate(changes, axis=1)
    return bool(told @ wanted > ALIKE * np.linalg.norm(told) * np.linalg.norm(wanted))


@exercise.criterion(1, asks="on `x_piece` and `y_piece`")
def _(search):
    """and found networks that learnt"""
    best = max(search["scores"], default=math.nan)
    if not best > 0.6:
        return Message(
            f"The best mean accuracy is {best:.1%}",
            "more than 60 %",
            "Were the images scaled and are the labels those of the same images?",
        )
    try:
        seen = _accuracy_on_the_piece(search["weights"])
        learnt_from_it = _learnt_from_the_piece(search)
    except (ValueError, IndexError, TypeError):
        return Message(
            "search does not hold the network that it trained in the end",
            "a search that has been fitted, refit=True as it is by default",
            FIT,
        )
    if search["images"] != PIECE:
        return Message(
            f"search learnt from {search['images']:,} images",
            f"the {PIECE:,} of x_piece, all at once",
            "Hand x_piece and y_piece to search.fit as they are.",
        )
    if not learnt_from_it:
        return Message(
            f"search learnt from {PIECE:,} images or labels that are not those of the piece",
            "x_piece and y_piece, as they are",
            FIT,
        )
    if not seen >= best - 0.1 and "activation" not in search["others"]:
        return Message(
            f"search tells of a mean accuracy of {best:.1%}, but its network is right on "
            f"{seen:.1%} of the piece",
            "the results of its own fit",
            FIT,
        )


@exercise.sign(shown_by=lambda alphas: _searched(alphas))
def not_fitted(search):
    """The search is set up, but has not begun."""
    return not search["fitted"]


@exercise.sign(
    shown_by=lambda piece_decays, x_piece, y_piece: _searched(piece_decays, x_piece, y_piece),
    earns=4,
)
def decay_taken_for_alpha(search, piece_decays):
    """These are R's decays. scikit-learn counts in another way: use `alphas`."""
    return _same_alphas(search["alphas"], piece_decays)


@exercise.sign(
    shown_by=lambda alphas, x_piece, y_piece: _searched(alphas, x_piece, y_piece, nodes=(100,)),
    earns=5,
)
def default_width(search):
    """100 nodes are what MLPClassifier takes when it is not told."""
    return search["nodes"] in (100, [100])


@exercise.sign(
    shown_by=lambda alphas, x_piece, y_piece: _searched(alphas, x_piece, y_piece, folds=3), earns=5
)
def wrong_number_of_folds(search):
    """The number of folds is not the report's."""
    return search["folds"] not in (0, FOLDS)


def _searched(alphas, images=None, labels=None, folds=5, nodes=(50,), in_grid=False, **more):
    """Return a search, fitted where there are images."""
    import threadpoolctl
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import GridSearchCV
    from sklearn.neural_network import MLPClassifier

    settings = {"max_iter": 10, "random_state": 1} | more
    network, tried = MLPClassifier(**settings), {"alpha": list(alphas)}
    if in_grid:
        tried["hidden_layer_sizes"] = [nodes]
    else:
        network.set_params(hidden_layer_sizes=nodes)
    search = GridSearchCV(network, tried, cv=folds)
    if images is None:
        return search
    # Batches are so small that a second thread only waits for the first.
    with warnings.catch_warnings(), threadpoolctl.threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        return search.fit(images, labels)


def _forged(alphas, more=()):
    """Return a search whose results were set by hand."""
    search = _searched(alphas)
    means = np.array([0.8, 0.8, 0.7])
    search.n_splits_ = FOLDS
    search.cv_results_ = {"params": [{"alpha": alpha} for alpha in alphas]}
    search.cv_results_ |= dict.fromkeys(["mean_test_score", *more], means)
    return search


@exercise.right
def a_number_for_the_width(alphas, x_piece, y_piece):
    return _searched(alphas, x_piece, y_piece, nodes=50)


@exercise.right
def the_width_in_the_grid(alphas, x_piece, y_piece):
    return _searched(alphas, x_piece, y_piece, in_grid=True)


exercise.right(
    other_order=lambda alphas, x_piece, y_piece: _searched(alphas[::-1], x_piece, y_piece),
    what_auto_stands_for=lambda alphas, x_piece, y_piece: _searched(
        alphas, x_piece, y_piece, batch_size=200
    ),
)
exercise.wrong(constant=lambda: 0, only_the_network=lambda MLPClassifier: MLPClassifier((50,)))


@exercise.wrong(earns=5)
def other_images_of_the_data(alphas, x_fashion_scaled, y_fashion):
    yield _searched(alphas, x_fashion_scaled[-PIECE:], y_fashion[-PIECE:])
    yield _searched(alphas, 255 * x_fashion_scaled[:PIECE], y_fashion[:PIECE])


@exercise.wrong
def another_network():
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression()


@exercise.wrong(earns=4)
def learnt_nothing(alphas, x_piece, y_piece):
    return _searched(alphas, x_piece, y_piece, learning_rate_init=1e-7)


@exercise.wrong
def results_put_in_another_order(alphas, x_piece, y_piece):
    search = _searched(alphas, x_piece, y_piece)
    told = search.cv_results_
    scores = [name for name in told if name.endswith("_test_score") and name[:3] != "ran"]
    search.cv_results_ = told | {name: told[name][::-1] for name in scores}
    return search


@exercise.wrong
def results_that_are_better(alphas, x_piece, y_piece):
    search = _searched(alphas, x_piece, y_piece)
    told = search.cv_results_
    scores = [name for name in told if name.startswith(("mean_test", "split"))]
    search.cv_results_ = told | {name: told[name] + 0.01 for name in scores}
    return search


exercise.wrong(results_by_hand=lambda alphas: _forged(alphas))


@exercise.wrong(earns=5)
def half_of_the_piece(alphas, x_piece, y_piece):
    return _searched(alphas, x_piece[:1000], y_piece[:1000])


@exercise.wrong(earns=2)
def another_setting(alphas, x_piece, y_piece):
    from sklearn.model_selection import GridSearchCV
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier((100,), max_iter=10, random_state=1)
    search = GridSearchCV(network, {"learning_rate_init": list(alphas)}, cv=FOLDS)
    return search.fit(x_piece[:1000], y_piece[:1000])


@exercise.wrong(earns=5)
def results_of_another_fit(alphas, x_piece, y_piece):
    search = _forged(alphas, [f"split{fold}_test_score" for fold in range(FOLDS)])
    useless = _searched(alphas, x_piece, y_piece, learning_rate_init=1e-7)
    search.best_estimator_ = useless.best_estimator_
    return search


@exercise.wrong(earns=5)
def other_settings(alphas, x_piece, y_piece):
    return _searched(alphas, x_piece, y_piece, max_iter=12)
