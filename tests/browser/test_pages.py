"""Feedback and report in a real browser: nothing runs, nothing is fetched, all can be read."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.grading.results import class_figures, feedback, report
from tests.browser import chromium, shots
from tests.grading import hostile, made_class
from tests.grading.test_pages import ALLOWED, KINDS

pytestmark = [*chromium.NEEDED, pytest.mark.usefixtures("sample_data")]

SCREEN = {"width": 1280, "height": 900}
PAPER = {"width": 718, "height": 1047}  # A4 within margins of a centimetre
EVERYTHING = """() => [...document.querySelectorAll('*')].map(element =>
    [element.localName, [...element.attributes].map(attribute => attribute.name)])"""
UNFOLD = "for (const fold of document.querySelectorAll('details')) fold.open = true"
REASON = "The file is no notebook: its content is not JSON (line 1)."


def _report(lab, graded):
    return report.page(class_figures.ClassFigures(lab, graded))


def test_nothing_runs_and_nothing_is_fetched_whatever_students_wrote():
    """With the page's own policy switched off, so that escaping alone has to hold."""
    lab, asked, count = made_class.lab(), [], 0
    with chromium.page(bypass_csp=True) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        page.on("popup", lambda popup: asked.append(popup.url))

        @settings(
            max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(st.fixed_dictionaries(dict.fromkeys(KINDS, hostile.texts)), st.integers(0, 1_000))
        def look(texts, seed):
            nonlocal count
            graded = made_class.graded(lab, 1, seed, texts.get)
            graded.append(made_class.broken(lab, "zoe", texts["reason"], texts.get))
            made = [feedback.page(lab, item) for item in graded]
            for content in (*made, _report(lab, graded)):
                page.set_content(content)
                assert page.title().startswith(("lab1-data", "Class report"))
                page.evaluate(
                    "for (const fold of document.querySelectorAll('details')) fold.open = true"
                )
                for name, attributes in page.evaluate(EVERYTHING):
                    if name == "script":
                        assert content.count("<script") == 1 and not attributes
                    elif name != "button":  # made by the script that sorts
                        assert set(map(str.lower, attributes)) <= set(ALLOWED[name].split())
                count += 1

        look()
        page.wait_for_timeout(300)
    assert count > 20
    assert [url for url in asked if not url.startswith("data:image/png;base64,")] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme):
    lab = made_class.lab()
    graded = [*made_class.graded(lab, 20, 3), made_class.broken(lab, "zoe", REASON)]
    made = [_report(lab, graded), feedback.page(lab, made_class.perfect(lab))]
    made += [feedback.page(lab, item) for item in (graded[0], graded[4], graded[-1])]
    with chromium.page(bypass_csp=True, color_scheme=scheme) as page:
        for content in made:
            page.set_content(content)
            page.evaluate(
                "for (const fold of document.querySelectorAll('details')) fold.open = true"
            )
            found = Axe().run(page).response["violations"]
            assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []


def test_a_good_students_page_has_at_most_two_screens():
    lab = made_class.lab()
    with chromium.page(viewport=SCREEN) as page:
        page.set_content(feedback.page(lab, made_class.perfect(lab)))
        height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= 2 * SCREEN["height"]


@pytest.mark.parametrize("width", [420, 640])
def test_a_narrow_page_holds_all_that_is_on_it(width):
    """As on a telephone, and at a zoom of 200 %: the page itself never moves sideways."""
    lab = made_class.lab()
    graded = [*made_class.graded(lab, 12, 5), made_class.absent(lab, "kim")]
    with chromium.page(viewport={"width": width, "height": 800}) as page:
        for content in (_report(lab, graded), *(feedback.page(lab, item) for item in graded[:3])):
            page.set_content(content)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.set_content(_report(lab, graded))
        for cell in page.locator("table.sortable tbody th").all()[:3]:
            assert cell.bounding_box()["width"] > 100


def test_on_paper_nothing_is_cut_off_folded_or_dark():
    """On A4, from a screen that is dark: what can be unfolded there, paper shows at once."""
    lab = made_class.lab()
    graded = [*made_class.graded(lab, 12, 5), made_class.absent(lab, "kim")]
    made = [_report(lab, graded), *(feedback.page(lab, item) for item in graded[:3])]
    with chromium.page(viewport=PAPER, color_scheme="dark") as page:
        page.emulate_media(media="print")
        for content in made:
            page.set_content(content)
            assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
            for table in page.locator(".wide-table").all():
                room, needed = table.evaluate("(table) => [table.clientWidth, table.scrollWidth]")
                assert needed <= room
            folded = page.locator("details > :not(summary)")
            assert folded.evaluate_all("(all) => all.every((one) => one.checkVisibility())")
            assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
            style = "getComputedStyle(document.documentElement).getPropertyValue('--soft')"
            assert page.evaluate(style) == "#f4f4f4"
        page.set_content(made[0])
        assert page.locator("details").count() > 1


def test_the_table_of_students_is_sorted_by_a_click_and_without_a_net(tmp_path):
    lab = made_class.lab()
    graded = made_class.graded(lab, 12, 5)
    (tmp_path / "report.html").write_text(_report(lab, graded), encoding="utf-8")
    points = sorted(item.total for item in graded)
    asked, errors = [], []
    with chromium.page() as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: errors.append(message.text))
        page.goto((tmp_path / "report.html").as_uri())
        shots.take(page, "report")
        table = page.locator("table.sortable").first
        heading = table.get_by_role("button", name="points")
        for expected, state in ((points, "ascending"), (points[::-1], "descending")):
            heading.press("Enter")
            shown = table.locator("tbody tr td:nth-child(2)").all_inner_texts()
            assert [float(text) for text in shown] == [round(value, 2) for value in expected]
            sorted_by = table.locator("th[aria-sort]")
            assert sorted_by.get_attribute("aria-sort") == state
    assert len(asked) == 1 and errors == []
