-- Erasure (R8.4): what the schema's functions do, slice by slice, and which numbers were erased.

-- One row a workspace that has any: for all others nothing more is asked.
-- name: any
SELECT wanted.workspace_id, one.made_with
FROM unnest(%(workspaces)s::int[]) AS wanted(workspace_id)
CROSS JOIN LATERAL (
    SELECT e.made_with FROM sayso.erased_numbers e WHERE e.workspace_id = wanted.workspace_id LIMIT 1
) AS one;

-- name: among
SELECT e.workspace_id, e.key
FROM unnest(%(workspaces)s::int[], %(keys)s::bigint[]) AS wanted(workspace_id, key)
CROSS JOIN LATERAL (
    SELECT n.workspace_id, n.key FROM sayso.erased_numbers n
    WHERE n.workspace_id = wanted.workspace_id AND n.key = wanted.key LIMIT 1
) AS e;

-- name: person
SELECT sayso.erase_person(%(phone)s, %(key)s, %(mark)s, %(contact_ids)s::bigint[], %(now)s);

-- name: traces
SELECT sayso.erase_traces(%(phone)s, %(contact_ids)s::bigint[]);

-- name: begin
INSERT INTO erasures (workspace_id, phone, key, contact_ids, terms, due, began_at)
VALUES ((SELECT sayso.workspace()), %(phone)s, %(key)s, %(contact_ids)s, %(terms)s, %(now)s, %(now)s)
RETURNING id;

-- name: keep
-- As the app: a no that came after the person was erased.
INSERT INTO erased_numbers (workspace_id, key, made_with, erased_at)
VALUES ((SELECT sayso.workspace()), %(key)s, %(mark)s, %(now)s) ON CONFLICT DO NOTHING;

-- name: due
SELECT workspace_id, id, phone, key, contact_ids, terms, step, after
FROM sayso.erasures WHERE ended_at IS NULL AND due <= %(now)s
ORDER BY due LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: texts
SELECT sayso.erase_texts(%(workspace_id)s, %(phone)s, %(key)s, %(most)s);

-- name: messages
SELECT sayso.erase_messages(%(workspace_id)s, %(phone)s, %(key)s, %(most)s);

-- name: left
SELECT sayso.messages_left(%(workspace_id)s, %(phone)s)::int;

-- name: audit
SELECT sayso.erase_audit(%(workspace_id)s, %(contact_ids)s::bigint[], %(terms)s::text[], %(after)s, %(most)s);

-- name: events
SELECT sayso.erase_events(%(workspace_id)s, %(contact_ids)s::bigint[], %(phone)s, %(after)s, %(most)s);

-- name: refusals
SELECT sayso.erase_refusals(%(workspace_id)s, %(terms)s::text[], %(after)s, %(most)s);

-- name: callbacks
SELECT sayso.erase_callbacks(%(workspace_id)s, %(digits)s::bytea, %(after)s, %(most)s);

-- name: move
UPDATE sayso.erasures SET step = %(step)s, after = %(after)s, due = %(due)s
WHERE workspace_id = %(workspace_id)s AND id = %(id)s;

-- name: end
UPDATE sayso.erasures SET phone = NULL, contact_ids = '{}', terms = '{}', ended_at = %(now)s
WHERE workspace_id = %(workspace_id)s AND id = %(id)s;

-- name: forget
-- What was hidden with another key than this, which is lost: nobody can say any more whose it was.
WITH gone AS (
    DELETE FROM sayso.erased_numbers WHERE made_with <> %(mark)s RETURNING workspace_id
),
told AS (
    INSERT INTO sayso.audit (workspace_id, action, object_type, object_id, after)
    SELECT workspace_id, 'forgotten', 'erased_numbers', 'key', jsonb_build_object('numbers', count(*))
    FROM gone GROUP BY workspace_id ORDER BY workspace_id
)
SELECT count(*) FROM gone;
