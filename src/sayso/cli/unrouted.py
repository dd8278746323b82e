"""`unrouted`: the operator's list of texts that nobody could be found for, and what to do with them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli.errors import CommandError
from sayso.cli.printing import AsJson, show

if TYPE_CHECKING:
    from sayso.storage.pool import Pool
    from sayso.storage.unrouted import Unrouted

MOST_SHOWN = 1_000


def unrouted(
    settle: Annotated[int | None, typer.Option(metavar="ID", help="Take it off the list.")] = None,
    again: Annotated[
        int | None,
        typer.Option(metavar="ID", help="Decide an unrouted text once more, say since a line was made."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List texts that belong to no line, and what could not be read or decided; oldest first."""
    if settle is not None and again is not None:
        raise CommandError("Give either --settle ID or --again ID.")
    if settle is not None:
        _settle(settle, as_json)
    elif again is not None:
        _again(again, as_json)
    else:
        _list(as_json)


def _list(as_json: bool) -> None:
    from dataclasses import asdict

    from sayso.cli.house import ask
    from sayso.storage import unrouted as storage
    from sayso.storage.pool import ENGINE

    async def read(pool: "Pool") -> "list[Unrouted]":
        async with pool.connection() as conn:
            return list(await storage.waiting(conn, MOST_SHOWN))

    found = ask(ENGINE, read)
    lines = [_line(each) for each in found] or ["Nothing is unrouted."]
    if len(found) == MOST_SHOWN:
        lines.append(f"These are the oldest {MOST_SHOWN:,}; there may be more.")
    show([asdict(each) for each in found], as_json, "\n".join(lines))


def _line(found: "Unrouted") -> str:
    # From outside: what moves a terminal's cursor is shown, not sent to it.
    said = f": {found.body!r}" if found.body else ""
    who = f" from {found.sender!r}" if found.sender else ""
    to = f" to {found.recipient!r}" if found.recipient else ""
    return f"{found.id} {found.kind} {found.at:%Y-%m-%d %H:%M}{who}{to}{said}. {found.why}"


def _settle(id_: int, as_json: bool) -> None:
    from sayso.cli.house import ask
    from sayso.storage import unrouted as storage
    from sayso.storage.pool import ENGINE

    async def settle(pool: "Pool") -> bool:
        async with pool.connection() as conn:
            return await storage.settle(conn, id_, datetime.now(UTC))

    if not ask(ENGINE, settle):
        raise CommandError(f"{id_} is not on the list. `sayso unrouted` shows what is.")
    show({"settled": id_}, as_json, f"{id_} is settled.")


def _again(id_: int, as_json: bool) -> None:
    from sayso.actions.unrouted import queue_again
    from sayso.cli.house import ask
    from sayso.storage.pool import ENGINE

    async def again(pool: "Pool") -> bool:
        async with pool.connection() as conn, conn.transaction():
            return await queue_again(conn, id_, datetime.now(UTC))

    if not ask(ENGINE, again):
        raise CommandError(
            f"{id_} can't be decided again: it is no unrouted text on the list, or its callback is no longer "
            "kept. `sayso unrouted` shows what is there."
        )
    show({"again": id_}, as_json, f"{id_} waits to be decided again; if nobody has it, it is back here soon.")
