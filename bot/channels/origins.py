"""Which pages may use the web channel from a browser: our own, and those of the settings' sites.

Decides what a browser is told (CORS; docs/adr/0019 says why not by Starlette's middleware). A
request without an `Origin` comes from no page (a test, a script) and has its token to prove itself.
Erasing is never refused for its origin: the token is proof enough, and the person decides (law 6).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.services import services_of
from bot.settings import Settings
from bot.sites import Site

PREFLIGHT_SECONDS = 7200
"""How long a browser may remember what is allowed; no browser takes more."""

_ALLOWED = {
    "access-control-allow-methods": "GET, POST, DELETE",
    "access-control-allow-headers": "authorization, content-type, last-event-id",
    "access-control-max-age": str(PREFLIGHT_SECONDS),
}


def is_allowed(request: Request, settings: Settings) -> bool:
    """Whether the page that asks may use the channel."""
    origin = request.headers.get("origin")
    return origin is None or is_own(request, settings) or bool(_sites(origin, settings))


def is_own(request: Request, settings: Settings) -> bool:
    """Whether a page of ours asks (the demo page, the frame)."""
    public = urlsplit(settings.public_url)
    return request.headers.get("origin") in (
        f"{request.url.scheme}://{request.url.netloc}",
        f"{public.scheme}://{public.netloc}",
    )


def site_named(request: Request, settings: Settings, wanted: str) -> Site | None:
    """The site on whose behalf a page asks.

    Args:
        request: With or without an origin.
        settings: Has the sites.
        wanted: The name that the page gives; empty where its origin is to tell.

    Returns:
        None where it is none of ours, or where a page names the site of another origin.
    """
    origin = request.headers.get("origin")
    if origin is None or is_own(request, settings):
        return next((site for site in settings.widget_sites if site.name == wanted), None)
    found = _sites(origin, settings)
    return next((site for site in found if not wanted or site.name == wanted), None)


class CrossOrigin:
    """Tells the browser whether a page of a site may read the answer of a route, errors too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        request = Request(scope)
        origin = request.headers.get("origin")
        of_site = origin is not None and bool(_sites(origin, services_of(request).settings))

        async def permitting(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("vary", "Origin")
                if of_site:
                    headers["access-control-allow-origin"] = str(origin)
                    headers["access-control-expose-headers"] = "retry-after"
            await send(message)

        await self._app(scope, receive, permitting)


async def preflight(request: Request) -> Response:
    """The answer to a browser that asks before it sends."""
    if not is_allowed(request, services_of(request).settings):
        return Response(status_code=403)
    return Response(status_code=204, headers=_ALLOWED)


def _sites(origin: str, settings: Settings) -> list[Site]:
    return [site for site in settings.widget_sites if origin in site.origins]
