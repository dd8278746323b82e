"""Walking an audience in slices: who comes next, what became of them, how far it has come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from sayso.core.alike import Alike
from sayso.core.because import as_plain
from sayso.core.campaigns import Planned
from sayso.core.receipts import RANKS
from sayso.observe import metrics
from sayso.storage import numbers
from sayso.storage.messages import ADVERTISING_LANE
from sayso.storage.numbers import Line
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("planning")


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign that is planned or rehearsed, and how far: up to (`after_phone`, `after_contact`).

    `addressed`: a profile of `after_phone` gets the text already. `conditions`: what the segment said when
    the plan began; None: it goes to none. `may_reach`: how many without a second person (None: any number),
    of whom `room` are left; less than none where they are passed.
    """

    workspace_id: int
    campaign_id: int
    rehearsal: bool
    after_phone: int
    after_contact: int
    addressed: bool
    began_at: datetime
    conditions: Mapping[str, object] | None
    audience: str
    list_id: int
    category: str
    body: str
    reply_service: bool
    per_profile: bool
    opt_out_message: str
    plain_letters: bool = False
    media_urls: Sequence[str] = ()
    without_mms: str = "text"
    fallback_body: str = ""
    may_reach: int | None = None
    room: int | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a plan has come; `finished_at`: there is nobody after it."""

    phone: int
    contact: int
    addressed: bool
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A campaign that goes out; every message of it up to `settled_to` has come to its end."""

    workspace_id: int
    campaign_id: int
    settled_to: int


async def begin(conn: Connection, now: datetime) -> int:
    """Begin to plan what is scheduled and due; how many campaigns."""
    return await run(conn, SQL["begin"], {"now": now})


async def open_plan(conn: Connection, full: Sequence[int] = ()) -> Plan | None:
    """A plan that is not walked to its end, held by this transaction; None: there is none that is free.

    `full`: workspaces whose connections have enough to do; of those only rehearsals are answered.
    """
    return await one(conn, Plan, SQL["open"], {"full": list(full)})


async def lines(conn: Connection, workspace_id: int) -> list[Line]:
    """The lines that a workspace may send from."""
    return await numbers.sending_lines(conn, workspace_id)


async def advance(conn: Connection, plan: Plan, to: Checkpoint) -> bool:
    """Move the checkpoint; False where somebody else did, and then nothing of this slice may stand."""
    said = {
        "workspace_id": plan.workspace_id,
        "campaign_id": plan.campaign_id,
        "rehearsal": plan.rehearsal,
        "after_phone": plan.after_phone,
        "after_contact": plan.after_contact,
        "phone": to.phone,
        "contact": to.contact,
        "addressed": to.addressed,
        "finished_at": to.finished_at,
    }
    return await run(conn, SQL["advance"], said) > 0


async def store(
    conn: Connection, plan: Plan, planned: Sequence[Planned], found: Alike, now: datetime
) -> None:
    """Store a slice's messages, with what is queued, what was decided, and why; `found`: what they share."""
    lines = [kind.line if isinstance(kind.line, Line) else None for kind in found.kinds]
    said = {
        "workspace_id": plan.workspace_id,
        "campaign_id": plan.campaign_id,
        "category": plan.category,
        "lane": ADVERTISING_LANE,
        "now": now,
        "ids": [one.to.message_id for one in planned],
        "contacts": [one.to.recipient.contact_id for one in planned],
        "phones": [one.to.recipient.phone for one in planned],
        "bodies": [one.body for one in planned],
        "dues": [one.due for one in planned],
        "at": found.at,
        "connections": [line.connection_id if line else 0 for line in lines],
        "lines": [line.id if line else 0 for line in lines],
        "senders": [line.number if line else "" for line in lines],
        "encodings": [kind.encoding for kind in found.kinds],
        "parts": [kind.parts for kind in found.kinds],
        "statuses": [kind.status for kind in found.kinds],
        "reasons": [kind.reason for kind in found.kinds],
        "ranks": [RANKS[kind.status] for kind in found.kinds],
        "variants": [kind.variant for kind in found.kinds],
        "with_media": [kind.with_media for kind in found.kinds],
        "prices": [kind.price for kind in found.kinds],
        "count_on": [kind.counts_on for kind in found.kinds],
        "media": list(plan.media_urls),
        "because_at": found.because_at,
        "becauses": [Jsonb(as_plain(because)) for because in found.becauses],
        "details": [because[-1].fact if because else "" for because in found.becauses],
    }
    await conn.execute(SQL["store"], said, prepare=True)
    metrics.count_messages(_by_status(found))


