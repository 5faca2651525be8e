"""Disturbances of many kinds, each at another place of a notebook: made, not told one by one.

A disturbance is a few lines of code that a student might well write, or that one found somewhere;
it is put before the set-up, behind it, into an answer's own cell or at the end, so that the next
kind comes at the next place. None of them may cost a point. Tampering is the same for notebooks
whose answers are all wrong: it may gain none.
"""

import gzip
import json
import textwrap

from tests.grading.cases import accident, attack
from tests.grading.classroom import code_cell

QUIET = {
    "a thread that never ends": """
        import threading, time
        def forever():
            while True:
                time.sleep(0.01)
        threading.Thread(target=forever, daemon=True).start()
    """,
    "a thread that raises": """
        import threading
        threading.Thread(target=lambda: 1 / 0).start()
    """,
    "a function at exit that raises": "import atexit; atexit.register(lambda: 1 / 0)",
    "signals that are ignored": """
        import signal
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
    """,
    "memory that is mapped": "import mmap; kept = mmap.mmap(-1, 100_000_000); kept[5] = 7",
    "a server on this machine": """
        import threading
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
        server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    """,
    "warnings as errors": "import warnings; warnings.simplefilter('error')",
    "NumPy's errors raised": "import numpy; numpy.seterr(all='raise')",
    "NumPy prints otherwise": """
        import numpy
        numpy.set_printoptions(threshold=3, precision=1, formatter={"all": lambda x: "?"})
    """,
    "another folder, home and path": """
        import os, sys
        os.chdir("/"); os.environ.clear(); sys.path[:] = []
    """,
    "another locale and time zone": """
        import locale, os, time
        locale.setlocale(locale.LC_ALL, "C"); os.environ["TZ"] = "Asia/Tokyo"; time.tzset()
    """,
    "no rights for new files": "import os; os.umask(0o777)",
    "other drawers of figures": """
        import matplotlib
        matplotlib.use("agg")
        import matplotlib.pyplot as plt
        plt.rcParams.update({"figure.dpi": 500}); plt.figure(); plt.plot([1, 2]); plt.show()
    """,
    "a hundred figures": """
        import matplotlib.pyplot as plt
        for _ in range(30):
            plt.figure(figsize=(1, 1))
    """,
    "a task in the background": """
        import asyncio
        async def forever():
            while True:
                await asyncio.sleep(0.01)
        task = asyncio.ensure_future(forever()) if asyncio._get_running_loop() else None
    """,
    "output that is closed": "import sys; sys.stdout.close()",
    "output that is none": "import sys; sys.stdout = sys.stderr = None",
    "the first three files closed": "import os; [os.close(number) for number in (0, 1, 2)]",
    "debugging logs": "import logging; logging.basicConfig(level=1, force=True); logging.info('x')",
    "processes of one's own": """
        import subprocess, sys
        subprocess.run([sys.executable, "-c", "print(1)"]); subprocess.Popen(["sleep", "1"])
    """,
    "a pool of processes": """
        import multiprocessing
        with multiprocessing.get_context("fork").Pool(2) as pool:
            pool.map(abs, [1, 2])
    """,
    "a fork that comes back": "import os; os.fork()",
    "no collection, and tracing": """
        import gc, sys, tracemalloc
        gc.disable(); tracemalloc.start(); sys.settrace(lambda *_: None)
        sys.setprofile(lambda *_: None)
    """,
    "hooks for errors and shows": """
        import sys
        sys.excepthook = sys.displayhook = sys.unraisablehook = None
    """,
    "time that stands still": """
        import time
        time.time = time.monotonic = time.perf_counter = lambda: 0.0
        time.sleep = lambda seconds: None
    """,
    "a clock that jumps": """
        import time
        before = time.time
        time.time = lambda: before() - 10**9
    """,
    "modules loaded again": """
        import importlib, json, numpy, labkit
        importlib.reload(json); importlib.reload(labkit)
    """,
    "another shell": """
        shell = get_ipython()
        shell.ast_node_interactivity = "all"; shell.autocall = 2; shell.colors = "NoColor"
    """,
    "an event after each cell that raises": """
        get_ipython().events.register("post_run_cell", lambda *_: 1 / 0)
        get_ipython().events.register("pre_run_cell", lambda *_: 1 / 0)
    """,
    "errors handled by oneself": """
        get_ipython().set_custom_exc((Exception,), lambda shell, *error, **more: None)
    """,
    "Keras with other settings": """
        import keras
        keras.config.set_floatx("float16"); keras.utils.set_random_seed(3)
        keras.config.disable_interactive_logging()
    """,
    "deep recursion": "import sys; sys.setrecursionlimit(10**6)",
    "few open files": "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))",
    "much that is printed": "print('x' * 3_000_000); print('\\x1b[2J\\x00\\u202e\\ud83d' * 9)",
    "a display of everything": """
        from IPython.display import HTML, Image, Javascript, Markdown, display
        display(HTML("<script>1</script>"), Markdown("# x"), Javascript("1"), {"a": 1}, None)
    """,
    "magics that set things": """
        %load_ext autoreload
        %autoreload 2
        %xmode Verbose
        %pdb on
        %config InlineBackend.figure_format = "retina"
        %env LABKIT_NOTE=/nowhere
    """,
    "magics that measure": "%timeit -n1 -r1 1\n%prun sum([1])\n%time 2\n%memit 1",
    "an installation": "!pip install numpy==1.0 && exit 3\n%pip install x",
    "files that hide modules": """
        import pathlib
        for name in ("numpy", "json", "labkit", "IPython", "os", "random"):
            pathlib.Path(name + ".py").write_text("raise RuntimeError")
            pathlib.Path(name).mkdir()
    """,
    "what a stream is asked": """
        import subprocess, sys
        sys.stdout.encoding.lower(); sys.stdout.isatty(); sys.stderr.fileno()
        subprocess.run(["true"], stdout=sys.stdout, check=True)
    """,
    "a window to draw in": """
        import matplotlib
        import matplotlib.pyplot as plt
        matplotlib.use("TkAgg")
        plt.plot([1, 2])
        %matplotlib widget
        plt.plot([1, 2])
    """,
    "no way to import": """
        import sys
        for way in (sys.meta_path, sys.path_hooks, sys.path):
            way.clear()
    """,
    "a module of one's own": """
        import pathlib
        pathlib.Path("my_helpers.py").write_text("three = 3")
        import my_helpers
        n = [0] * my_helpers.three
    """,
    "an end that never comes": "import atexit, time; atexit.register(time.sleep, 10**6)",
    "a process that never ends": """
        import multiprocessing, time
        multiprocessing.get_context("fork").Process(target=time.sleep, args=(10**6,)).start()
    """,
    "a folder that is gone": "import os; os.mkdir('x'); os.chdir('x'); os.rmdir('../x')",
    "no file left to open": """
        held = []
        try:
            while True:
                held.append(open("/dev/null"))
        except OSError:
            pass
    """,
    "what opens files": "import builtins, io; builtins.open = io.open = None",
    "annotations from the future": "from __future__ import annotations\nn: int = 1",
    "odd letters": "π = 3\nｘ = 'é\\u0301'\nimport numpy as νp\n\x0cy = 2  # \u2028 \u00a0",
}
RAISING = {
    "an exit": "raise SystemExit(0)",
    "an interruption": "raise KeyboardInterrupt",
    "an error above all errors": "raise BaseException('x')",
    "a group of errors": "raise BaseExceptionGroup('x', [SystemExit(1), ValueError('y')])",
    "an error of ten megabytes": "raise ValueError('x' * 10_000_000)",
    "an error without words": """
        class Bad(Exception):
            def __str__(self): raise self
            __repr__ = __str__
        raise Bad
    """,
    "a value that cannot be shown": """
        class Bad:
            def __repr__(self): raise KeyboardInterrupt
            def __getattr__(self, name): raise SystemExit
        Bad()
    """,
    "no memory": "x = bytearray(10**15)",
    "no end": "def f(): return f()\nf()",
    "a question": "import getpass; getpass.getpass(); input()",
    "a debugger": "breakpoint()",
    "a name with no end": "𝕏" * 300 + "(",
    "a NUL": "x = 1\x00",
    "tabs and blanks": "if 1:\n\tx = 1\n        y = 2",
    "another coding": "# -*- coding: utf-7 -*-\nx = '+AGE-'\nraise ValueError",
    "a page of HTML": "<h1>My answer</h1>\n<p>It is 60,000.</p>",
}
ANSWERS = ("count-images", "read-pixel", "scale-images", "channel-axis")
PLACES = (
    *("before the set-up", "after the set-up", "before an answer", "after an answer"),
    "at the end",
)


