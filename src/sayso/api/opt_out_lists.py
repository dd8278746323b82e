"""Lists of opt-outs and of numbers that changed hands come in, blocks and the ledger go out (R6.8, R6.9)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody
from litestar.response import Stream

from sayso.actions import changed_hands, export_files, opt_out_lists
from sayso.actions.opt_out_lists import Taken
from sayso.api.problems import settled
from sayso.api.services import Asker, Given, Listed, Phone, ShortText
from sayso.core import phones
from sayso.storage.hands import Asked

Reason = Annotated[str, msgspec.Meta(max_length=500)]
MOST_ASKED = 1_000


class ListedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number of an old vendor's list, and what of it is stopped."""

    phone: Phone
    scope: Literal["channel", "all"] = "channel"
    reason: Reason = ""


class BlocksIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most a thousand at a time; the same again changes nothing."""

    rows: Annotated[list[ListedIn], msgspec.Meta(min_length=1, max_length=opt_out_lists.MOST)]


class GoneIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number, and since when it is somebody else's or nobody's; left out: since now, but not of a list."""

    phone: Phone
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    reason: Reason = ""


class GonesIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most a thousand at a time. `list_name`: the name of the file that says so, for the
    ledger; then each number needs its `at`, for a list may be old."""

    numbers: Annotated[list[GoneIn], msgspec.Meta(min_length=1, max_length=opt_out_lists.MOST)]
    way: Literal["reassigned", "deactivated"] = "reassigned"
    list_name: ShortText = ""


class RefusedOut(msgspec.Struct, frozen=True):
    """What is wrong with one row, the first being 1."""

    row: int
    why: str


class TakenOut(msgspec.Struct, frozen=True):
    """For how many numbers it is news, for how many it stood already, and the rows that were refused."""

    new: int
    stood: int
    refused: list[RefusedOut]


class AskedOut(msgspec.Struct, frozen=True):
    """A number that a text called the wrong one, and since when advertising to it waits for a person."""

    phone: str
    since: datetime


class DecisionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose the number is: still the `same` person's, or it `changed` hands, and consent ends."""

    phone: Phone
    decision: Literal["same", "changed"]


@post("/blocks/import")
async def import_blocks(services: Given, actor: Asker, data: JSONBody[BlocksIn]) -> TakenOut:
    """Block the numbers of an old vendor's list. Scope: consents:write."""
    rows = [opt_out_lists.Row(at, one.phone, one.scope, one.reason) for at, one in enumerate(data.rows, 1)]
    return _taken(settled(await opt_out_lists.import_blocks(services.pool, actor, rows, services.now())))


@post("/consents/ended")
async def end_consents(services: Given, actor: Asker, data: JSONBody[GonesIn]) -> TakenOut:
    """End consent for numbers that changed hands; a later yes stands. Scope: consents:write, no test keys."""
    reports = [
        changed_hands.Report(at, one.phone, one.at, one.reason) for at, one in enumerate(data.numbers, 1)
    ]
    said = changed_hands.Said(data.way, data.list_name)
    return _taken(
        settled(await changed_hands.end_consents(services.pool, actor, reports, said, services.now()))
    )


@get("/consents/reviews")
async def list_reviews(services: Given, actor: Asker) -> Listed[AskedOut]:
    """The thousand numbers whose texts called them wrong and that wait longest. Scope: consents:read."""
    begin = Asked(0, datetime(1970, 1, 1, tzinfo=UTC))
    found = settled(await changed_hands.list_asked(services.pool, actor, begin, MOST_ASKED))
    return Listed([AskedOut(f"+{one.phone}", one.since) for one in found])


@post("/consents/reviews")
async def decide_review(services: Given, actor: Asker, data: JSONBody[DecisionIn]) -> AskedOut:
    """Say whose the number is, and advertising goes on or ends. Scope: consents:write, no test keys."""
    read = phones.parse(data.phone, None)
    key = 0 if isinstance(read, phones.NotANumber) else read.key
    decided = changed_hands.decide_whose(services.pool, actor, key, data.decision, services.now())
    found = settled(await decided)
    return AskedOut(f"+{found.phone}", found.since)


@get("/blocks/export", media_type="text/csv")
async def export_blocks(services: Given, actor: Asker) -> Stream:
    """The blocks that stand, as CSV, streamed. Scope: consents:read."""
    return await _list(services, actor, "blocks")


@get("/consents/export", media_type="text/csv")
async def export_consents(services: Given, actor: Asker) -> Stream:
    """The consent ledger, as CSV, streamed. Scope: consents:read."""
    return await _list(services, actor, "consents")


async def _list(services: Given, actor: Asker, which: str) -> Stream:
    settled(await opt_out_lists.begin_list(services.pool, actor, which))
    file = export_files.as_csv(opt_out_lists.LISTS[which](services.pool, actor))
    headers = {"Content-Disposition": f'attachment; filename="{which}.csv"'}
    return Stream(file, media_type=export_files.TYPES["csv"], headers=headers)


def _taken(done: Taken) -> TakenOut:
    return TakenOut(done.new, done.stood, [RefusedOut(row, why) for row, why in done.refused])


router = Router(
    "",
    route_handlers=[
        import_blocks,
        end_consents,
        list_reviews,
        decide_review,
        export_blocks,
        export_consents,
    ],
    tags=["Consent"],
)
