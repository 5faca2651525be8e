"""Searches of scikit-learn that are not quite the right one: of other settings, or forged."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from tools.mutate.objects.mutant import Mutant


def mutants(search: Any, images: Any, labels: Any) -> Iterator[Mutant]:
    """Yield searches like `search`, fitted otherwise on the images, not fitted, or written over."""
    from sklearn import base, neural_network

    yield Mutant("its results alone", search.cv_results_)
    yield Mutant("its best network", search.best_estimator_)
    yield Mutant("not fitted", base.clone(search))
    for words, forged in _forged(search):
        yield Mutant(words, forged)
    if not isinstance(search.estimator, neural_network.MLPClassifier):
        return
    for words, settings in {
        "a node more": {"hidden_layer_sizes": (51,)},
        "two layers": {"hidden_layer_sizes": (50, 50)},
        "an iteration less": {"max_iter": search.estimator.max_iter - 1},
        "another seed": {"random_state": 2},
        "tanh": {"activation": "tanh"},
        "logistic curves": {"activation": "logistic"},
        "larger steps": {"learning_rate_init": 0.01},
        "smaller batches": {"batch_size": 100},
        "another solver": {"solver": "sgd"},
        "images in their order": {"shuffle": False},
    }.items():
        changed = base.clone(search).set_params(
            **{f"estimator__{k}": v for k, v in settings.items()}
        )
        yield Mutant(f"a network of {words}", changed.fit(images, labels))
    name, tried = next(iter(search.param_grid.items()))
    for words, settings in {
        "three folds": {"cv": 3},
        "one value less": {"param_grid": {name: list(tried)[:-1]}},
        "ten times the values": {"param_grid": {name: [10 * value for value in tried]}},
        "without its last fit": {"refit": False},
    }.items():
        yield Mutant(words, base.clone(search).set_params(**settings).fit(images, labels))
    turned = np.random.default_rng(1).permutation(labels)
    yield Mutant("labels of other images", base.clone(search).fit(images, turned))
    yield Mutant("half of the images", base.clone(search).fit(images[::2], labels[::2]))
    for words, (other, told) in {
        "unscaled images": (images * 255, labels),
        "images scaled twice": (images / 255, labels),
        "images in other shades": (1 - images, labels),
        "half of them twice": tuple(
            np.concatenate([part[::2], part[::2]]) for part in (images, labels)
        ),
        "images turned round": (images[:, ::-1], labels),
        "labels one off": (images, np.roll(labels, 1)),
    }.items():
        yield Mutant(words, base.clone(search).fit(other, told))


def _forged(search: Any) -> Iterator[tuple[str, Any]]:
    """Yield searches whose results were written by hand."""
    from sklearn import base

    results = search.cv_results_
    only = base.clone(search)
    only.cv_results_ = dict(results)
    yield "results written into one that was not fitted", only
    only = copy.deepcopy(only)
    only.n_splits_ = search.n_splits_
    yield "results and folds written into one that was not fitted", only
    for words, change in {
        "better results": lambda means: np.minimum(means + 0.1, 1),
        "results turned round": lambda means: means[::-1],
        "results 0": np.zeros_like,
        "results of no numbers": lambda means: means * np.nan,
    }.items():
        forged = copy.deepcopy(search)
        forged.cv_results_ = dict(results) | {
            key: change(np.asarray(told))
            for key, told in results.items()
            if key.endswith("_test_score") and not key.startswith(("rank", "std"))
        }
        yield words, forged
    forged = copy.deepcopy(search)
    forged.best_estimator_.coefs_ = [part * 0 for part in search.best_estimator_.coefs_]
    yield "a network of weights 0", forged
