-- name: waiting
SELECT id, connection_id, kind, headers, body, sayso.time_of(id) AS received_at
FROM sayso.quarantine
WHERE connection_id = ANY (%(connections)s::int[]) AND released_at IS NULL AND id > %(after)s
ORDER BY id LIMIT %(limit)s

-- name: release
UPDATE sayso.quarantine SET released_at = %(now)s WHERE id = ANY (%(ids)s::bigint[]) AND released_at IS NULL
