"""Warm workers: as quick as a fork, and as far from each other as cold ones."""

import dataclasses
import os
import pickle
import signal
import textwrap
import threading
import time

import psutil
import pytest

from labkit.grading import grade
from labkit.grading.runs import (
    cgroups,
    course_copy,
    machine,
    records,
    sandbox,
    system_calls,
    warm_sandbox,
    watching,
)
from tests.grading import classroom

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("sandboxed"),
    pytest.mark.xdist_group("room"),
]

LIMITS = sandbox.Limits(
    seconds=60, memory=1024 * 2**20, processes=24, scratch=8 * 2**20, output=2**20
)
NETWORK = """
    import keras, numpy as np
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"),
                              keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    images = np.random.rand(64, 4)
    print(model.fit(images, images.sum(axis=1), epochs=2, verbose=0).history["loss"])
"""


class Room:
    """A machine, and what runs on it print."""

    def __init__(self, ready, folder):
        self.machine, self.path = ready, folder / "records.bin"

    def start(self, *cells, cancelled=None):
        """Run cells and return how that ended."""
        plain = {"check": False, "spare": False, "shown": False}
        job = {
            "cells": [plain | {"source": textwrap.dedent(cell)} for cell in cells],
            **{
                "lab": "data",
                "exercises": {},
                "tables": {},
                "cell_seconds": 90,
                "check_seconds": 60,
                "limits": {},
            },
        }
        return self.machine.run(pickle.dumps(job), self.path, cancelled)

    def shows(self, *cells):
        """Run cells that end well, and return what they printed."""
        ended = self.start(*cells)
        left = records.read(self.path)
        assert (ended.status, ended.stopped, left.complete) == (0, "", True)
        assert not [cell.error for cell in left.cells.values() if cell.error]
        return "".join(cell.text for cell in left.cells.values()).strip()


