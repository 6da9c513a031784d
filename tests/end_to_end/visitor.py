"""Somebody with a browser who uses the widget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, expect

from tests.conftest import ROOT

OPEN_TREES = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  return attach.call(this, { ...options, mode: "open" });
};
"""
"""Makes the widget's closed tree readable for a test (and for nobody else)."""

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1200, "height": 800}

_SOURCE = (ROOT / "bot" / "widget" / "client" / "texts.js").read_text(encoding="utf-8")


def words(language: str) -> dict[str, str]:
    """The widget's own words in a language."""
    block = re.search(rf"^  {language}: \{{\n(.*?)^  \}},$", _SOURCE, re.M | re.S)
    assert block
    return dict(re.findall(r'\b(\w+): "([^"]*)"', block.group(1)))


class Visitor:
    """A browser window of its own."""

    def __init__(self, context: BrowserContext, language: str = "es") -> None:
        self.context, self.page = context, context.new_page()
        self.requests: list[Any] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.speak(language)

    def speak(self, language: str) -> None:
        """Know the widget's words in a language."""
        self.words = words(language)

    def button(self, key: str) -> Locator:
        return self.page.get_by_role("button", name=self.words[key], exact=True)

    @property
    def launcher(self) -> Locator:
        return self.page.locator(".launcher")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".panel")

    @property
    def log(self) -> Locator:
        return self.page.locator(".log")

    @property
    def input(self) -> Locator:
        return self.page.get_by_label(self.words["write"])

    @property
    def answers(self) -> Locator:
        return self.page.locator(".message.answer, .message.urgent")

    def visit(self, address: str) -> None:
        self.page.goto(address)

    def begin(self, address: str = "") -> None:
        """Open the widget and start the conversation."""
        if address:
            self.visit(address)
        if self.launcher.count():
            self.launcher.click()
        self.button("start").click()
        expect(self.answers.first).to_be_visible()

    def write(self, text: str) -> None:
        self.input.fill(text)
        self.button("send").click()

    def press(self, title: str) -> None:
        self.log.get_by_role("button", name=title, exact=True).click()

    def hears(self, text: str) -> None:
        expect(self.log).to_contain_text(text, timeout=10_000)

    @property
    def token(self) -> str:
        """The session's token, as it was last sent."""
        for request in reversed(self.requests):
            header = request.headers.get("authorization", "")
            if header:
                return str(header.removeprefix("Bearer "))
        raise AssertionError("no token was sent")


@contextmanager
def visiting(
    browser: Browser,
    *,
    language: str = "es",
    viewport: dict[str, int] | None = None,
    open_trees: bool = True,
    **options: Any,
) -> Iterator[Visitor]:
    """A new person: nothing of another's in the browser."""
    options.setdefault("locale", "es-PE")
    context = browser.new_context(viewport=viewport or PHONE, **options)
    if open_trees:
        context.add_init_script(OPEN_TREES)
    visitor = Visitor(context, language)
    try:
        yield visitor
        assert visitor.faults == []
    finally:
        context.close()
