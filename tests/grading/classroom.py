"""A light course to grade in seconds, and submissions to it.

The lab is the first one, with its real exercises and checks. Its notebook is cut down to the
exercises that need neither Keras nor pandas, so that a run takes a second or two.
"""

import copy
import json
import pathlib
import re
from typing import Any, Self

from labkit import labs
from labkit.checks import Outcome
from labkit.grading import grade
from labkit.grading.graded import Graded
from labkit.grading.runs import sandbox
from labkit.grading.submissions import handed_out

ROOT = pathlib.Path(__file__).parents[2]
LAB = "lab1-data"
SETUP = "import labkit\nimport numpy as np\n\nfrom labkit.labs import data as lab"
GIVEN = ("setup", "load", "your-pixel")
# Every exercise that the light course can solve.
ATTEMPTED = (
    *("count-images", "describe-array", "array-or-matrix", "read-pixel"),
    *("read-idx", "scale-images", "channel-axis"),
)
POINTS = {item.name: item.points for item in labs.load(LAB).exercises}
FULL = sum(POINTS[name] for name in ATTEMPTED)
LIMITS = sandbox.Limits(
    seconds=90, memory=1536 * 2**20, processes=24, scratch=48 * 2**20, output=24 * 2**20
)
WRONG = {
    "count-images": "n_train, n_test = 1, 2",
    "describe-array": "images_dtype, images_shape, images_axes = 'float', (1, 2), 5",
    "array-or-matrix": "array_or_matrix = 'b'",
    "read-pixel": "pixel, darkest_and_brightest = -1, (1, 2)",
    "read-idx": "def read_idx_images(content):\n    return 'nothing'",
    "scale-images": "x_train_scaled = x_test_scaled = 0",
    "channel-axis": "x_train_channel = x_train",
}


def light_course(folder: pathlib.Path) -> pathlib.Path:
    """Write the light course to `folder` and return it."""
    notebook = json.loads((ROOT / "notebooks" / LAB / f"{LAB}.ipynb").read_text(encoding="utf-8"))
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "markdown" or cell["id"] in GIVEN or _marks(cell)
    ]
    for cell in notebook["cells"]:
        if cell["id"] == "setup":
            cell["source"] = SETUP
    path = folder / "notebooks" / LAB / f"{LAB}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def _marks(cell: dict[str, Any]) -> dict[str, Any]:
    return cell["metadata"].get("nbgrader", {})


def solutions(lab: str = LAB) -> dict[str, str]:
    """Return the solution's source by the exercise's name, without its markers."""
    notebook = json.loads((ROOT / "solutions" / lab / f"{lab}.ipynb").read_text(encoding="utf-8"))
    return {
        _marks(cell)["grade_id"]: re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", text)
        for cell in notebook["cells"]
        if _marks(cell).get("solution") and cell["cell_type"] == "code"
        for text in ["".join(cell["source"])]
    }


class Book:
    """A submission in the making: the light course's notebook with some answers."""

    def __init__(self, root: pathlib.Path) -> None:
        path = root / "notebooks" / LAB / f"{LAB}.ipynb"
        self.notebook = json.loads(path.read_text(encoding="utf-8"))
        self._handed_out = {cell["id"]: cell["source"] for cell in self.cells}

    @property
    def cells(self) -> list[dict[str, Any]]:
        return self.notebook["cells"]

    def right(self) -> Self:
        """Answer everything that can be answered, rightly."""
        answers = solutions()
        return self.answer(**{name: answers[name] for name in ATTEMPTED})

    def wrong(self) -> Self:
        """Answer everything wrongly, so that no exercise earns a point."""
        return self.answer(**WRONG)

    def answer(self, **sources: str) -> Self:
        for name, source in sources.items():
            self.cell(name)["source"] = source
        return self

    def blank(self) -> Self:
        """Take all answers back."""
        return self.answer(**{name: self._handed_out[name] for name in ATTEMPTED})

    def cell(self, name: str) -> dict[str, Any]:
        """Return the cell with this id."""
        return next(cell for cell in self.cells if cell.get("id") == name)

    def place(self, name: str) -> int:
        return self.cells.index(self.cell(name))

    def checks(self) -> list[dict[str, Any]]:
        return [
            cell
            for cell in self.cells
            if _marks(cell).get("grade") and "check" in cell.get("id", "")
        ]

    def first(self, source: str) -> Self:
        """Add a cell of the student's own after the set-up."""
        return self.after("load", source)

    def after(self, name: str, source: str) -> Self:
        self.cells.insert(self.place(name) + 1, code_cell(source))
        return self

    def copy_of(self, name: str) -> dict[str, Any]:
        return copy.deepcopy(self.cell(name))

    def content(self) -> bytes:
        return json.dumps(self.notebook).encode()


def code_cell(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def hand_in(folder: pathlib.Path, student: str, content: bytes) -> pathlib.Path:
    """Write a submission where the contract says and return its path."""
    path = folder / student / f"{LAB}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def settings(root: pathlib.Path, **more: Any) -> grade.Settings:
    return grade.Settings(**{"course": root, "limits": LIMITS, **more})


def by_student(graded: list[Graded]) -> dict[str, Graded]:
    return {item.submission.student: item for item in graded}


def outcomes(item: Graded) -> dict[str, Outcome]:
    return {result.exercise: result.outcome for result in item.results}


def lab(root: pathlib.Path) -> handed_out.CourseLab:
    return handed_out.load(LAB, root)
