"""The page on platforms names each of them as the command line does."""

import pathlib
import re
import shlex

import yaml

from labkit.commands import cli
from labkit.grading.results import formats, worksheets
from labkit.grading.submissions import platforms

PAGE = (pathlib.Path(__file__).parents[2] / "docs" / "platforms.md").read_text(encoding="utf-8")


def test_every_platform_has_its_part_with_three_steps():
    parts = PAGE.split("\n## Other graders")[0].split("\n## ")[1:]
    named = {
        name: part for part in parts for name in re.findall(r"`([\w-]+)`", part.split("\n")[0])
    }
    assert set(named) == set(platforms.BY_NAME)
    for name, part in named.items():
        if name != "folders":
            assert re.findall(r"^\| (\d)\. .* \| (\d)\. ", part, re.MULTILINE) == [
                *(("1", "1"), ("2", "2"), ("3", "3"))
            ]


def test_every_table_that_is_filled_in_is_named():
    for name in worksheets.BY_NAME:
        assert re.search(rf"`{name}\.(csv|xls)`", PAGE)


def test_every_form_is_named():
    assert re.findall(r"^\| `([a-z][\w-]*)` \|", PAGE, re.MULTILINE) == list(formats.NAMES)


def test_workflow_is_yaml_and_its_command_is_one():
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    steps = yaml.safe_load(text)["jobs"]["grade"]["steps"]
    (line,) = [step["run"] for step in steps if "labkit grade" in step.get("run", "")]
    arguments = cli._parser().parse_args(shlex.split(line)[1:])
    assert arguments.lab == "lab1-data" and arguments.forms == ["junit"]
