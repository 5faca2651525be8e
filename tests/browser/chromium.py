"""An empty page of headless Chromium, for tests that look at what a person sees."""

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# Quiet: without these it looks for hosts on the network at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NEEDED = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]


@contextlib.contextmanager
def page(**options: Any) -> Iterator[Any]:
    """Give an empty page; `options` are those of Playwright's ``new_page``."""
    # Tall, so that a screenshot shows much of a notebook.
    options = {"viewport": {"width": 1200, "height": 1400}} | options
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(**options)
        browser.close()
