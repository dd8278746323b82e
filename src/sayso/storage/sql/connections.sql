-- Accounts at providers: the operator's (R3.1). Secrets are sealed before they come here.

-- name: create
INSERT INTO connections (name, kind, settings, secrets, hook_token, parts_per_second)
VALUES (%(name)s, %(kind)s, %(settings)s, %(secrets)s, %(hook_token)s, %(parts_per_second)s)
RETURNING id;

-- Without the secrets: doors and the engine read those.
-- name: every
SELECT id, name, kind, settings, hook_token, parts_per_second, created_at
FROM connections
WHERE id > %(after)s
ORDER BY id
LIMIT %(limit)s;

-- name: get
SELECT id, name, kind, settings, hook_token, parts_per_second, created_at
FROM connections
WHERE id = %(connection_id)s;

-- name: some
SELECT id, name, kind, settings, hook_token, parts_per_second, created_at
FROM connections
WHERE id = ANY (%(connection_ids)s::int[])
ORDER BY id;

-- name: for_update
SELECT id, name, kind, settings, hook_token, parts_per_second, created_at
FROM connections
WHERE id = %(connection_id)s
FOR UPDATE;

-- Read apart from the rest, by an edit that keeps some of the secrets, and to warn where one is missing.
-- name: sealed
SELECT id, kind, settings, secrets FROM connections WHERE id = ANY (%(connection_ids)s::int[]) ORDER BY id;

-- name: update
UPDATE connections
SET name = %(name)s, settings = %(settings)s, secrets = %(secrets)s,
    parts_per_second = %(parts_per_second)s
WHERE id = %(connection_id)s;

-- name: renew_token
UPDATE connections SET hook_token = %(hook_token)s WHERE id = %(connection_id)s;

-- name: of_kind
SELECT id FROM connections WHERE kind = %(kind)s ORDER BY id;

-- name: providers
SELECT id, kind, settings FROM connections WHERE id = ANY (%(connection_ids)s::int[]) ORDER BY id;
