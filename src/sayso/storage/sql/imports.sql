-- Contacts from files (R8.2). As the app, in the workspace of the transaction; `due` alone crosses, as the engine.

-- name: begin
WITH made AS (
    INSERT INTO contact_imports (workspace_id, file_name, whole_size, user_id, key_id, created_at)
    VALUES ((SELECT sayso.workspace()), %(file_name)s, %(whole_size)s, %(user_id)s, %(key_id)s, %(now)s)
    RETURNING workspace_id, id
)
INSERT INTO contact_import_progress (workspace_id, import_id) SELECT workspace_id, id FROM made
RETURNING import_id;

-- A piece that came twice, or out of turn, finds another size and changes nothing.
-- name: add_piece
WITH grown AS (
    UPDATE contact_import_progress SET size = size + length(%(data)s::bytea)
    WHERE import_id = %(import_id)s AND state = 'draft' AND size = %(at_byte)s
    RETURNING workspace_id, import_id
)
INSERT INTO contact_import_chunks (workspace_id, import_id, at_byte, data)
SELECT workspace_id, import_id, %(at_byte)s::bigint, %(data)s::bytea FROM grown;

-- name: get
SELECT i.id, i.file_name, i.whole_size, i.user_id, i.key_id, i.created_at, i.shape, i.mapping, i.country, p.state, p.size,
       p.at_byte, p.at_line, p.rows_read, p.created, p.changed, p.unchanged, p.refused, p.started_at, p.ended_at,
       p.failure, i.sheet
FROM contact_imports i
JOIN contact_import_progress p ON p.workspace_id = i.workspace_id AND p.import_id = i.id
WHERE i.id = %(import_id)s;

-- name: newest
SELECT i.id, i.file_name, i.whole_size, i.user_id, i.key_id, i.created_at, i.shape, i.mapping, i.country, p.state, p.size,
       p.at_byte, p.at_line, p.rows_read, p.created, p.changed, p.unchanged, p.refused, p.started_at, p.ended_at,
       p.failure, i.sheet
FROM contact_imports i
JOIN contact_import_progress p ON p.workspace_id = i.workspace_id AND p.import_id = i.id
WHERE i.id < %(before_id)s
ORDER BY i.id DESC
LIMIT %(limit)s;

-- A chunk has at most a mebibyte, so the one that holds the first byte begins at most that far before it.
-- name: stretch
SELECT substring(data FROM greatest(%(at_byte)s - at_byte, 0)::int + 1
                      FOR (%(at_byte)s + %(size)s - greatest(at_byte, %(at_byte)s))::int) AS data
FROM contact_import_chunks
WHERE import_id = %(import_id)s AND at_byte > %(at_byte)s - 1048576 AND at_byte < %(at_byte)s + %(size)s
ORDER BY at_byte;

-- name: start
UPDATE contact_imports SET shape = %(shape)s, mapping = %(mapping)s, country = %(country)s
WHERE id = %(import_id)s;

-- What was begun goes on behind its checkpoint.
-- name: wait
UPDATE contact_import_progress
SET state = 'waiting', failure = '', ended_at = NULL, started_at = coalesce(started_at, %(now)s),
    at_byte = greatest(at_byte, %(begins)s), at_line = greatest(at_line, %(lines_before)s)
WHERE import_id = %(import_id)s AND state IN ('draft', 'stopped', 'failed');

-- name: stop
UPDATE contact_import_progress SET state = 'stopped', ended_at = %(now)s
WHERE import_id = %(import_id)s AND state IN ('waiting', 'running');

-- name: due
SELECT workspace_id, import_id
FROM sayso.contact_import_progress
WHERE state IN ('waiting', 'running')
ORDER BY import_id
LIMIT 100;

-- The fence of a slice: only from where it began, and not where somebody has stopped it meanwhile.
-- name: advance
UPDATE contact_import_progress
SET state = 'running', at_byte = %(to_byte)s, at_line = %(to_line)s, rows_read = rows_read + %(rows_read)s,
    created = created + %(created)s, changed = changed + %(changed)s, unchanged = unchanged + %(unchanged)s,
    refused = refused + %(refused)s
WHERE import_id = %(import_id)s AND at_byte = %(from_byte)s AND state IN ('waiting', 'running');

-- name: refuse
INSERT INTO contact_import_refusals (workspace_id, import_id, line, written, reasons)
SELECT (SELECT sayso.workspace()), %(import_id)s, line, written, reasons
FROM unnest(%(lines)s::int[], %(writtens)s::text[], %(reasons)s::jsonb[]) AS row (line, written, reasons)
ORDER BY line;

-- name: end
UPDATE contact_import_progress SET state = %(state)s, failure = %(failure)s, ended_at = %(now)s
WHERE import_id = %(import_id)s AND state IN ('waiting', 'running');

-- name: forget_file
DELETE FROM contact_import_chunks WHERE import_id = %(import_id)s;

-- name: refusals
SELECT line, written, reasons
FROM contact_import_refusals
WHERE import_id = %(import_id)s AND line > %(after)s
ORDER BY line
LIMIT %(limit)s;

-- What the engine does for a workspace it does as the app, so that no statement can reach another one's rows.
-- name: as_app
SET LOCAL ROLE sayso_app;

-- name: in_workspace
SELECT set_config('sayso.workspace_id', %(workspace_id)s, true);
