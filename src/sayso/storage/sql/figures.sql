-- What `/metrics` shows of the database. Walked by the queues' indexes and never further than a limit: statistics
-- of these tables are not to be trusted, and a heap that held a backlog once is long to read even when empty.

-- name: bounded
-- For the rest of the transaction: by index whatever the planner believes, and never for long.
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('statement_timeout', '2s', true)

-- name: queues
-- Lengths are counted up to 100,000 a queue, however many connections share it; the oldest is looked for among the
-- first of each lane or connection, so that what is not counted is still as old as it is.
WITH outgoing AS (
    SELECT c.id AS connection_id, l.lane
    FROM sayso.connections c CROSS JOIN generate_series(0, 2) AS l (lane)
), few AS (
    (SELECT 'inbound' AS queue
    FROM generate_series(0, 15) AS l (lane) CROSS JOIN LATERAL (
        SELECT FROM sayso.inbound_queue q WHERE q.lane = l.lane ORDER BY q.id LIMIT 100000
    ) AS one LIMIT 100000)
    UNION ALL
    (SELECT 'receipts' FROM (SELECT FROM sayso.receipt_queue ORDER BY id LIMIT 100000) AS one)
    UNION ALL
    (SELECT 'outbox'
    FROM outgoing w CROSS JOIN LATERAL (
        SELECT FROM sayso.outbox o
        WHERE o.connection_id = w.connection_id AND o.lane = w.lane AND o.due <= %(now)s LIMIT 100000
    ) AS one LIMIT 100000)
    UNION ALL
    (SELECT 'claims'
    FROM sayso.connections c CROSS JOIN LATERAL (
        SELECT FROM sayso.claims k WHERE k.connection_id = c.id LIMIT 100000
    ) AS one LIMIT 100000)
    UNION ALL
    (SELECT 'intents'
    FROM sayso.connections c CROSS JOIN LATERAL (
        SELECT FROM sayso.intents i WHERE i.connection_id = c.id LIMIT 100000
    ) AS one LIMIT 100000)
    UNION ALL
    (SELECT 'quarantine'
    FROM sayso.connections c CROSS JOIN LATERAL (
        SELECT FROM sayso.quarantine q
        WHERE q.connection_id = c.id AND q.released_at IS NULL LIMIT 100000
    ) AS one LIMIT 100000)
    UNION ALL
    (SELECT 'clicks' FROM (SELECT FROM sayso.click_queue ORDER BY at LIMIT 100000) AS one)
    UNION ALL
    (SELECT 'planning'
    FROM sayso.campaigns c JOIN sayso.campaign_plans p
        ON p.workspace_id = c.workspace_id AND p.campaign_id = c.id AND NOT p.rehearsal
    WHERE c.state = 'planning' AND p.finished_at IS NULL AND p.waits_until IS NULL LIMIT 1000)
    UNION ALL
    (SELECT 'erasures' FROM sayso.erasures e WHERE e.ended_at IS NULL AND e.due <= %(now)s LIMIT 1000)
), lengths AS (
    SELECT queue, count(*) AS waiting FROM few GROUP BY queue
), firsts AS (
    SELECT 'inbound' AS queue, one.at
    FROM generate_series(0, 15) AS l (lane) CROSS JOIN LATERAL (
        SELECT q.received_at AS at FROM sayso.inbound_queue q WHERE q.lane = l.lane ORDER BY q.id LIMIT 1
    ) AS one
    UNION ALL
    SELECT 'receipts', one.at
    FROM (SELECT received_at AS at FROM sayso.receipt_queue ORDER BY id LIMIT 1) AS one
    UNION ALL
    SELECT 'outbox', one.at
    FROM outgoing w CROSS JOIN LATERAL (
        SELECT o.due AS at FROM sayso.outbox o
        WHERE o.connection_id = w.connection_id AND o.lane = w.lane AND o.due <= %(now)s ORDER BY o.due LIMIT 1
    ) AS one
    UNION ALL
    -- These have no index by time, and hold no more of a connection than it may have in hand: a second's worth.
    SELECT 'claims', one.at
    FROM sayso.connections c CROSS JOIN LATERAL (
        SELECT min(few.due) AS at
        FROM (SELECT k.due FROM sayso.claims k WHERE k.connection_id = c.id LIMIT 1000) AS few
    ) AS one
    UNION ALL
    SELECT 'intents', one.at
    FROM sayso.connections c CROSS JOIN LATERAL (
        SELECT min(few.at) AS at
        FROM (SELECT i.at FROM sayso.intents i WHERE i.connection_id = c.id LIMIT 1000) AS few
    ) AS one
    UNION ALL
    SELECT 'quarantine', sayso.time_of(one.id)
    FROM sayso.connections c CROSS JOIN LATERAL (
        SELECT q.id FROM sayso.quarantine q
        WHERE q.connection_id = c.id AND q.released_at IS NULL ORDER BY q.id LIMIT 1
    ) AS one
    UNION ALL
    SELECT 'clicks', one.at FROM (SELECT at FROM sayso.click_queue ORDER BY at LIMIT 1) AS one
    UNION ALL
    -- Of campaigns: since the last slice of the one that waits longest for its next.
    SELECT 'planning', coalesce(p.walked_at, p.began_at)
    FROM sayso.campaigns c JOIN sayso.campaign_plans p
        ON p.workspace_id = c.workspace_id AND p.campaign_id = c.id AND NOT p.rehearsal
    WHERE c.state = 'planning' AND p.finished_at IS NULL AND p.waits_until IS NULL
    UNION ALL
    SELECT 'erasures', one.due
    FROM (SELECT e.due FROM sayso.erasures e WHERE e.ended_at IS NULL ORDER BY e.due LIMIT 1) AS one
), oldest AS (
    SELECT queue, min(at) AS at FROM firsts GROUP BY queue
)
SELECT w.queue, coalesce(l.waiting, 0) AS waiting,
    coalesce(greatest(extract(epoch FROM %(now)s - o.at), 0), 0)::float8 AS oldest_seconds
FROM unnest(ARRAY['inbound', 'receipts', 'outbox', 'claims', 'intents', 'quarantine', 'clicks', 'planning',
    'erasures']) AS w (queue)
LEFT JOIN lengths l USING (queue) LEFT JOIN oldest o USING (queue)
ORDER BY w.queue

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
