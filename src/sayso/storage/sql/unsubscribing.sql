-- What the page behind a personal link shows and does (R9.4).

-- name: workspace_of
SELECT sayso.workspace_of_message(%(message_id)s);

-- name: subscription
SELECT m.phone, m.recipient, m.contact_id, m.campaign_id, w.name AS workspace, w.country, w.time_zone,
       coalesce(c.language, w.language) AS language, coalesce(n.number, m.sender) AS sender,
       (SELECT min(b.since) FROM blocks b
        WHERE b.phone = m.phone AND b.lifted_at IS NULL AND b.scope IN ('channel', 'all')) AS stopped,
       ARRAY(SELECT b.category FROM blocks b
             WHERE b.phone = m.phone AND b.lifted_at IS NULL AND b.scope = 'category') AS left_categories
FROM messages m
JOIN workspaces w ON w.id = m.workspace_id
LEFT JOIN contacts c ON c.id = m.contact_id
LEFT JOIN lines l ON l.id = m.line_id
LEFT JOIN inbound_numbers n ON n.id = l.inbound_number_id
WHERE m.id = %(message_id)s;
