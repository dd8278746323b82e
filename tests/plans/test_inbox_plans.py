"""The inbox's statements under row-level security, over tables large enough to tempt the planner."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from sayso.storage.databases import Databases
from sayso.storage.inbound import COLUMNS
from sayso.storage.pool import APP, ENGINE, url_as
from sayso.storage.queries import load

ROWS = 15_000
MESSAGES = f"inbound_messages_{datetime.now(UTC):%Y%m}"
LIST = "SELECT * FROM sayso.conversations WHERE {} ORDER BY last_id DESC LIMIT 51"
_FILL = (
    """INSERT INTO inbound_messages (workspace_id, id, line_id, phone, sender, recipient, body, provider_at,
           received_at, outcome, because)
       SELECT 1 + n %% 2, new_id(), 1, n, n, '', 'Hello', now(), now(), 'inbox', '[]'
       FROM generate_series(1, %(rows)s) n""",
    """INSERT INTO conversations (workspace_id, phone, line_id, id, written, unanswered, last_id,
           last_inbound_id, wrote_at, last_words, assigned_to)
       SELECT workspace_id, phone, 1 + phone %% 7, id, sender, phone %% 3, id, id, now(), body,
           CASE WHEN phone %% 50 = 0 THEN 7 END
       FROM inbound_messages""",
    """INSERT INTO conversation_labels
       SELECT workspace_id, phone, line_id, 'label ' || phone %% 40, 'Label' FROM conversations""",
    """INSERT INTO inbox
       SELECT workspace_id, id, phone, 1 FROM inbound_messages WHERE phone %% 5 = 0""",
)


@pytest.fixture
def filled(database: Databases) -> Iterator[Databases]:
    with psycopg.connect(database.owner_url, autocommit=True, options="-c search_path=sayso") as owner:
        owner.execute("INSERT INTO workspaces (name, country) VALUES ('Bakery', 'US'), ('Butcher', 'US')")
        for statement in _FILL:
            owner.execute(statement, {"rows": ROWS})
        owner.execute("VACUUM ANALYZE")
        yield database


def plan(
    databases: Databases, query: bytes | str, said: dict[str, object] | None = None, role: str = APP
) -> str:
    asked = query.encode() if isinstance(query, str) else query
    with psycopg.connect(url_as(databases.url, role)) as conn:
        conn.execute("SELECT set_config('sayso.workspace_id', '1', true)")
        rows = conn.execute(b"EXPLAIN (COSTS OFF) " + asked, said).fetchall()
        return "\n".join(str(row[0]) for row in rows)


def walks(told: str, index: str) -> None:
    assert f"Scan Backward using {index}" in told, told
    assert "Sort" not in told, told
    assert "Seq Scan" not in told, told


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("open AND unanswered > 0", "conversations_unanswered"),
        ("open AND unanswered > 0 AND last_id < 9e18::bigint AND line_id = 3", "conversations_unanswered"),
        ("true", "conversations_newest"),
        ("open AND assigned_to = 7", "conversations_assigned"),
    ],
)
def test_each_list_walks_its_index_in_order(filled: Databases, condition: str, index: str) -> None:
    walks(plan(filled, LIST.format(condition)), index)


def test_those_of_one_label_are_found_by_it(filled: Databases) -> None:
    labelled = "SELECT * FROM sayso.conversation_labels WHERE folded = 'label 7'"
    assert "conversation_labels_folded" in plan(filled, labelled)


def test_stops_are_listed_in_order(filled: Databases) -> None:
    walks(plan(filled, "SELECT * FROM sayso.inbox ORDER BY inbound_id DESC LIMIT 51"), "inbox_pkey")


def test_a_stop_looks_up_the_message_it_answers_and_reads_no_texts(filled: Databases) -> None:
    said: dict[str, object] = {column: [] for column in COLUMNS["add_blocks"]}
    told = plan(filled, load("inbound")["add_blocks"], said, ENGINE)
    assert "(id = said.answers)" in told, told
    assert "inbound_messages" not in told, told
    assert "Seq Scan" not in told, told


def test_a_conversation_is_found_by_any_of_its_texts(filled: Databases) -> None:
    told = plan(filled, load("conversations")["get"], {"id": (int(time.time() * 1000) - 1767225600000) << 20})
    assert "conversations_pkey" in told, told
    assert f"Seq Scan on {MESSAGES}" not in told, told


def test_the_gate_asks_conversations_by_key(filled: Databases) -> None:
    said = {"reply_workspaces": [1], "reply_phones": [5], "reply_lines": [1]}
    assert "conversations_pkey" in plan(filled, load("gate_facts")["wrote"], said, ENGINE)
