"""How many recipients of a campaign a second are decided on and stored, beside the bare insert of such rows.

    python -m bench.planning [--recipients 1000000]

Every recipient is another contact with attributes that the text asks for; one in fifty is blocked, one in
twenty never said yes. `plan.recipients` is the rate. `plan.cost_ratio` is how much more processor time a
recipient takes among so many, Python and database together, than among 100,000: at 5,000,000 at most 1.2.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench.lines import say
from bench.processor import Processor
from sayso.engine.planning import SLICE, Links, Means, plan_slice
from sayso.serve.garbage import keep_what_is_there
from sayso.storage.embedded import Embedded
from sayso.storage.migrate import migrate
from sayso.storage.pool import ENGINE, open_pool

GOAL_PER_SECOND = 60_000
FEW = 100_000
COST_GOAL = 1.2
BODY = 'Hi {{ first_name | default: "there" }}, our {{ club }} sale begins today: 20% off. frn.li/sale'


def main() -> int:
    """Measure, print, and say by the exit code whether the goals were met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=1_000_000)
    recipients = parser.parse_args().recipients
    _, few = measure(FEW, None)
    value, many = measure(recipients, few)
    return 0 if value >= GOAL_PER_SECOND and many <= few * COST_GOAL else 1


def measure(recipients: int, few: float | None) -> tuple[float, float]:
    """Plan for so many: how many a second, and how many microseconds of processor time each.

    `few`: what each took among a few, for the lines that are printed; None: nothing is.
    """
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as home, Embedded(Path(home)) as databases:
        migrate(databases.owner_url, login_role=databases.login)
        with psycopg.connect(
            databases.owner_url, autocommit=True, options="-c search_path=sayso,public"
        ) as owner:
            furnish(owner, recipients)
            ceiling = recipients / bare(owner, recipients) if few else 0.0
            processor, began = Processor(), time.perf_counter()
            asyncio.run(plan(databases.url))
            value, used = recipients / (time.perf_counter() - began), processor.each_us(recipients)
            stored = owner.execute("SELECT count(*) FROM messages").fetchone()
            assert stored == (recipients,), stored
            each = sum(used.values())
            if few:
                more = {
                    "goal": GOAL_PER_SECOND,
                    "ceiling": round(ceiling),
                    "ratio": round(value / ceiling, 2),
                }
                say(owner, "plan.recipients", value, "recipients/s", **more, recipients=recipients, **used)
                beside = {"goal": COST_GOAL, "recipients": recipients, "among": FEW, "among_us_each": few}
                say(owner, "plan.cost_ratio", each / few, "times", **beside)
    return value, each


def furnish(owner: psycopg.Connection, recipients: int) -> None:
    """A workspace with a line, its contacts, and a campaign whose planning has begun."""
    owner.execute("INSERT INTO workspaces (name, country) VALUES ('bench', 'US')")
    owner.execute(
        "INSERT INTO connections (name, kind, hook_token, parts_per_second)"
        " VALUES ('bench', 'simulator', repeat('t', 32), 100)"
    )
    owner.execute(
        "INSERT INTO inbound_numbers (connection_id, number, kind, country)"
        " VALUES (1, '12025550100', 'long_code', 'US')"
    )
    owner.execute("INSERT INTO lines (workspace_id, inbound_number_id, provider_keyword) VALUES (1, 1, '')")
    owner.execute(
        "INSERT INTO contacts (workspace_id, external_id, phone, language, country, attributes, sms_consent,"
        " sms_computed) SELECT 1, 'c-' || n, 12060000000 + n, 'en', 'US',"
        " jsonb_build_object('first_name', 'Name' || n, 'club', 'summer', 'points', n),"
        " CASE WHEN n %% 20 = 0 THEN 'unknown' ELSE 'yes' END, true FROM generate_series(0, %s - 1) n",
        (recipients,),
    )
    owner.execute(
        "INSERT INTO blocks (workspace_id, phone, written, scope, since, source, reason)"
        " SELECT 1, phone, '', 'channel', now(), 'keyword', 'STOP' FROM contacts WHERE phone % 50 = 1"
    )
    owner.execute(
        "INSERT INTO campaigns (workspace_id, name, state, audience, category, body, opt_out_message,"
        " starts_at) VALUES (1, 'Sale', 'planning', 'everybody', 'offers', %s, 'STOP ends it.', now())",
        (BODY,),
    )
    owner.execute(
        "INSERT INTO campaign_plans (workspace_id, campaign_id, rehearsal, began_at)"
        " VALUES (1, 1, false, now())"
    )
    owner.execute("VACUUM ANALYZE contacts, blocks")


BARE = """
WITH said AS MATERIALIZED (
    SELECT new_id() AS id, n FROM generate_series(%(start)s::int, %(end)s::int - 1) n
),
stored AS (
    INSERT INTO bare_messages (workspace_id, id, contact_id, phone, recipient, connection_id, line_id, sender,
        class, purpose, category, campaign_id, body, encoding, parts)
    SELECT 1, id, n, 12060000000 + n, '+1206' || n, 1, 1, '12025550100', 'advertising', 'campaign', 'offers',
        1, 'Hi Name' || n || ', our summer sale begins today: 20%% off. frn.li/sale STOP ends it.', 'GSM-7', 1
    FROM said
)
INSERT INTO bare_outbox (connection_id, lane, due, workspace_id, message_id)
SELECT 1, 2, now(), 1, id FROM said
"""


def bare(owner: psycopg.Connection, recipients: int) -> float:
    """Seconds to insert such rows into tables of the same shape, made by the database itself, in slices."""
    owner.execute(
        "CREATE TABLE bare_messages (LIKE messages INCLUDING ALL);"
        "CREATE TABLE bare_outbox (LIKE outbox INCLUDING ALL)"
    )
    began = time.perf_counter()
    for start in range(0, recipients, SLICE):
        owner.execute(BARE, {"start": start, "end": min(start + SLICE, recipients)})
    took = time.perf_counter() - began
    owner.execute("DROP TABLE bare_messages, bare_outbox")
    return took


async def plan(url: str) -> None:
    """Plan to the end, slice by slice, as the stage does, whose process looks for no garbage either."""
    keep_what_is_there()
    async with open_pool(url, ENGINE, size=2) as pool:
        done, means = 1, Means(beside=pool.connection)
        while done:
            async with pool.connection() as conn:
                done = await plan_slice(conn, Links(b"", ""), SLICE, datetime.now(UTC), means)


if __name__ == "__main__":
    raise SystemExit(main())
