"""Grade a class of attackers and unlucky students and print what came of each.

Run it as ``make attacks``. The exit status is 1 when an attack gained a point, an accident lost
one that it should not, another student's points changed, or anything was left behind.
"""

import argparse
import os
import pathlib
import sys
import tempfile

from labkit.grading.runs import sandbox
from tests.grading import attacks, cases

os.environ |= {"LABKIT_DATA": "sample", "LABKIT_OFFLINE": "1"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2, help="runs at the same time")
    parser.add_argument("--cold", action="store_true", help="a box of its own for each")
    parser.add_argument("words", nargs="*", help="only cases whose name holds one of these")
    arguments = parser.parse_args()
    if not sandbox.available():
        print("bubblewrap is not installed or does not work here: the attacks would succeed.")
        return 1
    words = arguments.words or [""]
    chosen = [case for case in cases.CASES if any(word in str(case) for word in words)]
    with tempfile.TemporaryDirectory(prefix="labkit-attacks-") as folder:
        how = {"progress": True, "keep_warm": not arguments.cold}
        rows = attacks.run(pathlib.Path(folder), chosen, arguments.jobs, **how)
    left = attacks.left_behind()
    print(attacks.table(rows))
    print("Left behind:", ", ".join(left) or "nothing")
    return 0 if all(row.as_it_should_be for row in rows) and not left else 1


if __name__ == "__main__":
    sys.exit(main())
