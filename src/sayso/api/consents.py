"""`blocks` and `consents`: who may not be texted, and what was said about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody, QueryParameter

from sayso.actions import blocks, consents
from sayso.api.problems import settled
from sayso.api.services import Asked, Asker, Given, Id, Listed, Phone, ShortText, dialled, listed
from sayso.core.because import as_plain
from sayso.storage.blocks import Block, Since
from sayso.storage.consents import Entry

Categories = Annotated[list[ShortText], msgspec.Meta(min_length=1, max_length=50)]
AskedPhone = Annotated[str | None, QueryParameter(max_length=64, description="Only this number.")]


class BlockIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number that shall not be sent to; `line_id` with scope line, `categories` with scope categories."""

    phone: Phone
    scope: Literal["channel", "line", "categories", "all"] = "channel"
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    line_id: Id | None = None
    categories: Annotated[list[ShortText], msgspec.Meta(max_length=50)] = []


class BlockOut(msgspec.Struct, frozen=True):
    """A block; `said` are the words that did it, `reason` says what happened."""

    id: str
    phone: str
    scope: str
    line_id: int | None
    category: str | None
    since: datetime
    source: str
    reason: str
    said: str
    inbound_message_id: str | None
    process_id: int | None
    lifted_at: datetime | None
    lifted_by: str | None


class BlockDone(BlockOut, frozen=True, kw_only=True):
    """The block that was asked for, and every block that now stands on the number."""

    standing: list[BlockOut]


class ConsentIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A yes or no that a person gave; a yes lifts a block only with method, timestamp and wording."""

    phone: Phone
    action: Literal["accept", "reject"]
    categories: Categories | Literal["*"] = "*"
    external_id: ShortText | None = None
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    method: ShortText = ""
    wording: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    evidence: Any = None

    def wanted(self) -> consents.ConsentWanted:
        """As the action takes it."""
        proof = self.evidence
        return consents.ConsentWanted(
            self.phone,
            self.action,
            ("*",) if isinstance(self.categories, str) else tuple(self.categories),
            self.external_id,
            self.timestamp,
            self.method,
            self.wording,
            proof if proof is None or isinstance(proof, dict) else {"evidence": proof},
        )


class OutcomeOut(msgspec.Struct, frozen=True):
    """What the word did for one category: accepted, lifted, pending, nothing or rejected."""

    category: str
    outcome: str
    lifted_block_ids: list[str]
    because: list[dict[str, str]]


class ConsentDone(msgspec.Struct, frozen=True):
    """What the word did, category by category."""

    results: list[OutcomeOut]


class EntryOut(msgspec.Struct, frozen=True):
    """A line of the ledger; `timestamp` is when it was said, `imported_timestamp` when it was stored."""

    id: str
    timestamp: datetime
    imported_timestamp: datetime
    action: str
    source: str
    category: str
    identification: str
    identification_type: str
    message: str
    contact_id: str | None
    phone: str
    method: str | None
    wording: str | None
    evidence: Any
    inbound_message_id: str | None


@post("/blocks")
async def create_block(services: Given, actor: Asker, data: JSONBody[BlockIn]) -> BlockDone:
    """Block a number; a block that stood already keeps its proof. Scope: consents:write."""
    wanted = blocks.BlockWanted(data.phone, data.scope, data.reason, data.line_id, tuple(data.categories))
    found = settled(await blocks.create_block(services.pool, actor, wanted, services.now()))
    asked = next(one for one in found if _is_asked(one, data))
    return BlockDone(**msgspec.structs.asdict(_block(asked)), standing=[_block(one) for one in found])


@get("/blocks")
async def list_blocks(
    services: Given,
    actor: Asker,
    page: Asked,
    phone: AskedPhone = None,
    lifted: Annotated[bool, QueryParameter(description="Lifted ones too.")] = False,
) -> Listed[BlockOut]:
    """Blocks, newest first. Scope: consents:read."""
    since = Since(page.before, page.limit, lifted)
    found = settled(await blocks.list_blocks(services.pool, actor, dialled(phone), since))
    return listed(page, [_block(one) for one in found], found[-1].id if found else None)


@post("/consents")
async def record_consent(services: Given, actor: Asker, data: JSONBody[ConsentIn]) -> ConsentDone:
    """Record a yes or no. Scope: consents:write; lifting a block needs consents:override too."""
    told = settled(await consents.record_consent(services.pool, actor, data.wanted(), services.now()))
    return ConsentDone(
        [
            OutcomeOut(one.category, one.outcome, [str(found) for found in one.lifted], as_plain(one.because))
            for one in told
        ]
    )


@get("/consents")
async def list_consents(
    services: Given, actor: Asker, page: Asked, phone: AskedPhone = None
) -> Listed[EntryOut]:
    """The ledger, newest first. Scope: consents:read."""
    found = settled(
        await consents.list_consents(services.pool, actor, dialled(phone), page.before, page.limit)
    )
    return listed(page, [_entry(one) for one in found], found[-1].id if found else None)


def _is_asked(found: Block, data: BlockIn) -> bool:
    if data.scope == "categories":
        return found.category == data.categories[0]
    return found.scope == data.scope and found.line_id == (data.line_id or 0)


def _block(found: Block) -> BlockOut:
    return BlockOut(
        str(found.id),
        spelled(found.phone, found.written),
        found.scope,
        found.line_id or None,
        found.category or None,
        found.since,
        found.source,
        found.reason,
        found.said,
        None if found.inbound_id is None else str(found.inbound_id),
        found.process_id,
        found.lifted_at,
        found.lifted_by,
    )


def spelled(phone: int, written: str) -> str:
    """A number in E.164; a sender that is no number as it was written."""
    return f"+{phone}" if phone > 0 else written


def _entry(found: Entry) -> EntryOut:
    return EntryOut(
        str(found.id),
        found.timestamp,
        found.imported_timestamp,
        found.action,
        found.source,
        found.category,
        found.identification,
        found.identification_type,
        found.message,
        None if found.contact_id is None else str(found.contact_id),
        spelled(found.phone, found.identification),
        found.method,
        found.wording,
        found.evidence,
        None if found.inbound_id is None else str(found.inbound_id),
    )


router = Router(
    "",
    route_handlers=[create_block, list_blocks, record_consent, list_consents],
    tags=["Consent"],
)
