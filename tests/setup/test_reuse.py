"""What whoever reuses, cites or reviews the course needs: it is there, and it agrees."""

import json
import re
import tomllib

import yaml

import labkit
from tests.notebooks import running

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
