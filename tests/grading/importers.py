"""What platforms do with a table of grades, after their own sources.

Moodle: mod/assign/feedback/offline/importgradeslib.php and locallib.php,
mod/assign/gradingtable.php.
Canvas: lib/gradebook_importer.rb and lib/gradebook_exporter.rb. Brightspace and Blackboard are not
open: theirs follow what their help pages say.
"""

import csv
import dataclasses
import datetime
import io
import re
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Member:
    """A student as the platform knows them."""

    number: int
    first: str
    last: str
    login: str
    sid: str
    group: str = ""

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclasses.dataclass(frozen=True)
class Language:
    """The strings of a Moodle site: Moodle compares a table's headers with them."""

    identifier: str
    name: str
    status: str
    grade: str
    maximum: str
    changeable: str
    yes: str
    no: str
    submitted: str
    modified: str
    comments: str
    hidden: str
    decimal: str = "."


LANGUAGES = {
    "en": Language(
        *("Identifier", "Full name", "Status", "Grade", "Maximum grade", "Grade can be changed"),
        *("Yes", "No", "Last modified (submission)", "Last modified (grade)"),
        *("Feedback comments", "Participant "),
    ),
    "de": Language(
        *("ID", "Vollständiger Name", "Status", "Bewertung", "Bestwertung"),
        *("Bewertung kann geändert werden", "Ja", "Nein", "Zuletzt geändert (Abgabe)"),
        *("Zuletzt geändert (Bewertung)", "Feedback als Kommentar", "Teilnehmer/in ", ","),
    ),
    "fr": Language(
        *("Identifiant", "Nom complet", "Statut", "Note", "Note maximale"),
        *("La note peut être modifiée", "Oui", "Non", "Dernière modification (travail remis)"),
        *("Dernière modification (note)", "Feedback par commentaires", "Participant ", ","),
    ),
    "ja": Language(
        *("識別子", "フルネーム", "ステータス", "評点", "最大評点", "評定変更可"),
        *("Yes", "No", "最終更新日時 (提出)", "最終更新日時 (評点)"),
        *("フィードバックコメント", "参加者 "),
    ),
}


class Refused(Exception):
    """The platform refuses the whole file."""


