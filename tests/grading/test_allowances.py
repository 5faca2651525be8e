"""A shell that allows little is told before a notebook runs: none of them can fail for it."""

import subprocess
import sys

import pytest

LIMITS = "sandbox.Limits(seconds=600, memory=2**31, processes=64)"
CODE = (
    "from labkit.grading.runs import allowances, sandbox\n"
    f"try: allowances.verify({LIMITS})\n"
    "except allowances.TooLittle as error: print(error)"
)
WORKER = (
    "import sys, resource; sys.path.insert(0, sys.argv[1]); import worker\n"
    "worker._limit(resource.RLIMIT_NOFILE, 1024); print(resource.getrlimit(resource.RLIMIT_NOFILE))"
)


def allowed(shell, code=CODE, *arguments):
    line = f'{shell} && exec "$0" -c "$@"'
    command = ["bash", "-c", line, sys.executable, code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other limits")
@pytest.mark.parametrize(
    "shell", ["-n 64", "-u 100", "-t 300", "-v 1900000", "-d 1900000", "-f 1000"]
)
def test_too_little_is_told_with_what_to_do(shell):
    letter = shell.split()[0]
    said = allowed(f"ulimit {shell}")
    assert "so nothing was run" in said and f"ulimit {letter} " in said


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other limits")
@pytest.mark.parametrize("shell", ["true", "ulimit -Sn 64", "ulimit -c 0", "ulimit -n 400"])
def test_enough_and_what_may_be_raised_is_fine(shell):
    assert allowed(shell) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="notebooks run elsewhere without a worker")
def test_a_run_gets_no_more_than_there_is():
    from labkit.grading.runs import inside

    assert allowed("ulimit -n 400", WORKER, inside.__path__[0]).strip() == "(400, 400)"
