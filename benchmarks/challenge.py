"""The challenge of lab 6: the kit's own answers, with several seeds, against the clock.

    python -m benchmarks.challenge --choose quick     # one training, on held-out images; kept
    python -m benchmarks.challenge --methods 2        # what each method buys: two seeds of each
    python -m benchmarks.challenge --record quick     # its five seeds, on the test images
    python -m benchmarks.challenge --record far small # the other answers
    python -m benchmarks.challenge --page             # only writes docs/challenge.md anew

Recipes are chosen with ``--choose`` and ``--methods``, which hold a twelfth of the training images
out and see no test image. A recording learns from all training images, each seed in a process of
its own, and looks at the test images once. Its seconds are those of the whole process: Python's
start, the imports, loading, building, training and the test. What has ended is stored at once, and
what is stored is not run again unless its recipe has changed: one command goes on where the last
one was cut off. All of it wants the real data (LABKIT_DATA), and a recording two idle cores.
"""

import argparse
import dataclasses
import json
import pathlib
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import nbformat
import pandas as pd

from benchmarks import challenge_page, recipes, rows
from labkit import data, files
from labkit.reports import challengers

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "challenge.md"
WORKED = ROOT / "solutions" / "lab6-convnets" / "lab6-convnets.ipynb"
RUNS, METHODS, TRIED, COSTS = "runs", "methods", "tried", "costs"
TEST, HELD_OUT = "test", "held-out"
SHARE_HELD_OUT = 12
VIEWS = {"one view": "one", "two": "mirrored", "ten": "mirrored, moved"}

Run = dict[str, Any]


# --- one training -------------------------------------------------------------------------------


def images_of(part: str) -> tuple:
    """Return images and labels to learn from, and others to be measured on."""
    (x_train, y_train), (x_test, y_test) = data.load_fashion_mnist()
    if part == TEST:
        return scaled(x_train), y_train, scaled(x_test), y_test
    images, held_out = scaled(x_train), len(x_train) // SHARE_HELD_OUT
    return images[held_out:], y_train[held_out:], images[:held_out], y_train[:held_out]


def scaled(images):
    """Return images with values in [0, 1] and a channel axis."""
    return (images[..., None] / 255).astype("float32")


def train(recipe: recipes.Recipe, seed: int, part: str, views: Mapping[str, str]) -> Run:
    """Train once, measure on what is held out or on the test images, and tell what came of it.

    What is measured with each kind of views stands under the name that `views` gives it.
    """
    from benchmarks import challenger

    x_learn, y_learn, x_other, y_other = images_of(part)
    challenger.keras.utils.set_random_seed(seed)
    model = challenger.train(x_learn, y_learn, recipe)

    def accuracy(seen: str) -> float:
        predicted = challenger.opinions(model, x_other, seen).argmax(axis=1)
        return round(float((predicted == y_other).mean()), 4)

    measured = {name: accuracy(seen) for name, seen in views.items()}
    return {"parameters": model.count_params(), "epochs": recipe.epochs, **measured}


def in_a_process(
    recipe: recipes.Recipe, seed: int, part: str, views: Mapping[str, str] | None = None
) -> Run:
    """Train in a process of its own, and add the seconds of all that it does.

    Without `views`, the accuracy is the one with the recipe's own.

    Raises
    ------
    SystemExit
        If the process ended without a result; it has said why.
    """
    views = views or {f"{part} accuracy": recipe.views}
    asked = json.dumps([dataclasses.asdict(recipe), seed, part, views])
    command = [sys.executable, "-m", "benchmarks.challenge", "--one", asked]
    start, processor = time.perf_counter(), _processor_seconds()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"The training with seed {seed} has failed, see above: {recipe}")
    return {
        "seed": seed,
        **json.loads(done.stdout.splitlines()[-1]),
        "seconds": round(seconds, 1),
        "CPU seconds": round(_processor_seconds() - processor, 1),
    }


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --- the recording ------------------------------------------------------------------------------


