"""The ledger against the messages: equal to the message and to the millionth, whatever becomes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sayso.actions import campaigns, launching
from sayso.actions import credit as actions
from sayso.actions.actor import house
from sayso.actions.credit import Spending
from sayso.actions.launching import Launch
from sayso.actions.refusal import Refused
from sayso.core import money
from sayso.core.campaign_text import Links
from sayso.core.receipts import RANKS
from sayso.engine.inbound import hear
from sayso.engine.planning import plan_slice
from sayso.providers.catalogue import provider_answers
from sayso.providers.contract import Accepted, Outbound, Unsure
from sayso.providers.contract import Refused as Rejected
from sayso.storage import campaign_money, credit, outbox, planning, setup
from sayso.storage.credit import Account
from sayso.storage.databases import Databases
from sayso.storage.outbox import Verdict
from sayso.storage.pool import APP, ENGINE, Pool, open_pool
from sayso.storage.prices import Price
from tests.engine.sending_scene import Answer, World, engine, open_carrier, sends, until, world
from tests.world import build

pytestmark = pytest.mark.anyio
FIRST = 12_065_550_000
LINKS = Links(b"k" * 32, "https://sms.example.com")
PART = 7_500  # three quarters of a cent: what is rounded once too often is seen
CHARGED = (
    "SELECT coalesce(sum(m.price), 0) FROM messages m JOIN outcomes o ON o.message_id = m.id WHERE o.accepted"
)
OPEN = (
    "SELECT coalesce(sum(m.price), 0) + (SELECT coalesce(sum(unplanned), 0) FROM campaign_reserves)"
    " FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id"
    " WHERE m.purpose NOT IN ('confirmation', 'help')"
    " AND coalesce(o.status, 'queued') IN ('queued', 'deferred', 'sending', 'unconfirmed')"
)


@dataclass
class Bank:
    """A workspace with prices and credit, and both sides of its database."""

    here: World
    app: Pool
    pool: Pool

    async def credit(self) -> Account:
        """What it has."""
        found = await actions.show_credit(self.app, house(self.here.workspace))
        assert isinstance(found, Account)
        return found

    def people(self, count: int, consent: str = "yes", first: int = 0) -> None:
        """So many contacts with numbers of their own."""
        self.here.conn.cursor().executemany(
            "INSERT INTO contacts (workspace_id, phone, sms_consent) VALUES (%s, %s, %s)",
            [(self.here.workspace, FIRST + first + number, consent) for number in range(count)],
        )

    def draft(self, body: str = "Sale.") -> int:
        """A campaign to everybody."""
        return self.here.value(
            "INSERT INTO campaigns (workspace_id, name, audience, category, body, opt_out_message)"
            " VALUES (%s, 'Sale', 'everybody', 'promotions', %s, 'STOP ends it') RETURNING id",
            self.here.workspace,
            body,
        )

    async def rehearsed(self, campaign: int) -> int:
        """The same, rehearsed to its end."""
        done = await campaigns.rehearse(self.app, house(self.here.workspace), campaign, datetime.now(UTC))
        assert not isinstance(done, Refused), done
        await self.walk()
        return campaign

    async def launch(self, campaign: int) -> str:
        """What is said against a launch; nothing: it is launched."""
        done = await launching.launch(
            self.app, house(self.here.workspace), campaign, Launch(), datetime.now(UTC)
        )
        return f"{done.problems[0].code}: {done.problems[0].message}" if isinstance(done, Refused) else ""

    async def walk(self, limit: int = 7, slices: int = 1_000) -> None:
        """Plan what is to be planned."""
        async with self.pool.connection() as conn:
            await planning.begin(conn, datetime.now(UTC))
        for _ in range(slices):
            async with self.pool.connection() as conn:
                if not await plan_slice(conn, LINKS, limit, datetime.now(UTC)):
                    break
        async with self.pool.connection() as conn:
            await campaign_money.release(conn)

    async def agree(self) -> tuple[int, int]:
        """What messages say was charged and is open; the ledger and the balance must say the same."""
        charged, open_ = self.here.value(CHARGED), self.here.value(OPEN)
        ledger = "SELECT coalesce(-sum(credit), 0) FROM credit_entries WHERE kind IN ('charge', 'refund')"
        assert self.here.value(ledger) == charged
        assert self.here.value("SELECT coalesce(sum(reserved), 0) FROM credit_entries") == open_
        before = await self.credit()
        async with self.pool.connection() as conn:
            await credit.roll_up(conn)
            assert await credit.doubts(conn) == []
        assert await self.credit() == before
        assert self.here.value("SELECT count(*) FROM credit_fresh") == 0
        assert before.reserved == open_
        assert before.credit == self.here.value("SELECT coalesce(sum(credit), 0) FROM credit_entries")
        return charged, open_


@asynccontextmanager
async def bank(databases: Databases, amount: str = "10") -> AsyncIterator[Bank]:
    async with (
        world(databases) as here,
        open_pool(databases.url, APP, size=2) as app,
        open_pool(databases.url, ENGINE, size=4) as pool,
    ):
        actor, now = house(here.workspace), datetime.now(UTC)
        here.conn.execute("UPDATE workspaces SET launch_delay_seconds = 0")
        priced = await actions.set_prices(app, actor, "EUR", [Price("US", "sms", now, PART)], now)
        assert not isinstance(priced, Refused), priced
        if amount != "0":
            topped = await actions.top_up(app, actor, Spending(money.read(amount) or 0))
            assert not isinstance(topped, Refused), topped
        yield Bank(here, app, pool)


def answers(outbound: Outbound) -> Answer:
    """Most are taken; some refused, of some nobody knows."""
    match int(outbound.to[-1]):
        case 3:
            return Rejected("bad_number")
        case 5:
            return Unsure("lost_answer")
    return Accepted(f"ref-{outbound.client_reference}")


@pytest.mark.rule("R13.3")
@pytest.mark.rule("R9.6")
async def test_the_ledger_equals_the_messages_whatever_became_of_them(database: Databases) -> None:
    """Skips, refusals, lost answers, reports that take back and that confirm, a cancel half way."""
    async with bank(database) as here, open_carrier() as carrier:
        carrier.answers = answers
        here.people(20)
        here.people(3, "no", first=20)
        first = await here.rehearsed(here.draft())
        assert await here.launch(first) == ""
        assert (await here.credit()).reserved == 20 * PART
        await here.agree()
        await here.walk()
        await here.agree()
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.here.left() == (0, 0, 0))
        assert here.here.statuses() == {"sent": 16, "rejected": 2, "unconfirmed": 2, "skipped": 3}
        assert await here.agree() == (16 * PART, 2 * PART)

        await reports(here)
        # One unconfirmed arrived, one was given up; of those that were sent one was refused after all.
        assert await here.agree() == (16 * PART, 0)
        kinds = dict(here.here.rows("SELECT kind, sum(messages)::int FROM credit_entries GROUP BY kind"))
        assert (kinds["charge"], kinds["refund"], kinds["release"]) == (17, 1, 3)

        second = await here.rehearsed(here.draft("Sale again. " * 20))
        assert await here.launch(second) == ""
        async with here.pool.connection() as conn:
            await planning.begin(conn, datetime.now(UTC))
        await here.walk(limit=7, slices=2)
        await launching.cancel(here.app, house(here.here.workspace), second, datetime.now(UTC))
        await here.walk()
        await here.agree()
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.here.left() == (0, 0, 0))
        assert await here.agree() == (16 * PART, 0)
        assert (await here.credit()).credit == 10 * money.UNIT - 16 * PART


async def reports(here: Bank) -> None:
    """What is heard later of what was sent."""
    now = datetime.now(UTC)
    sent = [
        int(str(row[0])) for row in here.here.rows("SELECT message_id FROM outcomes WHERE status = 'sent'")
    ]
    (lost, given_up) = (
        int(str(row[0]))
        for row in here.here.rows("SELECT message_id FROM outcomes WHERE status = 'unconfirmed'")
    )
    told = [("rejected", sent[0]), ("failed", sent[1]), ("delivered", sent[2]), ("delivered", lost)]
    verdicts = [
        Verdict(here.here.workspace, id_, status, "", RANKS[status], "", now, status != "rejected")
        for status, id_ in told
    ]
    async with here.pool.connection() as conn:
        await outbox.move(conn, verdicts)
        await outbox.move(conn, verdicts)  # told twice, it is counted once
        assert await outbox.give_up_unconfirmed(conn, timedelta(), RANKS["unknown"], now + timedelta(1)) == 1
    assert here.here.standing(given_up)[0] == "unknown"


@pytest.mark.rule("R9.6")
async def test_a_launch_needs_a_rehearsal_that_the_credit_covers_and_an_undo_gives_it_back(
    database: Databases,
) -> None:
    async with bank(database, "0.05") as here:
        here.people(7)
        campaign = here.draft()
        assert (await here.launch(campaign)).startswith("not_rehearsed")
        await here.rehearsed(campaign)
        assert await here.launch(campaign) == (
            "insufficient_credit: Credit is €0.01 short: it costs €0.06, and €0.05 is free. Nothing was "
            "sent. Top up, or send to fewer people or in fewer parts."
        )
        assert (await here.credit()).reserved == 0
        await actions.top_up(here.app, house(here.here.workspace), Spending(2_500))
        here.here.conn.execute("UPDATE workspaces SET launch_delay_seconds = 60")
        assert await here.launch(campaign) == ""
        assert (await here.credit()).available == 0
        await launching.undo_launch(here.app, house(here.here.workspace), campaign)
        assert (await here.credit()).available == 52_500
        await here.agree()


@pytest.mark.rule("R9.6")
async def test_who_joins_after_the_rehearsal_is_paid_while_there_is_credit_and_then_skipped(
    database: Databases,
) -> None:
    async with bank(database, "0.05") as here:
        here.people(5)
        campaign = await here.rehearsed(here.draft())
        here.people(5, first=5)
        assert await here.launch(campaign) == ""
        await here.walk(limit=2)
        assert here.here.statuses() == {"queued": 6, "skipped": 4}
        reasons = here.here.rows("SELECT reason, count(*) FROM outcomes GROUP BY 1")
        assert reasons == [("insufficient_credit", 4)]
        assert await here.agree() == (0, 6 * PART)


async def test_without_a_top_up_nothing_is_refused_and_the_first_writes_off_what_was_spent(
    database: Databases,
) -> None:
    async with bank(database, "0") as here, open_carrier() as carrier:
        here.people(3)
        assert await here.launch(here.draft()) == ""
        await here.walk()
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.here.left() == (0, 0, 0))
        assert await here.agree() == (3 * PART, 0)
        stands = await actions.top_up(here.app, house(here.here.workspace), Spending(1_000_000))
        assert isinstance(stands, Account)
        assert (stands.kept, stands.available) == (True, 1_000_000)


@pytest.mark.rule("R13.3")
async def test_a_confirmation_is_charged_and_no_credit_holds_it_back(database: Databases) -> None:
    shop = build(database)
    now = datetime.now(UTC) - timedelta(hours=1)
    actor = house(shop.workspace)
    async with (
        open_pool(database.url, APP, size=2) as app,
        open_pool(database.url, ENGINE, size=2) as pool,
    ):
        await actions.set_prices(app, actor, "USD", [Price("US", "sms", now, PART)], now)
        await actions.top_up(app, actor, Spending(1))
        shop.contact()
        shop.text("stop")
        async with pool.connection() as conn:
            await hear(conn, range(16), await setup.read(conn, provider_answers), datetime.now(UTC))
        ((message, price),) = shop.rows("SELECT id, price FROM messages WHERE purpose = 'confirmation'")
        assert price == PART
        stands = await actions.show_credit(app, actor)
        assert isinstance(stands, Account)
        assert stands.available == 1
        taken = Verdict(shop.workspace, int(str(message)), "sent", "", RANKS["sent"], "", now, accepted=True)
        async with pool.connection() as conn:
            await outbox.move(conn, [taken])
        stands = await actions.show_credit(app, actor)
        assert isinstance(stands, Account)
        assert (stands.available, stands.reserved) == (1 - PART, 0)


async def test_where_no_price_is_known_nothing_is_counted(database: Databases) -> None:
    async with bank(database, "1") as here:
        here.here.conn.execute("UPDATE prices SET price = NULL")
        here.people(2)
        assert await here.launch(await here.rehearsed(here.draft())) == ""
        await here.walk()
        assert here.here.rows("SELECT DISTINCT price FROM messages") == [(None,)]
        assert here.here.rows("SELECT messages, priced FROM campaign_costs WHERE NOT rehearsal") == [(2, 0)]
        assert await here.agree() == (0, 0)
