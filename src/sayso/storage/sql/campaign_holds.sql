-- What holds a campaign that nobody paused, and what is counted for that (R9.5).

-- name: depart
-- One row a window: the sending stage adds it to the transaction that lets the window go.
INSERT INTO sayso.campaign_departures (workspace_id, campaign_id, at, messages)
SELECT s.workspace_id, s.campaign_id, %(now)s, s.messages
FROM unnest(%(workspaces)s::int[], %(campaigns)s::int[], %(messages)s::int[]) AS s(workspace_id, campaign_id, messages)
ORDER BY s.workspace_id, s.campaign_id

-- name: count
-- What came since the last look: departures, failures and stops, of what goes out and of what ended lately. Each is
-- looked for by when it was stored, in stretches that end a moment ago: what is being committed counts next time.
-- Whoever counted the same stretch at the same time wins, once. No stretch ends later than the database's own clock
-- says, by which ids are made: a clock that was ahead for a moment must not leave all that comes until then uncounted.
INSERT INTO sayso.campaign_counts AS k (workspace_id, campaign_id, departed, failed, opted_out, counted_from, counted_to)
SELECT s.workspace_id, s.id, d.departed, f.failed, o.opted_out, s.counted_to, u.until
FROM (SELECT least(%(until)s::timestamptz, now() - interval '2 seconds') AS until) AS u
CROSS JOIN LATERAL (
    SELECT c.workspace_id, c.id, coalesce(n.counted_to, c.launched_at) AS counted_to
    FROM sayso.campaigns c
    LEFT JOIN sayso.campaign_counts n ON n.workspace_id = c.workspace_id AND n.campaign_id = c.id
    WHERE c.launched_at IS NOT NULL
        AND (c.state IN ('planning', 'sending', 'paused') OR (
            c.ended_at > u.until - interval '7 days'
            AND coalesce(n.counted_to, c.launched_at) < u.until - interval '1 minute'
        ))
) AS s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(p.messages), 0) AS departed FROM sayso.campaign_departures p
    WHERE p.workspace_id = s.workspace_id AND p.campaign_id = s.id
        AND p.id >= sayso.id_at(s.counted_to) AND p.id < sayso.id_at(u.until)
) AS d
CROSS JOIN LATERAL (
    SELECT count(DISTINCT e.message_id) AS failed FROM sayso.message_events e
    CROSS JOIN LATERAL (
        SELECT m.campaign_id FROM sayso.messages m
        WHERE m.workspace_id = e.workspace_id AND m.id = e.message_id LIMIT 1
    ) AS own
    WHERE e.workspace_id = s.workspace_id AND e.status IN ('failed', 'rejected') AND own.campaign_id = s.id
        AND e.id >= sayso.id_at(s.counted_to) AND e.id < sayso.id_at(u.until)
) AS f
CROSS JOIN LATERAL (
    SELECT count(DISTINCT b.phone) AS opted_out
    FROM sayso.blocks b
    LEFT JOIN sayso.inbound_messages t ON t.workspace_id = b.workspace_id AND t.id = b.inbound_id
    CROSS JOIN LATERAL (
        SELECT m.campaign_id FROM sayso.messages m
        WHERE m.workspace_id = b.workspace_id AND m.id = coalesce(b.message_id, t.answers_message_id) LIMIT 1
    ) AS own
    WHERE b.workspace_id = s.workspace_id AND own.campaign_id = s.id
        AND b.id >= sayso.id_at(s.counted_to) AND b.id < sayso.id_at(u.until)
) AS o
WHERE s.counted_to < u.until
ORDER BY s.workspace_id, s.id
ON CONFLICT (workspace_id, campaign_id) DO UPDATE
    SET departed = k.departed + excluded.departed, failed = k.failed + excluded.failed,
        opted_out = k.opted_out + excluded.opted_out, counted_from = k.counted_to, counted_to = excluded.counted_to
    WHERE k.counted_to = excluded.counted_from

-- name: watched
SELECT c.workspace_id, c.id AS campaign_id, k.departed - k.base_departed AS departed, k.failed - k.base_failed AS failed,
       k.opted_out - k.base_opted_out AS opted_out, w.pause_from, w.pause_at_opt_outs, w.pause_at_failures
FROM sayso.campaigns c
JOIN sayso.campaign_counts k ON k.workspace_id = c.workspace_id AND k.campaign_id = c.id
JOIN sayso.workspaces w ON w.id = c.workspace_id
WHERE c.state IN ('planning', 'sending') AND k.departed - k.base_departed >= w.pause_from
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
-- Resumed or cancelled: nobody needs to look any more. Who was left out is told until a day after the end.
DELETE FROM sayso.alarms a
WHERE (a.code = 'campaign_held' AND NOT EXISTS (
    SELECT FROM sayso.campaign_holds h
    JOIN sayso.campaigns c ON c.workspace_id = h.workspace_id AND c.id = h.campaign_id
    WHERE a.subject = 'campaign:' || h.workspace_id || ':' || h.campaign_id
        AND h.resumed_at IS NULL AND c.state = 'paused'
)) OR (a.code = 'recipients_left_out' AND NOT EXISTS (
    SELECT FROM sayso.campaigns c
    WHERE a.subject = 'campaign:' || c.workspace_id || ':' || c.id
        AND (c.ended_at IS NULL OR c.ended_at > now() - interval '1 day')
))

-- name: resumed
-- As the app. From now on it is judged afresh.
WITH afresh AS (
    UPDATE campaign_counts SET base_departed = departed, base_failed = failed, base_opted_out = opted_out
    WHERE campaign_id = %(campaign_id)s
)
UPDATE campaign_holds SET resumed_at = clock_timestamp() WHERE campaign_id = %(campaign_id)s;

-- name: of_campaign
SELECT reason, told, at FROM campaign_holds WHERE campaign_id = %(campaign_id)s AND resumed_at IS NULL;
