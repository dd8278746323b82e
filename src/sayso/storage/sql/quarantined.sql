-- name: waiting
SELECT id, connection_id, kind, headers, body, sayso.time_of(id) AS received_at
FROM sayso.quarantine
WHERE connection_id = ANY (%(connections)s::int[]) AND released_at IS NULL AND id > %(after)s
ORDER BY id LIMIT %(limit)s

-- name: release
UPDATE sayso.quarantine SET released_at = %(now)s WHERE id = ANY (%(ids)s::bigint[]) AND released_at IS NULL

-- The beginning alone: a list need not carry what strangers send.
-- name: newest
SELECT id, connection_id, kind, why, size, cut, substring(body FOR 400) AS beginning,
    sayso.time_of(id) AS received_at
FROM sayso.quarantine
WHERE released_at IS NULL AND (%(connection_id)s::int IS NULL OR connection_id = %(connection_id)s)
ORDER BY id DESC LIMIT %(limit)s

-- name: empty
DELETE FROM sayso.quarantine
WHERE connection_id = %(connection_id)s AND released_at IS NULL AND id < sayso.id_at(%(before)s)
