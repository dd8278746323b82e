"""The secret key, made only where nothing is lost by a new one."""

from sayso.settings import PREFIX, Settings, SettingsError, has_key, key_file, secret_key
from sayso.storage import sealed
from sayso.storage.sealed import Held

NO_KEY = "no key: to make tables nothing is sealed and nothing is opened"
"""Stands for the key where none is needed and none may be made."""


def key_for(settings: Settings, url: str) -> str:
    """The secret key; made where there is none and the database at `url` holds nothing sealed with one.

    Raises SettingsError where it does: a new key would open none of it.
    """
    if not has_key(settings) and (held := sealed.held(url)):
        raise SettingsError(
            PREFIX + "SECRET_KEY", f"is not set, and {_missing(settings, held)}", _remedy(settings)
        )
    return secret_key(settings)


def key_or_none(settings: Settings, url: str) -> str:
    """The same, but NO_KEY instead of the error: for work that opens nothing."""
    return NO_KEY if not has_key(settings) and sealed.held(url) else secret_key(settings)


def unopened(settings: Settings, url: str) -> str:
    """What can't be opened with the key that there is, why, and what to do; empty where nothing is amiss."""
    held = sealed.held(url)
    if not held:
        return ""
    if not has_key(settings):
        said = _missing(settings, held)
        return f"{said[0].upper()}{said[1:]}. {_remedy(settings)}"
    closed = held.closed_to(secret_key(settings))
    if not closed:
        return ""
    other = "with another key than the one that is here"
    told = ""
    if closed.connections:
        named = _named(Held(closed.connections))
        told += f"The secrets of {named} can't be opened: they were sealed {other}. "
    if closed.erased:
        told += f"The no of {_erased(closed)} can't be recognised: it was kept {other}. "
    return told + _remedy(settings)


def _missing(settings: Settings, held: Held) -> str:
    return (
        f"there is no {key_file(settings)}, but the database holds secrets of {_named(held)}, sealed with "
        "the key that was there before. A new key would open none of them, so none is made"
    )


def _remedy(settings: Settings) -> str:
    return (
        f"Put the key back that belongs to this database: as {key_file(settings)}, or as SAYSO_SECRET_KEY. "
        "If it is lost for good, set SAYSO_SECRET_KEY to a new one (`openssl rand -hex 32`), start, and "
        "enter the secrets of each connection anew (PUT /api/v1/connections/ID); codes of authenticator "
        "apps and recovery codes work no more, nor do links in texts that were sent. Where numbers were "
        "erased, see `sayso recover --forget-erased`."
    )


def _named(held: Held) -> str:
    names = ", ".join(f"“{each.name}”" for each in held.connections[:3])
    more = f" and {len(held.connections) - 3} more" if len(held.connections) > 3 else ""
    word = "connection" if len(held.connections) == 1 else "connections"
    found = [f"{word} {names}{more}"] if held.connections else []
    if held.people:
        found.append(f"second factors of {held.people} account{'s' if held.people > 1 else ''}")
    if held.erased:
        found.append(_erased(held))
    return " and ".join(found)


def _erased(held: Held) -> str:
    count = sum(held.erased.values())
    return f"{count} erased number{'s' if count > 1 else ''}"
