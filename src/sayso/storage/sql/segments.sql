-- Segments as people edit them (R8.3); what their conditions are in SQL stands in audience.sql.

-- name: create
INSERT INTO segments (workspace_id, name, conditions, created_at, changed_at)
VALUES ((SELECT sayso.workspace()), %(name)s, %(conditions)s, %(now)s, %(now)s)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: every
SELECT id, name, conditions, created_at, changed_at FROM segments
WHERE id > %(after)s
ORDER BY id
LIMIT %(limit)s;

-- name: get
SELECT id, name, conditions, created_at, changed_at FROM segments WHERE id = %(segment_id)s;

-- name: for_update
SELECT id, name, conditions, created_at, changed_at FROM segments WHERE id = %(segment_id)s FOR UPDATE;

-- name: hold
-- For whoever is about to refer to it: it cannot be removed before they are done.
SELECT id FROM segments WHERE id = %(segment_id)s FOR KEY SHARE;

-- name: is_taken
SELECT count(*) FROM segments WHERE name = %(name)s AND id <> %(segment_id)s;

-- name: update
UPDATE segments SET name = %(name)s, conditions = %(conditions)s, changed_at = %(now)s WHERE id = %(segment_id)s;

-- name: delete
-- A segment that a campaign goes to stays.
DELETE FROM segments s
WHERE s.id = %(segment_id)s AND NOT EXISTS (SELECT FROM campaigns c WHERE c.segment_id = s.id);

-- name: lists
SELECT id, name FROM lists WHERE id = ANY (%(ids)s::int[]);

-- name: campaigns
SELECT id, name FROM campaigns WHERE id = ANY (%(ids)s::int[]);
