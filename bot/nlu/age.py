"""Whether the person says how old they are: an adult, a minor, or unsure.

Decides by form alone, in six languages ("tengo 15 años", "mwen gen 15 an", "soy menor"), and only
about the person who writes: minors have a route of their own (SOP 3.3.2, child route), and a doubt
about age counts as a minor (SOP 1.4). Only "adult" or "minor" is kept, never the age.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.text.folding import fold

AgeGroup = Literal["", "adult", "minor"]

ADULT_FROM = 18
OLDEST = 99
YOUNGEST = 5

_YEARS = re.compile(
    r"\b(?:tengo|cumpli|voy a cumplir|i am|i m|im|am|tenho|fiz|j ai|jai|mwen gen|m gen|map gen|"
    r"m genyen|mwen genyen)\s+(?:solo |apenas |only |just |so |seulement |selman |casi |quase )?"
    r"(\d{1,2})\s*(?:anos?|anitos|years?|yrs?|yo|y o|ans?|lane|an)?\b(?!\s*(?:dias|days|hijos|"
    r"kids|meses|months|semanas|weeks|filhos|enfants|pitit|mois|horas|hours|soles|personas|aqui|"
    r"aca|en|viviendo|vivendo|trabajando|trabalhando|sin|sem|con|com|desde|que|fuera|fora|"
    r"de(?! edad| idade)|no peru|here|in|living|working|since|without|ici|au|dans|depuis|sans|"
    r"isit|nan|depi))"
)
_YEARS_NAMED = re.compile(r"\b(?:anos?|anitos|years?|yrs?|yo|ans|an|lane|watayuq|watayoq)\b")
_QUECHUA = re.compile(r"\b(\d{1,2})\s+wata(?:yuq|yoq)m?i?\s*(?:kani|kanim|kashani)?\b")
_MINOR = re.compile(
    r"\b(?:(?:soy|sigo siendo) menor(?: de edad)?|i(?: a)?m (?:a minor|underage|under age)|"
    r"sou menor(?: de idade)?|je suis mineure?|(?:mwen|m) (?:se )?mine|"
    r"todavia no (?:cumplo|tengo) (?:los )?18|aun no (?:cumplo|tengo) (?:los )?18|"
    r"ainda nao (?:fiz|tenho) 18|i m not 18 yet|(?:je n )?ai pas encore 18|"
    r"menor de edadmi kani|warmam kani)\b"
)
_UNSURE = re.compile(
    r"\b(?:no (?:se|estoy segur[oa] de?) (?:bien )?(?:mi edad|cuantos anos tengo)|"
    r"i (?:don t|dont|do not) know (?:my age|how old i am)|"
    r"nao sei (?:minha idade|quantos anos tenho)|"
    r"je ne (?:sais|connais) pas (?:mon age|quel age j ai)|(?:mwen|m) pa konnen laj (?:mwen|m)|"
    r"mana yachanichu hayka watayuq kasqayta)\b"
)
_PLAIN = re.compile(r"[^\w]+")


def age_group(text: str) -> AgeGroup:
    """The age group that a message states of its writer.

    Args:
        text: A message as written.

    Returns:
        "minor" also where the person does not know (SOP 1.4); empty where nothing is said.
    """
    plain = _PLAIN.sub(" ", fold(text)).strip()
    if _MINOR.search(plain) or _UNSURE.search(plain):
        return "minor"
    for pattern in (_YEARS, _QUECHUA):
        for match in pattern.finditer(plain):
            years = int(match.group(1))
            named = pattern is _QUECHUA or bool(_YEARS_NAMED.search(match.group()))
            alone = match.end() == len(plain)
            if YOUNGEST <= years <= OLDEST and (named or alone):
                return "minor" if years < ADULT_FROM else "adult"
    return ""
