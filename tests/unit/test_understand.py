"""What a reading means for the dialogue, where the reader is not sure."""

from __future__ import annotations

import pytest

from bot.stages.understand import SURE, SURE_OF_NOTHING, for_dialogue
from bot.stores.conversation import Conversation
from bot.turn import Understanding


def intent_of(intent: str, confidence: float) -> str:
    read = Understanding(
        intent=intent, confidence=confidence, language="fr", ranking=((intent, confidence),)
    )
    return for_dialogue(read, "comment renouveler ma carte", Conversation()).intent


@pytest.mark.parametrize(
    ("intent", "confidence", "meant"),
    [
        ("regularise_status", SURE, "regularise_status"),
        ("regularise_status", SURE - 0.01, "not_understood"),
        ("out_of_scope", SURE_OF_NOTHING, "out_of_scope"),
        ("out_of_scope", SURE_OF_NOTHING - 0.01, "not_understood"),
    ],
)
def test_what_is_not_sure_is_met_with_guesses(intent: str, confidence: float, meant: str) -> None:
    assert intent_of(intent, confidence) == meant
