-- Inbound numbers belong to the operator, lines to a workspace (R3.1).

-- name: create_number
INSERT INTO inbound_numbers (connection_id, number, kind, country, help_answer)
VALUES (%(connection_id)s, %(number)s, %(kind)s, %(country)s, %(help_answer)s)
ON CONFLICT (connection_id, number) DO NOTHING
RETURNING id;

-- name: every_number
SELECT id, connection_id, number, kind, country, help_answer, created_at
FROM inbound_numbers
WHERE id > %(after)s
ORDER BY id
LIMIT %(limit)s;

-- name: get_number
SELECT id, connection_id, number, kind, country, help_answer, created_at
FROM inbound_numbers
WHERE id = %(number_id)s;

-- Locked, so that an edit is held against the answer that it really replaces.
-- name: number_for_update
SELECT id, connection_id, number, kind, country, help_answer, created_at
FROM inbound_numbers
WHERE id = %(number_id)s
FOR UPDATE;

-- name: set_help_answer
UPDATE inbound_numbers SET help_answer = %(help_answer)s WHERE id = %(number_id)s;

-- The connection for which this number stands in, or has stood in until it is freed: answers to it are for the number
-- there.
-- name: stands_in_for
SELECT c.name
FROM inbound_numbers o
JOIN connections c ON c.fallback_connection_id = o.connection_id
CROSS JOIN LATERAL sayso.same_numbers(c.id, o.connection_id) AS s
WHERE o.id = %(number_id)s AND s.other_number_id = o.id
UNION ALL
SELECT c.name
FROM sayso.stood_in s
JOIN inbound_numbers n ON n.id = s.number_id
JOIN connections c ON c.id = n.connection_id
WHERE s.other_number_id = %(number_id)s AND s.freed_at IS NULL
LIMIT 1;

-- As the number that stands in; or as one for which another does, or once did for somebody else.
-- name: stands_in_twice
SELECT o.name, min(c.name) AS one, max(c.name) AS another
FROM connections o
JOIN connections c ON c.fallback_connection_id = o.id
JOIN inbound_numbers n ON n.connection_id = c.id AND n.number = %(number)s AND n.kind = %(kind)s
WHERE o.id = %(connection_id)s
GROUP BY o.id, o.name
HAVING count(*) > 1
UNION ALL
SELECT o.name, mine.name, whose.name
FROM connections mine
JOIN connections o ON o.id = mine.fallback_connection_id
JOIN inbound_numbers t ON t.connection_id = o.id AND t.number = %(number)s AND t.kind = %(kind)s
CROSS JOIN LATERAL (
    SELECT c.id, c.name FROM connections c CROSS JOIN LATERAL sayso.same_numbers(c.id, o.id) AS s
    WHERE c.fallback_connection_id = o.id AND s.other_number_id = t.id
    UNION ALL
    SELECT c.id, c.name
    FROM sayso.stood_in s JOIN inbound_numbers n ON n.id = s.number_id JOIN connections c ON c.id = n.connection_id
    WHERE s.other_number_id = t.id AND s.freed_at IS NULL
) AS whose
WHERE mine.id = %(connection_id)s AND whose.id <> mine.id
LIMIT 1;

-- name: stood_in
SELECT name, today, waits, last_at, freed_at FROM sayso.stood_in_of(%(number_id)s);

-- name: hold_stood_in
SELECT sayso.hold_stood_in();

-- name: free_stood_in
SELECT sayso.free_stood_in(%(number_id)s, %(now)s);

-- No row comes back where somebody, in whatever workspace, holds the number or keyword.
-- name: create_line
INSERT INTO lines (workspace_id, inbound_number_id, provider_keyword, language)
VALUES ((SELECT sayso.workspace()), %(inbound_number_id)s, %(provider_keyword)s, %(language)s)
ON CONFLICT (inbound_number_id, provider_keyword) WHERE withdrawn_at IS NULL DO NOTHING
RETURNING id;

-- name: every_line
SELECT l.id, l.inbound_number_id, n.connection_id, n.number, n.kind, n.country, l.provider_keyword,
       l.language, l.withdrawn_at, l.created_at
FROM lines l JOIN inbound_numbers n ON n.id = l.inbound_number_id
WHERE l.id > %(after)s
ORDER BY l.id
LIMIT %(limit)s;

-- name: get_line
SELECT l.id, l.inbound_number_id, n.connection_id, n.number, n.kind, n.country, l.provider_keyword,
       l.language, l.withdrawn_at, l.created_at
FROM lines l JOIN inbound_numbers n ON n.id = l.inbound_number_id
WHERE l.id = %(line_id)s;

-- So that two saves of processes on one line see each other's keywords. Not a lock of the row: to lock is to
-- write in the eyes of row-level security, and only the operator writes lines.
-- name: hold_line
SELECT pg_advisory_xact_lock(hashtext('sayso.line'), %(line_id)s);

-- Locked, so that an audit entry's `before` is what this change really replaced.
-- name: line_for_update
SELECT l.id, l.inbound_number_id, n.connection_id, n.number, n.kind, n.country, l.provider_keyword,
       l.language, l.withdrawn_at, l.created_at
FROM lines l JOIN inbound_numbers n ON n.id = l.inbound_number_id
WHERE l.id = %(line_id)s
FOR UPDATE OF l;

-- The lines that may send: a workspace has few of them, so all are read and one is chosen by the action.
-- name: sending_lines
SELECT l.id, l.inbound_number_id, n.connection_id, n.number, n.kind, n.country, l.provider_keyword,
       l.language, l.withdrawn_at, l.created_at
FROM sayso.lines l JOIN sayso.inbound_numbers n ON n.id = l.inbound_number_id
WHERE l.workspace_id = coalesce(%(workspace_id)s::int, (SELECT sayso.workspace())) AND l.withdrawn_at IS NULL
ORDER BY l.id;

-- name: withdraw_line
UPDATE lines SET withdrawn_at = %(now)s WHERE id = %(line_id)s AND withdrawn_at IS NULL;

-- R3.3: of the shared codes only those that the workspace itself sends from.
-- name: stopped_codes
SELECT b.phone, n.number AS code, b.since
FROM sayso.code_blocked(%(phones)s::bigint[]) AS b
JOIN inbound_numbers n ON n.id = b.inbound_number_id
WHERE EXISTS (SELECT FROM lines l WHERE l.inbound_number_id = n.id AND l.withdrawn_at IS NULL)
ORDER BY b.phone, n.number;

-- For operators alone: whose the lines are.
-- name: lines_of_all
SELECT id, workspace_id, workspace_name, inbound_number_id, provider_keyword, language, withdrawn_at
FROM sayso.lines_of_all();
