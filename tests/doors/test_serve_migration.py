"""What `serve` may leave out when it starts: the console's migration, where this edition has done it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sayso import console
from sayso.console.edition import edition
from sayso.serve.migration import migrate_without_console
from sayso.storage.databases import Databases
from sayso.storage.migrate import has_console, note_console
from tests.database import clone, named


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


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("migrating")


@pytest.fixture(scope="module")
def made(cluster: Databases, template: str, home: Path) -> Iterator[Databases]:
    """A database that this edition has migrated whole."""
    name = f"edition_{os.getpid()}"
    with psycopg.connect(cluster.owner_url, autocommit=True) as admin:
        clone(admin, name, template)
        databases = named(cluster, name)
        assert migrate(home, databases) == ""
        yield databases
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_what_this_edition_has_migrated_to_its_end_is_left_out_and_nothing_else_is(made: Databases) -> None:
    assert migrate_without_console(made) == []
    note_console(made.owner_url, edition="another")
    assert migrate_without_console(made) is None, "another edition was here since"
    note_console(made.owner_url, console.edition())
    assert migrate_without_console(made) == []


def test_a_migration_that_broke_off_is_not_left_out(home: Path, database: Databases) -> None:
    assert migrate_without_console(database) is None, "nobody has made the console's tables"
    # It comes to this table when others of the console are made already.
    run(database, "CREATE TABLE console.django_session (id int)")
    assert "django_session" in migrate(home, database)
    assert run(database, "SELECT to_regclass('console.accounts_user') IS NOT NULL") == [(True,)]
    assert migrate_without_console(database) is None


def test_tables_that_are_gone_are_made_anew(database: Databases) -> None:
    note_console(database.owner_url, console.edition())
    run(database, "DROP SCHEMA console CASCADE")
    assert migrate_without_console(database) is None


def test_migrate_itself_leaves_nothing_out(home: Path, made: Databases) -> None:
    run(made, "DROP TABLE console.cache")
    assert has_console(made.owner_url, console.edition())
    assert migrate(home, made) == ""
    assert run(made, "SELECT to_regclass('console.cache') IS NOT NULL") == [(True,)]


def test_without_the_console_our_own_steps_are_still_looked_at(made: Databases) -> None:
    partitions = (
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'sayso.messages'::regclass"
    )
    before = run(made, partitions)
    run(made, f"DROP TABLE {max(str(name) for (name,) in before)}")
    assert migrate_without_console(made) == []
    assert sorted(run(made, partitions)) == sorted(before)


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
