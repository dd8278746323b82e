"""Who a number is: read from what a person or system wrote, with its country as a help."""

from __future__ import annotations

from sayso.actions.refusal import Refused, fault
from sayso.core import phones
from sayso.storage import workspaces
from sayso.storage.pool import Connection

MOST_PROFILES = 10  # R5.5


async def home(conn: Connection) -> str:
    """The workspace's country, by which national spellings are read."""
    stands = await workspaces.current(conn)
    return stands.country if stands else ""


def read_phone(field: str, written: str, country: str | None) -> int | Refused:
    """The number's key, or what is wrong with how it was written."""
    read = phones.parse(written, country)
    if isinstance(read, phones.NotANumber):
        return fault(field, "not_a_number", f"This is no phone number. {read.because}")
    return read.key
