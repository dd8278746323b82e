"""A file of contacts is stored row by row, once, whatever happens on the way (R8.2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import psycopg
import pytest

from sayso.actions.actor import Actor, house
from sayso.actions.imports import Wanted, add_piece, begin_import, show_import, start_import, stop_import
from sayso.core.contact_record import ContactRow
from sayso.engine import importing, importing_ahead
from sayso.engine.importing import Importing
from sayso.engine.supervisor import Works, open_works
from sayso.storage import contacts
from sayso.storage.databases import Databases
from sayso.storage.imports import File, Import
from sayso.storage.pool import APP, Pool, open_pool, workspace
from tests.engine.sending_scene import until
from tests.world import World, build

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R8.2")]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
HEAD = "Customer id,Mobile,First name,Shop,SMS consent\n"


@dataclass
class Scene:
    """A workspace, the app's pool, and an engine that steps when told."""

    world: World
    pool: Pool
    works: Works
    stage: Importing
    actor: Actor

    async def begin(self, text: str, mapping: tuple[str, ...] | None = None, encoding: str = "utf-8") -> int:
        data = text.encode(encoding)
        made = await begin_import(self.pool, self.actor, File("club-november.csv", len(data)), NOW)
        assert isinstance(made, Import)
        for start in range(0, len(data), 1_500_000):
            piece = data[start : start + 1_500_000]
            assert isinstance(await add_piece(self.pool, self.actor, made.id, start, piece), Import)
        begun = await start_import(self.pool, self.actor, made.id, Wanted(mapping), NOW)
        assert isinstance(begun, Import), begun
        return made.id

    async def finish(self, import_id: int) -> Import:
        for _ in range(200):
            await self.stage.step()
            found = await self.show(import_id)
            if found.state not in {"waiting", "running"}:
                return found
        raise AssertionError("it never ended")

    async def show(self, import_id: int) -> Import:
        found = await show_import(self.pool, self.actor, import_id)
        assert isinstance(found, Import)
        return found

    def refused(self) -> list[tuple[object, ...]]:
        return self.world.rows(
            "SELECT line, reasons -> 0 ->> 'code' FROM contact_import_refusals ORDER BY import_id, line"
        )

    def count(self, what: str = "contacts") -> int:
        return int(str(self.world.rows(f"SELECT count(*) FROM {what}")[0][0]))


@asynccontextmanager
async def open_scene(database: Databases) -> AsyncIterator[Scene]:
    world = build(database)
    async with open_pool(database.url, APP) as pool, open_works(database.url) as works:
        yield Scene(world, pool, works, Importing(works), house(world.workspace))


@pytest.fixture
async def scene(database: Databases) -> AsyncIterator[Scene]:
    async with open_scene(database) as made:
        yield made


def rows(first: int, count: int) -> str:
    return "".join(f"{n},+1202555{n:04},Ada {n},Bath,yes\n" for n in range(first, first + count))


@pytest.mark.rule("R8.1")
async def test_a_list_becomes_contacts_and_each_bad_row_says_why(scene: Scene) -> None:
    bad = "7,12,Short,Bath,\n8,,No number,Bath,\n,+12025559999,No id,Bath,\n1,+12025550001,Twice,Bath,\n"
    done = await scene.finish(await scene.begin(HEAD + rows(1, 3) + "\n,,,,\n" + bad))
    assert (done.state, done.rows_read, done.created, done.refused) == ("finished", 7, 4, 3)
    assert scene.refused() == [(7, "not_a_number"), (9, "missing"), (10, "twice")]
    assert scene.world.rows(
        "SELECT external_id, phone, attributes ->> 'first_name', attributes ->> 'shop', sms_consent, "
        "name_key FROM contacts WHERE external_id = '2'"
    ) == [("2", 12025550002, "Ada 2", "Bath", "yes", "ada 2")]
    assert scene.count("contact_import_chunks") == 0


async def test_the_same_file_again_changes_nothing(scene: Scene) -> None:
    text = HEAD + rows(1, 5)
    await scene.finish(await scene.begin(text))
    before = scene.world.rows("SELECT id, updated_at FROM contacts ORDER BY id")
    done = await scene.finish(await scene.begin(text))
    assert (done.created, done.changed, done.unchanged, done.refused) == (0, 0, 5, 0)
    assert scene.world.rows("SELECT id, updated_at FROM contacts ORDER BY id") == before


async def test_without_an_external_id_the_number_is_the_key(scene: Scene) -> None:
    text = "Phone;City\n(202) 555-0143;Bath\n+1 202 555 0143;Bonn\n"
    done = await scene.finish(await scene.begin(text))
    assert (done.created, done.refused) == (1, 1)
    assert scene.world.rows("SELECT external_id, phone FROM contacts") == [("+12025550143", 12025550143)]


