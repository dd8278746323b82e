"""Contacts in the console: finding one, what is known of one, and a file from choosing it to its report."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sayso.engine.importing import Importing
from sayso.engine.supervisor import open_works
from sayso.storage import erased
from tests.console_visits import signed_in, text
from tests.consoles import Console

LIST = (
    "Customer id;Mobile;First name;SMS consent\r\n"
    "fern-1;+44 7911 123456;Ada;yes\r\nfern-2;nothing;Ben;no\r\nfern-3;07911 123457;Zoë;\r\n"
)


def contact(console: Console, workspace: int, external_id: str, **more: Any) -> int:
    """A contact as an import leaves it."""
    row = {"phone": None, "email": None, "attributes": "{}", "sms_consent": "unknown"} | more
    query = (
        "INSERT INTO sayso.contacts (workspace_id, external_id, phone, email, attributes, sms_consent) "
        "VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"
    )
    return int(console.execute(query, workspace, external_id, *row.values())[0][0])


def brought(client: Any, content: bytes = LIST.encode(), name: str = "club-november.csv") -> str:
    """The address of an import whose file came with the form."""
    answer = client.post("/contacts/import/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == HTTPStatus.SEE_OTHER, text(answer)
    return str(answer["Location"])


def columns(*targets: str, **more: str) -> dict[str, str]:
    """The mapping's form as it is sent."""
    return {f"column_{place}": target for place, target in enumerate(targets)} | {"country": "GB"} | more


def handed_out(answer: Any) -> bytes:
    """A file that is made while it is taken."""

    async def whole() -> bytes:
        return b"".join([piece async for piece in answer])

    return asyncio.run(whole())


def worked(console: Console) -> None:
    """An engine reads whatever waits."""

    async def work() -> None:
        async with open_works(console.databases.url) as works:
            stage = Importing(works)
            while await stage.step():
                continue
            await stage.close()

    asyncio.run(work())


@pytest.fixture
def shop(console: Console) -> int:
    return console.workspace()


@pytest.fixture
def client(console: Console, shop: int) -> Any:
    return signed_in(console.person((shop, "marketer")))


@pytest.mark.rule("R8.2")
def test_a_file_from_choosing_it_to_its_report(console: Console, shop: int, client: Any) -> None:
    assert "No contact yet" in text(client.get("/contacts/"))
    address = brought(client)
    page = client.get(address)
    for words in (
        "club-november.csv",
        "+44 7911 123456",
        "fern-2",
        "This is no phone number.",
        "1 of 3 would be",
    ):
        assert words in text(page)
    chosen = re.findall(r'<option value="([^"]*)" selected', page.content.decode())
    assert chosen == ["external_id", "phone", "attributes.first_name", "sms_consent", "GB"]
    begun = client.post(address, columns("external_id", "phone", "attributes.first_name", "sms_consent"))
    assert begun.status_code == HTTPStatus.SEE_OTHER
    assert "Waiting for its turn" in text(client.get(address))
    worked(console)
    report = text(client.get(address))
    assert "Import finished: of 3 rows, 2 became new contacts and 1 was refused." in report
    assert "fern-2;nothing;Ben;no" in report
    assert "2 contacts" in text(client.get("/contacts/"))
    assert "club-november.csv" in text(client.get("/contacts/imports/"))
    file = handed_out(client.get(f"{address}refused.csv")).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(file)))[1][0::2] == ["3", "fern-2;nothing;Ben;no"]
    trail = console.execute(
        "SELECT action FROM sayso.audit WHERE workspace_id = %s AND object_type = 'contact_import' "
        "ORDER BY id",
        shop,
    )
    assert trail == [("started",), ("finished",)]


@pytest.mark.rule("R8.2")
def test_the_preview_shows_another_mapping_and_stores_nothing(
    client: Any, console: Console, shop: int
) -> None:
    address = brought(client)
    said = columns("", "phone", "attributes.first_name", "", preview="1")
    page = text(client.post(address, said))
    assert "the number says which contact a row is about" in page
    wrong = client.post(address, columns("", "", "email", ""))
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose the column with the mobile number" in text(wrong)
    assert console.execute("SELECT count(*) FROM sayso.contacts WHERE workspace_id = %s", shop) == [(0,)]


@pytest.mark.rule("R8.2")
def test_a_file_comes_in_pieces_and_goes_on_after_a_broken_line(client: Any) -> None:
    data = LIST.encode()
    told = json.loads(client.post("/contacts/import/", {"file_name": "a.csv", "size": len(data)}).content)
    raw = {"content_type": "application/octet-stream"}
    first = client.post(f"{told['pieces']}?at=0", data[:50], **raw)
    assert json.loads(first.content) == {"received": 50}
    assert "Only a part of the file is here" in text(client.get(told["page"]))
    again = client.post(f"{told['pieces']}?at=0", data[:50], **raw)
    assert again.status_code == HTTPStatus.CONFLICT
    assert "Go on from byte 50" in json.loads(again.content)["sentence"]
    client.post(f"{told['pieces']}?at=50", data[50:], **raw)
    assert "Start import" in text(client.get(told["page"]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\xd0\xcf\x11\xe0", "This is an old spreadsheet"),
        (b"\n\n", "The file is empty"),
    ],
)
def test_a_file_that_is_no_list_is_told_so(client: Any, content: bytes, words: str) -> None:
    answer = client.post("/contacts/import/", {"file": SimpleUploadedFile("x.csv", content)})
    if answer.status_code == HTTPStatus.SEE_OTHER:
        answer = client.get(answer["Location"])
    assert words in text(answer)


