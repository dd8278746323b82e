"""A campaign under way, killed again and again while its recipients text STOP: nobody is texted twice, and
nobody after their stop. Counted at the carrier, by client reference."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from sayso.core.receipts import NEVER_LEFT
from sayso.engine.sending_link import WINDOW
from tests.faults.killing import Victim, kill
from tests.faults.load import Load, Text
from tests.faults.test_kill import _is_quiet
from tests.journeys.shop import CATEGORY, Shop, open_shop
from tests.running import Sayso, serving, until

SEED = 20_261_126
RECIPIENTS = 2_400
STOPS = 300
VICTIMS: tuple[Victim, ...] = ("engine", "postmaster", "engine", "tree", "engine")
BODY = "Spring sale: 20% off all prams."

pytestmark = [pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Aftermath:
    """What stands once everything is quiet again."""

    shop: Shop
    campaign: int
    sends: list[dict[str, Any]]
    report: dict[str, Counter[str]]


@pytest.fixture(scope="module")
def sayso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sayso]:
    with serving(tmp_path_factory.mktemp("campaigns-killed")) as running:
        yield running


@pytest.fixture(scope="module")
def aftermath(sayso: Sayso) -> Aftermath:
    """A campaign, three hundred STOPs of its recipients, and five kills at seeded moments among them."""
    shop = open_shop(sayso, sayso.workspace("Fern & Co"))
    sayso.carrier.put(f"/connections/{shop.connection['hook_token']}", {"answer_ms": 40})
    sayso.rows("UPDATE workspaces SET launch_delay_seconds = 0, opt_out_message = 'STOP ends it.'")
    chance = random.Random(SEED)
    phones = [f"+1206{2_000_000 + place}" for place in range(RECIPIENTS)]
    people = [{"external_id": phone, "phone": phone, "sms_consent": True} for phone in phones]
    for start in range(0, RECIPIENTS, 800):
        shop.client.post("/api/v1/contacts/bulk", {"contacts": people[start : start + 800]})
    stops = [Text(f"s-{phone}", phone, "STOP") for phone in chance.sample(phones, STOPS)]
    told = {"name": "Sale", "audience": "everybody", "category": CATEGORY, "body": BODY}
    campaign = int(shop.client.post("/api/v1/campaigns", told)["id"])
    share = STOPS // (len(VICTIMS) + 1)
    with Load(sayso.hook(shop.connection, "inbound"), shop.number) as load:
        shop.client.post(f"/api/v1/campaigns/{campaign}/launch", {})
        for place, victim in enumerate(VICTIMS):
            load.release(stops[place * share : (place + 1) * share])
            # Of what will be sent, stops aside, each kill finds its part done and more to do.
            wanted = (RECIPIENTS - STOPS) * (place + 1) // (len(VICTIMS) + 2) + chance.randint(0, 100)
            until(f"{victim} has done its share", lambda w=wanted: _sent(sayso) >= w, 90)
            kill(sayso, victim)
        load.release(stops[len(VICTIMS) * share :])
        until("every STOP is acknowledged", lambda: len(load.acknowledged) == STOPS, 90)
    until("everything that waited is done", lambda: _is_quiet(sayso), 120)
    ends = f"/api/v1/campaigns/{campaign}"
    until("the campaign is finished", lambda: shop.client.get(ends)["state"] == "finished")
    report = shop.client.get(f"{ends}/report")
    counted = {
        kind: sum((Counter({one["status"]: one["messages"]}) for one in report[kind]), Counter[str]())
        for kind in ("planned", "messages")
    }
    sends = [entry for entry in sayso.journal() if entry["kind"] == "send" and entry["body"].startswith(BODY)]
    return Aftermath(shop, campaign, sends, counted)


def _sent(sayso: Sayso) -> int:
    return (sayso.home / "carrier" / "log.jsonl").read_bytes().count(BODY.encode())


@pytest.mark.rule("R9.7")
def test_nobody_was_texted_twice(aftermath: Aftermath) -> None:
    assert [
        ref
        for ref, times in Counter(each["client_reference"] for each in aftermath.sends).items()
        if times > 1
    ] == []
    assert [
        phone for phone, times in Counter(each["to"] for each in aftermath.sends).items() if times > 1
    ] == []
    assert len(aftermath.sends) > RECIPIENTS / 2


@pytest.mark.rule("R13.2")
def test_what_was_planned_is_what_left_and_what_did_not(aftermath: Aftermath) -> None:
    planned, became = aftermath.report["planned"], aftermath.report["messages"]
    assert planned.total() == became.total() == RECIPIENTS
    left = sum(count for status, count in became.items() if status not in NEVER_LEFT)
    unsure = became["unconfirmed"]
    assert left - unsure <= len(aftermath.sends) <= left
    assert unsure <= len(VICTIMS) * WINDOW


@pytest.mark.rule("R9.10")
def test_nobody_was_advertised_to_after_their_stop(aftermath: Aftermath) -> None:
    found = aftermath.shop.sayso.rows("SELECT phone, stored_at FROM blocks")
    since: dict[str, datetime] = {f"+{row['phone']}": row["stored_at"] for row in found}
    assert len(since) == STOPS
    # `stored_at` is when the transaction began: a second for its commit, a second for the last look.
    late = [
        each["to"]
        for each in aftermath.sends
        if each["to"] in since
        and datetime.fromisoformat(each["at"]) > since[each["to"]] + timedelta(seconds=2)
    ]
    assert late == []
    assert aftermath.report["messages"]["cancelled"] > 0, (
        "no STOP came before its message left: nothing was tested"
    )
