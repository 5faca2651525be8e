"""Runs inside boxes: be a box's first process, or give a forked process a box within the box.

A warm box is made by bubblewrap (`labkit.grading.runs.sandbox`), and the process that forks there
may mount. A fork gets its own namespaces of users, processes, files, network and messages, fresh
folders for scratch files, and no rights: what one run does, neither the next run nor the process
that forked it can see. Linux only; Python 3.11 has no names for these calls.
"""

import contextlib
import ctypes
import fcntl
import os
import re
import signal
import socket
import stat
import struct
from collections.abc import Collection
from typing import NoReturn

SHARED_MEMORY = 2**20
_USER = 1000
_SIZE_OF_IFREQ = 40
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
# As bubblewrap, for root, whose numbers own them: they change settings of the whole system.
_SETTINGS = ("/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus")
_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000
_CLONE_NEWPID, _CLONE_NEWNET = 0x20000000, 0x40000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 32, 4096, 16384, 1 << 18
# What was set stays set, by the names in the kernel's list of mounts.
_MS_STAY = {"nosuid": _MS_NOSUID, "nodev": _MS_NODEV, "noexec": _MS_NOEXEC}
_OF_THE_RUN = ("/tmp", "/dev/shm")
_MNT_DETACH = 2
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 24, 38
_CAPABILITY_VERSION = 0x20080522
_STARTED, _CROWDED = b"s", b"c"
TOO_MANY = 119
"""The exit status of a box that `guard` ended because there were too many processes in it."""
_LOOK_EVERY = 0.05

_libc = ctypes.CDLL(None, use_errno=True)


def uncover_proc() -> None:
    """Take away what bubblewrap laid over parts of /proc, in the box of the process that forks.

    The kernel lets a nested box have a /proc of its own only where the outer one is whole.
    """
    for path in _SETTINGS:
        # It ends with an error when nothing is left to take away.
        with contextlib.suppress(OSError):
            while True:
                _call("umount2", path.encode(), _MNT_DETACH)


def guard(processes: int) -> None:
    """Fork, and return in the fork; the other process, the box's first, ends with it.

    A run that forks without end can keep a look from outside waiting for minutes: the guard ends
    the box, with status `TOO_MANY`, when there are more than so many processes besides itself.
    """
    worker = os.fork()
    if not worker:
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the first process must mind no signal at all
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    while True:
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == worker:
                os._exit(_exit_status(ended[1]))
        if len(_visible_processes()) - 1 > processes:
            os._exit(TOO_MANY)
        signal.sigtimedwait({signal.SIGCHLD}, _LOOK_EVERY)


def apart() -> bool:
    """Fork a process that sees no processes but its own, and so counts none but its own.

    It does not end with the process that forked it, but with the box that both live in.

    Returns
    -------
    bool
        Whether this is the new process. One that could not be made ends at once.
    """
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return False
    try:
        _call("unshare", _CLONE_NEWPID | _CLONE_NEWNS)  # the next fork is the first in there
        if os.fork():
            os._exit(0)
        _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
        _mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    except OSError:
        os._exit(1)  # this process is a copy of the one that forked, and must not go on as it
    return True


def forked(
    scratch: int, processes: int, kept: Collection[int], doors: Collection[int] = ()
) -> tuple[int, int] | None:
    """Fork a process into a box of its own.

    Parameters
    ----------
    scratch : int
        Bytes that it may write to its folder.
    processes : int
        How many there may be in the box.
    kept : collection of int
        The file descriptors that it keeps, apart from the first three.
    doors : collection of int
        Those of the groups that limit it, which it joins and does not keep.

    Returns
    -------
    tuple of (int, int) or None
        In the process that forked, what `ended` waits for: the new process, and a descriptor
        that tells of it. None in the process in the new box.
    """
    told, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        return child, told
    try:
        for door in doors:
            os.write(door, b"0")  # the kernel's word for who writes
        _enter(scratch, processes, {*kept}, tell)
    except OSError:
        os._exit(1)  # this process is a copy of the one that forked, and must not go on as it
    os.write(tell, _STARTED)
    os.close(tell)
    return None


def ended(child: int, told: int) -> dict[str, object]:
    """Wait for what `forked` returned.

    Returns
    -------
    dict
        ``made``: whether there was a box; ``status``: the exit status; ``crowded``: whether it
        was ended because there were too many processes in it.
    """
    _, status = os.waitpid(child, 0)
    with os.fdopen(told, "rb") as file:
        said = file.read()
    return {"made": _STARTED in said, "status": _exit_status(status), "crowded": _CROWDED in said}


def _enter(scratch: int, processes: int, kept: set[int], tell: int) -> None:
    """Make the box; return in the process that lives in it.

    Three processes: one outside that waits, the box's first, which the kernel lets no signal
    from inside end and whose end is the end of all others, and the one that runs the job.
    """
    _die_with_parent()
    _close_all_but({*kept, tell})
    most = len(_visible_processes()) + processes
    _unshare(_CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC | _CLONE_NEWNET)
    first = os.fork()
    if first:
        _close(kept)
        _wait_and_count(first, most, tell)
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the first process must mind no signal at all
    _mount_own_folders(scratch)
    _start_loopback()
    _make_read_only()
    _drop_rights()
    import hardened  # it lies beside this file, where a box is made

    hardened.harden()
    worker = os.fork()
    if worker:
        _close({*kept, tell})
        _wait_and_inherit(worker)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()


