-- Idempotency-Key: per workspace and route, kept 24 hours.

-- A key older than a day is forgotten the moment somebody uses it again.
-- name: forget_old
DELETE FROM idempotency_keys WHERE route = %(route)s AND key = %(key)s AND created_at < %(before)s;

-- No row comes back where the key was used: then `get` says what became of it.
-- name: claim
INSERT INTO idempotency_keys (workspace_id, route, key, body_hash, created_at)
VALUES ((SELECT sayso.workspace()), %(route)s, %(key)s, %(body_hash)s, %(now)s)
ON CONFLICT (workspace_id, route, key) DO NOTHING
RETURNING 1;

-- name: get
SELECT body_hash, status, answer FROM idempotency_keys WHERE route = %(route)s AND key = %(key)s;

-- name: settle
UPDATE idempotency_keys SET status = %(status)s, answer = %(answer)s
WHERE route = %(route)s AND key = %(key)s AND status IS NULL;

-- name: release
DELETE FROM idempotency_keys WHERE route = %(route)s AND key = %(key)s AND status IS NULL;
