"""An organisation's site on an origin of its own, which embeds the widget."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

NEUTRAL_SECONDS = 1.5
"""The neutral page is slow: what is on the screen until it comes is what a test looks at."""


class NgoSite:
    """Pages by path, each with its headers."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, dict[str, str]]] = {
            "/": ("<title>Home</title><h1>Home</h1>", {}),
            "/neutral": ("<title>Weather</title><h1>Weather</h1>", {}),
        }
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if path == "/neutral":
                    time.sleep(NEUTRAL_SECONDS)
                content, headers = site.pages.get(path, ("", {}))
                body = content.encode()
                self.send_response(200 if content else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self) -> None:
        self._server.serve_forever()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def page(self, path: str, body: str, lang: str = "es", **headers: str) -> str:
        """Put a page there; its address."""
        self.pages[path] = (
            f'<!doctype html><html lang="{lang}"><head><title>Casa</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
            f"<body><main><h1>Casa Abierta</h1><p>Hola</p></main>{body}</body></html>",
            {name.replace("_", "-"): value for name, value in headers.items()},
        )
        return f"{self.url}{path}"

    @property
    def neutral(self) -> str:
        return f"{self.url}/neutral"


def tag(source: str, **attributes: str) -> str:
    """The widget's tag."""
    written = "".join(f' data-{name}="{value}"' for name, value in attributes.items())
    return f'<script type="module" src="{source}"{written}></script>'


@contextmanager
def serving() -> Iterator[NgoSite]:
    site = NgoSite()
    thread = Thread(target=site.serve, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.close()
        thread.join()
