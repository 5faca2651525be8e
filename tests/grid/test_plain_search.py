"""The plain way: scikit-learn's search agrees with the wide one, and runs on a Dask cluster."""

import warnings

import joblib
import numpy as np
import pytest
from sklearn import exceptions

from labkit import data
from labkit.reports import grid

COUNT = 2_000
DECAYS = [0.0, 1.0]
SETTINGS = {"epochs": 12, "learning_rate": 0.001, "seed": 1}


@pytest.fixture(scope="module")
def piece(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_DATA", "sample")
        (images, labels), _ = data.load_fashion_mnist()
    return images[:COUNT].reshape(COUNT, -1).astype(np.float32) / 255, labels[:COUNT]


def _folds(count=4):
    return np.arange(COUNT) % count


@pytest.fixture
def _no_warning_of_few_epochs():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("_no_warning_of_few_epochs")
def test_both_ways_agree_within_noise(piece):
    """On the same folds the means differ by less than fold and seed make them differ."""
    folds = _folds()
    wide = grid.cross_validate(*piece, DECAYS, folds, batch_size=100, anneal=False, **SETTINGS)
    search = grid.plain_search(DECAYS, folds, images=COUNT, batch_size=100, **SETTINGS).fit(*piece)
    plain = np.stack([search.cv_results_[f"split{n}_test_score"] for n in range(4)], axis=1)
    noise = plain.std(axis=1, ddof=1).mean()
    np.testing.assert_array_less(
        abs(wide.accuracies.mean(axis=1) - plain.mean(axis=1)), 3 * max(noise, 0.005)
    )


@pytest.mark.slow
@pytest.mark.usefixtures("_no_warning_of_few_epochs")
def test_runs_on_two_dask_workers_by_one_argument(piece):
    distributed = pytest.importorskip("distributed", reason="needs the extra `scale`")
    images, labels = piece[0][:400], piece[1][:400]

    def search():
        return grid.plain_search([0.01, 1.0], 2, images=400, epochs=2, seed=1)

    here = search().fit(images, labels)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        with joblib.parallel_config(backend="dask"):
            there = search().fit(images, labels)
        tasks = client.run(lambda dask_worker: dask_worker.state.executed_count)
    assert len(tasks) == 2 and sum(tasks.values()) >= 4
    np.testing.assert_allclose(
        there.cv_results_["mean_test_score"], here.cv_results_["mean_test_score"], atol=0.02
    )


def test_alpha_is_the_same_penalty():
    """Over one pass, scikit-learn's penalties add up to R's."""
    images, batch_size, decay = 1_200, 100, 0.3
    batches = images / batch_size
    assert batches * grid.alpha(decay, images, batch_size) / 2 == pytest.approx(decay)
