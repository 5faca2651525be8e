"""What is kept of each submission, so that a run can be taken up again and judged again."""

import json
import os
import pathlib
import shutil

from labkit import files
from labkit.checks import Result
from labkit.grading.runs import running

_RUN, _RESULTS, _STAMP = "run.json", "results.json", "stamp"


class Store:
    """The kept runs and results of one lab, a folder for each student.

    Parameters
    ----------
    folder : pathlib.Path
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def folder(self, key: str) -> pathlib.Path:
        """Return the folder of the student whose safe name is `key`."""
        return self._folder / key

    def run(self, key: str, stamp: str | None) -> running.Run | None:
        """Return the kept run if it was made from what `stamp` stands for, or from anything."""
        folder = self.folder(key)
        try:
            kept = (folder / _STAMP).read_text(encoding="utf-8")
            if stamp is not None and kept != stamp:
                return None
            return running.Run.from_json((folder / _RUN).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def begin(self, key: str) -> pathlib.Path:
        """Return an empty folder for the records of a new run."""
        unfinished = self._folder / f".{key}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        return unfinished

    def keep(self, key: str, run: running.Run, stamp: str) -> None:
        """Keep the run whose records were written to the folder of `begin`."""
        unfinished = self._folder / f".{key}.unfinished"
        files.write_text(unfinished / _RUN, run.to_json())
        files.write_text(unfinished / _STAMP, stamp)
        shutil.rmtree(self.folder(key), ignore_errors=True)
        os.replace(unfinished, self.folder(key))

    def results(self, key: str, stamp: str) -> list[Result] | None:
        """Return the kept results if they were judged by what `stamp` stands for."""
        try:
            kept = json.loads((self.folder(key) / _RESULTS).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        if kept["stamp"] != stamp:
            return None
        return [Result.from_json(text) for text in kept["results"]]

    def keep_results(self, key: str, results: list[Result], stamp: str) -> None:
        """Keep the results of the kept run."""
        content = {"stamp": stamp, "results": [result.to_json() for result in results]}
        files.write_text(self.folder(key) / _RESULTS, json.dumps(content))
