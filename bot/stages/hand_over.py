"""While a person waits for an operator, or writes with one: who gets the message.

Decides that an active hand-off takes everything the person sends and keeps the bot silent, but
never the wish to stop, to erase or to leave; that while waiting the bot still answers, and "no,
gracias" withdraws; and that yes or no after an offer needs no model. A word that leaves works in
any of the six languages. If a message cannot be handed over, the turn fails and the person gets
the safe answer (law 5).
"""

from __future__ import annotations

import logging

from redis.exceptions import RedisError

from bot.answers.tables import choice_title
from bot.directory.nearest import district_at
from bot.handoff.case import Case
from bot.privacy import logs
from bot.stages.choose import code_of
from bot.stages.context import Context
from bot.text.folding import words
from bot.text.languages import ORIGINAL
from bot.text.lexicon import entries
from bot.turn import Answered, Turn, Understanding

LEAVE = "handoff_leave"
WITHDRAW = "handoff_withdraw"
ACCEPT = "handoff_accept"
DECLINE = "handoff_decline"

LEAVE_WORDS = entries("leave")
"""One of them alone ends an active hand-off; its notices name them."""

NO_THANKS = entries("no_thanks")
"""Said alone while waiting, it withdraws; after an offer, it declines."""

YES = entries("accept")
NO = entries("decline")
"""Words of a yes and of a no to an offer."""

LONGEST_WISH = 80
"""Characters of a message that is a yes, a no or a word that leaves."""

LONGEST_ANSWER = 3
"""Words of a yes or a no."""

logger = logging.getLogger(__name__)

_ENDS = frozenset({"opt_out", "delete_my_data"})


async def run(turn: Turn, context: Context) -> None:
    """Hand the message to the operator, or let it pass."""
    case = await context.services.handoff.case_of(turn.conversation)
    if case is None:
        _answer_to_offer(turn, context)
        return
    context.case = case
    turn.handoff = "active" if case.state == "active" else "waiting"
    wish = turn.understanding.intent if turn.understanding is not None else ""
    if wish in _ENDS:
        await context.services.handoff.leave(turn.conversation)
        turn.handoff = "closed"
    elif _leaves(turn, case):
        _take(turn, LEAVE if case.state == "active" else WITHDRAW)
    elif case.state == "active":
        await _hand_over(turn, context, case)
        turn.text, turn.position = "", None
        turn.language = context.conversation.language or turn.language
        context.begin_replies(turn)
        turn.relayed = True
        raise Answered


async def after(turn: Turn, context: Context) -> None:
    """Keep where to answer while a hand-off is open, and in which language."""
    if turn.erase or turn.handoff not in ("waiting", "active"):
        return
    handoff = context.services.handoff
    if context.case is not None and turn.language and turn.language != context.case.language:
        await handoff.speaks(context.case, turn.language)
    try:
        if turn.return_address:
            await handoff.keep_address(turn.conversation, turn.return_address)
    except RedisError as error:  # the answer is there all the same; the next message keeps it
        logs.failure(logger, "return address not kept", error)


def _leaves(turn: Turn, case: Case) -> bool:
    if turn.choice in (LEAVE, WITHDRAW):
        return True
    said = _few_words(turn)
    if case.state == "active":
        return len(said) == 1 and said[0] in LEAVE_WORDS
    return " ".join(said) in NO_THANKS


def _few_words(turn: Turn) -> list[str]:
    """The words of a message that may be a wish by itself; none of a longer one."""
    return words(turn.text) if len(turn.text) <= LONGEST_WISH else []


def _answer_to_offer(turn: Turn, context: Context) -> None:
    if turn.choice in (LEAVE, WITHDRAW):  # pressed after it had ended
        _take(turn, LEAVE)
        return
    said = _few_words(turn)
    if context.conversation.asks != "handoff" or not said:
        return
    if " ".join(said) in NO_THANKS or (len(said) <= LONGEST_ANSWER and set(said) <= NO):
        _take(turn, DECLINE)
    elif len(said) <= LONGEST_ANSWER and set(said) <= YES:
        _take(turn, ACCEPT)


def _take(turn: Turn, intent: str) -> None:
    turn.text, turn.choice = "", ""
    turn.understanding = Understanding(intent=intent)


async def _hand_over(turn: Turn, context: Context, case: Case) -> None:
    handoff = context.services.handoff
    if turn.position is not None:
        district = district_at(turn.position.latitude, turn.position.longitude)
        await handoff.from_person(case, district, "place", turn.message_id)
    elif code := code_of(turn, context) if turn.choice else "":
        title = choice_title(code, context.conversation.language or ORIGINAL)
        await handoff.from_person(case, title, "person", turn.message_id)
    elif turn.media or not turn.text:  # nothing that can be shown
        await handoff.from_person(case, "", "media", turn.message_id)
    if turn.text:
        once = f"{turn.message_id} text" if turn.message_id else ""
        await handoff.from_person(case, turn.text, "person", once)
