"""Time `import labkit` in fresh processes, beside Python's own start and `import keras`."""

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 5
STATEMENTS = {"python alone": "pass", "import labkit": "import labkit", "keras": "import keras"}


def main() -> None:
    """Print the median of each over some rounds, taken in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(ROUNDS):
        for name, statement in STATEMENTS.items():
            seconds[name].append(_seconds(statement))
    print(f"Start-up, medians of {ROUNDS} fresh processes:")
    alone = statistics.median(seconds["python alone"])
    for name, values in seconds.items():
        median = statistics.median(values)
        print(f"  {name:14} {median:6.2f} s   {median - alone:+6.2f} s over Python alone")


def _seconds(statement: str) -> float:
    start = time.perf_counter()
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run(
        [sys.executable, "-c", statement], check=True, capture_output=True, env=environment
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
