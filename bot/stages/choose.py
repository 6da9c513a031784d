"""A pressed button, a number or a typed title: what the last reply offered, without the model.

Decides that a choice is good for the conversation's last reply only. A number counts where that
reply offered choices, also in words ("la segunda"); else it is a message like any other ("1818" is
a question).
"""

from __future__ import annotations

import re

from bot.stages.context import Context
from bot.text.folding import fold, words
from bot.text.languages import ORIGINAL
from bot.text.lexicon import alternatives, by_code, entries
from bot.turn import Answered, PlaceReading, Turn, Understanding

_NUMBER = re.compile(rf"(?:{alternatives('before_a_number')})?[\s.:#]*(\d{{1,2}})[\s.):]*")

_ORDINALS = by_code("ordinals")
_AROUND = entries("around_an_ordinal")


async def run(turn: Turn, context: Context) -> None:
    """Turn a choice into what it stands for."""
    if turn.understanding is not None:
        return
    code = code_of(turn, context)
    if code:
        turn.text = ""
        turn.understanding = understanding_of(code)
    elif turn.choice:
        turn.language = context.conversation.language or ORIGINAL
        context.answer(turn, "choice_expired")
        raise Answered


def understanding_of(code: str) -> Understanding:
    """What a choice code stands for: "report_fear", "give_place?place=211101"."""
    intent, _, parameter = code.partition("?")
    name, _, value = parameter.partition("=")
    return Understanding(
        intent=intent,
        language=value if name == "language" else "",
        ranking=((value, 1.0),) if name == "topic" else (),
        place=PlaceReading(code=value if name == "place" else ""),
    )


def code_of(turn: Turn, context: Context) -> str:
    """The code of the button that the turn pressed, numbered or typed; empty where it is none."""
    kept = context.conversation
    if turn.choice:
        return kept.choices.get(turn.choice, "")
    if not kept.choices or len(turn.text) > 80:
        return ""
    typed = fold(turn.text).strip(" .!?¿¡\"'")
    position = _position(typed)
    if position:
        codes = list(kept.choices.values())
        return codes[position - 1] if position <= len(codes) else ""
    return kept.choices.get(kept.titles.get(typed, ""), "")


def _position(typed: str) -> int:
    """Which of the choices is meant: "2", "opción 2", "la segunda"; 0 where none is."""
    number = _NUMBER.fullmatch(typed)
    if number:
        return int(number.group(1))
    found = words(typed)
    named = [word for word in found if word in _ORDINALS]
    plain = all(word in _ORDINALS or word in _AROUND for word in found)
    return int(_ORDINALS[named[0]]) if len(named) == 1 and plain else 0
