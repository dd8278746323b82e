"""A campaign under way, killed again and again while its recipients text STOP, and what is known afterwards.

Told small by `tests/faults/test_campaign_kill.py`, and large by `bench.faults`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.faults.killing import Victim, is_quiet, kill
from tests.faults.load import Load, Text
from tests.journeys.shop import CATEGORY, Shop, open_shop
from tests.running import Sayso, until

from sayso.core.receipts import NEVER_LEFT

BODY = "Spring sale: 20% off all prams."
BULK = 1_000


@dataclass(frozen=True, slots=True)
class Story:
    """How many are texted, how many of them text STOP meanwhile, and who is killed, in which order.

    `parts_per_second`: as fast as the connection may go. `patience`: seconds that a share of the campaign may
    take.
    """

    recipients: int
    stops: int
    victims: Sequence[Victim]
    seed: int
    parts_per_second: int = 200
    patience: float = 90.0


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What stands once everything is quiet: the carrier's journal, the campaign's report, the blocks.

    `since`: when each number's block was committed, at the latest.
    """

    sends: Sequence[dict[str, Any]]
    planned: Counter[str]
    became: Counter[str]
    since: dict[str, datetime]

    @property
    def sent_twice(self) -> list[str]:
        """References that the carrier took more than once."""
        return _twice(each["client_reference"] for each in self.sends)

    @property
    def texted_twice(self) -> list[str]:
        """Numbers that were texted more than once."""
        return _twice(each["to"] for each in self.sends)

    @property
    def left(self) -> int:
        """Messages that Sayso says have left, or may have."""
        return sum(count for status, count in self.became.items() if status not in NEVER_LEFT)

    def late(self, allowed: timedelta) -> list[str]:
        """Numbers that were advertised to later than so long after their block was committed."""
        return [
            each["to"]
            for each in self.sends
            if each["to"] in self.since
            and datetime.fromisoformat(each["at"]) > self.since[each["to"]] + allowed
        ]


@dataclass(slots=True)
class _Log:
    """The carrier's log, read on from where it was read to: it grows large."""

    path: Path
    count: int = 0
    _read_to: int = 0
    _rest: bytes = field(default=b"")

    def sent(self) -> int:
        """How many of the campaign's messages the carrier has taken."""
        with self.path.open("rb") as log:
            log.seek(self._read_to)
            new = self._rest + log.read()
            self._read_to = log.tell()
        whole, newline, self._rest = new.rpartition(b"\n")
        self.count += (whole + newline).count(BODY.encode())
        return self.count


def play(sayso: Sayso, story: Story) -> Aftermath:
    """Launch, let STOPs come in, kill at seeded moments, and wait until everything that waited is done."""
    chance = random.Random(story.seed)
    shop = open_shop(sayso, sayso.workspace("Fern & Co"))
    # Answers that take their time: a kill finds messages on the wire.
    sayso.carrier.put(f"/connections/{shop.connection['hook_token']}", {"answer_ms": 40})
    sayso.rows("UPDATE workspaces SET launch_delay_seconds = 0, opt_out_message = 'STOP ends it.'")
    # One in eight says stop, which would have the campaign paused by itself.
    sayso.rows("UPDATE workspaces SET pause_at_opt_outs = 0, pause_at_failures = 0")
    sayso.rows("UPDATE connections SET parts_per_second = %s", story.parts_per_second)
    phones = [f"+1206{2_000_000 + place}" for place in range(story.recipients)]
    _load(shop, phones)
    stops = [Text(f"s-{phone}", phone, "STOP") for phone in chance.sample(phones, story.stops)]
    told = {"name": "Sale", "audience": "everybody", "category": CATEGORY, "body": BODY}
    address = f"/api/v1/campaigns/{int(shop.client.post('/api/v1/campaigns', told)['id'])}"
    with Load(sayso.hook(shop.connection, "inbound"), shop.number) as load:
        shop.client.post(f"{address}/launch", {})
        _kill_them(sayso, story, load, stops)
        until("every STOP is acknowledged", lambda: len(load.acknowledged) == story.stops, story.patience)
    until("everything that waited is done", lambda: is_quiet(sayso), story.patience + 30)
    until("the campaign is finished", lambda: shop.client.get(address)["state"] == "finished")
    return _aftermath(shop, shop.client.get(f"{address}/report"))


def _load(shop: Shop, phones: Sequence[str]) -> None:
    people = [{"external_id": phone, "phone": phone, "sms_consent": True} for phone in phones]
    for start in range(0, len(people), BULK):
        shop.client.post("/api/v1/contacts/bulk", {"contacts": people[start : start + BULK]})


def _kill_them(sayso: Sayso, story: Story, load: Load, stops: Sequence[Text]) -> None:
    chance, log = random.Random(story.seed), _Log(sayso.home / "carrier" / "log.jsonl")
    kills = len(story.victims)
    share = story.stops // (kills + 1)
    for place, victim in enumerate(story.victims):
        load.release(stops[place * share : (place + 1) * share])
        # Of what will be sent, stops aside, each kill finds its part done and more to do.
        wanted = (story.recipients - story.stops) * (place + 1) // (kills + 2)
        wanted += chance.randint(0, story.recipients // (5 * (kills + 2)))
        until(f"{victim} has done its share", lambda w=wanted: log.sent() >= w, story.patience)  # type: ignore[misc]
        kill(sayso, victim)
    load.release(stops[kills * share :])


def _aftermath(shop: Shop, report: dict[str, Any]) -> Aftermath:
    planned, became = (
        sum((Counter({one["status"]: one["messages"]}) for one in report[kind]), Counter[str]())
        for kind in ("planned", "messages")
    )
    sends = [
        each for each in shop.sayso.journal() if each["kind"] == "send" and each["body"].startswith(BODY)
    ]
    return Aftermath(sends, planned, became, _since(shop.sayso))


def _since(sayso: Sayso) -> dict[str, datetime]:
    (kept,) = sayso.rows("SELECT current_setting('track_commit_timestamp') = 'on' AS exact")
    # `stored_at` is when the transaction began: it gets a second where the database remembers no commits.
    exact = "coalesce(pg_xact_commit_timestamp(xmin), stored_at)"
    committed = exact if kept["exact"] else "stored_at + interval '1 second'"
    found = sayso.rows(f"SELECT phone, {committed} AS since FROM blocks")
    return {f"+{row['phone']}": row["since"] for row in found}


def _twice(names: Any) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
