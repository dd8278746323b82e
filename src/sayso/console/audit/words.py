"""What an entry of the trail says, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

THINGS = {
    "address": "Addresses that lead nowhere",
    "api_key": "API keys",
    "block": "Blocks",
    "category": "Categories",
    "confirmation": "Confirmations",
    "connection": "Connections",
    "consent": "Consent",
    "contact": "Contacts",
    "event_names": "Event names",
    "inbound_number": "Inbound numbers",
    "invitation": "Invitations",
    "line": "Lines",
    "member": "People",
    "opt_out": "Opt-out message and terms",
    "process": "Processes",
    "quarantine": "Quarantine",
    "template": "Templates",
    "unrouted": "Unrouted texts",
    "workspace": "Workspace",
}
# The operator's own: their entries are told to no other (as the API does it).
OPERATORS = ("connection", "inbound_number", "quarantine", "unrouted")

_ONE = {
    "api_key": "API key",
    "category": "category",
    "confirmation": "confirmations in",
    "event_names": "the event’s names",
    "inbound_number": "inbound number",
    "opt_out": "opt-out message and terms",
    "unrouted": "unrouted text",
    "workspace": "the workspace",
}
_DID = {
    "asked_in_vain": "asked for",
    "created": "made",
    "decided_again": "had decided again",
    "emptied": "emptied",
    "joined": "joined as",
    "put": "saved",
    "token_renewed": "renewed the callback addresses of",
    "withdrawn": "took back",
}
_NAMES = ("name", "email", "written", "external_id")
_ALONE = frozenset({"event_names", "opt_out", "workspace"})


def sentence(action: str, thing: str, object_id: str, states: tuple[Any, Any]) -> str:
    """`made API key “Shop”`; the person or key before it is told apart."""
    did = _DID.get(action, action.replace("_", " "))
    if thing == "address":
        return f"{did} {object_id}, which leads nowhere in this workspace"
    if (action, thing) == ("joined", "member"):
        return "joined by invitation"
    one = _ONE.get(thing, thing.replace("_", " "))
    return f"{did} {one}" if thing in _ALONE else f"{did} {one} {_called(object_id, states)}"


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """What differs: the field, what it was, what it is; empty for what was not there."""
    was, became = before or {}, after or {}
    fields = [*was, *(name for name in became if name not in was)]
    return [
        (name.replace("_", " "), plain(was.get(name)), plain(became.get(name)))
        for name in fields
        if was.get(name) != became.get(name) and name != "id"
    ]


def plain(value: Any) -> str:
    """A value as a person reads it."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(plain(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {plain(each)}" for key, each in value.items())
    return str(value)


def _called(object_id: str, states: tuple[Any, Any]) -> str:
    for state in reversed(states):
        for name in _NAMES:
            if isinstance(state, dict) and state.get(name):
                return f"“{state[name]}”"
    return object_id
