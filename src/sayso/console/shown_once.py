"""What is shown once: it waits, sealed, between the form that made it and the page that shows it.

A form that makes such a thing carries a number used once (`number`). Sent twice by a double click, it makes
one thing, and whichever answer the browser follows shows it.
"""

from __future__ import annotations

import base64
import re
from functools import cache as remembered

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from sayso.console import once

LIVES_SECONDS = 600
_FORM = re.compile(r"[A-Za-z0-9_-]{16,32}")


def number(request: HttpRequest) -> str:
    """The number of the form that was sent, or of one to be shown for the first time."""
    sent = once.sent(request)
    return sent if _FORM.fullmatch(sent) else once.token()


def first(request: HttpRequest, form_number: str) -> bool:
    """Whether this form is sent for the first time; one sent meanwhile waits for the first to be done."""
    return once.take(request, form_number)


def give_back(request: HttpRequest, form_number: str) -> None:
    """Nothing was made: the form may be sent again."""
    once.give_back(request, form_number)


def keep(request: HttpRequest, form_number: str, secret: str) -> None:
    """Keep what the form made for its next page."""
    cache.set(_key(request, form_number), _box().encrypt(secret.encode()).decode(), LIVES_SECONDS)


def take(request: HttpRequest, form_number: str) -> str | None:
    """What was kept, for this person and this once."""
    kept = cache.get(_key(request, form_number))
    if not kept:
        return None
    cache.delete(_key(request, form_number))
    return str(_box().decrypt(kept.encode()).decode())


def _key(request: HttpRequest, form_number: str) -> str:
    return f"{once.key(request, form_number)}:shown"


@remembered
def _box() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"sayso shown once").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