class Moodle:
    """An assignment in Moodle and the table that its importer takes."""

    def __init__(self, members: Sequence[Member], most: float = 100.0, language: str = "en"):
        self.words = LANGUAGES[language]
        self.members = {member.number: member for member in members}
        self.most = most
        self.grades: dict[int, float] = {}
        self.changed: dict[int, datetime.datetime] = {}
        self.comments: dict[int, str] = {}
        self.locked: set[int] = set()
        self.now = datetime.datetime(2027, 2, 1, 12, 0, 0, tzinfo=datetime.UTC)

    def _number(self, value: float) -> str:
        return f"{value:.2f}".replace(".", self.words.decimal)

    def worksheet(self) -> bytes:
        """Return the grading worksheet as it is downloaded."""
        words, file = self.words, io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        header = [words.identifier, words.name, "ID number", words.status, words.grade]
        header += [words.maximum, words.changeable, words.submitted, words.modified]
        writer.writerow([*header, words.comments])
        for number, member in self.members.items():
            grade = self._number(self.grades[number]) if number in self.grades else ""
            changed = self.changed.get(number)
            row = [f"{words.hidden}{number}", member.name, member.sid, "Submitted", grade]
            row += [self._number(self.most), words.no if number in self.locked else words.yes]
            row += [
                "Monday, 1 February 2027, 9:00 AM",
                f"{changed:%Y-%m-%d %H:%M:%S}" if changed else "-",
            ]
            writer.writerow([*row, self.comments.get(number, "")])
        return b"\xef\xbb\xbf" + file.getvalue().encode()

    def take(self, content: bytes, ignore_modified: bool = False) -> dict[str, list[int]]:
        """Import a table and return the numbers of those who were graded, and passed over."""
        words = self.words
        text = re.sub("\r\n?", "\n", content.decode("utf-8-sig"))  # as csv_import_reader does
        rows = list(csv.reader(io.StringIO(text)))
        columns = {title.strip(): place for place, title in enumerate(rows[0])}
        needed = (words.identifier, words.grade, words.modified)
        if any(title not in columns for title in needed):
            raise Refused("invalidgradeimport")
        who, grade, modified = (columns[title] for title in needed)
        result: dict[str, list[int]] = {"graded": [], "passed over": [], "unknown": []}
        for row in rows[1:]:
            identifier = row[who][len(words.hidden) :]
            number = int(identifier) if identifier.isdecimal() else -1
            if number not in self.members:
                result["unknown"].append(number)
                continue
            new = self._unformatted(row[grade])
            stale = number in self.changed and self.changed[number] > self._date(row[modified])
            skip = (
                self.grades.get(number) == new
                or new is None
                or new < 0
                or (stale and not ignore_modified)
                or number in self.locked
                or new > self.most
            )
            if not skip:
                self.grades[number], self.changed[number] = new, self.now
            if words.comments in columns and (ignore_modified or not stale):
                self.comments[number] = row[columns[words.comments]]
            result["passed over" if skip else "graded"].append(number)
        return result

    def _unformatted(self, text: str) -> float | None:
        text = text.strip().replace(" ", "")
        return float(text.replace(self.words.decimal, ".")) if text else None

    @staticmethod
    def _date(text: str) -> datetime.datetime:
        """Do as PHP's strtotime, with the minute that Moodle adds; what is no date is 1970."""
        found = re.match(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", text)
        moment = found[1] if found else "1970-01-01 00:00:00"
        parsed = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC)
        return parsed + datetime.timedelta(seconds=60)


class Canvas:
    """A course in Canvas with two assignments."""

    RESERVED = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

    def __init__(self, members: Sequence[Member], most: float = 100.0, semicolons: bool = False):
        self.members = {member.number: member for member in members}
        self.titles = {31: "Lab 1", 32: "Essay, and more"}
        self.most = {31: most, 32: 10.0}
        self.grades: dict[tuple[int, int], str] = {(m.number, 32): "7.50" for m in members}
        self.semicolons = semicolons

    def gradebook(self) -> bytes:
        """Return the exported gradebook."""
        file = io.StringIO()
        writer = csv.writer(file, delimiter=";" if self.semicolons else ",", lineterminator="\n")
        titles = [f"{title} ({number})" for number, title in self.titles.items()]
        writer.writerow([*self.RESERVED, *titles, "Current Score", "Final Score"])
        writer.writerow(["    Points Possible", "", "", "", "", *map(self._limit, self.titles)])
        for number, member in self.members.items():
            names = [f"{member.last}, {member.first}", number, member.sid, member.login, "Group 1"]
            grades = [self.grades.get((number, task), "") for task in self.titles]
            writer.writerow([*names, *grades, "80.00", "(read only)"])
        writer.writerow(["Student, Test", 999_999, "", "abcdef", "Group 1", "", "", "", ""])
        return file.getvalue().encode()

    def _limit(self, task: int) -> str:
        text = f"{self.most[task]:.2f}"
        return text.replace(".", ",") if self.semicolons else text

    def take(self, content: bytes) -> dict[str, list]:
        """Import a table; return what was changed, and what it would create."""
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";" if self.semicolons else ","))
        header = rows[0]
        if not ("Student" in header[0] and "ID" in header[1] and "Section" in header[:7]):
            raise Refused("Invalid header row")
        tasks = {}
        result: dict[str, list] = {"graded": [], "new assignments": [], "new students": []}
        result["new limits"] = []
        for column in range(header.index("Section") + 1, len(header)):
            title = header[column]
            if re.search("Current Score|Final Score", title):
                continue
            found = re.fullmatch(r"(.*) \((\d+)\)", title)
            number = int(found[2]) if found else None
            if number in self.titles:
                tasks[column] = number
            elif title in self.titles.values():
                tasks[column] = next(n for n, name in self.titles.items() if name == title)
            else:
                result["new assignments"].append(title)
        for row in rows[1:]:
            if "Points Possible" in row[0]:
                changed = [
                    t for c, t in tasks.items() if row[c] and self._float(row[c]) != self.most[t]
                ]
                result["new limits"] += changed
                continue
            number = int(row[1]) if row[1].isdecimal() else 0
            if number == 999_999:
                continue
            if number not in self.members:
                result["new students"].append(row[0])
                continue
            for column, task in tasks.items():
                before, new = self.grades.get((number, task), ""), row[column].strip()
                if before == new or (before and new and self._float(before) == self._float(new)):
                    continue
                self.grades[number, task] = new
                result["graded"].append((number, task))
        return result

    @staticmethod
    def _float(text: str) -> float:
        return round(float(text.replace(",", ".")), 2)