@pytest.mark.rule("R6.3", "R6.4", "R6.5")
async def test_a_yes_of_a_list_never_lifts_a_block_and_names_its_row(scene: Scene) -> None:
    scene.world.rows(
        "INSERT INTO blocks (workspace_id, phone, written, scope, since, source, said, reason) "
        "VALUES (%s, 12025550001, '+1', 'channel', %s, 'keyword', 'stop', 'Texted stop.')",
        scene.world.workspace,
        NOW,
    )
    text = HEAD + "1,+12025550001,A,Bath,yes\n2,+12025550002,B,Bath,yes\n3,+12025550003,C,Bath,no\n"
    await scene.finish(await scene.begin(text))
    assert scene.world.rows("SELECT count(*) FROM blocks WHERE lifted_at IS NULL") == [(1,)]
    ledger = (
        "SELECT phone, action, source, evidence ->> 'file', evidence ->> 'row' FROM consents ORDER BY phone"
    )
    assert scene.world.rows(ledger) == [
        (12025550001, "pending", "import", "club-november.csv", "2"),
        (12025550002, "accept", "import", "club-november.csv", "3"),
        (12025550003, "reject", "import", "club-november.csv", "4"),
    ]
    assert scene.world.rows("SELECT sms_consent FROM contacts ORDER BY external_id") == [
        ("unknown",), ("yes",), ("no",),
    ]  # fmt: skip


@pytest.mark.rule("R6.4")
@pytest.mark.parametrize("slice_rows", [1, 4_000])
async def test_a_no_in_a_refused_row_holds(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, slice_rows: int
) -> None:
    monkeypatch.setattr(importing_ahead, "SLICE_ROWS", slice_rows)
    await scene.finish(await scene.begin(HEAD + rows(1, 3)))
    text = (
        "Customer id,Mobile,Email,SMS consent\n"
        "1,+12025550001,wrong@@example,no\n"  # known, with a wrong address
        "2,12,,no\n"  # known, with a wrong number
        "4,+12025550004,,yes\n4,+12025550004,,no\n"  # said yes further up in the same file
        "5,+12025550005,wrong@@example,no\n"  # new
        "6,12,,no\n"  # nobody
    )
    done = await scene.finish(await scene.begin(text))
    assert (done.state, done.rows_read, done.created, done.refused) == ("finished", 6, 1, 5)
    assert (done.changed, done.unchanged) == (0, 0)
    said = "SELECT external_id, sms_consent FROM contacts ORDER BY external_id"
    assert scene.world.rows(said) == [("1", "no"), ("2", "no"), ("3", "yes"), ("4", "no"), ("5", "no")]
    ledger = "SELECT phone, evidence ->> 'row' FROM consents WHERE action = 'reject' ORDER BY phone"
    assert scene.world.rows(ledger) == [
        (12025550001, "2"), (12025550002, "3"), (12025550004, "5"), (12025550005, "6"),
    ]  # fmt: skip
    kept = "SELECT line FROM contact_import_refusals WHERE reasons -> -1 ->> 'code' = 'no_kept' ORDER BY line"
    assert scene.world.rows(kept) == [(2,), (3,), (5,), (6,)]
    assert scene.count("contact_import_refusals WHERE reasons -> -1 ->> 'code' = 'no_lost'") == 1


@pytest.mark.rule("R6.4")
@pytest.mark.parametrize("slice_rows", [1, 2, 4_000])
async def test_a_no_of_a_refused_row_keeps_no_later_row_out_and_no_later_yes_lifts_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, slice_rows: int
) -> None:
    """Wherever slices end: a new contact, one without a number, one that had said no, and another number."""
    monkeypatch.setattr(importing_ahead, "SLICE_ROWS", slice_rows)
    await scene.finish(await scene.begin(HEAD + "2,,,Bath,\n3,+12025550003,,Bath,no\n4,+12025550004,,,yes\n"))
    names = (1, 2, 3, 4)
    noes = "".join(f"{n},{12 if n == 2 else f'+1202555000{n}'},wrong@@example,no\n" for n in names)
    yeses = "".join(f"{n},+1202555{'001' if n == 4 else '000'}{n},a@b.example,yes\n" for n in names)
    import_id = await scene.begin("Customer id,Mobile,Email,SMS consent\n" + noes + yeses + yeses)
    done = await scene.finish(import_id)
    assert (done.state, done.rows_read, done.created + done.changed, done.refused) == ("finished", 12, 4, 8)
    said = "SELECT external_id, phone, email, sms_consent FROM contacts ORDER BY external_id"
    phones = (12025550001, 12025550002, 12025550003, 12025550014)
    assert scene.world.rows(said) == [
        (str(n), phone, "a@b.example", "no") for n, phone in zip(names, phones, strict=True)
    ]
    last = "SELECT reasons -> 0 ->> 'code' FROM contact_import_refusals ORDER BY line DESC LIMIT 4"
    assert scene.world.rows(last) == [("twice",)] * 4
    assert scene.count("consents WHERE action <> 'reject' AND phone <> 12025550004") == 0
    told = "SELECT DISTINCT evidence ->> 'import' FROM consents WHERE phone = 12025550001"
    assert scene.world.rows(told) == [(str(import_id),)]


