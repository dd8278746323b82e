-- What a workspace sets for its advertising, who stopped its sending, and who was advertised to.

-- name: current
SELECT days, opens, closes, holidays, per_day, per_week, countries, practises FROM sayso.sending_rules
WHERE workspace_id = (SELECT sayso.workspace())

-- name: make
-- A row to lock: two edits at once must not each find none.
INSERT INTO sayso.sending_rules (workspace_id) SELECT sayso.workspace() ON CONFLICT DO NOTHING

-- name: for_update
SELECT days, opens, closes, holidays, per_day, per_week, countries, practises FROM sayso.sending_rules
WHERE workspace_id = (SELECT sayso.workspace())
FOR UPDATE

-- name: put
UPDATE sayso.sending_rules SET days = %(days)s, opens = %(opens)s, closes = %(closes)s, holidays = %(holidays)s,
    per_day = %(per_day)s, per_week = %(per_week)s, countries = %(countries)s, practises = %(practises)s
WHERE workspace_id = (SELECT sayso.workspace())

-- name: halted
SELECT since, why, user_id, key_id FROM sayso.halts WHERE workspace_id = (SELECT sayso.workspace())

-- name: halt
INSERT INTO sayso.halts (workspace_id, why, user_id, key_id)
SELECT sayso.workspace(), %(why)s, %(user_id)s::int, %(key_id)s::int
ON CONFLICT DO NOTHING

-- name: go_on
DELETE FROM sayso.halts WHERE workspace_id = (SELECT sayso.workspace())

-- name: alone
-- In the order of the keys, as everyone takes them.
SELECT pg_advisory_xact_lock(hashtext('sayso.advertised'), wanted.key) FROM unnest(%(keys)s::int[]) AS wanted(key)

-- name: alone_at_once
SELECT bool_and(pg_try_advisory_xact_lock(hashtext('sayso.advertised'), wanted.key))
FROM unnest(%(keys)s::int[]) AS wanted(key)

-- name: advertised
INSERT INTO sayso.advertised (phone, workspace_id, message_id, at)
SELECT t.*, %(now)s FROM unnest(%(phones)s::bigint[], %(workspaces)s::int[], %(ids)s::bigint[])
    AS t(phone, workspace_id, message_id)
ON CONFLICT DO NOTHING

-- name: not_taken
DELETE FROM sayso.advertised AS a
USING unnest(%(phones)s::bigint[], %(workspaces)s::int[], %(ids)s::bigint[], %(ats)s::timestamptz[])
    AS t(phone, workspace_id, message_id, at)
-- Said twice, it must not take back what left meanwhile.
WHERE a.phone = t.phone AND a.workspace_id = t.workspace_id AND a.message_id = t.message_id AND a.at <= t.at
