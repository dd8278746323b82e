"""`import` and `export`: contacts and opt-outs of a workspace come in from files, and go out as files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli.people import WorkspaceId
from sayso.cli.printing import AsJson, counted, show_fact

if TYPE_CHECKING:
    from sayso.cli.bringing import Brought

bring = typer.Typer(
    help="Bring contacts, opt-outs or deactivated numbers in from a file.", no_args_is_help=True
)
take = typer.Typer(help="Hand contacts, blocks or the consent ledger out as a file.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, or XLSX.")]
Csv = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV.")]
To = Annotated[Path | None, typer.Option("--to", help="The file to write; left out: standard output.")]
Format = Annotated[str, typer.Option("--format", help="csv or xlsx.")]


@bring.command("contacts")
def import_contacts(
    file: File,
    workspace: WorkspaceId,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="COLUMN=FIELD, as often as needed; FIELD empty leaves the column out."),
    ] = None,
    country: Annotated[str | None, typer.Option(help="In which national numbers are dialled.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring contacts in, and wait until every row is stored or refused."""
    from sayso.cli import bringing

    done = bringing.contacts(file, workspace, mapping or [], country)
    told = {"id": str(done.id), "state": done.state, "rows": done.rows_read, "created": done.created,
            "changed": done.changed, "unchanged": done.unchanged, "refused": done.refused}  # fmt: skip
    sentence = (
        f"{counted(done.rows_read, 'row')} read: {done.created:,} new, {done.changed:,} changed, "
        f"{done.unchanged:,} unchanged, {done.refused:,} refused."
    )
    show_fact(told, as_json, sentence)


@bring.command("blocks")
def import_blocks(file: Csv, workspace: WorkspaceId, as_json: AsJson = False) -> None:
    """Block the numbers of a CSV: a column with the number, and perhaps scope (channel, all) and reason."""
    from sayso.cli import bringing

    _show(bringing.blocks(file, workspace), "block", as_json)


@bring.command("deactivated")
def import_deactivated(
    file: Csv,
    workspace: WorkspaceId,
    as_of: Annotated[
        datetime | None, typer.Option(help="Of which day the list is; rows with a date have their own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """End consent for numbers that are in use no more: a CSV of them, perhaps with date and reason.

    What was said since stands, so say of which day the list is: a row without a date is refused otherwise.
    """
    from sayso.cli import bringing

    since = as_of.replace(tzinfo=as_of.tzinfo or UTC) if as_of else None
    _show(bringing.deactivated(file, workspace, since), "consent", as_json)


def _show(done: "Brought", what: str, as_json: bool) -> None:
    told = {"new": done.new, "stood": done.stood}
    refused = [{"line": line, "why": why} for line, why in done.refused]
    lines = "".join(f"\nline {line}: {why}" for line, why in done.refused)
    became = "new" if what == "block" else "ended"
    sentence = (
        f"{counted(done.new, what)} {became}, {done.stood:,} stood already, {done.wrong:,} refused.{lines}"
    )
    show_fact({**told, "wrong": done.wrong, "refused": refused}, as_json, sentence)


@take.command("contacts")
def export_contacts(
    workspace: WorkspaceId,
    to: To = None,
    form: Format = "csv",
    columns: Annotated[
        str,
        typer.Option(
            help="With commas between, attributes.NAME among them; left out: all, with attributes as JSON."
        ),
    ] = "",
) -> None:
    """Every contact of a workspace."""
    from sayso.cli import taking

    taking.contacts(workspace, to, form, columns)


@take.command("blocks")
def export_blocks(workspace: WorkspaceId, to: To = None, form: Format = "csv") -> None:
    """The blocks that stand."""
    from sayso.cli import taking

    taking.rows(workspace, to, form, "blocks")


@take.command("consents")
def export_consents(workspace: WorkspaceId, to: To = None, form: Format = "csv") -> None:
    """The consent ledger."""
    from sayso.cli import taking

    taking.rows(workspace, to, form, "consents")