def _placed(book, place, source, answer):
    if place == "before the set-up":
        book.cells.insert(0, code_cell(source))
    elif place == "after the set-up":
        book.first(source)
    elif place == "at the end":
        book.cells.append(code_cell(source))
    else:
        own = book.cell(answer)["source"]
        both = (source, own) if place == "before an answer" else (own, source)
        book.answer(**{answer: "\n".join(both)})
    return book


def _disturb(name, code, number, places):
    place, answer = places[number % len(places)], ANSWERS[number % len(ANSWERS)]
    source = textwrap.dedent(code).strip("\n")
    where = place.replace("an answer", f"the answer to {answer}")
    accident(f"{name}, {where}")(lambda book: _placed(book, place, source, answer))


for _number, (_name, _code) in enumerate(QUIET.items()):
    _disturb(_name, _code, _number, PLACES)
accident("no names of Python's own, late")(lambda book: book.after("read-idx", "__builtins__ = {}"))
for _number, (_name, _code) in enumerate(RAISING.items()):
    # An error before an answer, in its cell, is that answer's; what cannot be parsed, all of it.
    _disturb(_name, _code, _number, (PLACES[0], PLACES[1], PLACES[4]))


# --- the file ---------------------------------------------------------------------------------


def _notebook(change):
    def made(book):
        change(book.notebook)
        return book

    return made


