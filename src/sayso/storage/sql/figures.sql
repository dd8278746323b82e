-- What `/metrics` shows of the database. Walked by the queues' indexes and never further than a limit: statistics
-- of these tables are not to be trusted, and a heap that held a backlog once is long to read even when empty.

-- name: bounded
-- For the rest of the transaction: by index whatever the planner believes, and never for long.
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('statement_timeout', '2s', true)

-- name: queues
-- Lengths are counted up to 100,000 in all, the oldest is the first of each lane or connection.
WITH few AS (
    SELECT 'inbound' AS queue, one.received_at AS at
    FROM generate_series(0, 15) AS l (lane) CROSS JOIN LATERAL (
        SELECT received_at FROM sayso.inbound_queue q WHERE q.lane = l.lane ORDER BY q.id LIMIT 6250
    ) AS one
    UNION ALL
    SELECT 'receipts', one.received_at
    FROM (SELECT received_at FROM sayso.receipt_queue ORDER BY id LIMIT 100000) AS one
    UNION ALL
    SELECT 'outbox', one.due
    FROM sayso.connections c CROSS JOIN generate_series(0, 2) AS l (lane) CROSS JOIN LATERAL (
        SELECT due FROM sayso.outbox o
        WHERE o.connection_id = c.id AND o.lane = l.lane AND o.due <= %(now)s ORDER BY o.due LIMIT 33334
    ) AS one
    UNION ALL
    SELECT 'claims', one.due
    FROM sayso.connections c CROSS JOIN LATERAL (
        SELECT due FROM sayso.claims k WHERE k.connection_id = c.id LIMIT 10000
    ) AS one
    UNION ALL
    SELECT 'intents', one.at
    FROM sayso.connections c CROSS JOIN LATERAL (
        SELECT at FROM sayso.intents i WHERE i.connection_id = c.id LIMIT 10000
    ) AS one
    UNION ALL
    SELECT 'quarantine', sayso.time_of(one.id)
    FROM sayso.connections c CROSS JOIN LATERAL (
        SELECT id FROM sayso.quarantine q
        WHERE q.connection_id = c.id AND q.released_at IS NULL ORDER BY q.id LIMIT 10000
    ) AS one
)
SELECT w.queue, count(few.at) AS waiting,
    coalesce(greatest(extract(epoch FROM %(now)s - min(few.at)), 0), 0)::float8 AS oldest_seconds
FROM unnest(ARRAY['inbound', 'receipts', 'outbox', 'claims', 'intents', 'quarantine']) AS w (queue)
LEFT JOIN few USING (queue)
GROUP BY w.queue ORDER BY w.queue

-- name: alarms
SELECT code, count(*) AS ringing, sum(times)::bigint AS times
FROM (SELECT code, times FROM sayso.alarms ORDER BY code LIMIT 10000) AS few
GROUP BY code ORDER BY code

-- name: flush
-- Rows of one flush are of one transaction: a door stores all that it gathered by one statement.
SELECT coalesce(count(*)::float8 / nullif(count(DISTINCT few.flush), 0), 0) AS rows
FROM (SELECT xmin::text AS flush FROM sayso.callbacks ORDER BY id DESC LIMIT 1000) AS few

-- name: pauses
SELECT count(*) AS standing FROM sayso.pauses

-- name: providers
SELECT hook_token AS token, kind AS provider FROM sayso.connections
