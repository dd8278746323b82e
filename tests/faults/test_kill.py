"""Killed again and again under load: nothing acknowledged is lost, nobody is answered or advertised to twice.

What Sayso says of itself is compared with what the carrier wrote down.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from sayso.core.pacing import WINDOW
from tests.faults.killing import Victim, is_quiet, kill
from tests.faults.load import Load, Marketer, Text, texts
from tests.journeys.shop import GOODBYE, Shop, open_shop
from tests.running import Sayso, serving, until

SEED = 20_261_122
TEXTS = 1_500
VICTIMS: tuple[Victim, ...] = (
    "worker", "engine", "postmaster", "tree", "worker", "postmaster", "engine", "serve",
)  # fmt: skip
# What may be between the fence and its record when somebody dies.
INTERRUPTING = sum(victim != "worker" for victim in VICTIMS)


@dataclass(frozen=True)
class Aftermath:
    """What was said, and what is known of it once everything is quiet again."""

    said: list[Text]
    load: Load
    shop: Shop

    @property
    def stopped(self) -> list[Text]:
        return [text for text in self.said if text.is_stop]

    def rows(self, query: str) -> list[dict[str, Any]]:
        return self.shop.sayso.rows(query)

    def sends(self) -> list[dict[str, Any]]:
        """What the carrier took, by its own log."""
        return [entry for entry in self.shop.sayso.journal() if entry["kind"] == "send"]

    def standing(self) -> dict[str, str]:
        """Where each message stands, by the reference that the carrier knows it by."""
        found = self.rows("SELECT message_id, status FROM outcomes")
        return {str(row["message_id"]): row["status"] for row in found}


@pytest.fixture(scope="module")
def sayso() -> Iterator[Sayso]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def aftermath(sayso: Sayso) -> Aftermath:
    """1,500 texts and half as many advertisements, and eight kills at seeded moments among them."""
    shop = open_shop(sayso, sayso.workspace("Fern & Co"))
    # Answers that take their time: a kill finds messages on the wire.
    sayso.carrier.put(f"/connections/{shop.connection['hook_token']}", {"answer_ms": 40})
    chance = random.Random(SEED)
    said = texts(TEXTS, chance)
    _load_customers(shop, said)
    cuts = [round(TEXTS * share / (len(VICTIMS) + 1)) for share in range(len(VICTIMS) + 2)]
    with Load(sayso.hook(shop.connection, "inbound"), shop.number) as load:
        with Marketer(shop.client, shop.number) as marketer:
            for (start, end), victim in zip(pairwise(cuts), (*VICTIMS, None), strict=True):
                before = _progress(shop, load)
                # From the last to the first: they meet the stops somewhere in the middle, whoever is faster.
                marketer.advertise([text.phone for text in reversed(said[start:end]) if text.is_stop])
                until("advertising is under way", lambda: _has_advertised(shop))
                load.release(said[start:end])
                if victim is not None:
                    wanted = before + chance.randint(40, 160)
                    until(f"{victim} has done its share", lambda w=wanted: _progress(shop, load) >= w)
                    kill(sayso, victim)
            until("every text is acknowledged", lambda: len(load.acknowledged) == TEXTS, 90)
        until("everything that waited is done", lambda: is_quiet(sayso), 90)
    return Aftermath(said, load, shop)


def _load_customers(shop: Shop, said: list[Text]) -> None:
    people = [{"external_id": text.phone, "phone": text.phone, "sms_consent": True} for text in said]
    for start in range(0, TEXTS, 500):
        shop.client.post("/api/v1/contacts/bulk", {"contacts": people[start : start + 500]})


def _progress(shop: Shop, load: Load) -> int:
    """Texts that were acknowledged and messages that were sent."""
    log = shop.sayso.home / "carrier" / "log.jsonl"
    return len(load.acknowledged) + log.read_bytes().count(b'"kind":"send"')


def _has_advertised(shop: Shop) -> bool:
    return b"Spring sale" in (shop.sayso.home / "carrier" / "log.jsonl").read_bytes()


pytestmark = [pytest.mark.timeout(300)]


@pytest.mark.rule("R5.1")
def test_every_acknowledged_text_is_there_once(aftermath: Aftermath) -> None:
    assert aftermath.load.refused == []
    assert aftermath.load.acknowledged == {text.id for text in aftermath.said}
    found = aftermath.rows(
        "SELECT c.body, count(m.id) AS times FROM callbacks c LEFT JOIN inbound_messages m ON m.id = c.id"
        " WHERE c.kind = 'inbound' GROUP BY c.id, c.body"
    )
    stored = Counter(json.loads(bytes(row["body"]))["id"] for row in found)
    assert stored == Counter(text.id for text in aftermath.said)
    assert {row["times"] for row in found} == {1}


@pytest.mark.rule("R5.4")
def test_every_stop_has_one_block_and_nobody_else_has_any(aftermath: Aftermath) -> None:
    found = aftermath.rows("SELECT phone, lifted_at FROM blocks")
    assert all(row["lifted_at"] is None for row in found)
    blocked = Counter(f"+{row['phone']}" for row in found)
    assert blocked == Counter(text.phone for text in aftermath.stopped)


@pytest.mark.rule("R5.8")
def test_the_carrier_saw_one_confirmation_for_every_stop(aftermath: Aftermath) -> None:
    """None is missing but those that Sayso itself calls unconfirmed, and none went twice."""
    seen = Counter(send["client_reference"] for send in aftermath.sends() if send["body"] == GOODBYE)
    confirmations = aftermath.rows("SELECT id, phone FROM messages WHERE purpose = 'confirmation'")
    assert Counter(f"+{row['phone']}" for row in confirmations) == Counter(
        text.phone for text in aftermath.stopped
    )
    assert max(seen.values()) == 1
    assert seen.keys() <= {str(row["id"]) for row in confirmations}
    standing = aftermath.standing()
    missing = [str(row["id"]) for row in confirmations if str(row["id"]) not in seen]
    assert {standing.get(message, "queued") for message in missing} <= {"unconfirmed"}
    assert all(standing[message] in ("sent", "delivered", "unconfirmed") for message in seen)


@pytest.mark.rule("R5.8")
def test_no_telephone_was_texted_twice_the_same(aftermath: Aftermath) -> None:
    shown = Counter((send["to"], send["body"]) for send in aftermath.sends())
    assert [message for message, times in shown.items() if times > 1] == []


def test_a_kill_leaves_at_most_a_window_unconfirmed(aftermath: Aftermath) -> None:
    unsure = aftermath.rows(
        "SELECT reason, count(DISTINCT message_id) AS times FROM message_events"
        " WHERE status = 'unconfirmed' GROUP BY reason"
    )
    assert sum(row["times"] for row in unsure) <= INTERRUPTING * WINDOW, unsure


@pytest.mark.rule("R6.1", "R6.7")
def test_nobody_was_advertised_to_after_their_stop(aftermath: Aftermath) -> None:
    since: dict[str, datetime] = {
        f"+{row['phone']}": row["stored_at"] for row in aftermath.rows("SELECT phone, stored_at FROM blocks")
    }
    late = defaultdict(list)
    adverts = [send for send in aftermath.sends() if send["body"].startswith("Spring sale")]
    for send in adverts:
        # `stored_at` is when the transaction began: a second for its commit, a second for the last look.
        if datetime.fromisoformat(send["at"]) > since[send["to"]] + timedelta(seconds=2):
            late[send["to"]].append(send["at"])
    assert dict(late) == {}
    assert adverts, "no advertising was under way, so nothing was tested"
    found = aftermath.rows("SELECT status, reason, count(*) FROM outcomes GROUP BY 1, 2 ORDER BY 1")
    assert {"enqueue_failed", "cancelled"} & {row["status"] for row in found}, found
