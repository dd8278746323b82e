-- Spreadsheets that become rows of text (R8.2). As the app, in the workspace of the transaction; `due` alone
-- crosses, as the engine. The rows stand from 2^40 on until all of them are there.

-- name: begin
UPDATE contact_import_progress SET state = 'reading'
WHERE import_id = %(import_id)s AND state = 'draft';

-- name: due
SELECT workspace_id, import_id FROM sayso.contact_import_progress
WHERE state = 'reading' ORDER BY import_id LIMIT 20;

-- name: add
INSERT INTO contact_import_chunks (workspace_id, import_id, at_byte, data)
VALUES ((SELECT sayso.workspace()), %(import_id)s, 1099511627776 + %(at_byte)s::bigint, %(data)s);

-- What a process that ended in the midst has left.
-- name: forget_rows
DELETE FROM contact_import_chunks WHERE import_id = %(import_id)s AND at_byte >= 1099511627776;

-- name: forget_spreadsheet
DELETE FROM contact_import_chunks WHERE import_id = %(import_id)s AND at_byte < 1099511627776;

-- Their bytes lie outside the row and are not written again.
-- name: take_place
UPDATE contact_import_chunks SET at_byte = at_byte - 1099511627776
WHERE import_id = %(import_id)s AND at_byte >= 1099511627776;

-- name: turned
UPDATE contact_imports SET whole_size = %(size)s, shape = %(shape)s, sheet = %(sheet)s
WHERE id = %(import_id)s;

-- name: is_draft
UPDATE contact_import_progress SET state = 'draft', size = %(size)s
WHERE import_id = %(import_id)s AND state = 'reading';

-- name: fail
UPDATE contact_import_progress SET state = 'failed', failure = %(failure)s, ended_at = %(now)s
WHERE import_id = %(import_id)s AND state = 'reading';
