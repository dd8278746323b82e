"""`import` and `export`: contacts and opt-outs of a workspace come in from files, and go out as files."""

from pathlib import Path
from typing import Annotated

import typer

from sayso.cli.people import WorkspaceId
from sayso.cli.printing import AsJson, counted, show_fact

bring = typer.Typer(help="Bring contacts or opt-outs in from a file.", no_args_is_help=True)
take = typer.Typer(help="Hand contacts, blocks or the consent ledger out as a file.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, or XLSX.")]
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
def import_blocks(file: File, workspace: WorkspaceId, as_json: AsJson = False) -> None:
    """Block the numbers of a CSV: a column with the number, and perhaps scope (channel, all) and reason."""
    from sayso.cli import bringing

    new, stood, refused = bringing.blocks(file, workspace)
    told = {"new": new, "stood": stood, "refused": [{"line": line, "why": why} for line, why in refused]}
    lines = "".join(f"\nline {line}: {why}" for line, why in refused)
    sentence = f"{counted(new, 'block')} new, {stood:,} stood already, {len(refused):,} refused.{lines}"
    show_fact(told, as_json, sentence)


@take.command("contacts")
def export_contacts(
    workspace: WorkspaceId,
    to: To = None,
    form: Format = "csv",
    columns: Annotated[str, typer.Option(help="With commas between; left out: all.")] = "",
) -> None:
    """Every contact of a workspace."""
    from sayso.cli import taking

    taking.contacts(workspace, to, form, columns)


@take.command("blocks")
def export_blocks(workspace: WorkspaceId, to: To = None, form: Format = "csv") -> None:
    """The blocks that stand."""
    from sayso.actions.opt_out_lists import block_rows
    from sayso.cli import taking

    taking.rows(workspace, to, form, block_rows)


@take.command("consents")
def export_consents(workspace: WorkspaceId, to: To = None, form: Format = "csv") -> None:
    """The consent ledger."""
    from sayso.actions.opt_out_lists import consent_rows
    from sayso.cli import taking

    taking.rows(workspace, to, form, consent_rows)