async def test_whoever_says_yes_between_two_slices_is_not_held_to_the_no_of_the_first(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing_ahead, "SLICE_ROWS", 1)
    text = "Customer id,Mobile,Email,SMS consent\n1,+12025550001,wrong@@example,no\n1,+12025550001,,yes\n"
    made = await scene.begin(text)
    await scene.stage.step()
    scene.world.rows("UPDATE contacts SET sms_consent = 'yes' WHERE external_id = '1'")
    assert (await scene.finish(made)).refused == 1
    assert scene.world.rows("SELECT sms_consent FROM contacts") == [("yes",)]


async def test_an_import_is_audited_at_its_start_and_its_end_alone(scene: Scene) -> None:
    await scene.finish(await scene.begin(HEAD + rows(1, 20)))
    found = scene.world.rows(
        "SELECT action, object_type, after ->> 'created' FROM audit "
        "WHERE object_type IN ('contact', 'contact_import') ORDER BY id"
    )
    assert found == [("started", "contact_import", None), ("finished", "contact_import", "20")]


async def test_the_same_contact_in_a_later_slice_is_seen(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing_ahead, "SLICE_ROWS", 3)
    done = await scene.finish(await scene.begin(HEAD + rows(1, 7) + "2,+12025550002,Again,Bath,yes\n"))
    assert (done.created, done.refused) == (7, 1)
    assert scene.refused() == [(9, "twice")]


async def test_a_stopped_import_goes_on_where_it_ended(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_ahead, "SLICE_ROWS", 3)
    made = await scene.begin(HEAD + rows(1, 10))
    await scene.stage.step()
    assert isinstance(await stop_import(scene.pool, scene.actor, made, NOW), Import)
    assert await scene.stage.step() == 0
    assert scene.count() == 3
    assert isinstance(await start_import(scene.pool, scene.actor, made, Wanted(), NOW), Import)
    done = await scene.finish(made)
    assert (done.rows_read, done.created, done.refused) == (10, 10, 0)


@pytest.mark.parametrize("count", [1, 7])
async def test_a_contact_that_is_brought_while_its_slice_is_stored_keeps_what_it_has(
    scene: Scene, count: int
) -> None:
    """R8.2: an empty cell keeps what stands. Alone in its slice, the row is written over what just came."""
    await scene.begin(HEAD + rows(1, count))
    with psycopg.connect(scene.world.owner_url, options="-c search_path=sayso") as other:
        other.execute(
            "INSERT INTO contacts (workspace_id, external_id, email) VALUES (%s, '1', 'ada@mail.example')",
            (scene.world.workspace,),
        )
        step = asyncio.create_task(scene.stage.step())
        await until(lambda: bool(scene.world.rows(WAITING)))
        other.commit()
        assert await step == count
    assert scene.count(f"contacts WHERE phone IS NOT NULL AND external_id ~ '^[1-{count}]$'") == count
    kept = [("ada@mail.example",)] if count > 1 else [(None,)]
    assert scene.world.rows("SELECT email FROM contacts WHERE external_id = '1'") == kept


async def test_contacts_of_no_workspace_are_not_stored(scene: Scene, database: Databases) -> None:
    row = ContactRow("1", None, None, None, None, None, {}, "unknown", None)
    async with open_pool(database.url, APP) as pool:
        for store in (contacts.put, partial(contacts.add, ids=False)):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with workspace(pool, 4_711) as conn:
                    await store(conn, [row], NOW, None)
    assert scene.count() == 0


async def test_an_engine_that_lost_the_import_stores_nothing(
    scene: Scene, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing_ahead, "SLICE_ROWS", 3)
    made = await scene.begin(HEAD + rows(1, 9))
    await scene.stage.step()
    scene.world.rows(
        "UPDATE leases SET holder = 'another', epoch = epoch + 1 WHERE resource = %s", f"import:{made}"
    )
    with pytest.raises(importing.TakenOverError):
        await scene.stage.step()
    assert scene.count() == 3
    scene.world.rows("DELETE FROM leases WHERE resource = %s", f"import:{made}")
    async with open_works(database.url) as works:
        other = Importing(works)
        while (await scene.show(made)).state != "finished":
            await other.step()
    assert scene.count() == 9
    assert (await scene.show(made)).created == 9


