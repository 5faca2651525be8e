"""Write the students' edition of a course: a folder that holds all that a student needs."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from labkit import labs
from labkit.notebook import setup
from labkit.release import cut, search, shipped, wheel
from labkit.release.errors import ReleaseError

NOTEBOOKS, SOLUTIONS = "notebooks", "solutions"
# The settings of LABKIT_DATA that facts are worked out with: the one that is there, and the sample.
DATA = (None, "sample")


def write(
    folder: pathlib.Path, course: pathlib.Path, data: Sequence[str | None] = DATA
) -> pathlib.Path:
    """Write the edition and return the path of its wheel.

    Parameters
    ----------
    folder : pathlib.Path
        A new or an empty folder.
    course : pathlib.Path
        The course's folder, with notebooks and solutions.
    data : sequence of str or None
        The settings of ``LABKIT_DATA`` that facts are worked out with; None for the present one,
        which has to give the real data.

    Raises
    ------
    ReleaseError
        If anything is in the way; then nothing is written.
    """
    folder, course = folder.absolute(), course.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ReleaseError(f"{folder} is there already. Name a new folder, or an empty one.")
    for name in (NOTEBOOKS, SOLUTIONS, *shipped.COURSE):
        if not (course / name).exists():
            raise ReleaseError(f"{course} has no {name}. Start this in the course's folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unfinished-") as place:
        made = pathlib.Path(place) / "edition"
        made.mkdir()
        packed = _write(made, course, _parts_of_labs(course, data))
        _search(made, course)
        if folder.exists():
            folder.rmdir()
        os.replace(made, folder)
    return folder / packed


def _write(folder: pathlib.Path, course: pathlib.Path, of_labs: dict[str, bytes]) -> str:
    content = wheel.sources(of_labs)
    notebooks = {name: _notebook(course, name) for name in labs.MODULES}
    told = {name: text.encode() for name, text in notebooks.items()}
    version = wheel.version_of({**content, **told})
    packed = wheel.file_name(version)
    wheel.write(folder, version, content, _text(course, "pyproject.toml"))
    for name in shipped.COURSE:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(course / name, folder / name)
    texts = {
        "README.md": _page(_text(course, "README.md")),
        "Makefile": _makefile(_text(course, "Makefile"), packed),
        "environment.yml": _environment(_text(course, "environment.yml"), packed),
        **{
            f"{NOTEBOOKS}/{name}/{name}.ipynb": _marked(text, version)
            for name, text in notebooks.items()
        },
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return packed


def _text(course: pathlib.Path, name: str) -> str:
    return (course / name).read_text(encoding="utf-8")


# --- labs -----------------------------------------------------------------------------------


def _parts_of_labs(course: pathlib.Path, data: Sequence[str | None]) -> dict[str, bytes]:
    """Return the files of all labs: cut, and the facts that stand for what was cut."""
    found: dict[str, bytes] = {}
    made_anew: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as place:
        for setting in data:
            made_anew |= _record(pathlib.Path(place), setting)
        for path in sorted(pathlib.Path(place).rglob("*.npz")):
            found[path.relative_to(place).as_posix()] = path.read_bytes()
    for name in labs.MODULES:
        lab = labs.load(name)
        for file, text in cut.lab(lab, made_anew, _notebook(course, name)).items():
            found[f"{lab.folder.name}/{file}"] = text.encode()
    return found


def _record(folder: pathlib.Path, setting: str | None) -> dict[str, list[str]]:
    """Work out the facts in a process of their own: it looks for the data once."""
    environment = os.environ | ({"LABKIT_DATA": setting} if setting else {})
    wanted = "any" if setting else "real"
    finished = subprocess.run(
        [sys.executable, "-m", "labkit.release.record", str(folder), wanted],
        env=setup.TENSORFLOW | environment | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    if finished.returncode:
        raise ReleaseError(finished.stderr.strip().splitlines()[-1])
    return json.loads(finished.stdout)


def _search(folder: pathlib.Path, course: pathlib.Path) -> None:
    secrets = search.secret_lines(course / SOLUTIONS, course / NOTEBOOKS)
    found = search.found_in(folder, secrets)
    if found:
        raise ReleaseError(
            "A line of a solution would be handed out. Write it otherwise there:\n"
            + "\n".join(found)
        )


# --- files of the course --------------------------------------------------------------------


def _notebook(course: pathlib.Path, name: str) -> str:
    path = course / NOTEBOOKS / name / f"{name}.ipynb"
    if not path.is_file():
        raise ReleaseError(f"{path} is missing. `make notebooks` makes it.")
    return path.read_text(encoding="utf-8")


def _marked(notebook: str, version: str) -> str:
    """Return a notebook that says of which edition it is."""
    content = json.loads(notebook)
    content["metadata"].setdefault("labkit", {})["edition"] = version
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _page(readme: str) -> str:
    """Return the students' part of the README."""
    page, found, _ = readme.partition("\n## For instructors\n")
    if not found or "\n## For students\n" not in page:
        raise ReleaseError("README.md has no part '## For students' before '## For instructors'.")
    # What is only in the course: its tests, its tools.
    return re.sub(r"(?m)^(make test .*|.*\btools\..*)\n", "", page)


def _makefile(text: str, packed: str) -> str:
    """Return the Makefile's paragraphs for students; labkit comes from the wheel."""
    paragraphs = text.split("\n\n")
    kept = []
    for start in shipped.MAKEFILE:
        found = [part for part in paragraphs if part.startswith(start)]
        if len(found) != 1:
            raise ReleaseError(f"The Makefile has {len(found)} paragraphs that begin with {start}")
        kept += found
    made = "\n\n".join(kept).rstrip() + "\n"
    made = re.sub(r"(?m)^\.PHONY:.*$", ".PHONY: help setup lab clean", made)
    changes = {
        "--editable .": f"./{packed}",
        "pyproject.toml constraints.txt": f"{packed} constraints.txt",
        "that pyproject.toml allows": "that labkit allows",
    }
    for before, after in changes.items():
        made = made.replace(before, after)
    return made


def _environment(text: str, packed: str) -> str:
    if "- -e ." not in text:
        raise ReleaseError("environment.yml does not install the course by `- -e .`.")
    return text.replace("- -e .", f"- ./{packed}")
