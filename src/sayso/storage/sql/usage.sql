-- What was counted (R13.1, R13.2). A figure is what is rolled up and the deltas that are not yet, read together by one
-- statement: a roll-up that commits meanwhile changes no sum.

-- Of a day, or an hour, by the clock of the workspace (days, grain 1440, are rolled up by that clock and no other), with
-- `campaign`: whether messages are of campaigns. And of each country. One reading, summed both ways: days and countries
-- together would be a line for each country of each day. Tests are told apart, as `tested`: they cost what others cost,
-- and nobody is reached by them.
-- name: summed
SELECT date_trunc(%(unit)s, u.slot AT TIME ZONE %(zone)s) AS at,
       CASE WHEN u.purpose <> 'test' OR u.kind = 'charged' THEN u.kind
            WHEN u.kind = 'left' THEN 'tested' ELSE 'tests_' || u.kind END AS kind,
       u.country, u.purpose = 'campaign' AS campaign,
       sum(u.messages)::bigint AS messages, sum(u.parts)::bigint AS parts, sum(u.priced)::bigint AS priced,
       sum(u.price)::bigint AS price
FROM (
    SELECT slot, kind, country, purpose, messages, parts, priced, price FROM usage
    WHERE workspace_id = (SELECT sayso.workspace()) AND grain = %(grain)s
        AND slot >= %(since)s AND slot < %(until)s
    UNION ALL
    SELECT minute, kind, country, purpose, messages, parts, priced, price FROM usage_deltas
    WHERE workspace_id = (SELECT sayso.workspace()) AND minute >= %(since)s AND minute < %(until)s
        AND kind <> 'replied'
) AS u
GROUP BY GROUPING SETS ((1, 2, 4), (2, 3))
ORDER BY 1, 2, 3, 4;

-- name: left_in
SELECT coalesce(sum(u.messages), 0)::bigint FROM (
    SELECT messages FROM usage
    WHERE workspace_id = (SELECT sayso.workspace()) AND grain = %(grain)s
        AND slot >= %(since)s AND slot < %(until)s AND kind = 'left' AND purpose <> 'test'
    UNION ALL
    SELECT messages FROM usage_deltas
    WHERE workspace_id = (SELECT sayso.workspace()) AND minute >= %(since)s AND minute < %(until)s AND kind = 'left'
        AND purpose <> 'test'
) AS u;

-- Where the messages of a campaign stand now.
-- name: standing
SELECT s.status, s.reason, sum(s.messages)::bigint AS messages, sum(s.parts)::bigint AS parts
FROM (
    SELECT status, reason, messages, parts FROM campaign_standings WHERE campaign_id = %(campaign_id)s
    UNION ALL
    SELECT status, reason, messages, parts FROM standing_deltas WHERE campaign_id = %(campaign_id)s
) AS s
GROUP BY s.status, s.reason
HAVING sum(s.messages) <> 0
ORDER BY s.status, s.reason;

-- What left, arrived and was answered of a campaign, in steps of time from a moment on; what is before it counts into
-- the first step, what is after `until` into the last.
-- name: timeline
SELECT date_bin(make_interval(mins => %(step)s), least(greatest(t.minute, %(since)s), %(until)s), %(since)s) AS at,
       t.kind, sum(t.messages)::bigint AS messages
FROM (
    SELECT minute, kind, messages FROM campaign_minutes WHERE campaign_id = %(campaign_id)s
    UNION ALL
    SELECT minute, kind, messages FROM usage_deltas
    WHERE campaign_id = %(campaign_id)s AND kind IN ('left', 'delivered', 'replied')
) AS t
GROUP BY 1, 2
ORDER BY 1, 2;

-- Who a campaign was for, in the order of its messages, and what became of each.
-- Looked up one by one: joined by order, outcomes of all messages were read from the first on, for each slice.
-- name: recipients
SELECT m.id, m.recipient, m.sender, m.body, m.parts, c.external_id, coalesce(o.status, 'queued') AS status,
       coalesce(o.reason, '') AS reason, coalesce(o.at, sayso.time_of(m.id)) AS at
FROM messages m
LEFT JOIN LATERAL (SELECT status, reason, at FROM outcomes WHERE message_id = m.id LIMIT 1) AS o ON true
LEFT JOIN LATERAL (
    SELECT external_id FROM contacts WHERE workspace_id = m.workspace_id AND id = m.contact_id LIMIT 1
) AS c ON true
WHERE m.workspace_id = (SELECT sayso.workspace()) AND m.campaign_id = %(campaign_id)s AND m.id > %(after)s
ORDER BY m.id
LIMIT %(limit)s;

-- name: roll_usage
-- By ctid, a slice at a time; whoever rolls holds upkeep's lease, so nobody else takes these rows.
WITH taken AS (
    DELETE FROM sayso.usage_deltas
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM sayso.usage_deltas LIMIT %(limit)s))
    RETURNING workspace_id, campaign_id, minute, kind, country, purpose, messages, parts, priced, price
),
rolled AS (
    INSERT INTO sayso.usage AS u (workspace_id, grain, slot, kind, country, purpose, messages, parts, priced, price)
    SELECT t.workspace_id, g.grain,
        CASE g.grain WHEN 1440 THEN date_trunc('day', t.minute, w.time_zone)
             ELSE date_bin(make_interval(mins => g.grain), t.minute, '2026-01-01 00:00+00') END,
        t.kind, t.country, t.purpose, sum(t.messages), sum(t.parts), sum(t.priced), sum(t.price)
    FROM taken t JOIN sayso.workspaces w ON w.id = t.workspace_id
    CROSS JOIN (VALUES (15), (60), (1440)) AS g(grain)
    WHERE t.kind <> 'replied'
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (workspace_id, grain, slot, kind, country, purpose) DO UPDATE
        SET messages = u.messages + excluded.messages, parts = u.parts + excluded.parts,
            priced = u.priced + excluded.priced, price = u.price + excluded.price
),
of_campaigns AS (
    INSERT INTO sayso.campaign_minutes AS u (workspace_id, campaign_id, minute, kind, messages, parts)
    SELECT workspace_id, campaign_id, minute, kind, sum(messages), sum(parts)
    FROM taken WHERE campaign_id IS NOT NULL AND kind IN ('left', 'delivered', 'replied')
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (workspace_id, campaign_id, minute, kind) DO UPDATE
        SET messages = u.messages + excluded.messages, parts = u.parts + excluded.parts
)
SELECT count(*) FROM taken

-- name: roll_standing
WITH taken AS (
    DELETE FROM sayso.standing_deltas
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM sayso.standing_deltas LIMIT %(limit)s))
    RETURNING workspace_id, campaign_id, status, reason, messages, parts
),
rolled AS (
    INSERT INTO sayso.campaign_standings AS u (workspace_id, campaign_id, status, reason, messages, parts)
    SELECT workspace_id, campaign_id, status, reason, sum(messages), sum(parts)
    FROM taken GROUP BY 1, 2, 3, 4 HAVING sum(messages) <> 0 OR sum(parts) <> 0 ORDER BY 1, 2, 3, 4
    ON CONFLICT (workspace_id, campaign_id, status, reason) DO UPDATE
        SET messages = u.messages + excluded.messages, parts = u.parts + excluded.parts
)
SELECT count(*) FROM taken
