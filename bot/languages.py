"""The six languages: the one list that everything else reads.

Decides their order (the order of menus), their own names, which of them are drafts (no native
speaker has reviewed them yet), and how a person asks for one of them by name.
"""

from __future__ import annotations

import re

from bot.folding import fold

ORIGINAL = "es"
"""Answers are written in this language first; the others are translations."""

NAMES: dict[str, str] = {
    "es": "Español",
    "en": "English",
    "pt": "Português",
    "fr": "Français",
    "ht": "Kreyòl ayisyen",
    "qu": "Runasimi",
}
"""Language code (ISO 639-1) to the language's own name, in menu order."""

LANGUAGES: tuple[str, ...] = tuple(NAMES)

DRAFTS: frozenset[str] = frozenset({"ht", "qu"})
"""Languages whose texts no native speaker has reviewed yet."""

_SPOKEN_OF: dict[str, str] = {
    "es": "espanol castellano spanish espanhol espagnol panyol pannyol kastilla kastillanu",
    "en": "ingles english anglais angle inglis",
    "pt": "portugues portuguese portugais pottige brasileiro brasilero",
    "fr": "frances french francais franse fransuwa",
    "ht": "creole criollo kreyol creol kreyon ayisyen haitiano haitiana haitian haitien",
    "qu": "quechua quichua kichwa runasimi qechwa runashimi qichwa keshwa",
}
"""How each language is called, in all six, folded."""

_BY_NAME: dict[str, str] = {
    name: code for code, names in _SPOKEN_OF.items() for name in names.split()
}

_ASKING = fold(
    "en in em an em nan pi ta por favor please plis silvouple souple svp favor "
    "habla hablas hablar hable hablame habla escribe escribeme escribir puedes quiero prefiero "
    "responde respondeme contesta cambia cambiar idioma lengua speak talk write answer change to "
    "switch language can you could we i do want prefer me only solo un poco fale falar pode voce "
    "quero escreva mudar lingua responda parlez parler parle ecrivez je veux voulez vous langue "
    "changer tu peux s il te vous plait pale ka ou m mwen vle ekri chanje lang reponn rimay "
    "rimayta munani simipi simi qillqay allichu el la le de mi my not no entiendo understand "
    "hola hello bonjour bonjou hi ola aqui y and e et ak a al si yes oui sim wi gracias thanks "
    "mejor now ahora desde from on agora maintenant kounye gen nou kreye better lo nao entendo pas "
    "comprends pa konprann mana manam entiendeni dont don t"
).split()
_FILLERS: frozenset[str] = frozenset(_ASKING)
_NEGATIONS = frozenset({"no", "not", "nao", "pas", "pa", "mana", "manam"})
_SUFFIX = re.compile(r"(pi|ta|manta|wan)$")
_LONGEST_REQUEST = 12
"""Words; a longer message that names a language is about something else."""


def requested(text: str) -> str | None:
    """The language that a message asks for by name.

    "english please", "puedes hablar en creole", "Français" and "runasimipi" ask for one;
    "necesito un interprete de quechua" names one and asks for something else.

    Args:
        text: A message as written.

    Returns:
        A code of `LANGUAGES`, or None where the message asks for none.
    """
    words = re.findall(r"\w+", fold(text))
    if not words or len(words) > _LONGEST_REQUEST:
        return None
    named: list[str] = []
    others = 0
    for word in words:
        code = _BY_NAME.get(word) or _BY_NAME.get(_SUFFIX.sub("", word))
        if code:
            named.append(code)
        elif word not in _FILLERS:
            others += 1
    if others or not named:
        return None
    if not _NEGATIONS.isdisjoint(words):
        # "no entiendo español, english please": the last of two is the wish, one alone is none
        return named[-1] if len(set(named)) == 2 else None
    return named[0] if len(set(named)) == 1 else None


def accepted(header: str) -> str:
    """The first of the six languages that a browser asks for (Accept-Language); else Spanish."""
    ranked = []
    for number, part in enumerate(header.split(",")[:20]):
        match = re.match(r"\s*([a-zA-Z]{2,3})(?:-[\w-]+)?(?:\s*;\s*q=([01](?:\.\d+)?))?", part)
        if match and match.group(1).lower() in LANGUAGES:
            ranked.append((-float(match.group(2) or 1), number, match.group(1).lower()))
    return min(ranked)[2] if ranked else ORIGINAL
