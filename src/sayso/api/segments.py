"""`segments` of contacts, counted before they are used."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Router, delete, get, post, put
from litestar.params import JSONBody

from sayso.actions import segments
from sayso.actions.meanwhile import stamp
from sayso.api.problems import settled
from sayso.api.services import Asked, Asker, Given, Listed, PathId, ShortText, listed
from sayso.core.audience import TESTS
from sayso.storage.audience import Met
from sayso.storage.segments import SegmentDraft

_ABOUTS = "; ".join(f"{about}: {', '.join(tests)}" for about, tests in TESTS.items())
Conditions = Annotated[
    dict[str, Any],
    msgspec.Meta(
        description="A group {all: […]}, {any: […]} or {not: …} of groups and conditions; "
        "a condition has `about`, `test`, and what they need: `value`; `name` of an attribute, or of the "
        "category of consent; `days` of within and not_within; `id` of a list or campaign. "
        f"There are {_ABOUTS}.",
        examples=[
            {
                "all": [
                    {"about": "language", "test": "is", "value": "de"},
                    {"about": "texted", "test": "not_within", "days": 30},
                    {"not": {"about": "list", "test": "on", "id": 1}},
                ]
            }
        ],
    ),
]


class SegmentIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A segment as asked for. `seen` is the `stamp` of what it was made from: a change meanwhile is told."""

    name: ShortText
    conditions: Conditions
    seen: ShortText = ""

    def wanted(self) -> SegmentDraft:
        """As the action takes it."""
        return SegmentDraft(self.name, self.conditions)


class SegmentOut(msgspec.Struct, frozen=True):
    """A segment; `said` is what its conditions are in words."""

    id: int
    name: str
    conditions: dict[str, Any]
    said: str
    created_at: datetime
    changed_at: datetime
    stamp: str


class ConditionsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Conditions to be counted."""

    conditions: Conditions


class Person(msgspec.Struct, frozen=True):
    """One of those who are meant."""

    id: str
    external_id: str | None
    phone: str | None
    email: str | None


class CountOut(msgspec.Struct, frozen=True):
    """How many contacts meet the conditions now, how many of them have a number, and the first few."""

    contacts: int
    with_number: int
    said: str
    first: list[Person]


@post("/segments")
async def create_segment(services: Given, actor: Asker, data: JSONBody[SegmentIn]) -> SegmentOut:
    """Make a segment. Scope: contacts:write."""
    made = await segments.create_segment(services.pool, actor, data.wanted(), services.now())
    return _segment(settled(made))


@get("/segments")
async def list_segments(services: Given, actor: Asker, page: Asked) -> Listed[SegmentOut]:
    """The workspace's segments. Scope: contacts:read."""
    found = settled(await segments.list_segments(services.pool, actor, page.after, page.limit))
    return listed(page, [_segment(one) for one in found], found[-1].segment.id if found else None)


@get("/segments/{segment_id:int}")
async def show_segment(services: Given, actor: Asker, segment_id: PathId) -> SegmentOut:
    """One segment. Scope: contacts:read."""
    return _segment(settled(await segments.show_segment(services.pool, actor, segment_id)))


@put("/segments/{segment_id:int}")
async def change_segment(
    services: Given, actor: Asker, segment_id: PathId, data: JSONBody[SegmentIn]
) -> SegmentOut:
    """Change a segment; what is being planned keeps to what it said before. Scope: contacts:write."""
    done = await segments.change_segment(
        services.pool, actor, segment_id, data.wanted(), services.now(), data.seen
    )
    return _segment(settled(done))


@delete("/segments/{segment_id:int}", status_code=200)
async def delete_segment(services: Given, actor: Asker, segment_id: PathId) -> SegmentOut:
    """Remove a segment that no campaign goes to; its contacts stay. Scope: contacts:write."""
    return _segment(settled(await segments.delete_segment(services.pool, actor, segment_id)))


@get("/segments/{segment_id:int}/count")
async def count_segment(services: Given, actor: Asker, segment_id: PathId) -> CountOut:
    """Who is in a segment at this moment. Scope: contacts:read."""
    return _count(settled(await segments.see_segment(services.pool, actor, segment_id, services.now())))


@post("/segments/count", status_code=200)
async def count_conditions(services: Given, actor: Asker, data: JSONBody[ConditionsIn]) -> CountOut:
    """Who meets conditions that are not stored. Scope: contacts:read."""
    seen = await segments.see_conditions(services.pool, actor, data.conditions, services.now())
    return _count(settled(seen))


def _segment(found: segments.Shown) -> SegmentOut:
    stands = found.segment
    return SegmentOut(
        stands.id,
        stands.name,
        dict(stands.conditions),
        found.words,
        stands.created_at,
        stands.changed_at,
        stamp(segments.draft_of(stands)),
    )


def _count(seen: segments.Seen) -> CountOut:
    counted = seen.counted
    return CountOut(counted.contacts, counted.with_number, seen.words, [_person(one) for one in seen.first])


def _person(found: Met) -> Person:
    phone = None if found.phone is None else f"+{found.phone}"
    return Person(str(found.id), found.external_id, phone, found.email)


router = Router(
    "",
    tags=["Segments"],
    route_handlers=[
        create_segment,
        list_segments,
        show_segment,
        change_segment,
        delete_segment,
        count_segment,
        count_conditions,
    ],
)
