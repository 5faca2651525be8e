"""Attacks and accidents: submissions, and the most that each may earn.

An attack is put into a notebook whose answers are all wrong: it must earn nothing. An accident
happens to a notebook whose answers are all right: it must lose nothing, or only the exercise
that it broke.
"""

import base64
import dataclasses
import io
import textwrap
from collections.abc import Callable

import numpy as np

from labkit.labs import data as lab1
from tests.grading.classroom import FULL, Book, solutions

ATTACK, ACCIDENT = "attack", "accident"
SUCCESS = "n_train, n_test = len(x_train), len(x_test)"


@dataclasses.dataclass(frozen=True)
class Case:
    """One submission.

    Attributes
    ----------
    name, kind : str
    make : callable
        From a blank `Book` to the bytes that are handed in.
    points : float
        What it earns: at most for an attack, exactly for an accident.
    graded : bool or None
        Whether every exercise gets a result, so that the exit status is 0; None if either will do.
    """

    name: str
    kind: str
    make: Callable[[Book], bytes]
    points: float
    graded: bool | None

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


CASES: list[Case] = []


def attack(name: str, *, points: float = 0, graded: bool | None = True):
    """Add an attack that is made from a book with wrong answers."""

    def add(make: Callable[[Book], Book | bytes]) -> Callable:
        CASES.append(Case(name, ATTACK, lambda book: _bytes(make(book.wrong())), points, graded))
        return make

    return add


def attack_by_code(name: str, code: str, *, points: float = 0, graded: bool = True) -> None:
    """Add an attack that is a cell before the first check of a book with wrong answers.

    Where the attack can tell that it succeeds, it sets the right answer of that check.
    """
    source = textwrap.dedent(code).strip()
    attack(name, points=points, graded=graded)(lambda book: book.after("count-images", source))


def accident(name: str, *, points: float = FULL, graded: bool = True):
    """Add an accident to a book with right answers."""

    def add(make: Callable[[Book], Book | bytes]) -> Callable:
        CASES.append(Case(name, ACCIDENT, lambda book: _bytes(make(book.right())), points, graded))
        return make

    return add


def accident_by_code(name: str, code: str, *, points: float = FULL, graded: bool = True) -> None:
    """Add an accident that is a cell at the beginning of a book with right answers."""
    source = textwrap.dedent(code).strip()
    accident(name, points=points, graded=graded)(lambda book: book.first(source))


def _bytes(made: Book | bytes) -> bytes:
    return made if isinstance(made, bytes) else made.content()


# --- attacks on the check cells ---------------------------------------------------------------


@attack("delete the check cells")
def _(book):
    for cell in book.checks():
        book.cells.remove(cell)
    return book


@attack("edit the check cells to pass")
def _(book):
    for cell in book.checks():
        cell["source"] = "pass"
    return book


@attack("let the check cells give points themselves")
def _(book):
    for cell in book.checks():
        cell["source"] = "100.0"
        cell["metadata"]["nbgrader"]["points"] = 1000
    return book


@attack("tag the check cells so that they are skipped")
def _(book):
    for cell in book.checks():
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "nbval-skip"]
    return book


@attack("turn the check cells into text")
def _(book):
    for cell in book.checks():
        cell["cell_type"] = "markdown"
    return book


@attack("point the check cells at other exercises")
def _(book):
    ids = [cell["metadata"]["nbgrader"]["grade_id"] for cell in book.checks()]
    for cell, other in zip(book.checks(), [*ids[1:], ids[0]], strict=True):
        cell["metadata"]["nbgrader"]["grade_id"] = cell["id"] = other
    return book


@attack("store outputs of checks that passed")
def _(book):
    for cell in book.checks():
        output = {"output_type": "execute_result", "data": {"text/plain": "6"}, "metadata": {}}
        cell["outputs"] = [output | {"execution_count": 1}]
    return book


# --- attacks on the process -------------------------------------------------------------------

