"""What a box shows is a list: nothing of the course is in it, wherever the course lies."""

import dataclasses
import io
import os
import pathlib
import pickle
import secrets
import shutil
import site
import subprocess
import sys
import sysconfig

import numpy as np
import pytest

from labkit import labs
from labkit.grading.runs import course_copy, sandbox, self_test
from labkit.grading.submissions import handed_out
from tests.grading import classroom, light_command

NAME = f"labkit-test-{secrets.token_hex(4)}"
# Below what a box shows, beside it, and above it.
PLACES = (
    *("/usr/src", "/usr/bin", "/usr/share/fonts", "/usr/local/lib", "/usr/local/share", "/opt"),
    *("/srv", "/root", "/home", "/var/lib", "/etc/ssl/certs", "/tmp", os.path.expanduser("~")),
    *(sys.prefix, f"{sys.prefix}/lib", f"{sys.prefix}/share", f"{sys.prefix}/bin"),
    *(site.getsitepackages()[0], os.path.dirname(np.__file__), sysconfig.get_path("stdlib")),
    *(sys.base_prefix, f"{sys.base_prefix}/lib", sysconfig.get_path("platlib")),
)
READ = "import sys, os; print([p for p in sys.argv[1:] if os.path.exists(p)])"


@pytest.fixture
def courses():
    """Make a course in each place where this user can write, and return their folders."""
    made = []
    for place in dict.fromkeys(map(os.path.realpath, PLACES)):
        if os.path.isdir(place) and os.access(place, os.W_OK):
            folder = pathlib.Path(place, NAME)
            (folder / "solutions").mkdir(parents=True)
            (folder / "solutions" / "lab.ipynb").write_text(f"the answer is in {place}")
            made.append(folder)
    yield made
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture
def kit(tmp_path):
    course_copy.build(tmp_path / "kit")
    return tmp_path / "kit"


@pytest.mark.alone
@pytest.mark.usefixtures("sandboxed")
def test_a_course_is_out_of_sight_wherever_it_lies(courses, kit):
    assert len(courses) > 5
    box = course_copy.box(kit, secrets=courses)
    self_test.verify(box, courses)
    files = [str(folder / "solutions" / "lab.ipynb") for folder in courses]
    command = [sys.executable, "-c", READ, *files, os.devnull]
    words = sandbox.bubblewrap(command, box, sandbox.Limits())
    seen = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert seen.stdout.strip() == "['/dev/null']", seen.stderr


@pytest.mark.alone
@pytest.mark.usefixtures("sandboxed")
def test_the_self_test_finds_what_is_shown(courses, kit):
    """One that finds nothing anywhere would prove nothing."""
    course = courses[0]
    box = course_copy.box(kit, secrets=courses)
    leaky = dataclasses.replace(box, readable={**box.readable, str(course): "/elsewhere"})
    with pytest.raises(self_test.Unsafe, match="/elsewhere"):
        self_test.verify(leaky, courses)


@pytest.mark.usefixtures("sandboxed")
def test_the_self_test_knows_a_copy_of_the_criteria(kit, tmp_path):
    criteria = pathlib.Path(labs.__file__).parents[1] / "checks" / "criteria.py"
    (tmp_path / "copies").mkdir()
    shutil.copy(criteria, tmp_path / "copies" / "criteria.py")
    box = course_copy.box(kit)
    leaky = dataclasses.replace(box, readable={**box.readable, str(tmp_path / "copies"): "/copies"})
    with pytest.raises(self_test.Unsafe, match="/copies/criteria"):
        self_test.verify(leaky, [])


@pytest.mark.usefixtures("sandboxed")
def test_the_self_test_finds_a_network(kit, monkeypatch):
    plain = sandbox.bubblewrap

    def with_network(*arguments, **named):
        words = plain(*arguments, **named)
        words.insert(words.index("--unshare-all") + 1, "--share-net")
        return words

    box = course_copy.box(kit)
    monkeypatch.setattr(sandbox, "bubblewrap", with_network)
    with pytest.raises(self_test.Unsafe, match="network"):
        self_test.verify(box, [])


class Plain(pickle.Unpickler):
    """Reads NumPy's arrays and what is built in, and nothing else."""

    def find_class(self, module, name):
        if module.split(".")[0] != "numpy" and module != "builtins":
            raise AssertionError(f"a job holds {module}.{name}")
        if module == "builtins" and name not in ("complex", "slice", "range", "set", "frozenset"):
            raise AssertionError(f"a job calls {name}")
        return super().find_class(module, name)


@pytest.mark.parametrize("lab", labs.MODULES)
def test_a_job_holds_plain_values_only(lab):
    course = handed_out.load(lab, classroom.ROOT)
    job = {"exercises": course.exercises_for_a_run(1), "tables": course.tables_for_a_run()}
    Plain(io.BytesIO(pickle.dumps(job))).load()


def test_the_copy_holds_what_is_listed_and_nothing_else(kit):
    there = {str(path.relative_to(kit)) for path in kit.rglob("*.py")}
    private = ("checks", "labs", "grading", "commands")
    assert not [path for path in there if path.split("/")[1:2] and path.split("/")[1] in private]
    assert "labkit/reports/networks.py" not in there
    listed = tuple(f"labkit/{name}" for name in course_copy.SHIPPED)
    inside = {path.name for path in (kit).glob("*.py")}
    assert all(path.startswith(listed) or path in inside for path in there)
    assert inside == {
        *("worker.py", "preloaded.py", "nested_box.py", "hardened.py", "looking.py"),
        "keras_files.py",
    }


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed")
@pytest.mark.parametrize(
    "change", [["--tmpfs", "/proc"], ["--ro-bind", os.devnull, "/proc/uptime"]], ids=["gone", "cut"]
)
def test_where_processes_cannot_be_seen_nothing_is_run(light_course, book, tmp_path, change):
    """Told once, before the first student: each of them would be none who could be graded."""
    for name in ("ann", "zoe"):
        classroom.hand_in(tmp_path / "in", name, book.content())
    around = ["bwrap", "--unshare-user", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", *change]
    line = light_command.grading(light_course, tmp_path / "in", tmp_path / "out")
    done = subprocess.run(
        [*around, "--", *line], cwd=classroom.ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 2, done.stderr
    (told,) = [line for line in done.stderr.splitlines() if line.startswith("labkit:")]
    assert "nothing was run" in told and "proc" in told
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "grades.csv").exists()
