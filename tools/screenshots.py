"""Take the pictures of docs/student.md anew. Run it as ``python -m tools.screenshots``.

The browser tests take them on their way, so that they show what there is.
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
WHICH = "hour or sorted or by_keyboard"
TESTS = ("tests/browser", "-k", WHICH, "-m", "slow")


def main() -> int:
    environment = {**os.environ, "LABKIT_SCREENSHOTS": str(PICTURES), "LABKIT_DATA": "sample"}
    line = [sys.executable, "-m", "pytest", "--quiet", *TESTS]
    return subprocess.run(line, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
