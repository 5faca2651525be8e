"""The states in which a class, its output and the machine may be, each as what makes it.

Nothing here knows what comes of them: `workshop.py` grades in them, `test_states.py` says what
always holds. Whoever adds a state writes what makes it, and nothing else.
"""

import contextlib
import dataclasses
import os
import pathlib
import resource
import shutil
import socket
import tempfile
from collections.abc import Callable

from tests.grading import classroom

LAB = classroom.LAB
FUTURE, PAST = 4_102_444_800.0, -86_400.0
KIB = 1024
SPARSE = 2**33


@dataclasses.dataclass
class Scene:
    """Where a class is graded.

    Attributes
    ----------
    folder : pathlib.Path
        All of it is in there.
    right, blank : bytes
        A notebook that earns everything, and one that earns nothing.
    disk, scratch : pathlib.Path
        The disk that the folder lies on, and the one for scratch files.
    other : int
        The number of a user who is not the one that grades; -1 where there is no other.
    """

    folder: pathlib.Path
    right: bytes
    blank: bytes
    disk: pathlib.Path
    scratch: pathlib.Path
    other: int = -1

    def __post_init__(self) -> None:
        self.place, self.output = self.folder / "in", self.folder / "out"
        # Written by another class of people who are called alike, and earn nothing.
        self.another = self.folder / "another"

    def hand_in(self, student: str, content: bytes) -> pathlib.Path:
        return classroom.hand_in(self.place, student, content)


# --- what a student hands in ------------------------------------------------------------------


def _file(scene: Scene, name: str) -> pathlib.Path:
    path = scene.place / name / f"{LAB}.ipynb"
    path.parent.mkdir(parents=True)
    return path


def _with(change: Callable[[pathlib.Path], object]) -> Callable[[Scene, str], object]:
    return lambda scene, name: change(scene.hand_in(name, scene.right))


def _instead(make: Callable[[pathlib.Path], object]) -> Callable[[Scene, str], object]:
    return lambda scene, name: make(_file(scene, name))


def _deep(scene: Scene, name: str) -> None:
    path = scene.place.joinpath(name, *["d"] * 11, f"{LAB}.ipynb")
    path.parent.mkdir(parents=True)
    path.write_bytes(scene.right)


def _socket(path: pathlib.Path) -> None:
    with socket.socket(socket.AF_UNIX) as one, contextlib.chdir(path.parent):
        one.bind(path.name)


HANDED_IN: dict[str, Callable[[Scene, str], object]] = {
    "right": lambda scene, name: scene.hand_in(name, scene.right),
    "blank": lambda scene, name: scene.hand_in(name, scene.blank),
    "cut": lambda scene, name: scene.hand_in(name, scene.right[:999]),
    "empty": lambda scene, name: scene.hand_in(name, b""),
    "unreadable": _with(lambda path: path.chmod(0)),
    "folder closed": _with(lambda path: path.parent.chmod(0)),
    "folder only listed": _with(lambda path: path.parent.chmod(0o444)),
    "folder not listed": _with(lambda path: path.parent.chmod(0o111)),
    "from the future": _with(lambda path: os.utime(path, (FUTURE, FUTURE))),
    "from the past": _with(lambda path: os.utime(path, (PAST, PAST))),
    "link to another": _instead(lambda path: path.symlink_to(f"../ann/{LAB}.ipynb")),
    "link to nothing": _instead(lambda path: path.symlink_to("nothing")),
    "link to itself": _instead(lambda path: path.symlink_to(path.name)),
    "link to a device": _instead(lambda path: path.symlink_to("/dev/zero")),
    "pipe": _instead(os.mkfifo),
    "socket": _instead(_socket),
    "folder for a file": _instead(lambda path: path.mkdir()),
    "huge": _instead(lambda path: (path.touch(), os.truncate(path, SPARSE))),
    "x" * 255: lambda scene, name: scene.hand_in(name, scene.right),
    "é" * 127: lambda scene, name: scene.hand_in(name, scene.right),
    "deep": _deep,
}


# --- where the grades go ----------------------------------------------------------------------


def _at(*parts: str) -> Callable[[Scene], None]:
    def change(scene: Scene) -> None:
        scene.output = scene.folder.joinpath(*parts)

    return change


def _made(change: Callable[[pathlib.Path], object]) -> Callable[[Scene], object]:
    """Return what makes the output and then changes it."""

    def make(scene: Scene) -> None:
        scene.output.mkdir(mode=0o777)
        scene.output.chmod(0o777)
        change(scene.output)

    return make


