"""Tells one edition of the console from another without starting Django."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

# Whose tables stand beside ours in the console's schema.
DISTRIBUTIONS = ("django", "django-allauth", "django-htmx")


def edition(room: Path = Path(__file__).parent) -> str:
    """A short hash of all that decides which tables and rows the console's migration makes.

    Every line of the console's code counts: it errs by migrating once too often, never once too seldom.
    """
    told = hashlib.sha256()
    for name in DISTRIBUTIONS:
        told.update(f"{name} {version(name)}\0".encode())
    for module in sorted(room.rglob("*.py")):
        told.update(f"{module.relative_to(room)}\0".encode())
        told.update(hashlib.sha256(module.read_bytes()).digest())
    return told.hexdigest()[:32]
