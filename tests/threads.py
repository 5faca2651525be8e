"""With how many threads a test process calculates."""

import os

# What NumPy's libraries and TensorFlow read when they are imported.
NAMES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")


def share_among(processes: int) -> None:
    """Leave each of several processes, yet to be started, its share of the processors.

    With more threads than processors, each training waits for threads that wait for their turn.
    """
    if processes > 1:
        share = max(1, (os.cpu_count() or 1) // processes)
        for name in NAMES:
            os.environ.setdefault(name, str(share))
