"""Both ledgers of the database brought to this version, one after the other."""

from sayso import console
from sayso.serve.console_values import console_values
from sayso.serve.keys import key_or_none
from sayso.settings import Settings
from sayso.storage.databases import Databases
from sayso.storage.migrate import migrate as migrate_domain


def migrate(settings: Settings, databases: Databases) -> list[str]:
    """Migrate the domain's tables, then the console's; the names of the domain's steps applied."""
    applied = migrate_domain(databases.owner_url, login_role=databases.login or None)
    console.configure(console_values(settings, key_or_none(settings, databases.url), databases.url))
    console.migrate(databases.owner_url)
    console.close()
    return applied