def _with_kept(change: Callable[[pathlib.Path], object]) -> Callable[[Scene], object]:
    return _made(lambda output: (_open(output / ".kept"), change(output / ".kept")))


def _open(path: pathlib.Path) -> pathlib.Path:
    path.mkdir(parents=True)
    path.chmod(0o777)
    return path


def _link_to_a_folder(scene: Scene) -> None:
    scene.output.symlink_to(_open(scene.folder / "elsewhere"))


def _of_another(scene: Scene) -> None:
    scene.output.mkdir(mode=0o755)
    if scene.other >= 0:
        os.chown(scene.output, scene.other, scene.other)


_IN_PLACE: dict[str, Callable[[pathlib.Path], object]] = {
    "a file": lambda path: path.write_bytes(b"x"),
    "a file to read": lambda path: (path.write_bytes(b"x"), path.chmod(0o444)),
    "a folder": lambda path: (path / "inner").mkdir(parents=True),
    "a pipe": os.mkfifo,
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to a device": lambda path: path.symlink_to("/dev/full"),
}
_OURS = (
    *(".kept", ".kept/lock", f".kept/{LAB}", "feedback", "report", "autograded", "source"),
    *("grades.csv", "totals.csv", "report.html", "history.csv", "gradebook.db"),
    *("gradebook.db-journal", "labkit-fault.txt"),
)


def _taken(name: str, put: Callable[[pathlib.Path], object]) -> Callable[[Scene], object]:
    def change(output: pathlib.Path) -> None:
        path = output / name
        if not path.parent.exists():
            _open(path.parent)
        put(path)

    return _made(change)


OUTPUTS: dict[str, Callable[[Scene], object]] = {
    "new": lambda scene: None,
    "far down": _at("a", "b", "c"),
    "where the submissions are": _at("in"),
    "among the submissions": _at("in", "grades"),
    "around the submissions": _at(),
    "called with 255 bytes": _at("x" * 255),
    "called with 256 bytes": _at("x" * 256),
    "further down than paths go": _at(*["d" * 250] * 20),
    "called in bytes": _at(os.fsdecode(b"\xff\n\x1b[2J")),
    "a file": lambda scene: scene.output.write_bytes(b"x"),
    "below a file": lambda scene: (scene.output.write_bytes(b"x"), _at("out", "grades")(scene)),
    "a link to a folder": _link_to_a_folder,
    "a link to nothing": lambda scene: scene.output.symlink_to("nothing"),
    "a link to itself": lambda scene: scene.output.symlink_to("out"),
    "to read only": _made(lambda output: output.chmod(0o555)),
    "closed": _made(lambda output: output.chmod(0)),
    "of another": _of_another,
    "kept is to read only": _with_kept(lambda kept: kept.chmod(0o555)),
}
# Something else lies where a grading writes.
TAKEN: dict[str, Callable[[Scene], object]] = {
    f"{name} is {what}": _taken(name, put) for name in _OURS for what, put in _IN_PLACE.items()
}


# --- what becomes of the output between two gradings, or while one goes on --------------------


def _tree(place: pathlib.Path) -> list[pathlib.Path]:
    return [place, *place.rglob("*")]


def _all_of(change: Callable[[pathlib.Path], object]) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        for path in reversed(_tree(scene.output)):
            if not path.is_symlink():
                change(path)

    return make


def _swapped(scene: Scene) -> None:
    scene.output.rename(scene.folder / "aside")
    shutil.copytree(scene.another, scene.output, symlinks=True)
    for path in _tree(scene.output):
        path.chmod(0o777)


def _only(name: str, change: Callable[[pathlib.Path], object]) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        with contextlib.suppress(FileNotFoundError):
            change(scene.output / name)

    return make


