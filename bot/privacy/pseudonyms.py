"""Who is who, without knowing who: conversation ids and web tokens.

Decides that a conversation is known by an HMAC of channel and sender (law 2), computed in the
channel before anything else sees the sender, and that a web session is a random token which
carries its own proof: it can be checked while Redis is down, and nothing about it is stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time

SESSION_SECONDS = 24 * 3600
"""How long a web token is good for; as long as a conversation's codes are kept."""

_RANDOM_BYTES = 16
_PROOF_BYTES = 16


def conversation_id(secret: str, channel: str, sender: str) -> str:
    """The pseudonym of a sender on a channel.

    Args:
        secret: The installation's secret.
        channel: Of `bot.turn.CHANNELS`; the same person on two channels is two conversations.
        sender: Whatever names the sender there; not kept.

    Returns:
        32 hexadecimal digits.
    """
    message = f"{channel}\0{sender}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()[:32]


def new_session_token(secret: str, now: float | None = None) -> str:
    """A token for a web session: expiry, random bytes and proof, in URL-safe letters."""
    expiry = int((time.time() if now is None else now) + SESSION_SECONDS)
    body = expiry.to_bytes(5, "big") + secrets.token_bytes(_RANDOM_BYTES)
    return _spelled(body + _proof(secret, body))


def valid_session_token(secret: str, token: str, now: float | None = None) -> bool:
    """Whether a token was made here and has not expired."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return False
    if len(raw) != 5 + _RANDOM_BYTES + _PROOF_BYTES or _spelled(raw) != token:
        return False  # another spelling of the same bytes would be another conversation
    body, proof = raw[:-_PROOF_BYTES], raw[-_PROOF_BYTES:]
    fresh = int.from_bytes(body[:5], "big") > (time.time() if now is None else now)
    return hmac.compare_digest(proof, _proof(secret, body)) and fresh


def _spelled(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _proof(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), b"web session\0" + body, hashlib.sha256).digest()[
        :_PROOF_BYTES
    ]
