-- Lists of contacts (R8.3).

-- name: create
INSERT INTO lists (workspace_id, name) VALUES ((SELECT sayso.workspace()), %(name)s)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: every
SELECT l.id, l.name, l.created_at, (SELECT count(*) FROM list_members m WHERE m.list_id = l.id) AS contacts
FROM lists l
WHERE l.id > %(after)s
ORDER BY l.id
LIMIT %(limit)s;

-- name: get
SELECT l.id, l.name, l.created_at, (SELECT count(*) FROM list_members m WHERE m.list_id = l.id) AS contacts
FROM lists l
WHERE l.id = %(list_id)s;

-- Sorted by key, as every bulk write is. Who is not a contact here is not added.
-- name: add
INSERT INTO list_members (workspace_id, list_id, contact_id)
SELECT c.workspace_id, %(list_id)s, c.id FROM contacts c
WHERE c.external_id = ANY (%(external_ids)s::text[]) OR c.phone = ANY (%(phones)s::bigint[])
ORDER BY c.id
ON CONFLICT DO NOTHING;

-- name: remove
DELETE FROM list_members m USING contacts c
WHERE m.list_id = %(list_id)s AND c.id = m.contact_id 
    AND (c.external_id = ANY (%(external_ids)s::text[]) OR c.phone = ANY (%(phones)s::bigint[]));

-- name: known
SELECT external_id FROM contacts WHERE external_id = ANY (%(external_ids)s::text[]);

-- name: known_phones
SELECT DISTINCT phone FROM contacts WHERE phone = ANY (%(phones)s::bigint[]);

-- name: lock
-- Before it is removed. Whoever makes a campaign on it meanwhile waits (their key share), or is seen by the look after.
SELECT id FROM lists WHERE id = %(list_id)s FOR UPDATE;

-- name: hold
-- For whoever is about to refer to it: it cannot be removed before they are done.
SELECT id FROM lists WHERE id = %(list_id)s FOR KEY SHARE;

-- name: delete
-- A list that a campaign goes to stays, and one that a segment speaks of: “not on it” would be everybody.
DELETE FROM lists l
WHERE l.id = %(list_id)s AND NOT EXISTS (SELECT FROM campaigns c WHERE c.list_id = l.id)
    AND NOT EXISTS (
        SELECT FROM segments s
        WHERE jsonb_path_exists(s.conditions, 'strict $.** ? (@.about == "list" && @.id == $id)',
                                jsonb_build_object('id', l.id))
    );
