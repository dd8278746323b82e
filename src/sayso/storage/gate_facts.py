"""What the gate must know about many messages at once: waiting texts, blocks, consent; in one round trip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from msgspec import Struct
from psycopg.rows import TupleRow

from sayso.core.campaigns import Campaign, Line, Recipient, candidate
from sayso.core.gate_asked import Candidate, ConsentState, Facts
from sayso.core.messages import Block, CodeBlock
from sayso.storage import erased, sending_rules
from sayso.storage.arrays import Shared
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import Cursor

SQL = load("gate_facts")
_NOBODY: TupleRow = ("unknown", None, None)
Hidden = Mapping[tuple[int, int], int]
"""Erased numbers by (workspace, what stands for them)."""


class Asked(Struct, frozen=True, gc=False):
    """A candidate and the contact that it is meant for, if any."""

    candidate: Candidate
    contact_id: int | None


async def read(conn: Connection, asked: Sequence[Asked]) -> list[Facts]:
    """The facts of each candidate, in the order asked; all who are alike and of whose number nothing is known
    share one object.

    Works as the engine for any workspaces, and as the app for the one of the transaction. Where a pipeline
    is open the queries travel in it, else in one of their own.
    """
    if not asked:
        return []
    # A no outlives the erasure of whoever said it: what stands under the hash is asked for too.
    hidden = await erased.also(conn, {(one.candidate.workspace_id, one.candidate.phone) for one in asked})
    found = await _find(conn, _parameters(asked, hidden), hidden)
    shared: dict[tuple[int, int, str, TupleRow], Facts] = {}
    answered = []
    for one in asked:
        to = one.candidate
        if to.reply is not None or found.has_own(to.workspace_id, to.phone):
            answered.append(found.of(one))
            continue
        contact = found.contact(to.workspace_id, one.contact_id or 0)
        kind = to.workspace_id, to.line_id, to.category, contact
        if kind not in shared:
            shared[kind] = found.of(one)
        answered.append(shared[kind])
    return answered


async def of_slice(
    conn: Connection, campaign: Campaign, people: Sequence[Recipient], lines: Sequence[Line], asked: Cursor
) -> Found:
    """What is known of recipients of a campaign, who come by number, and of the lines that may text them.

    What the contact says was read with them: of a text that was decided on since, its block or its consent is
    read here. `asked`: whether anybody was erased.
    """
    workspace = campaign.workspace_id
    numbers = [(workspace, phone) for phone in dict.fromkeys([one.phone for one in people])]
    hidden = await erased.also(conn, numbers, asked=asked)
    return await _find(conn, _of_slice(campaign, lines, numbers, hidden), hidden)


def of_recipients(
    found: Found, campaign: Campaign, people: Sequence[Recipient], lines: Sequence[Line | None]
) -> list[Facts]:
    """The facts of each recipient and the line that would text them.

    All of whom nothing of their own is known share one object.
    """
    shared: dict[tuple[int, TupleRow], Facts] = {}
    own = found.own(campaign.workspace_id)
    answered = []
    for one, line in zip(people, lines, strict=True):
        kind = line.id if line else 0, (one.sms_consent, one.sms_valid, one.time_zone)
        is_own = one.phone in own
        facts = None if is_own else shared.get(kind)
        if facts is None:
            facts = found.of(Asked(candidate(campaign, one, line), one.contact_id), kind[1])
            if not is_own:
                shared[kind] = facts
        answered.append(facts)
    return answered


def _of_slice(
    campaign: Campaign, lines: Sequence[Line], numbers: Sequence[tuple[int, int]], hidden: Hidden
) -> dict[str, object]:
    """As `_parameters` makes them of candidates, of which a slice needs none."""
    workspace, phones = campaign.workspace_id, Shared([phone for _, phone in numbers])
    every = Shared(sorted([*phones, *(phone for _, phone in hidden)])) if hidden else phones
    own = Shared([workspace] * len(phones))
    owns = Shared([workspace] * len(every)) if hidden else own
    return {
        "waiting_workspaces": own,
        "waiting_phones": phones,
        "advertised_workspaces": own,
        "advertised_phones": phones,
        "workspaces": [workspace],
        "phones": every,
        "lines": sorted({line.id for line in lines}),
        "number_workspaces": owns,
        "number_phones": every,
        "people_workspaces": [],
        "people": [],
        "category_workspaces": [workspace],
        "categories": [campaign.category],
        "reply_workspaces": [],
        "reply_phones": [],
        "reply_lines": [],
    }


async def _find(conn: Connection, parameters: Mapping[str, object], hidden: Hidden) -> Found:
    # In the one that is open, if there is: entering and leaving another waits for an answer each time.
    async with nullcontext() if conn.pgconn.pipeline_status else conn.pipeline():
        # In the order of the file, which matters: see the query `waiting`. Only advertising and replies ask
        # that one, only advertising `advertised`, only replies `wrote`; recipients bring their `contacts`.
        unasked = {
            name
            for name, keys in (
                ("waiting", "waiting_phones"),
                ("advertised", "advertised_phones"),
                ("wrote", "reply_phones"),
                ("contacts", "people"),
            )
            if not parameters[keys]
        }
        names = [name for name in SQL if name not in unasked]
        cursors = {name: await conn.execute(SQL[name], parameters, prepare=True) for name in names}
        rows = {name: await cursor.fetchall() for name, cursor in cursors.items()}
    return Found(rows, hidden)


def _parameters(asked: Sequence[Asked], hidden: Hidden) -> dict[str, object]:
    every = [one.candidate for one in asked]
    numbers = {(one.workspace_id, one.phone) for one in every}
    advertised = {(one.workspace_id, one.phone) for one in every if one.advertising}
    replies = {_conversation(one) for one in asked if one.candidate.reply is not None}
    waiting = _columns(advertised | {(workspace, phone) for workspace, phone, _ in replies}, 2)
    reached = _columns(numbers | hidden.keys(), 2)
    told = _columns(advertised, 2)
    people = _columns({(one.candidate.workspace_id, one.contact_id) for one in asked if one.contact_id}, 2)
    categories = _columns({(one.workspace_id, one.category) for one in every}, 2)
    answered = _columns(replies, 3)
    return {
        "waiting_workspaces": waiting[0],
        "waiting_phones": waiting[1],
        "advertised_workspaces": told[0],
        "advertised_phones": told[1],
        "workspaces": sorted(set(reached[0])),
        "phones": reached[1] if len(set(reached[0])) == 1 else sorted(set(reached[1])),
        "lines": sorted({one.line_id for one in every} - {0}),
        "number_workspaces": reached[0],
        "number_phones": reached[1],
        "people_workspaces": people[0],
        "people": people[1],
        "category_workspaces": categories[0],
        "categories": categories[1],
        "reply_workspaces": answered[0],
        "reply_phones": answered[1],
        "reply_lines": answered[2],
    }


def _columns(keys: Collection[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Keys in their order, a list a column."""
    return [list(column) for column in zip(*sorted(keys), strict=True)] or [[] for _ in range(width)]


