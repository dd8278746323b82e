"""The command line, as a person or a script calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from sayso.cli.main import app
from sayso.observe.counting import DIRECTORY
from sayso.storage.databases import Databases
from tests.running import free_port
from tests.world import AMIRA, NOON, build

TEXTS = 'text,from\nšťóp,+12025550143\nPlease stop,\nstopwatches,\n,\n"stop, now",\narrêt,\nגם,\n'


def sayso(*arguments: str, environ: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(app, arguments, env=environ or {})


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    printed: str
    said: str

    def json(self) -> dict[str, Any]:
        assert self.code == 0, self.said
        return dict(json.loads(self.printed))


# Django takes one database a process, and its start takes longer than what most commands do.
ONE_PROCESS = """
import json, sys
from typer.testing import CliRunner
from sayso.cli.main import app
for step in json.load(sys.stdin):
    done = CliRunner().invoke(app, step)
    print(json.dumps((done.exit_code, done.stdout, done.stderr)))
"""


def one_process(environ: dict[str, str], *steps: tuple[str, ...], password: str) -> list[Said]:
    """Commands that need Django, one after the other in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", ONE_PROCESS],
        env={**os.environ, **environ, "SAYSO_PASSWORD": password},
        check=True,
        input=json.dumps(steps),
        capture_output=True,
        text=True,
    )
    return [Said(*json.loads(line)) for line in done.stdout.splitlines()]


def of(databases: Databases, home: Path) -> dict[str, str]:
    return {
        "SAYSO_HOME": str(home),
        "SAYSO_DATABASE_URL": databases.url,
        "SAYSO_DATABASE_OWNER_URL": databases.owner_url,
    }


@pytest.fixture
def environ(cluster: Databases, database: Databases, tmp_path: Path) -> dict[str, str]:
    name = str(conninfo_to_dict(database.url)["dbname"])
    return of(cluster.named(name), tmp_path / "home")


