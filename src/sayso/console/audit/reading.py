"""The trail as a page of rows, in people's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from sayso.console.accounts.models import User
from sayso.console.audit.words import OPERATORS, THINGS, changes, sentence
from sayso.console.components.moments import id_at, time_of
from sayso.console.components.pages import Page, newest
from sayso.console.lenses.audit import AuditEntry
from sayso.console.lenses.keys import ApiKey
from sayso.console.lenses.workspaces import Membership


@dataclass(frozen=True, slots=True)
class Row:
    """One change."""

    at: datetime
    who: str
    what: str
    changes: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person filters by; None and empty: everything."""

    who: str = ""
    thing: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def anything(self) -> bool:
        """Whether anything is filtered at all."""
        return bool(self.who or self.thing or self.since or self.until)


def page(asked: Asked, before: int | None, *, operator: bool) -> Page[Row]:
    """Up to fifty changes, newest first."""
    found = newest(_filtered(asked, operator=operator), before)
    return Page(_rows(found.rows), found.first, found.total, found.older)


def people() -> list[tuple[str, str]]:
    """Whom one may filter by: those who work here, and keys as one."""
    ids = list(Membership.objects.values_list("user_id", flat=True))
    known = sorted(User.objects.filter(pk__in=ids), key=lambda user: str(user).casefold())
    return [*((str(user.pk), str(user)) for user in known), ("keys", "API keys")]


def things(*, operator: bool) -> list[tuple[str, str]]:
    """What one may filter by."""
    return [(thing, words) for thing, words in THINGS.items() if operator or thing not in OPERATORS]


def _filtered(asked: Asked, *, operator: bool) -> QuerySet[Any]:
    found = AuditEntry.objects.all()
    if asked.who == "keys":
        found = found.filter(key_id__isnull=False)
    elif asked.who:
        found = found.filter(user_id=int(asked.who))
    if asked.thing:
        found = found.filter(object_type=asked.thing)
    if not operator:
        found = found.exclude(object_type__in=OPERATORS)
    if asked.since:
        found = found.filter(id__gte=id_at(_midnight(asked.since)))
    if asked.until:
        found = found.filter(id__lt=id_at(_midnight(asked.until + timedelta(days=1))))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def _rows(entries: list[AuditEntry]) -> list[Row]:
    users = User.objects.in_bulk(
        {entry.user_id for entry in entries if entry.user_id}
        | {int(entry.object_id) for entry in entries if entry.object_type == "member"}
    )
    keys = {
        key.id: key
        for key in ApiKey.objects.filter(id__in={entry.key_id for entry in entries if entry.key_id})
    }
    return [_row(entry, users, keys) for entry in entries]


def _row(entry: AuditEntry, users: dict[int, User], keys: dict[int, ApiKey]) -> Row:
    object_id = entry.object_id
    if entry.object_type == "member":
        object_id = str(users.get(int(object_id), f"account {object_id}"))
    return Row(
        time_of(entry.id),
        _who(entry, users, keys),
        sentence(entry.action, entry.object_type, object_id, (entry.before, entry.after)),
        [] if entry.object_type == "address" else changes(entry.before, entry.after),
    )


def _who(entry: AuditEntry, users: dict[int, User], keys: dict[int, ApiKey]) -> str:
    if entry.user_id:
        return str(users.get(entry.user_id, f"account {entry.user_id}"))
    if entry.key_id:
        key = keys.get(entry.key_id)
        return f"Key “{key.name}”" if key else f"Key {entry.key_id}"
    return "Whoever runs this server"
