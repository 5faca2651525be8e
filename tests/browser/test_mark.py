"""A class of thirty is marked in Chromium, by keyboard alone, and the marks reach the gradebook."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbgrader.api import Gradebook

from labkit import labs
from tests.browser import chromium, shots
from tests.grading import classroom, essays, hostile, marking

pytestmark = [*chromium.NEEDED, pytest.mark.usefixtures("sample_data")]

LAB, CELL = classroom.LAB, f"{essays.QUESTION}-answer"
(RUBRIC,) = (item.rubric for item in labs.load(LAB).exercises if item.name == essays.QUESTION)
MOST, FIRST_TWO = sum(earned for earned, _ in RUBRIC), sum(earned for earned, _ in RUBRIC[:2])
NASTY = (
    f"<script>document.title='ran'</script> [a](javascript:document.title='ran') "
    f"![b]({hostile.AWAY}) <img src={hostile.AWAY} onerror=document.title='ran'>"
)


@pytest.fixture(scope="module")
def grades(tmp_path_factory):
    """Return the folder of the grades of thirty, one of whom tries to be more than a text."""
    folder = tmp_path_factory.mktemp("grades")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_DATA", "sample")
        answers = [*essays.texts(29), NASTY]
        essays.enter(folder, classroom.lab(classroom.ROOT), answers)
    return folder


def marks(folder):
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        found = {}
        for submission in book.assignment_submissions(LAB):
            name = submission.student.id
            grade = book.find_grade(CELL, LAB, LAB, name)
            comment = book.find_comment(CELL, LAB, LAB, name)
            found[name] = (grade.manual_score, comment.manual_comment or "")
        return found


def test_thirty_answers_are_marked_by_keyboard(grades):
    asked, wrong = [], []
    with marking.mark_server(grades) as url, chromium.page() as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(url)
        page.get_by_role("link", name="Why are the labels not scaled?").press("Enter")
        left = page.locator("#left")
        left.get_by_text("30 of 30 to be marked").wait_for()
        shots.take(page, "mark")
        focused = page.locator(".answer:focus")
        # All of the first group: two lines of the rubric, a comment, for all alike.
        size = page.locator(".group").first.locator(".answer").count()
        assert size > 3
        first = focused.get_attribute("data-id")
        page.keyboard.press("1")
        page.keyboard.press("2")
        page.keyboard.press("c")
        page.keyboard.type("Say what *would* go wrong.")
        page.keyboard.press("Escape")
        assert focused.get_attribute("data-id") == first
        page.keyboard.press("a")
        left.get_by_text(f"{30 - size} of 30 to be marked").wait_for()
        # One by one: points typed into their field; a comment used again.
        page.keyboard.press("p")
        page.keyboard.type(f"{MOST + 3:g}")
        page.keyboard.press("Enter")
        page.get_by_text(f"points are between 0 and {MOST:g}").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("p")
        page.keyboard.type("2.5")
        page.keyboard.press("Enter")
        left.get_by_text(f"{29 - size} of 30").wait_for()
        page.keyboard.press("r")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        for remaining in range(28 - size, -1, -1):
            page.keyboard.press("f")
            page.keyboard.press("Enter")
            said = f"{remaining} of 30 to be marked" if remaining else "All are marked."
            left.get_by_text(said, exact=True).wait_for()
        assert page.title().startswith("Mark ")
    given = sorted(marks(grades).values())
    assert given.count((FIRST_TWO, "Say what *would* go wrong.")) == size
    assert given.count((2.5, "")) == 1
    assert given.count((MOST, "Say what *would* go wrong.")) == 1
    assert given.count((MOST, "")) == 28 - size
    server = url.split("?")[0]
    assert [address for address in asked if not address.startswith(server)] == []
    # The points that are too many never reach the server, and nothing else goes wrong.
    assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(grades, scheme):
    options = {"bypass_csp": True, "color_scheme": scheme}
    with marking.mark_server(grades, "--anonymous") as url, chromium.page(**options) as page:
        page.goto(url)
        found = Axe().run(page).response["violations"]
        page.get_by_role("link", name="Why are the labels not scaled?").click()
        page.locator("#left").wait_for()
        assert "student-" not in page.content()
        found += Axe().run(page).response["violations"]
        assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []


@pytest.mark.parametrize("width", [420, 640])
def test_a_narrow_page_holds_all_that_is_on_it(grades, width):
    """As on a telephone, and at a zoom of 200 %."""
    sizes = {"viewport": {"width": width, "height": 450}}
    with marking.mark_server(grades) as url, chromium.page(**sizes) as page:
        page.goto(url)
        needed = "document.documentElement.scrollWidth"
        assert page.evaluate(needed) <= width
        page.get_by_role("link", name="Why are the labels not scaled?").click()
        page.locator("#left").wait_for()
        assert page.evaluate(needed) <= width
