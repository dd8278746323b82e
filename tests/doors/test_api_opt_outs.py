"""Lists of opt-outs and of numbers that changed hands, as an integrator brings and takes them."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from sayso.actions import opt_out_lists
from sayso.storage.databases import Databases
from tests.doors.api import MOBILE, OTHER_MOBILE, Api, Client, line, serving

pytestmark = pytest.mark.anyio
ADVERT = {"to": MOBILE, "body": "Fresh bread", "category": "promotions"}


@pytest.fixture
async def api(database: Databases) -> AsyncIterator[Api]:
    async with serving(database) as made:
        yield made


@pytest.fixture
async def client(api: Api) -> Client:
    made = await api.client()
    await line(made)
    return made


@pytest.mark.rule("R6.9")
async def test_an_old_vendors_opt_outs_come_in_and_ours_go_out_in_slices(
    api: Api, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opt_out_lists, "AT_ONCE", 2)
    await client.put("contacts", {"external_id": "7", "phone": MOBILE, "sms_consent": "yes"})
    told = await client.post("messages", ADVERT)
    assert told["status"] == "queued"
    numbers = [MOBILE, OTHER_MOBILE, "+12025550145", "+12025550146", "+12025550147"]
    rows = [{"phone": one, "reason": "=cmd()|x" if one == MOBILE else ""} for one in numbers]
    done = await client.post("blocks/import", {"rows": [{"phone": "12"}, *rows]})
    assert (done["new"], done["stood"], [one["row"] for one in done["refused"]]) == (5, 0, [1])
    assert (await client.get(f"messages/{told['id']}"))["status"] == "cancelled"
    between = (api.clock.at + timedelta(minutes=1)).isoformat()
    api.clock.at += timedelta(minutes=2)
    again = await client.post("blocks/import", {"rows": rows})
    assert (again["new"], again["stood"]) == (0, 5)
    answer = await client.ask("GET", "blocks/export")
    assert answer.headers["content-type"].startswith("text/csv")
    head, *found = csv.reader(answer.text.removeprefix("\ufeff").splitlines())
    assert head == list(opt_out_lists.BLOCK_COLUMNS)
    assert sorted(row[0] for row in found) == numbers
    assert {row[6] for row in found} == {"'=cmd()|x", opt_out_lists.REASON}
    ledger = await client.ask("GET", "consents/export")
    assert [row[1] for row in csv.reader(ledger.text.splitlines())][1:] == ["accept"]
    other = await api.client()
    assert (await other.ask("GET", "blocks/export")).text.count("\n") == 1
    trail = [one["action"] for one in (await client.get("audit"))["items"]]
    assert trail.count("exported") == 2
    assert trail.count("imported") == 2
    late = {
        "phone": OTHER_MOBILE,
        "action": "accept",
        "method": "form",
        "wording": "Yes",
        "timestamp": between,
    }
    assert (await client.post("consents", late))["results"][0]["outcome"] == "nothing", (
        "it was said again since"
    )
    writer = await api.client(client.workspace_id, ["consents:write"])
    assert (await writer.ask("GET", "blocks/export")).status_code == 403


@pytest.mark.rule("R6.8")
async def test_a_system_reports_that_a_number_changed_hands(api: Api, client: Client) -> None:
    await client.put("contacts", {"external_id": "7", "phone": MOBILE, "sms_consent": "yes"})
    api.clock.on(minutes=1)
    report = {"numbers": [{"phone": MOBILE, "reason": "The carrier says so."}, {"phone": "x"}]}
    tester = await api.client(client.workspace_id, test_mode=True)
    refused = await tester.ask("POST", "consents/ended", report)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "test_mode")
    assert (await client.post("messages", ADVERT))["status"] == "queued"
    done = await client.post("consents/ended", report)
    assert (done["new"], done["stood"], done["refused"][0]["row"]) == (1, 0, 2)
    told = await client.post("messages", ADVERT)
    assert (told["status"], told["reason"]) == ("skipped", "consent_ended")
    shown = await client.get(f"messages/{told['id']}")
    assert (shown["because"][-1]["rule"], shown["because"][-1]["source"]) == ("R6.8", "api")
    entry = (await client.get("consents", params={"phone": MOBILE}))["items"][0]
    assert (entry["action"], entry["method"], entry["wording"]) == (
        "ended", "reassigned", "The carrier says so.",
    )  # fmt: skip
    assert (await client.get("consents/reviews"))["items"] == []
    nothing = {"phone": MOBILE, "decision": "same"}
    assert (await client.ask("POST", "consents/reviews", nothing)).status_code == 404
