"""`connections/…/standstill`: the switch that lets nothing leave by one connection."""

from __future__ import annotations

from litestar import Router, delete, get, put
from litestar.params import JSONBody

from sayso.actions import connection_stops
from sayso.api.problems import settled
from sayso.api.sending_rules import Standstill, Why, told
from sayso.api.services import Asker, Given, PathId


@get("/connections/{connection_id:int}/standstill")
async def show_stop(services: Given, actor: Asker, connection_id: PathId) -> Standstill:
    """Whether nothing leaves by a connection. Scope: operator."""
    return told(settled(await connection_stops.show_connection_stop(services.pool, actor, connection_id)))


@put("/connections/{connection_id:int}/standstill")
async def stop_connection(
    services: Given, actor: Asker, connection_id: PathId, data: JSONBody[Why]
) -> Standstill:
    """Let nothing leave by a connection, of any workspace, confirmations neither. Scope: operator."""
    answer = await connection_stops.stop_connection(services.pool, actor, connection_id, data.why)
    return told(settled(answer))


@delete("/connections/{connection_id:int}/standstill")
async def let_connection_go_on(services: Given, actor: Asker, connection_id: PathId) -> None:
    """Let it go on; what waited gets its last look as ever. Scope: operator."""
    settled(await connection_stops.let_connection_go_on(services.pool, actor, connection_id))


router = Router("", route_handlers=[show_stop, stop_connection, let_connection_go_on], tags=["Numbers"])
