"""What an operator sets in the environment: one field each, with its default, its help and its check."""

# long because: one place says everything about every setting: its field, its default, its help and its check.

import difflib
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from urllib.parse import urlsplit

PREFIX = "SAYSO_"
# Read elsewhere and no settings: a prompt's answer, the suite's own, and the Python `make` prepares with.
_NO_SETTINGS = ("SAYSO_PASSWORD", "SAYSO_TEST_", "SAYSO_PYTHON")


# An environment holds no more than 128 KiB in one variable.
_MOST_METADATA = 100_000


class SettingsError(Exception):
    """A setting is wrong; the message names it, its fault and the remedy."""

    def __init__(self, name: str, fault: str, remedy: str) -> None:
        super().__init__(f"{name} {fault}. {remedy}")
        self.name, self.fault, self.remedy = name, fault, remedy


class _FaultError(Exception):
    """Raised by a check: what is wrong with the value, and what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of one setting beside its type: its default, its help, and how its text is read."""

    default: str
    help: str
    read: Callable[[str], Any]


def _text(value: str) -> str:
    return value


def _directory(value: str) -> Path:
    path = Path(value).expanduser()
    try:
        is_other = path.exists() and not path.is_dir()
    except OSError as error:
        raise _FaultError(
            f"is {value!r}, which can't be opened ({error.strerror})",
            "Start Sayso as the user who owns it, or point SAYSO_HOME elsewhere.",
        ) from None
    if is_other:
        raise _FaultError(
            f"is {value!r}, which is no directory", "Name a directory, or one that can be made."
        )
    return path.absolute()


def _database(value: str) -> str:
    keyed = re.match(r"[a-z_]+\s*=", value)  # libpq's other way of writing it
    if value and not keyed and urlsplit(value).scheme not in {"postgresql", "postgres"}:
        raise _FaultError(
            "does not start with postgresql://",
            "Write postgresql://user:password@host:5432/name, or leave it out for the embedded database.",
        )
    return value


def _nats(value: str) -> str:
    if value:
        raise _FaultError(
            "is set, but this version carries everything through PostgreSQL",
            "Leave it out until a version with NATS JetStream.",
        )
    return value


def _key(value: str) -> str:
    if value and len(value) < 32:
        raise _FaultError(
            f"has {len(value)} characters, too few to keep secrets with",
            "Give it at least 32 random ones (`openssl rand -hex 32`), or leave it out to have one made.",
        )
    return value


