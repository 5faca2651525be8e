"""Run the notebooks of a class on the machines of a Dask cluster.

A worker of the cluster runs a notebook as the machine at hand would (`runs.machine`), in a sandbox
of its own, and sends back how the run ended and its records. All else stays here:
submissions, judging, and what is kept.
"""

import contextlib
import dataclasses
import pathlib
import tempfile
import threading
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, Self

from labkit.grading import boundary
from labkit.grading.runs import machine, sandbox

SECONDS_TO_CONNECT = 10
_POLL = 0.5
# Some wait for the judge while the others keep the workers busy.
_MORE_JOBS = 2

_Facts = dict[str, str]


@dataclasses.dataclass(frozen=True)
class _Kind:
    """What a worker has to know to get ready."""

    datasets: tuple[str, ...]
    limits: sandbox.Limits
    keep_warm: bool

    def machine(self) -> machine.Machine:
        return machine.Machine(self.datasets, self.limits, keep_warm=self.keep_warm)


class ClusterError(boundary.ClassFault):
    """The cluster cannot be used; the message says why."""


class Cluster:
    """A Dask cluster that runs what `machine.Machine` would. Use it in a ``with`` statement.

    Parameters
    ----------
    address : str
        Of the scheduler.
    datasets : iterable of str
    limits : sandbox.Limits
    keep_warm : bool
        Whether the workers import libraries once for many runs, where their sandbox allows it.

    Attributes
    ----------
    jobs : int
        How many notebooks to run at the same time.
    stamp : str
        As `machine.Machine` has it.
    """

    def __init__(
        self,
        address: str,
        datasets: Iterable[str],
        limits: sandbox.Limits,
        keep_warm: bool = True,
    ) -> None:
        self._address = address
        self._kind = _Kind(tuple(datasets), limits, keep_warm)
        self._name = f"labkit-{uuid.uuid4()}"

    def __enter__(self) -> Self:
        with self._kind.machine() as here:
            self.stamp, self._facts = here.stamp, here.facts
        self._distributed = _imported()
        self._client = self._connected()
        try:
            self._verify_workers()
        except ClusterError:
            self._client.close()
            raise
        # Set when runs are to end: a task that has begun does not notice that it is cancelled.
        self._ending = self._distributed.Event(f"{self._name}-ending", client=self._client)
        return self

    def __exit__(self, *_: object) -> None:
        # A cluster that is gone has nothing to give back.
        with contextlib.suppress(OSError, self._distributed.CancelledError):
            self._client.run(_release, self._kind)
        self._client.close()

    def get_ready(self, count: int) -> None:
        """Do nothing: each worker gets ready with its first run."""

    def run(
        self, job: bytes, output: pathlib.Path, cancelled: threading.Event | None = None
    ) -> sandbox.Ended:
        """Run a job on a worker and write its records to `output`.

        Raises
        ------
        OSError
            If the workers that ran it were lost.
        ClusterError
            If the cluster is lost.
        sandbox.Cancelled
        """
        future = self._client.submit(
            _run, job, self._kind, self._facts, self._ending.name, pure=False
        )
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        while not done.wait(_POLL):
            if cancelled is not None and cancelled.is_set():
                self._ending.set()
                raise sandbox.Cancelled("it was cancelled")
        try:
            ended, records = future.result()
        except self._distributed.KilledWorker as error:
            raise OSError(f"the machines that ran it were lost: {error}") from error
        except self._distributed.CancelledError as error:
            raise ClusterError(f"The cluster at {self._address} was lost: {error}") from error
        output.write_bytes(records)
        return ended

    def _connected(self) -> Any:
        try:
            return self._distributed.Client(
                self._address, timeout=SECONDS_TO_CONNECT, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"No Dask scheduler answers at {self._address}: {error}. Start one with "
                "`dask scheduler`, and `dask worker ADDRESS` on each machine."
            ) from error

    def _verify_workers(self) -> None:
        workers = self._client.nthreads()
        if not workers:
            raise ClusterError(
                f"The Dask scheduler at {self._address} has no workers: start `dask worker "
                f"{self._address}` on each machine."
            )
        self.jobs = sum(workers.values()) + _MORE_JOBS
        for worker, facts in self._client.run(_facts, self._kind).items():
            verify(facts, self._facts, worker)


def _imported() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise ClusterError(
            f"--cluster needs {error.name}, which is not installed here. Install it, in "
            "the course's folder: pip install -c constraints.txt -e '.[scale]'"
        ) from error
    return distributed


# --- on the worker ----------------------------------------------------------------------------

_machines: dict[_Kind, machine.Machine] = {}
_one_at_a_time = threading.Lock()


def _run(job: bytes, kind: _Kind, facts: _Facts, ending: str) -> tuple[sandbox.Ended, bytes]:
    """Run a job; return how it ended, and its records."""
    import distributed

    ready = _machine(kind)
    verify(ready.facts, facts, distributed.get_worker().address)
    with tempfile.TemporaryDirectory(prefix="labkit-run-") as folder, _following(ending) as ends:
        output = pathlib.Path(folder) / "records.bin"
        ended = ready.run(job, output, ends)
        return ended, output.read_bytes()


def _facts(kind: _Kind) -> _Facts:
    return _machine(kind).facts


def _machine(kind: _Kind) -> machine.Machine:
    """Return this worker's machine, which is kept from one run to the next."""
    with _one_at_a_time:
        if kind not in _machines:
            _machines[kind] = kind.machine().__enter__()
        return _machines[kind]


def _release(kind: _Kind) -> None:
    """Give back what the worker keeps."""
    with _one_at_a_time:
        kept = _machines.pop(kind, None)
    if kept is not None:
        kept.__exit__()


def verify(there: _Facts, here: _Facts, address: str) -> None:
    """Raise `ClusterError` if the worker at `address` would grade otherwise than this machine."""
    for name, value in here.items():
        if there[name] != value:
            raise ClusterError(
                f"The worker {address} has another {name} than this machine "
                f"({there[name][:12]}, not {value[:12]}): use the same everywhere."
            )


@contextlib.contextmanager
def _following(ending: str) -> Iterator[threading.Event]:
    """Give an event that is set when the cluster's event `ending` is."""
    import distributed

    there = distributed.Event(ending, client=distributed.get_client())
    here, done = threading.Event(), threading.Event()

    def follow() -> None:
        while not done.wait(_POLL):
            if there.is_set():
                here.set()
                return

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        done.set()
        thread.join()
