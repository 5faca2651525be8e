"""What whoever reuses, cites or reviews the course needs: it is there, and it agrees."""

import json
import re
import tomllib

import pytest
import yaml

import labkit
from labkit import labs
from tests.notebooks import running
from tools import links

ROOT = running.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def _text(name):
    return (ROOT / name).read_text("utf-8")


def test_both_licenses_are_named_and_agree():
    text = _text("LICENSE")
    assert "MIT License" in text and "WITHOUT WARRANTY OF ANY KIND" in text
    assert "CC BY 4.0" in text and "creativecommons.org/licenses/by/4.0" in text
    assert PROJECT["license"] == "MIT AND CC-BY-4.0"
    assert set(yaml.safe_load(_text("CITATION.cff"))["license"]) == {"MIT", "CC-BY-4.0"}
    for path in PROJECT["license-files"]:
        assert (ROOT / path).is_file()


def test_what_is_to_be_cited_is_this_version():
    cited = yaml.safe_load(_text("CITATION.cff"))
    assert cited["version"] == labkit.__version__ == PROJECT["version"]
    assert {"cff-version", "message", "title", "authors", "keywords"} <= set(cited)


def test_links_lead_where_the_course_lives_and_nowhere_without():
    lives_at = links.repository(_text("pyproject.toml"))
    for name, made in (("README.md", links.readme), ("CITATION.cff", links.citation)):
        assert made(_text(name), lives_at) == _text(name), "run python -m tools.links"
    assert "mybinder.org" not in links.readme(_text("README.md"), "")
    assert "repository-code" not in links.citation(_text("CITATION.cff"), "")

    address = "https://github.com/some-one/a.course"
    assert links.repository(f'[project]\nurls.Repository = "{address}"') == address
    linked = links.readme(_text("README.md"), address)
    assert links.readme(linked, "") == links.readme(_text("README.md"), "")
    paths = [f"notebooks/{name}/{name}.ipynb" for name in labs.MODULES]
    for path in paths:
        assert (ROOT / path).is_file()
        assert linked.count(f"/gh/some-one/a.course/HEAD?urlpath=lab/tree/{path})") == 1
        assert linked.count(f"/github/some-one/a.course/blob/HEAD/{path})") == 1
    cited = links.citation(links.citation(_text("CITATION.cff"), address), address)
    assert yaml.safe_load(cited)["repository-code"] == address
    with pytest.raises(ValueError, match="OWNER/NAME"):
        links.table("https://example.org/a")


def test_changes_begin_with_this_version():
    first = re.search(r"^## (\S+?),? ", _text("CHANGELOG.md"), flags=re.M)
    assert first[1] == labkit.__version__


def test_the_way_to_contribute_names_targets_that_there_are():
    text = _text("CONTRIBUTING.md")
    makefile = _text("Makefile")
    targets = re.findall(r"`make ([a-z-]+)`", text)
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, flags=re.M), target


def test_ci_elsewhere_calls_the_one_script_and_keeps_what_it_installed():
    (job,) = yaml.safe_load(_text(".github/workflows/test.yml"))["jobs"].values()
    assert job["steps"][-1] == {"run": ".ci/run"}
    python = next(step["with"] for step in job["steps"] if "setup-python" in step.get("uses", ""))
    assert python["cache"] == "pip"
    for path in python["cache-dependency-path"].split():
        assert (ROOT / path).is_file()
    low, high = re.findall(r"3\.(\d+)", PROJECT["requires-python"])
    for version in job["strategy"]["matrix"]["python"]:
        assert int(low) <= int(version.split(".")[1]) < int(high)


def test_a_container_installs_what_make_installs():
    container = json.loads(_text(".devcontainer/devcontainer.json"))
    assert container["postCreateCommand"] == "make setup"
    version = re.search(r"python:(3\.\d+)", container["image"])[1]
    low, high = re.findall(r"3\.(\d+)", PROJECT["requires-python"])
    assert int(low) <= int(version.split(".")[1]) < int(high)
