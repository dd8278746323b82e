"""Hears what providers call back: verify, append, answer. Never decides."""

from sayso.ingest.doors import Doors, Health
from sayso.ingest.gather import Limits

__all__ = ["Doors", "Health", "Limits"]
