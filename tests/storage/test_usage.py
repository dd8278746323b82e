"""Figures are the ledgers' own, whoever writes them, rolled up or not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import phonenumbers
import psycopg
import pytest

from sayso.core.figures import WHOLE_DAY, begins
from sayso.core.phones import country_of
from sayso.core.receipts import RANKS
from sayso.storage import outbox, usage
from sayso.storage import pool as pools
from sayso.storage.databases import Databases
from sayso.storage.outbox import Verdict
from sayso.storage.pool import APP, ENGINE, open_pool, url_as
from sayso.storage.usage import OfCountry, OfTime, Span, Summed
from tests.engine.sending_scene import World, world

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 26, 9, 7, 30, tzinfo=UTC)
SPAN = Span(datetime(2026, 11, 24, 18, 15, tzinfo=UTC), datetime(2026, 11, 28, 18, 15, tzinfo=UTC), 15)
CAMPAIGN = 1
SAID = (
    ("deferred", "undecided_text"), ("sending", ""), ("sent", ""), ("delivered", ""),
    ("failed", "bad_number"),
    ("skipped", "too_late"), ("expired", ""), ("cancelled", "opted_out"), ("unconfirmed", "crashed"),
)  # fmt: skip
LEDGER = """
SELECT coalesce(o.status, 'queued'), coalesce(o.reason, ''), count(*), sum(m.parts)
FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id
WHERE m.campaign_id = %s GROUP BY 1, 2 ORDER BY 1, 2
"""
FIRST = """
SELECT sayso.country_of(m.phone), count(*), sum(m.parts) FROM messages m JOIN LATERAL (
    SELECT FROM message_events e WHERE e.message_id = m.id AND {} LIMIT 1) AS e ON true GROUP BY 1 ORDER BY 1