def test_a_file_that_is_too_large_is_refused_before_it_comes(client: Any) -> None:
    answer = client.post("/contacts/import/", {"file_name": "a.csv", "size": 5 * 1024**3})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "at most 300 MB are taken" in json.loads(answer.content)["sentence"]


@pytest.mark.rule("R8.2")
def test_an_import_is_stopped_and_goes_on(console: Console, client: Any) -> None:
    address = brought(client)
    client.post(address, columns("external_id", "phone", "attributes.first_name", "sms_consent"))
    assert "Stop importing club-november.csv?" in text(client.get(f"{address}stop/"))
    client.post(f"{address}stop/")
    worked(console)
    assert "Import stopped: of 0 rows" in text(client.get(address))
    client.post(f"{address}go-on/")
    worked(console)
    assert "Import finished: of 3 rows" in text(client.get(address))


@pytest.mark.rule("R2.1")
def test_an_analyst_looks_and_an_agent_does_not(console: Console, shop: int, client: Any) -> None:
    made = contact(console, shop, "fern-1")
    address = brought(client)
    analyst, agent = (signed_in(console.person((shop, role))) for role in ("analyst", "agent"))
    assert "Import contacts" not in text(analyst.get("/contacts/"))
    for path in ("/contacts/import/", address, f"{address}stop/"):
        assert analyst.get(path).status_code == HTTPStatus.FORBIDDEN, path
    for path in ("/contacts/", f"/contacts/{made}/", "/contacts/imports/", address):
        assert agent.get(path).status_code == HTTPStatus.FORBIDDEN, path


@pytest.mark.parametrize(
    "said", ["07911 123456", "+447911123456", "fern-20", "ADA LOV", "ada@mail", "Ada@Mail.example"]
)
def test_a_contact_is_found_by_number_name_address_and_id(
    console: Console, shop: int, client: Any, said: str
) -> None:
    names = '{"first_name": "Ada", "last_name": "Lovelace"}'
    contact(console, shop, "fern-20418", phone=447911123456, email="Ada@mail.example", attributes=names)
    contact(
        console, shop, "oak-1", phone=447911123999, email="ben@mail.example", attributes='{"name": "Ben"}'
    )
    page = text(client.get("/contacts/", {"q": said}))
    assert "Ada Lovelace" in page
    assert "Ben" not in page
    assert "1 contact found" in page


@pytest.mark.parametrize("said", ["nobody", "\x00", "<b>x</b>", "%", "_", "9" * 200])
def test_nobody_found_is_said(console: Console, shop: int, client: Any, said: str) -> None:
    contact(console, shop, "fern-1")
    answer = client.get("/contacts/", {"q": said})
    assert answer.status_code == HTTPStatus.OK
    assert "<b>x</b>" not in answer.content.decode()
    if said.strip("\x00"):
        assert "Nobody found by" in text(answer)


@pytest.mark.rule("R8.1")
def test_a_contact_s_page_says_who_they_are_and_whether_they_may_be_texted(
    console: Console, shop: int, client: Any
) -> None:
    console.line(shop, "447700900118")
    console.block(shop, 447911123456, "stop please")
    attributes = '{"first_name": "Ada", "shop": "Bath"}'
    made = contact(console, shop, "fern-1", phone=447911123456, sms_consent="yes", attributes=attributes)
    other = contact(console, shop, "fern-2", phone=447911123456)
    page = text(client.get(f"/contacts/{made}/"))
    for words in (
        "Ada",
        "+44 7911 123456",
        "fern-1",
        "Bath",
        "the block wins",
        "Advertising: no",
        "computed",
    ):
        assert words in page
    assert f'href="/contacts/{other}/"' in client.get(f"/contacts/{made}/").content.decode()
    bare = contact(console, shop, "fern-3")
    assert "This contact has no number" in text(client.get(f"/contacts/{bare}/"))


@pytest.mark.rule("R8.2")
def test_contacts_are_exported_in_the_columns_that_were_chosen(
    console: Console, shop: int, client: Any
) -> None:
    contact(console, shop, "fern-1", phone=447911123456, attributes='{"shop": "Bath"}')
    assert "Attribute shop" in text(client.get("/contacts/export/"))
    wanted = {"whom": "everybody", "form": "csv", "columns": ["phone", "attributes.shop"]}
    answer = client.post("/contacts/export/", wanted)
    assert "attachment" in answer["Content-Disposition"]
    rows = [*csv.reader(io.StringIO(handed_out(answer).decode("utf-8-sig")))]
    assert rows == [["phone", "shop"], ["+447911123456", "Bath"]]
    none = client.post("/contacts/export/", wanted | {"columns": []})
    assert none.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.rule("R8.1")