def _unshare(spaces: int) -> None:
    """Become an ordinary user in namespaces of one's own."""
    user, group = os.geteuid(), os.getegid()
    _call("unshare", _CLONE_NEWUSER | spaces)
    _write("/proc/self/uid_map", f"{_USER} {user} 1")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/gid_map", f"{_USER} {group} 1")


def _wait_and_count(first: int, most: int, tell: int) -> NoReturn:
    """Wait for a box's first process, and end it when more than `most` processes are seen here.

    A run that forks without end can keep a slower look from outside waiting for minutes.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    while True:
        pid, status = os.waitpid(first, os.WNOHANG)
        if pid:
            os._exit(_exit_status(status))
        if len(_visible_processes()) > most:
            os.kill(first, signal.SIGKILL)
            os.write(tell, _CROWDED)
            os.waitpid(first, 0)  # the kernel ends all others before
            os._exit(128 + signal.SIGKILL)
        signal.sigtimedwait({signal.SIGCHLD}, _LOOK_EVERY)


def _visible_processes() -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdigit()]


def _wait_and_inherit(worker: int) -> NoReturn:
    """Be a box's first process: wait for all others, and end when the worker has ended."""
    while True:
        pid, status = os.wait()
        if pid == worker:
            os._exit(_exit_status(status))


def _exit_status(status: int) -> int:
    """Return the exit status as bubblewrap and shells give it."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def close_box() -> None:
    """Leave a box's first process, and all that it starts, nothing that is not its own.

    Bubblewrap has done so, but where the grader's user owns the devices.
    """
    if os.stat(os.devnull).st_uid == os.geteuid():
        _unshare(_CLONE_NEWNS)
        _make_read_only()
        _drop_rights()


def _make_read_only() -> None:
    """Leave nothing that can be changed but the run's own folders.

    A device, or a file of /proc, is the same one in every box and outside: whose grader owns them,
    which is root, could take them from the whole machine. Written to they can be all the same.
    """
    for place, options in _mounts():
        if place not in _OF_THE_RUN and "ro" not in options:
            stays = sum(flag for name, flag in _MS_STAY.items() if name in options)
            _mount(None, place, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | stays)
    # What was opened outside leads there still.
    nothing = os.open(os.devnull, os.O_RDWR)
    for said in (1, 2):
        os.dup2(nothing, said)
    os.close(nothing)


def _mounts() -> list[tuple[str, list[str]]]:
    """Return where something is mounted, and how."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        fields = [line.split() for line in file]
    return [(_unescaped(words[4]), words[5].split(",")) for words in fields]


def _mount_own_folders(scratch: int) -> None:
    home, work = os.path.expanduser("~"), os.getcwd()  # as bubblewrap made them, below /tmp
    plain = _MS_NOSUID | _MS_NODEV
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    _mount("proc", "/proc", "proc", plain | _MS_NOEXEC)
    _write("/proc/sys/user/max_user_namespaces", "0")  # of this box; no other one is touched
    for path in filter(os.path.exists, _SETTINGS):
        _mount(path, path, None, _MS_BIND | _MS_REC)
        _mount(None, path, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | plain | _MS_NOEXEC)
    _mount("tmpfs", "/dev/shm", "tmpfs", plain, f"mode=0755,size={SHARED_MEMORY}")
    readable = _opened_mounts_below("/tmp")
    _mount("tmpfs", "/tmp", "tmpfs", plain, f"mode=0755,size={scratch}")
    for path, descriptor in readable.items():
        _make_place(path, like=descriptor)
        _mount(f"/proc/self/fd/{descriptor}", path, None, _MS_BIND | _MS_REC)
        os.close(descriptor)
    os.mkdir(home)
    os.mkdir(work)
    os.chdir(work)


def _opened_mounts_below(folder: str) -> dict[str, int]:
    """Return what the warm box shows below `folder`, such as a course that is kept there.

    Mounts below those mounts are left out: they come along, and stay as read-only or empty as
    they are.
    """
    places = sorted(place for place, _ in _mounts())
    found: dict[str, int] = {}
    for place in places:
        inside = any(place.startswith(f"{outer}/") for outer in found)
        if place.startswith(f"{folder}/") and place not in found and not inside:
            found[place] = os.open(place, os.O_PATH)
    return found


def _unescaped(path: str) -> str:
    """Return a path as it is; the kernel's list writes spaces and the like as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), path)


def _make_place(path: str, like: int) -> None:
    """Make the folder or file that something is mounted on."""
    if stat.S_ISDIR(os.fstat(like).st_mode):
        os.makedirs(path)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.close(os.open(path, os.O_CREAT))


def _start_loopback() -> None:
    """Let programs of one run talk to each other by 127.0.0.1, as they can in bubblewrap."""
    request = struct.pack("16sh", b"lo", _IFF_UP).ljust(_SIZE_OF_IFREQ, b"\0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def _drop_rights() -> None:
    """Give up all capabilities, so that no program can get them back."""
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as file:
        last = int(file.read())
    for capability in range(last + 1):
        _call("prctl", _PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    _call("capset", header, struct.pack("6I", *[0] * 6))


def _die_with_parent() -> None:
    _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL.value, 0, 0, 0)


def _close(descriptors: Collection[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _close_all_but(kept: set[int]) -> None:
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        if descriptor > 2 and descriptor not in kept:
            # The one that listed the folder is closed already.
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _mount(
    source: str | None, target: str, kind: str | None, flags: int, options: str | None = None
) -> None:
    words = [None if word is None else word.encode() for word in (source, target, kind)]
    _call("mount", *words, ctypes.c_ulong(flags), None if options is None else options.encode())


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