def _cells(change):
    return _notebook(lambda notebook: [change(cell) for cell in notebook["cells"]] and None)


def _set(**values):
    return _notebook(lambda notebook: notebook.update(values))


def _without_ids(notebook, minor):
    notebook["nbformat_minor"] = minor
    for cell in notebook["cells"]:
        cell.pop("id", None)


for _minor in range(5):
    accident(f"notebook format 4.{_minor}, without ids")(
        _notebook(lambda notebook, minor=_minor: _without_ids(notebook, minor))
    )
FILES = {
    "one id for all cells": _cells(lambda cell: cell.update(id="same")),
    "ids that are numbers": _cells(lambda cell: cell.update(id=5)),
    "metadata that is a list": _set(metadata=[1]),
    "metadata that is nothing": _set(metadata=None),
    "the kernel of another language": _set(
        metadata={"kernelspec": {"name": "ir", "language": "R"}, "language_info": {"name": "R"}}
    ),
    "the state of widgets": _set(
        metadata={"widgets": {"application/vnd.jupyter.widget-state+json": {"state": "x" * 10**6}}}
    ),
    "attachments": _cells(
        lambda cell: cell.update(attachments={"a.png": {"image/png": "x" * 9999}})
    ),
    "marks of other programs": _cells(
        lambda cell: cell["metadata"].update(
            colab={"base_uri": "x"},
            vscode={"languageId": "python"},
            tags="skip",
            papermill={"status": "failed"},
            jupyter={"source_hidden": True},
            slideshow=None,
        )
    ),
    "outputs that are no list": _cells(lambda cell: cell.update(outputs={"x": 1})),
    "counts that are text": _cells(lambda cell: cell.update(execution_count="In [*]")),
    "lines of text": _cells(lambda cell: cell.update(source=cell["source"].splitlines(True))),
    "lines without ends": _cells(
        lambda cell: (
            cell.update(source=[[line] for line in cell["source"].splitlines(True)])
            if cell["cell_type"] == "markdown"
            else None
        )
    ),
    "ends of lines of Windows": _cells(
        lambda cell: cell.update(source=cell["source"].replace("\n", "\r\n"))
    ),
    "a format of tomorrow": _set(nbformat=5, nbformat_minor=9),
    "no format at all": _notebook(
        lambda notebook: [notebook.pop(name) for name in ("nbformat", "metadata")]
    ),
    "five hundred empty cells": _notebook(
        lambda notebook: notebook["cells"].extend(code_cell("") for _ in range(500))
    ),
}
for _name, _change in FILES.items():
    accident(_name)(_change)
BYTES = {
    "UTF-16 of the other order": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "two byte-order marks": lambda text: b"\xef\xbb\xbf" * 2 + text.encode(),
    "zeros at the end": lambda text: text.encode() + b"\0" * 4096,
    "blanks around": lambda text: b"\r\n \t" + text.encode() + b"\n" * 99 + b"\x1a",
    "packed by gzip": lambda text: gzip.compress(text.encode()),
    "ends of lines of Windows in the file": lambda text: (
        json.dumps(json.loads(text), indent=1).replace("\n", "\r\n").encode()
    ),
}


