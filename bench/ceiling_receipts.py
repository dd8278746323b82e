"""The ceiling of `receipts`: the same reports matched, kept and moved by one bare statement a chunk.

Nothing is decided: no order of reports, no report that must wait, no opt-out. Every commit is durable.
"""

from __future__ import annotations

import time

import psycopg

CHUNK = 500
TABLES = """
CREATE TABLE ceiling_queue (LIKE receipt_queue INCLUDING ALL);
CREATE TABLE ceiling_outcomes (LIKE outcomes INCLUDING ALL);
CREATE TABLE ceiling_events (LIKE message_events INCLUDING ALL);
INSERT INTO ceiling_queue SELECT * FROM receipt_queue;
INSERT INTO ceiling_outcomes SELECT * FROM outcomes
"""
MOVE = """
WITH taken AS (
    DELETE FROM ceiling_queue WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ceiling_queue ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING connection_id, provider_ref, status, received_at
),
known AS MATERIALIZED (
    SELECT n.workspace_id, n.message_id, t.status, t.received_at
    FROM taken t JOIN provider_ids n ON n.connection_id = t.connection_id AND n.provider_ref = t.provider_ref
    ORDER BY n.message_id
),
told AS (
    INSERT INTO ceiling_events (workspace_id, message_id, status, at)
    SELECT workspace_id, message_id, status, received_at FROM known
)
INSERT INTO ceiling_outcomes AS o (workspace_id, message_id, status, rank, at)
SELECT workspace_id, message_id, status, 133, received_at FROM known
ON CONFLICT (message_id) DO UPDATE SET status = excluded.status, rank = excluded.rank, at = excluded.at
    WHERE o.rank < excluded.rank
"""


def per_second(url: str, count: int) -> float:
    """Reports a second from the queue to the state they mean."""
    options = "-c search_path=sayso -c enable_seqscan=off -c plan_cache_mode=force_generic_plan"
    with psycopg.connect(url, autocommit=True, options=options) as conn:
        conn.execute(TABLES)
        began = time.perf_counter()
        while conn.execute(MOVE, (CHUNK,), prepare=True).rowcount > 0:
            pass
        took = time.perf_counter() - began
        conn.execute("DROP TABLE ceiling_queue, ceiling_outcomes, ceiling_events")
    return count / took
