-- name: store
-- Everything of one flush in one statement: what is new by its ref is stored raw, then queued. A recorded
-- callback that is posted again has its old ref, so a signature's nonce needs no table of its own.
-- Ids are given in the order of arrival; the refs, which may meet another flush's, are inserted sorted.
-- Joined by `id`, not by ref: only the row that won its ref goes on.
-- Headers and bodies come as one run of bytes with the places where they begin: as arrays they were a tenth of
-- the statement, most of it for reading hexadecimal.
-- RETURNING 1, because the doors may not read the queues.
WITH given AS MATERIALIZED (
    SELECT sayso.new_id() AS id, g.*
    FROM unnest(%(connection_id)s::int[], %(ref)s::uuid[], %(kind)s::text[], %(stale)s::boolean[],
        %(received_at)s::timestamptz[], %(headers_at)s::int[], %(body_at)s::int[], %(next_at)s::int[],
        %(lane)s::smallint[], %(phone)s::bigint[], %(sender)s::text[], %(recipient)s::text[], %(text)s::text[],
        %(media)s::text[], %(provider_at)s::timestamptz[], %(provider_answered)s::text[], %(receipts)s::text[],
        %(unreadable)s::text[])
        AS g (connection_id, ref, kind, stale, received_at, headers_at, body_at, next_at, lane, phone, sender,
            recipient, text, media, provider_at, provider_answered, receipts, unreadable)
),
fresh AS (
    INSERT INTO sayso.callback_refs (connection_id, ref, id)
    SELECT connection_id, ref, id FROM given ORDER BY connection_id, ref
    ON CONFLICT DO NOTHING
    RETURNING id
),
new AS MATERIALIZED (
    SELECT given.* FROM given JOIN fresh USING (id)
),
raw AS (
    INSERT INTO sayso.callbacks (id, connection_id, kind, stale, headers, body)
    SELECT id, connection_id, kind, stale, substring(%(raw)b::bytea FROM headers_at FOR body_at - headers_at),
        substring(%(raw)b::bytea FROM body_at FOR next_at - body_at)
    FROM new
),
texts AS (
    INSERT INTO sayso.inbound_queue (lane, id, connection_id, phone, sender, recipient, body, media,
        provider_at, received_at, provider_answered, stale)
    SELECT lane, id, connection_id, phone, sender, recipient, text, media::jsonb, provider_at, received_at,
        provider_answered, stale
    FROM new WHERE lane IS NOT NULL
    RETURNING 1
),
receipts AS (
    INSERT INTO sayso.receipt_queue (id, connection_id, provider_ref, client_reference, status, reason, code,
        opted_out, recipient, provider_at, received_at)
    SELECT new.id, new.connection_id, r.provider_ref, r.client_reference, r.status, r.reason, r.code,
        r.opted_out, r.recipient, r.at, new.received_at
    FROM new CROSS JOIN LATERAL json_to_recordset(new.receipts::json) AS r (provider_ref text,
        client_reference text, status text, reason text, code text, opted_out boolean, recipient text,
        at timestamptz)
    WHERE new.receipts IS NOT NULL
    RETURNING 1
),
unread AS (
    INSERT INTO sayso.unrouted (id, connection_id, kind, why, at)
    SELECT id, connection_id, 'unreadable', unreadable, received_at FROM new WHERE unreadable IS NOT NULL
)
SELECT (SELECT count(*) FROM new) AS callbacks,
       (SELECT count(*) FROM texts) AS texts,
       (SELECT count(*) FROM receipts) AS receipts

-- name: wake
-- After the commits it tells of: a notifying commit is serialised, and in the flush itself would hold its
-- neighbours up for the length of an fsync. The notice is worth no fsync of its own.
SELECT pg_notify(channel, '')
FROM unnest(%(channels)b::text[]) AS channel, set_config('synchronous_commit', 'off', true)

