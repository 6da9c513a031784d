"""The desk's pages as HTML: templates, and the policy that every page carries.

Decides that a page loads nothing from elsewhere and sends forms to ourselves only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.console.texts import UI_LANGUAGES, texts
from bot.http.callers import accepted_language

HOME = "/console/"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(name: str, language: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page made of a template."""
    written = _templates.get_template(name).render(t=texts(language), language=language, **values)
    return HTMLResponse(written, status_code=status, headers={"content-security-policy": POLICY})


def ui_language(request: Request) -> str:
    """The language of a page for somebody who is not signed in."""
    wanted = request.query_params.get("language") or accepted_language(request)
    return wanted if wanted in UI_LANGUAGES else UI_LANGUAGES[0]
