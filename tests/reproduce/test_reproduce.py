"""Runs are recorded as they end, judged by the course's rule and shown in one table."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from labkit import data
from labkit.reports import comparison, networks, recipes, recordings, train

RECIPE = recipes.Recipe(
    network="R4-mlp",
    title="dense 128",
    parameters=101_770,
    epochs=2,
    batch_size=32,
    held_out=12_000,
    figures=(recipes.Figure("test accuracy", 0.87), recipes.Figure("test loss", 0.36)),
    note="A note.",
)
OTHER = dataclasses.replace(RECIPE, network="R0-2")
README = pathlib.Path(__file__).parents[2] / "README.md"
MARKERS = ("<!-- reproduction -->", "<!-- /reproduction -->")


def a_run(recipe=RECIPE, seed=1, right=88, kind="real"):
    """Return a run with `right` of 100 test images right."""
    confusion = np.zeros((10, 10), int)
    confusion[0, 0], confusion[0, 1] = right, 100 - right
    return {
        "network": recipe.network,
        "seed": seed,
        "data": kind,
        "settings": recipe.settings,
        "memory_mib": 700 + seed,
        "seconds": 10.0 * seed,
        "processor_seconds": 15.0 * seed,
        "loss": {"test": 0.4},
        "curves": {"accuracy": [0.5, 0.9], "val_accuracy": [0.8, 0.7]},
        "confusion": {
            "training": [[90, 10], [0, 0]],
            "validation": [[50, 50], [0, 0]],
            "test": confusion.tolist(),
        },
    }


@pytest.fixture
def few_images(monkeypatch, tmp_path):
    """600 training and 100 test images, the brightness of each the number of its place."""

    def load():
        random = np.random.default_rng(0)
        x_train = random.integers(0, 256, (600, 28, 28), dtype=np.uint8)
        x_train[:, 0, 0] = np.arange(600) % 256
        x_train[:, 0, 1] = np.arange(600) // 256
        x_test = random.integers(0, 256, (100, 28, 28), dtype=np.uint8)
        return (x_train, _labels(600)), (x_test, _labels(100))

    monkeypatch.setattr(data, "load_fashion_mnist", load)
    # The same training runs in other tests, too, and in other processes at the same time.
    monkeypatch.setattr(train, "_unfinished", lambda *_: tmp_path / "unfinished")


def _labels(count):
    return (np.arange(count) % 10).astype(np.uint8)


def _places(images):
    """Return the places that the images have in `few_images`."""
    flat = np.rint(images.reshape(len(images), -1)[:, :2] * 255).astype(int)
    return (flat[:, 0] + 256 * flat[:, 1]).tolist()


# --- the rule ---


@pytest.mark.parametrize(
    ("accuracies", "expected"),
    [
        ([0.88, 0.89, 0.90], "beaten"),
        ([0.871, 0.8700001, 0.8699], "beaten"),
        ([0.86, 0.87, 0.865], "reached"),
        ([0.860, 0.861, 0.862], "not reached: our mean is within 0.8585–0.8635 (95 %)"),
        ([0.87, 0.87, 0.87], "reached"),
        ([0.95, 0.95], "2 of 3 seeds"),
        ([0.95], "1 of 3 seeds"),
    ],
)
def test_verdict_follows_mean_and_two_deviations(accuracies, expected):
    assert comparison.verdict(comparison.spread(accuracies), 0.87) == expected


def test_bounds_hold_the_mean_in_95_of_100_draws():
    random = np.random.default_rng(0)
    held = [
        least < 0.87 < most
        for few in random.normal(0.87, 0.002, (4_000, 5))
        for least, most in [comparison.spread(few.tolist()).bounds()]
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_spread_is_that_of_a_sample():
    found = comparison.spread([0.1, 0.2, 0.3])
    assert (found.mean, found.deviation, found.count) == pytest.approx((0.2, 0.1, 3))
    assert str(found) == "0.2000 ± 0.1000"
    assert str(comparison.spread([0.5])) == "0.5000"


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("test accuracy", 0.88),
        ("test loss", 0.4),
        ("train accuracy", 140 / 200),
        ("accuracy while training", 0.9),
        ("best validation accuracy", 0.8),
    ],
)
def test_measures_are_read_off_a_run(measure, expected):
    assert recordings.MEASURES[measure](a_run()) == pytest.approx(expected)


def test_the_grid_counts_by_its_best_decay():
    run = {"accuracies": [[0.8, 0.9], [0.9, 0.86], [0.95, 0.1]]}
    assert recordings.MEASURES["best cross-validated accuracy"](run) == pytest.approx(0.88)


def test_every_figure_can_be_measured():
    measures = {figure.measure for recipe in recipes.RECIPES.values() for figure in recipe.figures}
    assert measures <= set(recordings.MEASURES)


# --- recording and going on ---


def test_an_interrupted_reproduction_goes_on_where_it_was(tmp_path):
    trained = []

    def until_the_third(recipe, seed):
        if len(trained) == 2:
            raise KeyboardInterrupt
        trained.append((recipe.network, seed))
        return a_run(recipe, seed)

    with pytest.raises(KeyboardInterrupt):
        train.train_missing([RECIPE, OTHER], 2, tmp_path, until_the_third)
    assert trained == [("R4-mlp", 1), ("R0-2", 1)]
    assert len(recordings.recorded(RECIPE, tmp_path)) == 1

    trained = []

    def to_the_end(recipe, seed):
        trained.append((recipe.network, seed))
        return a_run(recipe, seed)

    train.train_missing([RECIPE, OTHER], 2, tmp_path, to_the_end)
    assert trained == [("R4-mlp", 2), ("R0-2", 2)]
    trained.clear()
    train.train_missing([RECIPE, OTHER], 2, tmp_path, to_the_end)
    assert trained == []


def test_a_killed_reproduction_leaves_no_training_behind(tmp_path):
    begun = tmp_path / "begun"
    training = f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(60)"
    code = f"from labkit.reports import train; train._apart(exec, {training!r})"
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        assert _within_seconds(20, begun.exists)
        children = psutil.Process(parent.pid).children()
        parent.kill()
    assert _within_seconds(20, lambda: not psutil.wait_procs(children, timeout=0)[1])


def _within_seconds(seconds, condition):
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.1)
    return met


def test_a_run_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    recordings.store(a_run(right=80), tmp_path)

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        recordings.store(a_run(right=99), tmp_path)
    assert recordings.recorded(RECIPE, tmp_path) == [a_run(right=80)]
    assert [path.name for path in tmp_path.iterdir()] == ["R4-mlp-seed1.json"]


def test_a_run_with_other_settings_does_not_count(tmp_path):
    recordings.store(a_run(), tmp_path)
    longer = dataclasses.replace(RECIPE, epochs=3)
    assert recordings.recorded(longer, tmp_path) == []
    assert recordings.missing([longer], 1, tmp_path) == [(longer, 1)]


def test_only_the_real_data_enters_the_record():
    with pytest.raises(recordings.NotRealDataError, match="sample"):
        recordings.store(a_run(kind="sample"))


def test_the_command_refuses_other_than_the_real_data(monkeypatch, capsys):
    source = data.Source("fashion-mnist", "sample", "drawn")
    monkeypatch.setattr(data, "source", lambda: source)
    monkeypatch.setattr(train, "train_missing", lambda *_: pytest.fail("it trained"))
    assert train.main([]) == 2
    assert "LABKIT_DATA" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--only", "R9"], ["--seeds", "0"], ["--seeds", "x"]])
def test_the_command_refuses_what_it_does_not_know(arguments):
    with pytest.raises(SystemExit) as left:
        train.main(arguments)
    assert left.value.code == 2


# --- training ---


def test_the_last_or_the_first_images_are_held_out(few_images):
    last = train.split(dataclasses.replace(RECIPE, held_out=12_000), (28, 28))
    assert _places(last["training"][0]) == list(range(480))
    assert _places(last["validation"][0]) == list(range(480, 600))

    first = dataclasses.replace(RECIPE, held_out=5_000, held_out_first=True, images=10_000)
    parts = train.split(first, (28, 28, 1))
    assert _places(parts["validation"][0]) == list(range(50))
    assert _places(parts["training"][0]) == list(range(50, 150))
    assert parts["training"][0].shape == (100, 28, 28, 1)
    assert parts["test"][0].dtype == np.float32 and parts["test"][0].max() <= 1

    everything = train.split(dataclasses.replace(RECIPE, held_out=0), (28, 28))
    assert set(everything) == {"training", "test"}
    assert _places(everything["training"][0]) == list(range(600))


def test_training_records_what_the_model_does(few_images):
    run = train.train(RECIPE, 1)
    counts = {part: int(np.sum(matrix)) for part, matrix in run["confusion"].items()}
    assert counts == {"training": 480, "validation": 120, "test": 100}
    assert {name: len(values) for name, values in run["curves"].items()} == dict.fromkeys(
        ["accuracy", "loss", "val_accuracy", "val_loss"], 2
    )
    # The last epoch's validation is Keras's own judgement of the model that we judge here.
    right = np.trace(run["confusion"]["validation"]) / 120
    assert right == pytest.approx(run["curves"]["val_accuracy"][-1], abs=1e-4)
    assert run["loss"]["validation"] == pytest.approx(run["curves"]["val_loss"][-1], abs=1e-3)
    assert run["parameters"] == RECIPE.parameters
    assert run["settings"] == RECIPE.settings
    assert json.loads(json.dumps(run)) == run


def test_the_grid_is_recorded_by_decay_and_fold(few_images):
    recipe = dataclasses.replace(recipes.RECIPES["R3-nnet"], epochs=1)
    run = train.train(recipe, 1)
    assert run["parameters"] == recipe.parameters
    assert len(run["decays"]) == len(run["accuracies"]) == 13
    assert {len(accuracies) for accuracies in run["accuracies"]} == {5}
    assert 0 <= recordings.MEASURES["best cross-validated accuracy"](run) <= 1


def test_a_seed_gives_the_same_run_again_and_another_another(few_images):
    same = [train.train(RECIPE, seed)["curves"] for seed in (1, 1, 2)]
    assert same[0] == same[1] != same[2]


def test_patience_returns_to_the_best_epoch(few_images):
    patient = dataclasses.replace(RECIPE, epochs=40, patience=1)
    run = train.train(patient, 1)
    assert len(run["curves"]["loss"]) < 40
    assert run["loss"]["validation"] == pytest.approx(min(run["curves"]["val_loss"]), abs=1e-3)


@pytest.mark.slow
def test_a_quick_trial_trains_in_a_process_of_its_own_and_records_nothing(capfd):
    before = sorted(recordings.FOLDER.iterdir())
    assert train.main(["--quick", "--only", "R4-mlp"]) == 0
    output = capfd.readouterr().out
    assert "not the reproduction" in output
    assert "1 of 3 seeds" in output
    assert sorted(recordings.FOLDER.iterdir()) == before


# --- the table ---


def test_a_row_comes_from_the_recorded_runs(tmp_path):
    for seed, right in [(1, 88), (2, 89), (3, 90)]:
        recordings.store(a_run(seed=seed, right=right), tmp_path)
    (cells,) = comparison.rows([RECIPE], tmp_path)
    assert dict(zip(comparison.COLUMNS, cells, strict=True)) == {
        "network": "R4-mlp",
        "what it is": "dense 128",
        "figure in the report": "test accuracy 0.8700",
        "ours": "0.8900 ± 0.0100",
        "verdict": "beaten",
        "seconds (of processor)": "20 (30)",
        "MiB": "703",
        "further figures: the report's → ours": "test loss 0.3600 → 0.4000 ± 0.0000",
        "note": "A note.",
    }


def test_what_was_trained_in_full_takes_the_place_of_what_was_reduced(tmp_path):
    (name, full), *_ = recipes.IN_FULL.items()
    reduced = recipes.RECIPES[name]
    recordings.store(a_run(reduced), tmp_path)
    assert comparison.rows([reduced], tmp_path)[0][0] == name
    recordings.store(a_run(full), tmp_path)
    (cells,) = comparison.rows([reduced], tmp_path)
    assert cells[0] == full.network and "REDUCED" not in cells[-1]
    assert recordings.recorded(reduced, tmp_path) == [a_run(reduced)]


@pytest.mark.parametrize("name", recipes.IN_FULL)
def test_in_full_is_the_same_network_with_more_of_everything(name):
    full, reduced = recipes.IN_FULL[name], recipes.RECIPES[name]
    assert networks.BUILDERS[full.network] is networks.BUILDERS[name]
    assert full.epochs > reduced.epochs and full.images is None
    assert full.network not in recipes.RECIPES


def test_a_network_without_a_run_or_a_figure_says_so(tmp_path):
    free = dataclasses.replace(OTHER, figures=())
    recordings.store(a_run(free), tmp_path)
    rows = comparison.rows([RECIPE, free], tmp_path)
    assert [cells[0] for cells in rows] == ["R0-2", "R4-mlp"]
    assert rows[0][2:5] == ("none", "0.8800", "–")
    assert rows[1][3] == "not run"


def test_the_table_is_markdown_and_text(tmp_path):
    recordings.store(a_run(), tmp_path)
    rows = comparison.rows([RECIPE], tmp_path)
    markdown = comparison.as_markdown(rows).splitlines()
    assert [line.count("|") for line in markdown] == [len(comparison.COLUMNS) + 1] * 3
    text = comparison.as_text(rows).splitlines()
    assert text[0].split()[0] == "network"
    assert text[1].split()[0] == "R4-mlp" and "1 of 3 seeds" in text[1]
    assert text[-1].strip() == "A note."


# --- what is recorded ---


@pytest.mark.parametrize(
    "path", sorted(recordings.FOLDER.glob("*-seed*.json")), ids=lambda p: p.stem
)
def test_a_recorded_run_is_real_and_as_the_recipe_says(path):
    run = json.loads(path.read_text("utf-8"))
    recipe = train._BY_NAME[run["network"]]
    assert path == recordings.path_of(run["network"], run["seed"])
    assert run["data"] == "real"
    assert run["settings"] == recipe.settings
    assert run["parameters"] == recipe.parameters
    if "confusion" in run:
        assert int(np.sum(run["confusion"]["test"])) == 10_000


def test_the_readme_shows_the_table_of_the_recorded_runs():
    text = README.read_text("utf-8") if README.exists() else ""
    if MARKERS[0] not in text:
        pytest.skip("README.md has no block for the reproduction")
    shown = text.partition(MARKERS[0])[2].partition(MARKERS[1])[0]
    made = comparison.as_markdown(comparison.rows(recipes.RECIPES.values()))
    assert shown.strip() == made.strip(), "Renew it with: python -m labkit.reports.train --markdown"
