"""A class on several machines: two worker processes stand for them."""

import os
import signal
import sys
import threading
import time

import pytest

from labkit.commands import cli
from labkit.grading import grade
from labkit.grading.runs import cluster
from tests.grading import classroom

distributed = pytest.importorskip("distributed", reason="needs the extra `scale`")

pytestmark = pytest.mark.xdist_group("cluster")
LAB = classroom.LAB


@pytest.fixture(scope="module")
def two_workers():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_DATA", "sample")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as local:
            yield local


@pytest.fixture
def in_place(light_course, tmp_path):
    """Return a folder of submissions."""
    for number, kind in enumerate(("right", "wrong", "blank", "right")):
        book = getattr(classroom.Book(light_course), kind)()
        classroom.hand_in(tmp_path / "in", f"s{number}", book.content())
    return tmp_path / "in"


def grades(root, place, output, **more):
    grade.grade(LAB, place, output, classroom.settings(root, keep_warm=False, **more))
    return (output / "grades.csv").read_bytes()


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed", "light_judge")
def test_a_cluster_gives_the_same_grades_and_goes_on(light_course, in_place, tmp_path, two_workers):
    alone = grades(light_course, in_place, tmp_path / "alone", jobs=2)
    together = tmp_path / "together"
    address = two_workers.scheduler_address
    with distributed.Client(address, set_as_default=False) as client:
        before = executed(client)
        assert grades(light_course, in_place, together, cluster=address) == alone
        done = {worker: count - before[worker] for worker, count in executed(client).items()}
    assert len(done) == 2 and all(done.values()) and sum(done.values()) == 4

    kept = {path: path.stat().st_mtime_ns for path in together.rglob("run.json")}
    assert len(kept) == 4
    late = classroom.Book(light_course).right().answer(**{"count-images": "n_train = 5"})
    classroom.hand_in(in_place, "s4", late.content())
    grades(light_course, in_place, together, cluster=address)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept  # not run again
    assert len(list(together.rglob("run.json"))) == 5


def executed(client):
    """Return how many tasks each worker has run."""
    return client.run(lambda dask_worker: dask_worker.state.executed_count)


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed", "light_judge")
def test_a_worker_that_is_lost_loses_no_submission(light_course, in_place, tmp_path, two_workers):
    book = classroom.Book(light_course).right().first("import time; time.sleep(5)")
    for path in in_place.rglob("*.ipynb"):
        path.write_bytes(book.content())
    address, output = two_workers.scheduler_address, tmp_path / "out"

    def lose_one():
        with distributed.Client(address, set_as_default=False) as client:
            while not all(client.processing().values()):
                time.sleep(0.1)
            processes = client.run(os.getpid)
            os.kill(processes[min(processes)], signal.SIGKILL)

    losing = threading.Thread(target=lose_one)
    losing.start()
    settings = classroom.settings(light_course, cluster=address, keep_warm=False)
    graded = grade.grade(LAB, in_place, output, settings)
    losing.join()
    assert [item.points for item in graded] == [classroom.FULL] * 4


def command(light_course, in_place, tmp_path, address):
    line = ["grade", LAB, "--submissions", str(in_place), "--output", str(tmp_path / "out")]
    return cli.main([*line, "--course", str(light_course), "--cluster", address])


def test_an_address_where_nobody_answers(light_course, in_place, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    assert command(light_course, in_place, tmp_path, "tcp://127.0.0.1:9") == 2
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err


def test_a_scheduler_without_workers(light_course, in_place, tmp_path, capsys):
    with distributed.LocalCluster(n_workers=0, dashboard_address=None) as local:
        assert command(light_course, in_place, tmp_path, local.scheduler_address) == 2
    assert "has no workers: start `dask worker tcp://" in capsys.readouterr().err


def test_dask_is_not_installed(light_course, in_place, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert command(light_course, in_place, tmp_path, "tcp://127.0.0.1:9") == 2
    assert "pip install -c constraints.txt -e '.[scale]'" in capsys.readouterr().err


def test_workers_that_would_grade_otherwise_are_refused():
    with pytest.raises(cluster.ClusterError, match="another labkit than this machine"):
        cluster.verify({"labkit": "1", "data": "real"}, {"labkit": "2", "data": "real"}, "tcp://a")
