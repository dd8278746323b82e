"""Keeps the secrets of connections: sealed in the database, opened with a key that is not in it."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Names what the key is for, so that one SAYSO_SECRET_KEY serves other purposes without sharing a key.
_PURPOSE = b"sayso connections.secrets 1"


class VaultError(Exception):
    """Sealed secrets cannot be opened; the sentence says what to do."""


def seal(secret_key: str, secrets: Mapping[str, str]) -> bytes:
    """Seal a connection's secrets for `connections.secrets`; no secrets at all are the empty bytes."""
    if not secrets:
        return b""
    return _cipher(secret_key).encrypt(msgspec.json.encode(dict(secrets)))


def open_sealed(secret_key: str, sealed: bytes) -> dict[str, str]:
    """Open what `seal` closed. Raises VaultError where the key is another one or the bytes are damaged."""
    if not sealed:
        return {}
    try:
        return msgspec.json.decode(_cipher(secret_key).decrypt(sealed), type=dict[str, str])
    except (InvalidToken, msgspec.DecodeError) as error:
        raise VaultError(
            "the secrets of a connection cannot be opened: they were sealed with another SAYSO_SECRET_KEY, "
            "or are damaged. Start with the key that they were stored under, or enter them anew."
        ) from error


def _cipher(secret_key: str) -> Fernet:
    if not secret_key:
        raise VaultError("SAYSO_SECRET_KEY is empty. Set it to a long random text, and keep it.")
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return Fernet(urlsafe_b64encode(derived))
