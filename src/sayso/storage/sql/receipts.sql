-- name: waiting
-- Matched by the provider's name of the message, else by our own reference. The message must be of the same
-- connection, or have failed over to it: a report cannot speak about another one's messages. Look-ups by key, one each.
-- Its columns stand in the order of the fields of Waiting.
WITH waiting AS MATERIALIZED (
    SELECT q.ctid, q.* FROM sayso.receipt_queue q WHERE q.id > %(after)s ORDER BY q.id LIMIT %(limit)s
)
SELECT q.ctid::text, q.id, q.connection_id, q.provider_ref, q.status, q.reason, q.code, q.opted_out,
    q.recipient AS about, q.provider_at, q.received_at, n.message_id IS NULL AND m.id IS NOT NULL AS by_reference,
    coalesce(m.workspace_id, 0) AS workspace_id, coalesce(m.id, 0) AS message_id, coalesce(m.phone, 0) AS phone,
    coalesce(m.recipient, '') AS recipient, coalesce(m.line_id, 0) AS line_id, coalesce(l.shared, false) AS shared,
    coalesce(m.sender, '') AS sender, coalesce(m.purpose, '') AS purpose,
    coalesce((SELECT c.kind = 'simulator' FROM sayso.connections c WHERE c.id = q.connection_id), false) AS simulated
FROM waiting q
LEFT JOIN LATERAL (
    SELECT p.message_id FROM sayso.provider_ids p
    WHERE p.connection_id = q.connection_id AND p.provider_ref = q.provider_ref LIMIT 1
) AS n ON true
LEFT JOIN LATERAL (
    SELECT w.workspace_id, w.id, w.phone, w.recipient, w.line_id, w.sender, w.purpose FROM sayso.messages w
    WHERE w.id = coalesce(n.message_id,
            CASE WHEN q.client_reference ~ '^[0-9]{1,18}$' THEN q.client_reference::bigint END)
        AND CASE WHEN w.connection_id = q.connection_id THEN true ELSE (
            SELECT true FROM sayso.failed_over f WHERE f.message_id = w.id AND f.connection_id = q.connection_id LIMIT 1
        ) END
    LIMIT 1
) AS m ON true
LEFT JOIN LATERAL (
    SELECT i.kind = 'shared_short_code' AS shared
    FROM sayso.lines s JOIN sayso.inbound_numbers i ON i.id = s.inbound_number_id
    WHERE s.id = m.line_id LIMIT 1
) AS l ON true
ORDER BY q.id

-- name: take
-- The id as well: a place that somebody else has emptied may hold another report by now.
DELETE FROM sayso.receipt_queue
WHERE ctid = ANY (%(ctids)s::tid[]) AND id = ANY (%(ids)s::bigint[])
RETURNING ctid::text

-- name: set_aside
-- A report that cannot be stored as it is: the operator's list; its raw callback is kept besides.
INSERT INTO sayso.unrouted (id, connection_id, kind, sender, why, at)
VALUES (%(id)s, %(connection_id)s, %(kind)s, %(sender)s, %(why)s, %(now)s)
ON CONFLICT DO NOTHING

-- name: lines
-- Every line of these connections, and whether it texted the number; of those that they stand in for, or once did
-- (R9.10), what texted it.
WITH asked AS (
    SELECT DISTINCT * FROM unnest(%(connections)s::int[], %(phones)s::bigint[]) AS t(connection_id, phone)
),
stands_in AS (
    SELECT c.fallback_connection_id AS connection_id, s.number_id
    FROM sayso.connections c CROSS JOIN LATERAL sayso.same_numbers(c.id, c.fallback_connection_id) AS s
    WHERE c.fallback_connection_id = ANY (%(connections)s::int[])
    UNION
    SELECT o.connection_id, h.number_id
    FROM sayso.stood_in h JOIN sayso.inbound_numbers o ON o.id = h.other_number_id
    WHERE o.connection_id = ANY (%(connections)s::int[])
)
SELECT asked.connection_id, asked.phone, s.workspace_id, s.id AS line_id, i.kind = 'shared_short_code' AS shared,
    t.phone IS NOT NULL AS texted, i.number, false AS standing_in, s.withdrawn_at IS NOT NULL AS withdrawn
FROM asked
JOIN sayso.inbound_numbers i ON i.connection_id = asked.connection_id
JOIN sayso.lines s ON s.inbound_number_id = i.id
LEFT JOIN sayso.last_texted t ON t.phone = asked.phone AND t.workspace_id = s.workspace_id AND t.line_id = s.id
UNION ALL
SELECT asked.connection_id, asked.phone, s.workspace_id, s.id, i.kind = 'shared_short_code', true, i.number, true,
    s.withdrawn_at IS NOT NULL
FROM asked
JOIN stands_in USING (connection_id)
JOIN sayso.inbound_numbers i ON i.id = stands_in.number_id
JOIN sayso.lines s ON s.inbound_number_id = i.id
JOIN sayso.last_texted t ON t.phone = asked.phone AND t.workspace_id = s.workspace_id AND t.line_id = s.id

-- name: name
INSERT INTO sayso.provider_ids (connection_id, provider_ref, workspace_id, message_id)
SELECT * FROM unnest(%(connections)s::int[], %(refs)s::text[], %(workspaces)s::int[], %(ids)s::bigint[])
    AS t(connection_id, provider_ref, workspace_id, message_id)
ORDER BY t.connection_id, t.provider_ref COLLATE "C"
ON CONFLICT DO NOTHING

-- name: words
-- What these workspaces want of an opt-out: categories to reject (R5.5: at most five, the oldest first) and the
-- event's names.
SELECT w.id AS workspace_id, w.event_name, w.event_properties, coalesce(c.rejects, '{}') AS rejects
FROM sayso.workspaces w
LEFT JOIN LATERAL (
    SELECT (array_agg(g.name ORDER BY g.created_at, g.name))[1:5] AS rejects
    FROM sayso.categories g WHERE g.workspace_id = w.id AND g.rejected_by_stop
) AS c ON true
WHERE w.id = ANY (%(workspaces)s::int[])

-- name: append_ledger
-- No text did it: the method says so.
INSERT INTO sayso.consents (workspace_id, contact_id, phone, action, category, source, identification, message,
    method, timestamp, imported_timestamp)
SELECT l.workspace_id, nullif(l.contact_id, 0), l.phone, l.action, l.category, l.source, l.identification,
    l.message, 'provider', l.at, l.stored_at
FROM unnest(%(workspace_id)s::int[], %(contact_id)s::bigint[], %(phone)s::bigint[], %(action)s::text[],
    %(category)s::text[], %(source)s::text[], %(identification)s::text[], %(message)s::text[],
    %(at)s::timestamptz[], %(stored_at)s::timestamptz[])
    AS l(workspace_id, contact_id, phone, action, category, source, identification, message, at, stored_at)
