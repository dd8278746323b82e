-- Accounts at providers: the operator's (R3.1). Secrets are sealed before they come here.

-- name: create
INSERT INTO connections (name, kind, settings, secrets, hook_token, parts_per_second, fallback_connection_id,
    fallback_after)
VALUES (%(name)s, %(kind)s, %(settings)s, %(secrets)s, %(hook_token)s, %(parts_per_second)s,
    %(fallback_connection_id)s, %(fallback_after)s)
RETURNING id;

-- Without the secrets: doors and the engine read those.
-- name: every
SELECT id, name, kind, settings, hook_token, parts_per_second, fallback_connection_id, fallback_after, created_at
FROM connections
WHERE id > %(after)s
ORDER BY id
LIMIT %(limit)s;

-- name: get
SELECT id, name, kind, settings, hook_token, parts_per_second, fallback_connection_id, fallback_after, created_at
FROM connections
WHERE id = %(connection_id)s;

-- name: some
SELECT id, name, kind, settings, hook_token, parts_per_second, fallback_connection_id, fallback_after, created_at
FROM connections
WHERE id = ANY (%(connection_ids)s::int[])
ORDER BY id;

-- name: for_update
SELECT id, name, kind, settings, hook_token, parts_per_second, fallback_connection_id, fallback_after, created_at
FROM connections
WHERE id = %(connection_id)s
FOR UPDATE;

-- Read apart from the rest, by an edit that keeps some of the secrets, and to warn where one is missing.
-- name: sealed
SELECT id, kind, settings, secrets FROM connections WHERE id = ANY (%(connection_ids)s::int[]) ORDER BY id;

-- name: update
UPDATE connections
SET name = %(name)s, settings = %(settings)s, secrets = %(secrets)s,
    parts_per_second = %(parts_per_second)s, fallback_connection_id = %(fallback_connection_id)s,
    fallback_after = %(fallback_after)s
WHERE id = %(connection_id)s;

-- name: renew_token
UPDATE connections SET hook_token = %(hook_token)s WHERE id = %(connection_id)s;

-- name: of_kind
SELECT id FROM connections WHERE kind = %(kind)s ORDER BY id;

-- name: providers
SELECT id, kind, settings FROM connections WHERE id = ANY (%(connection_ids)s::int[]) ORDER BY id;

-- name: standing_in_for
SELECT id FROM connections WHERE fallback_connection_id = %(connection_id)s ORDER BY id LIMIT 1;

-- Another connection for which the same one stands in with one of these numbers, or did and is not freed: an answer
-- would be for either.
-- name: also_falling_back
SELECT c.name, n.number
FROM sayso.same_numbers(%(connection_id)s, %(other)s) AS mine
JOIN connections c ON c.fallback_connection_id = %(other)s AND c.id <> %(connection_id)s
CROSS JOIN LATERAL sayso.same_numbers(c.id, %(other)s) AS theirs
JOIN inbound_numbers n ON n.id = theirs.number_id
WHERE theirs.other_number_id = mine.other_number_id
UNION ALL
SELECT c.name, n.number
FROM sayso.same_numbers(%(connection_id)s, %(other)s) AS mine
JOIN sayso.stood_in s ON s.other_number_id = mine.other_number_id AND s.freed_at IS NULL
JOIN inbound_numbers n ON n.id = s.number_id
JOIN connections c ON c.id = n.connection_id AND c.id <> %(connection_id)s
ORDER BY 1, 2 LIMIT 1;

-- What each connection cannot leave to the one that stands in for it, or would: numbers that are not there as well.
-- name: fallback_numbers
SELECT n.connection_id, n.number, s.number_id IS NOT NULL AS there
FROM unnest(%(connection_ids)s::int[], %(others)s::int[]) AS asked(connection_id, other)
JOIN inbound_numbers n ON n.connection_id = asked.connection_id
LEFT JOIN LATERAL (
    SELECT t.number_id FROM sayso.same_numbers(asked.connection_id, asked.other) AS t WHERE t.number_id = n.id LIMIT 1
) AS s ON true
ORDER BY n.connection_id, n.number;
