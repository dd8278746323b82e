-- Accounts at providers: the operator's (R3.1). Secrets are sealed before they come here.

-- name: create
INSERT INTO connections (name, kind, settings, secrets, hook_token, parts_per_second, provider_answers)
VALUES (%(name)s, %(kind)s, %(settings)s, %(secrets)s, %(hook_token)s, %(parts_per_second)s, %(provider_answers)s)
RETURNING id;

-- The secrets are read by doors and the engine alone.
-- name: every
SELECT id, name, kind, settings, hook_token, parts_per_second, provider_answers, created_at
FROM connections
WHERE id > %(after)s
ORDER BY id
LIMIT %(limit)s;

-- name: get
SELECT id, name, kind, settings, hook_token, parts_per_second, provider_answers, created_at
FROM connections
WHERE id = %(connection_id)s;

-- name: for_update
SELECT id, name, kind, settings, hook_token, parts_per_second, provider_answers, created_at
FROM connections
WHERE id = %(connection_id)s
FOR UPDATE;

-- NULL keeps the sealed secrets that stand.
-- name: update
UPDATE connections
SET name = %(name)s, settings = %(settings)s, secrets = coalesce(%(secrets)s::bytea, secrets),
    parts_per_second = %(parts_per_second)s, provider_answers = %(provider_answers)s
WHERE id = %(connection_id)s;

-- name: of_kind
SELECT id FROM connections WHERE kind = %(kind)s ORDER BY id;
