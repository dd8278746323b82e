"""What a provider is answered, and what is then in the database (R5.1)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import msgspec
import pytest

from sayso.core.phones import lane
from sayso.ingest import Doors
from sayso.ingest.requests import BODY_LIMIT
from sayso.storage.databases import Databases
from tests.doors.hook_calls import NOW, TOKEN, Ledger, call, doors_on, ledger_of, text

pytestmark = pytest.mark.anyio
INBOUND = f"/hooks/{TOKEN}/inbound"
RECEIPTS = f"/hooks/{TOKEN}/receipts"


@pytest.fixture
def ledger(database: Databases) -> Iterator[Ledger]:
    found = ledger_of(database)
    with found.conn:
        found.connect()
        yield found


@pytest.fixture
async def doors(database: Databases, ledger: Ledger) -> AsyncIterator[Doors]:
    async with doors_on(database) as opened:
        yield opened


@pytest.mark.rule("R5.1")
async def test_a_text_is_stored_raw_and_queued_before_it_is_answered(doors: Doors, ledger: Ledger) -> None:
    body = text(at=(NOW - timedelta(seconds=3)).isoformat())
    reply = await call(doors, INBOUND + "?region=eu", body, {"X-Request-Id": "7"})
    assert reply.status == 200
    (raw,) = ledger.rows("SELECT *, sayso.time_of(id) AS at FROM sayso.callbacks")
    assert (raw["kind"], raw["body"], raw["stale"]) == ("inbound", body, False)
    assert raw["headers"].startswith(b"POST " + INBOUND.encode() + b"?region=eu HTTP/1.1\r\nx-request-id: 7")
    (queued,) = ledger.rows("SELECT * FROM sayso.inbound_queue")
    assert queued["id"] == raw["id"]
    assert (queued["phone"], queued["lane"]) == (15550001111, lane(15550001111))
    assert (queued["sender"], queued["recipient"], queued["body"]) == ("+15550001111", "+15559990000", "STOP")
    assert (queued["provider_at"], queued["received_at"]) == (NOW - timedelta(seconds=3), NOW)


@pytest.mark.rule("R5.1")
async def test_the_same_message_five_times_at_once_is_one_text(doors: Doors, ledger: Ledger) -> None:
    replies = await asyncio.gather(*(call(doors, INBOUND, text("same")) for _ in range(5)))
    replies.append(await call(doors, INBOUND, text("same")))
    assert {(reply.status, reply.body) for reply in replies} == {(200, b"")}
    assert ledger.count("callbacks") == ledger.count("inbound_queue") == ledger.count("callback_refs") == 1


@pytest.mark.rule("R5.1")
async def test_the_same_message_through_two_processes_at_once_is_one_text(
    database: Databases, ledger: Ledger
) -> None:
    async with doors_on(database) as one, doors_on(database) as other:
        calls = [call(door, INBOUND, text(f"m{n}")) for n in range(50) for door in (one, other)]
        replies = await asyncio.gather(*calls)
    assert {reply.status for reply in replies} == {200}
    assert ledger.count("callbacks") == ledger.count("inbound_queue") == 50


async def test_one_reference_on_two_connections_is_two_texts(database: Databases, ledger: Ledger) -> None:
    ledger.connect("u" * 40)
    async with doors_on(database) as doors:
        await call(doors, INBOUND, text("same"))
        await call(doors, f"/hooks/{'u' * 40}/inbound", text("same"))
    assert ledger.count("inbound_queue") == 2


@pytest.mark.rule("R5.2")
async def test_texts_keep_the_order_in_which_they_arrived(doors: Doors, ledger: Ledger) -> None:
    await asyncio.gather(*(call(doors, INBOUND, text(f"ref {n * 7919 % 100}", f"{n}")) for n in range(40)))
    rows = ledger.rows("SELECT body, xmin::text AS batch FROM sayso.inbound_queue ORDER BY id")
    batches: dict[str, list[int]] = {}
    for row in rows:
        batches.setdefault(row["batch"], []).append(int(row["body"]))
    # Two lanes may overtake each other by a batch; within a batch nothing moves, and none is torn apart.
    assert sorted(said for batch in batches.values() for said in batch) == list(range(40))
    assert all(batch == list(range(batch[0], batch[0] + len(batch))) for batch in batches.values())
    assert len(batches) < 10


async def test_receipts_are_queued_each_with_its_status(doors: Doors, ledger: Ledger) -> None:
    reports = [
        {"id": "p1", "to": "+15550001111", "status": "delivered", "at": NOW.isoformat()},
        {"id": "p2", "to": "+15550002222", "status": "failed", "reason": "opted_out", "opted_out": True},
    ]
    body = msgspec.json.encode({"receipts": reports})
    assert [(await call(doors, RECEIPTS, body)).status for _ in range(2)] == [200, 200]
    queued = ledger.rows("SELECT * FROM sayso.receipt_queue ORDER BY provider_ref")
    assert [(row["provider_ref"], row["status"], row["opted_out"]) for row in queued] == [
        ("p1", "delivered", False),
        ("p2", "failed", True),
    ]
    assert [row["provider_at"] for row in queued] == [NOW, None]
    assert ledger.count("callbacks") == 1


async def test_a_text_posted_to_the_address_for_receipts_is_not_lost(
    database: Databases, ledger: Ledger
) -> None:
    ledger.connect("u" * 40, "sinch")
    body = msgspec.json.encode(
        {"type": "mo_text", "id": "1", "from": "15550001111", "to": "12345", "body": "STOP"}
    )
    async with doors_on(database) as doors:
        reply = await call(doors, f"/hooks/{'u' * 40}/receipts", body)
    assert reply.status == 200
    (queued,) = ledger.rows("SELECT q.*, c.kind FROM sayso.inbound_queue q JOIN sayso.callbacks c USING (id)")
    assert (queued["sender"], queued["body"], queued["kind"]) == ("+15550001111", "STOP", "inbound")


UNREADABLE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"STOP"',
    b"\xff\xfe\x00\x01",
    b"{" * 5000,
    b'{"id": "1"}',
    b'{"id": "1", "from": "+15550001111", "body": "STOP"}',
    b"From=%2B15550001111&Body=STOP",
]


@pytest.mark.parametrize("path", [INBOUND, RECEIPTS])
async def test_what_nobody_can_read_is_kept_and_listed(doors: Doors, ledger: Ledger, path: str) -> None:
    for body in UNREADABLE + UNREADABLE:
        assert (await call(doors, path, body)).status == 200, body
    listed = ledger.rows(
        "SELECT u.*, c.body AS raw FROM sayso.unrouted u JOIN sayso.callbacks c USING (id) ORDER BY id"
    )
    assert sorted(row["raw"] for row in listed) == sorted(UNREADABLE)
    assert {(row["kind"], row["at"]) for row in listed} == {("unreadable", NOW)}
    assert all(row["why"] for row in listed)
    assert ledger.count("inbound_queue") == ledger.count("receipt_queue") == 0


async def test_any_sender_and_any_script_is_queued(doors: Doors, ledger: Ledger) -> None:
    senders = [
        "MyBrand",
        "12345",
        "no number at all",
        "+" + "9" * 300,
        "Приве́т",
        "'; DROP TABLE sayso.lines; --",
    ]
    scripts = ["šťóp 停止 توقف हटाओ 🛑 \u202e", "zero\x00byte", "x" * 100_000, "", "\\N", "{}", '"']
    for sender in senders:
        assert (await call(doors, INBOUND, text(sender, sender=sender))).status == 200, sender
    for said in scripts:
        assert (await call(doors, INBOUND, text(said or "empty", said))).status == 200, said
    strangers = ledger.rows("SELECT sender, phone FROM sayso.inbound_queue WHERE body = 'STOP'")
    assert {row["sender"] for row in strangers} == set(senders)
    assert all(row["phone"] < 0 for row in strangers)
    people = ledger.rows("SELECT body, phone FROM sayso.inbound_queue WHERE body <> 'STOP'")
    assert {row["body"] for row in people} == {said.replace("\x00", "\ufffd") for said in scripts}
    assert {row["phone"] for row in people} == {15550001111}


async def test_broken_utf8_and_half_a_surrogate_are_stored_as_text(doors: Doors, ledger: Ledger) -> None:
    head = b'{"id": "%b", "from": "+15550001111", "to": "12345", "body": "'
    assert (await call(doors, INBOUND, head % b"a" + b'STOP \xff"}')).status == 200
    assert (await call(doors, INBOUND, head % b"b" + b'STOP \\ud800"}')).status == 200
    said = [row["body"] for row in ledger.rows("SELECT body FROM sayso.inbound_queue ORDER BY id")]
    assert said == ["STOP \ufffd", "STOP \ufffd"]


async def test_media_are_kept_as_links(doors: Doors, ledger: Ledger) -> None:
    media = [{"url": "https://carrier.test/1.jpg", "content_type": "image/jpeg"}]
    await call(doors, INBOUND, text(media=media))
    assert ledger.rows("SELECT media FROM sayso.inbound_queue") == [{"media": media}]


async def test_a_senseless_provider_time_gives_way_to_the_time_of_receipt(
    doors: Doors, ledger: Ledger
) -> None:
    for off in (timedelta(minutes=6), timedelta(days=-31), timedelta(days=365 * 900)):
        await call(doors, INBOUND, text(f"off by {off}", at=(NOW + off).isoformat()))
    queued = ledger.rows("SELECT provider_at, stale FROM sayso.inbound_queue")
    assert queued == [{"provider_at": NOW, "stale": True}] * 3


async def test_a_text_may_arrive_days_late_or_minutes_ahead(doors: Doors, ledger: Ledger) -> None:
    times = [NOW - timedelta(days=3), NOW + timedelta(minutes=4)]
    for at in times:
        await call(doors, INBOUND, text(f"at {at}", at=at.isoformat()))
    rows = ledger.rows("SELECT provider_at, stale FROM sayso.inbound_queue ORDER BY provider_at")
    assert rows == [{"provider_at": at, "stale": False} for at in times]


async def test_a_body_of_one_mebibyte_is_taken_and_a_longer_one_is_told_so(
    doors: Doors, ledger: Ledger
) -> None:
    frame = len(text(body=""))
    assert (await call(doors, INBOUND, text(body="x" * (BODY_LIMIT - frame)))).status == 200
    for piece in (65_536, 2 * BODY_LIMIT):
        reply = await call(doors, INBOUND, b"x" * (BODY_LIMIT + 1), piece=piece)
        assert reply.status == 413
        assert b"1 MiB" in reply.body
    assert ledger.count("callbacks") == 1


async def test_other_addresses_do_not_exist(doors: Doors) -> None:
    root = f"/hooks/{TOKEN}"
    for path in ("/hooks/", "/hooks", root, f"{root}/other", f"{root}/inbound/", "/hooks//inbound"):
        assert (await call(doors, path, text())).status == 404, path


async def test_an_unknown_token_is_told_so_and_stores_nothing(doors: Doors, ledger: Ledger) -> None:
    assert (await call(doors, f"/hooks/{'x' * 40}/inbound", text())).status == 404
    assert ledger.count("callbacks") == 0


async def test_other_methods_are_told_which_one_it_is(doors: Doors) -> None:
    for method in ("GET", "HEAD", "PUT", "OPTIONS"):
        reply = await call(doors, INBOUND, method=method)
        assert (reply.status, reply.headers["allow"]) == (405, "POST")


async def test_a_connection_works_from_the_moment_it_is_made(doors: Doors, ledger: Ledger) -> None:
    ledger.connect("n" * 40)
    assert (await call(doors, f"/hooks/{'n' * 40}/inbound", text())).status == 200
    ledger.rows("DELETE FROM sayso.connections WHERE hook_token = %s RETURNING 1", "n" * 40)
    async with asyncio.timeout(30):
        # The door looks each second and tells nobody when it has.
        while (await call(doors, f"/hooks/{'n' * 40}/inbound", text("later"))).status != 404:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_whoever_hangs_up_while_sending_leaves_nothing(doors: Doors, ledger: Ledger) -> None:
    messages = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    async def send(message: object) -> None:
        sent.append(message)

    await doors.handle({"method": "POST", "path": INBOUND, "headers": []}, receive, send)
    assert sent == []
    assert ledger.count("callbacks") == 0


async def test_basic_credentials_are_not_kept_in_the_open(doors: Doors, ledger: Ledger) -> None:
    await call(doors, INBOUND, text(), {"Authorization": "Basic c2VjcmV0"})
    (raw,) = ledger.rows("SELECT headers FROM sayso.callbacks")
    assert b"c2VjcmV0" not in raw["headers"]
    assert b"authorization: [not kept]" in raw["headers"]