def test_a_contact_is_made_changed_and_deleted_by_hand(console: Console, shop: int, client: Any) -> None:
    said = {"phone": "07911 123456", "sms_consent": "unknown", "attributes": "shop: Bath", "country": "GB"}
    made = client.post("/contacts/new/", said)
    assert made.status_code == HTTPStatus.SEE_OTHER, text(made)
    address = made["Location"]
    assert "+447911123456" in text(client.get(address))
    again = client.post("/contacts/new/", said)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "already" in text(again)
    page = client.get(f"{address}edit/").content.decode()
    stamp = re.search(r'name="stands" value="([^"]+)"', page)
    assert stamp
    change = said | {"phone": "+44 7911 123456", "email": "ada@example.com", "stands": stamp[1]}
    assert client.post(f"{address}edit/", change | {"attributes": "shop: Bonn"}).status_code == 303
    assert console.execute(
        "SELECT email, attributes ->> 'shop', sms_consent FROM sayso.contacts WHERE workspace_id = %s", shop
    ) == [("ada@example.com", "Bonn", "unknown")]
    late = client.post(f"{address}edit/", change | {"attributes": "shop: York"})
    assert "Somebody saved this contact after you opened the form" in text(late)
    assert "erase the contact" in text(client.get(f"{address}delete/"))
    assert client.post(f"{address}delete/").status_code == HTTPStatus.SEE_OTHER
    assert console.execute("SELECT 1 FROM sayso.contacts WHERE workspace_id = %s", shop) == []


@pytest.mark.rule("R8.2")
def test_a_contact_of_whom_a_file_brought_a_no_alone_names_the_file(
    console: Console, shop: int, client: Any
) -> None:
    address = brought(
        client, b"Customer id,Mobile,Email,SMS consent\nfern-9,+447911123459,a@@b,no\nfern-8,12,,no\n"
    )
    client.post(address, columns("external_id", "phone", "email", "sms_consent"))
    worked(console)
    report = text(client.get(address))
    assert "was taken over all the same" in report
    assert "was not taken over. Block the number" in report
    made = console.execute("SELECT id FROM sayso.contacts WHERE workspace_id = %s", shop)
    assert "club-november.csv was the last to bring this contact" in text(
        client.get(f"/contacts/{made[0][0]}/")
    )


@pytest.mark.rule("R8.2")
def test_two_contacts_become_one_and_the_past_is_in_one_list(
    console: Console, shop: int, client: Any
) -> None:
    kept = contact(console, shop, "fern-1", phone=447911123456, sms_consent="unknown")
    gone = contact(console, shop, "fern-2", phone=447911123456, email="ada@example.com", sms_consent="no")
    lists = console.execute(
        "INSERT INTO sayso.lists (workspace_id, name) VALUES (%s, 'Club') RETURNING id", shop
    )
    console.execute("INSERT INTO sayso.list_members VALUES (%s, %s, %s)", shop, lists[0][0], gone)
    console.execute(
        "INSERT INTO sayso.consents (workspace_id, contact_id, phone, action, category, source, "
        "identification, timestamp, imported_timestamp) "
        "VALUES (%s, %s, 447911123456, 'reject', '*', 'api', '', now(), now())",
        shop, gone,
    )  # fmt: skip
    assert "fern-2" in text(client.get(f"/contacts/{kept}/merge/"))
    assert "one of them said no" in text(client.get(f"/contacts/{kept}/merge/{gone}/"))
    assert client.post(f"/contacts/{kept}/merge/{gone}/").status_code == HTTPStatus.SEE_OTHER
    assert console.execute(
        "SELECT id, email, sms_consent FROM sayso.contacts WHERE workspace_id = %s", shop
    ) == [(kept, "ada@example.com", "no")]
    page = text(client.get(f"/contacts/{kept}/"))
    for words in ("Club", "Said no", "Became a contact"):
        assert words in page
    assert "Became a contact" not in text(client.get(f"/contacts/{kept}/?show=consent"))
    assert "Nothing of this kind" in text(client.get(f"/contacts/{kept}/?show=texts"))
    trail = console.execute(
        "SELECT action FROM sayso.audit WHERE workspace_id = %s AND object_type = 'contact' ORDER BY id", shop
    )
    assert trail == [("merged",), ("merged_away",)]


@pytest.mark.rule("R8.4")
def test_only_who_may_erases_and_types_whom(console: Console, shop: int, client: Any) -> None:
    erased.use("only for tests")
    whom = contact(console, shop, "fern-1", phone=447911123456)
    assert client.get(f"/contacts/{whom}/erase/").status_code == HTTPStatus.FORBIDDEN
    owner = signed_in(console.person((shop, "compliance_owner")))
    wrong = owner.post(f"/contacts/{whom}/erase/", {"confirm": "fern-2"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert owner.post(f"/contacts/{whom}/erase/", {"confirm": "fern-1"}).status_code == HTTPStatus.SEE_OTHER
    assert console.execute("SELECT 1 FROM sayso.contacts WHERE workspace_id = %s", shop) == []
