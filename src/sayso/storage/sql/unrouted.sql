-- name: waiting
SELECT id, connection_id, kind, sender, recipient, body, why, at
FROM sayso.unrouted WHERE settled_at IS NULL ORDER BY id LIMIT %(limit)s

-- name: settle
UPDATE sayso.unrouted SET settled_at = %(now)s WHERE id = %(id)s AND settled_at IS NULL

-- name: raw
SELECT u.id, u.connection_id, u.at, c.stale, c.headers, c.body, connections.name, connections.kind, connections.settings
FROM sayso.unrouted u JOIN sayso.callbacks c USING (id)
    JOIN sayso.connections ON connections.id = u.connection_id
WHERE u.id = %(id)s AND u.kind = 'unrouted' AND u.settled_at IS NULL

-- name: again
-- Into the queue under its own id, and off the list, as one: it comes back there if still nobody has it.
WITH settled AS (
    UPDATE sayso.unrouted SET settled_at = %(now)s WHERE id = %(id)s AND settled_at IS NULL
    RETURNING id, connection_id, at
)
INSERT INTO sayso.inbound_queue (lane, id, connection_id, phone, sender, recipient, body, media,
    provider_at, received_at, provider_answered, stale)
SELECT %(lane)s, id, connection_id, %(phone)s, %(sender)s, %(recipient)s, %(body)s, %(media)s::jsonb,
    %(provider_at)s, at, %(provider_answered)s, %(stale)s
FROM settled
