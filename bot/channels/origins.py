"""Which pages may use the web channel from a browser: our own, and those of the settings' sites.

Decides what a browser is told (CORS). A request without an `Origin` comes from no page (a test, a
script) and has its token to prove itself. Erasing is never refused for its origin: the token is
proof enough, and the person decides (law 6).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

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


def permit(request: Request, response: Response, settings: Settings) -> Response:
    """Tell the browser that a page of a site may read the answer."""
    response.headers.append("vary", "Origin")
    origin = request.headers.get("origin")
    if origin is not None and _sites(origin, settings):
        response.headers["access-control-allow-origin"] = origin
        response.headers["access-control-expose-headers"] = "retry-after"
    return response


def preflight(request: Request, settings: Settings) -> Response:
    """The answer to a browser that asks before it sends."""
    if not is_allowed(request, settings):
        return Response(status_code=403, headers={"vary": "Origin"})
    return permit(request, Response(status_code=204, headers=_ALLOWED), settings)


def _sites(origin: str, settings: Settings) -> list[Site]:
    return [site for site in settings.widget_sites if origin in site.origins]
