"""What a student wrote is text on every page, whatever it holds."""

import collections
import dataclasses
import html
import html.parser
import itertools
import re
import statistics

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from labkit.checks import Message, Outcome
from labkit.grading.results import class_figures, feedback, pages, report
from tests.grading import hostile, made_class

# Everything that may be on a page: elements, each with its attributes.
_PLAIN = "head title style body main tbody thead tr h1 h2 h3 em strong blockquote br summary code"
_CLASSED = "p div section ul li figure td span"
ALLOWED = {
    **dict.fromkeys(f"{_PLAIN} pre figcaption ol".split(), ""),
    **dict.fromkeys(_CLASSED.split(), "class id"),
    "html": "lang",
    "meta": "charset content http-equiv name",
    "th": "class scope",
    "table": "class",
    "details": "open",
    "a": "href",
    "img": "src alt",
    "svg": "width height aria-hidden focusable class viewbox role aria-label",
    "rect": "class x y width height",
    "line": "x1 y1 x2 y2",
    "text": "x y text-anchor",
}
ADDRESS = re.compile(
    r"#exercise-\d+|feedback/[\w.%~-]+\.html|data:image/png;base64,[A-Za-z0-9+/]+=*"
)
# The attributes that hold words; no other may hold a word of a student's.
WORDS = {"alt", "aria-label"}
KINDS = (
    *("name", "code", "essay", "error", "printed", "words", "note", "comment", "message", "saw"),
    "reason",
)
# What would show that a text has got into an attribute.
MARK = "zqx"


class Page(html.parser.HTMLParser):
    """Fails on whatever is not on the list, and collects the text and the scripts."""

    def __init__(self, content: str, allowed=ALLOWED, address=ADDRESS) -> None:
        super().__init__()
        self.allowed, self.address = allowed, address
        self.text, self.scripts, self._inside = "", [], ""
        self.feed(content)
        self.close()

    def handle_starttag(self, tag, attributes):
        self._inside = tag
        if tag == "script":
            assert not attributes
            return
        assert tag in self.allowed
        for name, value in attributes:
            assert name in self.allowed[tag].split()
            if name in ("href", "src"):
                assert self.address.fullmatch(value)
            assert name in WORDS or MARK not in (value or "")

    def handle_endtag(self, tag):
        assert tag in self.allowed or tag == "script"
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "script":
            self.scripts.append(data)
        elif self._inside != "style":
            self.text += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data!r}")

    def unknown_decl(self, data):
        raise AssertionError(f"a declaration: {data!r}")

    handle_pi = unknown_decl


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.fixed_dictionaries(dict.fromkeys(KINDS, hostile.texts)), st.integers(0, 1_000))
def test_every_page_holds_what_is_on_the_list_and_nothing_else(texts, seed):
    lab = made_class.lab()

    def text(kind):
        return f" {MARK} {texts[kind]}"

    graded = made_class.graded(lab, 2, seed, text)
    graded.append(made_class.broken(lab, "zoe", text("reason"), text))
    made = [feedback.page(lab, item) for item in graded]
    for content in made:
        page = Page(content)
        assert page.scripts == []
        assert pages.plain(content) == content
    (script,) = Page(report.page(class_figures.ClassFigures(lab, graded))).scripts
    assert script == (pages.TEMPLATES / "sort_tables.js").read_text("utf-8")


def test_an_error_is_told_once_and_what_is_open_in_the_words_of_a_page():
    lab = made_class.lab()
    item = made_class.perfect(lab)
    first, second = item.results[:2]
    error = "SyntaxError: no (<ipython-input-1-27f78a33ece8>, line 1)"
    told = Message(f"The cell ended in an error: {error}", "a cell that runs", "Mend it.")
    fill = Message("Fill in n in the cell above, run it, then run this cell again.")
    results = [
        dataclasses.replace(
            first, outcome=Outcome.FAILED, points=0.0, verdicts=(), message=told, misconceptions=()
        ),
        dataclasses.replace(
            second, outcome=Outcome.NOT_ATTEMPTED, points=0.0, verdicts=(), message=fill
        ),
        *item.results[2:],
    ]
    number = next(n for n, (name, _) in enumerate(item.run.steps) if name == first.exercise)
    ran = dataclasses.replace(item.left.cells[number], error=error)
    left = dataclasses.replace(item.left, cells={**item.left.cells, number: ran})
    text = feedback.page(lab, dataclasses.replace(item, results=results, left=left))
    assert "ipython-input" not in text
    assert text.count("SyntaxError: no") == 2  # where to begin, and in the verdict
    assert f"Exercise {lab.exercises[1].number}, {second.title}: not attempted" in text
    assert "cell above" not in text


