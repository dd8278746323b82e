"""How long it takes to count a segment of a workspace with many contacts, as the console and the API count.

    python -m bench.segments [--size 1000000] [--rounds 5] [--home FOLDER]

`segments.count_ms`: milliseconds, of the slowest of five typical segments (the median of its rounds); beside
it each of them with how many it meets. `--size` contacts with six attributes each, half of them texted, six
in ten with consent, in a database of its own that also holds a second workspace; `--home` keeps it for the
next time. `load` is the machine's before the counting: above its cores, the figure is of the neighbours too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from sayso.core.audience import AllOf, AnyOf, Condition, Not, Tree
from sayso.core.audience_words import Names, said
from sayso.storage import audience
from sayso.storage.audience_sql import Audience
from sayso.storage.databases import Databases
from sayso.storage.embedded import Embedded
from sayso.storage.migrate import migrate
from sayso.storage.pool import APP, open_pool, workspace

GOAL_MS = 1_000
NAMES = Names(lists={1: "Newsletter", 2: "Staff"}, campaigns={1: "Prams"}, languages={"de": "German"})
GERMAN = Condition("language", "is", value="de")
SEGMENTS: tuple[Tree, ...] = (
    AllOf((GERMAN, Condition("texted", "never"))),
    AllOf((Condition("attribute", "is", "city", "Berlin"), Condition("attribute", "greater", "orders", "5"))),
    AllOf((Condition("consent", "is", "offers", "yes"), Condition("block", "not_blocked"))),
    AllOf(
        (
            AnyOf((Condition("wrote", "within", days=90), Condition("campaign", "ever", id=1))),
            Not(Condition("list", "on", id=2)),
            Condition("opted_out", "never"),
        )
    ),
    AllOf(
        (
            AnyOf((GERMAN, Condition("attribute", "begins_with", "city", "Ber"))),
            Condition("list", "on", id=1),
            Condition("texted", "within", days=30),
            Condition("attribute", "before", "born", "1990-01-01"),
        )
    ),
)
_PEOPLE = """
INSERT INTO contacts (workspace_id, external_id, phone, email, language, time_zone, country, sms_consent,
    attributes)
