-- name: lately
SELECT count(*) FROM messages
WHERE workspace_id = (SELECT sayso.workspace()) AND purpose = 'test'
    AND id > sayso.id_at(%(now)s::timestamptz - interval '1 day');

-- name: store
-- Texts of a campaign to colleagues: of no campaign's figures, and never looked for an hour later.
WITH said AS MATERIALIZED (
    SELECT s.* FROM unnest(%(ids)s::bigint[], %(phones)s::bigint[], %(connections)s::int[], %(lines)s::int[],
        %(senders)s::text[], %(bodies)s::text[], %(encodings)s::text[], %(parts)s::smallint[], %(statuses)s::text[],
        %(reasons)s::text[], %(details)s::text[], %(ranks)s::smallint[], %(dues)s::timestamptz[], %(becauses)s::jsonb[],
        %(with_media)s::boolean[], %(prices)s::bigint[], %(count_on)s::date[])
        AS s(id, phone, connection_id, line_id, sender, body, encoding, parts, status, reason, detail, rank, due, because,
             with_media, price, counts_on)
),
stored AS (
    INSERT INTO messages (workspace_id, id, phone, recipient, connection_id, line_id, sender, class, purpose, category,
        body, media_urls, encoding, parts, because, client_reference, expires_at, test_of, variant, price,
        counts_on)
    SELECT (SELECT sayso.workspace()), id, phone, '+' || phone, connection_id, line_id, sender, 'advertising', 'test',
        %(category)s, body, CASE WHEN with_media THEN %(media)s::text[] ELSE '{}' END, encoding, parts, because,
        'test of campaign ' || %(campaign_id)s::int, %(now)s + interval '1 hour', %(campaign_id)s, %(variant)s, price,
        counts_on
    FROM said
),
queued AS (
    INSERT INTO outbox (connection_id, lane, due, workspace_id, message_id)
    SELECT connection_id, %(lane)s, due, (SELECT sayso.workspace()), id FROM said WHERE status IN ('queued', 'deferred')
),
decided AS (
    INSERT INTO outcomes (workspace_id, message_id, status, reason, rank, at)
    SELECT (SELECT sayso.workspace()), id, status, reason, rank, %(now)s FROM said WHERE status <> 'queued' ORDER BY id
)
INSERT INTO message_events (workspace_id, message_id, status, reason, detail, at)
SELECT (SELECT sayso.workspace()), id, status, reason, detail, %(now)s FROM said;