def _address(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise _FaultError(f"is {value!r}, which is no address", "Write host:port, such as 127.0.0.1:8080.")
    return host, int(port)


def _web(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment):
        raise _FaultError(
            f"is {value!r}, which is no web address",
            "Write it as the world sees this server, such as https://sms.example.com.",
        )
    return value.rstrip("/")


def _private(address: str) -> bool:
    """Whether nobody on the way to it can read or change what is said."""
    parts = urlsplit(address)
    plain = parts.scheme == "http" and is_loopback((parts.hostname or "", 0))
    return bool(parts.hostname) and (parts.scheme == "https" or plain)


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    if value and (not _private(value) or parts.query or parts.fragment):
        raise _FaultError(
            f"is {value!r}, which is no OpenID issuer",
            "Write the issuer as the provider names it, such as https://login.example.com, without "
            "/.well-known.",
        )
    return value.removesuffix("/.well-known/openid-configuration")


def _metadata(value: str) -> str:
    value = value.removeprefix("\ufeff")  # files of Microsoft begin with it
    if not value.startswith("<"):
        if value and not _private(value):
            # Not the value: it may be anything, and long.
            raise _FaultError(
                "is neither an address nor the metadata of a SAML provider",
                "Write the https address where the provider publishes it. A file of metadata goes into "
                "SAYSO_SAML_METADATA_FILE.",
            )
        return value
    providers = len(re.findall(r"<(?:[\w.-]+:)?IDPSSODescriptor\b", value))
    whole = "X509Certificate" in value and "bindings:HTTP-Redirect" in value
    if providers != 1 or not whole or len(value) > _MOST_METADATA:
        raise _FaultError(
            f"is XML of {len(value)} characters with {providers} SAML providers in it"
            + ("" if whole else ", without a certificate or a sign-on address (HTTP-Redirect)"),
            f"Give it the metadata of one identity provider, at most {_MOST_METADATA} characters, as the "
            "provider lets you download it once this server is registered there.",
        )
    return value


def _smtp(value: str) -> str:
    if value and (urlsplit(value).scheme not in {"smtp", "smtps"} or not urlsplit(value).hostname):
        raise _FaultError(
            "is no mail server", "Write smtp://user:password@host:587 or smtps://user:password@host:465."
        )
    return value


def _workers(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", value) or not 0 < int(value) <= 64:
        raise _FaultError(f"is {value!r}", "Give the number of web workers, from 1 to 64.")
    return int(value)


def _proxies(value: str) -> int:
    if not re.fullmatch(r"[0-9]", value):
        raise _FaultError(
            f"is {value!r}",
            "Give the number of proxies before the doors, from 0 to 9; each must add to X-Forwarded-For.",
        )
    return int(value)


def _log(value: str) -> str:
    if value not in {"auto", "console", "json"}:
        raise _FaultError(f"is {value!r}", "Choose auto, console or json.")
    return value


def _log_level(value: str) -> str:
    if value not in {"debug", "info", "warning", "error"}:
        raise _FaultError(f"is {value!r}", "Choose debug, info, warning or error.")
    return value


def _default_home() -> str:
    return "/var/lib/sayso" if os.geteuid() == 0 else "~/.local/share/sayso"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator may set; made by `read` alone. Values are checked and of their final type."""

    home: Annotated[
        Path, Setting("", "The data directory; /var/lib/sayso as root, else ~/.local/share/sayso", _directory)
    ]
    database_url: Annotated[
        str, Setting("", "PostgreSQL 15 or newer; absent: embedded, under SAYSO_HOME", _database)
    ] = field(repr=False)
    database_owner_url: Annotated[
        str,
        Setting(
            "",
            "As whom `migrate`, `backup` and `restore` connect, and `serve` while it migrates; absent: as "
            "SAYSO_DATABASE_URL says",
            _database,
        ),
    ] = field(repr=False)
    nats_url: Annotated[
        str, Setting("", "Must be absent: this version carries everything through PostgreSQL", _nats)
    ]
    secret_key: Annotated[
        str,
        Setting(
            "",
            "Encrypts stored secrets, at least 32 characters; absent: made once and kept in "
            "SAYSO_HOME/secret.key, but never for a database that holds secrets already",
            _key,
        ),
    ] = field(repr=False)
    public_url: Annotated[
        str, Setting("", "How the world reaches this server; absent: http://SAYSO_BIND", _web)
    ]
    bind: Annotated[
        tuple[str, int], Setting("127.0.0.1:8080", "Address and port that the doors listen on", _address)
    ]
    smtp_url: Annotated[
        str, Setting("", "Mail server, `?from=` says as whom; absent: no mail is sent", _smtp)
    ] = field(repr=False)
    oidc_issuer: Annotated[
        str, Setting("", "OpenID provider that people may sign in with; absent: none", _issuer)
    ]
    oidc_client_id: Annotated[str, Setting("", "What that provider calls this server", _text)]
    oidc_client_secret: Annotated[str, Setting("", "What this server proves itself with there", _text)] = (
        field(repr=False)
    )
    oidc_name: Annotated[
        str, Setting("", "What the sign-in page calls that provider; absent: the issuer's host", _text)
    ]
    saml_metadata: Annotated[
        str,
        Setting(
            "",
            "SAML provider that people may sign in with: the address of its metadata, or the metadata "
            "itself; absent: none",
            _metadata,
        ),
    ]
    saml_name: Annotated[
        str, Setting("", "What the sign-in page calls that provider; absent: its host", _text)
    ]
    saml_email: Annotated[
        str,
        Setting(
            "",
            "Attribute that holds a person's e-mail address; absent: the usual two, else the NameID",
            _text,
        ),
    ]
    carrier_bind: Annotated[
        tuple[str, int],
        Setting(
            "127.0.0.1:8081", "Address and port of the simulated carrier, another than SAYSO_BIND", _address
        ),
    ]
    workers: Annotated[int, Setting("2", "Web worker processes", _workers)]
    trusted_proxies: Annotated[
        int,
        Setting("0", "Proxies before the doors that add to X-Forwarded-For; 0: none is believed", _proxies),
    ]
    log: Annotated[str, Setting("auto", "console, json, or auto: console on a terminal", _log)]
    log_level: Annotated[
        str, Setting("info", "From which level on lines are logged: debug, info, warning, error", _log_level)
    ]

    @property
    def url(self) -> str:
        """How the world reaches this server, without a trailing slash."""
        return self.public_url or self.local_url

    @property
    def open_id_called(self) -> str:
        """What people are told to continue with, where there is an OpenID provider."""
        return self.oidc_name or urlsplit(self.oidc_issuer).hostname or ""

    @property
    def saml_called(self) -> str:
        """The same for SAML; by the name that the provider has in metadata which has no address."""
        found = re.search(r"\bentityID\s*=\s*[\"']([^\"']*)", self.saml_metadata)
        address = found[1] if found else self.saml_metadata
        return self.saml_name or urlsplit(address).hostname or ("SAML" if self.saml_metadata else "")

    @property
    def local_url(self) -> str:
        """How this machine reaches the doors."""
        return web_address(self.bind)

    @property
    def carrier_url(self) -> str:
        """How this machine reaches the simulated carrier."""
        return web_address(self.carrier_bind)


def web_address(bind: tuple[str, int]) -> str:
    """The address by which this machine reaches something bound there."""
    return "http://" + written(reachable(bind))


def reachable(bind: tuple[str, int]) -> tuple[str, int]:
    """Where this machine connects to what is bound there: "everywhere" is no place to connect to."""
    host, port = bind
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104 - compared, not bound


def is_loopback(bind: tuple[str, int]) -> bool:
    """Whether nobody but this machine reaches what is bound there."""
    try:
        return bind[0] == "localhost" or ip_address(bind[0]).is_loopback
    except ValueError:
        return False


def written(bind: tuple[str, int]) -> str:
    """An address and a port as a setting has them."""
    host, port = bind
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def read(environ: Mapping[str, str]) -> Settings:
    """Read and check every setting; raises SettingsError for the first wrong or unknown one."""
    _refuse_unknown(environ)
    values: dict[str, Any] = {}
    for entry in fields(Settings):
        name, setting = PREFIX + entry.name.upper(), setting_of(entry.name)
        default = _default_home() if entry.name == "home" else setting.default
        said = _said(environ, name)
        try:
            values[entry.name] = setting.read(default if said is None else said)
        except _FaultError as fault:
            raise SettingsError(name, *fault.args) from None
        except ValueError:
            # No value in the message: it may be a secret, and the standard library would quote it.
            raise SettingsError(name, "can't be read", f"It is: {setting.help}.") from None
    settings = Settings(**values)
    _refuse_together(settings)
    return settings


def _refuse_together(settings: Settings) -> None:
    """What each by itself is right, and together can't be meant."""
    if _meet(settings.bind, settings.carrier_bind):
        raise SettingsError(
            PREFIX + "CARRIER_BIND",
            f"is {written(settings.carrier_bind)}, where the doors listen already "
            f"(SAYSO_BIND is {written(settings.bind)})",
            "Choose another port for one of them.",
        )
    if settings.database_owner_url and not settings.database_url:
        raise SettingsError(
            PREFIX + "DATABASE_OWNER_URL",
            "is set, but SAYSO_DATABASE_URL is not, so the embedded database would be used and this ignored",
            "Set SAYSO_DATABASE_URL too, or remove this one.",
        )
    _refuse_half_a_provider(settings)
    _refuse_half_a_saml_provider(settings)


def _refuse_half_a_provider(settings: Settings) -> None:
    """Issuer, client and secret are of use together alone."""
    parts = {
        "OIDC_ISSUER": settings.oidc_issuer,
        "OIDC_CLIENT_ID": settings.oidc_client_id,
        "OIDC_CLIENT_SECRET": settings.oidc_client_secret,
    }
    given = [name for name, value in parts.items() if value] or (["OIDC_NAME"] if settings.oidc_name else [])
    lacking = [name for name, value in parts.items() if not value]
    if given and lacking:
        raise SettingsError(
            PREFIX + lacking[0],
            f"is not set, but {PREFIX}{given[0]} is, so nobody could sign in with that provider",
            f"Set it too, or remove {PREFIX}{given[0]}.",
        )


def _refuse_half_a_saml_provider(settings: Settings) -> None:
    """How to call and read a provider is of use with one alone, and its name for one alone."""
    lonely = {"SAML_NAME": settings.saml_name, "SAML_EMAIL": settings.saml_email}
    for name in (name for name, value in lonely.items() if value and not settings.saml_metadata):
        raise SettingsError(
            PREFIX + "SAML_METADATA",
            f"is not set, but {PREFIX}{name} is, so nobody could sign in with that provider",
            f"Register this server there, by {settings.url}/sign-in/saml/metadata/, and set it to the "
            f"metadata that the provider gives; or remove {PREFIX}{name}.",
        )
    if settings.saml_called and settings.saml_called == settings.open_id_called:
        raise SettingsError(
            PREFIX + "SAML_NAME",
            f"would be {settings.saml_called!r}, which the OpenID provider is called already, so nobody "
            "could tell the two buttons of the sign-in page apart",
            "Set it to another name than SAYSO_OIDC_NAME, or remove one of the providers.",
        )


def _meet(one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Whether two servers could not listen on both."""
    everywhere = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    hosts = [{"localhost": "127.0.0.1"}.get(host, host) for host, _ in (one, other)]
    return one[1] == other[1] and (hosts[0] == hosts[1] or not everywhere.isdisjoint(hosts))


def setting_of(name: str) -> Setting:
    """What is known of one field of Settings."""
    described: Setting = get_type_hints(Settings, include_extras=True)[name].__metadata__[0]
    return described


def reference() -> str:
    """The page of all settings, `docs/settings.md`, in Markdown."""
    rows = []
    for entry in fields(Settings):
        setting = setting_of(entry.name)
        default = f"`{setting.default}`" if setting.default else ""
        rows.append(f"| `{PREFIX}{entry.name.upper()}` | {default} | {setting.help} |\n")
    return (
        "# Settings\n\n"
        "Sayso is set by its environment. Each of these may also be given as `NAME_FILE`, the path of a\n"
        "file that holds the value; that suits secrets. A wrong value, or a `SAYSO_` name that is not\n"
        "here, stops the start and says what to do. Commands need the settings of the server that they are\n"
        "about. `SAYSO_PASSWORD` is none: `user create` and `user password` take it instead of asking.\n\n"
        "| name | default | what it is |\n|---|---|---|\n" + "".join(rows)
    )


def key_file(settings: Settings) -> Path:
    """Where the secret key is kept that no setting names."""
    return settings.home / "secret.key"


def has_key(settings: Settings) -> bool:
    """Whether there is a secret key already, so that `secret_key` would make none."""
    return bool(settings.secret_key) or key_file(settings).exists()


def secret_key(settings: Settings) -> str:
    """The secret key: as set, else the one kept in `home/secret.key`, made there the first time (0600)."""
    if settings.secret_key:
        return settings.secret_key
    path = key_file(settings)
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _keep(path, secrets.token_hex(32))
        kept = path.read_text("ascii").strip()
    except UnicodeDecodeError:
        kept = ""
    except OSError as error:
        raise SettingsError(
            PREFIX + "SECRET_KEY",
            f"is not set, and {path} can't be used ({error.strerror})",
            "Set it, or make SAYSO_HOME a directory that this user may write.",
        ) from None
    if len(kept) < 32:
        raise SettingsError(
            PREFIX + "SECRET_KEY",
            f"is not set, and {path} holds {len(kept)} characters, too few for a key",
            "Put the key that was in it back, from where you keep it beside the backups. If there never was "
            "one, remove the file, and one is made.",
        )
    return kept


def _keep(path: Path, text: str) -> None:
    # Linked into place whole: of two first starts one wins, and both read the winner's.
    descriptor, made = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        Path(made).unlink()


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    """A misspelt setting would otherwise silently be its default."""
    names = [PREFIX + entry.name.upper() for entry in fields(Settings)]
    known = {*names, *(name + "_FILE" for name in names)}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in known or name.startswith(_NO_SETTINGS):
            continue
        close = difflib.get_close_matches(name, sorted(known), n=1)
        remedy = f"Did you mean {close[0]}?" if close else "Remove it."
        raise SettingsError(name, "is no setting", f"{remedy} docs/settings.md lists them all.")


def _said(environ: Mapping[str, str], name: str) -> str | None:
    given, file = environ.get(name), environ.get(name + "_FILE")
    if given and file:
        raise SettingsError(name, f"and {name}_FILE are both set", "Keep one of them.")
    if not file:
        return given.strip() if given and given.strip() else None
    try:
        return Path(file).read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SettingsError(
            # Not the path: now and then it is the secret itself, put into the wrong variable.
            name + "_FILE",
            f"names a file that can't be read ({why})",
            "Give it the path of a file that this user may read.",
        ) from None
