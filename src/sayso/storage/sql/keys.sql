-- API keys (R2.3): the key itself is nowhere in this database, its SHA-256 is.

-- name: create
INSERT INTO api_keys (workspace_id, name, hint, hash, scopes, test_mode)
VALUES (%(workspace_id)s, %(name)s, %(hint)s, %(hash)s, %(scopes)s, %(test_mode)s)
RETURNING id;

-- name: every
SELECT id, name, hint, scopes, test_mode, created_at, last_used_at, revoked_at
FROM api_keys
WHERE id > %(after)s
ORDER BY id
LIMIT %(limit)s;

-- name: for_update
SELECT id, name, hint, scopes, test_mode, created_at, last_used_at, revoked_at
FROM api_keys
WHERE id = %(key_id)s
FOR UPDATE;

-- name: stands
SELECT count(*) FROM api_keys WHERE id = %(key_id)s AND revoked_at IS NULL;

-- name: revoke
UPDATE api_keys SET revoked_at = %(now)s WHERE id = %(key_id)s AND revoked_at IS NULL;

-- At most once a minute whoever asks: a busy key must not write one row thousands of times.
-- name: touch
UPDATE api_keys SET last_used_at = %(now)s
WHERE id = %(key_id)s AND (last_used_at IS NULL OR last_used_at < %(now)s - interval '1 minute');

-- Needs no workspace: the key says which one it is.
-- name: by_hash
SELECT workspace_id, id, scopes, test_mode, last_used_at FROM sayso.key_by_hash(%(hash)s);
