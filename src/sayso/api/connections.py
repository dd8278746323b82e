"""`connections`, `inbound-numbers`, `lines`: what an operator sets up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, delete, get, patch, post, put
from litestar.params import JSONBody

from sayso.actions import connections, numbers
from sayso.actions.answering import answering
from sayso.actions.fallback import Fallback
from sayso.actions.freeing import free_number as free
from sayso.actions.warning import warnings
from sayso.api.problems import settled
from sayso.api.services import Asked, Asker, Given, Id, Listed, PathId, ShortText, listed
from sayso.storage.connections import ProviderConnection
from sayso.storage.numbers import InboundNumber, Line, NumberDraft

Kind = Literal["long_code", "exclusive_short_code", "shared_short_code"]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", description="ISO 3166, two letters")]


class ConnectionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account at a provider; `settings` hold its secrets too, which are stored sealed and never shown.

    `fallback_connection_id` stands in once the provider was silent for `fallback_after` seconds: what waits
    then leaves by that one, from numbers that are registered on both.
    """

    name: ShortText
    kind: ShortText
    settings: dict[str, Any] = {}
    parts_per_second: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 10
    provider_answers: Literal["none", "stop", "stop_start_help"] | None = None
    fallback_connection_id: Id | None = None
    fallback_after: Annotated[int, msgspec.Meta(ge=10, le=86_400, description="seconds of silence")] = 60

    def wanted(self) -> connections.Wanted:
        """As the action takes it."""
        said = {"provider_answers": self.provider_answers} if self.provider_answers else {}
        fallback = Fallback(self.fallback_connection_id, self.fallback_after)
        told = {**self.settings, **said}
        return connections.Wanted(self.name, self.kind, told, self.parts_per_second, fallback)


class ConnectionOut(msgspec.Struct, frozen=True):
    """A connection without its secrets; callbacks go to /hooks/{hook_token}/inbound and …/receipts.

    `provider_answers` is what was set; null: as is usual for the provider, which each number then tells.
    `warnings` are sentences on what is allowed but unsafe, as `sayso doctor` tells them, and on numbers for
    which no connection stands in.
    """

    id: int
    name: str
    kind: str
    settings: dict[str, Any]
    parts_per_second: int
    provider_answers: str | None
    fallback_connection_id: int | None
    fallback_after: int
    hook_token: str
    created_at: datetime
    warnings: list[str]


class NumberIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number that customers can text."""

    number: ShortText
    kind: Kind
    country: Country
    connection_id: Id
    help_answer: Annotated[str, msgspec.Meta(max_length=1_600)] = ""


class NumberOut(msgspec.Struct, frozen=True):
    """An inbound number in its canonical digits; `provider_answers` is what its provider answers itself."""

    id: int
    number: str
    kind: str
    country: str
    connection_id: int
    help_answer: str
    provider_answers: str
    created_at: datetime


class HelpAnswerIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a bare HELP on a shared code is told."""

    help_answer: Annotated[str, msgspec.Meta(max_length=1_600)]


class LineIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line for the key's workspace; a shared short code needs the provider keyword."""

    inbound_number_id: Id
    provider_keyword: ShortText | None = None
    language: ShortText = "en"


class LineOut(msgspec.Struct, frozen=True):
    """A line of the workspace; `name` is what people call it: 11221 / baby."""

    id: int
    name: str
    inbound_number_id: int
    number: str
    kind: str
    country: str
    provider_keyword: str
    language: str
    withdrawn_at: datetime | None
    created_at: datetime


@post("/connections")
async def create_connection(services: Given, actor: Asker, data: JSONBody[ConnectionIn]) -> ConnectionOut:
    """Make a connection to a provider. Scope: operator."""
    answer = await connections.create_connection(services.pool, actor, data.wanted(), services.vault_key)
    return await _connection(services, actor, settled(answer))


@put("/connections/{connection_id:int}")
async def change_connection(
    services: Given, actor: Asker, connection_id: PathId, data: JSONBody[ConnectionIn]
) -> ConnectionOut:
    """Change a connection; secrets that are not named again stay. Scope: operator."""
    answer = await connections.change_connection(
        services.pool, actor, connection_id, data.wanted(), services.vault_key
    )
    return await _connection(services, actor, settled(answer))


@post("/connections/{connection_id:int}/hook-token", status_code=200)
async def renew_hook_token(services: Given, actor: Asker, connection_id: PathId) -> ConnectionOut:
    """Give a connection a new hook token, where the old one may be known to others. Scope: operator.

    The old address is not found from within a second on, without any grace: tell the provider the new one at
    once. Reports on messages sent before go to the old address, and are lost.
    """
    answer = await connections.renew_token(services.pool, actor, connection_id)
    return await _connection(services, actor, settled(answer))


@get("/connections")
async def list_connections(services: Given, actor: Asker, page: Asked) -> Listed[ConnectionOut]:
    """Every connection. Scope: operator."""
    found = settled(await connections.list_connections(services.pool, actor, page.after, page.limit))
    return listed(page, await _connections(services, actor, found), found[-1].id if found else None)


