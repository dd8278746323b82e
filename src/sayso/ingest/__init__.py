"""Hears what providers call back: verify, append, answer. Never decides."""

from sayso.ingest.doors import Doors, Health
from sayso.ingest.gather import Limits
from sayso.ingest.hooks import NOT_STORED, TOO_SLOW, Offered, Told
from sayso.ingest.requests import BODY_PATIENCE
from sayso.storage.callbacks import RowError

__all__ = [
    "BODY_PATIENCE",
    "NOT_STORED",
    "TOO_SLOW",
    "Doors",
    "Health",
    "Limits",
    "Offered",
    "RowError",
    "Told",
]
