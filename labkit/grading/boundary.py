"""The boundary around each student: what is raised within becomes that student's reason.

A class is graded whatever one of its members handed in. So all that is done for one student alone
(find, read, repair, run, judge, enter, write) is done `within` this boundary, and nothing needs to
know which errors there are. What concerns everybody says so: it is a `ClassFault`.
"""

import errno
import shutil
from collections.abc import Callable
from typing import TypeVar

from labkit import files
from labkit.grading import harmless

T = TypeVar("T")
_LONGEST = 400
# A file that cannot be written for its name: the student's, not the folder's.
_OF_A_NAME = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}
_NO_ROOM = "make room there"
_SHORT = "see that it has open files, processes and memory left"
_IN_ITS_PLACE = "move away what lies there in its place"
_GONE = "see that nothing moves or removes it meanwhile"
# What this machine has no more of: space, open files, processes, memory. No student's fault.
_OF_THE_MACHINE = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EMFILE: _SHORT,
    errno.ENFILE: _SHORT,
    errno.EAGAIN: _SHORT,
    errno.ENOMEM: _SHORT,
}
_TO_DO = _OF_THE_MACHINE | {
    errno.EEXIST: _IN_ITS_PLACE,
    errno.EISDIR: _IN_ITS_PLACE,
    errno.ENOTDIR: _IN_ITS_PLACE,
    errno.ENOTEMPTY: _IN_ITS_PLACE,
    errno.ELOOP: _IN_ITS_PLACE,
    errno.ENXIO: _IN_ITS_PLACE,
    errno.ENOENT: _GONE,
    errno.ENAMETOOLONG: "name a folder with a shorter path",
    errno.EFBIG: "see that files may be larger here (ulimit -f)",
}
_MAY_WRITE = "see that there is space and that you may read and write there"


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
        raise_if_exhausted(error)
        return instead(reason(error))


def raise_if_exhausted(error: Exception) -> None:
    """Raise `Exhausted` if an error is that of a machine that has no more of something."""
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        raise Exhausted(of_the_machine(error)) from error


def of_the_machine(error: OSError) -> str:
    """Say in a line what keeps the whole class from being graded, and what to do."""
    why = error.strerror or str(error)
    if isinstance(error, shutil.Error):
        # Of several files that were copied; all of them have failed for the same, as a rule.
        why = "; ".join(f"{found[0]}: {found[-1]}" for found in error.args[0][:1])
    what = "cannot be written" if isinstance(error, files.Unwritable) else "cannot be used"
    name = str(error.filename or "")
    # The end of a long one tells most, and what to do stands behind it.
    name = name if len(name) <= _LONGEST else f"…{name[-_LONGEST:]}"
    where = f"{name} {what}" if name else "This machine cannot go on"
    to_do = _TO_DO.get(error.errno, _MAY_WRITE)
    return (
        f"{where}: {why}. What was graded before is kept: {to_do}, and give the same command again."
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
