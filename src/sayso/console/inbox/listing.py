"""The list of conversations: two filters of R12.1, one's own, a line, a label; newest first, by cursor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from sayso.console.components.numbers import spaced
from sayso.console.components.pages import cursor
from sayso.console.inbox.people import colleagues, lines, names_of
from sayso.console.lenses.conversations import Conversation, ConversationLabel

ROWS = 50
MOST_LABELS = 200
COUNTED = 1_000  # beyond, the exact number helps nobody
EPOCH_OF_IDS = 1767225600.0  # ids begin with the milliseconds since 2026
SHOWS = {
    "needs": "Needs an answer",
    "mine": "Mine",
    "all": "All that are not STOP",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations are asked for."""

    show: str
    line_id: int | None
    before: int | None
    label: str = ""

    @property
    def kept(self) -> str:
        """The filters as an address carries them: empty where they are as they begin."""
        said = {"show": self.show if self.show != "needs" else "", "line": self.line_id, "label": self.label}
        kept = urlencode({name: value for name, value in said.items() if value})
        return f"?{kept}" if kept else ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered beyond what the inbox shows by itself."""
        return self.show != "needs" or self.line_id is not None or bool(self.label)


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in the list."""

    id: int
    who: str
    at: datetime
    last: str
    line: str
    waiting: bool
    closed: bool
    assigned: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Some rows, how many need an answer, and the cursor of the next ones."""

    wanted: Wanted
    rows: list[Row]
    waiting: int
    older: int | None
    lines: dict[int, str]
    labels: dict[str, str]

    @property
    def older_query(self) -> str:
        """The next page, of the same address."""
        kept = self.wanted.kept
        return f"{kept}&before={self.older}" if kept else f"?before={self.older}"

    @property
    def newest_query(self) -> str:
        """The first page, of the same address."""
        return self.wanted.kept or "?"

    @property
    def line(self) -> str:
        """The line that is filtered by."""
        return self.lines.get(self.wanted.line_id or 0, "that line")

    @property
    def label(self) -> str:
        """The label that is filtered by, as it was written."""
        return self.labels.get(self.wanted.label, self.wanted.label)

    @property
    def many(self) -> bool:
        """Whether more need an answer than we count."""
        return self.waiting > COUNTED


def asked(request: HttpRequest) -> Wanted:
    """The filters of an address; what is broken in it counts as not said."""
    show, line = request.GET.get("show", ""), cursor(request.GET.get("line", ""))
    return Wanted(
        show if show in SHOWS else "needs",
        line if line and line < 2**31 else None,
        cursor(request.GET.get("before", "")),
        request.GET.get("label", "").replace("\0", "")[:60],
    )


def listing(wanted: Wanted, user_id: int) -> Listing:
    """Up to fifty conversations; each filter walks an index of its own in the order of the list."""
    ordered = _found(wanted, user_id).order_by("-last_id")
    taken = list((ordered.filter(last_id__lt=wanted.before) if wanted.before else ordered)[: ROWS + 1])
    shown = taken[:ROWS]
    names, known = names_of({each.phone for each in shown}), dict(lines())
    people = colleagues({each.assigned_to for each in shown if each.assigned_to})
    rows = [
        Row(
            id=each.id,
            who=names.get(each.phone) or spaced(each.phone, each.written),
            at=moment(each.last_id),
            last=_last(each),
            line=known.get(each.line_id, "a line that was withdrawn"),
            waiting=each.open and each.unanswered > 0,
            closed=not each.open,
            assigned="you" if each.assigned_to == user_id else people.get(each.assigned_to or 0, ""),
        )
        for each in shown
    ]
    return Listing(wanted, rows, waiting(), shown[-1].last_id if len(taken) > ROWS else None, known, labels())


def _last(each: Conversation) -> str:
    if each.open and each.came_back and each.last_is_ours:
        return f"Did not arrive: {each.came_back}"
    return f"You: {each.last_words}" if each.last_is_ours else each.last_words


def waiting() -> int:
    """How many conversations need an answer; beyond 1,000 it is not counted on."""
    return int(_unanswered()[: COUNTED + 1].count())


def labels() -> dict[str, str]:
    """Every label in use, by its folded spelling; one of its written ones stands for it."""
    found = ConversationLabel.objects.order_by("folded").distinct("folded").values_list("folded", "written")
    return dict(found[:MOST_LABELS])


def moment(of_id: int) -> datetime:
    """When a time-ordered id was made."""
    return datetime.fromtimestamp((of_id >> 20) / 1000 + EPOCH_OF_IDS, UTC)


def _found(wanted: Wanted, user_id: int) -> QuerySet[Conversation]:
    found: QuerySet[Conversation] = {
        "needs": _unanswered(),
        "mine": Conversation.objects.filter(open=True, assigned_to=user_id),
        "all": Conversation.objects.all(),
    }[wanted.show]
    found = found.filter(line_id=wanted.line_id) if wanted.line_id else found
    if not wanted.label:
        return found
    labelled = ConversationLabel.objects.filter(
        phone=OuterRef("phone"), line_id=OuterRef("line_id"), folded=wanted.label
    )
    return found.filter(Exists(labelled))


def _unanswered() -> QuerySet[Conversation]:
    return Conversation.objects.filter(open=True, unanswered__gt=0)
