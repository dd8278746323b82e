-- R9.11: what a workspace's texts may cost on a day, and what they do. As the app, and as the engine for any workspace.

-- name: alone
-- Slices of a workspace with caps are decided one after the other: each may be thousands of texts.
SELECT pg_advisory_xact_lock(hashtext('sayso.spend_caps'), c.workspace_id)
FROM (SELECT DISTINCT workspace_id FROM sayso.spend_caps WHERE workspace_id = %(workspace_id)s) AS c

-- name: standing
-- The caps with their figures of today and later; a workspace without any has one row, of its clock alone. One
-- snapshot: what upkeep moves from the one to the other is counted once.
SELECT w.time_zone, c.prefix, c.most, s.day, s.amount
FROM sayso.workspaces w
LEFT JOIN sayso.spend_caps c ON c.workspace_id = w.id
LEFT JOIN LATERAL (
    SELECT t.day, sum(t.amount)::bigint AS amount FROM (
        SELECT d.day, d.amount FROM sayso.spend_days d WHERE d.workspace_id = c.workspace_id AND d.prefix = c.prefix
        UNION ALL
        SELECT f.day, f.amount FROM sayso.spend_fresh f WHERE f.workspace_id = c.workspace_id AND f.prefix = c.prefix
    ) AS t
    WHERE t.day >= (%(now)s::timestamptz AT TIME ZONE w.time_zone)::date
    GROUP BY t.day
) AS s ON true
WHERE w.id = %(workspace_id)s
ORDER BY c.prefix, s.day

-- name: count
INSERT INTO sayso.spend_fresh (workspace_id, prefix, day, amount)
SELECT %(workspace_id)s, s.* FROM unnest(%(prefixes)s::text[], %(days)s::date[], %(amounts)s::bigint[])
    AS s(prefix, day, amount)
ORDER BY s.prefix, s.day

-- name: filled
-- Only the first of a day writes.
UPDATE sayso.spend_caps SET full_on = %(day)s
WHERE workspace_id = %(workspace_id)s AND prefix = %(prefix)s AND (full_on IS NULL OR full_on < %(day)s)

-- name: lock
-- Two edits at once must not each find what the other is changing.
SELECT id FROM sayso.workspaces WHERE id = (SELECT sayso.workspace()) FOR NO KEY UPDATE

-- name: remove
-- With what was counted for them.
WITH gone AS (
    DELETE FROM sayso.spend_caps
    WHERE workspace_id = (SELECT sayso.workspace()) AND prefix <> ALL (%(prefixes)s::text[]) RETURNING prefix
),
days AS (
    DELETE FROM sayso.spend_days d USING gone
    WHERE d.workspace_id = (SELECT sayso.workspace()) AND d.prefix = gone.prefix
)
DELETE FROM sayso.spend_fresh f USING gone
WHERE f.workspace_id = (SELECT sayso.workspace()) AND f.prefix = gone.prefix

-- name: put
-- What is new is counted from the messages that count today or later: nobody plans further ahead than a few days.
-- What stood is no longer full once there is more room.
WITH stood AS (SELECT prefix FROM sayso.spend_caps WHERE workspace_id = (SELECT sayso.workspace())),
wanted AS (SELECT * FROM unnest(%(prefixes)s::text[], %(mosts)s::bigint[]) AS s(prefix, most)),
counted AS (
    INSERT INTO sayso.spend_fresh (workspace_id, prefix, day, amount)
    SELECT (SELECT sayso.workspace()), n.prefix, m.counts_on, sum(m.price)
    FROM wanted n
    JOIN sayso.messages m ON starts_with(m.phone::text, n.prefix)
    LEFT JOIN sayso.outcomes o ON o.message_id = m.id
    WHERE n.prefix NOT IN (TABLE stood) AND m.workspace_id = (SELECT sayso.workspace())
        AND m.id >= sayso.id_at(%(now)s::timestamptz - interval '4 days') AND m.counts_on >= %(today)s AND m.price > 0
        AND sayso.is_spent(coalesce(o.status, 'queued'), coalesce(o.accepted, false))
    GROUP BY n.prefix, m.counts_on
)
INSERT INTO sayso.spend_caps AS c (workspace_id, prefix, most)
SELECT (SELECT sayso.workspace()), w.prefix, w.most FROM wanted w ORDER BY w.prefix
ON CONFLICT (workspace_id, prefix) DO UPDATE
    SET most = excluded.most, full_on = CASE WHEN excluded.most > c.most THEN NULL ELSE c.full_on END
    WHERE c.most <> excluded.most

-- name: roll_up
WITH gone AS (
    DELETE FROM sayso.spend_fresh
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM sayso.spend_fresh LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
    RETURNING workspace_id, prefix, day, amount
)
INSERT INTO sayso.spend_days AS d (workspace_id, prefix, day, amount)
SELECT workspace_id, prefix, day, sum(amount) FROM gone GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (workspace_id, prefix, day) DO UPDATE SET amount = d.amount + excluded.amount

-- name: turned
-- Where more, or less, is used up of a cap today than somebody was told.
SELECT c.workspace_id, w.name, w.time_zone, coalesce(a.currency, '') AS currency, c.prefix, c.most, f.spent, s.level,
    t.today
FROM sayso.spend_caps c
JOIN sayso.workspaces w ON w.id = c.workspace_id
LEFT JOIN sayso.credit_accounts a ON a.workspace_id = c.workspace_id
CROSS JOIN LATERAL (SELECT (%(now)s::timestamptz AT TIME ZONE w.time_zone)::date AS today) AS t
CROSS JOIN LATERAL (
    SELECT coalesce(sum(k.amount), 0)::bigint AS spent FROM (
        SELECT d.amount FROM sayso.spend_days d
        WHERE d.workspace_id = c.workspace_id AND d.prefix = c.prefix AND d.day = t.today
        UNION ALL
        SELECT n.amount FROM sayso.spend_fresh n
        WHERE n.workspace_id = c.workspace_id AND n.prefix = c.prefix AND n.day = t.today
    ) AS k
) AS f
CROSS JOIN LATERAL (
    SELECT CASE WHEN c.full_on >= t.today OR (c.most > 0 AND f.spent >= c.most) THEN 100
                WHEN c.most > 0 AND f.spent * 100 >= c.most * 80 THEN 80 ELSE 0 END AS level
) AS s
WHERE s.level <> c.told
ORDER BY c.workspace_id, c.prefix

-- name: told
UPDATE sayso.spend_caps SET told = %(level)s WHERE workspace_id = %(workspace_id)s AND prefix = %(prefix)s

-- name: settle_alarms
-- Of caps that are gone.
DELETE FROM sayso.alarms a
WHERE a.code = 'spend_cap' AND NOT EXISTS (
    SELECT FROM sayso.spend_caps c WHERE a.subject = 'spend_cap:' || c.workspace_id || ':' || c.prefix
)