class Brightspace:
    """A grade item in Brightspace: users are found by name or number, items by title."""

    def __init__(self, members: Sequence[Member], most: float = 100.0):
        self.members = {member.login: member for member in members}
        self.most = most
        self.grades: dict[str, float] = {}

    def export(self) -> bytes:
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\r\n")
        item = f"Lab 1 Points Grade <Numeric MaxPoints:{self.most:g} Weight:10>"
        names = ["OrgDefinedId", "Username", "Last Name", "First Name", "Email"]
        writer.writerow([*names, item, "End-of-Line Indicator"])
        for member in self.members.values():
            who = [f"#{member.sid}", f"#{member.login}", member.last, member.first]
            mail = f"{member.login}@example.org"
            writer.writerow([*who, mail, self.grades.get(member.login, ""), "#"])
        return b"\xef\xbb\xbf" + file.getvalue().encode()

    def take(self, content: bytes) -> list[str]:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        if not rows or list(rows[0])[-1] != "End-of-Line Indicator":
            raise Refused("no end of line indicator")
        (item,) = (title for title in rows[0] if " Points Grade" in title)
        graded = []
        for row in rows:
            assert row["End-of-Line Indicator"] == "#"
            login = row["Username"].removeprefix("#")
            if row[item]:
                assert float(row[item]) <= self.most
                self.grades[login] = float(row[item])
                graded.append(login)
        return graded


class Blackboard:
    """A column of Blackboard's Grade Center, named by its number."""

    def __init__(self, members: Sequence[Member], most: float = 100.0):
        self.members = {member.login: member for member in members}
        self.title = f"Lab 1 [Total Pts: {most:g} Score] |4711"
        self.most = most
        self.grades: dict[str, float] = {}

    def download(self) -> bytes:
        """Return the file for working offline: UTF-16, tabs, every cell in quotes."""
        file = io.StringIO()
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n")
        names = ["Last Name", "First Name", "Username", "Student ID", "Availability"]
        writer.writerow(
            [*names, "Weighted Total [Total Pts: up to 0 Percentage] |4700", self.title]
        )
        for member in self.members.values():
            who = [member.last, member.first, member.login, member.sid, "Yes"]
            writer.writerow([*who, "", self.grades.get(member.login, "")])
        return b"\xff\xfe" + file.getvalue().encode("utf-16-le")

    def take(self, content: bytes) -> list[str]:
        text = content.decode("utf-16") if content[:2] == b"\xff\xfe" else content.decode()
        separator = "\t" if "\t" in text.splitlines()[0] else ","
        rows = list(csv.DictReader(io.StringIO(text), delimiter=separator))
        columns = [title for title in rows[0] if title.endswith("|4711")]
        if not columns:
            raise Refused("a new column of text")
        graded = []
        for row in rows:
            login = row["Username"]
            if login in self.members and row[columns[0]]:
                self.grades[login] = float(row[columns[0]])
                graded.append(login)
        return graded