async def test_a_row_that_the_database_refuses_stops_no_other(scene: Scene) -> None:
    scene.world.rows("ALTER TABLE contacts ADD CONSTRAINT odd CHECK (attributes ->> 'shop' <> 'Nowhere')")
    text = HEAD + rows(1, 4) + "5,+12025550005,Odd,Nowhere,yes\n" + rows(6, 4)
    done = await scene.finish(await scene.begin(text))
    assert (done.created, done.refused, done.rows_read) == (8, 1, 9)
    assert scene.refused() == [(6, "unstorable")]


@pytest.mark.rule("R6.4")
@pytest.mark.parametrize("check", ["attributes ->> 'shop' <> 'Nowhere'", "external_id <> '2'"])
async def test_a_row_that_the_database_refuses_says_no_all_the_same_or_that_it_does_not(
    scene: Scene, check: str
) -> None:
    scene.world.rows(f"ALTER TABLE contacts ADD CONSTRAINT odd CHECK ({check})")
    text = HEAD + rows(1, 1) + "2,+12025550002,Odd,Nowhere,no\n" + rows(3, 1)
    done = await scene.finish(await scene.begin(text))
    assert (done.created, done.refused, done.rows_read) == (2, 1, 3)
    holds = "attributes" in check
    assert scene.count("contacts WHERE external_id = '2' AND sms_consent = 'no'") == int(holds)
    codes = "SELECT line, reasons -> 0 ->> 'code', reasons -> -1 ->> 'code' FROM contact_import_refusals"
    assert scene.world.rows(codes) == [(3, "unstorable", "no_kept" if holds else "no_lost")]


async def test_a_refused_row_whose_no_is_not_taken_over_says_so(scene: Scene) -> None:
    text = HEAD + ",+12025550001,,,no\n2,12,,,no\n-,12,,,no\n" + "x" * 201 + ",,,,no\n,,Ada,,\n"
    assert (await scene.finish(await scene.begin(text))).refused == 5
    codes = "SELECT line, reasons -> -1 ->> 'code' FROM contact_import_refusals ORDER BY line"
    assert scene.world.rows(codes) == [
        (2, "no_lost"), (3, "no_lost"), (4, "no_lost"), (5, "no_lost"), (6, "missing"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
async def test_lists_of_other_programs_are_read(scene: Scene, encoding: str) -> None:
    text = "Kundennummer;Handy;Vorname\r\n" + "".join(f"{n};0202 555 {n:04};Zoë\r\n" for n in range(1, 6))
    text = text.replace("0202 ", "+1 202 ")
    done = await scene.finish(await scene.begin(text, encoding=encoding))
    assert (done.state, done.created, done.refused) == ("finished", 5, 0)
    assert scene.world.rows("SELECT DISTINCT attributes ->> 'first_name' FROM contacts") == [("Zoë",)]


async def test_a_file_of_several_chunks_is_read_across_them(scene: Scene) -> None:
    filler = "x" * 900
    text = "Customer id,Note\n" + "".join(f"{n},{filler}{n}\n" for n in range(4_000))
    done = await scene.finish(await scene.begin(text))
    assert (done.rows_read, done.created, done.refused, done.at_byte) == (4_000, 4_000, 0, len(text))
    assert scene.count("contacts WHERE attributes ->> 'note' = repeat('x', 900) || external_id") == 4_000


async def test_other_workspaces_neither_see_nor_feel_it(scene: Scene) -> None:
    scene.world.rows(
        "INSERT INTO contacts (workspace_id, external_id, phone) VALUES (%s, '1', 12025550001)",
        scene.world.other_workspace,
    )
    made = await scene.begin(HEAD + rows(1, 2))
    done = await scene.finish(made)
    assert done.created == 2
    assert (
        scene.count(f"contacts WHERE workspace_id = {scene.world.other_workspace} AND import_id IS NULL") == 1
    )
    other = await show_import(scene.pool, house(scene.world.other_workspace), made)
    assert not isinstance(other, Import)


async def test_a_file_that_nobody_can_read_ends_with_a_sentence_and_stops_no_other(scene: Scene) -> None:
    broken = await scene.begin(HEAD + rows(1, 2))
    fine = await scene.begin(HEAD + rows(3, 2))
    scene.world.rows("UPDATE contact_imports SET shape = '{}' WHERE id = %s", broken)
    ended = await scene.finish(broken)
    assert (ended.state, "the log has the whole story" in ended.failure) == ("failed", True)
    assert (await scene.finish(fine)).created == 2


async def test_a_file_that_is_gone_says_so(scene: Scene) -> None:
    made = await scene.begin(HEAD + rows(1, 2))
    scene.world.rows("DELETE FROM contact_import_chunks")
    ended = await scene.finish(made)
    assert (ended.state, ended.failure) == ("failed", importing.GONE)