attack_by_code("os._exit", "import os; os._exit(0)", graded=False)
attack_by_code("kill the process group", "import os; os.killpg(0, 9)", graded=False)
attack_by_code("kill every process in sight", "import os; os.kill(-1, 9)")
attack_by_code("crash", "import ctypes; ctypes.string_at(0)", graded=False)
attack_by_code("sys.exit", "import sys; sys.exit(0)")
attack_by_code(
    "endless loop that catches everything",
    """
    import signal
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
    """,
    graded=False,
)
attack_by_code(
    "fork bomb",
    """
    import os
    while True:
        os.fork()
    """,
    graded=False,
)
attack_by_code(
    "memory bomb",
    """
    kept = []
    while True:
        kept.append(bytearray(b"x" * 10_000_000))
    """,
    graded=False,
)
attack_by_code(
    "endless files",
    """
    number = 0
    while True:
        number += 1
        try:
            with open(f"file{number}", "wb") as file:
                file.write(b"x" * 10_000_000)
        except OSError:
            break
    """,
)
attack_by_code(
    "endless answers through the pipe",
    """
    import os, sys
    while True:
        os.write(int(sys.argv[1]), b"x" * 1_000_000)
    """,
    graded=False,
)
attack_by_code(
    "leave a process behind",
    """
    import subprocess
    subprocess.Popen(["sleep", "86399"], start_new_session=True)
    """,
)
attack_by_code(
    "more rights",
    f"""
    import os
    os.setuid(0)
    open("/root/labkit-was-here", "w").write("x")
    {SUCCESS}
    """,
)

# --- attacks on what the checks are made of ---------------------------------------------------


@attack("answers that equal everything")
def _(book):
    book.first("class Anything(int):\n    __eq__ = __ge__ = __le__ = lambda self, other: True")
    return book.answer(
        **{
            "count-images": "n_train = n_test = Anything()",
            "read-pixel": "pixel = darkest_and_brightest = Anything()",
        }
    )


attack_by_code("patched len", "import builtins; builtins.len = lambda thing: 60000", graded=False)
attack_by_code(
    "patched comparison in NumPy",
    """
    import numpy.testing
    numpy.array_equal = np.allclose = np.isclose = lambda *a, **k: True
    numpy.testing.assert_allclose = numpy.testing.assert_equal = lambda *a, **k: None
    """,
)
attack_by_code(
    "patched IPython: syntax trees, input, cells",
    """
    import ast
    shell = get_ipython()
    class Drop(ast.NodeTransformer):
        def visit_Assert(self, node): return ast.Pass()
        def visit_Call(self, node): return ast.Constant(100.0)
    shell.ast_transformers.append(Drop())
    shell.input_transformers_post.append(lambda lines: ["100.0\\n"])
    shell.run_cell_async = shell.run_cell = lambda *a, **k: None
    """,
)
attack_by_code(
    "patched labkit in the process: the checks",
    "type(lab.count_images).check = lambda *a, **k: 100.0",
    graded=False,
)
attack_by_code(
    "patched labkit in the process: the collectors",
    """
    from labkit import evidence
    from labkit.evidence import functions, values
    values.value = values.array = lambda *a: evidence.Value("int", True)
    functions.called = lambda *a: evidence.Calls("function", 0, "", ())
    """,
    graded=False,
)
attack_by_code(
    "labkit.py, numpy.py and sitecustomize.py beside the notebook",
    """
    import os, pathlib
    for folder in (".", os.path.expanduser("~"), "/tmp"):
        for name in ("labkit", "numpy", "sitecustomize", "usercustomize", "json"):
            pathlib.Path(folder, f"{name}.py").write_text("raise SystemExit(0)")
    """,
)
attack_by_code(
    "start-up files that outlive the run",
    """
    import os, pathlib
    home = pathlib.Path(os.path.expanduser("~"))
    for place in (".ipython/profile_default/startup/x.py", ".keras/keras.json", ".pythonrc.py"):
        (home / place).parent.mkdir(parents=True, exist_ok=True)
        (home / place).write_text("import os; os._exit(0)")
    """,
)

# --- forged evidence --------------------------------------------------------------------------


