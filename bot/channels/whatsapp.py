"""WhatsApp and SMS through Twilio: a signed form comes in, TwiML goes out.

Decides that nothing unsigned is read (there is no switch that turns the check off; without an auth
token the webhook is closed), that a form of more than `bot.http.body.MOST_FIELDS` is refused before
it is checked, that the signature is checked over the raw body with blank fields kept, that an
address whose signatures are wrong again and again is told to wait (`bot.channels.refusals`), that a
sender becomes a pseudonym at once, that media are never fetched, and that a turn is one message of
as many characters as the channel takes, since the order of several is not guaranteed. While an
operator has the conversation a turn is answered only with what could not be posted yet: what
operators write is posted (`bot.handoff.delivery`), and Twilio tells under `STATUS_PATH` how it
fared.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bot.answers.tables import say
from bot.channels.refusals import Refusals
from bot.handoff.delivery import STATUS_PATH
from bot.http.body import Form, TooLarge, read_body, read_form
from bot.http.callers import address_of
from bot.http.errors import RequestRefused
from bot.privacy import logs
from bot.privacy.pseudonyms import conversation_id
from bot.privacy.return_address import ReturnAddress, seal
from bot.services import Services, services_of
from bot.settings import Settings
from bot.stages import answer
from bot.text.cleaning import clean
from bot.text.numbers import whole_number
from bot.turn import Position, Turn, abilities_of
from bot.twilio.rest import length

PATH = "/webhooks/whatsapp"

LONGEST_BODY = 96 * 1024
"""Bytes: a form escapes one emoji with twelve, and Twilio takes 1,600 letters of a message."""

LONGEST_ID = 64

logger = logging.getLogger(__name__)

_refusals = Refusals()


def routes() -> list[Route]:
    """The webhook for WhatsApp and SMS."""
    return [
        Route(PATH, _webhook, methods=["POST"]),
        Route(STATUS_PATH, _status, methods=["POST"]),
    ]


async def _webhook(request: Request) -> Response:
    services = services_of(request)
    form = await _form(request, services.settings)
    turn = turn_of(form, services.settings)
    if turn is None:
        raise RequestRefused(400, "no_sender", "From or ExternalUserId is missing.")
    turn = await answer(turn, services)
    await services.redactor.ask(turn.message_id)
    if turn.relayed:
        return _twiml(await _waiting(turn, services))
    return _twiml(render(turn))


async def _waiting(turn: Turn, services: Services) -> str:
    """What an operator wrote and Twilio has not taken yet; it may as well go with this answer."""
    try:
        return await services.handoff.with_answer(
            turn.conversation, abilities_of(turn.channel).longest_message
        )
    except Exception as error:  # it goes on waiting
        logs.failure(logger, "nothing taken along", error, channel=turn.channel)
        return ""


async def _status(request: Request) -> Response:
    """How a message of an operator's fared: Twilio often refuses only after it has accepted."""
    services = services_of(request)
    form = await _form(request, services.settings)
    message, state = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if message.isalnum() and len(message) <= LONGEST_ID:
        code = form.get("ErrorCode", "")
        await services.handoff.fared(message, state, code if whole_number(code) is not None else "")
    return Response(status_code=204)


async def _form(request: Request, settings: Settings) -> Form:
    """The signed form.

    Raises:
        RequestRefused: It is too large, or nothing that Twilio has signed.
    """
    if not settings.twilio_auth_token:
        raise RequestRefused(503, "not_configured", "CHASKI_TWILIO_AUTH_TOKEN is not set.")
    if not request.headers.get("x-twilio-signature"):
        raise _unsigned(request)  # whatever its body is: nobody reads it
    address = address_of(request)
    with _refusals.looking(address) as free:
        if not free:
            raise _unsigned(request)
        try:
            body = await read_body(request, LONGEST_BODY)
            # In a thread: who sends what is dear to check holds up no turn of others
            form, signed = await asyncio.to_thread(_checked, request, body, settings)
        except TooLarge:
            _refusals.wait(address)
            raise RequestRefused(413, "too_large", "The form is too large.") from None
    if not signed:
        raise _unsigned(request)
    return form


