-- Keyword processes on lines (R4.*). Deleting keeps the row: history stays (R4.2).

-- No row comes back where the line has its main unsubscribe or its help already.
-- name: create
INSERT INTO processes (workspace_id, line_id, type, name, match_mode, predefined_mode, scope, categories,
                       template_id, created_at, updated_at)
VALUES ((SELECT sayso.workspace()), %(line_id)s, %(type)s, %(name)s, %(match_mode)s, %(predefined_mode)s,
        %(scope)s, %(categories)s, %(template_id)s, %(now)s, %(now)s)
ON CONFLICT (workspace_id, line_id, type)
    WHERE type IN ('unsubscribe', 'help') AND deleted_at IS NULL DO NOTHING
RETURNING id;

-- name: get
SELECT id, line_id, type, name, match_mode, predefined_mode, scope, categories, template_id, state, version,
       created_at, updated_at
FROM processes
WHERE id = %(process_id)s AND deleted_at IS NULL;

-- name: for_update
SELECT id, line_id, type, name, match_mode, predefined_mode, scope, categories, template_id, state, version,
       created_at, updated_at
FROM processes
WHERE id = %(process_id)s AND deleted_at IS NULL
FOR UPDATE;

-- name: on_line
SELECT id, line_id, type, name, match_mode, predefined_mode, scope, categories, template_id, state, version,
       created_at, updated_at
FROM processes
WHERE line_id = %(line_id)s AND deleted_at IS NULL
ORDER BY id;

-- name: update
UPDATE processes
SET name = %(name)s, match_mode = %(match_mode)s, predefined_mode = %(predefined_mode)s, scope = %(scope)s,
    categories = %(categories)s, template_id = %(template_id)s, version = version + 1, updated_at = %(now)s
WHERE id = %(process_id)s;

-- name: set_state
UPDATE processes SET state = %(state)s, version = version + 1, updated_at = %(now)s WHERE id = %(process_id)s;

-- name: delete
UPDATE processes SET deleted_at = %(now)s, state = 'paused', updated_at = %(now)s WHERE id = %(process_id)s;

-- name: keywords
SELECT process_id, folded, written
FROM process_keywords
WHERE process_id = ANY (%(process_ids)s::int[])
ORDER BY process_id, folded;

-- name: remove_keywords
DELETE FROM process_keywords
WHERE process_id = %(process_id)s AND folded <> ALL (%(folded)s::text[]);

-- name: add_keywords
INSERT INTO process_keywords (workspace_id, process_id, folded, written)
SELECT (SELECT sayso.workspace()), %(process_id)s, folded, written
FROM unnest(%(folded)s::text[], %(written)s::text[]) AS keyword (folded, written)
ORDER BY folded
ON CONFLICT (workspace_id, process_id, folded) DO NOTHING;

-- R4.4, in one statement: a page of 50 processes must not ask 50 times.
-- name: overview
SELECT p.id, p.line_id, p.type, p.name, p.match_mode, p.predefined_mode, p.scope, p.categories, p.template_id,
       p.state, p.version, p.created_at, p.updated_at, t.mailing_id,
       n.number, n.kind, l.provider_keyword,
       ARRAY(SELECT k.written FROM process_keywords k
             WHERE k.workspace_id = p.workspace_id AND k.process_id = p.id ORDER BY k.folded) AS keywords,
       m.last_match, coalesce(m.matches_in_7_days, 0)::int AS matches_in_7_days
FROM processes p
JOIN lines l ON l.workspace_id = p.workspace_id AND l.id = p.line_id
JOIN inbound_numbers n ON n.id = l.inbound_number_id
LEFT JOIN templates t ON t.workspace_id = p.workspace_id AND t.id = p.template_id
LEFT JOIN LATERAL (
    SELECT max(d.last_at) AS last_match, sum(d.matches) FILTER (WHERE d.day > %(today)s::date - 7) AS matches_in_7_days
    FROM process_matches d WHERE d.workspace_id = p.workspace_id AND d.process_id = p.id) m ON true
WHERE p.id > %(after)s AND p.deleted_at IS NULL
ORDER BY p.id
LIMIT %(limit)s;
