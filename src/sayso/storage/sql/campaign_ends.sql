-- Taking back what waits of cancelled campaigns. As the engine, across workspaces.

-- name: cancelled
-- In turn, some at a time. A look that began before the campaign was cancelled has ended by `before`. What a restored
-- queue holds may have left since the backup: it is not called cancelled before a person has recovered it.
SELECT c.workspace_id, c.id AS campaign_id
FROM sayso.campaigns c
WHERE c.state = 'cancelled' AND c.taken_back_at IS NULL AND (c.ended_at IS NULL OR c.ended_at <= %(before)s)
    AND (c.workspace_id, c.id) > (%(after_workspace)s, %(after_campaign)s)
    AND NOT EXISTS (SELECT FROM sayso.pauses WHERE restored_at IS NOT NULL)
ORDER BY c.workspace_id, c.id
LIMIT 20

-- name: walk
-- Locked: a slice that was planned as the campaign was cancelled has stored its messages, or stores none. No row: it
-- never began. What had come to its end while the campaign went out is not walked again.
SELECT greatest(taken_to, settled_to) AS taken_to, passed_over FROM sayso.campaign_plans
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s AND NOT rehearsal
FOR UPDATE

-- name: passed_over
-- Where these stand by now, as `next_messages` in planning.sql says it.
SELECT m.id, coalesce(o.rank, 0) AS rank
FROM sayso.messages m LEFT JOIN sayso.outcomes o ON o.message_id = m.id
WHERE m.workspace_id = %(workspace_id)s AND m.id = ANY (%(ids)s::bigint[])
ORDER BY m.id

-- name: walked
UPDATE sayso.campaign_plans
SET taken_to = %(taken_to)s, passed_over = %(passed_over)s::bigint[], settled_to = %(settled_to)s
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s AND NOT rehearsal

-- name: take_back
-- As `take_back` in cancelling.sql: what has its intent is on the wire, and gets its true outcome instead.
WITH taken_back AS (
    INSERT INTO sayso.outcomes AS o (workspace_id, message_id, status, reason, rank, at)
    SELECT %(workspace_id)s, id, 'cancelled', %(reason)s, %(rank)s, %(now)s
    FROM unnest(%(ids)s::bigint[]) AS id
    WHERE id NOT IN (SELECT i.message_id FROM sayso.intents i WHERE i.message_id = ANY (%(ids)s::bigint[]))
    ORDER BY id
    ON CONFLICT (message_id) DO UPDATE
        SET status = excluded.status, reason = excluded.reason, rank = excluded.rank, at = excluded.at
        WHERE o.rank < %(leaving)s
    RETURNING message_id
),
told AS (
    INSERT INTO sayso.message_events (workspace_id, message_id, status, reason, detail, at)
    SELECT %(workspace_id)s, message_id, 'cancelled', %(reason)s, %(detail)s, %(now)s FROM taken_back
)
SELECT message_id FROM taken_back

-- name: taken_back
UPDATE sayso.campaigns SET taken_back_at = %(now)s
WHERE workspace_id = %(workspace_id)s AND id = %(campaign_id)s AND state = 'cancelled'
