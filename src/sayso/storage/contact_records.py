"""Records of contacts in bulk: what stands for their people and numbers, and storing them with consent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sayso.core import consent, messages
from sayso.core.consent import StoppedCode
from sayso.core.contact_record import Around, Merged, Read, phone_of
from sayso.core.gate_asked import ConsentState
from sayso.storage import blocks, cancelling, consents, contacts, erased, hands, numbers
from sayso.storage.consents import NewEntry
from sayso.storage.contacts import Contact
from sayso.storage.pool import Connection

_NOTHING = Around()


@dataclass(frozen=True, slots=True)
class Known:
    """What stands for the people and numbers of one write, in the workspace of the transaction."""

    workspace_id: int
    contacts: Mapping[str, Contact]
    blocks: Mapping[int, Sequence[blocks.Block]]
    states: Mapping[int, Sequence[consents.State]]
    codes: Mapping[int, tuple[StoppedCode, ...]]
    _spoken_for: Collection[int] = field(init=False)

    def __post_init__(self) -> None:
        """The numbers of which anything stands: few."""
        object.__setattr__(self, "_spoken_for", {*self.blocks, *self.states, *self.codes})

    def around(self, row: Read) -> Around:
        """What stands for the number that this contact will have."""
        stood = self.contacts.get(row.wanted.external_id)
        phone = phone_of(row, stood) or 0
        if phone not in self._spoken_for:
            return _NOTHING
        said = self.states.get(phone)
        return Around(
            core_blocks(self.workspace_id, self.blocks[phone]) if phone in self.blocks else (),
            core_states(said, stood.id if stood else None) if said else (),
            self.codes.get(phone, ()),
        )


@dataclass(frozen=True, slots=True)
class Said:
    """How words on consent came: the ledger's source, and for a file which one it was.

    `whole` False: a no alone is taken over from the file, and the rest of the contact may come yet (R8.2).
    """

    source: str
    import_id: int | None = None
    file_name: str = ""
    whole: bool = True

    @property
    def brought_by(self) -> int | None:
        """The import as a contact names it, see contacts.Contact."""
        return self.import_id if self.whole or self.import_id is None else -self.import_id

    def evidence(self, line: int) -> Mapping[str, object] | None:
        """The place in the file where a row says so."""
        return {"file": self.file_name, "row": line, "import": str(self.import_id)} if line else None


async def known(conn: Connection, workspace_id: int, rows: Sequence[Read]) -> Known:
    """What stands for these records; the contacts among them are locked.

    Where they say yes, no end of consent of their numbers passes them (R6.8).
    """
    await hold_for_yes(conn, rows)
    found = await contacts.lock_by_external_ids(conn, [row.wanted.external_id for row in rows])
    phones = {row.phone for row in rows if row.phone} | {one.phone for one in found.values() if one.phone}
    hidden = await hidden_among(conn, workspace_id, phones)
    by_number: dict[int, list[blocks.Block]] = {}
    for block in await blocks.active(conn, [*phones, *hidden]):
        by_number.setdefault(hidden.get(block.phone, block.phone), []).append(block)
    said: dict[int, list[consents.State]] = {}
    for standing in await consents.states(conn, [*phones, *hidden]):
        said.setdefault(hidden.get(standing.phone, standing.phone), []).append(standing)
    return Known(workspace_id, found, by_number, said, await stopped_codes(conn, phones))


async def hold_for_yes(conn: Connection, rows: Sequence[Read]) -> None:
    """Let no end of consent pass those of the records that say yes; before any contact is locked."""
    yes = [row for row in rows if row.sms_consent == "yes"]
    await hands.hold_for_yes(
        conn,
        [row.phone for row in yes if isinstance(row.phone, int)],
        [row.wanted.external_id for row in yes if not isinstance(row.phone, int)],
    )


async def store(
    conn: Connection, merged: Mapping[str, Merged], said: Said, now: datetime
) -> Mapping[str, int]:
    """Write them with their consent, take back what waits for who says no (R5.4); ids by external id."""
    if not merged:
        return {}
    ids = await contacts.put(conn, [one.row for one in merged.values()], now, said.brought_by)
    await _say(conn, merged, ids, said, now)
    return ids


async def store_again(conn: Connection, merged: Mapping[str, Merged], said: Said, now: datetime) -> None:
    """The same for whoever does it again, from `known` on, where somebody else brings one of them meanwhile.

    Raises psycopg.errors.UniqueViolation where that is so.
    """
    if any(one.stood is not None for one in merged.values()):
        await store(conn, merged, said, now)
    elif merged:
        rows, speaks = [one.row for one in merged.values()], any(one.word.action for one in merged.values())
        ids = await contacts.add(conn, rows, now, said.brought_by, ids=speaks)
        await _say(conn, merged, ids, said, now)


async def _say(
    conn: Connection, merged: Mapping[str, Merged], ids: Mapping[str, int], said: Said, now: datetime
) -> None:
    entries = [_entry(said, one, ids[name], now) for name, one in merged.items() if one.word.action]
    await consents.append(conn, [entry for entry in entries if entry is not None], now)
    refused = [
        cancelling.Refused(one.row.phone, ids[name])
        for name, one in merged.items()
        if one.row.phone is not None and one.word.action == "reject"
    ]
    await cancelling.cancel_refused(conn, refused, now)


async def hidden_among(conn: Connection, workspace_id: int, phones: Collection[int]) -> Mapping[int, int]:
    """The erased ones of these numbers, by what stands for them (R8.4)."""
    found = await erased.also(conn, {(workspace_id, phone) for phone in phones})
    return {key: phone for (_, key), phone in found.items()}


def core_blocks(workspace_id: int, found: Iterable[blocks.Block]) -> tuple[messages.Block, ...]:
    """Stored blocks as core decides with them."""
    return tuple(
        messages.Block(
            workspace_id,
            block.id,
            block.scope,
            block.line_id,
            block.category,
            block.since,
            block.source,
            block.reason,
            block.inbound_id or 0,
            block.said_last_at,
        )
        for block in found
    )


def core_states(found: Iterable[consents.State], contact_id: int | None) -> tuple[ConsentState, ...]:
    """What a contact said, and what was said for its number alone."""
    return tuple(
        ConsentState(state.category, state.state, state.since, state.source)
        for state in found
        if state.contact_id in (0, contact_id or 0)
    )


async def stopped_codes(conn: Connection, phones: Collection[int]) -> Mapping[int, tuple[StoppedCode, ...]]:
    """The shared codes of the workspace that these numbers said a bare stop to, by number (R3.3)."""
    found: dict[int, tuple[StoppedCode, ...]] = {}
    for one in await numbers.stopped_codes(conn, sorted(phones)):
        found[one.phone] = (*found.get(one.phone, ()), StoppedCode(one.code, one.since))
    return found


def _entry(said: Said, one: Merged, contact_id: int, now: datetime) -> NewEntry | None:
    """The ledger is of numbers: a contact without one has nothing to write there (R6.4)."""
    if one.row.phone is None:
        return None
    evidence = one.evidence
    return NewEntry(
        contact_id,
        one.row.phone,
        one.word.action,
        consent.ALL,
        said.source,
        f"+{one.row.phone}",
        min(evidence.timestamp, now) if evidence else now,
        method=evidence.method if evidence else None,
        wording=evidence.wording if evidence else None,
        evidence=said.evidence(one.line),
    )
