-- A planned message that begins as queued says so by being there, and its id says when: no event is stored for that.
-- Whatever else a planned message begins as is stored under the id of the message itself (decision 0020).

UPDATE sayso.message_events e SET id = e.message_id
FROM (
    SELECT DISTINCT ON (b.message_id) b.id FROM sayso.message_events b
    JOIN sayso.messages m ON m.workspace_id = b.workspace_id AND m.id = b.message_id AND m.campaign_id IS NOT NULL
    ORDER BY b.message_id, b.id
) AS first
WHERE e.id = first.id AND e.id <> e.message_id;

-- Every event of a message, the first one too: what history is read by, everywhere.
CREATE VIEW sayso.message_history WITH (security_invoker = true) AS
    SELECT e.workspace_id, e.message_id, e.id, e.status, e.reason, e.detail, e.at FROM sayso.message_events e
    UNION ALL
    SELECT m.workspace_id, m.id, m.id, 'queued', '', '', sayso.time_of(m.id) FROM sayso.messages m
    WHERE m.campaign_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM sayso.message_events b WHERE b.workspace_id = m.workspace_id AND b.id = m.id
    );
GRANT SELECT ON sayso.message_history TO sayso_app, sayso_engine;
