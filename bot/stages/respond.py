"""Rules and actions make the replies from the codes.

Decides which intent the dialogue gets (danger before everything), what the codes are that travel
with it, and what becomes of what the actions say: choices with ids, the note that a language is a
draft, erasing.
"""

from __future__ import annotations

from bot.answers.tables import answers, say
from bot.stages.context import MADE_BY_CHOICE, Context
from bot.stages.understand import FOLLOW_UP, GUESSES, SMALL_TALK
from bot.stores.conversation import Conversation
from bot.text.languages import DRAFTS, ORIGINAL
from bot.turn import NUMBER_OF, URGENCY_LEVELS, Answered, Turn, Understanding

NEVER_GUESSED = SMALL_TALK | {"menu", "opt_out", "delete_my_data", "choose_language", "ask_source"}
"""Topics that are no help to somebody who was not understood."""


async def run(turn: Turn, context: Context) -> None:
    """Let the assistant answer."""
    understanding = turn.understanding
    assert understanding is not None  # noqa: S101 - `understand` sees to it
    intent, entities = for_assistant(understanding, turn, context.conversation)
    said = await context.services.dialogue.respond(turn.conversation, intent, entities)
    context.begin_replies(turn)
    for number, one in enumerate(said):
        # What leads on belongs below the last message of the turn
        last = number == len(said) - 1
        codes = said[0].choices if last and not one.choices else one.choices
        text = one.text if number else with_number(one.text, understanding, turn)
        context.reply(turn, text, one.topic, codes if last else ())
        context.conversation.asks = one.asks or context.conversation.asks
        if one.effect == "erase":
            turn.erase = True
        elif one.effect:
            turn.handoff = one.effect
    context.conversation.topic = turn.replies[0].topic if turn.replies else ""
    _keep_the_level(turn, context)
    draft = any(_is_draft(one.topic, turn.language) for one in turn.replies)
    if draft and not context.conversation.draft_told and not turn.erase:
        context.conversation.draft_told = True
        _add_draft_notice(turn, context)
    raise Answered


def with_number(text: str, read: Understanding, turn: Turn) -> str:
    """The first reply with the number of an emergency that may be meant as well.

    Beside the number that a plea begins with; before the answer to what may be a plea.
    """
    if not read.also or turn.urgency == "none":
        return text
    number = say(f"number_{NUMBER_OF[read.also]}", turn.language)
    if turn.urgency == "high":
        return f"{number}\n\n{text}"
    first, paragraph, rest = text.partition("\n\n")
    return f"{first} {number}{paragraph}{rest}"


def _keep_the_level(turn: Turn, context: Context) -> None:
    """The conversation's level rises with a message and falls only by the person's word."""
    kept = context.conversation
    assert turn.understanding is not None  # noqa: S101 - the caller has seen to it
    if turn.understanding.intent == "danger_over":
        kept.urgency = "none"
    kept.urgency = turn.urgency = max(kept.urgency, turn.urgency, key=URGENCY_LEVELS.index)


def for_assistant(
    read: Understanding, turn: Turn, kept: Conversation
) -> tuple[str, dict[str, str]]:
    """The intent and the entities that Rasa gets: codes only."""
    entities = {
        "language": turn.language or ORIGINAL,
        "place": read.place.code,
        "candidates": " ".join(read.place.candidates),
        "foreign": read.place.foreign,
        "urgency": turn.urgency,
        "cues": " ".join(read.cues),
        "kind": read.kind,
        "age_group": kept.age_group,
        "level": max(kept.urgency, turn.urgency, key=URGENCY_LEVELS.index),
        "channel": turn.channel,
    }
    intent = read.intent
    if turn.urgency == "urgent":
        entities["topic"] = intent
        intent = "urgent"
    elif intent == FOLLOW_UP:
        entities["follow_up"] = read.follow_up
        entities["topic"] = read.ranking[0][0] if read.ranking else ""
    elif intent == MADE_BY_CHOICE:
        entities["topic"] = read.ranking[0][0]
    elif intent == "position_outside":
        intent, entities["topic"] = "give_place", "position_outside"
    elif intent == "choose_language" and read.language == turn.language:
        entities["topic"] = "language_changed"
    elif intent == "not_understood":
        guesses = [name for name, _ in read.ranking if name not in NEVER_GUESSED][:GUESSES]
        entities["guesses"] = " ".join(guesses)
    return intent, entities


def _is_draft(topic: str, language: str) -> bool:
    known = answers().get(topic)
    return known.is_draft(language) if known else language in DRAFTS


def _add_draft_notice(turn: Turn, context: Context) -> None:
    """Say once that a language is a draft, and offer Spanish."""
    notice = say("draft_notice", turn.language)
    last = turn.replies[-1]
    codes = [context.conversation.choices[choice.id] for choice in last.choices]
    last.choices = []
    context.conversation.choices, context.conversation.titles = {}, {}
    context.reply(turn, notice, last.topic, [*codes, f"choose_language?language={ORIGINAL}"])
