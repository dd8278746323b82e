"""Contacts as a file, by the API (R8.2)."""

from __future__ import annotations

import csv
from http import HTTPStatus
from io import BytesIO, StringIO

import pytest
from python_calamine import load_workbook

from sayso.actions import exporting
from sayso.api import door
from tests.doors.api import Api, Client

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R8.2")]


async def told(client: Client, **asked: str) -> list[list[str]]:
    answer = await client.ask("GET", "contacts/export", params=asked)
    assert answer.status_code == HTTPStatus.OK, answer.text
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


async def test_contacts_are_handed_out_as_they_are_asked_for(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SLICE", 2)
    client = await api.client()
    people = [
        {"external_id": f"fern-{n}", "phone": f"+1202555014{n}", "language": "de" if n == 4 else "en",
         "attributes": {"name": f"Ada {n}", "note": "=HYPERLINK(1)"}}
        for n in range(5)
    ]  # fmt: skip
    await client.post("contacts/bulk", {"contacts": people})
    made = await client.post("lists", {"name": "Club"})
    await client.post(f"lists/{made['id']}/contacts", {"external_ids": ["fern-1", "fern-3"]})
    conditions = {"all": [{"about": "language", "test": "is", "value": "de"}]}
    segment = await client.post("segments", {"name": "German", "conditions": conditions})
    columns = "external_id,phone,attributes.note"
    every = await told(client, columns=columns)
    assert every[0] == ["external_id", "phone", "note"]
    assert every[1:] == [[f"fern-{n}", f"+1202555014{n}", "'=HYPERLINK(1)"] for n in range(5)]
    some = {"list": made["id"], "segment": segment["id"]}
    for whom, ids in (
        (f"list:{some['list']}", ["fern-1", "fern-3"]),
        (f"segment:{some['segment']}", ["fern-4"]),
        ("search:ada 2", ["fern-2"]),
        ("search:+12025550143", ["fern-3"]),
    ):
        assert [row[0] for row in (await told(client, whom=whom, columns="external_id"))[1:]] == ids, whom
    sheet = await client.ask("GET", "contacts/export", params={"format": "xlsx", "columns": columns})
    assert [*load_workbook(BytesIO(sheet.content)).get_sheet_by_index(0).iter_rows()] == every
    strange = await client.ask("GET", "contacts/export", params={"columns": "shoe_size"})
    assert strange.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (await client.ask("GET", "contacts/export", params={"whom": "list:99"})).status_code == 404
    async with api.engine_pool.connection() as conn:
        trail = await conn.execute("SELECT object_id FROM sayso.audit WHERE action = 'exported' ORDER BY id")
        assert [row[0] for row in await trail.fetchall()] == [
            "everybody", "Club", "German", "a search", "a search", "everybody",
        ]  # fmt: skip


async def test_a_file_leaves_piece_by_piece_also_by_an_address_with_a_slash_behind_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def whole(*_: object) -> None:
        raise AssertionError("a file of a million rows would stand in memory whole")

    client = await api.client()
    monkeypatch.setattr(door, "Caught", whole)
    for name in ("contacts/export", "contacts/export/", "blocks/export/", "consents/export//"):
        assert (await client.ask("GET", name)).status_code == HTTPStatus.OK, name
