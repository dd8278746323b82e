-- Connections as sending needs them.

-- name: every
-- One statement, so that version and rows are of one moment.
SELECT s.version, c.id, c.name, c.kind, c.settings, c.secrets, c.hook_token, c.parts_per_second,
    c.fallback_connection_id, c.fallback_after
FROM sayso.setup s LEFT JOIN sayso.connections c ON true ORDER BY c.id

-- name: version
SELECT version FROM sayso.setup
