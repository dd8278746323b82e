-- Idempotency-Key: per workspace and route, of which the API key is a part, kept 24 hours.

-- A key older than a day is forgotten the moment somebody uses it again.
-- name: forget_old
DELETE FROM idempotency_keys WHERE route = %(route)s AND key = %(key)s AND created_at < %(before)s;

-- No row comes back where the key was used: then `get` says what became of it.
-- name: claim
INSERT INTO idempotency_keys (workspace_id, route, key, body_hash, created_at)
VALUES ((SELECT sayso.workspace()), %(route)s, %(key)s, %(body_hash)s, %(now)s)
ON CONFLICT (workspace_id, route, key) DO NOTHING
RETURNING 1;

-- Its holder did nothing for a while. `created_at` says whose claim it is, so that one can commit nothing now.
-- name: take_over
UPDATE idempotency_keys SET created_at = %(now)s
WHERE route = %(route)s AND key = %(key)s AND body_hash = %(body_hash)s
    AND status IS NULL AND NOT carried_out AND created_at < %(given_up)s
RETURNING 1;

-- name: get
SELECT body_hash, status, answer, carried_out FROM idempotency_keys WHERE route = %(route)s AND key = %(key)s;

-- In the transaction of the work: what is known of the work is then as sure as the work.
-- name: carry_out
UPDATE idempotency_keys SET carried_out = true
WHERE route = %(route)s AND key = %(key)s AND created_at = %(at)s AND status IS NULL;

-- name: settle
UPDATE idempotency_keys SET status = %(status)s, answer = %(answer)s
WHERE route = %(route)s AND key = %(key)s AND created_at = %(at)s AND status IS NULL;

-- Waits for a COMMIT whose answer was lost, and then finds the mark.
-- name: release
DELETE FROM idempotency_keys
WHERE route = %(route)s AND key = %(key)s AND created_at = %(at)s AND status IS NULL AND NOT carried_out;

-- A refused work may have looked in a transaction, which marked it; there is nothing that a repeat would double.
-- name: forget
DELETE FROM idempotency_keys
WHERE route = %(route)s AND key = %(key)s AND created_at = %(at)s AND status IS NULL;
