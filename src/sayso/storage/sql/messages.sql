-- Messages that the API asks for. The wide row is written once, the queue's row is narrow.

-- name: add
INSERT INTO messages (workspace_id, contact_id, phone, recipient, connection_id, line_id, sender, class,
                      purpose, category, template_id, body, media_urls, encoding, parts, client_reference,
                      because, price, counts_on)
VALUES ((SELECT sayso.workspace()), %(contact_id)s, %(phone)s, %(recipient)s, %(connection_id)s, %(line_id)s,
        %(sender)s, %(class)s, %(purpose)s, %(category)s, %(template_id)s, %(body)s, %(media_urls)s, %(encoding)s,
        %(parts)s, %(client_reference)s, %(because)s, %(price)s, %(counts_on)s)
RETURNING id;

-- name: enqueue
INSERT INTO outbox (connection_id, lane, due, workspace_id, message_id)
VALUES (%(connection_id)s, %(lane)s, %(due)s, (SELECT sayso.workspace()), %(message_id)s);

-- Once a message here: the API answers one message a request, so there is no batch to share it.
-- name: wake
SELECT pg_notify('outbox', '');

-- name: add_event
INSERT INTO message_events (workspace_id, message_id, status, reason, detail, at)
VALUES ((SELECT sayso.workspace()), %(message_id)s, %(status)s, %(reason)s, %(detail)s, %(at)s);

-- name: add_outcome
INSERT INTO outcomes (workspace_id, message_id, status, reason, rank, at)
VALUES ((SELECT sayso.workspace()), %(message_id)s, %(status)s, %(reason)s, %(rank)s, %(at)s);

-- No outcome yet means queued.
-- name: get
SELECT m.id, sayso.time_of(m.id) AS created_at, m.contact_id, m.phone, m.recipient, m.line_id, m.sender,
       m.class AS message_class, m.purpose, m.category, m.template_id, m.inbound_id, m.body, m.media_urls,
       m.encoding, m.parts, m.client_reference, m.because, m.price, coalesce(o.status, 'queued') AS status,
       coalesce(o.reason, '') AS reason
FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id
WHERE m.id = %(message_id)s;

-- name: newest_of_phone
SELECT m.id, sayso.time_of(m.id) AS created_at, m.contact_id, m.phone, m.recipient, m.line_id, m.sender,
       m.class AS message_class, m.purpose, m.category, m.template_id, m.inbound_id, m.body, m.media_urls,
       m.encoding, m.parts, m.client_reference, m.because, m.price, coalesce(o.status, 'queued') AS status,
       coalesce(o.reason, '') AS reason
FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id
WHERE m.phone = %(phone)s AND m.id < %(before_id)s
ORDER BY m.id DESC
LIMIT %(limit)s;

-- name: newest
SELECT m.id, sayso.time_of(m.id) AS created_at, m.contact_id, m.phone, m.recipient, m.line_id, m.sender,
       m.class AS message_class, m.purpose, m.category, m.template_id, m.inbound_id, m.body, m.media_urls,
       m.encoding, m.parts, m.client_reference, m.because, m.price, coalesce(o.status, 'queued') AS status,
       coalesce(o.reason, '') AS reason
FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id
WHERE m.id < %(before_id)s
ORDER BY m.id DESC
LIMIT %(limit)s;

-- name: events
SELECT status, reason, detail, at
FROM message_history
WHERE message_id = %(message_id)s
ORDER BY id;

-- name: events_of
SELECT message_id, status, reason, detail, at
FROM message_history
WHERE message_id = ANY (%(message_ids)s::bigint[])
ORDER BY message_id, id;

-- What became of a number's messages since a moment: each counts by when it left, or by when it was held back,
-- so that one that was asked for before a stop and left after it is among them.
-- name: became_since
SELECT m.class AS message_class, m.purpose, coalesce(o.status, 'queued') AS status, count(*) AS messages
FROM messages m
LEFT JOIN outcomes o ON o.message_id = m.id
LEFT JOIN LATERAL (
    SELECT min(e.at) AS at FROM message_events e
    WHERE e.message_id = m.id AND e.status <> ALL (%(never_left)s::text[])
) AS gone ON true
WHERE m.phone = %(phone)s AND coalesce(gone.at, o.at, sayso.time_of(m.id)) >= %(since)s
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;

-- Newest first: the sender that a number knows us by is kept.
-- name: texted_from
SELECT line_id, contact_id, at FROM last_texted WHERE phone = %(phone)s ORDER BY at DESC;

-- name: put_off_since
-- Asked only of what is put off a day or more after it was made.
SELECT asked.message_id, first.at
FROM unnest(%(workspaces)s::int[], %(ids)s::bigint[]) AS asked(workspace_id, message_id)
CROSS JOIN LATERAL (
    SELECT e.at FROM sayso.message_events e
    WHERE e.workspace_id = asked.workspace_id AND e.message_id = asked.message_id AND e.status = 'deferred'
        AND e.reason = ANY (%(reasons)s::text[])
    ORDER BY e.id LIMIT 1
) AS first;
