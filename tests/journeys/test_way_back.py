"""The way back after a STOP: who may open it, with what, and what never does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sayso.cli.demo_client import Client
from tests.journeys.shop import Shop, ago
from tests.running import Sayso, until

PROOF = {"method": "form", "wording": "Yes, text me offers.", "evidence": {"page": "/offers"}}


@pytest.fixture(scope="module")
def ordinary(sayso: Sayso, shop: Shop) -> Client:
    """A key of the same workspace that may record consent, but not override a person's no."""
    (row,) = sayso.rows("SELECT workspace_id FROM lines WHERE id = %s", shop.line)
    return sayso.client(row["workspace_id"], "consents:read,consents:write,contacts:write")


def now() -> str:
    return datetime.now(UTC).isoformat()


def accept(client: Client, phone: str, **more: Any) -> dict[str, Any]:
    """An accept for everything; what it came to."""
    (result,) = client.post("/api/v1/consents", {"phone": phone, "action": "accept", **more})["results"]
    return dict(result)


def stopped(shop: Shop) -> str:
    phone = shop.customer()
    shop.texted(phone, "stop")
    shop.blocked(phone)
    return phone


@pytest.mark.rule("R6.5")
def test_an_accept_with_evidence_and_the_right_lifts_the_block(shop: Shop) -> None:
    phone = stopped(shop)
    told = accept(shop.client, phone, **PROOF, timestamp=now())
    assert told["outcome"] == "lifted", told
    assert len(told["lifted_block_ids"]) == 1
    assert shop.blocks(phone) == []
    newest = shop.ledger(phone)[0]
    assert (newest["action"], newest["method"], newest["wording"]) == ("accept", "form", PROOF["wording"])
    shop.reaches(shop.advertise(phone)["id"], "delivered")


@pytest.mark.rule("R6.5")
@pytest.mark.parametrize("word", ["YES", "start"])
def test_an_accept_without_the_right_waits_for_the_number_itself(
    shop: Shop, ordinary: Client, word: str
) -> None:
    phone = stopped(shop)
    assert accept(ordinary, phone, **PROOF, timestamp=now())["outcome"] == "pending"
    assert shop.blocks(phone)
    assert shop.ledger(phone)[0]["action"] == "pending"
    assert shop.advertise(phone)["status"] == "enqueue_failed"
    shop.texted(phone, word)
    until(f"{word} completes it", lambda: not shop.blocks(phone))
    shop.reaches(shop.advertise(phone)["id"], "delivered")


@pytest.mark.rule("R6.5")
def test_an_accept_without_evidence_waits_whoever_reports_it(shop: Shop) -> None:
    phone = stopped(shop)
    assert accept(shop.client, phone, timestamp=now())["outcome"] == "pending"
    assert shop.blocks(phone)


@pytest.mark.rule("R6.5")
def test_yes_without_anything_pending_lifts_nothing(shop: Shop) -> None:
    phone = stopped(shop)
    shop.texted(phone, "yes")
    shop.heard(phone, 2)
    assert shop.blocks(phone)


@pytest.mark.rule("R6.5")
def test_an_accept_older_than_the_block_lifts_nothing(shop: Shop) -> None:
    phone = stopped(shop)
    assert accept(shop.client, phone, **PROOF, timestamp=ago(hours=1))["outcome"] == "nothing"
    assert shop.blocks(phone)
    assert shop.advertise(phone)["status"] == "enqueue_failed"


@pytest.mark.rule("R6.3", "R5.5", "R5.7")
def test_no_import_lifts_a_block(shop: Shop) -> None:
    phone = stopped(shop)
    before = shop.blocks(phone)
    proof = {"method": "form", "wording": "Yes, text me offers.", "timestamp": now()}
    people: list[dict[str, Any]] = [
        {"external_id": phone, "phone": phone, "sms_consent": True},
        {"external_id": f"{phone}-b", "phone": phone, "sms_consent": "yes", "consent_evidence": proof},
    ]
    put = shop.client.post("/api/v1/contacts/bulk", {"contacts": people})["results"]
    assert [row["result"] for row in put] == ["updated", "created"]
    shop.client.put("/api/v1/contacts", {"external_id": phone, "phone": phone, "language": "es"})
    assert shop.blocks(phone) == before
    assert shop.advertise(phone)["status"] == "enqueue_failed"


@pytest.mark.rule("R6.7", "R6.1")
def test_other_blocks_skip_a_message_with_their_reason(shop: Shop) -> None:
    phone = shop.customer()
    shop.client.post("/api/v1/blocks", {"phone": phone, "scope": "channel", "reason": "asked by letter"})
    told = shop.advertise(phone)
    assert told["status"] == "skipped", told
    assert told["reason"]
    assert told["because"]
