-- Blocks are by number (R6.3). A lifted one stays as history.

-- Where this block stands already it keeps its proof, and was said again; only new ones come back.
-- name: add
WITH done AS (
    INSERT INTO blocks AS b (workspace_id, phone, written, scope, line_id, category, since, source, reason,
                             message_id, campaign_id)
    SELECT (SELECT sayso.workspace()), %(phone)s, %(written)s, %(scope)s, %(line_id)s, category, %(since)s,
           %(source)s, %(reason)s, %(message_id)s,
           (SELECT m.campaign_id FROM messages m WHERE m.id = %(message_id)s)
    FROM unnest(%(categories)s::text[]) AS category
    ORDER BY category
    ON CONFLICT (phone, workspace_id, scope, line_id, category) WHERE lifted_at IS NULL
        DO UPDATE SET said_last_at = excluded.since, last_inbound_id = NULL
        WHERE excluded.since > coalesce(b.said_last_at, b.since)
    RETURNING id, xmax = 0 AS new
)
SELECT id FROM done WHERE new;

-- name: active
SELECT id, phone, written, scope, line_id, category, since, said_last_at, stored_at, source, inbound_id,
       process_id, said, reason, lifted_at, lifted_by
FROM blocks
WHERE phone = ANY (%(phones)s::bigint[]) AND lifted_at IS NULL
ORDER BY phone, since, id;

-- Locked: a START of the engine and an accept of the API lift the same block once.
-- name: active_for_update
SELECT id, phone, written, scope, line_id, category, since, said_last_at, stored_at, source, inbound_id,
       process_id, said, reason, lifted_at, lifted_by
FROM blocks
WHERE phone = ANY (%(phones)s::bigint[]) AND lifted_at IS NULL
ORDER BY phone, id
FOR UPDATE;

-- name: newest
SELECT id, phone, written, scope, line_id, category, since, said_last_at, stored_at, source, inbound_id,
       process_id, said, reason, lifted_at, lifted_by
FROM blocks
WHERE id < %(before_id)s AND (%(lifted_too)s OR lifted_at IS NULL)
ORDER BY id DESC
LIMIT %(limit)s;

-- name: newest_of_phone
SELECT id, phone, written, scope, line_id, category, since, said_last_at, stored_at, source, inbound_id,
       process_id, said, reason, lifted_at, lifted_by
FROM blocks
WHERE phone = %(phone)s AND id < %(before_id)s AND (%(lifted_too)s OR lifted_at IS NULL)
ORDER BY id DESC
LIMIT %(limit)s;

-- name: lift
UPDATE blocks SET lifted_at = %(now)s, lifted_by = %(lifted_by)s
WHERE id = ANY (%(block_ids)s::bigint[]) AND lifted_at IS NULL;

-- name: code_blocked
SELECT inbound_number_id, phone, since FROM sayso.code_blocked(%(phones)s::bigint[]);

-- Of a list; sorted by the key. One that stands already keeps its proof, and was said again; only new ones come back.
-- name: add_listed
WITH done AS (
    INSERT INTO blocks AS b (workspace_id, phone, written, scope, since, source, reason)
    SELECT (SELECT sayso.workspace()), phone, written, scope, %(now)s, 'import', reason
    FROM unnest(%(phones)s::bigint[], %(writtens)s::text[], %(scopes)s::text[], %(reasons)s::text[])
        AS listed (phone, written, scope, reason)
    ORDER BY phone, scope
    ON CONFLICT (phone, workspace_id, scope, line_id, category) WHERE lifted_at IS NULL
        DO UPDATE SET said_last_at = excluded.since, last_inbound_id = NULL
        WHERE excluded.since > coalesce(b.said_last_at, b.since)
    RETURNING id, xmax = 0 AS new
)
SELECT id FROM done WHERE new;