def store(record: dict[str, Any]) -> None:
    """Store a record, each run on a line, and whatever shows it."""
    parts = [f' "machine": {json.dumps(record["machine"])}']
    for topic in (RUNS, METHODS, TRIED, COSTS):
        lines = ",\n".join(f"  {json.dumps(run)}" for run in record[topic])
        parts.append(f' "{topic}": [\n{lines}\n ]' if lines else f' "{topic}": []')
    files.write_text(challengers.RECORD, "{\n" + ",\n".join(parts) + "\n}\n")
    files.write_text(PAGE, challenge_page.text(record))
    files.write_text(WORKED, worked(WORKED.read_text(encoding="utf-8"), record))


def worked(text: str, record: dict[str, Any]) -> str:
    """Return the worked notebook with the leaderboard that its cell would show now."""
    notebook = nbformat.reads(text, as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == "leaderboard")
    shown = pd.DataFrame(challengers.leaderboard(record[RUNS]))
    with pd.option_context("display.max_columns", 20, "display.width", 80):
        formats = {"text/html": shown._repr_html_(), "text/plain": repr(shown)}
    for output in cell.outputs:
        output.data = formats
    return nbformat.writes(notebook) + "\n"


def settings(recipe: recipes.Recipe) -> dict[str, Any]:
    """Return a recipe as JSON keeps it."""
    return json.loads(json.dumps(dataclasses.asdict(recipe)))


def without_outdated(runs: Sequence[Run], name: str, recipe: recipes.Recipe) -> list[Run]:
    """Return the runs but for those of this name that were made with another recipe."""
    return [run for run in runs if run["network"] != name or made_with(run) == recipe]


def made_with(run: Run) -> recipes.Recipe:
    """Return the recipe of a stored run; a choice that it could not name then is the usual one."""
    return recipes.from_json(run["settings"])


def add(topic: str, name: str, recipe: recipes.Recipe, seed: int) -> None:
    """Train with a seed, if that is not stored, and store what comes of it, with the page."""
    kept = without_outdated(challengers.read()[topic], name, recipe)
    if any((run["network"], run.get("seed")) == (name, seed) for run in kept):
        return
    part = TEST if topic == RUNS else HELD_OUT
    run = {"network": name, **in_a_process(recipe, seed, part)}
    print(", ".join(f"{key} {value}" for key, value in run.items()), flush=True)
    run["settings"] = settings(recipe)
    store({**challengers.read(), "machine": rows.machine(), topic: [*kept, run]})


def choose(recipe: recipes.Recipe, seed: int) -> None:
    """Train once on what is not held out, and store among what was tried what comes of it."""
    run = in_a_process(recipe, seed, HELD_OUT, VIEWS)
    tried = {"recipe": recipe.summary(), "batch": recipe.batch, "moved by": recipe.shift, **run}
    del tried["seconds"]
    print(tried, flush=True)
    record = challengers.read()
    store(record | {TRIED: [*record[TRIED], tried]})


# --- the command --------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked = parser.add_mutually_exclusive_group(required=True)
    names = {"choices": list(recipes.ANSWERS)}
    asked.add_argument("--choose", **names, help="one training, measured on held-out images")
    asked.add_argument("--record", **names, nargs="+", metavar="ANSWER", help="all of its seeds")
    asked.add_argument("--methods", type=int, metavar="SEEDS", help="each method, so many seeds")
    asked.add_argument("--page", action="store_true", help="only write docs/challenge.md anew")
    asked.add_argument("--one", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=1, help="of --choose")
    arguments = parser.parse_args()
    if arguments.page:
        store(challengers.read())
        return 0
    if arguments.one:
        asked_for, *how = arguments.one
        print(json.dumps(train(recipes.from_json(asked_for), *how)))
        return 0
    if data.source().kind != "real":
        sys.exit("The challenge is about the real data; set LABKIT_DATA to its folder.")
    if arguments.choose:
        choose(recipes.ANSWERS[arguments.choose].recipe, arguments.seed)
    elif arguments.record:
        for name in arguments.record:
            answer = recipes.ANSWERS[name]
            for seed in range(1, answer.seeds + 1):
                add(RUNS, name, answer.recipe, seed)
    else:
        for seed in range(1, arguments.methods + 1):
            for name, recipe in recipes.METHODS.items():
                add(METHODS, name, recipe, seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
