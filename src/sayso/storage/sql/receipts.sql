-- name: waiting
-- Matched by the provider's name of the message, else by our own reference, which must then be of the same
-- connection: a report cannot speak about another one's messages. Look-ups by key, one each.
WITH waiting AS MATERIALIZED (
    SELECT q.ctid, q.* FROM sayso.receipt_queue q WHERE q.id > %(after)s ORDER BY q.id LIMIT %(limit)s
)
SELECT q.ctid::text, q.id, q.connection_id, q.provider_ref, q.status, q.reason, q.code, q.opted_out,
    q.recipient AS about, q.provider_at, q.received_at, n.message_id IS NULL AND m.id IS NOT NULL AS by_reference,
    coalesce(m.workspace_id, 0) AS workspace_id, coalesce(m.id, 0) AS message_id, coalesce(m.phone, 0) AS phone,
    coalesce(m.recipient, '') AS recipient, coalesce(m.line_id, 0) AS line_id, coalesce(l.shared, false) AS shared
FROM waiting q
LEFT JOIN LATERAL (
    SELECT p.message_id FROM sayso.provider_ids p
    WHERE p.connection_id = q.connection_id AND p.provider_ref = q.provider_ref LIMIT 1
) AS n ON true
LEFT JOIN LATERAL (
    SELECT w.workspace_id, w.id, w.phone, w.recipient, w.line_id FROM sayso.messages w
    WHERE w.id = coalesce(n.message_id,
            CASE WHEN q.client_reference ~ '^[0-9]{1,18}$' THEN q.client_reference::bigint END)
        AND w.connection_id = q.connection_id
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
-- Every line of these connections, and whether it texted the number.
SELECT asked.connection_id, asked.phone, s.workspace_id, s.id AS line_id, i.kind = 'shared_short_code' AS shared,
    t.phone IS NOT NULL AS texted
FROM (SELECT DISTINCT * FROM unnest(%(connections)s::int[], %(phones)s::bigint[])) AS asked(connection_id, phone)
JOIN sayso.inbound_numbers i ON i.connection_id = asked.connection_id
JOIN sayso.lines s ON s.inbound_number_id = i.id
LEFT JOIN sayso.last_texted t ON t.phone = asked.phone AND t.workspace_id = s.workspace_id AND t.line_id = s.id

-- name: name
INSERT INTO sayso.provider_ids (connection_id, provider_ref, workspace_id, message_id)
SELECT * FROM unnest(%(connections)s::int[], %(refs)s::text[], %(workspaces)s::int[], %(ids)s::bigint[])
    AS t(connection_id, provider_ref, workspace_id, message_id)
ORDER BY t.connection_id, t.provider_ref COLLATE "C"
ON CONFLICT DO NOTHING

-- name: block_opted_out
-- The block first; only one that is new writes into the ledger, as a STOP would: ten profiles, last texted
-- first, and five categories, the oldest first (R5.5).
WITH blocked AS (
    INSERT INTO sayso.blocks (workspace_id, phone, written, scope, line_id, since, source, reason)
    SELECT workspace_id, phone, written, scope, line_id, since, 'provider',
        'The provider says that this number has opted out.'
    FROM unnest(%(workspaces)s::int[], %(phones)s::bigint[], %(writtens)s::text[], %(scopes)s::text[],
        %(lines)s::int[], %(sinces)s::timestamptz[]) AS o(workspace_id, phone, written, scope, line_id, since)
    ORDER BY phone, workspace_id, scope, line_id
    ON CONFLICT (phone, workspace_id, scope, line_id, category) WHERE lifted_at IS NULL DO NOTHING
    RETURNING workspace_id, phone, written, scope, since, stored_at
),
rejected AS MATERIALIZED (
    SELECT b.*, p.contact_id, coalesce(c.name, '*') AS category
    FROM blocked b
    LEFT JOIN LATERAL (
        SELECT k.id AS contact_id FROM sayso.contacts k
        LEFT JOIN sayso.last_texted t
            ON t.phone = k.phone AND t.workspace_id = k.workspace_id AND t.contact_id = k.id
        WHERE k.workspace_id = b.workspace_id AND k.phone = b.phone
        GROUP BY k.id ORDER BY max(t.message_id) DESC NULLS LAST, k.id LIMIT 10
    ) AS p ON true
    LEFT JOIN LATERAL (
        SELECT g.name FROM sayso.categories g
        WHERE g.workspace_id = b.workspace_id AND g.rejected_by_stop ORDER BY g.created_at, g.name LIMIT 5
    ) AS c ON true
),
ledger AS (
    INSERT INTO sayso.consents (workspace_id, contact_id, phone, action, category, source, identification,
        message, method, timestamp, imported_timestamp)
    SELECT workspace_id, contact_id, phone, 'reject', category, 'provider', written, '', 'provider', since, stored_at
    FROM rejected
),
states AS (
    INSERT INTO sayso.consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
    SELECT workspace_id, phone, coalesce(contact_id, 0), category, 'reject', since, 'provider'
    FROM rejected WHERE scope = 'channel'
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE
        SET state = excluded.state, since = excluded.since, source = excluded.source
        WHERE excluded.since >= s.since
)
-- R5.5: on channel scope it is so on all profiles of the number.
UPDATE sayso.contacts c SET sms_consent = 'no', updated_at = b.stored_at
FROM blocked b
WHERE b.scope = 'channel' AND c.workspace_id = b.workspace_id AND c.phone = b.phone AND c.sms_consent <> 'no'