def _checked(request: Request, body: bytes, settings: Settings) -> tuple[Form, bool]:
    form = read_form(body)
    return form, _signed(request, form, settings)


def _unsigned(request: Request) -> RequestRefused:
    wait = _refusals.wait(address_of(request))
    if wait:
        message = "Too many wrong signatures."
        return RequestRefused(429, "too_many_requests", message, retry_after=str(wait))
    logs.event(logger, logging.WARNING, "unsigned request refused", channel="whatsapp")
    return RequestRefused(403, "bad_signature", "The signature is missing or wrong.")


def turn_of(form: Form, settings: Settings) -> Turn | None:
    """The turn of a form; profile names, numbers and media addresses stay behind (law 2).

    Returns:
        None where the form names no sender.
    """
    sender = form.get("ExternalUserId") or form.get("From") or ""
    if not sender:
        return None
    on_whatsapp = form.get("From", "").startswith("whatsapp:") or "ExternalUserId" in form
    channel = "whatsapp" if on_whatsapp else "sms"
    identity = (form.get("MessageSid") or form.get("SmsMessageSid") or "")[:LONGEST_ID]
    media = form.get("NumMedia", "0")
    conversation = conversation_id(settings.secret, channel, sender)
    return Turn(
        channel=channel,
        conversation=conversation,
        return_address=seal(settings.secret, conversation, _return_address(form)),
        message_id=identity if identity.isalnum() else "",
        text=clean(form.get("Body", "")),
        position=_position(form),
        media=(whole_number(media) or 0) > 0,
    )


def _return_address(form: Form) -> ReturnAddress:
    """Where an operator's answer goes: to where this came from, from where it was sent to."""
    to = form.get("From") or f"whatsapp:{form.get('ExternalUserId', '')}"
    return ReturnAddress(to=to, sender=form.get("To", ""))


def render(turn: Turn) -> str:
    """The replies of a turn as one message, its choices numbered."""
    choices = [choice for reply in turn.replies for choice in reply.choices]
    menu = ""
    if choices:
        lines = [f"{number}. {choice.title}" for number, choice in enumerate(choices, start=1)]
        menu = "\n".join([say("choice_prompt", turn.language or "es"), *lines])
    longest = abilities_of(turn.channel).longest_message
    return fit([reply.text for reply in turn.replies], menu, longest)


def fit(texts: list[str], menu: str, longest: float) -> str:
    """Texts and a menu within a length: the first text and the menu are kept longest.

    Later texts are left out from the end; if the first alone is too long, it loses paragraphs.
    """
    kept = list(texts)
    while len(kept) > 1 and length(_joined(kept, menu)) > longest:
        kept.pop()
    paragraphs = kept[0].split("\n\n") if kept else []
    while len(paragraphs) > 1 and length(_joined(kept, menu)) > longest:
        paragraphs.pop()
        kept = ["\n\n".join(paragraphs)]
    message = _joined(kept, menu)
    while length(message) > longest:
        message = message[:-1]
    return message


def _joined(texts: list[str], menu: str) -> str:
    return "\n\n".join([*texts, menu] if menu else texts)


def _position(form: Form) -> Position | None:
    try:
        return Position.of(float(form["Latitude"]), float(form["Longitude"]))
    except (KeyError, ValueError):
        return None


def _signed(request: Request, form: Form, settings: Settings) -> bool:
    signature = request.headers.get("x-twilio-signature", "")
    validator = RequestValidator(settings.twilio_auth_token)
    try:
        return bool(validator.validate(_address(request, settings), form, signature))
    except ValueError:  # the address that the request names is none
        return False


def _address(request: Request, settings: Settings) -> str:
    """The address that Twilio called and signed."""
    query = f"?{request.url.query}" if request.url.query else ""
    if settings.public_url:
        return f"{settings.public_url}{request.url.path}{query}"
    return str(request.url)


def _twiml(message: str) -> Response:
    response = MessagingResponse()
    if message:
        response.message(message)
    return Response(str(response), media_type="text/xml")
