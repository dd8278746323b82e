"""Django's own ledger of migrations, run as the owner of the tables, in Django's own schema."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections

from sayso.console.settings import owner_database

OWNER = "owner"


def migrate(owner_url: str) -> None:
    """See `console.migrate`."""
    connections.settings[OWNER] = connections.configure_settings(
        {"default": {}, OWNER: owner_database(owner_url)}
    )[OWNER]
    try:
        call_command("migrate", database=OWNER, interactive=False, verbosity=0)
        call_command("createcachetable", database=OWNER, verbosity=0)
    finally:
        connections[OWNER].close()
        del connections[OWNER]
        del connections.settings[OWNER]
