"""A file of contacts as an integrator brings it: in pieces, looked at, started, watched."""

from __future__ import annotations

from base64 import b64encode
from http import HTTPStatus
from typing import Any

import pytest

from sayso.engine.importing import Importing
from sayso.engine.supervisor import open_works
from sayso.storage.databases import Databases
from tests.doors.api import Api, Client

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R8.2")]
LIST = b"Id,Mobile,Shop\n1,+12025550143,Bath\n2,nothing,Bath\n3,(202) 555-0144,\n4,+442071838750,London\n"


async def brought(client: Client, data: bytes = LIST, step: int = 40) -> dict[str, Any]:
    made: dict[str, Any] = await client.post("contacts/imports", {"file_name": "club.csv", "size": len(data)})
    for start in range(0, len(data), step):
        said = {"at_byte": start, "data": b64encode(data[start : start + step]).decode()}
        made = await client.put(f"contacts/imports/{made['id']}/file", said)
    return made


async def test_a_file_is_brought_looked_at_started_and_told_of(
    api: Api, client: Client, database: Databases
) -> None:
    made = await brought(client)
    assert (made["state"], made["received"]) == ("draft", len(LIST))
    seen = await client.post(f"contacts/imports/{made['id']}/preview", {})
    assert seen["columns"] == ["Id", "Mobile", "Shop"]
    assert seen["mapping"] == ["external_id", "phone", "attributes.shop"]
    assert [(row["phone"], row["landline"], len(row["errors"])) for row in seen["rows"]] == [
        ("+12025550143", False, 0), (None, False, 1), ("+12025550144", False, 0), ("+442071838750", True, 0),
    ]  # fmt: skip
    begun = await client.post(f"contacts/imports/{made['id']}/start", {"country": "US"})
    assert begun["state"] == "waiting"
    async with open_works(database.url) as works:
        stage = Importing(works)
        while (told := await client.get(f"contacts/imports/{made['id']}"))["state"] != "finished":
            await stage.step()
    assert (told["rows_read"], told["created"], told["refused"]) == (4, 3, 1)
    refused = await client.get(f"contacts/imports/{made['id']}/refused")
    assert [(row["line"], row["written"], row["errors"][0]["code"]) for row in refused["items"]] == [
        (3, "2,nothing,Bath", "not_a_number")
    ]
    found = await client.get("contacts", params={"external_id": "1"})
    assert found["items"][0]["attributes"] == {"shop": "Bath"}
    assert [each["id"] for each in (await client.get("contacts/imports"))["items"]] == [made["id"]]


@pytest.mark.parametrize(
    "data",
    [
        "Id,Mobile\n1,+447700900123\n2,Müller\n".encode("cp850"),
        b"\xff\xfe" + "Id,Mobile\n1,+447700900123\n2,".encode("utf-16-le") + b"\x00\xd8\n\0",
    ],
    ids=["as DOS wrote it", "half a letter"],
)
async def test_a_row_of_bytes_that_are_no_letters_is_shown_as_far_as_it_can_be(
    client: Client, data: bytes
) -> None:
    made = await brought(client, data)
    seen = await client.post(f"contacts/imports/{made['id']}/preview", {})
    assert [[error["code"] for error in row["errors"]] for row in seen["rows"]] == [[], ["letters"]]
    assert "?" in seen["rows"][1]["cells"][1]


async def test_a_piece_out_of_turn_is_told_where_to_go_on(client: Client) -> None:
    made = await client.post("contacts/imports", {"file_name": "club.csv", "size": 8})
    path = f"contacts/imports/{made['id']}"
    piece = {"at_byte": 0, "data": b64encode(b"Id\n1").decode()}
    await client.put(f"{path}/file", piece)
    again = await client.ask("PUT", f"{path}/file", piece)
    assert again.status_code == HTTPStatus.CONFLICT
    assert "Go on from byte 4." in again.text
    early = await client.ask("POST", f"{path}/start", {})
    assert early.status_code == HTTPStatus.CONFLICT
    assert "4 of 8 bytes are here" in early.text
    more = await client.ask("PUT", f"{path}/file", {"at_byte": 4, "data": b64encode(b"12345").decode()})
    assert more.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"file_name": "club.csv", "size": 0}, "The file is empty."),
        ({"file_name": "club.csv", "size": 5 * 1024**3}, "at most 300 MB"),
        ({"file_name": "club.csv"}, "size"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused_at_once(
    client: Client, said: dict[str, Any], words: str
) -> None:
    answer = await client.ask("POST", "contacts/imports", said)
    assert answer.status_code in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.BAD_REQUEST}
    assert words in answer.text


@pytest.mark.parametrize(
    ("mapping", "code"),
    [(["phone", "phone", ""], "twice"), (["", "", "email"], "no_key"), (["phone"], "count")],
)
async def test_a_mapping_that_cannot_be_is_refused_with_its_reason(
    client: Client, mapping: list[str], code: str
) -> None:
    made = await brought(client)
    seen = await client.post(f"contacts/imports/{made['id']}/preview", {"mapping": mapping})
    assert code in {error["code"] for error in seen["errors"]}
    answer = await client.ask("POST", f"contacts/imports/{made['id']}/start", {"mapping": mapping})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_a_spreadsheet_under_another_name_is_told_so(client: Client) -> None:
    made = await brought(client, b"\xd0\xcf\x11\xe0" + b"x" * 100)
    answer = await client.ask("POST", f"contacts/imports/{made['id']}/preview", {})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Save it as" in answer.text


async def test_a_key_that_may_only_read_brings_nothing(api: Api, client: Client) -> None:
    reading = await api.client(client.workspace_id, ("contacts:read",))
    answer = await reading.ask("POST", "contacts/imports", {"file_name": "club.csv", "size": 1})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    made = await brought(client)
    assert (await reading.get(f"contacts/imports/{made['id']}"))["state"] == "draft"
    stranger = await api.client()
    assert (await stranger.ask("GET", f"contacts/imports/{made['id']}")).status_code == HTTPStatus.NOT_FOUND
