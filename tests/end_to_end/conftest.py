"""A real Chromium for the tests of pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import App
from tests.end_to_end.ngo_site import NgoSite, tag
from tests.end_to_end.visitor import Visitor, visiting

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "Chromium is needed: apt-get install chromium"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-sync"],
        )
        yield found
        found.close()


@pytest.fixture
def ngo_page(app: App, ngo: NgoSite) -> str:
    """A page of the organisation's site with the widget in it."""
    return ngo.page("/help", tag(f"{app.url}/widget.js", site="casa", exit=ngo.neutral))


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    with visiting(browser) as found:
        yield found
