"""How a command of labkit's is typed in a terminal of this machine."""

from __future__ import annotations

import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import sysconfig


def command(*words: str) -> str:
    """Return what to type in any terminal for ``labkit`` and `words`.

    A terminal knows ``labkit`` only where the environment is activated, which `make lab` does not
    ask for: elsewhere the whole path is told.
    """
    program = shutil.which("labkit", path=sysconfig.get_path("scripts"))
    named = shutil.which("labkit")
    if program is None:
        typed = [sys.executable, "-m", "labkit"]
    elif named is not None and pathlib.Path(named).samefile(program):
        typed = ["labkit"]
    else:
        typed = [program]
    typed += words
    return subprocess.list2cmdline(typed) if os.name == "nt" else shlex.join(typed)
