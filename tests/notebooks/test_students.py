"""The students' notebooks: in step with the solutions, nothing given away, worth 0 as they are."""

import re

import pytest

from labkit import labs
from tests.notebooks import running
from tools import assemble

pytestmark = pytest.mark.parametrize("lab", running.LABS)


def test_students_notebook_is_what_the_solution_gives(lab, capsys):
    assert assemble.up_to_date(lab, check=True), capsys.readouterr().out


def test_a_difference_is_noticed(lab, tmp_path, monkeypatch):
    """The check that guards the notebooks fails when one of them was edited by hand."""
    text = running.student(lab).read_text("utf-8")
    (tmp_path / lab).mkdir()
    edited = text.replace("Run the cells", "Run all cells", 1) + "\n"
    (tmp_path / lab / f"{lab}.ipynb").write_text(edited, "utf-8")
    monkeypatch.setattr(assemble, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(assemble, "student_text", lambda name: text)
    assert not assemble.up_to_date(lab, check=True)


def test_nothing_is_given_away(lab):
    text = running.student(lab).read_text("utf-8")
    assert "SOLUTION" not in text and "HIDDEN" not in text and "Rubric" not in text
    document = running.read(running.student(lab))
    for cell in document.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None, cell.id
    solved = {cell.id: cell.source for cell in running.read(running.solution(lab)).cells}
    for cell in running.answer_cells(document):
        hidden = _solution_lines(solved[cell.id])
        assert hidden, f"{cell.id} has no solution"
        leaked = hidden & {line.strip() for line in text_lines(document)}
        assert not leaked, f"{cell.id}: {leaked}"


def text_lines(document):
    return [line for cell in document.cells for line in cell.source.splitlines()]


def _solution_lines(source):
    inside = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, flags=re.S)
    lines = {line.strip() for part in inside for line in part.splitlines()}
    # A line such as a lone bracket is no secret.
    return {line for line in lines if len(line) > 8 and re.search(r"\w{3}", line)}


def test_every_stub_line_has_its_place_in_the_solution(lab):
    solved = {cell.id: cell.source for cell in running.read(running.solution(lab)).cells}
    for cell in running.answer_cells(running.read(running.student(lab))):
        for line in cell.source.splitlines():
            if line.strip() != "# Write your code here.":
                assert line in solved[cell.id].splitlines(), f"{cell.id}: {line}"


def test_headings_and_points_agree_with_the_lab(lab):
    described = labs.load(lab)
    document = running.read(running.student(lab))
    text = "\n".join(cell.source for cell in document.cells if cell.cell_type == "markdown")
    for exercise in described.exercises:
        by_hand = ", marked by hand" if exercise in described.essays else ""
        points = f"{exercise.points:g} point{'' if exercise.points == 1 else 's'}"
        heading = f"### Exercise {exercise.number}: {exercise.title} ({points}{by_hand})"
        assert heading in text, heading
    assert len(re.findall(r"^### Exercise ", text, flags=re.M)) == len(described.exercises)
    machine = sum(exercise.points for exercise in described)
    shares = f"{described.points:g} points** ({machine:g} marked by the machine"
    assert f"**{described.minutes} minutes, {shares}" in text


def test_one_cell_is_predicted_before_it_runs(lab):
    """In a cell that is given and right below: an exercise's own has its check to compare with."""
    cells = running.read(running.student(lab)).cells
    asked = [n for n, cell in enumerate(cells) if cell.source.startswith("**Predict, then run.**")]
    (place,) = asked
    assert "Write" in cells[place].source and "what you expect, and why" in _one_line(cells[place])
    shown, compared = cells[place + 1 : place + 3]
    assert shown.cell_type == "code" and "nbgrader" not in shown.metadata
    assert "Compare with what you wrote" in _one_line(compared)


def test_from_lab_2_on_it_begins_with_a_look_back(lab):
    """Two questions on earlier labs, each with its answer folded away, before all else."""
    number = list(labs.MODULES).index(lab) + 1
    cells = running.read(running.student(lab)).cells
    asked = [n for n, cell in enumerate(cells) if "## Look back" in cell.source]
    if number == 1:
        assert asked == []
        return
    (place,) = asked
    first = next(n for n, cell in enumerate(cells) if cell.metadata.get("nbgrader"))
    assert place < first
    text = cells[place].source
    assert len(re.findall(r"<details><summary>Answer</summary>", text)) == 2
    assert text.count("<details>") == text.count("</details>")
    assert len(re.findall(r"\?", re.sub(r"<details>.*?</details>", "", text, flags=re.S))) >= 2
    named = {int(n) for n in re.findall(r"\b[Ll]ab (\d)", text)}
    assert named and all(earlier < number for earlier in named)


def test_no_question_of_a_look_back_is_asked_twice(lab):
    asked = {
        answer.strip()
        for cell in running.read(running.student(lab)).cells
        for answer in _answers_of_a_look_back(cell)
    }
    others = {
        answer.strip()
        for other in set(running.LABS) - {lab}
        for cell in running.read(running.student(other)).cells
        for answer in _answers_of_a_look_back(cell)
    }
    numbers = re.compile(r"\d[\d,]{3,}")
    found = {n for answer in asked for n in numbers.findall(answer)}
    assert not found & {n for answer in others for n in numbers.findall(answer)}


def _answers_of_a_look_back(cell):
    if "## Look back" not in cell.source:
        return []
    return re.findall(r"<details><summary>Answer</summary>(.*?)</details>", cell.source, flags=re.S)


def _one_line(cell):
    return " ".join(cell.source.split())


def test_cells_have_the_points_of_the_exercises(lab):
    marked = [
        cell.metadata.nbgrader
        for cell in running.read(running.student(lab)).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    assert sum(cell.points for cell in marked) == labs.load(lab).points
    names = {exercise.name: exercise.points for exercise in labs.load(lab)}
    names |= {essay.name: essay.points for essay in labs.load(lab).essays}
    assert {re.sub("-(check|answer)$", "", cell.grade_id): cell.points for cell in marked} == names
    for essay in labs.load(lab).essays:
        assert sum(points for points, _ in essay.rubric) == essay.points, essay.name


def test_solution_shows_the_rubric_of_each_essay(lab):
    cells = {cell.id: cell.source for cell in running.read(running.solution(lab)).cells}
    for essay in labs.load(lab).essays:
        text = cells[f"{essay.name}-answer"]
        assert "**Rubric.**" in text, essay.name
        shown = [float(n) for n in re.findall(r"(\d+(?:\.\d+)?) points?:", text)]
        assert shown == [points for points, _ in essay.rubric], essay.name


@pytest.mark.slow
def test_blank_notebook_runs_and_scores_nothing(lab, shared_folder):
    document = running.blank(lab, shared_folder)
    assert running.errors(document) == []
    points = running.points(document)
    assert set(points) == {exercise.name for exercise in labs.load(lab)}
    assert set(points.values()) == {0.0}
    for cell in running.check_cells(document):
        shown = "".join(output.data["text/html"] for output in cell.outputs)
        assert "not attempted" in shown, cell.id
