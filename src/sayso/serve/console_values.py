"""What the console is told of the settings."""

from importlib.metadata import version

from sayso.console import Values
from sayso.settings import Settings


def console_values(settings: Settings, key: str, database_url: str = "") -> Values:
    """The console's values; `database_url` where the settings name none (an embedded database)."""
    return Values(
        database_url=database_url or settings.database_url,
        secret_key=key,
        public_url=settings.url,
        version=version("sayso"),
        trusted_proxies=settings.trusted_proxies,
        smtp_url=settings.smtp_url,
    )
