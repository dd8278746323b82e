"""What the supervisor hands its children: every setting resolved, and the password of no owner."""

import os
import sys
from collections.abc import Mapping

from sayso.observe import counting
from sayso.serve.database import Opened
from sayso.serve.keys import key_for
from sayso.settings import PREFIX, Settings, written


def environ_of(settings: Settings, database: Opened) -> dict[str, str]:
    """The environment of a child that reads its settings as any process does."""
    counters = counting.counters(settings.home)
    counting.clear(counters)
    told = {
        "HOME": str(settings.home),
        "DATABASE_URL": database.databases.url,
        "SECRET_KEY": key_for(settings, database.databases.url),
        "PUBLIC_URL": settings.url,
        "BIND": written(settings.bind),
        "CARRIER_BIND": written(settings.carrier_bind),
        "SMTP_URL": settings.smtp_url,
        "OIDC_ISSUER": settings.oidc_issuer,
        "OIDC_CLIENT_ID": settings.oidc_client_id,
        "OIDC_CLIENT_SECRET": settings.oidc_client_secret,
        "OIDC_NAME": settings.oidc_name,
        "SAML_METADATA": settings.saml_metadata,
        "SAML_NAME": settings.saml_name,
        "SAML_EMAIL": settings.saml_email,
        "WORKERS": str(settings.workers),
        "TRUSTED_PROXIES": str(settings.trusted_proxies),
        "LOG_LEVEL": settings.log_level,
        # Children write to the same place, which may be no terminal for them.
        "LOG": "console" if settings.log == "auto" and sys.stderr.isatty() else settings.log,
    }
    return {
        **without_settings(os.environ),
        **{PREFIX + name: value for name, value in told.items()},
        counting.DIRECTORY: str(counters),
        "PYTHONUNBUFFERED": "1",
    }


def without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a process that none of our secrets concern."""
    return {name: value for name, value in environ.items() if not name.startswith(PREFIX)}
