"""What the worker inside a box keeps of the cells that it runs."""

import json
import os
import pathlib
import subprocess
import sys

from labkit.grading.runs import inside

RUN = """
import os, sys
sys.path.insert(0, sys.argv[1])
import worker
job = {
    "cells": [
        {"source": "import labkit\\nfrom labkit.plots import alt_text\\n"
                   "from matplotlib import pyplot as plt\\n"
                   "alt_text.install(get_ipython())", "check": False, "shown": False, "spare": 0},
        {"source": "plt.plot([1, 2])", "check": False, "shown": False, "spare": 0},
        {"source": "plt.plot([1, 3])", "check": False, "shown": True, "spare": 0},
        {"source": "plt.plot([1, 4]); plt.show()", "check": False, "shown": False, "spare": 0},
        {"source": "m = 1\\nn = \u201cc\u201d", "check": False, "shown": False, "spare": 0},
        {"source": "while True:\\n    pass", "check": True, "shown": False, "spare": 0},
        {"source": "undefined", "check": False, "shown": False, "spare": 0},
    ],
    "lab": "data", "exercises": {}, "tables": {}, "limits": {},
    "cell_seconds": 60, "check_seconds": 1,
}
worker.Worker(job, int(sys.argv[2])).run()
"""


def test_what_is_drawn_how_errors_are_told_and_when_a_check_is_stopped(tmp_path):
    folder = pathlib.Path(inside.__file__).parent
    records = tmp_path / "records"
    environment = os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    with records.open("wb") as file:
        number = file.fileno()
        command = [sys.executable, "-c", RUN, str(folder), str(number)]
        subprocess.run(command, pass_fds=[number], check=True, env=environment)
    cells = [json.loads(line) for line in records.read_bytes().splitlines()]
    assert [len(cell.get("pictures", ())) for cell in cells] == [0, 0, 1, 0, 0, 0, 0, 0]
    errors = [cell.get("error", "") for cell in cells]
    # The cell of an error is told by what it is for, not by the name that IPython gives it.
    said, endless, after = filter(None, errors)
    assert said.startswith("SyntaxError: invalid character") and said.endswith("(line 2)")
    # A check is stopped after seconds of its own, and the next cell runs.
    assert endless == "Overtime: the cell ran for more than 1 seconds"
    assert after.startswith("NameError")
