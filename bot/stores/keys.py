"""The keys of both stores and how long each lives: the one table of what is kept (`RETENTION`)."""

from __future__ import annotations

import hashlib

KEPT_SECONDS = 24 * 3600

RETENTION: dict[str, int] = {
    "tracker": KEPT_SECONDS,
    "conversation": KEPT_SECONDS,
    "erased": KEPT_SECONDS,
    "message": KEPT_SECONDS,
    "answered": KEPT_SECONDS,
    "erased_message": KEPT_SECONDS,
    "site_counts": 92 * 24 * 3600,
    "throttle": 60,
    "address": 60,
    "reading": 60,
    "address_reading": 60,
    "lock": 10,
    "health": 60,
    "probe": 60,
    "redaction": KEPT_SECONDS,
    "forgetting": KEPT_SECONDS,
    # a hand-off: codes, in the state store
    "case": KEPT_SECONDS,
    "case_of": KEPT_SECONDS,
    "case_origin": KEPT_SECONDS,
    "refused": KEPT_SECONDS,
    "desk": KEPT_SECONDS,
    # its words, in the relay store
    "words": 15 * 60,
    "delivery": 15 * 60,
    "once": 15 * 60,
    "sent": 15 * 60,
    "outbox": 15 * 60,
    "closing": 15 * 60,
    "sending": 15,
    "return_address": KEPT_SECONDS,
    # the operators' desk
    "session": 12 * 3600,
    "lockout": 15 * 60,
    "audit": 90 * 24 * 3600,
    "day": 400 * 24 * 3600,
    "account": 0,
}
"""Prefix of a Redis key to the seconds that it lives after it was last written; 0: until an
administrator removes it."""

RECORDS = frozenset({"account", "audit", "day", "site_counts"})
"""Prefixes of records: who may sign in, who did what to which case, counts of a day and of a site.
No conversation, no district and no person is named in them; only they outlive a day."""


def key(prefix: str, name: str) -> str:
    """A Redis key; the prefix must have a time to live."""
    if prefix not in RETENTION:
        raise KeyError(prefix)
    return f"{prefix}:{name}"


def trace(*parts: str) -> str:
    """What a key is named after where the conversation's pseudonym may not stand: it can be found
    again by who knows the parts, and nothing leads from it back to them."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
