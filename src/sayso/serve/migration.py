"""Both ledgers of the database brought to this version, one after the other."""

from sayso.storage.databases import Databases
from sayso.storage.migrate import migrate as migrate_domain


def migrate(databases: Databases) -> list[str]:
    """Migrate the domain's tables, then the console's; the names of what was applied."""
    applied = migrate_domain(databases.owner_url, login_role=databases.login or None)
    return applied
