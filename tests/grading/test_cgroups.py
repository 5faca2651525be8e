"""The kernel's own limits, where they may be set; and nothing of them where they may not."""

import errno
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from labkit.grading.runs import cgroups, readable, sandbox, watching

LIMITS = sandbox.Limits(seconds=30, memory=192 * 2**20, processes=8, scratch=2**30)
GREEDY = "it took more than 192 MiB of memory"
HOLD = (
    "import sys; from labkit.grading.runs import cgroups\n"
    "with cgroups.Groups() as groups, groups.group(cgroups.Limits()) as group:\n"
    "    print(*(folder.parent for folder in group.folders), flush=True); sys.stdin.read()"
)


@pytest.fixture
def groups():
    """Return a grading's groups; skip where none can be made."""
    with cgroups.Groups() as made:
        with made.group(LIMITS) as group:
            if not any((folder / "memory.events").exists() for folder in group.folders) and not any(
                (folder / "memory.oom_control").exists() for folder in group.folders
            ):
                pytest.skip("no control groups for memory may be made here")
        yield made


@pytest.fixture(params=[True, False], ids=["boxed", "unboxed"])
def run(request, groups, tmp_path, monkeypatch):
    """Return what runs Python code; the looks from outside come too late to matter."""
    if request.param and not sandbox.available():
        pytest.skip("bubblewrap is not installed or does not work here")
    monkeypatch.setattr(watching, "_takes_more_than", lambda *_: False)
    box = sandbox.Box({path: path for path in readable.python()})

    def started(code, groups=groups):
        command = [sys.executable, "-c", textwrap.dedent(code)]
        return sandbox.run(
            command, box, LIMITS, b"", tmp_path / "output", request.param, groups=groups
        )

    return started


def below(groups):
    return [path for own in groups._own for path in own.folder.iterdir() if path.is_dir()]


@pytest.mark.parametrize(
    "code",
    [
        "kept = bytearray(b'x') * 10**9",
        "kept = []\nwhile True: kept.append(bytearray(b'x') * 10**6)",
        # A little in each of many processes, while the first one only waits.
        """
        import os, time
        for _ in range(6):
            if not os.fork():
                kept = bytearray(b"x") * 5 * 10**7
                time.sleep(25)
        time.sleep(5)
        """,
        # A child that is ended for it does not save the parent.
        """
        import os, time
        if not os.fork():
            kept = bytearray(b"x") * 10**9
        os.wait()
        time.sleep(25)
        """,
        # In no process at all, where memory is kept in files that have no name.
        """
        import os
        place = os.memfd_create("kept")
        while True:
            os.write(place, b"x" * 10**6)
        """,
    ],
    ids=["at once", "bit by bit", "in many processes", "in a child", "in a file without a name"],
)
def test_what_the_kernel_ends_is_told_as_the_memory_limit(run, groups, code):
    ended = run(code)
    assert ended.stopped == GREEDY
    assert ended.seconds < LIMITS.seconds / 2
    assert below(groups) == []


def test_files_in_the_memory_of_a_box_are_counted(groups, tmp_path, monkeypatch, sandboxed):
    monkeypatch.setattr(watching, "_takes_more_than", lambda *_: False)
    box = sandbox.Box({path: path for path in readable.python()})
    code = "file = open('x', 'wb')\nwhile True: file.write(b'x' * 10**6)"
    command = [sys.executable, "-c", code]
    ended = sandbox.run(command, box, LIMITS, b"", tmp_path / "out", True, groups=groups)
    assert ended.stopped == GREEDY


def test_what_stays_below_the_limit_ends_as_ever(run, groups):
    ended = run("kept = bytearray(b'x') * 10**8; raise SystemExit(7)")
    assert (ended.status, ended.stopped) == (7, "")
    assert run("kept = bytearray(b'x') * 3 * 10**8", groups=None).stopped == ""


@pytest.mark.parametrize("run", [False], indirect=True)  # a box's first process minds no signal
def test_an_end_from_outside_is_not_told_as_the_memory_limit(run):
    """As where the whole machine has no memory left: that says nothing about the notebook."""
    ended = run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert ended.stopped == ""
    assert ended.status in (-signal.SIGKILL, 128 + signal.SIGKILL)


