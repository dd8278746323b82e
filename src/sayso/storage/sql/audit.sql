-- Who changed what (R2.4). Append-only: nobody holds UPDATE or DELETE on it.

-- One statement for a bulk write's many entries.
-- name: append
INSERT INTO audit (workspace_id, user_id, key_id, action, object_type, object_id, before, after)
SELECT %(workspace_id)s, %(user_id)s, %(key_id)s, action, object_type, object_id, before, after
FROM unnest(%(actions)s::text[], %(object_types)s::text[], %(object_ids)s::text[],
            %(befores)s::jsonb[], %(afters)s::jsonb[])
    AS entry (action, object_type, object_id, before, after)
ORDER BY object_type, object_id;

-- The id carries the time. Newest first, before the cursor. What is the operator's is told to no other.
-- name: newest
SELECT id, sayso.time_of(id) AS at, user_id, key_id, action, object_type, object_id, before, after
FROM audit
WHERE id < %(before_id)s
    AND (object_type NOT IN ('connection', 'inbound_number', 'quarantine', 'unrouted')
        OR (SELECT sayso.is_operator()))
ORDER BY id DESC
LIMIT %(limit)s;
