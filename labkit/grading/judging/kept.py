"""What is kept of each submission, so that a run can be taken up again and judged again.

What is kept is never trusted: a file that is not there, cannot be read or is not as it was written
counts as absent, and what it would have told is made again.
"""

import contextlib
import functools
import hashlib
import itertools
import json
import os
import pathlib
import secrets
import shutil
from collections.abc import Callable, Iterator

import filelock

from labkit import files
from labkit.checks import Result
from labkit.grading import boundary
from labkit.grading.runs import running
from labkit.grading.submissions import entries

_RUN, _RESULTS, _STAMP = "run.json", "results.json", "stamp"
_MARK = "held"
# No run leaves more than some hundred MiB; a file may have become anything.
_MOST = 2**30
_OWN_FOLDERS = (entries.OF_A_GRADING, "feedback", "report", "formats", "autograded", "source")


class InUse(boundary.ClassFault):
    """Another grading writes to the same folder."""


class Exchanged(boundary.ClassFault):
    """The folder is not the one any more that was there when grading began."""


@contextlib.contextmanager
def alone_in(output: pathlib.Path) -> Iterator[Callable[[], None]]:
    """Hold the folder `output`, which is made if need be, against other gradings.

    The system lets go of it when this process ends, however it ends.

    Yields
    ------
    callable
        Raises `Exchanged` where that folder is gone, or another one is in its place.

    Raises
    ------
    InUse
        If another process holds it.
    files.Unwritable
        If nothing can be written there.
    """
    kept = output / entries.OF_A_GRADING
    with files.writing(output):
        kept.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(kept / entries.LOCK)
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout as error:
            raise InUse(
                f"Another `labkit grade` is writing to {output}: wait until it has ended, "
                "or give this one another --output."
            ) from error
    try:
        _sweep(output)
        with _marked(kept / _MARK) as is_marked:
            yield functools.partial(_verify_same, output, is_marked)
    finally:
        lock.release()


@contextlib.contextmanager
def _marked(path: pathlib.Path) -> Iterator[Callable[[], bool]]:
    """Write a word of one's own to a file meanwhile; yield what tells whether it is there.

    Numbers of files would not do: there are file systems that change them.
    """
    word = secrets.token_bytes(16)
    files.write(path, word)

    def is_marked() -> bool:
        with contextlib.suppress(OSError, ValueError):
            return files.read_kept(path, len(word)) == word
        return False

    try:
        yield is_marked
    finally:
        if is_marked():
            with contextlib.suppress(OSError):  # the next grading writes its own
                path.unlink()


def _verify_same(output: pathlib.Path, is_marked: Callable[[], bool]) -> None:
    if is_marked():
        return
    raise Exchanged(
        f"{output} is not the folder any more that was there when grading began, so nothing more "
        "was written there. See that nothing moves, removes or exchanges it meanwhile, and give "
        "the same command again."
    )


def _sweep(output: pathlib.Path) -> None:
    """Remove what was being written when an earlier grading was killed."""
    own = [output, *(output / name for name in _OWN_FOLDERS)]
    for folder, folders, names in itertools.chain.from_iterable(map(os.walk, own)):
        for name in filter(files.UNFINISHED.fullmatch, [*folders, *names]):
            with contextlib.suppress(OSError):  # it is in nobody's way
                remove(pathlib.Path(folder, name))
        # What else lies in the output, such as what was handed in, is not this program's.
        folders[:] = [] if folder == str(output) else folders


class Store:
    """The kept runs and results of one lab, a folder for each student.

    Parameters
    ----------
    folder : pathlib.Path
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        with files.writing(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def folder(self, key: str) -> pathlib.Path:
        """Return the folder of the student whose safe name is `key`."""
        return self._folder / key

    def run(self, key: str, stamp: str | None) -> running.Run | None:
        """Return the kept run if it was made from what `stamp` stands for, or from anything.

        None also where anything of it is missing, damaged or not what was written.
        """
        try:
            made_from, content = json.loads(_text(self.folder(key) / _STAMP))
            if content != self._content(key) or (stamp is not None and made_from != stamp):
                return None
            return running.Run.from_json(_text(self.folder(key) / _RUN))
        except Exception:
            return None  # unreadable, for whatever reason, is the same as absent

    def begin(self, key: str) -> pathlib.Path:
        """Return an empty folder for the records of a new run."""
        unfinished = self._unfinished(key)
        with files.writing(unfinished):
            remove(unfinished)
            unfinished.mkdir()
        return unfinished

    def keep(self, key: str, run: running.Run, stamp: str) -> None:
        """Keep the run whose records were written to the folder of `begin`."""
        unfinished = self._unfinished(key)
        files.write_text(unfinished / _RUN, run.to_json())
        files.write_text(unfinished / _STAMP, json.dumps([stamp, _content(unfinished, key)]))
        with files.writing(self.folder(key)):
            remove(self.folder(key))
            os.replace(unfinished, self.folder(key))

    def lay_aside(self, key: str, run: running.Run) -> str:
        """Write down a run that is not to be kept, and return its folder's name.

        It can be judged there, until the student's next run begins.
        """
        unfinished = self._unfinished(key)
        files.write_text(unfinished / _RUN, run.to_json())
        return unfinished.name

    def forget(self, key: str) -> None:
        """Forget the student's run, and what was said of it."""
        with files.writing(self.folder(key)):
            remove(self.folder(key))

    def results(self, key: str, stamp: str | None) -> list[Result] | None:
        """Return the kept results of the kept run, if judged by what `stamp` stands for.

        With None for `stamp`, by whatever they were judged.
        """
        try:
            found = json.loads(_text(self.folder(key) / _RESULTS))
            texts = found["results"]
            if found["digest"] != _digest_of_results(found["stamp"], found["run"], texts):
                return None
            if found["run"] != self._content(key) or stamp not in (None, found["stamp"]):
                return None
            return [Result.from_json(text) for text in texts]
        except Exception:
            return None  # unreadable, for whatever reason, is the same as absent

    def digest(self, key: str) -> str:
        """Return what tells the kept run from every other one."""
        return self._content(key)

    def keep_results(self, key: str, results: list[Result], stamp: str, run: str) -> None:
        """Keep the results of the run with the digest `run`."""
        texts = [result.to_json() for result in results]
        digest = _digest_of_results(stamp, run, texts)
        content = {"stamp": stamp, "run": run, "results": texts, "digest": digest}
        path = self.folder(key) / _RESULTS
        if path.is_dir():
            with files.writing(path):
                remove(path)  # no file can take a folder's place
        files.write_text(path, json.dumps(content))

    def _content(self, key: str) -> str:
        return _content(self.folder(key), key)

    def _unfinished(self, key: str) -> pathlib.Path:
        # No student's key begins with a dot, and a digest is never too long for a name.
        return self._folder / f".unfinished-{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def remove(path: pathlib.Path) -> None:
    """Remove whatever is at `path`; nothing there is fine.

    Raises
    ------
    OSError
        If it cannot be removed.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _text(path: pathlib.Path) -> str:
    return files.read_kept(path, _MOST).decode()


def _content(folder: pathlib.Path, key: str) -> str:
    """Return a digest of a run: whose it is, how it went, and what it left behind."""
    left = (files.read_kept(folder / name, _MOST) for name in (_RUN, running.RECORDS))
    return files.fingerprint(key, *left)


def _digest_of_results(stamp: str, run: str, texts: list[str]) -> str:
    return files.fingerprint(stamp, run, *texts)
