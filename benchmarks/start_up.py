"""Time `import labkit` in fresh processes, beside Python's own start and `import keras`."""

import os
import subprocess
import sys
import time

from benchmarks import rows

TOPIC = "Start-up, a fresh process"
STATEMENTS = {"Python alone": "pass", "import labkit": "import labkit", "keras": "import keras"}


def measure(rounds: int = 5) -> list[rows.Row]:
    """Return the seconds of each, taken in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(rounds):
        for name, statement in STATEMENTS.items():
            seconds[name].append(_seconds(statement))
    return [rows.Row(TOPIC, name, tuple(values)) for name, values in seconds.items()]


def _seconds(statement: str) -> float:
    start = time.perf_counter()
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run(
        [sys.executable, "-c", statement], check=True, capture_output=True, env=environment
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    print(*rows.lines(measure()), sep="\n")