@pytest.fixture
def empty(cluster: Databases, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A database with nothing in it at all."""
    name = f"cli_{os.getpid()}"
    with psycopg.connect(cluster.owner_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield of(cluster.named(name), tmp_path / "other")
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def texts(tmp_path: Path) -> str:
    file = tmp_path / "texts.csv"
    file.write_text(TEXTS, "utf-8")
    return str(file)


COMMANDS = [
    ("serve",),
    ("work",),
    ("migrate",),
    ("doctor",),
    ("demo",),
    ("backup",),
    ("restore",),
    ("recover",),
    ("unrouted",),
    ("workspace", "create"),
    ("workspace", "free-name"),
    ("apikey", "create"),
    ("user", "create"),
    ("user", "password"),
    ("segments",),
    ("replay",),
    ("explain",),
    ("bench",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    result = sayso(*command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hello", {"encoding": "GSM-7", "units": 5, "parts": 1, "forcing": []}),
        ("ça ça ✓", {"encoding": "UCS-2", "units": 7, "parts": 1, "forcing": ["ç", "✓"]}),
        ("€" * 81, {"encoding": "GSM-7", "units": 162, "parts": 2, "forcing": []}),
        ("", {"encoding": "GSM-7", "units": 0, "parts": 0, "forcing": []}),
    ],
)
def test_segments_names_what_forces_unicode(text: str, told: dict[str, Any]) -> None:
    assert lines(sayso("segments", text)) == [told]


@pytest.mark.rule("R4.12")
@pytest.mark.parametrize(
    ("mode", "decisions"),
    [
        ("word", "unsubscribe none none none unsubscribe unsubscribe none"),
        ("exact", "unsubscribe none none none none unsubscribe none"),
        ("prefix", "unsubscribe none unsubscribe none unsubscribe unsubscribe none"),
        ("contains", "unsubscribe unsubscribe none none unsubscribe unsubscribe none"),
    ],
)
def test_replay_asks_just_the_keywords_given(texts: str, mode: str, decisions: str) -> None:
    told = lines(sayso("replay", texts, "--keywords", "stop,arret", "--mode", mode, "--no-grading"))
    assert [row["decision"] for row in told] == decisions.split()
    assert set(told[0]) == {"text", "decision", "keyword", "mode", "grade", "because"}
    assert (told[0]["text"], told[0]["keyword"], told[0]["mode"]) == ("šťóp", "stop", mode)


def test_replay_with_keywords_knows_neither_predefined_words_nor_the_floor(texts: str) -> None:
    told = lines(sayso("replay", texts, "--keywords", "halt"))
    assert {row["decision"] for row in told} == {"none"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Give either --line ID or --keywords"),
        (("--keywords", "a", "--line", "1"), "Give either --line ID or --keywords"),
        (("--keywords", " , "), "names no word"),
        (("--keywords", "stop", "--mode", "fuzzy"), "Choose exact, word, prefix, contains"),
    ],
)
def test_replay_says_what_it_was_not_told(texts: str, arguments: tuple[str, ...], sentence: str) -> None:
    result = sayso("replay", texts, *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"message\nstop\n", "has no column `text`; its header is: message"), (b"", "its header is: empty")],
)
def test_replay_says_what_the_file_lacks(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "texts.csv"
    file.write_bytes(content)
    result = sayso("replay", str(file), "--keywords", "stop")
    assert (result.exit_code, sentence in result.stderr) == (2, True)


def test_replay_reads_what_is_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_bytes(b"\xef\xbb\xbftext\nstop\n\xff\xfe\x00stop\n")
    told = lines(sayso("replay", str(file), "--keywords", "stop"))
    assert [row["text"] for row in told] == ["stop", "\ufffd\ufffd\0stop"]


def test_a_wrong_setting_is_told_in_words_without_a_stack_trace(tmp_path: Path) -> None:
    result = sayso("doctor", environ={"SAYSO_BIND": "somewhere", "SAYSO_HOME": str(tmp_path)})
    assert result.exit_code == 2
    assert result.stderr.startswith("sayso: SAYSO_BIND is 'somewhere', which is no address. Write host:port")
    assert "Traceback" not in result.output


def test_a_workspace_its_key_and_its_owner_are_made(environ: dict[str, str]) -> None:
    (made,) = lines(sayso("workspace", "create", "Acme", "--country", "gb", environ=environ))
    workspace = str(made["id"])
    (key,) = lines(sayso("apikey", "create", "--workspace", workspace, "--json", environ=environ))
    assert key["key"].startswith("sayso_")
    (why,) = lines(sayso("explain", "07700 900123", "--workspace", workspace, environ=environ))
    assert (why["answer"], why["reason"]) == ("skip", "consent_unknown")
    assert set(why["because"][0]) == {"rule", "fact", "since", "source"}
    assert (why["line"], why["lines"]) == (None, [])


@pytest.mark.rule("R3.3")
def test_explain_answers_for_every_line_and_names_the_strictest(
    environ: dict[str, str], database: Databases
) -> None:
    world = build(database)
    world.contact()
    world.rows(
        "INSERT INTO code_blocks SELECT inbound_number_id, %s, %s, 1 FROM lines WHERE id = %s",
        AMIRA, NOON, world.baby,
    )  # fmt: skip
    arguments = ("explain", f"+{AMIRA}", "--workspace", str(world.workspace), "--category", "promotions")
    (why,) = lines(sayso(*arguments, environ=environ))
    assert (why["answer"], why["reason"], why["line"]) == ("skip", "blocked_by_keyword", "11221 / baby")
    assert {line["line"]: line["answer"] for line in why["lines"]} == {
        "+12025550100": "send",
        "11221 / baby": "skip",
    }


def test_an_engine_of_another_version_does_not_begin(environ: dict[str, str], database: Databases) -> None:
    """Its statements would count wrongly, and nobody would see it."""
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("INSERT INTO sayso.migrations (name, checksum) VALUES ('9999_of_tomorrow', '')")
        refused = sayso("work", environ=environ)
        assert refused.exit_code == 2, refused.output
        assert "The database is at 9999_of_tomorrow, this program at" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("workspace", "create", "Acme", "--country", "Britain"), "A country is its two letters"),
        (("apikey", "create", "--workspace", "999"), "There is no workspace 999"),
        (("explain", "12", "--workspace", "999"), "There is no workspace 999"),
        (("user", "create", "a@example.com", "--workspace", "1", "--role", "king"), "Choose one of: owner"),
        (
            ("work", "--stages", "inbound,dancing"),
            "There is no stage 'dancing'. There are: inbound, planning, sending",
        ),
        (("backup", "/nowhere/at/all.zip"), "can't be written"),
        (("restore", "/nowhere/at/all.zip"), "can't be read"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(
    environ: dict[str, str], arguments: tuple[str, ...], sentence: str
) -> None:
    result = sayso(*arguments, environ=environ)
    assert result.exit_code == 2, result.output
    assert sentence in result.stderr


def test_doctor_says_what_it_looked_at_and_which_promise_holds(environ: dict[str, str]) -> None:
    result = sayso("doctor", "--json", environ=environ)
    told = json.loads(result.stdout)
    states = {check["name"]: check["state"] for check in told["checks"]}
    assert {"settings", "disk", "database", "schema", "partitions", "clock", "queues"} <= states.keys()
    assert (states["schema"], states["partitions"], states["queues"]) == ("ok", "ok", "ok")
    assert told["ok"] is (result.exit_code == 0)


def test_doctor_fails_where_the_database_is_away(environ: dict[str, str]) -> None:
    away = {**environ, "SAYSO_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    result = sayso("doctor", environ=away)
    assert result.exit_code == 1
    assert "✗ database: The database can't be reached" in result.stdout


@pytest.mark.parametrize(
    "command", [("serve",), ("migrate",), ("work",), ("backup", "/tmp/never")], ids=" ".join
)
def test_a_database_that_is_away_stops_a_command_in_words(tmp_path: Path, command: tuple[str, ...]) -> None:
    away = {"SAYSO_HOME": str(tmp_path), "SAYSO_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    away |= {name: f"127.0.0.1:{free_port()}" for name in ("SAYSO_BIND", "SAYSO_CARRIER_BIND")}
    result = sayso(*command, environ=away)
    assert result.exit_code == 2, result.output
    assert "The database can't be reached" in result.stderr
    assert "Traceback" not in result.output


def test_a_database_that_was_not_migrated_is_told_so(empty: dict[str, str]) -> None:
    result = sayso("workspace", "create", "Acme", "--country", "GB", environ=empty)
    assert result.exit_code == 2
    assert "Run `sayso migrate`" in result.stderr


def test_a_backup_is_restored_into_an_empty_sayso_and_stays_paused(
    environ: dict[str, str], empty: dict[str, str], tmp_path: Path
) -> None:
    assert sayso("workspace", "create", "Acme", "--country", "GB", environ=environ).exit_code == 0
    with psycopg.connect(environ["SAYSO_DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(
            "INSERT INTO sayso.connections (name, kind, hook_token, parts_per_second, secrets) "
            "VALUES ('Main', 'simulator', repeat('t', 32), 1, 'sealed with a key that is elsewhere')"
        )
    file = str(tmp_path / "sayso.backup")
    assert "KEY" in sayso("backup", file, environ=environ).stdout
    # A process of its own: Django takes one database a process.
    command = [sys.executable, "-m", "sayso.cli.main", "restore", file]
    done = subprocess.run(command, env={**os.environ, **empty}, check=True, capture_output=True, text=True)
    assert "Before you start it: there is no" in done.stdout
    assert "Put the key back that belongs to this database" in done.stdout
    assert not (Path(empty["SAYSO_HOME"]) / "secret.key").exists()
    assert "all is paused since" in sayso("recover", environ=empty).stdout
    alone = sayso("recover", "--send-queued", environ=empty)
    assert (alone.exit_code, "--resume" in alone.stderr) == (2, True)
    assert "Sending goes on" in sayso("recover", "--resume", environ=empty).stdout
    assert sayso("recover", environ=empty).stdout == "Nothing is paused.\n"
    occupied = sayso("restore", file, environ=environ)
    assert (occupied.exit_code, "already holds a Sayso" in occupied.stderr) == (2, True)


@pytest.mark.rule("R2.2")
def test_a_person_gets_an_account_and_then_a_role_elsewhere(environ: dict[str, str]) -> None:
    first, second = (
        str(lines(sayso("workspace", "create", name, "--country", "GB", "--json", environ=environ))[0]["id"])
        for name in ("One", "Two")
    )
    account = ("user", "create", "ada@example.com", "--role", "owner", "--workspace")
    _, made, elsewhere, operator, again, opened = one_process(
        environ,
        ("migrate",),
        (*account, first, "--json"),
        (*account, second),
        (*account, second, "--existing", "--operator"),
        (*account, second, "--existing", "--json"),
        ("user", "operator", "ada@example.com", "on", "--json"),
        password="a long and odd one 77",
    )
    assert (elsewhere.code, "works in One as owner" in elsewhere.said) == (2, True)
    assert (operator.code, "--operator is for new accounts" in operator.said) == (2, True)
    assert (made.json()["created"], again.json()["created"]) == (True, False)
    assert made.json()["id"] == again.json()["id"]
    assert opened.json()["operator"]


@pytest.mark.rule("R2.2", "R2.4")
def test_an_operator_gives_another_password_and_takes_a_lost_second_factor(environ: dict[str, str]) -> None:
    def rows(query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(environ["SAYSO_DATABASE_OWNER_URL"], autocommit=True) as conn:
            cursor = conn.execute(query)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    lines(sayso("workspace", "create", "One", "--country", "GB", "--json", environ=environ))
    account = ("user", "create", "ada@example.com", "--role", "owner", "--workspace", "1")
    _, made = one_process(environ, ("migrate",), account, password="a long and odd one 77")
    assert made.code == 0
    first = rows("SELECT password FROM console.accounts_user")
    rows(
        "INSERT INTO console.mfa_authenticator (user_id, type, data, created_at) "
        "SELECT id, 'totp', '{}', now() FROM console.accounts_user"
    )
    password = ("user", "password", "ada@example.com")
    (short,) = one_process(environ, password, password="short")
    stranger, done = one_process(
        environ, ("user", "password", "bob@example.com"), password, password="another odd and long 78"
    )
    assert "too short" in short.said
    assert "Nobody has the address" in stranger.said
    assert (done.code, "works in One as owner" in done.said) == (0, True)
    assert rows("SELECT password FROM console.accounts_user") != first
    assert len(rows("SELECT 1 FROM console.mfa_authenticator")) == 1
    (removed,) = one_process(
        environ, (*password, "--second-factor", "off"), password="another odd and long 79"
    )
    assert removed.code == 0
    assert rows("SELECT 1 FROM console.mfa_authenticator") == []
    assert rows("SELECT user_id, after FROM sayso.audit WHERE action = 'account_changed' ORDER BY id") == [
        (None, {"password": "set anew"}),
        (None, {"password": "set anew", "second_factors": "removed"}),
    ]


def test_an_engine_beside_serve_counts_where_the_doors_look() -> None:
    # What `sayso work` imports before it says where to count.
    program = (
        "import os, pathlib, sys, tempfile; import sayso.cli.main, sayso.cli.house;"
        "from sayso.observe.counting import count_in;"
        "home = pathlib.Path(tempfile.mkdtemp()); count_in(home);"
        "from sayso.observe import metrics; metrics.texts.labels('inbox').inc();"
        "assert list((home / 'metrics').glob('counter_*.db'))"
    )
    # A test before this one may have had its command count somewhere, in this very process.
    clean = {name: value for name, value in os.environ.items() if name != DIRECTORY}
    subprocess.run([sys.executable, "-c", program], env=clean, check=True)
