"""What a run may ask of the kernel, as a program that the kernel runs at each of its calls.

libseccomp makes the program: it knows the numbers that the calls have on this machine, and comes
with nearly every Linux. It is called directly: its bindings on PyPI were last kept up in 2021.
Whatever is not listed does not exist for a run: memory and messages that outlive the process or
that nobody counts (memfd_create, shmget, msgget, io_uring), keyrings, namespaces, mounts, ptrace.
"""

import ctypes
import errno
import functools
import tempfile
from collections.abc import Iterator

_CALLS = """
    accept accept4 access alarm arch_prctl bind brk capget chdir chmod chown clock_getres
    clock_gettime clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3
    epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 execve
    execveat exit exit_group faccessat faccessat2 fadvise64 fallocate fchdir fchmod fchmodat
    fchmodat2 fchown fchownat fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat
    fstatfs fsync ftruncate futex futex_requeue futex_wait futex_waitv futex_wake futimesat
    get_mempolicy get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid geteuid
    getgid getgroups getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom
    getresgid getresuid getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid
    getxattr inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioctl ioprio_get kill
    lchown lgetxattr link linkat listen listxattr llistxattr lremovexattr lseek lsetxattr lstat
    madvise mbind membarrier mincore mkdir mkdirat mknod mknodat mlock mlock2 mmap mprotect mremap
    mseal msync munlock munmap nanosleep newfstatat open openat openat2 pause pidfd_open
    pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 preadv
    preadv2 prlimit64 pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv
    recvfrom recvmmsg recvmsg removexattr rename renameat renameat2 restart_syscall rmdir rseq
    rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
    rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min
    sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
    sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield select sendfile
    sendmmsg sendmsg sendto set_mempolicy set_robust_list set_tid_address setgid setgroups setitimer
    setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt setuid
    setxattr shutdown sigaltstack signalfd signalfd4 splice stat statfs statx symlink symlinkat sync
    sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun
    timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate
    umask uname unlink unlinkat utime utimensat utimes vfork wait4 waitid write writev
"""
_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK = 1, 2, 10, 16
_NEW_NAMESPACES = 0x7E020000
# Of fcntl, all but the command that makes a pipe larger, whose content nobody counts.
_COMMANDS = (*range(12), 15, 16, 36, 37, 38, 1024, 1025, 1026, 1030, 1032, 1033, 1034)
_ONLY = 0xFFFFFFFF
# By call: the number of an argument, its bits that count, and what they may be.
_WITH_ARGUMENTS = {
    "clone": (0, _NEW_NAMESPACES, (0,)),
    "fcntl": (1, _ONLY, _COMMANDS),
    "socket": (0, _ONLY, (_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK)),
    "socketpair": (0, _ONLY, (_AF_UNIX,)),
}
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_MASKED_EQUAL = 7
_OPTIMIZE, _AS_A_TREE = 8, 2


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


@functools.cache
def program() -> bytes | None:
    """Return the program, for this machine's processor; None where libseccomp is not installed."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    # As if the kernel were too old to have the call: libraries know what to do then.
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_FAIL | errno.ENOSYS)))
    if not context:
        return None
    try:
        # Older versions cannot: their program is slower, and the same.
        library.seccomp_attr_set(context, _OPTIMIZE, ctypes.c_uint32(_AS_A_TREE))
        for name, comparison in _rules():
            _allow(library, context, name, comparison)
        return _exported(library, context)
    finally:
        library.seccomp_release(context)


def _rules() -> Iterator[tuple[str, _Comparison | None]]:
    for name in _CALLS.split():
        yield name, None
    for name, (argument, bits, values) in _WITH_ARGUMENTS.items():
        for value in values:
            yield name, _Comparison(argument, _MASKED_EQUAL, bits, value)


def _allow(
    library: ctypes.CDLL, context: ctypes.c_void_p, name: str, comparison: _Comparison | None
) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:
        return  # not a call of this processor, or newer than the library
    arguments = (_Comparison * 1)(comparison) if comparison else None
    action, count = ctypes.c_uint32(_ALLOW), ctypes.c_uint(1 if comparison else 0)
    failed = library.seccomp_rule_add_array(context, action, number, count, arguments)
    if failed:
        raise OSError(-failed, f"libseccomp does not take the call {name}")


def _exported(library: ctypes.CDLL, context: ctypes.c_void_p) -> bytes:
    with tempfile.TemporaryFile() as file:
        failed = library.seccomp_export_bpf(context, file.fileno())
        if failed:
            raise OSError(-failed, "libseccomp cannot write its program")
        file.seek(0)
        return file.read()
