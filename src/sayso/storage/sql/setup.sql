-- name: version
SELECT version FROM sayso.setup

-- name: numbers
-- What the provider answers by itself depends on the kind of number: the caller's catalogue knows.
SELECT n.id, n.connection_id, n.number, n.kind, n.country, n.help_answer, c.kind, c.settings
FROM sayso.inbound_numbers n JOIN sayso.connections c ON c.id = n.connection_id
ORDER BY n.id

-- name: lines
-- Withdrawn ones too: a stop must still reach whoever texted from them.
SELECT l.workspace_id, l.id, l.inbound_number_id, l.provider_keyword, l.language, l.withdrawn_at IS NOT NULL,
    w.event_name, w.event_properties
FROM sayso.lines l JOIN sayso.workspaces w ON w.id = l.workspace_id
ORDER BY l.id

-- name: processes
-- Only started ones listen (R4.2). Keywords and words by language come as arrays and objects: one row a process.
SELECT p.workspace_id, p.line_id, p.id, p.type, p.name, p.match_mode, p.predefined_mode, p.scope, p.categories,
    p.template_id,
    coalesce((SELECT array_agg(k.folded ORDER BY k.folded) FROM sayso.process_keywords k
              WHERE k.workspace_id = p.workspace_id AND k.process_id = p.id), '{}') AS keywords,
    coalesce((SELECT jsonb_object_agg(t.language, t.body) FROM sayso.template_texts t
              WHERE t.workspace_id = p.workspace_id AND t.template_id = p.template_id), '{}') AS messages
FROM sayso.processes p
WHERE p.state = 'started' AND p.deleted_at IS NULL
ORDER BY p.id

-- name: terms
SELECT workspace_id, array_agg(folded ORDER BY folded) FROM sayso.opt_out_terms GROUP BY workspace_id

-- name: rejects
-- R5.5: at most five, the oldest first.
SELECT workspace_id, (array_agg(name ORDER BY created_at, name))[1:5]
FROM sayso.categories WHERE rejected_by_stop GROUP BY workspace_id

-- name: unknown_confirmations
SELECT workspace_id, array_agg(country) FROM sayso.confirmation_permissions GROUP BY workspace_id

-- name: stand_ins
-- R9.10: what comes in by the connection that stands in, or once did, is for the number that it stood in for, unless the
-- number there has a line of its own by now. The last of several counts: what stands in today comes after what did before.
SELECT c.fallback_connection_id, n.connection_id, n.number, true AS is_for_it, true AS today
FROM sayso.connections c
CROSS JOIN LATERAL sayso.same_numbers(c.id, c.fallback_connection_id) AS s
JOIN sayso.inbound_numbers n ON n.id = s.number_id
WHERE c.fallback_connection_id IS NOT NULL
UNION ALL
SELECT o.connection_id, n.connection_id, n.number,
    NOT EXISTS (SELECT FROM sayso.lines l WHERE l.inbound_number_id = o.id), false
FROM sayso.stood_in s
JOIN sayso.inbound_numbers n ON n.id = s.number_id
JOIN sayso.inbound_numbers o ON o.id = s.other_number_id
ORDER BY 5, 2 DESC
