"""The boundary around each student: what is raised within becomes that student's reason.

A class is graded whatever one of its members handed in. So all that is done for one student alone
(find, read, repair, run, judge, enter, write) is done `within` this boundary, and nothing needs to
know which errors there are. What concerns everybody says so: it is a `ClassFault`.
"""

import errno
from collections.abc import Callable
from typing import TypeVar

from labkit import files
from labkit.grading import harmless

T = TypeVar("T")
_LONGEST = 400
# A file that cannot be written for its name: the student's, not the folder's.
_OF_A_NAME = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}
# What this machine has no more of: space, open files, processes, memory. No student's fault.
_OF_THE_MACHINE = {
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EAGAIN", "ENOMEM")
    if hasattr(errno, name)
}


class ClassFault(Exception):
    """What is wrong concerns the whole class, not one student; the message says what to do."""


class Exhausted(ClassFault):
    """The machine has no more of something that grading needs."""


class Reason(ValueError):
    """Why one student cannot be graded, in words that the student understands."""


def within(work: Callable[[], T], instead: Callable[[str], T]) -> T:
    """Do `work`, which concerns one student.

    Parameters
    ----------
    work : callable
    instead : callable
        Given the reason in a sentence, returns what stands for that student where `work` raised.

    Returns
    -------
    object
        What either of them returned.

    Raises
    ------
    ClassFault, files.Unwritable
        If going on makes no sense for the others either.
    """
    try:
        return work()
    except ClassFault:
        raise
    except Exception as error:
        if isinstance(error, files.Unwritable) and error.errno not in _OF_A_NAME:
            raise
        if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
            raise Exhausted(_exhausted(error)) from error
        return instead(reason(error))


def _exhausted(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return (
        f"This machine cannot go on: {error.strerror}{where}. What was graded before is kept: see "
        "that it has space, open files, processes and memory left, and give the same command again."
    )


def reason(error: Exception) -> str:
    """Say in a sentence why a student cannot be graded."""
    return harmless.line(_in_words(error), _LONGEST)


def _in_words(error: Exception) -> str:
    if isinstance(error, Reason) or type(error) is ValueError:
        return str(error)
    if isinstance(error, OSError):
        # Not its text, which names folders of this machine.
        return f"it could not be read: {error.strerror}" if error.strerror else str(error)
    if isinstance(error, MemoryError):
        return "it takes more memory than there is"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return f"the grader could not go on with it ({type(error).__name__}: {error})"
