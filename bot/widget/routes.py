"""What organisations load: the script, the frame for sites that forbid scripts, `/embed`; the demo.

Decides what may be kept by caches (the script; never a page), who may frame what (`/widget/frame`:
the settings' sites alone; `/embed`'s own preview: itself), and that counts are shown for a key that
travels in a header.
"""

from __future__ import annotations

import logging
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.directory.areas import area
from bot.directory.tables import tables
from bot.http.callers import bearer_token
from bot.http.errors import RequestRefused
from bot.privacy import logs
from bot.services import services_of
from bot.sites import site_of_key
from bot.stores import site_counts
from bot.text.languages import NAMES
from bot.widget import attributes, script

PAGES = Path(__file__).parent / "pages"

FLOATING = "public, max-age=600"
"""`/widget.js`: an update arrives within ten minutes."""

FOREVER = "public, max-age=31536000, immutable"
"""A version under its hash never changes."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-src 'self'; frame-ancestors {ancestors}"
)

logger = logging.getLogger(__name__)


def routes() -> list[BaseRoute]:
    """The routes of the widget and of its pages."""
    return [
        Route("/", _demo),
        Route("/widget.js", _floating),
        Route("/widget/frame", _frame),
        Route("/widget/{digest}.js", _pinned),
        Route("/embed", _embed),
        Route("/embed/options", _options),
        Route("/embed/preview", _preview),
        Route("/embed/counts", _counts),
        Mount("/embed", StaticFiles(directory=PAGES)),
    ]


async def _demo(request: Request) -> Response:
    """The demo page: nothing but the widget."""
    del request
    return _file("demo.html")


def _file(name: str) -> Response:
    """A page of ours that nobody frames."""
    policy = POLICY.format(ancestors="'none'")
    return FileResponse(PAGES / name, headers={"content-security-policy": policy})


async def _floating(request: Request) -> Response:
    return _sent(request, script.current(), FLOATING)


async def _pinned(request: Request) -> Response:
    data_dir = services_of(request).settings.data_dir
    found = script.version(data_dir, request.path_params["digest"])
    if found is None:
        raise RequestRefused(404, "not_found", "No such version of the widget.")
    return _sent(request, found, FOREVER)


def _sent(request: Request, found: script.Script, caching: str) -> Response:
    headers = {
        "cache-control": caching,
        "etag": f'"{found.digest}"',
        "access-control-allow-origin": "*",  # module scripts are fetched with CORS; it is public
        "vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match", "").removeprefix("W/") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    content = found.content
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = found.compressed, "gzip"
    return Response(content, headers=headers, media_type="text/javascript")


async def _frame(request: Request) -> Response:
    """The widget alone, filling a frame of a site's page."""
    given = attributes.of_query(request.query_params)
    wanted = given.get("site", "")
    origins = [
        origin
        for site in services_of(request).settings.widget_sites
        if wanted in ("", site.name)
        for origin in site.origins
    ]
    ancestors = " ".join(["'self'", *origins])
    return _page("", {**given, "position": "page"}, ancestors, given.get("lang", ""))


async def _preview(request: Request) -> Response:
    """A page of nobody's with the widget in it, for `/embed`."""
    given = attributes.of_query(request.query_params)
    body = '<main class="example"><p></p><p></p><p></p></main>'
    return _page(body, given, "'self'", given.get("lang", ""))


def _page(body: str, given: dict[str, str], ancestors: str, language: str) -> Response:
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title></title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/embed/frame.css"><link rel="icon" href="data:,"></head>'
        f"<body>{body}{attributes.tag(given)}</body></html>",
        headers={"content-security-policy": POLICY.format(ancestors=ancestors)},
    )


async def _embed(request: Request) -> Response:
    """The page where an organisation makes its tag."""
    del request
    return _file("embed.html")


async def _options(request: Request) -> Response:
    """What `/embed` offers: languages, regions, the script's address and hash."""
    found = script.current()
    codes = sorted({place.ubigeo[:2] for place in tables().places})
    return JSONResponse(
        {
            "origin": services_of(request).settings.public_url,  # empty: where this page is
            "script": f"/widget/{found.digest}.js",
            "integrity": found.integrity,
            "languages": NAMES,
            "regions": [{"code": code, "name": area(code).name} for code in codes],
        }
    )


async def _counts(request: Request) -> Response:
    """A site's counts, for its key."""
    services = services_of(request)
    settings = services.settings
    site = site_of_key(settings.secret, settings.widget_sites, bearer_token(request))
    if site is None:
        raise RequestRefused(401, "bad_key", "This key shows no site's counts.")
    try:
        found = await site_counts.read(services.redis, site.name)
    except Exception as error:
        logs.failure(logger, "counts not read", error)
        raise RequestRefused(503, "unavailable", "The counts cannot be read now.") from None
    return JSONResponse({"site": site.name, **found})
