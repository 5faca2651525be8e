"""A students' edition, written once, and installed in a home that has nothing else."""

import dataclasses
import os
import pathlib
import subprocess
import sys
import sysconfig

import pytest

from labkit.notebook import setup
from labkit.release import edition as editions
from tests import threads

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Facts about the sample alone: the real data may not be at hand, and takes longer.
DATA = ("sample",)


@dataclasses.dataclass(frozen=True)
class Edition:
    """The folder that a student has, its wheel, and where labkit is installed from it."""

    folder: pathlib.Path
    wheel: pathlib.Path
    home: pathlib.Path

    @property
    def python(self) -> pathlib.Path:
        return self.folder / ".venv" / "bin" / "python"

    def environment(self) -> dict[str, str]:
        """Return what a student's terminal has: nothing of the course.

        What is trained takes no more than this process's share of the processors: with more
        threads than processors it takes a third more of their time.
        """
        names = ("PATH", "LANG", *threads.NAMES)
        kept = {name: text for name, text in os.environ.items() if name in names}
        own = {"HOME": str(self.home), "LABKIT_DATA": "sample", "LABKIT_OFFLINE": "1"}
        return kept | setup.TENSORFLOW | own

    def run(self, *command: str | pathlib.Path, **options) -> str:
        """Return what a command prints that is run with the edition's Python, in its folder."""
        finished = subprocess.run(
            [self.python, *command],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            **options,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    place = tmp_path_factory.mktemp("release")
    wheel = editions.write(place / "for students", ROOT, DATA)
    made = Edition(wheel.parent, wheel, place / "home")
    made.home.mkdir()
    _install(made)
    return made


def _install(made: Edition) -> None:
    """Install the wheel as `make setup` does, without what it needs: that is installed here."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", made.folder / ".venv"], check=True
    )
    install = [sys.executable, "-m", "pip", "--python", made.python, "install", "--no-deps"]
    subprocess.run(
        [*install, "--no-index", "--quiet", "--disable-pip-version-check", made.wheel], check=True
    )
    (site,) = (made.folder / ".venv" / "lib").glob("python*/site-packages")
    # Only the packages: the course itself is found through a file there, which is not read.
    (site / "of-the-course.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (made.folder / ".venv" / "runtime").touch()  # what `make` looks at
