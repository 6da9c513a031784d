"""The desk's pages: sign-in, the desk itself, figures, audit trail, the referral form.

Decides what each page is given. Pages are made here from templates; only the desk itself lives by
a script. The referral form ("Ficha de Derivación de Casos", SOP Annex 2) is opened only with the
person's consent recorded, holds coded fields only, and leaves every personal field blank for the
organisation's pen; the boxes that a case's categories suggest the operator confirms by hand.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot import hours
from bot.console import accounts, api, devices
from bot.console.markup import HOME, html, ui_language
from bot.console.sessions import Session, from_our_page
from bot.console.texts import UI_LANGUAGES, texts
from bot.console.views import place_name
from bot.console.web import PAGES, SIGN_IN, desk_of, form, form_fields, page
from bot.handoff import audit
from bot.handoff.audit import Day
from bot.handoff.case import AGES, OUTCOMES
from bot.http.callers import address_of
from bot.nlu.categories import categories
from bot.privacy.web_addresses import origin_code
from bot.text.languages import NAMES
from bot.text.numbers import whole_number
from bot.turn import CHANNELS, URGENCY_LEVELS

FOLDER = Path(__file__).parent
PERIODS = (1, 7, 30, 90)
TRAIL = 200

BUSY_SECONDS = 2
"""After which another try is worth it where many passwords wait to be looked at."""


def routes() -> list[BaseRoute]:
    """The pages and what they load."""
    return [
        Route("/console", lambda _: RedirectResponse(HOME, status_code=307)),
        Route(SIGN_IN, _show_sign_in, methods=["GET"], middleware=PAGES),
        Route(SIGN_IN, _sign_in, methods=["POST"], middleware=PAGES),
        form("/console/logout", _sign_out),
        form("/console/language", _set_language),
        page(HOME, _show_desk),
        page("/console/supervisor", _figures, supervisor=True),
        page("/console/supervisor.csv", _csv, supervisor=True),
        page("/console/audit", _audit, supervisor=True),
        page("/console/cases/{case}/referral", _referral),
        *api.routes(),
        Mount("/console/static", StaticFiles(directory=FOLDER / "static"), name="console"),
    ]


def _login(
    request: Request, error: str = "", name: str = "", status: int = 200, wait_seconds: int = 0
) -> Response:
    language = ui_language(request)
    said = texts(language)[error].format(seconds=wait_seconds) if error else ""
    response = html("login.html", language, status, error=said, name=name)
    if wait_seconds:
        response.headers["retry-after"] = str(wait_seconds)
    return response


async def _show_sign_in(request: Request) -> Response:
    if await desk_of(request).sessions.of(request) is not None:
        return RedirectResponse(HOME, status_code=303)
    return _login(request)


async def _sign_in(request: Request) -> Response:
    """Sign in: the try is counted, then the password is looked at, then the failure is noted."""
    desk = desk_of(request)
    fields = await form_fields(request)
    if not from_our_page(request):
        return _login(request, "wrong_password", status=403)
    name = fields.get("name", "").strip().lower()[:64]
    address = address_of(request)
    state, secret = desk.handoff.state, desk.settings.secret
    account = await accounts.load(state, name) if accounts.NAME.fullmatch(name) else None
    device = devices.known(request, account, secret)
    attempt = await desk.attempts.reserve(name, address, device)
    if attempt.wait_seconds:
        return _login(request, "too_many_tries", name, 429, attempt.wait_seconds)
    try:
        fits = await accounts.opens(account, fields.get("password", ""), device=bool(device))
    except accounts.Busy:
        await desk.attempts.give_back(attempt)
        return _login(request, "sign_in_busy", name, 503, BUSY_SECONDS)
    if account is None or not fits:
        known = account.name if account is not None else ""
        await audit.write(state, known, "sign_in_failed", detail=origin_code(secret, address))
        return _login(request, "wrong_password", name, 403)
    await desk.attempts.succeeded(attempt)
    language = fields.get("language", "")
    response = RedirectResponse(HOME, status_code=303)
    await desk.sessions.begin(
        account,
        language if language in UI_LANGUAGES else ui_language(request),
        request,
        response,
    )
    devices.remember(response, account, secret, secure=desk.sessions.secure(request))
    await audit.write(state, account.name, "signed_in", detail=origin_code(secret, address))
    return response


async def _sign_out(request: Request, session: Session) -> Response:
    """Sign out; what an operator still has goes back to the queue, and people are told."""
    desk = desk_of(request)
    for case in await desk.handoff.cases.active():
        if case.operator == session.name:
            await desk.handoff.cases.hand_over(case, session.name)
    await desk.handoff.presence.leave(session.name)
    await audit.write(desk.handoff.state, session.name, "signed_out")
    response = RedirectResponse(SIGN_IN, status_code=303)
    await desk.sessions.end(session, response)
    return response


async def _set_language(request: Request, session: Session) -> Response:
    language = request.state.fields.get("language", "")
    if language in UI_LANGUAGES:
        await desk_of(request).sessions.speak(session, language)
    back = request.state.fields.get("back", "")
    known = (HOME, "/console/supervisor", "/console/audit")
    return RedirectResponse(back if back in known else HOME, status_code=303)


async def _show_desk(request: Request, session: Session) -> Response:
    said = texts(session.language)
    for_script = {
        "name": session.name,
        "role": session.account.role,
        "csrf": session.csrf,
        "language": session.language,
        "documents": desk_of(request).passages.on,
        "languages": NAMES,
        "outcomes": OUTCOMES,
        "ages": AGES,
        "longest": api.LONGEST_WRITTEN,
        "t": said,
    }
    data = json.dumps(for_script, ensure_ascii=False).replace("<", "\\u003c")
    return html("desk.html", session.language, session=session, data=data)


async def _figures(request: Request, session: Session) -> Response:
    desk = desk_of(request)
    period = _period(request)
    days = await audit.days(desk.handoff.state, period)
    seen = await desk.handoff.presence.seen()
    available = await desk.handoff.presence.available()
    return html(
        "supervisor.html",
        session.language,
        session=session,
        period=period,
        periods=PERIODS,
        days=days,
        total=audit.total(days),
        levels=tuple(reversed(URGENCY_LEVELS)),
        names=NAMES,
        channels=CHANNELS,
        outcomes=OUTCOMES,
        on_duty=[(name, name in available) for name in sorted(seen)],
        waiting=len(await desk.handoff.cases.waiting()),
        active=len(await desk.handoff.cases.active()),
        minutes=_minutes,
    )


CSV_HEAD = (
    "date opened urgent high none claimed closed refused expired lost_operator transferred "
    "waited_mean_s waited_longest_s handled_mean_s handled_longest_s"
).split()


async def _csv(request: Request, session: Session) -> Response:
    desk = desk_of(request)
    period = _period(request)
    days = await audit.days(desk.handoff.state, period)
    file = io.StringIO()
    writer = csv.writer(file)
    kinds = [
        *(f"language:{code}" for code in NAMES),
        *(f"channel:{code}" for code in CHANNELS),
        *(f"outcome:{code}" for code in OUTCOMES),
    ]
    writer.writerow([*CSV_HEAD, *(kind.replace(":", "_") for kind in kinds)])
    for day in days:
        counts = day.counts.get
        writer.writerow(
            [
                day.date.isoformat(),
                counts("opened", 0),
                *(counts(f"level:{level}", 0) for level in ("urgent", "high", "none")),
                counts("claimed", 0),
                *(
                    counts(name, 0)
                    for name in ("closed", "refused", "expired", "lost", "transferred")
                ),
                *_times(day, "waited"),
                *_times(day, "handled"),
                *(counts(kind, 0) for kind in kinds),
            ]
        )
    await audit.write(desk.handoff.state, session.name, "figures_downloaded", detail=str(period))
    return Response(
        file.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="chaski-{period}-days.csv"'},
    )


def _times(day: Day, what: str) -> tuple[str, str]:
    mean = day.mean(what)
    if mean is None:
        return "", ""
    return f"{mean:.0f}", str(day.counts.get(f"{what}:longest", 0))


def _period(request: Request) -> int:
    wanted = whole_number(request.query_params.get("days", ""))
    return wanted if wanted in PERIODS else 7


def _minutes(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


async def _audit(request: Request, session: Session) -> Response:
    deeds = await audit.trail(desk_of(request).handoff.state, TRAIL)
    rows = [
        (datetime.fromtimestamp(deed.at, hours.LIMA).strftime("%Y-%m-%d %H:%M:%S"), deed)
        for deed in deeds
    ]
    return html("audit.html", session.language, session=session, rows=rows)


async def _referral(request: Request, session: Session) -> Response:
    desk = desk_of(request)
    case = await desk.handoff.cases.get(request.path_params["case"])
    if case is None or case.operator != session.name:
        return RedirectResponse(HOME, status_code=303)
    if not case.consent:
        return html("no_consent.html", session.language, 409, session=session, case=case)
    await audit.write(desk.handoff.state, session.name, "referral_form", case.id)
    suggested = {box for one in categories() if one.name in case.cues for box in one.referral}
    if case.age == "minor":
        suggested.add("child_at_risk")
    return html(
        "referral.html",
        session.language,
        session=session,
        case=case,
        place=place_name(case.district),
        person_language=NAMES.get(case.language, case.language),
        opened=datetime.fromtimestamp(case.opened, hours.LIMA).strftime("%d/%m/%Y"),
        consent=datetime.fromtimestamp(case.consent, hours.LIMA).strftime("%d/%m/%Y %H:%M"),
        suggested=suggested,
    )
