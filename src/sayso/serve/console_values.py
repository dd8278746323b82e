"""What the console is told of the settings."""

from importlib.metadata import version

from sayso.console import OpenId, Saml, Values
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
        open_id=_open_id(settings),
        saml=_saml(settings),
    )


def _open_id(settings: Settings) -> OpenId | None:
    if not settings.oidc_issuer:
        return None
    issuer, secret = settings.oidc_issuer, settings.oidc_client_secret
    return OpenId(issuer, settings.oidc_client_id, secret, settings.open_id_called)


def _saml(settings: Settings) -> Saml | None:
    if not settings.saml_metadata:
        return None
    return Saml(settings.saml_metadata, settings.saml_called, settings.saml_email)
