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
SELECT sayso.erase_traces(%(phone)s, %(contact_ids)s::bigint[]), sayso.forget_former(%(phone)s);

-- name: former
SELECT DISTINCT phone, was FROM former_numbers
WHERE contact_id = ANY (%(contact_ids)s::bigint[]) AND phone IS DISTINCT FROM %(phone)s::bigint
ORDER BY phone, was;

-- name: begin_former
-- What carries nobody's profile is theirs only where nobody else had the number at that time.
INSERT INTO erasures (workspace_id, phone, key, contact_ids, terms, due, began_at, former, first_id, last_id)
SELECT (SELECT sayso.workspace()), f.phone, k.key, %(everybody)s::bigint[], ARRAY[f.phone::text],
    %(now)s, %(now)s, true, CASE WHEN shared.so THEN 0 ELSE sayso.id_at(f.since) END,
    CASE WHEN shared.so THEN 0 ELSE sayso.id_at(f.until + interval '1 millisecond') END
FROM former_numbers f
JOIN unnest(%(phones)s::bigint[], %(keys)s::bigint[]) AS k(phone, key) ON k.phone = f.phone
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM contacts c WHERE c.phone = f.phone AND c.id <> ALL (%(everybody)s::bigint[])
            AND sayso.has_number_since(c.workspace_id, c.id, c.created_at) < f.until
    ) OR EXISTS (
        SELECT FROM former_numbers o WHERE o.phone = f.phone AND o.contact_id <> f.contact_id
            AND o.contact_id <> ALL (%(everybody)s::bigint[]) AND o.since < f.until AND o.until > f.since
    ) AS so
) AS shared
WHERE f.contact_id = ANY (%(contact_ids)s::bigint[])
ORDER BY f.phone, f.since
RETURNING id;

-- name: erase_former
SELECT sayso.erase_former(e, %(mark)s) FROM erasures e WHERE e.id = ANY (%(ids)s::bigint[]);

-- name: begin
INSERT INTO erasures (workspace_id, phone, key, contact_ids, terms, due, began_at)
VALUES ((SELECT sayso.workspace()), %(phone)s, %(key)s, %(contact_ids)s, %(terms)s, %(now)s, %(now)s)
RETURNING id;

-- name: keep
-- As the app: a no that came after the person was erased.
INSERT INTO erased_numbers (workspace_id, key, made_with, erased_at)
VALUES ((SELECT sayso.workspace()), %(key)s, %(mark)s, %(now)s) ON CONFLICT DO NOTHING;

-- name: due
SELECT workspace_id, id, phone, step, after
FROM sayso.erasures WHERE ended_at IS NULL AND due <= %(now)s
ORDER BY due LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: texts
SELECT sayso.erase_texts(e, %(most)s) FROM sayso.erasures e WHERE e.workspace_id = %(workspace_id)s AND e.id = %(id)s;

-- name: messages
SELECT sayso.erase_messages(e, %(most)s) FROM sayso.erasures e WHERE e.workspace_id = %(workspace_id)s AND e.id = %(id)s;

-- name: left
SELECT sayso.messages_left(e)::int FROM sayso.erasures e WHERE e.workspace_id = %(workspace_id)s AND e.id = %(id)s;

-- name: audit
SELECT sayso.erase_audit(e, %(most)s) FROM sayso.erasures e WHERE e.workspace_id = %(workspace_id)s AND e.id = %(id)s;

-- name: events
SELECT sayso.erase_events(e, %(most)s) FROM sayso.erasures e WHERE e.workspace_id = %(workspace_id)s AND e.id = %(id)s;

-- name: refusals
SELECT sayso.erase_refusals(e, %(most)s) FROM sayso.erasures e WHERE e.workspace_id = %(workspace_id)s AND e.id = %(id)s;

-- name: callbacks
SELECT sayso.erase_callbacks(e, %(most)s) FROM sayso.erasures e WHERE e.workspace_id = %(workspace_id)s AND e.id = %(id)s;

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
