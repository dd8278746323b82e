"""The inbound stage's reads and writes, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import msgspec
from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from sayso.core.messages import InboundText
from sayso.observe import metrics
from sayso.observe.counting import once_committed
from sayso.storage import erased
from sayso.storage.arrays import Shared
from sayso.storage.conversations import SHOWN
from sayso.storage.pool import Connection
from sayso.storage.queries import load

# The columns of each bulk write, in the order of its rows; the leading ones are its key, by which rows are
# sorted (unsorted concurrent upserts deadlock).
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "record": (
        "workspace_id", "phone", "line_id", "id", "contact_id", "sender", "recipient", "body", "media",
        "provider_at", "received_at", "outcome", "process_id", "keyword", "mode", "scope", "because",
        "answers_message_id", "answers_certainty", "flags", "event", "properties", "tab", "needs_answer",
        "words",
    ),
    "add_blocks": (
        "phone", "workspace_id", "scope", "line_id", "category", "written", "since", "source", "inbound_id",
        "process_id", "said", "reason", "answers_message_id",
    ),
    "lift_blocks": ("workspace_id", "id", "at", "by"),
    "add_code_blocks": ("phone", "inbound_number_id", "inbound_id", "since"),
    "lift_code_blocks": ("phone", "inbound_number_id", "at"),
    "append_ledger": (
        "workspace_id", "phone", "contact_id", "category", "inbound_id", "action", "source", "identification",
        "message", "at", "stored_at",
    ),
    "move_states": ("workspace_id", "phone", "contact_id", "category", "state", "since", "source"),
    "set_consent": ("workspace_id", "phone", "value", "at"),
    "cancel": ("workspace_id", "phone", "line_id", "category", "transactional", "advertising", "at"),
    "reply": (
        "workspace_id", "inbound_id", "phone", "contact_id", "recipient", "connection_id", "line_id",
        "sender", "purpose", "template_id", "process_id", "body", "encoding", "parts", "because",
        "expires_at", "country",
    ),
    "raise_events": ("workspace_id", "at", "phone", "contact_id", "name", "properties"),
    "count_matches": ("workspace_id", "process_id", "day", "matches", "last_at"),
    "unrouted": ("id", "connection_id", "kind", "sender", "recipient", "body", "why", "at"),
}  # fmt: skip
_KEY_LENGTH = {
    "record": 3,
    "add_blocks": 5,
    "append_ledger": 5,
    "move_states": 4,
    "count_matches": 3,
    "add_code_blocks": 3,
}

_json = msgspec.json.Encoder().encode

Row = tuple[object, ...]
Found = tuple[Any, ...]
Cursor = AsyncCursor[TupleRow]


async def claim(conn: Connection, lanes: Sequence[int], per_lane: int) -> list[InboundText]:
    """Take waiting texts of these lanes, oldest first; a rollback gives them back."""
    cursor = await conn.execute(
        load("inbound")["claim"], {"lanes": list(lanes), "per_lane": per_lane}, prepare=True
    )
    return [_text(row) for row in await cursor.fetchall()]


async def known(
    conn: Connection, pairs: Iterable[tuple[int, int]], phones: Sequence[int], replies_since: datetime
) -> dict[str, list[Found]]:
    """All that is known of these numbers: rows by query name, each row led by its phone.

    `pairs` are (workspace, phone). The queries travel together and are answered in one round trip.
    """
    wanted = sorted(pairs)
    by_phone = {"phones": Shared(sorted(phones))}
    by_pair = _pairs(wanted)
    asked: dict[str, Mapping[str, object]] = {
        "profiles": by_pair,
        "texted": by_phone,
        "blocks": by_phone,
        "code_blocks": by_phone,
        "words": by_pair,
        "replies": {**by_phone, "since": replies_since},
    }
    async with conn.pipeline():
        any_erased = await erased.ask(conn, sorted({workspace for workspace, _ in wanted}))
        cursors = await _ask(conn, asked)
    found = {name: await cursor.fetchall() for name, cursor in cursors.items()}
    # Under another key a START lifts no kept block, which is safe; texts, and with them stops, are decided.
    if hidden := await erased.also(conn, wanted, surely=False, asked=any_erased):
        for name, rows in (await _under(conn, hidden)).items():
            found[name] = [*rows, *found[name]]
    return found


async def _under(conn: Connection, hidden: Mapping[tuple[int, int], int]) -> dict[str, list[Found]]:
    """What is kept of erased numbers, each row led by the number itself."""
    keys = {"phones": sorted({key for _, key in hidden})}
    cursors = await _ask(conn, {"blocks": keys, "words": _pairs(sorted(hidden))})
    return {
        name: [
            (hidden[row[1], row[0]], *row[1:])
            for row in await cursor.fetchall()
            if (row[1], row[0]) in hidden
        ]
        for name, cursor in cursors.items()
    }


async def _ask(conn: Connection, asked: Mapping[str, Mapping[str, object]]) -> dict[str, Cursor]:
    return {
        name: await conn.execute(load("inbound")[name], parameters, prepare=True)
        for name, parameters in asked.items()
    }


async def append(conn: Connection, batch: Mapping[str, Sequence[Row]], **constants: object) -> None:
    """Write a batch: one statement a kind. Rows are tuples in the order of COLUMNS.

    In the caller's pipeline none of them waits for the one before.
    """
    done: dict[str, Cursor] = {}
    for kind, columns in COLUMNS.items():
        rows = batch.get(kind)
        if not rows:
            continue
        parameters = {**_by_column(kind, columns, rows), **constants, "shown": SHOWN}
        done[kind] = await conn.execute(load("inbound")[kind], parameters, prepare=True)
    steps = {"cancelled": done.get("cancel"), "queued": done.get("reply")}

    def count() -> None:
        metrics.count_messages({status: cursor.rowcount for status, cursor in steps.items() if cursor})

    once_committed(count)


def _by_column(kind: str, columns: Sequence[str], rows: Sequence[Row]) -> dict[str, object]:
    by_key = itemgetter(slice(_KEY_LENGTH.get(kind, 2)))
    lists = (list(values) for values in zip(*sorted(rows, key=by_key), strict=True))
    said: dict[str, Any] = dict(zip(columns, lists, strict=True))
    if "properties" in said:
        # As one document: a column of JSON texts is quoted by us, and unquoted there, one by one.
        said["properties"] = _json(said["properties"]).decode()
    if "because" in said:
        # Most rows of a batch say the same reasons: each is sent and read once.
        places: dict[str, int] = {}
        said["because"] = [places.setdefault(each, len(places) + 1) for each in said["because"]]
        said["reasons"] = list(places)
    return said


async def peek(conn: Connection, lanes: Sequence[int], per_lane: int) -> list[int]:
    """The ids of the texts that `claim` would take, oldest first."""
    cursor = await conn.execute(load("inbound")["peek"], {"lanes": list(lanes), "per_lane": per_lane})
    return sorted(row[0] for row in await cursor.fetchall())


async def take(conn: Connection, lanes: Sequence[int], ids: Sequence[int]) -> list[InboundText]:
    """Take these waiting texts, as `claim` does."""
    cursor = await conn.execute(load("inbound")["take"], {"lanes": list(lanes), "ids": list(ids)})
    return [_text(row) for row in await cursor.fetchall()]


async def look(conn: Connection, lanes: Sequence[int], id_: int) -> InboundText | None:
    """One waiting text, left where it is."""
    row = await (await conn.execute(load("inbound")["look"], {"lanes": list(lanes), "id": id_})).fetchone()
    return _text(row) if row else None


async def set_aside(conn: Connection, lanes: Sequence[int], id_: int, why: str) -> None:
    """Put one text that cannot be decided on the operator's list."""
    await conn.execute(load("inbound")["set_aside"], {"lanes": list(lanes), "id": id_, "why": why})


def _pairs(wanted: Sequence[tuple[int, int]]) -> dict[str, object]:
    return {
        "workspaces": Shared([pair[0] for pair in wanted]),
        "phones": Shared([pair[1] for pair in wanted]),
    }


def _text(row: Found) -> InboundText:
    (id_, connection, phone, sender, recipient, body, provider_at, received_at, media, answered, stale) = row
    told = tuple(media or ())
    return InboundText(
        id_, connection, phone, sender, recipient, body, provider_at, received_at, told, answered, stale
    )