"""

CHARGED = """
SELECT sayso.country_of(m.phone), count(*), sum(m.parts), count(m.price), coalesce(sum(m.price), 0)
FROM messages m JOIN outcomes o ON o.message_id = m.id WHERE o.accepted GROUP BY 1 ORDER BY 1
"""


def messages(here: World, many: int) -> list[int]:
    """Messages of a campaign and of none, to three countries."""
    query = (
        "WITH stored AS (INSERT INTO messages (workspace_id, phone, recipient, connection_id, sender, class,"
        " purpose, campaign_id, body, encoding, parts, price) SELECT %s,"
        " (ARRAY[447700900000, 12025550100, 436641234000])[1 + n %% 3] + n, '', %s, '', 'advertising',"
        " CASE WHEN n %% 4 = 0 THEN 'api' ELSE 'campaign' END,"
        " CASE WHEN n %% 4 = 0 THEN NULL ELSE %s END, '', 'GSM-7', 1 + n %% 3,"
        " CASE WHEN n %% 5 = 0 THEN NULL ELSE 7901 * (1 + n %% 3) + n END"
        " FROM generate_series(1, %s) n RETURNING *), counted AS (INSERT INTO standing_deltas"
        " SELECT workspace_id, campaign_id, 'queued', '', count(*), sum(parts) FROM stored"
        " WHERE campaign_id IS NOT NULL GROUP BY 1, 2) SELECT id FROM stored ORDER BY id"
    )
    found = here.conn.execute(query, (here.workspace, here.connection, CAMPAIGN, many)).fetchall()
    return [row[0] for row in found]


def by_country(told: Summed, kind: str) -> list[tuple[object, ...]]:
    """Countries, messages and parts of a kind; all together as many as by time."""
    here = [one for one in told.countries if one.kind == kind]
    of_times = [one for one in told.times if one.kind == kind]
    assert _whole(here) == _whole(of_times)
    return [(one.country, one.messages, one.parts) for one in here]


def charged(told: Summed) -> list[tuple[object, ...]]:
    """Of each country: messages, parts, how many have a price, and the price of those."""
    here = [one for one in told.countries if one.kind == "charged"]
    assert _whole(here) == _whole([one for one in told.times if one.kind == "charged"])
    told_of = [(one.country, one.messages, one.parts, one.priced, one.price) for one in here]
    return [each for each in told_of if any(each[1:])]


def _whole(found: Sequence[OfTime | OfCountry]) -> list[int]:
    return [sum(getattr(one, what) for one in found) for what in ("messages", "parts", "priced", "price")]


@pytest.mark.rule("R13.1", "R13.2", "R13.3")
async def test_figures_equal_the_ledgers_to_the_message_rolled_up_or_not(database: Databases) -> None:
    chance = random.Random(7)
    async with world(database) as here:
        here.conn.execute("INSERT INTO credit_accounts VALUES (%s, 'EUR', true)", (here.workspace,))
        made = messages(here, 60)
        engine = await psycopg.AsyncConnection.connect(url_as(database.url, ENGINE))
        async with engine, open_pool(database.url, APP, size=1) as pool:
            for turn in range(40):
                verdicts = [
                    Verdict(
                        here.workspace,
                        one,
                        *said,
                        RANKS[said[0]],
                        "",
                        NOW + timedelta(minutes=7 * turn),
                        taken,
                    )
                    for one in chance.sample(made, 9)
                    for said in [chance.choice(SAID)]
                    for taken in [said[0] in ("sent", "delivered", "failed") and chance.random() < 0.9]
                ]
                await outbox.conclude(engine, verdicts)
                await engine.commit()
                if turn % 3 == 0:
                    await usage.roll_up(engine, 3)
                    await engine.commit()
            async with pools.workspace(pool, here.workspace) as conn:
                standing = [
                    (t.status, t.reason, t.messages, t.parts) for t in await usage.standing(conn, CAMPAIGN)
                ]
                assert standing == here.conn.execute(LEDGER, (CAMPAIGN,)).fetchall()
                days = await usage.summed(conn, SPAN, "day", "Asia/Kathmandu")
                for kind, left in (
                    ("left", "sayso.has_left(e.status, e.reason)"),
                    ("delivered", "e.status = 'delivered'"),
                ):
                    assert by_country(days, kind) == here.conn.execute(FIRST.format(left)).fetchall()
                hours = await usage.summed(conn, Span(SPAN.since, SPAN.until), "hour", "UTC")
                assert by_country(hours, "left") == by_country(days, "left")
                for times in (days, hours):
                    assert charged(times) == here.conn.execute(CHARGED).fetchall()
                paid = sum(row[4] for row in charged(days))
                assert paid == here.value("SELECT -sum(credit) FROM credit_entries") > 0
                assert await usage.left_in(conn, SPAN) == sum(row[1] for row in by_country(days, "left"))
                steps = await usage.timeline(conn, CAMPAIGN, Span(NOW, NOW + timedelta(minutes=60)), 30)
                of_campaign = "SELECT count(*) FROM messages m JOIN outcomes o ON o.message_id = m.id"
                query = f"{of_campaign} WHERE m.campaign_id = 1 AND sayso.has_left(o.status, o.reason)"
                assert sum(s.messages for s in steps if s.kind == "left") == here.value(query)
            assert here.value("SELECT count(*) FROM usage_deltas") > 0
            while await usage.roll_up(engine, 1_000):
                await engine.commit()
            async with pools.workspace(pool, here.workspace) as conn:
                assert await usage.summed(conn, SPAN, "day", "Asia/Kathmandu") == days


@pytest.mark.rule("R13.1")
async def test_days_are_those_of_the_workspaces_clock_also_after_it_moved(database: Databases) -> None:
    async with world(database) as here:
        engine = await psycopg.AsyncConnection.connect(url_as(database.url, ENGINE))
        async with engine, open_pool(database.url, APP, size=1) as pool:
            for zone, first in (("UTC", datetime(2026, 11, 25)), ("Asia/Kathmandu", datetime(2026, 11, 24))):  # noqa: DTZ001 - clocks
                here.conn.execute("UPDATE workspaces SET time_zone = %s", (zone,))
                here.conn.execute(
                    "INSERT INTO usage_deltas SELECT %s, NULL, %s::timestamptz + n * interval '95 minutes',"
                    " 'charged', 'GB', 'api', 1, 2, 1, n FROM generate_series(1, 50) n",
                    (here.workspace, SPAN.since),
                )
                await usage.roll_up(engine, 1_000)
                await engine.commit()
                async with pools.workspace(pool, here.workspace) as conn:
                    since, until = (begins(day.date(), zone) for day in (first, first + timedelta(days=5)))
                    days = await usage.summed(conn, Span(since, until, WHOLE_DAY), "day", zone)
                    assert len(days.times) > 3
                    assert days == await usage.summed(conn, Span(since, until, 15), "day", zone)


async def test_texts_and_stops_count_by_country_and_a_campaigns_replies_leave_stops_out(
    database: Databases,
) -> None:
    async with world(database) as here:
        answered = messages(here, 1)[0]
        for place, outcome in enumerate(("inbox", "unsubscribe", "inbox")):
            here.conn.execute(
                "INSERT INTO inbound_messages (workspace_id, id, line_id, phone, sender, recipient, body,"
                " provider_at, received_at, outcome, because, answers_message_id)"
                " VALUES (%s, sayso.new_id(), 1, %s, '', '', '', now(), %s, %s, '[]', %s)",
                (here.workspace, 447700900000 + place, NOW, outcome, answered if place < 2 else None),
            )
        for source in ("keyword", "link", "import"):
            here.conn.execute(
                "INSERT INTO blocks (workspace_id, phone, written, scope, category, since, source, reason)"
                " SELECT %s, 12025550100, '', 'category', %s || n, %s, %s, '' FROM generate_series(1, 2) n",
                (here.workspace, source, NOW, source),
            )
        async with (
            open_pool(database.url, APP, size=1) as pool,
            pools.workspace(pool, here.workspace) as conn,
        ):
            times = await usage.summed(conn, SPAN, "day", "UTC")
            steps = await usage.timeline(conn, CAMPAIGN, SPAN, 30)
    assert by_country(times, "received") == [("GB", 3, 0)]
    assert by_country(times, "opted_out") == [("US", 2, 0)]
    assert [(step.kind, step.messages) for step in steps] == [("replied", 1)]


async def test_the_database_and_the_core_know_the_same_country_of_a_number(database: Databases) -> None:
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    # Islands that share a code with a larger one beyond the seventh digit count as the larger.
    regions = sorted(set(phonenumbers.SUPPORTED_REGIONS) - {"BL", "GP", "MF"})
    examples = [phonenumbers.example_number_for_type(region, kind) for region in regions for kind in kinds]
    keys = [
        int(f"{one.country_code}{phonenumbers.national_significant_number(one)}") for one in examples if one
    ]
    keys += [12045550100, 14165550100, 18765550100, 74951234567, 77011234567, -5, 0, 9991234567]
    with psycopg.connect(database.owner_url) as conn:
        query = "SELECT sayso.country_of(k) FROM unnest(%s::bigint[]) WITH ORDINALITY AS a(k, n) ORDER BY n"
        told = [row[0] for row in conn.execute(query, (keys,))]
    assert dict(zip(keys, told, strict=True)) == {key: country_of(key) or "" for key in keys}


@pytest.mark.rule("R13.1")
async def test_a_test_of_a_campaign_is_told_apart_and_costs_with_the_others(database: Databases) -> None:
    async with world(database) as here:
        made = messages(here, 4)
        here.conn.execute(
            "UPDATE messages SET purpose = 'test', campaign_id = NULL, price = 7 WHERE id = %s", (made[0],)
        )
        engine = await psycopg.AsyncConnection.connect(url_as(database.url, ENGINE))
        async with engine, open_pool(database.url, APP, size=1) as pool:
            delivered = RANKS["delivered"]
            verdicts = [
                Verdict(here.workspace, one, "delivered", "", delivered, "", NOW, True) for one in made[:2]
            ]
            await outbox.conclude(engine, verdicts)
            await engine.commit()
            async with pools.workspace(pool, here.workspace) as conn:
                told = await usage.summed(conn, SPAN, "day", "UTC")
                assert await usage.left_in(conn, SPAN) == 1
    kinds = Counter[str]()
    for one in told.times:
        kinds[one.kind] += one.messages
    assert kinds == {"left": 1, "delivered": 1, "tested": 1, "tests_delivered": 1, "charged": 2}