def test_processes_and_threads_are_few(run):
    """The kernel refuses another one, however fast they come."""
    code = """
        import threading, time
        started = 0
        try:
            while started < 10_000:
                threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
                started += 1
        except RuntimeError:
            pass
        import os
        os._exit(9 if started < 8 * 32 else 1)
    """
    assert run(code).status == 9


def test_who_has_left_its_family_is_ended_with_its_group(run):
    seconds = str(86_400 + os.getpid())  # others' sleepers, in tests beside this one, are not ours
    run(
        "import os, sys, time\n"
        "if not os.fork():\n"
        "    os.setsid()\n"
        f"    if not os.fork(): os.execvp('sleep', ['sleep', '{seconds}'])\n"
        "    os._exit(0)\n"
        "time.sleep(0.5)"
    )
    left = [p for p in psutil.process_iter(["cmdline"]) if seconds in (p.info["cmdline"] or ())]
    assert not left


def held():
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    return holder, [pathlib.Path(word) for word in holder.stdout.readline().split()]


def test_groups_of_a_grading_that_was_killed_go_at_the_next_start(groups):
    holder, folders = held()
    other, others = held()
    assert folders and all(folder.is_dir() for folder in folders)
    holder.kill()
    holder.wait()
    assert all(folder.is_dir() for folder in folders)
    with cgroups.Groups():
        assert not any(folder.exists() for folder in folders)
        # The group of one that lives, and this test's own, stay.
        assert all(folder.is_dir() for folder in others)
        with groups.group(LIMITS) as group:
            assert all(folder.is_dir() for folder in group.folders)
    other.communicate("")
    assert not any(folder.exists() for folder in others)
    holder.stdin.close()
    holder.stdout.close()


def test_a_group_ends_who_is_left_in_it(groups):
    with groups.group(LIMITS) as group:
        left = subprocess.Popen(group.joining(["sleep", "60"]))
        until = time.monotonic() + 10
        while time.monotonic() < until and "sleep" not in pathlib.Path(
            f"/proc/{left.pid}/comm"
        ).read_text(encoding="ascii"):
            time.sleep(0.01)
    assert left.wait(timeout=5) == -signal.SIGKILL
    assert not any(folder.exists() for folder in group.folders)


def test_without_groups_nothing_is_different(tmp_path, monkeypatch):
    monkeypatch.setattr(cgroups, "_places", list)
    with cgroups.Groups() as none, none.group(LIMITS) as group, group.doors() as doors:
        assert (group.joining(["true"]), doors, group.ran_out()) == (["true"], [], False)


def test_a_group_that_cannot_be_joined_costs_no_run(tmp_path):
    missing = cgroups.Group([tmp_path / "not" / "there"])
    said = subprocess.run(missing.joining(["echo", "a b"]), capture_output=True, text=True)
    assert said.stdout == "a b\n"


def test_the_pid_of_nobody_is_not_ended(tmp_path, monkeypatch):
    """The kernel writes 0 for who cannot be seen; a signal to 0 would end this process."""
    (tmp_path / "cgroup.procs").write_text(f"0\n{os.getpid()}\n", encoding="ascii")
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("it ended somebody"))
    cgroups._end_members(tmp_path)


ONE = "4:memory:/a/b\n8:pids:/\n9:name=systemd:/\n0::/\n"
TWO = "0::/user.slice/run-1.scope\n"
MOUNT = "30 25 0:26 {root} {point} rw,nosuid shared:9 - {kind} cgroup rw,{names}"


def mounts(*rows):
    names = "root", "point", "kind", "names"
    return "\n".join(MOUNT.format(**dict(zip(names, row, strict=True))) for row in rows)


@pytest.mark.parametrize(
    ("groups", "rows", "expected"),
    [
        (ONE, [("/", "/cg/memory", "cgroup", "memory")], ["/cg/memory/a/b"]),
        (ONE, [("/a", "/cg/memory", "cgroup", "memory")], ["/cg/memory/b"]),
        (ONE, [("/other", "/cg/memory", "cgroup", "memory")], []),
        (ONE, [("/", r"/c\040g/p", "cgroup", "pids")], ["/c g/p"]),
        (ONE, [("/", "/u", "cgroup2", "x"), ("/", "/p", "cgroup", "pids")], ["/p"]),
        (TWO, [("/", "/cg", "cgroup2", "nsdelegate")], ["/cg/user.slice/run-1.scope"]),
        (TWO, [("/user.slice/run-1.scope", "/cg", "cgroup2", "x")], ["/cg"]),
        (TWO, [("/", "/cg", "tmpfs", "memory,pids")], []),
    ],
)
def test_one_finds_the_groups_that_one_is_in(groups, rows, expected):
    places = cgroups._read_places(groups, mounts(*rows))
    assert [str(place.folder) for place in places] == expected


