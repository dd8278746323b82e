-- Credit: a ledger that is only appended to, and its balance (R13.3).

-- name: account
-- One snapshot: what upkeep moves from the one to the other is counted once.
SELECT a.currency, a.kept, a.alarm_below,
    coalesce(b.credit, 0) + coalesce(f.credit, 0) AS credit,
    coalesce(b.reserved, 0) + coalesce(f.reserved, 0) AS reserved
FROM sayso.credit_accounts a
LEFT JOIN sayso.credit_balances b ON b.workspace_id = a.workspace_id
CROSS JOIN LATERAL (
    SELECT sum(n.credit)::bigint AS credit, sum(n.reserved)::bigint AS reserved FROM sayso.credit_fresh n
    WHERE n.workspace_id = a.workspace_id
) AS f
WHERE a.workspace_id = %(workspace_id)s

-- name: lock
-- Whoever changes the account, or reserves a whole campaign, waits for whoever does so before.
SELECT currency FROM sayso.credit_accounts WHERE workspace_id = (SELECT sayso.workspace()) FOR UPDATE

-- name: open
INSERT INTO sayso.credit_accounts (workspace_id, currency) VALUES ((SELECT sayso.workspace()), %(currency)s)
ON CONFLICT (workspace_id) DO NOTHING

-- name: keep
UPDATE sayso.credit_accounts SET kept = true WHERE workspace_id = (SELECT sayso.workspace())

-- name: set_currency
UPDATE sayso.credit_accounts SET currency = %(currency)s WHERE workspace_id = (SELECT sayso.workspace())

-- name: set_alarm
UPDATE sayso.credit_accounts SET alarm_below = %(alarm_below)s WHERE workspace_id = (SELECT sayso.workspace())

-- name: append
WITH told AS (
    INSERT INTO sayso.credit_entries
        (workspace_id, kind, campaign_id, credit, reserved, messages, parts, note, user_id, key_id)
    VALUES (%(workspace_id)s, %(kind)s, %(campaign_id)s, %(credit)s, %(reserved)s, %(messages)s, %(parts)s, %(note)s,
        %(user_id)s, %(key_id)s)
    RETURNING id
),
fresh AS (
    INSERT INTO sayso.credit_fresh (workspace_id, id, credit, reserved)
    SELECT %(workspace_id)s, id, %(credit)s, %(reserved)s FROM told
)
SELECT id FROM told

-- name: has_entries
SELECT (EXISTS (SELECT FROM sayso.credit_entries WHERE workspace_id = (SELECT sayso.workspace())))::int

-- name: page
-- Newest first.
SELECT id, sayso.time_of(id) AS at, kind, campaign_id, credit, reserved, messages, parts, note, user_id, key_id
FROM sayso.credit_entries
WHERE workspace_id = (SELECT sayso.workspace()) AND id < %(before_id)s
ORDER BY id DESC
LIMIT %(limit)s

-- name: statement
-- A stretch of time, a line a day, kind and campaign: a campaign leaves a row for each batch that was recorded.
SELECT (sayso.time_of(e.id) AT TIME ZONE %(zone)s)::date AS day, e.kind, e.campaign_id, c.name AS campaign, e.note,
    sum(e.credit)::bigint AS credit, sum(e.reserved)::bigint AS reserved, sum(e.messages)::bigint AS messages,
    sum(e.parts)::bigint AS parts
FROM sayso.credit_entries e
LEFT JOIN sayso.campaigns c ON c.workspace_id = e.workspace_id AND c.id = e.campaign_id
WHERE e.workspace_id = (SELECT sayso.workspace())
    AND e.id >= sayso.id_at(%(since)s) AND e.id < sayso.id_at(%(until)s)
GROUP BY day, e.kind, e.campaign_id, c.name, e.note
ORDER BY day DESC, max(e.id) DESC
LIMIT %(limit)s

-- name: after
-- What was added since a moment, and what was spent lately.
SELECT coalesce(sum(credit) FILTER (WHERE id >= sayso.id_at(%(moment)s)), 0)::bigint AS added,
    coalesce(-sum(credit) FILTER (WHERE kind IN ('charge', 'refund') AND id >= sayso.id_at(%(lately)s)), 0)::bigint
        AS spent
FROM sayso.credit_entries
WHERE workspace_id = (SELECT sayso.workspace()) AND id >= sayso.id_at(least(%(moment)s, %(lately)s::timestamptz))

-- name: of_campaign
-- What a campaign was charged so far, less what was given back, and what is still set aside for it.
SELECT coalesce(-sum(credit), 0)::bigint AS charged,
    coalesce(sum(credit) FILTER (WHERE kind = 'refund'), 0)::bigint AS refunded,
    coalesce(sum(reserved), 0)::bigint AS reserved
FROM sayso.credit_entries
WHERE workspace_id = (SELECT sayso.workspace()) AND campaign_id = %(campaign_id)s

-- name: roll_up
-- What stands beside the balance goes into it. Whoever reads both in one statement counts each row once.
WITH gone AS (
    DELETE FROM sayso.credit_fresh
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM sayso.credit_fresh LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
    RETURNING workspace_id, credit, reserved
)
INSERT INTO sayso.credit_balances AS b (workspace_id, credit, reserved)
SELECT workspace_id, sum(credit), sum(reserved) FROM gone GROUP BY workspace_id ORDER BY workspace_id
ON CONFLICT (workspace_id) DO UPDATE
    SET credit = b.credit + excluded.credit, reserved = b.reserved + excluded.reserved

-- name: alarms
-- Where the low-credit alarm must begin or end.
SELECT a.workspace_id, w.name, a.currency, a.alarm_below, s.available, s.low
FROM sayso.credit_accounts a
JOIN sayso.workspaces w ON w.id = a.workspace_id
LEFT JOIN sayso.credit_balances b ON b.workspace_id = a.workspace_id
CROSS JOIN LATERAL (
    SELECT coalesce(b.credit, 0) - coalesce(b.reserved, 0) + coalesce(sum(n.credit - n.reserved), 0)::bigint
    FROM sayso.credit_fresh n WHERE n.workspace_id = a.workspace_id
) AS f(available)
CROSS JOIN LATERAL (
    SELECT f.available, a.kept AND a.alarm_below IS NOT NULL AND f.available < a.alarm_below AS low
) AS s
WHERE s.low <> a.alarmed
ORDER BY a.workspace_id

-- name: alarmed
UPDATE sayso.credit_accounts SET alarmed = %(low)s WHERE workspace_id = %(workspace_id)s

-- name: doubts
-- Balances that are not what their ledgers add up to: none, unless somebody wrote past it.
WITH said AS (
    SELECT workspace_id, credit, reserved FROM sayso.credit_balances
    UNION ALL
    SELECT workspace_id, credit, reserved FROM sayso.credit_fresh
    UNION ALL
    SELECT workspace_id, -credit, -reserved FROM sayso.credit_entries
)
SELECT workspace_id, sum(credit)::bigint AS credit, sum(reserved)::bigint AS reserved
FROM said GROUP BY workspace_id
HAVING sum(credit) <> 0 OR sum(reserved) <> 0
ORDER BY workspace_id
