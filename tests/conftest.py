"""The app as people meet it: a real process, a real store, a real model, real signatures."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from twilio.request_validator import RequestValidator

from tests.end_to_end.ngo_site import NgoSite, serving
from tests.forked import Forked, Start

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-of-the-tests"
PUBLIC = "https://chaski.example.org"
START_SECONDS = 90


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class App:
    """A running Chaski."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: Forked | None = None
    limits: tuple[int, int] | None = None
    """Soft and hard limit of open files that it is started with; ours where None."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data_dir.parent / f"{self.data_dir.name}.log"

    @property
    def store(self) -> redis.Redis[bytes]:
        """The state store: codes."""
        return self._store("state")

    @property
    def relay_store(self) -> redis.Redis[bytes]:
        """The relay store: words of open hand-offs."""
        return self._store("relay")

    def _store(self, name: str) -> redis.Redis[bytes]:
        config = (self.data_dir / name / "valkey.conf").read_text()
        path = re.search(r"^unixsocket (.*)$", config, re.M)
        assert path
        return redis.Redis(unix_socket_path=path.group(1), socket_timeout=2)

    def start(self) -> None:
        environment = {
            **os.environ,
            "CHASKI_PORT": str(self.port),
            "CHASKI_DATA_DIR": str(self.data_dir),
            "CHASKI_TWILIO_AUTH_TOKEN": TOKEN,
            "CHASKI_PUBLIC_URL": PUBLIC,
            "CHASKI_LOG_LEVEL": "DEBUG",
            "CHASKI_CONVERSATION_PER_MINUTE": "1000",
            "CHASKI_ADDRESS_PER_MINUTE": "100000",
            "CHASKI_ADDRESS_CHARACTERS_PER_MINUTE": "100000000",
            "CHASKI_WAITING_PER_ADDRESS": "500",
            **self.settings,
        }
        self.process = Forked(
            Start(
                ["run"], environment, os.devnull, str(self.log), str(self.log), limits=self.limits
            )
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            try:
                if requests.get(f"{self.url}/healthz", timeout=1).text == "ok":
                    return
            except requests.RequestException:
                time.sleep(0.2)
        raise AssertionError(self.log.read_text()[-3000:])

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)

    def kill(self) -> None:
        """As the kernel does when memory runs out: no time to tidy up."""
        assert self.process
        self.process.kill()
        self.process.wait(timeout=10)

    def store_pid(self) -> int:
        return int(self.store.info("server")["process_id"])

    # WhatsApp and SMS

    def form(
        self, body: str = "", sender: str = "whatsapp:+51900000000", **more: str
    ) -> dict[str, str]:
        return {
            "AccountSid": "",
            "ApiVersion": "2010-04-01",
            "Body": body,
            "From": sender,
            "MessageSid": f"SM{uuid.uuid4().hex}",
            "NumMedia": "0",
            "ProfileName": "Canario Apellido",
            "To": "whatsapp:+14155238886",
            "WaId": sender.removeprefix("whatsapp:+"),
        } | more

    def post_form(self, form: dict[str, str], signature: str | None = None) -> requests.Response:
        address = f"{PUBLIC}/webhooks/whatsapp"
        if signature is None:
            signature = RequestValidator(TOKEN).compute_signature(address, form)
        return requests.post(
            f"{self.url}/webhooks/whatsapp",
            data=form,
            headers={"X-Twilio-Signature": signature},
            timeout=20,
        )

    def post_status(self, message: str, status: str, **more: str) -> requests.Response:
        """What Twilio tells of a message that it was given."""
        address = f"{PUBLIC}/webhooks/whatsapp/status"
        form = {"MessageSid": message, "MessageStatus": status} | more
        return requests.post(
            f"{self.url}/webhooks/whatsapp/status",
            data=form,
            headers={
                "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(address, form)
            },
            timeout=20,
        )

    def whatsapp(self, body: str = "", sender: str = "", **more: str) -> str:
        """The one message that a person gets for theirs."""
        response = self.post_form(self.form(body, sender or new_number(), **more))
        assert response.status_code == 200, response.text
        messages = re.findall(r"<Message>(.*?)</Message>", response.text, re.S)
        assert len(messages) == 1, response.text
        message = unescape(messages[0])
        assert len(message) <= 1600
        return message

    # Web

    def web(self, language: str | None = None) -> WebSession:
        body = {} if language is None else {"language": language}
        response = requests.post(f"{self.url}/webhooks/web/sessions", json=body, timeout=20)
        assert response.status_code == 201, response.text
        return WebSession(self, response.json()["token"], response.json())

    def session(self, token: str) -> WebSession:
        """Somebody else's session, by its token."""
        return WebSession(self, token, {})

    def end(self, token: str) -> None:
        """End a session, as another tab of the person's would."""
        requests.delete(
            f"{self.url}/webhooks/web/sessions",
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
        ).raise_for_status()

    def eventually(self, is_so: Callable[[], bool], seconds: float = 10) -> bool:
        """Whether something becomes true in time."""
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True


@dataclass
class WebSession:
    """A conversation on the web channel."""

    app: App
    token: str
    last: dict[str, Any]

    def post(self, **message: Any) -> requests.Response:
        return requests.post(
            f"{self.app.url}/webhooks/web/messages",
            json=message,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=20,
        )

    def send(self, **message: Any) -> dict[str, Any]:
        response = self.post(**message)
        assert response.status_code == 200, response.text
        self.last = response.json()
        assert self.last["replies"], "a turn without a reply"
        return self.last

    def say(self, text: str) -> str:
        return "\n\n".join(reply["text"] for reply in self.send(text=text)["replies"])

    def press(self, title: str) -> dict[str, Any]:
        for reply in self.last["replies"]:
            for choice in reply["choices"]:
                if choice["title"] == title:
                    return self.send(choice=choice["id"])
        raise AssertionError(f"no button {title!r}: {self.last}")

    @property
    def titles(self) -> list[str]:
        return [choice["title"] for reply in self.last["replies"] for choice in reply["choices"]]

    @property
    def topic(self) -> str:
        return str(self.last["replies"][0]["topic"])


def new_number() -> str:
    return f"whatsapp:+51{uuid.uuid4().int % 10**9:09d}"


@contextmanager
def running(data_dir: Path, **settings: str) -> Iterator[App]:
    app = App(data_dir, settings=settings)
    app.start()
    try:
        yield app
    finally:
        app.stop()


@pytest.fixture(scope="session")
def ngo() -> Iterator[NgoSite]:
    """An organisation's site, which the app knows as "casa"."""
    with serving() as found:
        yield found


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, ngo: NgoSite) -> Iterator[App]:
    sites = f"casa={ngo.url} otra=https://otra.example.org,https://www.otra.example.org"
    with running(tmp_path_factory.mktemp("app") / "var", CHASKI_WIDGET_SITES=sites) as found:
        yield found
