"""An XLSX is read as its CSV would be, and one that lies is refused with bounded memory (R8.2)."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from sayso.actions.imports import Preview, Wanted, add_piece, begin_import, preview_import, start_import
from sayso.actions.refusal import Refused
from sayso.core.spreadsheets import MOST_PACKED
from sayso.engine.spreadsheet_child import REFUSED
from sayso.engine.spreadsheets import Spreadsheets
from sayso.engine.supervisor import open_works
from sayso.storage.databases import Databases
from sayso.storage.imports import File, Import
from tests.engine.test_importing import NOW, Scene, open_scene

pytestmark = pytest.mark.rule("R8.2")
HEAD = ("Customer id", "Mobile", "First name", "Since", "SMS consent")
SHEET = "xl/worksheets/sheet2.xml"
ENDLESS = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1">'
    '<c r="A1"><v>1</v></c></row>'
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)


def workbook() -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("Old").hide()
    sheet = book.add_worksheet("Club")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, (1, 4.47700900123e11, "Ada, of Bath"))
    sheet.write(1, 3, date(2026, 3, 1), day)
    sheet.write_formula(1, 4, '="y"&"es"', None, "yes")
    sheet.write_row(3, 0, ("007", "12", "Short"))
    book.get_worksheet_by_name("Club").activate()
    book.close()
    return out.getvalue()


def replaced(part: str, text: str | bytes) -> bytes:
    """The workbook with another part, its own size and sum said truly."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return out.getvalue()


def lying() -> bytes:
    """A part of 40 MB that says it had ten bytes."""
    data = replaced("xl/styles.xml", b"<!-- " + b"x" * 40_000_000)
    return data.replace((40_000_005).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def no_hours() -> bytes:
    """A telephone number in a column of hours, which are too many for any clock."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("Mobile", "Name"))
    sheet.write(1, 0, 447700900123, book.add_format({"num_format": "[h]:mm"}))
    book.close()
    return out.getvalue()


async def brought(scene: Scene, data: bytes) -> Import:
    made = await begin_import(scene.pool, scene.actor, File("club.xlsx", len(data)), NOW)
    assert isinstance(made, Import)
    done = await add_piece(scene.pool, scene.actor, made.id, 0, data)
    assert isinstance(done, Import)
    return done


@pytest.mark.anyio
async def test_a_spreadsheet_is_read_as_its_rows_would_be(database: Databases) -> None:
    async with open_scene(database) as scene:
        made = await brought(scene, workbook())
        assert made.state == "reading"
        early = await preview_import(scene.pool, scene.actor, made.id, Wanted())
        assert isinstance(early, Refused)
        stage = Spreadsheets(scene.works)
        # An engine that is told to end leaves it for the next one, which begins it anew.
        scene.works.stopping.set()
        await stage.step()
        assert (await scene.show(made.id)).state == "reading"
        scene.works.stopping.clear()
        async with open_works(database.url) as next_one:
            assert await Spreadsheets(next_one).step() == 1
        seen = await preview_import(scene.pool, scene.actor, made.id, Wanted())
        assert isinstance(seen, Preview)
        assert (seen.of.state, seen.of.sheet, seen.shape.columns) == ("draft", "Club", HEAD)
        begun = await start_import(scene.pool, scene.actor, made.id, Wanted(country="GB"), NOW)
        assert isinstance(begun, Import), begun
        done = await scene.finish(made.id)
        assert (done.state, done.rows_read, done.created) == ("finished", 2, 1)
        assert scene.refused() == [(4, "not_a_number")]
        assert scene.world.rows(
            "SELECT external_id, phone, attributes ->> 'first_name', attributes ->> 'since', sms_consent, "
            "sms_computed FROM contacts"
        ) == [("1", 447700900123, "Ada, of Bath", "2026-03-01", "yes", True)]

        broken = await brought(scene, b"PK\x03\x04 and no more")
        assert await stage.step() == 1
        failed = await scene.show(broken.id)
        assert failed.state == "failed"
        assert "damaged" in failed.failure
        assert scene.count("contact_import_chunks") == 0
        odd = await brought(scene, no_hours())
        assert await stage.step() == 1
        assert "“Text”" in (await scene.show(odd.id)).failure
        await stage.close()
        large = await begin_import(scene.pool, scene.actor, File("l.xlsx", MOST_PACKED + 9), NOW)
        assert isinstance(large, Import)
        refused = await add_piece(scene.pool, scene.actor, large.id, 0, b"PK\x03\x04")
        assert isinstance(refused, Refused)
        assert "CSV" in refused.problems[0].message


@pytest.mark.parametrize(
    ("data", "because"),
    [
        (replaced(SHEET, ENDLESS), ""),  # two cells a world apart: the bound on memory ends it
        (replaced("xl/media", ""), None),
        (replaced(SHEET, b" " * 60_000_000), "50 MB"),
        (lying(), "damaged"),
        (replaced(SHEET, "<worksheet><sheetData><row>"), "damaged"),
    ],
    ids=["endless", "ordinary", "bomb", "lying", "cut off"],
)
def test_what_lies_is_refused_within_bounds(data: bytes, because: str | None, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(data)
    with (tmp_path / "file").open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "sayso.engine.spreadsheet_child"],
            stdin=file, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
    if because is None:
        assert (done.returncode, done.stderr) == (0, b"Club")
        assert done.stdout.splitlines()[1] == b'1,447700900123,"Ada, of Bath",2026-03-01,yes'
    elif because:
        assert done.returncode == REFUSED
        assert because in done.stderr.decode()
    else:
        assert done.returncode not in {0, REFUSED}