def _forging(content: bytes, exercise: str = "read-idx") -> str:
    """Return code that sends `content` as evidence at the end of the run."""
    encoded = base64.b64encode(content).decode()
    return (
        "import atexit, base64, json, os, sys\n"
        "def send():\n"
        f"    content = base64.b64decode({encoded!r})\n"
        f"    record = {{'kind': 'evidence', 'exercise': {exercise!r}, 'size': len(content)}}\n"
        "    os.write(int(sys.argv[1]), json.dumps(record).encode() + b'\\n' + content)\n"
        "atexit.register(send)"
    )


def _replayed() -> bytes:
    """Return honest evidence of a right function, from another run."""
    space: dict[str, object] = {"np": np}
    exec(solutions()["read-idx"], space)
    file = io.BytesIO()
    lab1.read_idx.collect(space["read_idx_images"], seed=12).write(file)
    return file.getvalue()


def _pickled() -> bytes:
    file = io.BytesIO()
    np.savez(file, evidence=np.array([{"points": 12}], object))
    return file.getvalue()


def _bomb() -> bytes:
    """Return evidence that is small and unpacks to half a gigabyte."""
    file = io.BytesIO()
    np.savez_compressed(file, evidence=np.zeros(2**29, np.uint8))
    return file.getvalue()


attack("replay another run's evidence", graded=False)(
    lambda book: book.first(_forging(_replayed()))
)
attack("evidence with a pickle in it", graded=False)(lambda book: book.first(_forging(_pickled())))
attack("evidence that unpacks to half a gigabyte", graded=False)(
    lambda book: book.first(_forging(_bomb()))
)
attack("evidence that is no evidence", graded=False)(lambda book: book.first(_forging(b"PK" * 9)))
attack("evidence for another exercise", graded=False)(
    lambda book: book.first(_forging(_replayed(), "count-images"))
)
attack_by_code(
    "records that are malformed",
    """
    import os, sys
    os.write(int(sys.argv[1]), b'{"kind": "evidence", "exercise": [[[[1]]]], "size": -5}\\n')
    """,
    graded=False,
)
attack_by_code(
    "records nested a million deep",
    "import os, sys; os.write(int(sys.argv[1]), b'[' * 900_000 + b'\\n')",
    graded=False,
)

# --- attacks on what is outside ---------------------------------------------------------------

attack_by_code(
    "look for the criteria, the solutions and other submissions",
    """
    import os
    seen = []
    for top in ("/", "/home", "/root", "/work", "/course"):
        for folder, _, names in os.walk(top):
            if "site-packages" in folder or folder.startswith(("/proc", "/usr", "/dev")):
                continue
            seen += [n for n in names if n in ("criteria.py", "gradebook.db", "grades.csv")]
            seen += [n for n in names if n.endswith(".ipynb")]
    if seen:
        n_train, n_test = len(x_train), len(x_test)
    """,
)


@attack("take the answers from the course's criteria, if they are there")
def _(book):
    book.answer(
        **{
            "array-or-matrix": "import labkit.labs.data\n"
            "mistakes = lab.array_or_matrix.misconceptions\n"
            "array_or_matrix = 'c' if len(mistakes) else 'b'",
            "count-images": "from labkit.checks import criteria\n"
            "n_train, n_test = len(x_train), len(x_test)",
        }
    )
    return book


attack_by_code(
    "write outside the folder",
    """
    import os
    for folder in ("/", "/usr", "/etc", "/course", "/cache", "/root", "/home", "/var/tmp", "/work",
                   "/dev", os.path.dirname(np.__file__)):
        try:
            open(os.path.join(folder, "labkit-was-here"), "w").write("x")
        except OSError:
            continue
        n_train, n_test = len(x_train), len(x_test)
    """,
)
attack_by_code(
    "use the network",
    """
    import socket
    for address in (("127.0.0.1", 8888), ("1.1.1.1", 53), ("8.8.8.8", 443)):
        try:
            socket.create_connection(address, timeout=2)
        except OSError:
            continue
        n_train, n_test = len(x_train), len(x_test)
    """,
)
