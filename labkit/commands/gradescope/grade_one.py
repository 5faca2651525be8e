"""Grade the one submission that Gradescope has laid down, and write its results.json."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

LAB = "LAB_NAME"


def main(root: pathlib.Path) -> None:
    """Grade ``submission/`` and write ``results/results.json``, whatever comes of it."""
    results = root / "results" / "results.json"
    results.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        place = pathlib.Path(temporary)
        shutil.copytree(root / "submission", place / "in" / "student", symlinks=True)
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "labkit", "grade", LAB),
                *("--submissions", place / "in", "--output", place / "out"),
                *("--course", root / "source" / "course", "--format", "gradescope"),
            ],
            capture_output=True,
            text=True,
            env={"LABKIT_DATA": "sample", **os.environ},
            cwd=root / "source" / "course",
        )
        print(ended.stdout, ended.stderr)
        made = list((place / "out" / "formats" / "gradescope").glob("*.json"))
        if made:
            shutil.copyfile(made[0], results)
        else:
            # Without a score Gradescope says that grading failed: nobody gets a 0 for that.
            results.write_text(json.dumps({"output": ended.stderr[-2000:]}), encoding="utf-8")


main(pathlib.Path(sys.argv[1]))
