"""Names of any kind in what platforms hand out, repacked by any program: the class that was there.

The names are drawn from an alphabet as wide as those of people, and from what looks like a part of
a platform's own forms; each layout is packed in several of the ways that change names.
"""

import io
import pathlib
import random
import unicodedata
import zipfile

import pytest

from labkit.grading.submissions import entries, find, roster
from tests.grading import downloads

LAB = downloads.LAB
SEED = 11
# fmt: off
TELLING = (
    "Ann Bee", "Ann bee", "José Ñuñez", "O'Neil \"Bob\" Smith", "Smith, Jr. John", "Mr. X.", "Cher",
    "Anne-Marie de la Cruz", "Max - Mustermann", "Max - Moritz", "A (B) C", "J_R Underscore",
    "file_ file", "Late Lee", "LATE LATE", "anon LATE", "Team Leader", "Group A", "Con Prn",
    "user_attempt X", "text html", "link.html Bob", "submission_5 Six", "Participant Nine", "Lab 1",
    "notebooks course", "2pac Shakur", "Jan 31, 2027", "Zoë D’Arc-Müller", "= =1",
)
ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz", "áàâäãåąçćčďéèêëęěğíìîïłñńňóòôöõøőřśšşťúùûüůűýžźżþð",
    "αβγδεζηθικλμνξοπρσςτυφχψω", "абвгдежзийклмнопрстуфхцчшщъыьэюя", "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "李王张刘陈杨黄赵吴周徐孙马朱胡郭何",
    "さくらはなこたろうアイウエオ",
    "김이박최정강조윤장임", "กขคงจฉชซดตถทธนบป", "अआइईकखगघचछजझ", "ắằẵặấầễệỗộờởứừ", "😀👩🔬",
)
# fmt: on


def drawn(count: int, seed: int) -> list[str]:
    """Return different names: half of them telling ones, half of letters."""
    draw = random.Random(seed)
    names = draw.sample(TELLING, count // 2)
    while len(names) < count:
        letters = draw.choice(ALPHABETS)
        words = ["".join(draw.choices(letters, k=draw.randint(2, 8))) for _ in range(2)]
        names.append(draw.choice(" -’ ").join(words).title())
    return names


def school(names: list[str]) -> list[downloads.Student]:
    return [
        downloads.Student(
            *name.partition(" ")[::2],
            f"lo{number:03}",
            500 + number,
            (downloads.HandIn({f"{LAB}.ipynb": downloads.notebook(mark=f"mark {number}")}),),
        )
        for number, name in enumerate(names)
    ]


# --- what programs do to names ------------------------------------------------------------------


class Named(zipfile.ZipInfo):
    """An entry whose name is written as these bytes, and not marked as UTF-8."""

    __slots__ = ("raw",)

    def _encodeFilenameFlags(self):
        return self.raw, 0


def zipped_in(encoding: str):
    def pack(files: downloads.Files, folder: pathlib.Path) -> pathlib.Path:
        folder.mkdir(parents=True)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for number, (name, data) in enumerate(files.items()):
                entry = Named(f"{number}", downloads.PACKED)
                entry.raw = name.encode(encoding, "replace")
                archive.writestr(entry, data)
        (folder / "download.zip").write_bytes(content.getvalue())
        return folder

    return pack


def on_windows(files: downloads.Files, folder: pathlib.Path) -> pathlib.Path:
    """Unpack where some signs cannot be in a name, nor a blank or a dot at its end."""
    allowed = {
        "/".join(
            "".join("_" if sign in '<>:"|?*' else sign for sign in part).rstrip(". ") or "_"
            for part in name.split("/")
        ): data
        for name, data in files.items()
    }
    return downloads.unpacked(allowed, folder)


def half_decomposed(files: downloads.Files, folder: pathlib.Path) -> pathlib.Path:
    """Unpack some on a Mac and some elsewhere."""
    forms = ("NFC", "NFD")
    changed = {
        unicodedata.normalize(forms[number % 2], name): data
        for number, (name, data) in enumerate(files.items())
    }
    return downloads.unpacked(changed, folder)


OF_UNICODE = {
    **downloads.PACKINGS,
    "half decomposed": half_decomposed,
    "UTF-8, not marked": zipped_in("utf-8"),
}
LOSSY = {"Windows": on_windows} | {
    encoding: zipped_in(encoding) for encoding in ("cp437", "cp850", "cp1252", "gb18030")
}
PACKINGS = OF_UNICODE | LOSSY
CASES = [
    (layout, packing)
    for row, layout in enumerate(downloads.LAYOUTS)
    for column, packing in enumerate(PACKINGS)
    if (row + column) % 3 == 0
]


def known_by(item: find.Submission, layout: downloads.Layout) -> str:
    if layout.by == "login" and layout.platform == "canvas":
        return item.number
    found = {"number": item.number, "login": item.login or item.student, "name": item.name}
    return {**found, "email": item.email.removesuffix("@example.org")}[layout.by]


@pytest.mark.parametrize(("name", "packing"), CASES)
def test_each_has_their_own_file_and_nobody_is_late(tmp_path, name, packing):
    layout = downloads.LAYOUTS[name]
    people = school(drawn(16, f"{SEED} {name} {packing}"))
    place = PACKINGS[packing](layout.make(people), tmp_path / "downloads")
    found = find.look(place, LAB, downloads.DUE).submissions
    ids = {"number": lambda p: str(p.number), "login": lambda p: p.login, "name": lambda p: p.name}
    ids["email"] = ids["login"]
    has = {known_by(item, layout): item.read() for item in found}
    assert {item.platform for item in found} == {layout.platform}
    assert len(found) == len(people)
    contents = [person.attempts[0].files[f"{LAB}.ipynb"] for person in people]
    if layout.by == "name" and packing in LOSSY:
        assert sorted(has.values()) == sorted(contents)
    else:
        assert has == dict(zip(map(ids[layout.by], people), contents, strict=True))
    if layout.platform and packing in OF_UNICODE and name not in ("moodle-blind", "canvas"):
        theirs = {roster.words(person.name) for person in people}
        assert {roster.words(item.name) for item in found if item.name} <= theirs
    if packing not in ("unpacked", "both", "Windows", "half decomposed"):
        assert not [item.student for item in found if item.late]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp437", ["Müller", "Peña", "Françoise", "Ångström"]),
        ("cp850", ["Müller", "Åse Ødegård", "João", "Nuñez"]),
        ("cp1252", ["D’Arc-Müller_Zoë", "Žižek", "Émile", "Þór Ðorðe"]),
        ("cp932", ["山田太郎", "表参道", "さくら", "ソフィア"]),
        ("gb18030", ["李小龙", "王芳", "张伟", "镕基"]),
    ],
)
def test_names_of_one_file_are_read_in_one_encoding(encoding, names):
    """Each alone could be read otherwise; what is behind it, too, as a letter of another one."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number, name in enumerate(names):
            entry = Named(f"{number}", downloads.PACKED)
            entry.raw = f"{name}_{number}/{LAB}.ipynb".encode(encoding)
            archive.writestr(entry, b"{}")
    found = entries.in_zip(content.getvalue(), "download.zip", 1000)
    assert [item.parts[0] for item in found] == [f"{name}_{n}" for n, name in enumerate(names)]
