"""The personal link that stops texts (R9.4): a message's id with a proof that we made it. Never expires."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import blake2b
from hmac import compare_digest

NAME = "unsubscribe_link"
PATH = "/u/"
# Eight bytes of proof: who guesses is right once in 18 quintillion tries, and each is a request.
_PROOF_BYTES = 8
LENGTH = 22


def key_of(secret: str) -> bytes:
    """The key of these links, of the server's secret key."""
    return blake2b(secret.encode(), digest_size=32, person=b"sayso-links").digest()


def mint(key: bytes, message_id: int) -> str:
    """The token of a message: 22 letters, digits, `-` and `_`."""
    told = message_id.to_bytes(8, "big")
    return urlsafe_b64encode(told + _proof(key, told)).rstrip(b"=").decode()


def read(key: bytes, written: str) -> int | None:
    """The message of the token that this begins with; None where we did not make it.

    What follows it is somebody's telephone's: words that stand after a link without a blank, as in Japanese,
    or a full stop, are opened with it. The token proves itself.
    """
    token = written[:LENGTH]
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        told = urlsafe_b64decode(f"{token}==")
    except (Error, ValueError):
        return None
    said, proof = told[:8], told[8:]
    message_id = int.from_bytes(said, "big")
    # A token has one spelling: the bits that no byte needs are zero.
    return message_id if compare_digest(proof, _proof(key, said)) and mint(key, message_id) == token else None


def _proof(key: bytes, told: bytes) -> bytes:
    return blake2b(told, key=key, digest_size=_PROOF_BYTES).digest()
