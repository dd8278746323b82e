"""`quarantine`: callbacks that were refused because nothing proved them (R5.11)."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from sayso.cli.printing import AsJson, as_line, show

quarantine = typer.Typer(
    help="Callbacks refused for their signature, kept all the same.", no_args_is_help=True
)
ConnectionId = Annotated[int, typer.Option("--connection", help="The connection's id.")]


@quarantine.command("list")
def list_waiting(
    connection: Annotated[int | None, typer.Option(help="Only of this connection.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """Show what waits, newest first: one line each."""
    from sayso.cli import releasing

    found = releasing.waiting(connection, limit)
    if not found and not as_json:
        typer.echo("Nothing waits.")
    for row in found:
        told = {
            "id": row.id,
            "connection_id": row.connection_id,
            "kind": row.kind,
            "received_at": row.received_at.isoformat(),
            "why": row.why,
            "size": row.size,
            "cut": row.cut,
            "beginning": row.beginning.decode("utf-8", "replace"),
        }
        # Strangers wrote it: a terminal must not obey it.
        plain = (
            f"{row.id} {row.received_at:%Y-%m-%d %H:%M} connection {row.connection_id} {row.kind}: {row.why}"
        )
        show(told, as_json, f"{plain} {as_line(told['beginning'])}")


@quarantine.command("release")
def release(connection: ConnectionId, as_json: AsJson = False) -> None:
    """Let in what the connection's secrets prove by now; the rest goes on waiting. Mend the secrets first."""
    from sayso.cli import releasing

    released, waiting = releasing.release(connection)
    told = {"released": released, "waiting": waiting}
    show(told, as_json, f"{released} proved themselves and are let in; {waiting} are still unproven.")


@quarantine.command("empty")
def empty(
    connection: ConnectionId,
    before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="In UTC; else all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Throw away what waits of a connection, for good. A STOP among it is lost: look at the list first."""
    from sayso.cli import releasing

    thrown = releasing.empty(connection, before.replace(tzinfo=UTC) if before else datetime.now(UTC))
    show({"thrown_away": thrown}, as_json, f"{thrown} are thrown away.")