@get("/connections/{connection_id:int}")
async def show_connection(services: Given, actor: Asker, connection_id: PathId) -> ConnectionOut:
    """One connection. Scope: operator."""
    answer = await connections.show_connection(services.pool, actor, connection_id)
    return await _connection(services, actor, settled(answer))


@post("/inbound-numbers")
async def create_number(services: Given, actor: Asker, data: JSONBody[NumberIn]) -> NumberOut:
    """Add a number that customers can text. Scope: operator."""
    draft = NumberDraft(data.connection_id, data.number, data.kind, data.country, data.help_answer)
    made = settled(await numbers.create_number(services.pool, actor, draft))
    return (await _numbers(services, actor, [made]))[0]


@patch("/inbound-numbers/{number_id:int}")
async def set_help_answer(
    services: Given, actor: Asker, number_id: PathId, data: JSONBody[HelpAnswerIn]
) -> NumberOut:
    """Say what a bare HELP on a shared code is told. Scope: operator."""
    changed = settled(await numbers.set_help_answer(services.pool, actor, number_id, data.help_answer))
    return (await _numbers(services, actor, [changed]))[0]


@post("/inbound-numbers/{number_id:int}/free", status_code=204)
async def free_number(services: Given, actor: Asker, number_id: PathId) -> None:
    """Let a number that stood in for another get a line again; 409 while answers are due. Scope: operator."""
    settled(await free(services.pool, actor, number_id, services.now()))


@get("/inbound-numbers")
async def list_numbers(services: Given, actor: Asker, page: Asked) -> Listed[NumberOut]:
    """The inbound numbers: all for an operator, else those with a line of this workspace."""
    found = settled(await numbers.list_numbers(services.pool, actor, page.after, page.limit))
    return listed(page, await _numbers(services, actor, found), found[-1].id if found else None)


@post("/lines")
async def create_line(services: Given, actor: Asker, data: JSONBody[LineIn]) -> LineOut:
    """Give the key's workspace a number, or a provider keyword on a shared one. Scope: operator."""
    wanted = numbers.LineWanted(data.inbound_number_id, data.provider_keyword or "", data.language)
    return _line(settled(await numbers.create_line(services.pool, actor, wanted)))


@get("/lines")
async def list_lines(services: Given, actor: Asker, page: Asked) -> Listed[LineOut]:
    """The workspace's lines. Scope: settings:read."""
    found = settled(await numbers.list_lines(services.pool, actor, page.after, page.limit))
    return listed(page, [_line(one) for one in found], found[-1].id if found else None)


@get("/lines/{line_id:int}")
async def show_line(services: Given, actor: Asker, line_id: PathId) -> LineOut:
    """One line. Scope: settings:read."""
    return _line(settled(await numbers.show_line(services.pool, actor, line_id)))


@delete("/lines/{line_id:int}")
async def withdraw_line(services: Given, actor: Asker, line_id: PathId) -> None:
    """Take a line back from the workspace; its history stays. Scope: operator."""
    settled(await numbers.withdraw_line(services.pool, actor, line_id, services.now()))


async def _connection(services: Given, actor: Asker, found: ProviderConnection) -> ConnectionOut:
    return (await _connections(services, actor, [found]))[0]


async def _connections(
    services: Given, actor: Asker, found: Sequence[ProviderConnection]
) -> list[ConnectionOut]:
    told = settled(await warnings(services.pool, actor, {one.id for one in found}, services.vault_key))
    return [
        ConnectionOut(
            one.id,
            one.name,
            one.kind,
            dict(one.settings),
            one.parts_per_second,
            answers if isinstance(answers := one.settings.get("provider_answers"), str) else None,
            one.fallback_connection_id,
            one.fallback_after,
            one.hook_token,
            one.created_at,
            list(told.get(one.id, ())),
        )
        for one in found
    ]


async def _numbers(services: Given, actor: Asker, found: Sequence[InboundNumber]) -> list[NumberOut]:
    answers = await answering(services.pool, actor, {one.connection_id for one in found})
    return [
        NumberOut(
            one.id,
            one.number,
            one.kind,
            one.country,
            one.connection_id,
            one.help_answer,
            answers.on(one.connection_id, one.kind),
            one.created_at,
        )
        for one in found
    ]


def _line(found: Line) -> LineOut:
    return LineOut(
        found.id,
        found.name,
        found.inbound_number_id,
        found.number,
        found.kind,
        found.country,
        found.provider_keyword,
        found.language,
        found.withdrawn_at,
        found.created_at,
    )


router = Router(
    "",
    route_handlers=[
        create_connection,
        change_connection,
        renew_hook_token,
        list_connections,
        show_connection,
        create_number,
        set_help_answer,
        free_number,
        list_numbers,
        create_line,
        list_lines,
        show_line,
        withdraw_line,
    ],
    tags=["Numbers"],
)
