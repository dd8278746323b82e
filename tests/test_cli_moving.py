"""Contacts and opt-outs come in from files and go out as files, at the command line (R8.2)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sayso.storage.databases import Databases
from tests.test_cli import environ, lines, sayso
from tests.world import AMIRA, build

__all__ = ["environ"]
LIST = "Kunde;Handy;Name\n1;(202) 555-0143;Ada\n2;12;Ben\n3;+447911123456;=Zoe\n"
OPT_OUTS = "number,reason\n+12025550143,Asked by letter\nnobody,\n+447911123456,\n"


@pytest.mark.rule("R8.2", "R6.9")
def test_lists_come_in_and_go_out(database: Databases, environ: dict[str, str], tmp_path: Path) -> None:
    world = build(database)
    where = f"--workspace={world.workspace}"
    (tmp_path / "club.csv").write_text(LIST)
    (tmp_path / "outs.csv").write_text(OPT_OUTS)
    asked = ("import", "contacts", str(tmp_path / "club.csv"), where, "--map=Kunde=external_id", "--json")
    (done,) = lines(sayso(*asked, environ=environ))
    assert (done["state"], done["created"], done["refused"]) == ("finished", 2, 1)
    (blocked,) = lines(
        sayso("import", "blocks", str(tmp_path / "outs.csv"), where, "--json", environ=environ)
    )
    assert (blocked["new"], blocked["stood"], blocked["refused"][0]["line"]) == (2, 0, 3)
    again = sayso("import", "blocks", str(tmp_path / "outs.csv"), where, "--json", environ=environ)
    assert (lines(again)[0]["new"], lines(again)[0]["stood"]) == (0, 2)
    assert world.rows("SELECT phone, source, reason FROM blocks ORDER BY phone LIMIT 1") == [
        (AMIRA, "import", "Asked by letter")
    ]
    out = tmp_path / "out.csv"
    chosen = ("--columns=phone,attributes.name", f"--to={out}")
    assert sayso("export", "contacts", where, *chosen, environ=environ).exit_code == 0
    rows = [*csv.reader(out.read_text("utf-8-sig").splitlines())]
    assert rows == [["phone", "name"], [f"+{AMIRA}", "Ada"], ["+447911123456", "'=Zoe"]]
    assert sayso("export", "blocks", where, f"--to={out}", environ=environ).exit_code == 0
    assert [row[0] for row in csv.reader(out.read_text("utf-8-sig").splitlines())] == [
        "phone", "+447911123456", f"+{AMIRA}",
    ]  # fmt: skip
    assert sayso("export", "consents", where, environ=environ).exit_code == 0
    full = sayso("export", "blocks", where, "--to=/dev/full", environ=environ)
    assert (full.exit_code, full.stderr.startswith("sayso: There is no room left")) == (2, True), full.stderr


@pytest.mark.parametrize(
    "asked",
    [
        "export contacts", "export blocks", "export consents",
        "import contacts FILE", "import blocks FILE", "import deactivated FILE --as-of=2026-11-01",
    ],
)  # fmt: skip
def test_a_workspace_that_there_is_not_is_told_in_words(
    environ: dict[str, str], tmp_path: Path, asked: str
) -> None:
    (tmp_path / "some.csv").write_text("number\n+12025550143\n")
    words = asked.replace("FILE", str(tmp_path / "some.csv")).split()
    result = sayso(*words, "--workspace=999", environ=environ)
    assert result.exit_code == 2, result.output
    assert "There is no workspace 999" in result.stderr


@pytest.mark.rule("R6.8")
def test_a_carriers_list_ends_consent_as_of_its_day(
    database: Databases, environ: dict[str, str], tmp_path: Path
) -> None:
    world = build(database)
    where = f"--workspace={world.workspace}"
    gone = tmp_path / "gone.csv"
    gone.write_text(
        "number,date\n+12025550143,2026-11-02\n+447911123456,\n+447911123457,2.11.2026\nnobody,\n"
    )
    asked = ("import", "deactivated", str(gone), where, "--as-of=2026-11-01", "--json")
    (done,) = lines(sayso(*asked, environ=environ))
    assert (done["new"], done["stood"]) == (2, 0)
    assert [one["line"] for one in done["refused"]] == [4, 5]
    since = world.rows(
        "SELECT phone, (since AT TIME ZONE 'UTC')::date::text, state, source FROM consent_states"
        " ORDER BY phone"
    )
    assert since == [
        (AMIRA, "2026-11-02", "ended", "import"),
        (447911123456, "2026-11-01", "ended", "import"),
    ]
    (again,) = lines(sayso(*asked, environ=environ))
    assert (again["new"], again["stood"]) == (0, 2)
    assert world.rows("SELECT count(*) FROM consents") == [(2,)]
    assert world.rows("SELECT FROM blocks") == []
