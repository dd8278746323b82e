-- From the outbox of a connection whose provider is silent to the one that stands in for it (R9.10).

-- name: move
-- One statement and one commit: after a crash each message waits at the one or at the other, never at both. What is in
-- the outbox has no intent, so no byte of it may have left. Fenced: only who may send it may give it away.
-- No more than the other can carry soon, lane by lane, so that its own messages wait no longer for it, and most of a
-- long row still goes the first way once that is open. No more rows are looked at than `walked`, for those whose number
-- the other does not have stay, and may be many.
WITH held AS MATERIALIZED (
    SELECT FROM sayso.fence(%(holder)s, ARRAY[%(resource)s]::text[], ARRAY[%(epoch)s]::bigint[])
),
allowed AS MATERIALIZED (
    SELECT FROM held
    CROSS JOIN (
        SELECT FROM sayso.connections
        WHERE id = %(connection_id)s AND fallback_connection_id = %(other)s
    ) AS set_so
    WHERE NOT EXISTS (SELECT FROM sayso.pauses WHERE resource IN ('all', %(resource)s, %(other_resource)s))
        AND NOT EXISTS (
            SELECT FROM sayso.alarms WHERE subject = %(other_resource)s AND code = ANY (%(in_trouble)s::text[])
        )
),
able AS MATERIALIZED (
    SELECT l.workspace_id, l.id, n.number, s.number_id, s.other_number_id
    FROM sayso.same_numbers(%(connection_id)s, %(other)s) AS s
    JOIN sayso.inbound_numbers n ON n.id = s.number_id
    JOIN sayso.lines l ON l.inbound_number_id = s.number_id
),
chosen AS MATERIALIZED (
    SELECT waiting.place
    FROM unnest('{0,1,2}'::smallint[]) AS lanes(lane)
    CROSS JOIN LATERAL (
        SELECT count(*) AS there FROM (
            SELECT FROM sayso.outbox t
            WHERE t.connection_id = %(other)s AND t.lane = lanes.lane AND t.due <= %(now)s LIMIT %(room)s
        ) AS few
    ) AS other
    CROSS JOIN LATERAL (
        SELECT first.place
        FROM (
            SELECT o.ctid AS place, o.due, o.workspace_id, o.message_id FROM sayso.outbox o
            WHERE o.connection_id = %(connection_id)s AND o.lane = lanes.lane AND o.due <= %(now)s
            ORDER BY o.due LIMIT %(walked)s
        ) AS first
        CROSS JOIN LATERAL (
            SELECT m.line_id, m.sender, m.media_urls FROM sayso.messages m
            WHERE m.workspace_id = first.workspace_id AND m.id = first.message_id LIMIT 1
        ) AS m
        JOIN able ON able.workspace_id = first.workspace_id AND able.id = m.line_id AND able.number = m.sender
        WHERE %(pictures)s OR cardinality(m.media_urls) = 0
        ORDER BY first.due LIMIT greatest(0, %(room)s - other.there)
    ) AS waiting
    WHERE (SELECT count(*) FROM allowed) = 1
),
locked AS MATERIALIZED (
    SELECT o.ctid AS place FROM sayso.outbox o
    WHERE o.ctid = ANY (ARRAY(SELECT place FROM chosen)) FOR UPDATE SKIP LOCKED
),
moved AS (
    DELETE FROM sayso.outbox WHERE ctid = ANY (ARRAY(SELECT place FROM locked))
    RETURNING lane, due, workspace_id, message_id, attempt
),
queued AS (
    INSERT INTO sayso.outbox (connection_id, lane, due, workspace_id, message_id, attempt)
    SELECT %(other)s, lane, due, workspace_id, message_id, attempt FROM moved
    RETURNING message_id
),
noted AS (
    INSERT INTO sayso.failed_over (workspace_id, message_id, connection_id, at)
    SELECT workspace_id, message_id, %(other)s, %(now)s FROM moved ORDER BY message_id
    ON CONFLICT (message_id, connection_id) DO UPDATE SET at = excluded.at
    RETURNING message_id
),
stood AS (
    INSERT INTO sayso.stood_in (other_number_id, number_id)
    SELECT DISTINCT able.other_number_id, able.number_id FROM able
    WHERE EXISTS (SELECT FROM moved) ORDER BY 1, 2
    ON CONFLICT (other_number_id, number_id) DO UPDATE SET freed_at = NULL WHERE stood_in.freed_at IS NOT NULL
),
told AS (
    INSERT INTO sayso.message_events (workspace_id, message_id, status, reason, detail, at)
    SELECT workspace_id, message_id, 'deferred', 'failed_over', %(why)s, %(now)s FROM moved
    RETURNING message_id
)
SELECT count(*) AS moved, pg_notify('outbox', '') FROM queued HAVING count(*) > 0
