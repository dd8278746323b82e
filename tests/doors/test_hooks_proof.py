"""Callbacks that must prove whose they are: refused, kept, mended, marked (R5.11)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from sayso.ingest import Doors
from sayso.providers.simulator.carrier_side import sign
from sayso.storage import callbacks
from sayso.storage.callbacks import Refused
from sayso.storage.databases import Databases
from sayso.storage.pool import DOOR, open_pool
from sayso.storage.vault import seal
from tests.doors.hook_calls import (
    NOW,
    SECRET_KEY,
    SIGNED_TOKEN,
    WEBHOOK_SECRET,
    Ledger,
    call,
    doors_on,
    ledger_of,
    text,
)

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R5.11")]
INBOUND = f"/hooks/{SIGNED_TOKEN}/inbound"
RECEIPTS = f"/hooks/{SIGNED_TOKEN}/receipts"


@pytest.fixture
def ledger(database: Databases) -> Iterator[Ledger]:
    found = ledger_of(database)
    with found.conn:
        found.connect(SIGNED_TOKEN, secrets={"webhook_secret": WEBHOOK_SECRET})
        yield found


@pytest.fixture
async def doors(database: Databases, ledger: Ledger) -> AsyncIterator[Doors]:
    async with doors_on(database) as opened:
        yield opened


async def test_a_right_signature_is_taken(doors: Doors, ledger: Ledger) -> None:
    assert (await call(doors, INBOUND, text(), sign(text(), WEBHOOK_SECRET, NOW))).status == 200
    assert ledger.count("inbound_queue") == 1


async def test_a_wrong_signature_is_refused_kept_and_rings_an_alarm(doors: Doors, ledger: Ledger) -> None:
    forged = [
        sign(text(), "another secret", NOW),
        {},
        {**sign(text(), WEBHOOK_SECRET, NOW), "nothing": "\x00"},
    ]
    forged[2]["x-sayso-signature"] = "not base64 either"
    replies = [await call(doors, INBOUND + "?a=b", text(), headers) for headers in forged[:2]]
    assert [reply.status for reply in replies] == [403, 403]
    assert ledger.count("callbacks") == 0
    kept = ledger.rows("SELECT * FROM sayso.quarantine")
    assert [(row["kind"], row["body"], row["released_at"]) for row in kept] == [("inbound", text(), None)] * 2
    assert kept[0]["headers"].startswith(b"POST " + INBOUND.encode() + b"?a=b HTTP/1.1\r\n")
    assert kept[0]["why"] != kept[1]["why"]
    (alarm,) = ledger.rows("SELECT * FROM sayso.alarms")
    assert (alarm["code"], alarm["times"], alarm["last_at"]) == ("bad_signature", 2, NOW)
    assert alarm["subject"] == f"connection:{kept[0]['connection_id']}"
    assert "quarantine" in alarm["sentence"]


async def test_a_secret_mended_a_moment_ago_counts(doors: Doors, ledger: Ledger) -> None:
    sealed = seal(SECRET_KEY, {"webhook_secret": "rotated"})
    ledger.rows("UPDATE sayso.connections SET secrets = %s RETURNING 1", sealed)
    assert (await call(doors, INBOUND, text(), sign(text(), "rotated", NOW))).status == 200
    assert ledger.count("quarantine") == 0


async def test_secrets_that_cannot_be_opened_lose_nothing(database: Databases, ledger: Ledger) -> None:
    sealed = seal("another key", {"webhook_secret": WEBHOOK_SECRET})
    ledger.rows("UPDATE sayso.connections SET secrets = %s RETURNING 1", sealed)
    async with doors_on(database) as doors:
        assert (await call(doors, INBOUND, text(), sign(text(), WEBHOOK_SECRET, NOW))).status == 403
    (kept,) = ledger.rows("SELECT body, why FROM sayso.quarantine")
    assert kept["body"] == text()
    assert "SAYSO_SECRET_KEY" in kept["why"]


@pytest.mark.rule("R5.1")
async def test_a_recorded_callback_played_again_changes_nothing(doors: Doors, ledger: Ledger) -> None:
    headers = sign(text(), WEBHOOK_SECRET, NOW, "once")
    calls = [call(doors, path, text(), headers) for path in (INBOUND, INBOUND, INBOUND)]
    calls.append(call(doors, INBOUND, text(), sign(text(), WEBHOOK_SECRET, NOW, "the provider's own retry")))
    replies = await asyncio.gather(*calls)
    replies.append(await call(doors, RECEIPTS, text(), headers))
    assert {(reply.status, reply.body) for reply in replies} == {(200, b"")}
    assert ledger.count("callbacks") == ledger.count("inbound_queue") == 1
    assert ledger.count("unrouted") == 0


async def test_a_provider_that_repeats_its_nonce_loses_no_stop(doors: Doors, ledger: Ledger) -> None:
    for ref in ("a", "b"):
        headers = sign(text(ref), WEBHOOK_SECRET, NOW, "always the same")
        assert (await call(doors, INBOUND, text(ref), headers)).status == 200
    assert ledger.count("inbound_queue") == 2


async def test_an_old_signature_is_taken_once_and_marked_stale(doors: Doors, ledger: Ledger) -> None:
    for off in (timedelta(hours=-1), timedelta(hours=-1), timedelta(hours=1)):
        headers = sign(text(), WEBHOOK_SECRET, NOW + off)
        assert (await call(doors, INBOUND, text(), headers)).status == 200
    assert ledger.rows("SELECT stale FROM sayso.inbound_queue") == [{"stale": True}]
    assert ledger.rows("SELECT stale FROM sayso.callbacks") == [{"stale": True}]
    assert ledger.count("quarantine") == 0


async def test_a_full_quarantine_drops_nothing_it_holds_and_says_so(
    database: Databases, ledger: Ledger
) -> None:
    (connection,) = ledger.rows("SELECT id FROM sayso.connections")

    def refused(n: int) -> Refused:
        return Refused(connection["id"], "inbound", b"", b"%d" % n, "why", "sentence", NOW)

    async with open_pool(database.url, DOOR) as pool:
        for first in (0, 4, 8):
            await callbacks.quarantine(pool, [refused(n) for n in range(first, first + 4)], entries=6)
        assert ledger.count("quarantine") == 6
        await callbacks.quarantine(pool, [refused(100)], entries=100, size=6)
    kept = [int(row["body"]) for row in ledger.rows("SELECT body FROM sayso.quarantine")]
    assert sorted(kept) == list(range(6))
    alarms = {row["code"]: row["times"] for row in ledger.rows("SELECT code, times FROM sayso.alarms")}
    assert alarms == {"bad_signature": 13, "quarantine_full": 7}


async def test_strangers_that_fill_the_quarantine_do_not_keep_a_stop_out(
    database: Databases, ledger: Ledger
) -> None:
    (connection,) = ledger.rows("SELECT id FROM sayso.connections")

    def refused(body: bytes, headers: bytes = b"POST / HTTP/1.1") -> Refused:
        return Refused(connection["id"], "inbound", headers, body, "why", "sentence", NOW)

    async with open_pool(database.url, DOOR) as pool:
        first = [refused(b"the first STOP")]
        await callbacks.quarantine(pool, first + [refused(b"x" * 1_000_000)] * 5, entries=12)
        (largest,) = ledger.rows("SELECT max(size) AS size FROM sayso.quarantine WHERE cut")
        assert largest["size"] == 64 * 1024
        await callbacks.quarantine(pool, [refused(b"again")] * 6, entries=12)
        await callbacks.quarantine(pool, [refused(b"a STOP")], entries=12)
        for n in range(5):
            await callbacks.quarantine(pool, [refused(b"a STOP %d" % n)], entries=12)
        await callbacks.quarantine(pool, [refused(b"y" * 70_000)] * 4, entries=100, size=130_000)
        await callbacks.quarantine(pool, [refused(b"the last STOP")], entries=100, size=130_000)
    kept = {bytes(row["body"]) for row in ledger.rows("SELECT body FROM sayso.quarantine WHERE NOT cut")}
    stops = {b"the first STOP", b"a STOP", *(b"a STOP %d" % n for n in range(5)), b"the last STOP"}
    assert stops <= kept
    assert b"again" in kept
    assert ledger.count("quarantine") <= 14
    alarms = ledger.rows("SELECT sentence FROM sayso.alarms WHERE code = 'quarantine_full'")
    assert "sayso quarantine" in alarms[0]["sentence"]
