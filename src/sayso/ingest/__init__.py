"""Hears what providers call back: verify, append, answer. Never decides."""

from sayso.ingest.doors import Doors, Health
from sayso.ingest.gather import Limits
from sayso.ingest.hooks import NOT_STORED, Offered, Told
from sayso.ingest.requests import BODY_LIMIT, BODY_PATIENCE
from sayso.storage.callbacks import RowError

__all__ = [
    "BODY_LIMIT",
    "BODY_PATIENCE",
    "NOT_STORED",
    "Doors",
    "Health",
    "Limits",
    "Offered",
    "RowError",
    "Told",
]
