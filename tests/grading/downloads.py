"""A class of five as each platform hands it out, packed in each way that reaches an instructor.

The class is described once; each layout says only how its platform names things. The forms are
those of the platforms' own sources and manuals, see ``docs/platforms.md``.
"""

import dataclasses
import datetime
import io
import json
import pathlib
import struct
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator

ROOT = pathlib.Path(__file__).parents[2]
LAB = "lab1-data"
DUE = datetime.datetime(2027, 1, 31, 23, 59)
BEFORE, AFTER = DUE - datetime.timedelta(hours=5), DUE + datetime.timedelta(hours=3)
PACKED = (2027, 2, 3, 10, 0, 0)


@dataclasses.dataclass(frozen=True)
class HandIn:
    """One attempt: its files, when, and whether that was too late."""

    files: dict[str, bytes]
    time: datetime.datetime = BEFORE
    late: bool = False


@dataclasses.dataclass(frozen=True)
class Student:
    first: str
    last: str
    login: str
    number: int
    attempts: tuple[HandIn, ...]
    text: str = ""

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}".strip()


def notebook(lab: str = LAB, mark: str = "") -> bytes:
    """Return the notebook that students get, with a cell that tells it from others."""
    content = json.loads((ROOT / "notebooks" / lab / f"{lab}.ipynb").read_text(encoding="utf-8"))
    cell = {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": mark}
    content["cells"].append(cell)
    return json.dumps(content).encode()


def class_of_five(odd: str = "Zoë D’Arc-Müller") -> list[Student]:
    """Return a class: one late, one with two attempts, one without a file, one broken, one odd."""
    first, _, last = odd.partition(" ")

    def one(mark: str, **more) -> HandIn:
        return HandIn({f"{LAB}.ipynb": notebook(mark=mark)}, **more)

    return [
        Student("Ann", "Bee", "ab123", 101, (one("ann", time=AFTER, late=True),)),
        Student(
            "Bob",
            "Cee",
            "bc124",
            102,
            # The alphabet would take the first, and the older one is the larger one.
            (
                HandIn({"z.ipynb": notebook(mark="an old one" * 50)}),
                HandIn({"a.ipynb": notebook(mark="bob")}, BEFORE + datetime.timedelta(hours=1)),
            ),
        ),
        Student("Cy", "Dee", "cd125", 103, (), "I could not upload it."),
        Student("Di", "Eff", "de126", 104, (HandIn({f"{LAB}.ipynb": b'{"cells": [{"cell'}),)),
        Student(first, last, "zd127", 105, (one("odd"),)),
    ]


Files = dict[str, bytes]


def moodle(people: list[Student], end: str = "_", group: str = "", blind: bool = False) -> Files:
    files = {}
    for person in people:
        name = "Participant" if blind else f"{group}{person.name}"
        prefix = f"{name}_{person.number}_assignsubmission"
        for attempt in person.attempts[-1:]:
            files |= {f"{prefix}_file{end}/{name}": f for name, f in attempt.files.items()}
        if person.text:
            files[f"{prefix}_onlinetext{end}/onlinetext.html"] = person.text.encode()
    return files


def moodle_flat(people: list[Student]) -> Files:
    return {path.replace("_/", "_"): content for path, content in moodle(people).items()}


def canvas(people: list[Student], anonymous: bool = False) -> Files:
    files, upload = {}, 9000
    for person in people:
        late = any(attempt.late for attempt in person.attempts)
        name = "".join(filter(str.isalnum, f"{person.last}{person.first}".lower()))
        who = [name, *["LATE"] * late, str(person.number)]
        if anonymous:
            who = [*["LATE"] * late, f"anon_{person.login}"]
        head = "_".join(who)
        for attempt in person.attempts:
            for file, content in attempt.files.items():
                upload += 7
                files[f"{head}_{upload}_{file}"] = content
        if person.text:
            files[f"{head}_text.html"] = person.text.encode()
    return files


def brightspace(people: list[Student], between: str = "/") -> Files:
    files = {"index.html": b"<html>a list</html>"}
    for person in people:
        for attempt in person.attempts or (HandIn({"note.txt": person.text.encode()}),):
            time = attempt.time
            clock = f"{time.hour % 12 or 12}{time:%M %p}"
            date = f"{time:%b} {time.day}, {time.year} {clock}"
            head = f"{person.number}-77 - {person.name} - {date}"
            files |= {f"{head}{between}{name}": content for name, content in attempt.files.items()}
    return files


def blackboard(people: list[Student]) -> Files:
    files = {}
    for person in people:
        for attempt in person.attempts or (HandIn({}),):
            head = f"Lab 1_{person.login}_attempt_{attempt.time:%Y-%m-%d-%H-%M-%S}"
            text = person.text or "There is no student submission text data for this assignment."
            files[f"{head}.txt"] = (
                f"Name: {person.name} ({person.login})\nAssignment: Lab 1\n"
                f"Date Submitted: {attempt.time:%A}\nCurrent Grade: Needs Grading\n\n"
                f"Submission Field:\n{text}\n\nComments:\nThere are no student comments.\n\n"
            ).encode()
            files |= {f"{head}_{name}": content for name, content in attempt.files.items()}
    return files


def gradescope(people: list[Student]) -> Files:
    files, lines, number = {}, [], 5
    for person in people:
        for attempt in person.attempts or (HandIn({"note.txt": b"sorry"}),):
            number += 1
            folder = f"assignment_9_export/submission_{number}"
            files |= {f"{folder}/{name}": content for name, content in attempt.files.items()}
            lines.append(
                f"submission_{number}:\n  :submitters:\n  - :name: {json.dumps(person.name)}\n"
                f"    :sid: '{person.number}'\n    :email: {person.login}@example.org\n"
                f"  :created_at: {attempt.time.astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S}.0 Z\n"
                "  :score: 0.0\n  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess\n"
                "    tests: []\n"
            )
    text = "---\n" + "".join(lines)
    return files | {"assignment_9_export/submission_metadata.yml": text.encode()}


def sakai(people: list[Student]) -> Files:
    rows = ['"Lab 1","Points"', '""']
    header = ("Display ID", "ID", "Last Name", "First Name", "grade", "Submission date")
    rows.append(",".join(f'"{title}"' for title in (*header, "Late submission")))
    files = {}
    for person in people:
        folder = f"Lab 1/{person.last}, {person.first}({person.login})"
        late = "Late" if any(attempt.late for attempt in person.attempts) else "On time"
        who = [person.login, person.login, person.last, person.first, "", "", late]
        rows.append(",".join(f'"{cell}"' for cell in who))
        files[f"{folder}/comments.txt"] = files[f"{folder}/feedbackText.html"] = b""
        files[f"{folder}/{person.login}_submissionText.html"] = person.text.encode()
        for attempt in person.attempts[-1:]:
            files[f"{folder}/timestamp.txt"] = f"{attempt.time:%Y%m%d%H%M%S}000".encode()
            for name, content in attempt.files.items():
                files[f"{folder}/Submission attachment(s)/{name}"] = content
    return files | {"Lab 1/grades.csv": "\n".join(rows).encode()}


def ilias(people: list[Student]) -> Files:
    files = {}
    for person in people:
        folder = f"Lab 1/{person.last}_{person.first}_{person.login}_{person.number}"
        for attempt in person.attempts:
            for name, content in attempt.files.items():
                files[f"{folder}/{attempt.time:%Y%m%d%H%M%S}_{name}"] = content
        if not person.attempts:
            files[f"{folder}/note.txt"] = person.text.encode()
    return files


def google_classroom(people: list[Student]) -> Files:
    files = {}
    for person in people:
        for place, attempt in enumerate(person.attempts[-1:]):
            again = f" ({place})" if place else ""
            files |= {
                f"Lab 1/{person.name} - {pathlib.Path(name).stem}{again}.ipynb": content
                for name, content in attempt.files.items()
            }
        if not person.attempts:
            files[f"Lab 1/{person.name} - note.txt"] = person.text.encode()
    return files


def nbgrader(people: list[Student]) -> Files:
    files = {}
    for person in people:
        folder = f"submitted/{person.login}/{LAB}"
        for attempt in person.attempts[-1:]:
            time = attempt.time.astimezone(datetime.UTC)
            files[f"{folder}/timestamp.txt"] = f"{time:%Y-%m-%d %H:%M:%S.%f} UTC".encode()
            files |= {f"{folder}/{name}": content for name, content in attempt.files.items()}
        if not person.attempts:
            files[f"{folder}/note.txt"] = b""
    return files


def github_classroom(people: list[Student]) -> Files:
    files = {}
    for person in people:
        folder = f"{LAB}-submissions/{LAB}-{person.login}"
        files[f"{folder}/.git/HEAD"] = b"ref: refs/heads/main"
        files[f"{folder}/README.md"] = b"# Lab 1"
        for attempt in person.attempts[-1:]:
            for name, content in attempt.files.items():
                files[f"{folder}/notebooks/{LAB}/{name}"] = content
    return files


def jupyterhub(people: list[Student]) -> Files:
    files = {}
    for person in people:
        files[f"home/{person.login}/.jupyter/config.json"] = b"{}"
        files[f"home/{person.login}/.bashrc"] = b""
        for lab in ("lab2-mlp", "lab3-cnn"):
            path = f"home/{person.login}/course/notebooks/{lab}/{lab}.ipynb"
            files[path] = notebook(lab)
        for attempt in person.attempts[-1:]:
            for name, content in attempt.files.items():
                place = f"home/{person.login}/course/notebooks/{LAB}"
                files[f"{place}/{name}"] = content
                files[f"{place}/.ipynb_checkpoints/{LAB}-checkpoint.ipynb"] = notebook()
    return files


def teams(people: list[Student]) -> Files:
    files = {}
    for person in people:
        place = f"{person.name}/Lab 1"
        # What is being worked on, and what a list of names would take for the last version.
        files[f"Working files/{place}/{LAB}.ipynb"] = b"" if not person.attempts else notebook()
        for turn, attempt in enumerate(person.attempts, start=9):
            for name, content in attempt.files.items():
                files[f"Submitted files/{place}/Version {turn}/{name}"] = content
    return {name: content for name, content in files.items() if content} | {
        f"Submitted files/{person.name}/Lab 1/note.txt": person.text.encode()
        for person in people
        if not person.attempts
    }


def openolat(people: list[Student]) -> Files:
    files = {}
    for person in people:
        folder = f"{person.last}_{person.first}_{person.login}"
        files[f"{folder}/1_task/{LAB}.pdf"] = b"%PDF-1.4"
        for step, attempt in zip(("2_submissions", "4_revisions_1"), person.attempts, strict=False):
            files |= {f"{folder}/{step}/{name}": data for name, data in attempt.files.items()}
            files[f"{folder}/{int(step[0]) + 1}_corrections/{LAB}.ipynb"] = notebook()
    return files


def schoology(people: list[Student]) -> Files:
    return {
        f"{person.last}, {person.first} - {person.login}/Revision {turn} - {status}/{name}": data
        for person in people
        for turn, attempt in _turns(person)
        for status in ["Late" if attempt.late else "On time"]
        for name, data in attempt.files.items()
    }


def studip(people: list[Student]) -> Files:
    """All in one folder, one called like the other: only the list says whose they are."""
    header = ("Name", "Größe", "Vorname", "Nachname", "Downloads", "Datum", "Pfad")
    files, rows = {}, [header]
    for person in people:
        for attempt in person.attempts or (HandIn({"note.txt": b"sorry"}),):
            for name, content in attempt.files.items():
                stem, dot, end = name.partition(".")
                again = f"[{len(files)}]" if files else ""
                path = f"Abgaben/{stem}{again}{dot}{end}"
                files[path] = content
                when = f"{attempt.time:%d.%m.%Y %H:%M}"
                rows.append((path[8:], "1", person.first, person.last, "0", when, path))
    lines = (";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    return files | {"archive_filelist.csv": "\r\n".join(lines).encode()}


def _turns(person: Student) -> Iterator[tuple[int, HandIn]]:
    """Return what a student handed in, counted from 9 on, so that no list of names is in order."""
    return enumerate(person.attempts or (HandIn({"note.txt": person.text.encode()}),), start=9)


def autolab(people: list[Student]) -> Files:
    return {
        f"{person.login}@example.org_{turn}_{name}": content
        for person in people
        for turn, attempt in _turns(person)
        for name, content in attempt.files.items()
    }


def in_turns(people: list[Student], called: str = "{turn}") -> Files:
    """Return a folder for each student, and in it one for each attempt."""
    return {
        f"{person.login}/{called.format(turn=turn, time=attempt.time)}/{name}": content
        for person in people
        for turn, attempt in _turns(person)
        for name, content in attempt.files.items()
    }


def folders(people: list[Student]) -> Files:
    files = {}
    for person in people:
        for attempt in person.attempts[-1:]:
            files |= {f"{person.login}/{name}": content for name, content in attempt.files.items()}
        if not person.attempts:
            files[f"{person.login}/note.txt"] = person.text.encode()
    return files


@dataclasses.dataclass(frozen=True)
class Layout:
    """How a platform hands out a class, and what can be told from that.

    Attributes
    ----------
    make : callable
    platform : str
        What it is recognised as.
    by : str
        What tells students apart: "number", "login", "name".
    late : bool
        Whether it says who is late, by itself or by times.
    nothing : str
        What is said of the student without a file.
    """

    make: Callable[[list[Student]], Files]
    platform: str
    by: str
    late: bool
    nothing: str = "there is no notebook"


TEXT = "there is no notebook: a text was handed in"
LAYOUTS = {
    "moodle": Layout(moodle, "moodle", "number", False, TEXT),
    "moodle-new": Layout(lambda five: moodle(five, end=""), "moodle", "number", False, TEXT),
    "moodle-flat": Layout(moodle_flat, "moodle", "number", False, TEXT),
    "moodle-group": Layout(
        lambda five: moodle(five, group="Group 1-"), "moodle", "number", False, TEXT
    ),
    "moodle-blind": Layout(lambda five: moodle(five, blind=True), "moodle", "number", False, TEXT),
    "canvas": Layout(canvas, "canvas", "number", True, TEXT),
    "canvas-anonymous": Layout(
        lambda five: canvas(five, anonymous=True), "canvas", "login", True, TEXT
    ),
    "brightspace": Layout(brightspace, "brightspace", "number", True),
    "brightspace-flat": Layout(
        lambda five: brightspace(five, between=" - "), "brightspace", "number", True
    ),
    "blackboard": Layout(blackboard, "blackboard", "login", True, TEXT),
    "gradescope": Layout(gradescope, "gradescope", "number", True),
    "sakai": Layout(sakai, "sakai", "login", True, TEXT),
    "ilias": Layout(ilias, "ilias", "number", True),
    "google-classroom": Layout(google_classroom, "google-classroom", "name", False),
    "nbgrader": Layout(nbgrader, "nbgrader", "login", True),
    "github-classroom": Layout(github_classroom, "github-classroom", "login", False),
    "jupyterhub": Layout(jupyterhub, "jupyterhub", "login", False),
    "teams": Layout(teams, "teams", "name", False),
    "openolat": Layout(openolat, "openolat", "login", False),
    "autolab": Layout(autolab, "autolab", "email", False),
    "schoology": Layout(schoology, "schoology", "login", True),
    "studip": Layout(studip, "studip", "name", True),
    "turns": Layout(in_turns, "", "login", False),
    "turns-timed": Layout(
        lambda five: in_turns(five, "{time:%Y-%m-%d-%H-%M-%S}"), "", "login", False
    ),
    "folders": Layout(folders, "", "login", False),
}


# --- packings -----------------------------------------------------------------------------------


def as_zip(files: Files, folder: pathlib.Path) -> pathlib.Path:
    """Pack as a platform does: one zip file, the time of the download everywhere."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "download.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, PACKED), content)
    return folder


def unpacked(files: Files, folder: pathlib.Path) -> pathlib.Path:
    """Unpack as Windows and macOS do: into a folder with the name of the zip file."""
    for name, content in files.items():
        path = folder / "COURSE-Lab 1-77" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def repacked_on_a_mac(files: Files, folder: pathlib.Path) -> pathlib.Path:
    """Pack as *Compress* does: enclosed, decomposed names without a mark, resource forks."""
    folder.mkdir(parents=True)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            inside = unicodedata.normalize("NFD", f"COURSE Lab 1/{name}")
            parts = inside.rpartition("/")
            archive.writestr(_unmarked(inside), data)
            archive.writestr(_unmarked(f"__MACOSX/{parts[0]}/._{parts[2]}"), b"\0\5\x16\7")
        archive.writestr("COURSE Lab 1/.DS_Store", b"\0\0\0\1Bud1")
    (folder / "Archive.zip").write_bytes(_without_marks(content.getvalue()))
    return folder


def zipped_beside(files: Files, folder: pathlib.Path) -> pathlib.Path:
    """Leave the zip file beside the folder that it was unpacked to."""
    as_zip(files, folder)
    return unpacked(files, folder)


def in_a_tar(files: Files, folder: pathlib.Path) -> pathlib.Path:
    """Pack as people do who use Unix: an enclosing folder, squeezed."""
    folder.mkdir(parents=True)
    with tarfile.open(folder / "COURSE-lab-1.tar.gz", "w:gz", compresslevel=1) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"COURSE-lab-1/{name}")
            entry.size, entry.mtime = len(content), datetime.datetime(*PACKED).timestamp()
            archive.addfile(entry, io.BytesIO(content))
    return folder


def _unmarked(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, PACKED)


def _without_marks(content: bytes) -> bytes:
    """Take from each entry the mark that says that its name is UTF-8."""
    changed = bytearray(content)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.find(signature)
        while start >= 0:
            flags = struct.unpack_from("<H", changed, start + place)[0]
            struct.pack_into("<H", changed, start + place, flags & ~0x800)
            start = changed.find(signature, start + 4)
    return bytes(changed)


PACKINGS = {
    "zip": as_zip,
    "unpacked": unpacked,
    "mac": repacked_on_a_mac,
    "both": zipped_beside,
}