def _by_status(found: Alike) -> Counter[str]:
    statuses: Counter[str] = Counter()
    for kind, times in found.counted():
        statuses[kind.status] += times
    return statuses


async def tally(
    conn: Connection, plan: Plan, parts: Sequence[tuple[Sequence[Planned], Alike]], without_number: int
) -> None:
    """Count what was decided, part by part, with what its recipients share."""
    messages: Counter[tuple[str, str]] = Counter()
    parts_of: Counter[tuple[str, str]] = Counter()
    for kind, times in (each for _, found in parts for each in found.counted()):
        messages[kind.status, kind.reason] += times
        parts_of[kind.status, kind.reason] += times * kind.parts
    dues: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in (each for planned, _ in parts for each in planned):
        if row.status == "deferred":
            dues[row.status, row.reason].append(row.due)
    if without_number:
        messages["skipped", "no_number"] += without_number
    keys = sorted(messages)
    said = {
        "workspace_id": plan.workspace_id,
        "campaign_id": plan.campaign_id,
        "rehearsal": plan.rehearsal,
        "statuses": [status for status, _ in keys],
        "reasons": [reason for _, reason in keys],
        "messages": [messages[key] for key in keys],
        "parts": [parts_of[key] for key in keys],
        "dues_first": [min(dues[key], default=None) for key in keys],
        "dues_last": [max(dues[key], default=None) for key in keys],
    }
    await run(conn, SQL["tally"], said)


async def wake_senders(conn: Connection) -> None:
    """Wake whoever sends, once this transaction commits."""
    await run(conn, SQL["wake"], {})


async def planned_whole(conn: Connection, plan: Plan) -> None:
    """Say that a campaign is planned to its end."""
    said = {"workspace_id": plan.workspace_id, "campaign_id": plan.campaign_id}
    await run(conn, SQL["sending"], said)


async def unsettled(conn: Connection, after: tuple[int, int]) -> list[Unsettled]:
    """Some campaigns that go out, those after (workspace, campaign)."""
    await run(conn, SQL["caught_up"], {})
    said = {"after_workspace": after[0], "after_campaign": after[1]}
    return await many(conn, Unsettled, SQL["unsettled"], said)


async def settle(conn: Connection, campaign: Unsettled, limit: int, now: datetime) -> int:
    """Look how many more of a campaign's messages have come to their end; finish it where all have.

    Answers how many, where there may be more at once; 0 where the next one is still open.
    """
    said = {"workspace_id": campaign.workspace_id, "campaign_id": campaign.campaign_id}
    rows = await next_messages(conn, said | {"settled_to": campaign.settled_to, "limit": limit})
    settled = 0
    for _, rank in rows:
        if rank < RANKS["cancelled"]:
            break
        settled += 1
    if settled:
        await settled_to(conn, said | {"settled_to": rows[settled - 1][0]})
    if settled == len(rows) < limit:
        await run(conn, SQL["finish"], said | {"now": now})
    return settled if settled == limit else 0


async def next_messages(conn: Connection, of: Mapping[str, object]) -> list[tuple[int, int]]:
    """A campaign's next messages after `settled_to`, at most `limit`, by id: id and rank."""
    return [(row[0], row[1]) for row in await (await conn.execute(SQL["next_messages"], of)).fetchall()]


async def settled_to(conn: Connection, of: Mapping[str, object]) -> None:
    """Say that every message of a campaign up to the id `settled_to` has come to its end."""
    await run(conn, SQL["settled"], of)


async def unpark(conn: Connection, limit: int) -> int:
    """Put back what was set aside of campaigns that go on, or are cancelled; how many."""
    return await run(conn, SQL["unpark"], {"limit": limit})
