"""What happened with one contact, newest first: texts, messages, consent and imports in one list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from sayso.actions.imports import show_import
from sayso.actions.refusal import Refused
from sayso.console.contacts.words import SAID_BY, Progress
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.links import LinkClick
from sayso.console.loop import perform
from sayso.console.proof.proving import Shown, Told
from sayso.console.proof.saying import Line
from sayso.storage.consents import Entry

LENGTH = 20
TEXTS, MESSAGES, CONSENT = "texts", "messages", "consent"
EVERYTHING = ""
KINDS = ((EVERYTHING, "Everything"), (TEXTS, "Texts"), (MESSAGES, "Messages"), (CONSENT, "Consent"))


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened; exactly one of what it may be, or none: the contact was made."""

    id: int
    at: datetime
    line: Line | None = None
    entry: Told | None = None
    brought: Progress | None = None
    opened: LinkClick | None = None

    @property
    def source(self) -> str:
        """How an answer of the ledger came."""
        row = self.entry.row if self.entry else None
        return SAID_BY.get(row.source, row.source) if isinstance(row, Entry) else ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of it; `older` is the cursor of the next one, None at the end."""

    items: Sequence[Item]
    older: int | None
    kind: str
    first: bool


def kind_of(said: str) -> str:
    """The filter that an address asks for; everything where it is none."""
    return said if said in {TEXTS, MESSAGES, CONSENT} else EVERYTHING


def said_of(kind: str) -> frozenset[str]:
    """What of texts and messages is asked for where this kind alone is wanted."""
    return frozenset({TEXTS, MESSAGES}) if kind == EVERYTHING else frozenset({kind} & {TEXTS, MESSAGES})


def timeline(request: HttpRequest, of: Contact, shown: Shown, kind: str, before: int | None) -> Timeline:
    """The newest of all that is older than the cursor: ids of every ledger grow with time."""
    found = sorted(_items(request, of, shown, kind, before), key=lambda item: item.id, reverse=True)
    found = [item for item in found if before is None or item.id < before]
    more = len(found) > LENGTH or (kind != CONSENT and shown.proof.exchange.more)
    more = more or (kind in {EVERYTHING, CONSENT} and shown.proof.more)
    cut = found[:LENGTH]
    # A page is cut where the ledgers wrote; it is read by when things happened: an import tells late.
    items = sorted(cut, key=lambda item: (item.at, item.id), reverse=True)
    return Timeline(items, cut[-1].id if more and cut else None, kind, before is None)


def _clicks(of: Contact, before: int | None) -> Iterator[LinkClick]:
    """What people opened; machines that look at links ahead are no part of it."""
    found = LinkClick.objects.filter(phone=of.phone, kind="person")
    if before is not None:
        found = found.filter(id__lt=before)
    yield from found.order_by("-at")[: LENGTH + 1]


def _items(request: HttpRequest, of: Contact, shown: Shown, kind: str, before: int | None) -> Iterator[Item]:
    """Every source, each as far as it was read. A further one is one more loop here."""
    for line in shown.said:
        yield Item(line.id, line.at, line=line)
    if kind in {EVERYTHING, CONSENT}:
        for told in shown.entries:
            if isinstance(told.row, Entry):
                yield Item(told.row.id, told.row.timestamp, entry=told)
    if kind == EVERYTHING:
        for click in _clicks(of, before):
            yield Item(click.id, click.at, opened=click)
        yield Item(of.id, of.created_at)
        if of.import_id:
            found = perform(request, show_import, abs(of.import_id))
            if not isinstance(found, Refused):
                yield Item(
                    found.id, found.started_at or found.created_at, brought=Progress(found, of.updated_at)
                )