def _conversation(asked: Asked) -> tuple[int, int, int]:
    candidate = asked.candidate
    return candidate.workspace_id, candidate.phone, candidate.line_id


class Found:
    """The rows of all queries, sorted to the keys they are asked by."""

    def __init__(self, rows: dict[str, list[TupleRow]], hidden: Hidden) -> None:
        self._waiting = {(row[0], row[1]): row[2] for row in rows.get("waiting", ())}
        self._lines = {row[0]: row[1:] for row in rows["lines"]}
        self._rules = {row[0]: sending_rules.read_row(row) for row in rows["rules"]}
        self._advertised: defaultdict[tuple[int, int], list[datetime]] = defaultdict(list)
        for workspace, phone, at in rows.get("advertised", ()):
            self._advertised[workspace, phone].append(at)
        self._blocks: defaultdict[tuple[int, int], list[Block]] = defaultdict(list)
        for key, *block in rows["blocks"]:
            phone = hidden.get((block[0], key), key)
            self._blocks[block[0], phone].append(Block(*block))
        self._code_blocks: defaultdict[int, list[CodeBlock]] = defaultdict(list)
        for phone, *code_block in rows["code_blocks"]:
            self._code_blocks[phone].append(CodeBlock(*code_block))
        self._consents: defaultdict[tuple[int, int, int], list[ConsentState]] = defaultdict(list)
        for workspace, key, contact, *state in rows["consents"]:
            phone = hidden.get((workspace, key), key)
            self._consents[workspace, phone, contact].append(ConsentState(*state))
        self._contacts: defaultdict[int, dict[int, TupleRow]] = defaultdict(dict)
        for workspace, *contact, ids in rows.get("contacts", ()):
            self._contacts[workspace].update(dict.fromkeys(ids, tuple(contact)))
        self._legitimate = {(row[0], row[1]) for row in rows["legitimate"]}
        self._wrote = {(row[0], row[1], row[2]): row[3] for row in rows.get("wrote", ())}

        self._own = {*self._waiting, *self._blocks, *((key[0], key[1]) for key in self._consents)}
        self._own.update(key for key in self._advertised)

    def has_own(self, workspace: int, phone: int) -> bool:
        """Whether anything is known of the number itself, beside its contact, line and workspace."""
        return (workspace, phone) in self._own or phone in self._code_blocks

    def contact(self, workspace: int, contact_id: int) -> TupleRow:
        """What is known of a contact: consent, whether a text may arrive, time zone."""
        return self._contacts[workspace].get(contact_id, _NOBODY)

    def own(self, workspace: int) -> set[int]:
        """The numbers of which `has_own` holds."""
        return {phone for of, phone in self._own if of == workspace} | self._code_blocks.keys()

    def of(self, asked: Asked, said: TupleRow | None = None) -> Facts:
        """The facts of one candidate: consent of its contact and of the number alone both count.

        `said`: what the contact says, where it was read before.
        """
        workspace, phone = asked.candidate.workspace_id, asked.candidate.phone
        contact = asked.contact_id or 0
        states = self._consents.get((workspace, phone, 0), [])
        if contact:
            states = states + self._consents.get((workspace, phone, contact), [])
        sms_consent, sms_valid, time_zone = said or self.contact(workspace, contact)
        withdrawn, country, simulated = self._lines.get(asked.candidate.line_id, (False, "", False))
        stands = self._rules.get(workspace)
        return Facts(
            waiting_since=self._waiting.get((workspace, phone)),
            blocks=tuple(self._blocks.get((workspace, phone), ())),
            code_blocks=tuple(self._code_blocks.get(phone, ())),
            consents=tuple(states),
            sms_consent=sms_consent,
            sms_valid=sms_valid,
            line_withdrawn=withdrawn,
            legitimate_interest=(workspace, asked.candidate.category) in self._legitimate,
            wrote=self._wrote.get(_conversation(asked)) if self._wrote else None,
            rules=stands.rules if stands and (stands.practises or not simulated) else None,
            line_country=country,
            time_zone=time_zone,
            advertised=tuple(self._advertised.get((workspace, phone), ())),
            halt=stands.halt if stands else None,
        )