-- name: quarantine_room
-- Where a connection's quarantine would overflow, the largest of the large go, then repeats between a first and
-- a last copy: nothing that could be the only copy of somebody's STOP. Some to spare, so that this is seldom.
WITH given AS (
    SELECT connection_id, count(*) AS entries, sum(size) AS bytes
    FROM unnest(%(connection_id)b::int[], %(size)b::int[]) AS g (connection_id, size)
    GROUP BY connection_id
),
overflowing AS MATERIALIZED (
    SELECT given.connection_id, given.entries
    FROM given CROSS JOIN LATERAL (
        SELECT count(*) AS entries, coalesce(sum(q.size), 0) AS bytes
        FROM sayso.quarantine q
        WHERE q.connection_id = given.connection_id AND q.released_at IS NULL
    ) AS held
    WHERE held.entries + given.entries > %(entries)s::bigint OR held.bytes + given.bytes > %(bytes)s::bigint
),
-- One door at a time: two that delete the same rows could wait for each other for good.
mine AS MATERIALIZED (
    SELECT * FROM overflowing WHERE pg_try_advisory_xact_lock(hashtext('sayso.quarantine'), connection_id)
),
ranked AS (
    SELECT q.id, q.connection_id, q.size, mine.entries, q.size > %(large)s::int AS is_large,
        row_number() OVER one_body AS copy, count(*) OVER (PARTITION BY q.connection_id, q.kind, q.digest) AS copies
    FROM sayso.quarantine q JOIN mine USING (connection_id)
    WHERE q.released_at IS NULL
    WINDOW one_body AS (PARTITION BY q.connection_id, q.kind, q.digest ORDER BY q.id)
),
turns AS (
    SELECT id, entries, row_number() OVER (
        PARTITION BY connection_id ORDER BY is_large DESC, CASE WHEN is_large THEN size END DESC, copies DESC, id
    ) AS turn
    FROM ranked
    WHERE is_large OR (copy > 1 AND copy < copies)
),
gone AS (
    DELETE FROM sayso.quarantine
    WHERE id = ANY (ARRAY(SELECT id FROM turns WHERE turn <= entries + %(spare)s::bigint))
    RETURNING connection_id
)
INSERT INTO sayso.alarms (code, subject, sentence, first_at, last_at, times)
SELECT 'quarantine_full', 'connection:' || connection_id, %(full)s::text, %(now)s::timestamptz,
    %(now)s::timestamptz, count(*)
FROM gone
GROUP BY connection_id
ORDER BY 2
ON CONFLICT (code, subject) DO UPDATE SET sentence = excluded.sentence,
    last_at = greatest(alarms.last_at, excluded.last_at), times = alarms.times + excluded.times

-- name: quarantine
-- Keeps what fits under the caps of each connection and counts everything into the alarms, kept or not.
WITH given AS MATERIALIZED (
    SELECT g.* FROM unnest(%(connection_id)b::int[], %(kind)b::text[], %(headers)b::bytea[], %(body)b::bytea[],
                           %(why)b::text[], %(sentence)b::text[], %(at)b::timestamptz[], %(cut)b::boolean[])
        WITH ORDINALITY AS g (connection_id, kind, headers, body, why, sentence, at, cut, place)
),
held AS (
    SELECT q.connection_id, count(*) AS entries, sum(q.size) AS bytes
    FROM sayso.quarantine q
    WHERE q.connection_id = ANY (%(connection_id)b::int[]) AND q.released_at IS NULL
    GROUP BY q.connection_id
),
weighed AS MATERIALIZED (
    SELECT given.*,
        coalesce(held.entries, 0) + row_number() OVER one_connection <= %(entries)s::bigint
        AND coalesce(held.bytes, 0) + sum(octet_length(headers) + octet_length(body)) OVER one_connection
            <= %(bytes)s::bigint AS fits
    FROM given LEFT JOIN held USING (connection_id)
    WINDOW one_connection AS (PARTITION BY connection_id ORDER BY place)
),
kept AS (
    INSERT INTO sayso.quarantine (connection_id, kind, headers, body, why, cut)
    SELECT connection_id, kind, headers, body, why, cut FROM weighed WHERE fits ORDER BY place
)
INSERT INTO sayso.alarms (code, subject, sentence, first_at, last_at, times)
SELECT a.code, 'connection:' || w.connection_id, max(a.sentence), min(w.at), max(w.at), count(*)
FROM weighed w CROSS JOIN LATERAL (
    VALUES ('bad_signature', w.sentence, true), ('quarantine_full', %(full)s::text, NOT w.fits)
) AS a (code, sentence, rings)
WHERE a.rings
GROUP BY a.code, w.connection_id
ORDER BY 1, 2
ON CONFLICT (code, subject) DO UPDATE SET sentence = excluded.sentence,
    last_at = greatest(alarms.last_at, excluded.last_at), times = alarms.times + excluded.times

-- name: version
SELECT version FROM sayso.setup

-- name: connections
-- One statement, so that version and rows are of one moment.
SELECT s.version, c.id, c.name, c.kind, c.settings, c.secrets, c.hook_token
FROM sayso.setup s LEFT JOIN sayso.connections c ON true