for _name, _encode in BYTES.items():
    accident(_name)(lambda book, encode=_encode: encode(json.dumps(book.notebook)))

accident("a comma too many", points=0, graded=False)(lambda book: book.content()[:-1] + b",}")

# --- tampering --------------------------------------------------------------------------------

TAMPERING = {
    "every comparison": """
        import builtins
        for name in ("all", "any", "isinstance", "issubclass", "min", "max", "abs", "hasattr"):
            setattr(builtins, name, lambda *a, **k: True)
    """,
    "what opens, imports and writes": """
        import builtins, io, os
        builtins.open = io.open = lambda *a, **k: io.BytesIO()
        builtins.__import__ = lambda *a, **k: a
    """,
    "JSON": "import json; json.dumps = json.loads = lambda *a, **k: 'true'",
    "digests": """
        import hashlib
        class Same:
            def update(self, *_): pass
            def hexdigest(self): return "0" * 64
        hashlib.sha256 = hashlib.new = lambda *a, **k: Same()
    """,
    "how arrays are saved": """
        np.savez = np.savez_compressed = lambda file, **k: file.write(b"PK")
        np.save = np.load = lambda *a, **k: None
    """,
    "what zip files and streams are": """
        import io, zipfile
        zipfile.ZipFile = io.BytesIO = object
    """,
    "pickle": "import pickle; pickle.dumps = pickle.load = lambda *a, **k: b''",
    "the modules that collect": """
        import sys, types
        for name in [name for name in sys.modules if name.startswith("labkit.")]:
            sys.modules[name] = types.ModuleType(name)
    """,
    "how modules are found": """
        import importlib.abc, importlib.util, sys
        class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
            def find_spec(self, name, path, target=None):
                return importlib.util.spec_from_loader(name, self) if "labkit" in name else None
            def exec_module(self, module): module.__getattr__ = lambda name: (lambda *a, **k: True)
        sys.meta_path.insert(0, Finder())
        for name in [name for name in sys.modules if name.startswith("labkit")]:
            del sys.modules[name]
    """,
    "the worker itself": """
        import gc, types
        for thing in gc.get_objects():
            if type(thing).__name__ == "Worker":
                thing._write = thing._check = thing._cell = lambda *a, **k: None
                thing.found.clear(); thing.job.clear()
    """,
    "the frames above": """
        import sys
        frame = sys._getframe()
        while frame:
            for name, value in list(frame.f_locals.items()):
                if isinstance(value, dict) and "exercises" in value:
                    value["exercises"].clear()
            frame = frame.f_back
    """,
    "numbers in memory": """
        import ctypes
        ctypes.memset(id(257) + 24, 1, 4)
        ctypes.memmove(id(1) + 24, id(2) + 24, 4)
    """,
    "another class for each object": """
        class Liar:
            __class__ = property(lambda self: int)
            __int__ = __index__ = lambda self: 60000
            __len__ = lambda self: 60000
            __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
            __hash__ = lambda self: 60000
            __array__ = lambda self, *a, **k: np.array(60000)
            __reduce__ = lambda self: (int, (60000,))
        n_train = n_test = pixel = x_train_scaled = x_train_channel = Liar()
    """,
    "an array that is equal to all": """
        class Equal(np.ndarray):
            def __array_ufunc__(self, ufunc, method, *a, **k): return np.array(True)
            def __array_function__(self, function, *a, **k): return True
        x_train_scaled = x_test_scaled = np.zeros((60000, 28, 28), "float32").view(Equal)
    """,
    "the memory of the first process": """
        import os
        for number in (1, os.getppid(), os.getpid()):
            try:
                open(f"/proc/{number}/mem", "r+b").write(b"x")
            except OSError:
                pass
    """,
    "the time limit": """
        import signal
        signal.setitimer = signal.signal = lambda *a, **k: None
    """,
    "names that the checks use": "lab = labkit = np = n_train = None",
    "every class there is": """
        for kind in object.__subclasses__():
            for name in ("check", "collect", "write", "met", "points"):
                try:
                    setattr(kind, name, lambda *a, **k: 100.0)
                except TypeError:
                    pass
    """,
}
for _name, _code in TAMPERING.items():
    _source = textwrap.dedent(_code).strip()
    attack(f"tampering with {_name}", graded=None)(
        lambda book, source=_source: book.after("load", source)
    )
