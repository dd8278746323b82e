"""Django's settings, made from a few plain values. No other module of the console knows a setting's name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sayso.console.mail import mail_settings
from sayso.console.open_id import OpenId
from sayso.console.providers import provider_settings
from sayso.console.saml import Saml

HERE = Path(__file__).parent
KEYED = re.compile(r"(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s']*)")
DAY = 86_400
LINK_LIVES_MINUTES = 30

APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "django_htmx",
    "sayso.console.accounts",
    "sayso.console.lenses",
]
FORMS = {
    "ACCOUNT_FORMS": {
        "login": "sayso.console.accounts.forms.SignIn",
        "reauthenticate": "sayso.console.accounts.forms.Confirm",
        "change_password": "sayso.console.accounts.forms.ChangePassword",
        "reset_password": "sayso.console.accounts.forms.Forgotten",
        "reset_password_from_key": "sayso.console.accounts.forms.NewPassword",
    },
    "MFA_FORMS": {
        "authenticate": "sayso.console.accounts.forms.Code",
        "reauthenticate": "sayso.console.accounts.forms.ConfirmCode",
        "activate_totp": "sayso.console.accounts.forms.ActivateApp",
        "add_webauthn": "sayso.console.accounts.forms.AddPasskey",
    },
}
# From the outside in.
MIDDLEWARE = [
    "sayso.console.headers.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Outside the transaction: what was done is said after the commit.
    "django.contrib.messages.middleware.MessageMiddleware",
    "sayso.console.place.InOneTransaction",
    "sayso.console.signed_out.SignedOut",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sayso.console.errors.ErrorPages",
]


@dataclass(frozen=True, slots=True)
class Values:
    """What the console must be told. `public_url` is where people reach it: scheme, host, port."""

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    public_url: str
    version: str = ""
    pool_size: int = 6
    trusted_proxies: int = 0
    smtp_url: str = field(default="", repr=False)
    open_id: OpenId | None = None
    saml: Saml | None = None


def django_settings(values: Values) -> dict[str, Any]:
    """Every setting, by its Django name."""
    return {
        "SAYSO_VALUES": values,
        "SECRET_KEY": values.secret_key,
        "DEBUG": False,
        "DATABASES": {
            "default": app_database(values.database_url, values.pool_size),
            # A pool of its own: whoever holds one of the other's waits here for moments, never for another.
            "aside": app_database(values.database_url, 1, least=0),
        },
        "DATABASE_ROUTERS": ["sayso.console.aside.Router"],
        "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
        "ROOT_URLCONF": "sayso.console.urls",
        "APPEND_SLASH": True,
        # Guesses are counted by the address that this many proxies vouch for.
        "ALLAUTH_TRUSTED_PROXY_COUNT": values.trusted_proxies,
        "USE_TZ": True,
        "USE_I18N": False,
        "LANGUAGE_CODE": "en-gb",
        # The house logs by itself; Django would add handlers and mail the administrators.
        "LOGGING_CONFIG": None,
        **_parts(),
        **_reach(values.public_url),
        **mail_settings(values.smtp_url, urlsplit(values.public_url).hostname or "localhost"),
        **provider_settings(values.open_id, values.saml),
        **_sign_in(_passkeys_work(values.public_url)),
    }


def app_database(url: str, pool_size: int, least: int = 1) -> dict[str, Any]:
    """The database as the console sees it: every connection is the role that obeys row-level security."""
    return {
        **_database(
            url,
            "-c role=sayso_app -c search_path=console,sayso -c jit=off",
            {"min_size": least, "max_size": pool_size},
        ),
        # Django gives each request its own thread: kept connections would never be found again.
        "CONN_MAX_AGE": 0,
        # After an outage the pool holds broken ones: none of them is handed out.
        "CONN_HEALTH_CHECKS": True,
        # The middleware opens the one transaction (place.py), because the workspace is set inside it.
        "ATOMIC_REQUESTS": False,
    }


def owner_database(url: str) -> dict[str, Any]:
    """The database as `migrate` sees it: as the owner of the tables, in Django's own schema."""
    return _database(url, "-c role=sayso_owner -c search_path=console", None)


