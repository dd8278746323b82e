"""The command line: `sayso …`. Each command stands in the module of its subject."""

import errno
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from sayso.cli import care, measuring, moving, people, quarantine, running, story, texts, unrouted, why
from sayso.cli.errors import CommandError
from sayso.settings import SettingsError


class _Sentences(TyperGroup):
    """Tells people what happened and what to do instead of a stack trace."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as fault:
            sentence = str(fault) if isinstance(fault, _told_in_words()) else _of_machine(fault)
            if not sentence:
                raise
            sys.stderr.write(f"sayso: {sentence}\n")
            raise typer.Exit(2) from None


def _told_in_words() -> tuple[type[Exception], ...]:
    # Imported only now: `sayso --help` and `sayso segments` need no database driver.
    from sayso.storage.embedded import EmbeddedError
    from sayso.storage.health import UnreachableError
    from sayso.storage.migrate import MigrationError

    return (CommandError, SettingsError, EmbeddedError, MigrationError, UnreachableError)


def _of_machine(fault: Exception) -> str:
    """A sentence where disk or database refused and an operator can mend it; empty for faults of ours."""
    if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return "There is no room left where this was to be written. Make room, or choose another place."
    if "psycopg" not in sys.modules:
        return ""
    from sayso import settings
    from sayso.storage.refusals import in_words

    told = settings.read(os.environ)
    return in_words(fault, told.database_url and (told.database_owner_url or told.database_url))


app = typer.Typer(
    name="sayso",
    cls=_Sentences,
    help="Sayso: self-hosted two-way SMS and MMS. Settings come from the environment (SAYSO_…).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(running.serve)
app.command()(running.work)
app.command()(running.migrate)
app.command()(care.doctor)
app.command()(care.backup)
app.command()(care.restore)
app.command()(care.recover)
app.add_typer(quarantine.quarantine, name="quarantine")
app.command()(unrouted.unrouted)
app.add_typer(people.workspace, name="workspace")
app.add_typer(people.apikey, name="apikey")
app.add_typer(people.user, name="user")
app.add_typer(moving.bring, name="import")
app.add_typer(moving.take, name="export")
app.command()(texts.segments)
app.command()(texts.replay)
app.command()(why.explain)
app.command()(measuring.bench)
app.command()(story.demo)


if __name__ == "__main__":
    app()