def test_who_handed_in_nothing_is_named_and_is_in_no_figure():
    lab = made_class.lab()
    graded = made_class.graded(lab, 12, 3)
    before = class_figures.ClassFigures(lab, graded)
    found = class_figures.ClassFigures(lab, [*graded, made_class.absent(lab, "Nemo")])
    assert found.exercises() == before.exercises() and found.median == before.median
    assert not found.not_graded() and [s.name for s in found.absent] == ["Nemo"]
    assert "Nothing was handed in by Nemo" in Page(report.page(found)).text
    text = Page(feedback.page(lab, made_class.absent(lab, "Nemo"))).text
    assert "Nemo: nothing was handed in" in " ".join(text.split())
    nobody = class_figures.ClassFigures(lab, [made_class.absent(lab, "Nemo")])
    assert "0 submissions" in Page(report.page(nobody)).text
    assert report.tables(nobody)["report/students.csv"].splitlines()[1].endswith(",0")


def test_counts_of_each_exercise_add_up_to_the_class():
    lab = made_class.lab()
    for seed in range(20):
        graded = made_class.graded(lab, 9, seed)
        graded.append(made_class.broken(lab, "zoe", "The file is empty."))
        found = class_figures.ClassFigures(lab, graded)
        for item in found.exercises():
            counts = item.passed + item.in_part + item.missed + item.skipped
            assert counts + item.not_graded + item.waiting == found.size
        marked = [item for item in found.exercises() if not item.waiting]
        shares = [item.share for item in marked if item.share is not None]
        assert shares == sorted(shares)
        assert found.exercises()[: len(shares)] == marked[: len(shares)]
        steps = found.histogram()
        assert sum(count for *_, count in steps) == found.size
        assert all(end == start for (_, end, _), (start, *_) in itertools.pairwise(steps))


@pytest.mark.parametrize("seed", range(5))
def test_the_report_begins_with_what_most_share_and_who_is_far_below(seed):
    lab = made_class.lab()
    graded = made_class.graded(lab, 30, seed)
    found = class_figures.ClassFigures(lab, graded)
    shared = collections.defaultdict(list)
    for item in graded:
        for result in item.results:
            for name in result.misconceptions:
                shared[result.exercise, name].append(item.submission.student)
    most = sorted(map(len, shared.values()), reverse=True)[:3]
    again = found.teach_again()
    assert [len(item.who) for item in again] == most and len(most) == 3
    top = Page(report.page(found)).text.split("above each bar, how many students")[0]
    for item in again:
        assert [student.name for student in item.who] == shared[item.exercise, item.name]
        assert item.told in top and f"{len(item.who)} of 30" in top
        assert all(student.name in top for student in item.who[:10])
    middle = statistics.median(item.total for item in graded)
    far_below = {item.submission.student for item in graded if item.total < middle / 2}
    assert far_below <= {student.name for student, _ in found.look_at()}
    assert far_below or seed  # in the first class there is one


def test_difficulty_and_discrimination_are_what_pandas_makes_of_them():
    lab = made_class.lab()
    graded = made_class.graded(lab, 40, 2)
    table = pd.DataFrame([{r.exercise: r.points for r in item.results} for item in graded])
    total = pd.Series([item.total for item in graded])
    known = {item.name: item for item in class_figures.ClassFigures(lab, graded).exercises()}
    for exercise in lab:
        earned, figures = table[exercise.name], known[exercise.name]
        assert figures.share == pytest.approx(earned.mean() / exercise.points)
        assert figures.discrimination == pytest.approx(earned.corr(total - earned))


@settings(max_examples=300, deadline=None)
@given(hostile.texts)
def test_a_name_is_shown_as_it_is_as_far_as_it_can_be_seen(text):
    rendered = pages._ENVIRONMENT.from_string("<p>{{ text }}</p>").render(text=text)
    found = []
    parser = html.parser.HTMLParser()
    parser.handle_data = found.append
    parser.feed(rendered)
    parser.close()
    assert "".join(found) == pages.plain(text)


@settings(max_examples=300, deadline=None)
@given(hostile.texts)
def test_markdown_becomes_a_few_elements_without_attributes(text):
    tags = []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, attributes))
    parser.feed(str(pages.markdown(text)))
    parser.close()
    assert {tag for tag, _ in tags} <= pages.ELEMENTS
    assert not any(attributes for _, attributes in tags)


def test_markdown_is_rendered():
    shown = str(pages.markdown("# Why\n\nA **label** is a `name`:\n\n- one\n- *two*"))
    assert "<strong>Why</strong>" in shown and "<code>name</code>" in shown
    assert shown.count("<li>") == 2 and "<h1" not in shown
    assert "[a](javascript:x)" in str(pages.markdown("[a](javascript:x)"))


@settings(max_examples=300, deadline=None)
@given(hostile.texts)
def test_what_formgrader_gets_is_one_text_for_its_reader_of_markdown(text):
    """Formgrader renders by nbconvert, with mistune and MathJax, and sanitises nothing."""
    before, _, after = markdown2html_mistune(pages.inert(text)).rpartition("</pre>")
    start, _, inside = before.partition(">")
    assert start == pages._INERT.removesuffix(">") and after.strip() == ""
    assert "<" not in inside and html.unescape(inside) == pages.plain(text)
    assert pages.from_inert(pages.inert(text)) == pages.plain(text)
