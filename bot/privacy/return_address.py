"""A person's return address, sealed while it rests (law 2).

Decides that a number is encrypted (AES-GCM, a key derived from the installation's secret) before
anything but the channel sees it, and is bound to its conversation: it opens for no other.
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


@dataclass(frozen=True)
class ReturnAddress:
    """Where an answer goes, as Twilio writes addresses, and the number of ours it comes from."""

    to: str
    sender: str


def seal(secret: str, conversation: str, address: ReturnAddress) -> str:
    """An address that only this installation can read, for this conversation only."""
    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps([address.to, address.sender]).encode()
    sealed = _cipher(secret).encrypt(nonce, plain, conversation.encode())
    return urlsafe_b64encode(nonce + sealed).decode()


def unseal(secret: str, conversation: str, sealed: str) -> ReturnAddress | None:
    """The address; None where it was sealed by another installation or for somebody else."""
    try:
        raw = urlsafe_b64decode(sealed)
        plain = _cipher(secret).decrypt(
            raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], conversation.encode()
        )
        to, sender = json.loads(plain)
    except (ValueError, InvalidTag):
        return None
    return ReturnAddress(str(to), str(sender))


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"chaski return address")
    return AESGCM(key.derive(secret.encode()))
