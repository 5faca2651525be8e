"""What holds for every test: no downloads, a cache of its own, no windows; and what is reported."""

import collections
import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Iterator

import hypothesis
import matplotlib
import pytest

from labkit import data
from labkit.data import cache
from labkit.evidence import fits
from labkit.notebook import setup
from tests import threads

# A machine may be slow, and what passed on one has to pass on another. `--hypothesis-profile anew`
# draws other cases in each run.
hypothesis.settings.register_profile("labkit", deadline=None, derandomize=True)
hypothesis.settings.register_profile("anew", deadline=None)
hypothesis.settings.load_profile("labkit")


def pytest_configure(config: pytest.Config) -> None:
    """Set the environment before a test module imports TensorFlow or starts a process."""
    os.environ.update(setup.TENSORFLOW | os.environ)
    os.environ["LABKIT_OFFLINE"] = "1"
    # Not by MPLBACKEND: a notebook's kernel would inherit that and show no pictures.
    matplotlib.use("agg")
    if _setting() not in ("", "sample"):
        os.environ["LABKIT_DATA"] = str(pathlib.Path(_setting()).expanduser().absolute())
    if hasattr(config, "workerinput"):
        return  # one of several test processes, which share what the first has set
    threads.share_among(len(config.getoption("tx", None) or []))
    # The user's cache is read if the real data is in there and nowhere else, and left alone if not.
    if _setting() or not (cache.root() / "fashion-mnist").is_dir():
        config.labkit_cache = tempfile.mkdtemp(prefix="labkit-tests-")
        os.environ["LABKIT_CACHE"] = config.labkit_cache
    else:
        os.environ["LABKIT_CACHE"] = str(cache.root())  # also for tests with another home


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the cache."""
    if hasattr(config, "labkit_cache"):
        shutil.rmtree(config.labkit_cache, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests early: at the end, one process would wait for the other."""
    items.sort(key=lambda item: item.get_closest_marker("longest") is None)


def pytest_terminal_summary(terminalreporter) -> None:
    """Show what tests have reported, also those that ran in another process.

    A test reports by pytest's ``record_property``: true and false are counted, a text is shown.
    """
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    told = [item for report in reports if report.when == "call" for item in report.user_properties]
    counts: dict[str, list[bool]] = collections.defaultdict(list)
    for title, value in told:
        if isinstance(value, bool):
            counts[title].append(value)
        else:
            terminalreporter.section(title)
            terminalreporter.write_line(value)
    if counts:
        terminalreporter.section("quality of the checks")
    for title, good in counts.items():
        share = sum(good) / len(good)
        terminalreporter.write_line(f"{title}: {sum(good)} of {len(good)} ({share:.1%})")


@pytest.fixture(scope="module", autouse=True)
def _keras_as_it_was() -> Iterator[None]:
    """Undo what `labkit.setup` does to Keras, where the tests of a module have asked for it.

    Where trainings are noted, a history without a note is a forged one: answers that were trained
    before would be refused.
    """
    yield
    keras = sys.modules.get("keras")
    if keras is None:
        return
    from keras.src.trainers.data_adapters import array_data_adapter

    adapter = array_data_adapter.ArrayDataAdapter
    keras.Model.fit = getattr(keras.Model.fit, "plain", keras.Model.fit)
    adapter.get_tf_dataset = getattr(adapter, "plain_tf_dataset", adapter.get_tf_dataset)
    if hasattr(adapter, "plain_tf_dataset"):
        del adapter.plain_tf_dataset
    fits.stop_watching()


def _setting() -> str:
    return os.environ.get("LABKIT_DATA", "").strip()


@pytest.fixture(scope="session")
def has_real_data() -> bool:
    """Tell whether the tests have the real data.

    A folder that is named but lacks the data is an error.
    """
    return _setting() != "sample" and data.source().kind == "real"


@pytest.fixture(scope="session")
def real_data(has_real_data: bool) -> str:
    """Return the ``LABKIT_DATA`` that gives the real data; skip where it is not at hand."""
    if _setting() == "sample":
        pytest.skip("LABKIT_DATA=sample: the real data is left out on purpose")
    if not has_real_data:
        pytest.skip("the real data is not at hand: LABKIT_DATA names no folder, the cache is empty")
    return _setting()


@pytest.fixture(scope="session")
def shared_folder(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> pathlib.Path:
    """Return a folder that all test processes have, for what is made once for all of them.

    Whoever makes something holds a lock meanwhile, and whoever comes later finds it.
    """
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def files_of_answers(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Return the folder that the answers of labs write their files to and read them from."""
    return tmp_path_factory.mktemp("answers")


@pytest.fixture
def beside_its_files(files_of_answers: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all answers that one process makes find the files that others have written."""
    monkeypatch.chdir(files_of_answers)


@pytest.fixture(scope="module")
def light_start() -> Iterator[None]:
    """Let gradings of the light course start soon; for tests of what comes of them."""
    from tests.grading import light_start as starting

    with pytest.MonkeyPatch.context() as patch:
        starting.everywhere(patch.setattr)
        yield


@pytest.fixture
def sample_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test the drawn sample, whatever data is at hand."""
    monkeypatch.setenv("LABKIT_DATA", "sample")
