"""Both ledgers of the database brought to this version, one after the other."""

from sayso import console
from sayso.serve.console_values import console_values
from sayso.serve.keys import key_or_none
from sayso.settings import Settings
from sayso.storage.databases import Databases
from sayso.storage.migrate import has_console, note_console
from sayso.storage.migrate import migrate as migrate_domain


def migrate(settings: Settings, databases: Databases) -> list[str]:
    """Migrate the domain's tables, then the console's; the names of the domain's steps applied."""
    applied = _migrate_domain(databases)
    console.configure(console_values(settings, key_or_none(settings, databases.url), databases.url))
    console.migrate(databases.owner_url)
    console.close()
    note_console(databases.owner_url, console.edition())
    return applied


def migrate_without_console(databases: Databases) -> list[str] | None:
    """Migrate the domain's tables where this edition of the console has migrated its own; None: it has not.

    Starts no Django, which takes longer than all the rest, and does nothing where the answer is None.
    """
    if not has_console(databases.owner_url, console.edition()):
        return None
    return _migrate_domain(databases)


def in_words(applied: list[str]) -> str:
    """What was done, for people."""
    return f"Applied: {', '.join(applied)}" if applied else "The schema is up to date."


def _migrate_domain(databases: Databases) -> list[str]:
    return migrate_domain(databases.owner_url, login_role=databases.login or None)
