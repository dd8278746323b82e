"""`serve`, `work`, `migrate`: the commands that run Sayso."""

import os
import sys
from typing import Annotated

import typer

from sayso import settings
from sayso.cli.errors import CommandError
from sayso.cli.printing import AsJson, show


def serve(
    doors: Annotated[
        bool, typer.Option("--doors", help="Only the doors; engines run as `sayso work`.")
    ] = False,
) -> None:
    """Run Sayso: database, doors, engine and simulated carrier, until SIGTERM or Ctrl-C."""
    from sayso.serve import supervisor

    told = settings.read(os.environ)

    def ready() -> None:
        sys.stderr.flush()
        typer.echo(f"Sayso is ready at {told.url}")
        if not doors:
            typer.echo(f"The simulated carrier is at {told.carrier_url}")

    raise typer.Exit(supervisor.run(told, doors_only=doors, ready=ready))


def work(
    stages: Annotated[str, typer.Option(help="Comma-separated stages; all of them when left out.")] = "",
    carrier_url: Annotated[str, typer.Option(help="Where the simulated carrier is, if not here.")] = "",
) -> None:
    """Run the engine: decide, send and record, until SIGTERM; what is in hand is finished first."""
    import uvloop

    from sayso.cli.house import demand_home
    from sayso.observe import logs
    from sayso.observe.counting import count_in

    told = settings.read(os.environ)
    demand_home(told)
    count_in(told.home)
    # Only now: what they import begins to count as soon as it is there.
    from sayso.serve.database import opened
    from sayso.serve.working import OtherVersionError, UnknownStageError
    from sayso.serve.working import work as run

    logs.configure(told.log, process="engine", level=told.log_level)
    wanted = [stage.strip() for stage in stages.split(",") if stage.strip()]
    with opened(told) as database:
        try:
            uvloop.run(run(told, database.databases.url, wanted, carrier_url or told.carrier_url))
        except (UnknownStageError, OtherVersionError) as fault:
            raise CommandError(str(fault)) from fault


def migrate(as_json: AsJson = False) -> None:
    """Bring the database to this version's schema; twice in a row changes nothing."""
    from sayso.serve.database import opened
    from sayso.serve.migration import in_words
    from sayso.serve.migration import migrate as bring_up

    told = settings.read(os.environ)
    with opened(told) as database:
        applied = bring_up(told, database.databases)
    show({"applied": applied}, as_json, in_words(applied))
