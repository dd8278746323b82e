-- What holds a campaign that nobody paused, and what is counted for that (R9.5).

-- name: depart
-- One row a window: the sending stage adds it to the transaction that lets the window go.
INSERT INTO sayso.campaign_departures (workspace_id, campaign_id, at, messages)
SELECT s.workspace_id, s.campaign_id, %(now)s, s.messages
FROM unnest(%(workspaces)s::int[], %(campaigns)s::int[], %(messages)s::int[]) AS s(workspace_id, campaign_id, messages)
ORDER BY s.workspace_id, s.campaign_id

-- name: watched
-- What goes out and has sent enough to be judged, with what failed and who stopped since it began or was resumed.
-- Counted no further than ten thousand: a rate that high has been judged long before.
SELECT c.workspace_id, c.id AS campaign_id, d.departed, f.failed, o.opted_out,
       w.pause_from, w.pause_at_opt_outs, w.pause_at_failures
FROM sayso.campaigns c
JOIN sayso.workspaces w ON w.id = c.workspace_id
LEFT JOIN sayso.campaign_holds h ON h.workspace_id = c.workspace_id AND h.campaign_id = c.id
CROSS JOIN LATERAL (SELECT coalesce(h.resumed_at, c.launched_at) AS at) AS since
CROSS JOIN LATERAL (
    SELECT coalesce(sum(p.messages), 0)::int AS departed FROM sayso.campaign_departures p
    WHERE p.workspace_id = c.workspace_id AND p.campaign_id = c.id AND p.at >= since.at
) AS d
CROSS JOIN LATERAL (
    SELECT count(*)::int AS failed FROM (
        SELECT FROM sayso.outcomes x
        CROSS JOIN LATERAL (
            SELECT m.campaign_id FROM sayso.messages m
            WHERE m.workspace_id = x.workspace_id AND m.id = x.message_id LIMIT 1
        ) AS own
        WHERE x.workspace_id = c.workspace_id AND x.status IN ('failed', 'rejected')
            AND x.message_id >= sayso.id_at(c.launched_at) AND x.at >= since.at AND own.campaign_id = c.id
        LIMIT 10000
    ) AS failing
    WHERE d.departed >= w.pause_from AND w.pause_at_failures > 0
) AS f
CROSS JOIN LATERAL (
    SELECT count(DISTINCT b.phone)::int AS opted_out
    FROM sayso.blocks b
    LEFT JOIN sayso.inbound_messages t ON t.workspace_id = b.workspace_id AND t.id = b.inbound_id
    JOIN sayso.messages m ON m.workspace_id = b.workspace_id AND m.id = coalesce(b.message_id, t.answers_message_id)
    WHERE b.workspace_id = c.workspace_id AND b.id >= sayso.id_at(since.at) AND m.campaign_id = c.id
        AND d.departed >= w.pause_from AND w.pause_at_opt_outs > 0
) AS o
WHERE c.state IN ('planning', 'sending') AND c.launched_at IS NOT NULL AND d.departed >= w.pause_from
ORDER BY c.workspace_id, c.id

-- name: hold
WITH held AS (
    UPDATE sayso.campaigns SET state = 'paused'
    WHERE workspace_id = %(workspace_id)s AND id = %(campaign_id)s AND state IN ('planning', 'sending')
    RETURNING workspace_id, id
)
INSERT INTO sayso.campaign_holds (workspace_id, campaign_id, reason, told, at)
SELECT workspace_id, id, %(reason)s, %(told)s, %(now)s FROM held
ON CONFLICT (workspace_id, campaign_id) DO UPDATE
    SET reason = excluded.reason, told = excluded.told, at = excluded.at, resumed_at = NULL

-- name: hold_overdue
-- What was to begin long ago waits for a person: hours late it may be the wrong hour, or the wrong day.
WITH late AS (
    SELECT workspace_id, id, starts_at FROM sayso.campaigns
    WHERE state = 'scheduled' AND starts_at < %(before)s
        AND NOT EXISTS (SELECT FROM sayso.pauses WHERE restored_at IS NOT NULL)
    ORDER BY workspace_id, id LIMIT 100 FOR UPDATE SKIP LOCKED
),
held AS (
    UPDATE sayso.campaigns c SET state = 'paused' FROM late
    WHERE c.workspace_id = late.workspace_id AND c.id = late.id
    RETURNING c.workspace_id, c.id
)
INSERT INTO sayso.campaign_holds (workspace_id, campaign_id, reason, told, at)
SELECT workspace_id, id, 'overdue', %(told)s, %(now)s FROM held
ON CONFLICT (workspace_id, campaign_id) DO UPDATE
    SET reason = excluded.reason, told = excluded.told, at = excluded.at, resumed_at = NULL
RETURNING workspace_id, campaign_id

-- name: settle_alarms
-- Resumed or cancelled: nobody needs to look any more.
DELETE FROM sayso.alarms a
WHERE a.code = 'campaign_held' AND NOT EXISTS (
    SELECT FROM sayso.campaign_holds h
    JOIN sayso.campaigns c ON c.workspace_id = h.workspace_id AND c.id = h.campaign_id
    WHERE a.subject = 'campaign:' || h.workspace_id || ':' || h.campaign_id
        AND h.resumed_at IS NULL AND c.state = 'paused'
)

-- name: resumed
-- As the app. From now on it is counted afresh.
UPDATE campaign_holds SET resumed_at = clock_timestamp() WHERE campaign_id = %(campaign_id)s;

-- name: of_campaign
SELECT reason, told, at FROM campaign_holds WHERE campaign_id = %(campaign_id)s AND resumed_at IS NULL;
