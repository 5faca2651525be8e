"""What two processes gain is told rightly where it is known beforehand."""

import multiprocessing
import time

import pytest

from benchmarks import both_cores


@pytest.mark.slow  # so long that a busy machine's delays do not count
def test_who_waits_gains_all_and_who_waits_for_the_other_nothing():
    assert both_cores._gained(lambda: time.sleep(1)) > 1.5
    turn = multiprocessing.get_context("fork").Lock()

    def in_turn():
        with turn:
            time.sleep(1)

    assert both_cores._gained(in_turn) < 1.3


def test_what_fails_is_no_measurement():
    with pytest.raises(RuntimeError, match="failed"):
        both_cores._gained(lambda: 1 / 0)
