"""Whether the person says how old they are: an adult, a minor, or unsure.

Decides by form alone, in six languages ("tengo 15 años", "mwen gen 15 an", "soy menor"), with
the words of the lexicon, and only about the person who writes: minors have a route of their own
(SOP 3.3.2, child route), and a doubt about age counts as a minor (SOP 1.4). Only "adult" or "minor"
is kept, never the age.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.text.folding import fold
from bot.text.lexicon import alternatives

AgeGroup = Literal["", "adult", "minor"]

ADULT_FROM = 18
OLDEST = 99
YOUNGEST = 5

_YEARS = re.compile(
    rf"\b(?:{alternatives('age_before')})\s+(?:(?:{alternatives('age_between')}) )?(\d{{1,2}})"
    rf"\s*(?:{alternatives('age_years', 'age_years_at_the_end')})?\b"
    rf"(?!\s*(?!{alternatives('age_before_all_the_same')})(?:{alternatives('age_not_before')}))"
)
_YEARS_NAMED = re.compile(rf"\b(?:{alternatives('age_years')})\b")
_YEARS_ALONE = re.compile(rf"\b(\d{{1,2}})\s+(?:{alternatives('age_years_alone')})\b")
_MINOR = re.compile(rf"\b(?:{alternatives('minor', 'age_unknown')})\b")
_PLAIN = re.compile(r"[^\w]+")


def age_group(text: str) -> AgeGroup:
    """The age group that a message states of its writer.

    Args:
        text: A message as written.

    Returns:
        "minor" also where the person does not know (SOP 1.4); empty where nothing is said.
    """
    plain = _PLAIN.sub(" ", fold(text)).strip()
    if _MINOR.search(plain):
        return "minor"
    for pattern in (_YEARS, _YEARS_ALONE):
        for match in pattern.finditer(plain):
            years = int(match.group(1))
            named = pattern is _YEARS_ALONE or bool(_YEARS_NAMED.search(match.group()))
            alone = match.end() == len(plain)
            if YOUNGEST <= years <= OLDEST and (named or alone):
                return "minor" if years < ADULT_FROM else "adult"
    return ""
