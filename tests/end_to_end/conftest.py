"""A real Chromium for the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.conftest import App
from tests.end_to_end.desk import chromium
from tests.end_to_end.ngo_site import NgoSite, tag
from tests.end_to_end.visitor import Visitor, visiting


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def ngo_page(app: App, ngo: NgoSite) -> str:
    """A page of the organisation's site with the widget in it."""
    return ngo.page("/help", tag(f"{app.url}/widget.js", site="casa", exit=ngo.neutral))


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    with visiting(browser) as found:
        yield found