@pytest.fixture(scope="module", params=["cold", "warm"])
def room(request, tmp_path_factory):
    """Return a machine; whatever holds for cold workers holds for warm ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_DATA", "sample")
        keep_warm = request.param == "warm"
        with machine.Machine(["fashion-mnist"], LIMITS, keep_warm=keep_warm) as ready:
            yield Room(ready, tmp_path_factory.mktemp("room"))


warm_only = pytest.mark.parametrize("room", ["warm"], indirect=True)


@pytest.mark.usefixtures("light_boxes")
def test_a_folder_below_tmp_is_as_readable_as_any_other(tmp_path, monkeypatch):
    """A course may lie there, where each run has files of its own, too."""
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "note").write_text("seen", encoding="utf-8")
    plain = course_copy.box

    def with_folder(*arguments):
        box = plain(*arguments)
        place = str(tmp_path / "a b")
        return dataclasses.replace(box, readable={**box.readable, place: place})

    monkeypatch.setenv("LABKIT_DATA", "sample")
    monkeypatch.setattr(course_copy, "box", with_folder)
    note = repr(str(tmp_path / "a b" / "note"))
    with machine.Machine(["fashion-mnist"], LIMITS) as ready:
        monkeypatch.setattr(sandbox, "run", None)  # none is started cold
        room = Room(ready, tmp_path)
        assert room.shows(f"print(open({note}).read())") == "seen"
        assert "Read-only" in room.shows(
            f"try:\n    open({note}, 'w')\nexcept OSError as error:\n    print(error)"
        )


def forking():
    """Return the numbers of the process that imports, of those that fork, and of their forks."""
    return {
        child.pid
        for child in psutil.Process().children(recursive=True)
        if any(part.endswith("/preloaded.py") for part in child.cmdline())
        and "bwrap" not in child.cmdline()[0]
    }


@warm_only
def test_a_network_trains_in_every_run_and_alike(room):
    first, second = room.shows(NETWORK), room.shows(NETWORK)
    assert first == second
    assert first.count(",") == 1


def test_every_run_starts_from_the_same_state(room):
    source = "import random; print(random.random(), np.random.rand(), hash('shirt'))"
    spoil = "import random; random.seed(5); np.random.seed(5); print(1)"
    first = room.shows("import numpy as np", source)
    room.shows("import numpy as np", spoil)
    assert room.shows("import numpy as np", source) == first


def test_a_run_has_no_files_but_its_own(room):
    look = """
        import os, sys
        found = {*os.listdir("/tmp"), *os.listdir("."), *os.listdir("/dev/shm")}
        _, top, below, *_ = sys.prefix.split(os.sep)
        print(sorted(found - {below if top == "tmp" else ""}))  # Python may lie there
    """
    assert room.shows(look) == "['home', 'work']"
    spoil = """
        import pathlib, json
        for place in ("/tmp", ".", "/dev/shm", pathlib.Path.home()):
            pathlib.Path(place, "left").write_text("x")
        json.left = 1
        os = 5
    """
    room.shows(spoil)
    assert room.shows(look, "import json; assert not hasattr(json, 'left')") == "['home', 'work']"


def test_a_run_has_no_processes_sockets_or_messages_but_its_own(room):
    spoil = """
        import ctypes, os, socket, subprocess
        subprocess.Popen(["sleep", "86398"], start_new_session=True)
        ctypes.CDLL(None).shmget(77, 4096, 0o1666)  # it works where nothing refuses the call
        if os.fork() == 0:
            one = socket.create_server(("127.0.0.1", 8765))
            other = socket.socket(socket.AF_UNIX)
            other.bind("\\0left")
            other.listen()
            while True:
                one.accept()
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", 8765), timeout=1)
            except OSError:
                __import__("time").sleep(0.05)
            else:
                print("connected")
                break
    """
    look = """
        import ctypes, os, pathlib, socket
        found = [ctypes.CDLL(None).shmget(77, 4096, 0o666)]
        for family, address in ((2, ("127.0.0.1", 8765)), (1, "\\0left"), (2, ("1.1.1.1", 53))):
            with socket.socket(family) as one:
                one.settimeout(2)
                found.append(one.connect_ex(address) != 0)
        processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
        found.append(sorted(processes) == [1, os.getpid()])
        found.append("86398" in pathlib.Path("/proc/1/cmdline").read_text())
        print(*found)
    """
    assert room.shows(spoil) == "connected"
    assert room.shows(look) == "-1 True True True True False"


def test_a_run_has_no_rights_and_no_way_out(room):
    look = """
        import ctypes, os, pathlib, subprocess, sys
        status = pathlib.Path("/proc/self/status").read_text()
        words = dict(line.split(":", 1) for line in status.splitlines())
        print([int(words[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd")])
        print(words["NoNewPrivs"].strip(), os.getuid(), os.getgid())
        opened = {name: os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")
                  if os.path.exists(f"/proc/self/fd/{name}")}
        print(sorted(kind.split(":")[0] for name, kind in opened.items() if "/proc" not in kind))
        print(opened[sys.argv[1]].split(":")[0])
        libc = ctypes.CDLL(None)
        print([libc.umount2(place, 2) for place in (b"/tmp", b"/proc", b"/proc/sys")])
        print(libc.mount(b"none", b"/tmp", b"tmpfs", 0, 0), libc.sethostname(b"x", 1))
    """
    assert room.shows(look).splitlines() == [
        "[0, 0, 0, 0]",
        "1 1000 1000",
        "['/dev/null', '/dev/null', '/dev/null', 'pipe']",
        "pipe",
        "[-1, -1, -1]",
        "-1 -1",
    ]


def test_a_run_asks_the_kernel_for_listed_calls_only(room):
    """Memory that nobody counts, keyrings, namespaces, mounts, other processes' memory."""
    if system_calls.program() is None:
        pytest.skip("libseccomp is not installed here")
    ask = """
        import ctypes, errno, os, platform
        libc = ctypes.CDLL(None, use_errno=True)
        numbers = {
            "x86_64": (319, 29, 68, 64, 240, 248, 249, 250, 272, 165, 101, 310, 425, 435, 323),
            "aarch64": (279, 194, 186, 190, 180, 217, 218, 219, 97, 40, 117, 270, 425, 435, 282),
        }[platform.machine()]
        said = set()
        for number in numbers:
            assert libc.syscall(number, 0, 0, 0, 0, 0) == -1
            said.add(ctypes.get_errno())
        print(said == {errno.ENOSYS})
        for namespaces in (0x10000000, 0x20000000, 0x40000000, 0x00020000):
            assert libc.syscall({"x86_64": 56, "aarch64": 220}[platform.machine()],
                                namespaces | 17, 0, 0, 0, 0) == -1
        print(ctypes.get_errno() == errno.ENOSYS)
    """
    assert room.shows(ask) == "True\nTrue"


def test_a_run_changes_no_setting_of_the_system(room):
    """Root's number owns the settings, also inside: so this test is one for root."""
    change = """
        import pathlib
        path = pathlib.Path("/proc/sys/kernel/printk_delay")
        try:
            path.write_text(path.read_text())
        except OSError as error:
            print(type(error).__name__)
    """
    assert room.shows(change) in ("OSError", "PermissionError")


def test_a_run_takes_no_device_or_file_of_the_system_from_others(room):
    """Who grades as root owns them inside, too: all that is mounted or open is tried."""
    change = """
        import os, stat
        places = {line.split()[4] for line in open("/proc/self/mountinfo")} - {"/tmp", "/dev/shm"}
        tops = ("/", "/dev", "/proc", "/dev/pts", "/proc/sys", "/proc/self/fd")
        places |= {os.path.join(top, name) for top in tops for name in os.listdir(top)} - {"/tmp"}
        assert {"/dev/null", "/dev/zero", "/proc/meminfo"} <= places
        for place in sorted(places - {f"/proc/{pid}" for pid in os.listdir("/proc")
                                      if pid.isdigit()}):
            try:
                seen = os.stat(place)
            except OSError:
                continue
            for change in (lambda: os.chmod(place, stat.S_IMODE(seen.st_mode)),
                           lambda: os.utime(place), lambda: os.chown(place, -1, seen.st_gid)):
                try:
                    change()
                except OSError:
                    continue
                found = os.path.realpath(place)
                if not found.startswith(("/dev/shm", "/tmp")) and ":[" not in found:
                    print(place)
        with open("/dev/null", "w") as file:
            file.write("x")
        print(len(open("/dev/zero", "rb").read(3)), os.openpty() and "pty")
    """
    assert room.shows(change) == "3 pty"


def test_a_run_gets_only_so_much_room_for_files(room):
    fill = """
        for place in (".", "/dev/shm"):
            written = 0
            try:
                with open(f"{place}/full", "wb", buffering=0) as file:
                    while written < 50_000_000:
                        written += file.write(b"x" * 100_000)
            except OSError as error:
                print(error.errno, written <= 8 * 2**20)
    """
    assert room.shows(fill) == "28 True\n28 True"


def test_limits_end_a_run_and_not_the_next(room):
    bomb = room.start("kept = [bytearray(b'x' * 10_000_000) for _ in range(10_000)]")
    assert "memory" in bomb.stopped
    flood = "import os, sys\nwhile True: os.write(int(sys.argv[1]), b'x' * 1_000_000)"
    assert "answers" in room.start(flood).stopped
    assert "processes" in room.start("import os\nwhile True: os.fork()").stopped
    assert room.shows("print(1)") == "1"


def test_a_run_that_forks_without_end_is_ended_from_inside(room, monkeypatch):
    """A look from outside may come late on a busy machine: here it comes after a minute."""
    monkeypatch.setattr(watching, "_POLL", LIMITS.seconds)
    ended = room.start("import os\nwhile True: os.fork()")
    assert "processes" in ended.stopped
    assert ended.seconds < LIMITS.seconds / 2


@warm_only
def test_libraries_are_there_and_tensorflow_has_done_nothing(room):
    look = """
        import sys
        from tensorflow.python.eager import context
        print(context.context()._initialized, "keras" in sys.modules, "labkit.labs" in sys.modules)
    """
    assert room.shows(look) == "False True True"


@warm_only
def test_a_run_that_ends_all_it_can_see_ends_only_itself(room):
    assert room.shows("print(1)") == "1"
    before = forking()
    assert before
    for source, status in (
        ("os.killpg(0, 9)", 128 + 9),
        ("os._exit(7)", 7),
        ("import ctypes; ctypes.string_at(0)", 128 + 11),
    ):
        cells = "import os", "os.kill(-1, 9)", "os.kill(1, 9)", "os.kill(os.getppid(), 9)", source
        assert room.start(*cells).status == status
        assert not records.read(room.path).complete
    assert room.shows("print(1)") == "1"
    assert forking() == before


@warm_only
def test_a_warm_process_that_dies_costs_its_own_run_only(room):
    assert room.shows("print(1)") == "1"
    before = forking()
    importing, warm = sorted(before, key=lambda pid: psutil.Process(pid).create_time())
    killer = threading.Timer(1, os.kill, (warm, signal.SIGKILL))
    killer.start()
    assert room.start("import time; time.sleep(30)").status != 0
    killer.join()
    assert room.shows("print(2)") == "2"
    (other,) = forking() - {importing}
    assert other != warm
    # The one that imports runs nothing of a student's; without it another one starts.
    os.kill(importing, signal.SIGKILL)
    time.sleep(1)  # the box ends with it
    assert room.shows("print(3)") == "3"
    assert room.shows("print(4)") == "4"
    assert not forking() & {importing, other}


@warm_only
def test_workers_share_what_was_imported_and_feel_nothing_of_each_other(room, tmp_path):
    """One fills its box with processes, is ended for that, and dies, while the other one runs."""
    room.machine.get_ready(2)
    (tmp_path / "other").mkdir()
    other, said = Room(room.machine, tmp_path / "other"), []
    run = """
        import os, time
        time.sleep(4)
        print(sum(name.isdigit() for name in os.listdir("/proc")))
    """
    beside = threading.Thread(target=lambda: said.append(other.shows(run)))
    beside.start()
    time.sleep(1)
    hold = f"""
        import os, time
        for _ in range({LIMITS.processes - 4}):
            if not os.fork():
                time.sleep(60)
        time.sleep(1)
        os._exit(3)
    """
    assert (room.start(hold).status, room.start(hold).stopped) == (3, "")
    assert "processes" in room.start("import os\nwhile True: os.fork()").stopped
    beside.join()
    assert said == ["2"]


@warm_only
def test_a_run_that_is_cancelled_leaves_nothing(room):
    cancelled = threading.Event()
    ringing = threading.Timer(1, cancelled.set)
    ringing.start()
    started = time.monotonic()
    with pytest.raises(sandbox.Cancelled):
        room.start("import time; time.sleep(40)", cancelled=cancelled)
    assert time.monotonic() - started < 20
    assert forking() == set()


@pytest.mark.usefixtures("light_boxes")
def test_boxes_that_get_ready_in_advance_are_those_that_run(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_DATA", "sample")
    before = forking()
    with machine.Machine(["fashion-mnist"], LIMITS) as ready:
        ready.get_ready(1)
        monkeypatch.setattr(warm_sandbox, "_start", None)  # no other is started
        room = Room(ready, tmp_path)
        assert [room.shows("print(1)"), room.shows("print(2)")] == ["1", "2"]
    assert forking() == before


@pytest.mark.usefixtures("light_boxes")
def test_boxes_that_nobody_needed_are_ended(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_DATA", "sample")
    before = forking()
    with machine.Machine(["fashion-mnist"], LIMITS) as ready:
        ready.get_ready(2)
    assert forking() == before


@pytest.mark.parametrize("in_advance", [0, 2])
def test_cold_workers_do_the_same_where_warm_ones_cannot_be(in_advance, tmp_path, monkeypatch):
    monkeypatch.setattr(course_copy, "warm_command", lambda *_: ["false"])
    with machine.Machine(["fashion-mnist"], LIMITS) as ready:
        ready.get_ready(in_advance)
        room = Room(ready, tmp_path)
        assert room.shows("print(1)") == "1"
        assert room.shows("print(2)") == "2"


@pytest.mark.usefixtures("light_judge")
def test_grades_are_the_same_cold_and_warm(light_course, tmp_path):
    for name in ("right", "wrong", "blank"):
        book = classroom.Book(light_course)
        classroom.hand_in(tmp_path / "in", name, getattr(book, name)().content())
    before = forking()
    tables = []
    for warm in (False, True):
        output = tmp_path / f"warm-{warm}"
        settings = classroom.settings(light_course, jobs=2, keep_warm=warm)
        grade.grade(classroom.LAB, tmp_path / "in", output, settings)
        tables.append((output / "grades.csv").read_bytes())
    assert tables[0] == tables[1]
    assert forking() == before


def test_the_kernel_ends_what_nobody_saw_coming(room, monkeypatch):
    """Where control groups may be made: here the looks from outside see no memory at all."""
    with cgroups.Groups() as groups, groups.group(LIMITS) as group:
        if not any((folder / "memory.stat").exists() for folder in group.folders):
            pytest.skip("no control groups for memory may be made here")
    monkeypatch.setattr(watching, "_takes_more_than", lambda *_: False)
    ended = room.start("kept = [bytearray(b'x') * 10_000_000 for _ in range(1_000)]")
    assert ended.stopped == "it took more than 1024 MiB of memory"
    child = "import os\nif not os.fork(): kept = bytearray(b'x') * 10**10\nos.wait()"
    assert room.start(child, "import time; time.sleep(50)").stopped == ended.stopped
    assert room.shows("print(1)") == "1"


def test_files_and_buffers_count_as_memory(room):
    """Of 1,024 MiB, sockets that could hold half a gigabyte leave less for all else."""
    hold = """
        import os, socket, time
        os.fork()
        pairs = [socket.socketpair() for _ in range({pairs})]
        kept = bytearray(b"x") * 150_000_000
        time.sleep({seconds})
        if os.getppid() != 1:
            os._exit(0)
    """
    assert room.start(hold.format(seconds=1, pairs=4)).stopped == ""
    assert "memory" in room.start(hold.format(seconds=20, pairs=480)).stopped


def test_files_of_a_box_are_counted(monkeypatch, room):
    seen = []
    count = watching._in_files
    monkeypatch.setattr(
        watching, "_in_files", lambda *given: seen.append(count(*given)) or seen[-1]
    )
    room.shows("open('full', 'wb').write(b'x' * 5_000_000)", "import time; time.sleep(1)")
    assert max(seen) >= 5_000_000
