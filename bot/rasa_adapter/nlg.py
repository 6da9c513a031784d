"""Rasa's natural language generator, which speaks from our own tables.

Decides that an action's `response` names a topic of `bot.answers.tables`: Rasa's own responses took
3.6 s to load and 25 s to train for the same texts.
"""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator

from bot.answers.tables import say
from bot.text.languages import ORIGINAL


class AnswersNLG(NaturalLanguageGenerator):  # type: ignore[misc]
    """Answers of the tables, in the language of the conversation."""

    def __init__(self, endpoint_config: Any = None, domain: Any = None) -> None:
        del endpoint_config, domain  # Rasa hands an empty domain; the tables are our own

    async def generate(
        self, utter_action: str, tracker: Any, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """The text of a topic in the conversation's language, with its topic and choices."""
        del output_channel
        language = tracker.get_slot("language") or ORIGINAL
        values = {name: value for name, value in kwargs.items() if isinstance(value, str)}
        return {"text": say(utter_action, language, **values)}
