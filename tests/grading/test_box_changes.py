"""What a box shows vanishes while a class is graded, as where somebody runs pip."""

import pathlib

import pytest

from labkit.checks import Outcome
from labkit.commands import grade as command
from labkit.grading import grade
from labkit.grading.runs import machine, readable, sandbox
from tests.grading import classroom

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandboxed")]
LAB = classroom.LAB


class Package:
    """A folder that Python is read from, for as long as it is there."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path, self.listed = path, 0
        self.vanishes = False
        self._plain = readable.python

    def list(self) -> list[str]:
        found = self._plain()
        if not self.path.exists():
            return found
        self.listed += 1
        if self.vanishes:
            self.path.rmdir()  # between the list and the start
        return [*found, str(self.path)]


@pytest.fixture
def package(tmp_path, monkeypatch):
    (tmp_path / "package").mkdir()
    made = Package(tmp_path / "package")
    monkeypatch.setattr(readable, "python", made.list)
    return made


@pytest.fixture
def graded(light_course, tmp_path):
    """Return what grades a class of two, and tells the points of each and what was said."""
    for name in ("ann", "bob"):
        book = classroom.Book(light_course).right()
        book.answer(**{"count-images": f"n_train, n_test = 6000, 1000  # {name}"})
        classroom.hand_in(tmp_path / "in", name, book.content())

    def run(**more):
        settings = classroom.settings(light_course, **more)
        return classroom.by_student(grade.grade(LAB, tmp_path / "in", tmp_path / "out", settings))

    return run


@pytest.mark.parametrize("keep_warm", [False, True], ids=["cold", "warm"])
def test_a_list_that_is_out_of_date_is_read_anew(package, graded, monkeypatch, keep_warm):
    plain = machine.Machine.__enter__

    def enter(self):
        ready = plain(self)
        package.path.rmdir()  # after the self-test
        return ready

    monkeypatch.setattr(machine.Machine, "__enter__", enter)
    found = graded(keep_warm=keep_warm)
    assert {name: item.points for name, item in found.items()} == dict.fromkeys(
        ("ann", "bob"), classroom.FULL
    )
    assert package.listed == 1


def test_what_goes_on_changing_costs_nothing_for_good(package, graded, tmp_path, monkeypatch):
    """The one whose notebook did not run is told, and is run at the next grading."""
    real, states = sandbox.run, []

    def run(command, box, *more, **named):
        # While bob's notebook runs, a package comes and goes at each look.
        job = more[1] if len(more) > 1 else named["given"]
        states.append(b"# bob" in job)
        if b"# bob" in job and package.path.exists():
            package.path.rmdir()
        ended = real(command, box, *more, **named)
        package.path.mkdir(exist_ok=True)
        return ended

    monkeypatch.setattr(sandbox, "run", run)
    found = graded(keep_warm=False)
    assert found["ann"].points == classroom.FULL
    assert {result.outcome for result in found["bob"].results} == {Outcome.COULD_NOT_GRADE}
    assert "could not be started" in str(found["bob"].results[0].message)
    assert sum(states) == 2  # once more, and no more
    kept = {path.name for path in (tmp_path / "out" / ".kept" / LAB).iterdir()}
    assert "bob" not in kept and "ann" in kept
    said = list(command.summary(LAB, list(found.values()), tmp_path / "out", 0.0))
    (told,) = [text for text in said if text.startswith("  bob, ")]
    assert "grade again when nothing is being installed" in told
    monkeypatch.setattr(sandbox, "run", real)
    assert graded(keep_warm=False)["bob"].points == classroom.FULL


def test_a_machine_that_cannot_be_tried_out_again_loses_the_run_only(package, tmp_path):
    """A box whose list changes each time is not run in, and nobody else is touched."""
    with machine.Machine(["fashion-mnist"], classroom.LIMITS, keep_warm=False) as ready:
        package.vanishes = True
        ready._give_up(ready._ready)
        ended = ready.run(b"", tmp_path / "records.bin")
        assert ended.lost and not (tmp_path / "records.bin").read_bytes()
        package.vanishes = False
        assert ready._current() is not None


def test_hidden_entries_of_a_folder_of_packages_may_vanish(tmp_path, monkeypatch):
    """Pip renames what it replaces; the leftover belongs to no package, and is covered."""
    folder = tmp_path / "site-packages"
    (folder / "~umpy").mkdir(parents=True)
    plain = readable._package_folders
    monkeypatch.setattr(readable, "_package_folders", lambda: [*plain(), str(folder)])
    with machine.Machine(["fashion-mnist"], classroom.LIMITS, keep_warm=False) as ready:
        assert any(path.endswith("/~umpy") for path in ready._ready.box.hidden)
        (folder / "~umpy").rmdir()
        assert ready.run(b"", tmp_path / "records.bin").lost
        assert not any(path.endswith("/~umpy") for path in ready._current().box.hidden)
