"""The operators' desk as the tests use it: accounts on the command line, pages in Chromium."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from playwright.sync_api import Browser, BrowserType, Page, expect, sync_playwright

from tests.conftest import App, WebSession
from tests.forked import command

PASSWORD = "una clave bien larga"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Where Chromium may be; the one without windows first, which takes less than half the work."""

CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), "")

expect.set_options(timeout=15_000)  # the machine may be busy with something else

COUNT_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  window.tones += 1;
  return start.apply(this, when);
};
"""


def add_operator(app: App, name: str, role: str = "operator") -> None:
    """Make an account as an administrator does."""
    done = command(
        *("operators", "add", name, "--role", role, "--password-stdin"),
        text=f"{PASSWORD}\n",
        **{"CHASKI_DATA_DIR": str(app.data_dir), **app.settings},
    )
    assert done.returncode == 0, done.stderr


def launch(kind: BrowserType) -> Browser:
    """Another real browser, which shares nothing with the others."""
    assert CHROMIUM, "Chromium is needed: apt-get install chromium-headless-shell"
    return kind.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--disable-background-networking",
            "--disable-sync",
            "--autoplay-policy=no-user-gesture-required",
        ],
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real browser."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def sign_in(browser: Browser, app: App, name: str, **viewport: int) -> Page:
    """A signed-in operator's page."""
    size = {"width": 1440, "height": 900} | viewport
    context = browser.new_context(locale="es-PE", viewport=size)  # type: ignore[arg-type]
    context.add_init_script(COUNT_TONES)
    page = context.new_page()
    page.goto(f"{app.url}/console/")
    page.get_by_label("Nombre de usuario").fill(name)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    expect(page.locator("#team")).to_contain_text(name)
    return page


def write(page: Page, text: str) -> None:
    """Write to the person of the open case."""
    page.get_by_label("Mensaje").fill(text)
    page.keyboard.press("Enter")


def until(what: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@dataclass
class Caller:
    """An operator without a browser: the same calls that the page makes."""

    app: App
    name: str
    http: requests.Session = field(default_factory=requests.Session)
    csrf: str = ""

    def sign_in(self) -> Caller:
        """Sign in and note the CSRF token."""
        answer = self.http.post(
            f"{self.app.url}/console/login",
            data={"name": self.name, "password": PASSWORD, "language": "es"},
            timeout=20,
        )
        assert answer.status_code == 200, answer.status_code
        self.csrf = answer.text.split('name="csrf" value="')[1].split('"')[0]
        self.beat()
        return self

    def call(self, path: str, **body: object) -> requests.Response:
        """Call the desk."""
        return self.http.post(
            f"{self.app.url}/console/api/{path}",
            json=body,
            headers={"X-CSRF-Token": self.csrf},
            timeout=20,
        )

    def beat(self) -> None:
        """Be on duty for a minute."""
        assert self.call("heartbeat", available=True).status_code == 204

    def desk(self) -> dict[str, list[dict[str, object]]]:
        """The queue, one's own cases, the team."""
        found: dict[str, list[dict[str, object]]] = self.http.get(
            f"{self.app.url}/console/api/desk", timeout=20
        ).json()
        return found

    def words(self, case: str) -> list[str]:
        """What both sides have written in a case."""
        answer = self.http.get(f"{self.app.url}/console/api/cases/{case}/messages", timeout=20)
        assert answer.status_code == 200, answer.text
        return [
            entry["text"]
            for entry in answer.json()["entries"]
            if entry["kind"] in ("person", "operator")
        ]


CRY = "ayuda estoy encerrada en un bar en juliaca no me dejan salir"


def ask_for_person(session: WebSession) -> None:
    session.say("quiero hablar con una persona")
    session.press("Sí, con una persona")


def first_case(page: Page) -> str:
    case = page.locator("#waiting li.case").first
    expect(case).to_be_visible()
    return str(case.get_attribute("data-case"))