class Unified(type(pathlib.Path())):
    """A folder that does what version 2 of the kernel's groups does, as far as it is written down.

    A group has the files of a controller if the one above hands it down; one with processes of its
    own hands nothing down.
    """

    def mkdir(self, *_, **__):
        super().mkdir()
        handed = (self.parent / "cgroup.subtree_control").read_text(encoding="ascii")
        names = ["cgroup.procs", "cgroup.subtree_control", "cgroup.controllers"]
        names += ["memory.max", "memory.events", "memory.swap.max"] * ("memory" in handed)
        for name in [*names, *["pids.max"] * ("pids" in handed)]:
            (self / name).write_text("", encoding="ascii")
        (self / "cgroup.controllers").write_text(handed, encoding="ascii")

    def rmdir(self):
        if (self / "cgroup.procs").read_text(encoding="ascii"):
            raise OSError(errno.EBUSY, "busy")
        for path in [path for path in self.iterdir() if path.is_file()]:
            path.unlink()
        super().rmdir()


@pytest.fixture
def unified(tmp_path, monkeypatch):
    """Return the group of this process, delegated to it, and what holds who is in a group."""
    top = Unified(tmp_path)
    for name in ("cgroup.procs", "cgroup.subtree_control"):
        (top / name).write_text("", encoding="ascii")
    (top / "scope").mkdir()
    (top / "scope" / "cgroup.controllers").write_text("cpu memory pids\n", encoding="ascii")
    (top / "scope" / "cgroup.procs").write_text("1\n", encoding="ascii")
    plain = cgroups._write

    def write(path, text):
        if path.name == "cgroup.procs":
            for other in tmp_path.rglob("cgroup.procs"):
                other.write_text(other.read_text().replace("1\n", ""), encoding="ascii")
            text = path.read_text(encoding="ascii") + "1\n"
        elif path.name == "cgroup.subtree_control":
            if (path.parent / "cgroup.procs").read_text(encoding="ascii"):
                raise OSError(errno.EBUSY, "busy")
            path.write_text("", encoding="ascii")
            text = " ".join(word[1:] for word in text.split() if word[0] == "+")
        plain(path, text)

    monkeypatch.setattr(cgroups, "_write", write)
    monkeypatch.setattr(cgroups, "_SECONDS_TO_GO", 0.1)
    monkeypatch.setattr(cgroups, "_tried_out", lambda own: own)
    monkeypatch.setattr(os, "kill", lambda *_: None)
    monkeypatch.setattr(cgroups, "_places", lambda: [cgroups._Place(top / "scope", True)])
    return top / "scope"


def test_a_delegated_group_hands_its_controllers_down(unified):
    """Only against what is written about version 2: see the class `Unified`."""
    with cgroups.Groups() as groups:
        (inner,) = unified.glob("labkit-*/grader/cgroup.procs")
        assert inner.read_text(encoding="ascii") == "1\n"
        with groups.group(LIMITS) as group:
            (folder,) = group.folders
            assert int((folder / "memory.max").read_text(encoding="ascii")) == LIMITS.memory
            assert not group.ran_out()
            (folder / "memory.events").write_text("max 9\noom 1\noom_kill 0\n", encoding="ascii")
            assert not group.ran_out()
            (folder / "memory.events").write_text("max 9\noom 1\noom_kill 1\n", encoding="ascii")
            assert group.ran_out()
        assert not folder.exists()
    assert (unified / "cgroup.procs").read_text(encoding="ascii") == "1\n"
    assert not [path for path in unified.iterdir() if path.is_dir()]


def test_a_group_with_others_in_it_stays_as_it_is(unified):
    (unified / "cgroup.procs").write_text("1\n7\n", encoding="ascii")
    with cgroups.Groups() as groups, groups.group(LIMITS) as group:
        assert list(group.folders) == []
    assert (unified / "cgroup.procs").read_text(encoding="ascii") == "7\n1\n"
    assert not [path for path in unified.iterdir() if path.is_dir()]
