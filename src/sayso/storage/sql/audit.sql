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

-- Who had a hand in something at these moments. An id begins with the time and an entry stands in the
-- transaction of its change, so a minute on both sides holds it, and a range of the key finds it. The ids
-- are made first (OFFSET 0): a function that may leak keeps a condition away from the index, under the policy.
-- name: hands
SELECT moment.at, found.user_id, found.key_id, k.name AS key_name
FROM (SELECT at, sayso.id_at(at) AS id, sayso.id_at(at - interval '1 minute') AS first,
             sayso.id_at(at + interval '1 minute') AS last
      FROM unnest(%(moments)s::timestamptz[]) AS asked (at) OFFSET 0) AS moment
CROSS JOIN LATERAL (
    SELECT a.user_id, a.key_id
    FROM audit a
    WHERE a.id BETWEEN moment.first AND moment.last
        AND a.object_type = ANY (%(object_types)s::text[]) AND a.object_id = %(object_id)s
    ORDER BY abs(a.id - moment.id) LIMIT 1) AS found
LEFT JOIN api_keys k ON k.id = found.key_id;
