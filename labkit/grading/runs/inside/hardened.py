"""Runs inside boxes: give up what no notebook needs, for this process and all that it starts.

Called where no code of a student's has run yet, and no other thread. Linux only; Python has no
names for these calls.
"""

import ctypes
import os
import platform

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "system_calls.bpf")
"""What the kernel is to run at each call; not there if the grader's machine could not make it."""

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38
_FILTER = 2
_KEYCTL = {"x86_64": 250, "aarch64": 219}
_JOIN_SESSION_KEYRING = 1
_SIZE_OF_INSTRUCTION = 8

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def harden() -> None:
    """Take a session keyring of one's own, and ask the kernel for listed calls only, from now on.

    Raises
    ------
    OSError
        If the kernel does not take the list.
    """
    number = _KEYCTL.get(platform.machine())
    if number is not None:  # without keyrings in the kernel there is nothing to keep apart
        _libc.syscall(ctypes.c_long(number), ctypes.c_long(_JOIN_SESSION_KEYRING), None)
    try:
        with open(PROGRAM, "rb") as file:
            instructions = file.read()
    except FileNotFoundError:
        return
    program = _Program(len(instructions) // _SIZE_OF_INSTRUCTION, instructions)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)


def _prctl(*arguments: object) -> None:
    if _libc.prctl(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"prctl: {os.strerror(error)}")