def _halved(path: pathlib.Path) -> None:
    if path.is_file():
        os.truncate(path, path.stat().st_size // 2)


def _moved(scene: Scene) -> None:
    scene.output = scene.output.rename(scene.folder / "moved")


def _copied(scene: Scene) -> None:
    scene.output = pathlib.Path(shutil.copytree(scene.output, scene.folder / "copied"))
    for path in _tree(scene.output):
        path.chmod(0o777)


def _given_away(scene: Scene) -> None:
    if scene.other >= 0:
        _all_of(lambda path: os.chown(path, scene.other, scene.other))(scene)


BETWEEN: dict[str, Callable[[Scene], object]] = {
    "nothing": lambda scene: None,
    "emptied": lambda scene: (shutil.rmtree(scene.output), _open(scene.output)),
    "exchanged for another class's": _swapped,
    "moved": _moved,
    "copied": _copied,
    "given to another user": _given_away,
    "all to read only": _all_of(lambda path: path.chmod(0o555 if path.is_dir() else 0o444)),
    "all closed": _all_of(lambda path: path.chmod(0)),
    "all from the future": _all_of(lambda path: os.utime(path, (FUTURE, FUTURE))),
    "all from the past": _all_of(lambda path: os.utime(path, (0, 0))),
    "all files cut": _all_of(_halved),
    "one student's closed": _only(f".kept/{LAB}/ann", lambda path: path.chmod(0)),
    "one page closed": _only("feedback/ann.html", lambda path: path.chmod(0)),
    "pages to read only": _only("feedback", lambda path: path.chmod(0o555)),
    "gradebook to read only": _only("gradebook.db", lambda path: path.chmod(0o444)),
    "gradebook gone": _only("gradebook.db", lambda path: path.unlink()),
    "lock gone": _only(".kept/lock", lambda path: path.unlink()),
}

MEANWHILE: dict[str, Callable[[Scene], object]] = {
    "nothing": lambda scene: None,
    "output renamed": lambda scene: scene.output.rename(scene.folder / "aside"),
    "output removed": lambda scene: shutil.rmtree(scene.output),
    "output exchanged": _swapped,
    "output a file": lambda scene: (shutil.rmtree(scene.output), scene.output.write_bytes(b"x")),
    "output closed": lambda scene: scene.output.chmod(0),
    "output to read only": lambda scene: scene.output.chmod(0o555),
    "kept removed": lambda scene: shutil.rmtree(scene.output / ".kept"),
    "kept closed": lambda scene: (scene.output / ".kept" / LAB).chmod(0),
    "grades a folder": lambda scene: (scene.output / "grades.csv" / "inner").mkdir(parents=True),
    "submissions removed": lambda scene: shutil.rmtree(scene.place),
    "one student's work removed": lambda scene: shutil.rmtree(scene.place / "zoe"),
    "one student's work changed": lambda scene: scene.hand_in("zoe", scene.blank),
    "one student's work a pipe": lambda scene: _a_pipe(scene.place / "zoe" / f"{LAB}.ipynb"),
    "one student's work closed": lambda scene: (scene.place / "zoe").chmod(0),
}


def _a_pipe(path: pathlib.Path) -> None:
    path.unlink()
    os.mkfifo(path)


# --- the machine ------------------------------------------------------------------------------


def _room(kib: int, on: str) -> Callable[[Scene], None]:
    """Return what fills a disk but for so many KiB."""

    def make(scene: Scene) -> None:
        disk = getattr(scene, on)
        there = os.statvfs(disk)
        size = there.f_bavail * there.f_frsize - kib * KIB
        with open(disk / "ballast", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)

    return make


def _scratch_at(name: str, make: Callable[[pathlib.Path], object]) -> Callable[[Scene], None]:
    def change(scene: Scene) -> None:
        path = scene.folder / name
        make(path)
        os.environ["TMPDIR"] = str(path)
        tempfile.tempdir = None

    return change


def _nowhere(scene: Scene) -> None:
    here = _open(scene.folder / "here")
    os.chdir(here)
    here.rmdir()


def _set(**variables: str) -> Callable[[Scene], None]:
    return lambda scene: os.environ.update(variables)


# Each is made in the process that grades, as the user who grades.
MACHINES: dict[str, Callable[[Scene], object]] = {
    "plain": lambda scene: None,
    "umask 777": lambda scene: os.umask(0o777),
    "umask 077": lambda scene: os.umask(0o077),
    "umask 000": lambda scene: os.umask(0),
    "umask 222": lambda scene: os.umask(0o222),
    "scratch nowhere": _scratch_at("no-scratch", lambda path: None),
    "scratch a file": _scratch_at("scratch", lambda path: path.write_bytes(b"x")),
    "home nowhere": _set(HOME="/nowhere", XDG_CACHE_HOME="/nowhere/cache"),
    "no path": _set(PATH=""),
    "working folder gone": _nowhere,
    "few open files": lambda scene: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 4096)),
    "very few open files": lambda scene: resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24)),
    "small files": lambda scene: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
}
# They need a disk of their own.
SMALL_DISKS: dict[str, Callable[[Scene], object]] = {
    f"{on} with {kib} KiB": _room(kib, on)
    for on in ("disk", "scratch")
    for kib in (0, 16, 64, 128, 256, 512, 1024, 2048)
}
