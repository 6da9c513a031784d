"""Twilio's REST API as far as it is used here, over HTTP on loopback."""

from __future__ import annotations

import base64
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

SID = "AC" + "1" * 32
"""Of the account that tests use."""

SENDING = re.compile(r"/2010-04-01/Accounts/(AC\w+)/Messages\.json")
MESSAGE = re.compile(r"/2010-04-01/Accounts/(AC\w+)/Messages/(\w+)\.json")


@dataclass(frozen=True)
class Sent:
    """A message that Twilio was asked to send."""

    sid: str
    to: str
    sender: str
    body: str
    callback: str


@dataclass
class FakeTwilio:
    """Messages whose bodies were emptied, how often each was asked for, and those sent.

    `refusals` maps a body to a status and Twilio's code; `holding` keeps answers back while it is
    set, as a slow line would.
    """

    sid: str
    token: str
    failures: int = 0
    emptied: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    sent: list[Sent] = field(default_factory=list)
    refusals: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    held: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    holding: str = ""

    def answer(self, method: str, path: str, credentials: str, body: str) -> tuple[int, bytes]:
        """The status and body that Twilio would give."""
        match = MESSAGE.fullmatch(path)
        expected = base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        if credentials != f"Basic {expected}":
            return 401, b'{"code": 20003, "message": "Authenticate", "status": 401}'
        sending = SENDING.fullmatch(path)
        if method == "POST" and sending and sending.group(1) == self.sid:
            return self.send(parse_qs(body, keep_blank_values=True))
        if method != "POST" or not match or match.group(1) != self.sid:
            return 404, b'{"code": 20404, "message": "not found", "status": 404}'
        self.asked.append(match.group(2))
        if len(self.asked) <= self.failures:
            return 503, b'{"code": 20503, "message": "unavailable", "status": 503}'
        if parse_qs(body, keep_blank_values=True).get("Body") != [""]:
            return 400, b'{"code": 21602, "message": "body required", "status": 400}'
        self.emptied.append(match.group(2))
        return 200, b'{"sid": "' + match.group(2).encode() + b'", "body": ""}'

    def send(self, fields: dict[str, list[str]]) -> tuple[int, bytes]:
        """Take a message, or refuse it."""
        form = {name: values[0] for name, values in fields.items()}
        if not {"To", "From", "Body"} <= set(form):
            return 400, b'{"code": 21604, "message": "missing", "status": 400}'
        refusals = self.refusals.get(form["Body"], [])
        if refusals:
            status, code = refusals.pop(0)
            answer = f'{{"code": {code}, "message": "refused", "status": {status}}}'
            return status, answer.encode()
        sent = Sent(
            f"SM{uuid.uuid4().hex}",
            form["To"],
            form["From"],
            form["Body"],
            form.get("StatusCallback", ""),
        )
        self.sent.append(sent)
        if self.holding and self.holding in sent.body:
            self.held.set()
            self.go.wait(30)
        return 201, f'{{"sid": "{sent.sid}", "status": "queued"}}'.encode()

    def bodies(self, to: str) -> list[str]:
        """What was sent to a number, in order."""
        return [sent.body for sent in self.sent if sent.to == to]


@contextmanager
def fake_twilio(sid: str, token: str, failures: int = 0) -> Iterator[FakeTwilio]:
    """Serve it."""
    twilio = FakeTwilio(sid, token, failures)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, content = twilio.answer(
                "POST",
                self.path,
                self.headers.get("Authorization", ""),
                self.rfile.read(length).decode(),
            )
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    twilio.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield twilio
    finally:
        server.shutdown()
        thread.join()
