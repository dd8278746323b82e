"""The one list of providers. Adding one: its folder, and its line here."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast, get_args
from urllib.parse import urlsplit

from sayso.providers.contract import Choice, Field, NumberKind, Provider, ProviderAnswers, Secrets, Settings
from sayso.providers.reading import text
from sayso.providers.simulator.provider import Simulator
from sayso.providers.sinch.provider import Sinch
from sayso.providers.twilio.provider import Twilio

PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {provider.kind: provider for provider in (Simulator(), Sinch(), Twilio())}
)

_ANSWERS: Mapping[ProviderAnswers, str] = MappingProxyType(
    {"none": "Nothing", "stop": "STOP alone", "stop_start_help": "STOP, START and HELP"}
)
COMMON_FIELDS = (
    Field(
        "provider_answers",
        "What the provider answers itself",
        "Those texts get no second answer from us. What is usual depends on provider and number.",
        choices=tuple(Choice(code, _ANSWERS[code]) for code in get_args(ProviderAnswers)),
    ),
)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, and what to do about it."""

    field: str
    message: str


def taking(kinds: Mapping[int, str], pictures: int, weight: int) -> dict[int, bool]:
    """Which connections, by their kind, take so many pictures of so many bytes together."""
    return {
        connection_id: PROVIDERS[kind].carries.takes(pictures, weight)
        for connection_id, kind in kinds.items()
        if kind in PROVIDERS
    }


def fields(kind: str) -> tuple[Field, ...]:
    """Give everything a connection of this kind may be told."""
    return (*PROVIDERS[kind].fields, *COMMON_FIELDS)


def split(kind: str, told: Settings) -> tuple[Secrets, Settings]:
    """Part what a connection is told into secrets, to be encrypted, and settings; empty values fall away."""
    secret = secret_names(kind)
    given = {name: value for name, value in told.items() if value not in ("", None)}
    return (
        {name: text(value) for name, value in given.items() if name in secret},
        {name: value for name, value in given.items() if name not in secret},
    )


def secret_names(kind: str) -> tuple[str, ...]:
    """Name what is kept sealed of a connection of this kind."""
    return tuple(field.name for field in fields(kind) if field.secret)


def moved(kind: str, before: Settings, after: Settings) -> str:
    """Name the first address whose server differs, to which secrets would be sent; empty: none does.

    Where the provider calls us (`public_url`) gets to see no secret.
    """
    for field in fields(kind):
        is_address = field.name.endswith("_url") and field.name != "public_url"
        if is_address and _server(before.get(field.name)) != _server(after.get(field.name)):
            return field.name
    return ""


def is_one_account(kind: str, one: Settings, other: Settings) -> bool:
    """Whether two connections of a kind are the same account: what that must name is the same in both."""
    named = [field.name for field in fields(kind) if field.required and not field.secret]
    return bool(named) and all(text(one.get(name)) == text(other.get(name)) for name in named)


def _server(address: object) -> str:
    written = text(address)
    try:
        parts = urlsplit(written)
    except ValueError:
        return written
    return f"{parts.scheme}://{parts.netloc}".lower()


def warnings(kind: str, secrets: Secrets, settings: Settings) -> tuple[str, ...]:
    """Sentences on what is allowed but unsafe in a connection: callbacks that prove nothing (R5.11)."""
    return (_UNPROVEN,) if _is_unproven(kind, secrets, settings) else ()


_UNPROVEN = (
    "Its callbacks prove nothing: whoever learns the hook address can text as anyone. Give the connection "
    "the provider's callback secret, or choose that the address alone proves them."
)


def _is_unproven(kind: str, secrets: Secrets, settings: Settings) -> bool:
    """Whether callbacks prove nothing but their address, and nobody chose that."""
    proofs = PROVIDERS[kind].proofs
    chosen = text(settings.get("callback_auth")) not in ("", "configured")
    return bool(proofs) and not chosen and not any(secrets.get(name) for name in proofs)


def faults(kind: str, told: Settings) -> tuple[FieldError, ...]:
    """Name every field that is missing, unknown or wrong, secrets among them; none means sound."""
    known = fields(kind)
    names = {field.name for field in known}
    unknown = [FieldError(name, f"{kind} has no such setting.") for name in told if name not in names]
    found = [fault for field in known if (fault := _fault(field, told.get(field.name)))]
    return (*unknown, *found)


def _fault(field: Field, value: object) -> FieldError | None:
    given = text(value)
    if not given:
        if value not in (None, ""):
            return FieldError(field.name, f"{field.label} must be a text.")
        return FieldError(field.name, f"{field.label} is needed. {field.help}") if field.required else None
    if field.choices and given not in field.codes:
        return FieldError(field.name, f"{field.label} is one of: {', '.join(field.codes)}.")
    if field.name.endswith("_url") and not given.startswith(("https://", "http://")):
        return FieldError(field.name, f"{field.label} must begin with https:// or http://.")
    return None


def provider_answers(kind: str, settings: Settings, number_kind: str) -> ProviderAnswers:
    """Say what the provider answers itself on such a number: as set, else as is usual for it (R5.8)."""
    chosen = settings.get("provider_answers")
    if chosen in get_args(ProviderAnswers):
        return cast("ProviderAnswers", chosen)
    return PROVIDERS[kind].answers(cast("NumberKind", number_kind))
