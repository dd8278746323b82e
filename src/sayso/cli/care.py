"""`doctor`, `backup`, `restore`, `recover`: looking after a Sayso."""

from pathlib import Path
from typing import Annotated

import typer

from sayso.cli.errors import CommandError
from sayso.cli.printing import AsJson, as_line, show

ForgetErased = Annotated[
    bool,
    typer.Option(
        "--forget-erased",
        help="Where the secret key is lost for good: give up what erased numbers refused under it.",
    ),
]
BackupFile = Annotated[Path, typer.Argument(metavar="FILE")]


def doctor(as_json: AsJson = False) -> None:
    """Look at everything that can be wrong, and say which promise holds. Exit code 1: something fails."""
    from sayso.cli import checkup

    findings = checkup.look()
    failed = any(finding.state == "fail" for finding in findings)
    if as_json:
        typer.echo(as_line({"ok": not failed, "checks": [finding.as_plain() for finding in findings]}))
    else:
        for finding in findings:
            typer.echo(f"{_MARKS[finding.state]} {finding.name}: {finding.sentence}")
    raise typer.Exit(1 if failed else 0)


def backup(file: BackupFile, as_json: AsJson = False) -> None:
    """Write everything that Sayso holds at this moment into a new file; it goes on serving meanwhile."""
    from sayso.cli.house import house
    from sayso.storage import backup as backups
    from sayso.storage.client_programs import ClientProgramsError

    try:
        with house() as (_, databases):
            made = backups.backup(databases, file)
    except (backups.BackupError, ClientProgramsError) as fault:
        raise CommandError(str(fault)) from fault
    told = {"file": str(file), "rows": made.rows, "taken_at": made.taken_at.isoformat()}
    show(told, as_json, f"{file} holds {made.rows} rows. {backups.KEEP_THE_KEY}")


def restore(file: BackupFile, as_json: AsJson = False) -> None:
    """Fill an empty Sayso from a backup, row for row; sending stays paused until `sayso recover`."""
    from sayso.cli.house import house
    from sayso.serve.keys import unopened
    from sayso.serve.migration import migrate
    from sayso.storage import backup as backups
    from sayso.storage.client_programs import ClientProgramsError

    try:
        with house(new=True) as (settings, databases):
            made = backups.restore(databases, file)
            migrate(settings, databases)
            closed = unopened(settings, databases.url)
    except (backups.BackupError, ClientProgramsError) as fault:
        raise CommandError(str(fault)) from fault
    told = {"file": str(file), "rows": made.rows, "taken_at": made.taken_at.isoformat(), "sending": "paused"}
    told["secrets"] = closed or "can be opened"
    show(
        told,
        as_json,
        f"{made.rows} rows of {made.taken_at:%Y-%m-%d %H:%M} UTC are back. Sending is paused, because texts "
        "may have gone out and opt-outs come in since: see `sayso recover`."
        + (f"\nBefore you start it: {closed[0].lower()}{closed[1:]}" if closed else ""),
    )


def recover(
    resume: Annotated[
        bool, typer.Option("--resume", help="Let sending go on, knowing what may be missing.")
    ] = False,
    send_queued: Annotated[
        bool,
        typer.Option(
            "--send-queued",
            help="With --resume: send what was queued at the backup too; it may have been sent since.",
        ),
    ] = False,
    forget_erased: ForgetErased = False,
    as_json: AsJson = False,
) -> None:
    """After a restore or failover: say what is paused and why, and let sending go on with --resume.

    This version keeps no journal outside the database. It can't bring back opt-outs that came in, nor know of
    texts that went out, after the backup was taken: compare with your provider's own log first.
    What was queued then becomes unconfirmed and is not sent, unless --send-queued is said.
    """
    from sayso.cli import recovery

    if send_queued and not resume:
        raise CommandError("--send-queued says what --resume lets go on: use both.")
    if forget_erased:
        count = recovery.forget_erased()
        show({"forgotten": count}, as_json, recovery.forgotten(count))
        return
    if resume:
        done = recovery.resume(send_queued=send_queued)
        found, sentence, held_back = done.pauses, recovery.told(done), done.held_back
    else:
        found = recovery.paused()
        sentence, held_back = recovery.listed(found), 0
    told = {
        "paused": [{"resource": each.resource, "why": each.why} for each in found],
        "resumed": resume,
        "held_back": held_back,
    }
    show(told, as_json, sentence)


_MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}
