"""`sending-rules`: a workspace's hours, caps and countries; `standstill`: the switch that stops all."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Router, delete, get, put
from litestar.params import JSONBody

from sayso.actions import sending_rules
from sayso.api.problems import settled
from sayso.api.services import Asker, Given
from sayso.storage.sending_rules import Halted, OwnRules

Days = Annotated[list[int], msgspec.Meta(description="0 is Monday, 6 is Sunday.")]
Clock = Annotated[str, msgspec.Meta(max_length=5, description="As 09:00; 24:00 is the end of the day.")]
Texts = Annotated[int | None, msgspec.Meta(description="So many texts a number at most; null: no own cap.")]
Countries = Annotated[list[str], msgspec.Meta(description="Two letters each; none: the own country alone.")]


class SendingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for advertising, beside what the recipient's country and state demand."""

    days: Days = msgspec.field(default_factory=lambda: list(range(7)))
    opens: Clock = "09:00"
    closes: Clock = "20:00"
    holidays: bool = True
    per_day: Texts = 1
    per_week: Texts = 4
    countries: Countries = msgspec.field(default_factory=list)
    practises: bool = False


class Why(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why everything is to stand still."""

    why: str = ""


class Standstill(msgspec.Struct, frozen=True):
    """Whether all sending is stopped, since when, why, and by whom."""

    stopped: bool
    since: datetime | None = None
    why: str = ""
    user_id: int | None = None
    key_id: int | None = None


@get("/sending-rules")
async def show_rules(services: Given, actor: Asker) -> SendingRules:
    """Hours, caps and countries for advertising. Scope: settings:read."""
    return _rules(settled(await sending_rules.sending_rules(services.pool, actor)).rules)


@put("/sending-rules")
async def put_rules(services: Given, actor: Asker, data: JSONBody[SendingRules]) -> SendingRules:
    """Set them; what a country or a state demands holds besides. Scope: settings:write."""
    wanted = msgspec.convert(data, OwnRules, from_attributes=True)
    return _rules(settled(await sending_rules.set_sending_rules(services.pool, actor, wanted)))


@get("/standstill")
async def show_standstill(services: Given, actor: Asker) -> Standstill:
    """Whether all sending of the workspace is stopped. Scope: messages:read."""
    return told(settled(await sending_rules.standstill(services.pool, actor)))


@put("/standstill")
async def stop_sending(services: Given, actor: Asker, data: JSONBody[Why]) -> Standstill:
    """Stop all sending but for confirmations and help. Scope: sending:halt."""
    return told(settled(await sending_rules.stop_sending(services.pool, actor, data.why)))


@delete("/standstill")
async def let_sending_go_on(services: Given, actor: Asker) -> None:
    """Let sending go on; what waited gets its last look as ever. Scope: sending:halt."""
    settled(await sending_rules.let_sending_go_on(services.pool, actor))


def _rules(found: OwnRules) -> SendingRules:
    return msgspec.convert(found, SendingRules, from_attributes=True)


def told(found: Halted | None) -> Standstill:
    """A stop as the API tells it."""
    if found is None:
        return Standstill(False)
    return Standstill(True, found.since, found.why, found.user_id, found.key_id)


router = Router(
    "",
    route_handlers=[show_rules, put_rules, show_standstill, stop_sending, let_sending_go_on],
    tags=["Settings"],
)
