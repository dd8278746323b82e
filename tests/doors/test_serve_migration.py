"""What `serve` may leave out when it starts: the console's migration, where this edition has done it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from sayso import console
from sayso.console.edition import edition
from sayso.serve.migration import migrate_without_console
from sayso.storage.databases import Databases
from sayso.storage.migrate import has_console, note_console


def migrate(home: Path, databases: Databases) -> str:
    """`sayso migrate`, as an operator runs it; what it complains of."""
    told = {
        "SAYSO_HOME": str(home),
        "SAYSO_DATABASE_URL": databases.url,
        "SAYSO_DATABASE_OWNER_URL": databases.owner_url,
    }
    command = [sys.executable, "-m", "sayso.cli.main", "migrate"]
    done = subprocess.run(command, env={**os.environ, **told}, check=False, capture_output=True, text=True)
    assert bool(done.returncode) == bool(done.stderr), done
    return done.stderr


def run(databases: Databases, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(databases.owner_url, autocommit=True) as conn:
        cursor = conn.execute(query)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


def test_only_what_this_edition_has_migrated_to_its_end_may_be_left_out(
    tmp_path: Path, database: Databases
) -> None:
    assert migrate_without_console(database) is None, "nobody has made the console's tables"
    # A migration that breaks off in the middle, because a later table of its own is there already.
    run(database, "CREATE TABLE console.django_session (id int)")
    assert "django_session" in migrate(tmp_path, database)
    assert run(database, "SELECT to_regclass('console.accounts_user') IS NOT NULL") == [(True,)]
    assert migrate_without_console(database) is None, "it broke off"

    run(database, "DROP TABLE console.django_session")
    migrate(tmp_path, database)
    assert migrate_without_console(database) == []

    note_console(database.owner_url, edition="another")
    assert migrate_without_console(database) is None, "another edition was here since"
    migrate(tmp_path, database)
    run(database, "DROP SCHEMA console CASCADE")
    assert migrate_without_console(database) is None, "the tables are gone"


def test_migrate_itself_leaves_nothing_out(tmp_path: Path, database: Databases) -> None:
    migrate(tmp_path, database)
    run(database, "DROP TABLE console.cache")
    assert has_console(database.owner_url, console.edition())
    migrate(tmp_path, database)
    assert run(database, "SELECT to_regclass('console.cache') IS NOT NULL") == [(True,)]


def test_without_the_console_our_own_steps_are_still_looked_at(tmp_path: Path, database: Databases) -> None:
    migrate(tmp_path, database)
    partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'sayso.messages'::regclass"
    (before,) = run(database, partitions)
    newest = "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'sayso.messages'::regclass"
    run(database, f"DROP TABLE {max(str(name) for (name,) in run(database, newest))}")
    assert migrate_without_console(database) == []
    assert run(database, partitions) == [before]


@pytest.mark.parametrize("change", ["edited", "added", "renamed"])
def test_any_change_of_the_consoles_code_is_another_edition(tmp_path: Path, change: str) -> None:
    room = tmp_path / "console"
    shutil.copytree(Path(console.__file__).parent, room, ignore=shutil.ignore_patterns("static"))
    assert edition(room) == console.edition()
    first = room / "accounts" / "migrations" / "0001_initial.py"
    if change == "edited":
        first.write_text(first.read_text() + "\n")
    elif change == "added":
        first.with_name("0009_more.py").write_text("")
    else:
        first.rename(first.with_name("0001_begin.py"))
    assert edition(room) != console.edition()
