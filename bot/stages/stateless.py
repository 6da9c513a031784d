"""An answer without the state store: the message is read and answered as if it were the first.

Decides what can honestly be said then. Danger gets its number, a question its topic. Nothing is
offered that could not be taken up (choices, "which district?", a person): what may be written
instead is named. Who asked for erasing is told that it is not done; who writes with an operator,
that the message may not have arrived.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.answers.tables import say, title
from bot.services import Services
from bot.stages import choose, language, nothing_to_read, opt_out, respond, understand
from bot.stages.context import Context
from bot.stages.safe import language_of
from bot.stores.absence import absent_store
from bot.text.languages import ORIGINAL
from bot.turn import Answered, Reply, Turn

STAGES = (
    opt_out.run,
    nothing_to_read.run,
    choose.run,
    language.run,
    understand.run,
    respond.run,
)

Note = Literal["without_store", "not_handed_over"]
"""Phrase that tells what does not work."""

EXAMPLES = ("report_where", "asylum_how_to_apply", "shelter")
"""Topics whose titles are named as what may be written: each is understood in every language."""

_ASK_TO_CHOOSE = frozenset(
    {"out_of_scope", "menu", "choose_language", "choice_expired", "give_place"}
)
"""Topics whose reply is nothing without its choices."""

_OFFERS = ("high_offer", "nobody_on_duty", "handoff_offer")
"""Texts about persons, which nobody can know to be true without the store."""

_A_NUMBER = re.compile(r"\W*\d{1,2}\W*")


async def answer(turn: Turn, services: Services, note: Note) -> None:
    """Answer a message by itself.

    Args:
        turn: As a channel made it.
        services: The parts of this process; of them only the assistant is used.
        note: What does not work.
    """
    chosen = bool(turn.choice) or bool(_A_NUMBER.fullmatch(turn.text))
    context = Context(services)
    if chosen:
        turn.language = language_of(turn.text, services, turn.language or ORIGINAL)
    else:
        with absent_store():
            try:
                for stage in STAGES:
                    await stage(turn, context)
            except Answered:
                pass
    spoken = turn.language or ORIGINAL
    if turn.erase:
        turn.erase = False
        turn.replies = [
            Reply(say("safe", spoken), "safe"),
            Reply(say("not_erased", spoken), "safe"),
        ]
        return
    offers = {say(name, spoken) for name in _OFFERS}
    turn.replies = [reply for reply in turn.replies if reply.text not in offers]
    if (
        not turn.replies
        or context.conversation.asks
        or (note == "not_handed_over" and turn.urgency != "urgent")  # it was for the operator
        or (turn.urgency == "none" and turn.replies[0].topic in _ASK_TO_CHOOSE)
    ):
        turn.replies = [Reply(say("safe", spoken), "safe")]
    for reply in turn.replies:
        reply.choices = []
    told = say(note, spoken) if note != "without_store" else _may_be_written(spoken)
    turn.replies.insert(1, Reply(told, turn.replies[0].topic))


def _may_be_written(spoken: str) -> str:
    """What does not work, and what may be written instead of a choice."""
    examples = [title(topic, spoken) for topic in EXAMPLES] + [say("without_store_place", spoken)]
    return say("without_store", spoken, examples=" · ".join(examples))
