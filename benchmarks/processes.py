"""Let a benchmark measure one way in a process of its own."""

import json
import os
import subprocess
import sys
from typing import Any

from labkit.notebook import setup


def only(module: str, way: str) -> dict[str, Any]:
    """Return what a benchmark prints as JSON on its last line when it is asked for one way only.

    Raises
    ------
    subprocess.CalledProcessError
        If the process failed; it has said why.
    """
    command = [sys.executable, "-m", module, "--only", way]
    settings = setup.TENSORFLOW | os.environ
    done = subprocess.run(command, env=settings, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])