def _database(url: str, options: str, pool: dict[str, int] | None) -> dict[str, Any]:
    parts = _address(url)
    more: dict[str, Any] = {"options": options, "application_name": "sayso console"}
    if pool:
        # Tries to reconnect stand ever further apart; given up, the next who asks tries at once.
        more["pool"] = {**pool, "timeout": 10, "reconnect_timeout": 2}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {**parts, **more},
    }


def _address(url: str) -> dict[str, str]:
    """The parts of a libpq address, `postgresql://…` or `key=value …`."""
    if "://" not in url:
        return {key: _bare(value) for key, value in KEYED.findall(url)}
    split = urlsplit(url)
    parts = {
        "user": unquote(split.username or ""),
        "password": unquote(split.password or ""),
        "host": unquote(split.hostname or ""),
        "port": str(split.port or ""),
        "dbname": unquote(split.path.lstrip("/")),
    }
    return {**parts, **dict(parse_qsl(split.query))}


def _bare(value: str) -> str:
    if value.startswith("'"):
        value = value[1:-1]
    return re.sub(r"\\(.)", r"\1", value)


def _parts() -> dict[str, Any]:
    return {
        "INSTALLED_APPS": APPS,
        "MIDDLEWARE": MIDDLEWARE,
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                # Our pages only: a page of allauth's that we have not dressed must not appear undressed.
                "DIRS": [HERE / "templates"],
                "APP_DIRS": False,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                        "sayso.console.frame.frame",
                    ],
                    "builtins": [
                        "sayso.console.components.tags",
                        "sayso.console.components.parts",
                        "sayso.console.components.amounts",
                        "sayso.console.components.charts",
                    ],
                },
            }
        ],
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "CSRF_FAILURE_VIEW": "sayso.console.errors.stale_form",
        "CACHES": {
            "default": _cache("django.core.cache.backends.db.DatabaseCache"),
            "aside": _cache("sayso.console.aside.AsideCache"),
        },
    }


def _cache(backend: str) -> dict[str, Any]:
    """The one table that all workers share: guessing limits are counted here."""
    # The roof is high because what falls out of a full cache are counted guesses.
    return {"BACKEND": backend, "LOCATION": "cache", "OPTIONS": {"MAX_ENTRIES": 50_000}}


def _reach(public_url: str) -> dict[str, Any]:
    split = urlsplit(public_url)
    secure = split.scheme == "https"
    return {
        "ALLOWED_HOSTS": [split.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"],
        "CSRF_TRUSTED_ORIGINS": [f"{split.scheme}://{split.netloc}"],
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_COOKIE_NAME": "sayso_csrf",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_NAME": "sayso_session",
        "SESSION_COOKIE_AGE": 7 * DAY,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not secure,
    }


def _passkeys_work(public_url: str) -> bool:
    """Browsers give passkeys to names, not to network addresses, and only over https or on localhost."""
    split = urlsplit(public_url)
    host = split.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return split.scheme == "https" or host == "localhost" or host.endswith(".localhost")
    return False


def _sign_in(passkeys: bool) -> dict[str, Any]:
    return {
        "AUTH_USER_MODEL": "accounts.User",
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 10},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "start",
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_ADAPTER": "sayso.console.accounts.adapters.Accounts",
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        # Accounts are made by the operator, who vouches for the address.
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_SESSION_REMEMBER": True,
        # Whoever has no account here gets no mail, and is told the same as whoever has one.
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
        "PASSWORD_RESET_TIMEOUT": 60 * LINK_LIVES_MINUTES,
        "ACCOUNT_RATE_LIMITS": {
            "login": "30/m/ip",
            "login_failed": "10/m/ip,5/300s/key",
            "kept_reply": "20/h/ip",
            "reset_password": "20/h/ip,3/h/key",
            "sign_on": "30/m/ip",
        },
        "MFA_ADAPTER": "sayso.console.accounts.adapters.Factors",
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes", *(["webauthn"] if passkeys else [])],
        "MFA_PASSKEY_LOGIN_ENABLED": passkeys,
        "MFA_TOTP_ISSUER": "Sayso",
        # One step of 30 s either way, for telephones whose clock is off; forms.Code refuses a used code.
        "MFA_TOTP_TOLERANCE": 1,
        **FORMS,
    }
