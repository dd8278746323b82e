"""What an entry of the trail says, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

THINGS = {
    "address": "Addresses that lead nowhere",
    "api_key": "API keys",
    "block": "Blocks",
    "campaign": "Campaigns",
    "campaign_limits": "Limits of campaigns",
    "category": "Categories",
    "confirmation": "Confirmations",
    "connection": "Connections",
    "consent": "Consent",
    "contact": "Contacts",
    "contact_import": "Imports of contacts",
    "correction": "Corrections of credit",
    "credit_alarm": "Credit alarm",
    "event_names": "Event names",
    "inbound_number": "Inbound numbers",
    "invitation": "Invitations",
    "line": "Lines",
    "list": "Lists",
    "member": "People",
    "opt_out": "Opt-out message and terms",
    "picture": "Pictures",
    "prices": "Prices",
    "process": "Processes",
    "quarantine": "Quarantine",
    "sending": "Stop and go on",
    "sending_rules": "Hours, caps and countries",
    "spend_caps": "Spend caps",
    "template": "Templates",
    "top_up": "Top-ups",
    "unrouted": "Unrouted texts",
    "workspace": "Workspace",
}
# The operator's own: their entries are told to no other (as the API does it).
OPERATORS = ("connection", "inbound_number", "quarantine", "unrouted")

_ONE = {
    "api_key": "API key",
    "campaign_limits": "limits of campaigns",
    "category": "category",
    "contact_import": "the import of",
    "confirmation": "confirmations in",
    "credit_alarm": "when the credit alarm rings",
    "event_names": "the event’s names",
    "inbound_number": "inbound number",
    "opt_out": "opt-out message and terms",
    "sending": "all sending",
    "sending_rules": "hours, caps and countries",
    "spend_caps": "spend caps",
    "unrouted": "unrouted text",
    "workspace": "the workspace",
}
_WHOLE = {
    ("account_changed", "member"): "changed how {} signs in",
    ("appended", "correction"): "corrected the credit",
    ("appended", "top_up"): "topped up the credit",
    ("asked_in_vain", "address"): "asked for {}, which leads nowhere in this workspace",
    ("asked_on_in_vain", "address"): "asked for more addresses that lead nowhere, left out here for an hour",
    ("changed", "member"): "changed the role of {}",
    ("continued", "contact_import"): "let the import of {} go on",
    ("continued", "connection"): "let what leaves by {} go on",
    ("continued", "sending"): "let sending go on",
    ("created", "invitation"): "invited {}",
    ("exported", "contact"): "handed out contacts as a file: {}",
    ("imported", "block"): "imported {} of opt-outs",
    ("joined", "member"): "joined by invitation",
    ("merged_away", "contact"): "let contact {} go into another",
    ("removed", "member"): "removed {}",
    ("stopped", "connection"): "stopped what leaves by {}",
    ("tested", "campaign"): "tested campaign {}",
    ("undone", "campaign"): "took back the launch of “{}”",
    ("withdrawn", "invitation"): "took back the invitation of {}",
}
_DID = {
    "created": "made",
    "decided_again": "had decided again",
    "emptied": "emptied",
    "put": "saved",
    "token_renewed": "renewed the callback addresses of",
    "withdrawn": "took back",
}
_NAMES = ("name", "email", "written", "external_id", "file_name")
_FIELDS = {
    "body": "text",
    "fallback_body": "text where no picture is carried",
    "media_urls": "pictures",
    "plain_letters": "plain letters in place of costly ones",
    "without_mms": "where no picture is carried",
    "email": "e-mail",
    "list_id": "list",
    "per_profile": "one text for each profile",
    "reply_service": "lets people reply",
    "starts_at": "begins",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_ALONE = frozenset(
    {
        "credit_alarm",
        "event_names",
        "opt_out",
        "prices",
        "sending",
        "sending_rules",
        "spend_caps",
        "workspace",
    }
)


def sentence(action: str, thing: str, object_id: str, states: tuple[Any, Any]) -> str:
    """`made API key “Shop”`; the person or key before it is told apart."""
    if whole := _WHOLE.get((action, thing)):
        return whole.format(_called(object_id, states).strip("“”"))
    did = _DID.get(action, action.replace("_", " "))
    one = _ONE.get(thing, thing.replace("_", " "))
    return f"{did} {one}" if thing in _ALONE else f"{did} {one} {_called(object_id, states)}"


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """What differs: the field, what it was, what it is; empty for what was not there."""
    was, became = before or {}, after or {}
    fields = [*was, *(name for name in became if name not in was)]
    return [
        (_FIELDS.get(name, name.replace("_", " ")), plain(was.get(name)), plain(became.get(name)))
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
    if isinstance(value, str) and _MOMENT.match(value):
        return _moment(value)
    return str(value)


def _moment(said: str) -> str:
    """A moment in the workspace's zone, exact, as everywhere in the trail."""
    try:
        return f"{timezone.localtime(datetime.fromisoformat(said)):%d-%m-%Y %H:%M:%S}"
    except ValueError:
        return said


def _called(object_id: str, states: tuple[Any, Any]) -> str:
    for state in reversed(states):
        for name in _NAMES:
            if isinstance(state, dict) and state.get(name):
                return f"“{state[name]}”"
    return object_id
