"""Runs inside the warm box: import what notebooks import, once, and fork a worker for each job.

The process that imports never runs a student's code, and no operation of TensorFlow, whose threads
would not survive a fork. It gets Unix sockets by the one whose number is its first argument, and
for each of them forks a process that takes jobs there, apart from the others: what happens to one
is not felt by the next. A job is a message with the descriptors to read the job from and to write
the records to, new for each run, and those by which the run joins the groups that limit it. The
answer tells how the run ended. Each process ends itself when its socket is closed. The other
arguments are the bytes and the processes that a run may have, and the data that notebooks load.
"""

import gc
import importlib
import json
import os
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import nested_box  # noqa: E402  it lies beside this file
import worker  # noqa: E402

# Not Matplotlib's backend: it looks for the notebook's shell when it is imported.
LIBRARIES = (
    *("IPython.core.interactiveshell", "numpy", "pandas", "matplotlib.pyplot", "seaborn"),
    *("sklearn.metrics", "sklearn.model_selection", "tensorflow", "keras"),
    *("labkit.data", "labkit.evidence.values", "labkit.evidence.functions"),
    *("labkit.evidence.networks", "labkit.evidence.pictures", "labkit.plots.advance"),
    *("labkit.notebook.fits", "labkit.notebook.setup", "labkit.notebook.feeding"),
)
MOST_DESCRIPTORS = 8


def main() -> None:
    asking = socket.socket(fileno=int(sys.argv[1]))
    limits = int(sys.argv[2]), int(sys.argv[3])
    nested_box.uncover_proc()
    if not _try_out(limits):
        return  # the sockets that were sent are closed, which tells whoever waits for an answer
    _prepare(sys.argv[4:])
    gc.collect()
    gc.freeze()  # else the collector of each fork copies all of it
    while given := _receive(asking):
        (own,) = given
        if nested_box.apart():
            asking.close()
            _serve(socket.socket(fileno=own), limits)
            return
        os.close(own)


def _serve(control: socket.socket, limits: tuple[int, int]) -> None:
    """Take jobs until the socket is closed."""
    _say(control, {"ready": True})
    while given := _receive(control):
        job, pipe, *doors = given
        forked = nested_box.forked(*limits, (job, pipe), doors)
        if forked is None:
            control.detach()  # it is closed in here
            _work(job, pipe)
            return
        for descriptor in given:
            os.close(descriptor)
        _say(control, nested_box.ended(*forked))


def _prepare(datasets: list[str]) -> None:
    """Do once what each notebook would do for itself, to the same end."""
    worker.provide_fonts()
    for name in LIBRARIES:
        importlib.import_module(name)
    if "labkit.plots.advance" in sys.modules:
        sys.modules["labkit.plots.advance"].draw_in_advance()
    for name in datasets:
        importlib.import_module("labkit.data").load_in_advance(name)


def _try_out(limits: tuple[int, int]) -> bool:
    """Tell whether the system lets a fork have a box of its own."""
    forked = nested_box.forked(*limits, ())
    if forked is None:
        os._exit(0)
    return bool(nested_box.ended(*forked)["made"])


def _work(job: int, pipe: int) -> None:
    """Do in the fork what a process of its own does that is started for one run."""
    os.dup2(job, 0)
    os.close(job)
    sys.argv = [os.path.join(HERE, "worker.py"), str(pipe)]
    worker.work(pipe, has_images=True)


def _say(control: socket.socket, answer: dict[str, object]) -> None:
    control.send(json.dumps(answer).encode())


def _receive(control: socket.socket) -> list[int]:
    """Return the descriptors of the next job; none when there will be no more."""
    message, descriptors, _, _ = socket.recv_fds(control, 16, MOST_DESCRIPTORS)
    return descriptors if message else []


if __name__ == "__main__":
    main()
