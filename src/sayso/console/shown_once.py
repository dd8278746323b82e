"""What is shown once: it waits, sealed, between the form that made it and the page that shows it.

A form that makes such a thing carries a number used once (`number`). Sent twice by a double click, it makes
one thing, and whichever answer the browser follows shows it.
"""

from __future__ import annotations

import base64
import re
import secrets
from functools import cache as remembered

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

FIELD = "once"
LIVES_SECONDS = 600
_FORM = re.compile(r"[A-Za-z0-9_-]{16,32}")


def number(request: HttpRequest) -> str:
    """The number of the form that was sent, or of one to be shown for the first time."""
    sent = request.POST.get(FIELD, "")
    return sent if _FORM.fullmatch(sent) else secrets.token_urlsafe(16)


def first(request: HttpRequest, form_number: str) -> bool:
    """Whether this form is sent for the first time; one sent meanwhile waits for the first to be done."""
    # The row is written in the request's transaction: a second one waits for its commit.
    return bool(cache.add(_key(request, form_number), "", LIVES_SECONDS))


def give_back(request: HttpRequest, form_number: str) -> None:
    """Nothing was made: the form may be sent again."""
    cache.delete(_key(request, form_number))


def keep(request: HttpRequest, form_number: str, secret: str) -> None:
    """Keep what the form made for its next page."""
    cache.set(_key(request, form_number), _box().encrypt(secret.encode()).decode(), LIVES_SECONDS)


def take(request: HttpRequest, form_number: str) -> str | None:
    """What was kept, for this person and this once."""
    key = _key(request, form_number)
    kept = cache.get(key)
    if not kept:
        return None
    # Not deleted: the same form, sent once more, must go on finding that it was sent.
    cache.set(key, "", LIVES_SECONDS)
    return _box().decrypt(kept.encode()).decode()


def _key(request: HttpRequest, form_number: str) -> str:
    return f"sayso.once:{request.user.pk}:{form_number}"


@remembered
def _box() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"sayso shown once").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
