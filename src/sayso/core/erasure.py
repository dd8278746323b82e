"""What is left of a number whose person was erased: a keyed hash that finds it again (R8.4)."""

from __future__ import annotations

from hashlib import blake2b

# An id or address shorter than that stands by chance in too many words of others.
SHORTEST_TERM = 6


def key_of(secret: str) -> bytes:
    """The key of these hashes, of the server's secret key."""
    return blake2b(secret.encode(), digest_size=32, person=b"sayso-erasure").digest()


def mark_of(key: bytes) -> int:
    """A sign of the key itself, by which another one is noticed."""
    return int.from_bytes(blake2b(b"", key=key, digest_size=4).digest(), "big", signed=True)


def hidden(key: bytes, workspace_id: int, phone: int) -> int:
    """What stands where the number stood: negative, useless without the key, another in each workspace."""
    said = workspace_id.to_bytes(8, "big") + phone.to_bytes(8, "big", signed=True)
    told = blake2b(said, key=key, digest_size=8).digest()
    return -1 - (int.from_bytes(told, "big") >> 1)


def terms(phone: int | None, *words: str | None) -> list[str]:
    """What gives the person away wherever others wrote it down."""
    digits = [str(phone)] if phone and phone > 0 else []
    return sorted({*digits, *(word.lower() for word in words if word and len(word) >= SHORTEST_TERM)})