SELECT {workspace}, 'customer-' || n,
    CASE WHEN n %% 20 > 0 THEN 491510000000 + (n::bigint * 7919) %% 100000007 END,
    'someone.' || n || '@example.com', (ARRAY['de', 'en', 'de-AT', 'fr', 'es'])[1 + n %% 5], 'Europe/Berlin',
    'DE',
    (ARRAY['yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'unknown', 'unknown', 'unknown', 'no'])[1 + n %% 10],
    jsonb_build_object('first_name', 'Name ' || n %% 5000, 'city',
        (ARRAY['Berlin', 'Hamburg', 'Bergen', 'Köln', 'Wien', 'Bern', 'Paris', 'Lyon'])[1 + n %% 8],
        'orders', n %% 11, 'born', to_char('1950-01-01'::date + n %% 20000, 'YYYY-MM-DD'),
        'tags', jsonb_build_array('tag ' || n %% 9, 'vip'), 'note', repeat('a word ', n %% 8))
FROM generate_series(1, %(size)s / {share}) AS n
"""
FILL = (
    "INSERT INTO workspaces (name, country) SELECT n, 'DE' FROM generate_series(1, 2) AS n",
    "INSERT INTO lists (workspace_id, name) SELECT 1, n FROM generate_series(1, 2) AS n",
    "INSERT INTO campaigns (workspace_id, name) VALUES (1, 'Prams')",
    _PEOPLE.format(workspace=1, share=1),
    _PEOPLE.format(workspace=2, share=10),
    """INSERT INTO list_members SELECT 1, 1, id FROM contacts WHERE workspace_id = 1 AND id %% 5 = 0
       UNION ALL SELECT 1, 2, id FROM contacts WHERE workspace_id = 1 AND id %% 1000 = 1""",
    """INSERT INTO consent_states
       SELECT workspace_id, phone, id, '*', CASE sms_consent WHEN 'yes' THEN 'accept' ELSE 'reject' END,
           now(), 'api'
       FROM contacts WHERE sms_consent <> 'unknown' AND phone IS NOT NULL ORDER BY phone, id""",
    """INSERT INTO consent_states
       SELECT workspace_id, phone, id, 'offers', CASE WHEN id %% 3 = 0 THEN 'reject' ELSE 'accept' END,
           now() + interval '1 s', 'sms_reply'
       FROM contacts WHERE phone %% 10 = 0 ORDER BY phone, id""",
    """INSERT INTO last_texted
       SELECT workspace_id, phone, 1, max(id), 1, false, now() - phone %% 200 * interval '1 day'
       FROM contacts WHERE phone %% 2 = 0 GROUP BY workspace_id, phone ORDER BY phone, workspace_id""",
    """INSERT INTO conversations (workspace_id, phone, line_id, id, written, unanswered, last_id,
           last_inbound_id, wrote_at, last_words)
       SELECT workspace_id, phone, 1, phone, '+' || phone, 0, phone, phone,
           now() - phone %% 400 * interval '1 day', 'Hello'
       FROM contacts WHERE phone %% 10 = 3 GROUP BY workspace_id, phone""",
    """INSERT INTO blocks (workspace_id, phone, written, scope, since, source, reason)
       SELECT DISTINCT workspace_id, phone, '', 'channel', now(), 'keyword', '' FROM contacts
       WHERE phone %% 20 = 7""",
    """INSERT INTO messages (workspace_id, contact_id, phone, recipient, connection_id, sender, class,
           purpose, body, encoding, parts, campaign_id)
       SELECT 1, id, phone, '+' || phone, 1, '12025550100', 'advertising', 'campaign',
           'Prams are 20%% off.', 'GSM-7', 1, 1
       FROM contacts WHERE workspace_id = 1 AND phone %% 5 = 0""",
    "INSERT INTO outcomes SELECT workspace_id, id, 'delivered', '', 5, now() FROM messages",
)


def main() -> int:
    """Fill where nothing is there yet, count, print a line; 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--home", type=Path)
    told = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder,
        Embedded(told.home or Path(folder)) as databases,
    ):
        fill(databases, told.size)
        load = round(os.getloadavg()[0], 1)
        counted = asyncio.run(measure(databases, told.rounds))
    slowest = max(one["ms"] for one in counted)
    line = {"bench": "segments.count_ms", "value": slowest, "unit": "ms", "goal": GOAL_MS, "load": load}
    print(json.dumps({**line, "contacts": told.size, "segments": counted}))
    return 0 if slowest < GOAL_MS else 1


def fill(databases: Databases, size: int) -> None:
    """A workspace with a past, once a home."""
    migrate(databases.owner_url, login_role=databases.login)
    options = "-c search_path=sayso"
    with psycopg.connect(databases.owner_url, autocommit=True, options=options) as owner:
        if owner.execute("SELECT FROM workspaces").fetchone() is not None:  # a row without columns is falsy
            return
        with owner.transaction():
            for statement in FILL:
                owner.execute(statement, {"size": size})
        owner.execute("VACUUM ANALYZE")


async def measure(databases: Databases, rounds: int) -> list[dict[str, object]]:
    """Each segment in words, how many it meets, and the median milliseconds of its rounds."""
    counted = []
    async with open_pool(databases.url, APP) as pool:
        for tree in SEGMENTS:
            took = []
            for _ in range(rounds):
                began = time.perf_counter()
                async with workspace(pool, 1) as conn:
                    found = await audience.count(conn, Audience(1, tree, datetime.now(UTC)))
                took.append((time.perf_counter() - began) * 1_000)
            middle = round(statistics.median(took), 1)
            words = said(tree, NAMES)
            counted.append(
                {"segment": words, "contacts": found.contacts, "ms": middle, "best": round(min(took))}
            )
    return counted


if __name__ == "__main__":
    raise SystemExit(main())
