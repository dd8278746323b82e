-- Walking an audience, a slice at a time (R9.*). As the engine, across workspaces.

-- name: begin
-- What a launch waits for has come: from now on it is planned, and its segment is what it says at this moment.
WITH due AS (
    SELECT workspace_id, id FROM sayso.campaigns
    WHERE state = 'scheduled' AND starts_at <= %(now)s
        AND NOT EXISTS (SELECT FROM sayso.halts h WHERE h.workspace_id = campaigns.workspace_id)
        -- After a restore nobody knows what was sent since: nothing is planned until a person says so.
        AND NOT EXISTS (SELECT FROM sayso.pauses WHERE restored_at IS NOT NULL)
    ORDER BY workspace_id, id LIMIT 100 FOR UPDATE SKIP LOCKED
),
begun AS (
    UPDATE sayso.campaigns c SET state = 'planning', launched_at = %(now)s
    FROM due WHERE c.workspace_id = due.workspace_id AND c.id = due.id
    RETURNING c.workspace_id, c.id, c.segment_id
)
INSERT INTO sayso.campaign_plans (workspace_id, campaign_id, rehearsal, began_at, conditions)
SELECT b.workspace_id, b.id, false, %(now)s, s.conditions
FROM begun b LEFT JOIN sayso.segments s ON s.workspace_id = b.workspace_id AND s.id = b.segment_id
ORDER BY b.workspace_id, b.id
ON CONFLICT DO NOTHING

-- name: open
-- One plan that is not walked to its end, for this transaction alone; each in its turn, a slice at a time, so that
-- nobody's million keeps the others waiting.
SELECT p.workspace_id, p.campaign_id, p.rehearsal, p.after_phone, p.after_contact, p.addressed,
       p.began_at, p.conditions,
       c.audience, coalesce(c.list_id, 0) AS list_id, c.category, c.body, c.reply_service, c.per_profile,
       c.plain_letters, c.media_urls, c.without_mms, c.fallback_body,
       coalesce(nullif(c.opt_out_message, ''), w.opt_out_message) AS opt_out_message,
       c.may_reach, c.may_reach - (
           SELECT coalesce(sum(t.messages), 0)::bigint FROM sayso.campaign_tallies t
           WHERE t.workspace_id = c.workspace_id AND t.campaign_id = c.id AND NOT t.rehearsal
               AND t.status IN ('queued', 'deferred')
       ) AS room
FROM sayso.campaign_plans p
JOIN sayso.campaigns c ON c.workspace_id = p.workspace_id AND c.id = p.campaign_id
JOIN sayso.workspaces w ON w.id = p.workspace_id
WHERE p.finished_at IS NULL AND p.waits_until IS NULL AND (p.rehearsal OR c.state = 'planning')
    AND (p.rehearsal OR p.workspace_id <> ALL (%(full)s::int[]))
    AND (p.rehearsal OR NOT EXISTS (SELECT FROM sayso.halts h WHERE h.workspace_id = p.workspace_id))
    AND NOT EXISTS (SELECT FROM sayso.pauses WHERE restored_at IS NOT NULL)
ORDER BY p.walked_at NULLS FIRST, p.began_at
LIMIT 1
FOR UPDATE OF p SKIP LOCKED

-- name: advance
-- Compare and set: where somebody else advanced it, nothing of this slice may stand.
UPDATE sayso.campaign_plans
-- Who was walked last is of no use once there is nobody after them.
SET after_phone = CASE WHEN %(finished_at)s::timestamptz IS NULL THEN %(phone)s ELSE 0 END,
    after_contact = CASE WHEN %(finished_at)s::timestamptz IS NULL THEN %(contact)s ELSE 0 END,
    addressed = %(addressed)s, finished_at = %(finished_at)s, walked_at = clock_timestamp()
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s AND rehearsal = %(rehearsal)s
    AND after_phone = %(after_phone)s AND after_contact = %(after_contact)s AND finished_at IS NULL

-- name: store
-- Wide rows, queue and outcomes of a slice, in one statement. What many share is told once, by its place in arrays of
-- their own; `at` and `because_at` are these places. Who is queued has no event: their message says it (0020).
WITH said AS MATERIALIZED (
    SELECT s.id, s.contact_id, s.phone, s.body, s.due, s.because_at,
        (%(connections)s::int[])[s.at] AS connection_id, (%(lines)s::int[])[s.at] AS line_id,
        (%(senders)s::text[])[s.at] AS sender, (%(encodings)s::text[])[s.at] AS encoding,
        (%(parts)s::smallint[])[s.at] AS parts, (%(statuses)s::text[])[s.at] AS status,
        (%(reasons)s::text[])[s.at] AS reason, (%(ranks)s::smallint[])[s.at] AS rank,
        (%(variants)s::smallint[])[s.at] AS variant, (%(with_media)s::boolean[])[s.at] AS with_media,
        (%(prices)s::bigint[])[s.at] AS price, (%(count_on)s::date[])[s.at] AS counts_on
    FROM unnest(%(ids)s::bigint[], %(contacts)s::bigint[], %(phones)s::bigint[], %(bodies)s::text[],
        %(dues)s::timestamptz[], %(because_at)s::int[], %(at)s::int[])
        AS s(id, contact_id, phone, body, due, because_at, at)
),
stored AS (
    INSERT INTO sayso.messages (workspace_id, id, contact_id, phone, recipient, connection_id, line_id, sender, class,
        purpose, category, campaign_id, body, media_urls, encoding, parts, because, expires_at, variant, price,
        counts_on)
    SELECT %(workspace_id)s, id, contact_id, phone, '+' || phone, connection_id, line_id, sender, 'advertising',
        'campaign', %(category)s, %(campaign_id)s, body,
        CASE WHEN with_media THEN %(media)s::text[] ELSE '{}' END, encoding, parts, (%(becauses)s::jsonb[])[because_at],
        greatest(due, %(now)s) + interval '3 days', variant, price, counts_on
    FROM said
),
counted AS (
    INSERT INTO sayso.standing_deltas (workspace_id, campaign_id, status, reason, messages, parts)
    SELECT %(workspace_id)s, %(campaign_id)s, 'queued', '', count(*), sum(parts) FROM said
),
queued AS (
    INSERT INTO sayso.outbox (connection_id, lane, due, workspace_id, message_id)
    SELECT connection_id, %(lane)s, due, %(workspace_id)s, id FROM said WHERE status IN ('queued', 'deferred')
),
decided AS (
    INSERT INTO sayso.outcomes (workspace_id, message_id, status, reason, rank, at)
    SELECT %(workspace_id)s, id, status, reason, rank, %(now)s FROM said WHERE status <> 'queued' ORDER BY id
)
INSERT INTO sayso.message_events (workspace_id, id, message_id, status, reason, detail, at)
SELECT %(workspace_id)s, id, id, status, reason, (%(details)s::text[])[because_at], %(now)s
FROM said WHERE status <> 'queued' ORDER BY id

-- name: tally
INSERT INTO sayso.campaign_tallies AS t (workspace_id, campaign_id, rehearsal, status, reason, messages, parts,
    due_first, due_last)
SELECT %(workspace_id)s, %(campaign_id)s, %(rehearsal)s, s.* FROM unnest(%(statuses)s::text[], %(reasons)s::text[],
    %(messages)s::bigint[], %(parts)s::bigint[], %(dues_first)s::timestamptz[], %(dues_last)s::timestamptz[])
    AS s(status, reason, messages, parts, due_first, due_last)
ORDER BY s.status, s.reason
ON CONFLICT (workspace_id, campaign_id, rehearsal, status, reason) DO UPDATE
    SET messages = t.messages + excluded.messages, parts = t.parts + excluded.parts,
        due_first = least(t.due_first, excluded.due_first), due_last = greatest(t.due_last, excluded.due_last)

-- name: sending
-- Planned to the end: nothing more comes into the outbox.
UPDATE sayso.campaigns SET state = 'sending'
WHERE workspace_id = %(workspace_id)s AND id = %(campaign_id)s AND state = 'planning'

-- name: wake
SELECT pg_notify('outbox', '')

-- name: caught_up
-- Planned to the end while it was paused, and gone on with before that was stored.
UPDATE sayso.campaigns c SET state = 'sending'
FROM sayso.campaign_plans p
WHERE c.state = 'planning' AND p.workspace_id = c.workspace_id AND p.campaign_id = c.id AND NOT p.rehearsal
    AND p.finished_at IS NOT NULL

-- name: unsettled
-- Campaigns that go out: who may have come to their end. In turn, some at a time.
SELECT c.workspace_id, c.id AS campaign_id, p.settled_to
FROM sayso.campaigns c
JOIN sayso.campaign_plans p ON p.workspace_id = c.workspace_id AND p.campaign_id = c.id AND NOT p.rehearsal
WHERE c.state = 'sending' AND (c.workspace_id, c.id) > (%(after_workspace)s, %(after_campaign)s)
ORDER BY c.workspace_id, c.id
LIMIT 20

-- name: next_messages
-- Where the next messages of a campaign stand, in the order of their ids; a rank under that of `sending`'s end is
-- still open.
SELECT m.id, coalesce(o.rank, 0) AS rank
FROM sayso.messages m LEFT JOIN sayso.outcomes o ON o.message_id = m.id
WHERE m.workspace_id = %(workspace_id)s AND m.campaign_id = %(campaign_id)s AND m.id > %(settled_to)s
ORDER BY m.id
LIMIT %(limit)s

-- name: settled
UPDATE sayso.campaign_plans SET settled_to = %(settled_to)s
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s AND NOT rehearsal

-- name: finish
UPDATE sayso.campaigns SET state = 'finished', ended_at = %(now)s
WHERE workspace_id = %(workspace_id)s AND id = %(campaign_id)s AND state = 'sending'

-- name: unpark
-- What was set aside while its campaign was paused, or its workspace stood still, and may go on; what is cancelled
-- comes back at once. The few campaigns are found first: each has up to a million messages here.
WITH RECURSIVE held AS (
    (SELECT p.workspace_id, p.campaign_id FROM sayso.parked p ORDER BY 1, 2 LIMIT 1)
    UNION ALL
    SELECT n.workspace_id, n.campaign_id FROM held h CROSS JOIN LATERAL (
        SELECT p.workspace_id, p.campaign_id FROM sayso.parked p
        WHERE (p.workspace_id, p.campaign_id) > (h.workspace_id, h.campaign_id)
        ORDER BY 1, 2 LIMIT 1
    ) AS n
),
free AS (
    SELECT h.workspace_id, h.campaign_id FROM held h
    LEFT JOIN sayso.campaigns c ON c.workspace_id = h.workspace_id AND c.id = h.campaign_id
    LEFT JOIN sayso.halts s ON s.workspace_id = h.workspace_id
    WHERE c.state = 'cancelled' OR (s.workspace_id IS NULL AND coalesce(c.state, '') <> 'paused' AND NOT EXISTS (
        -- What has a throttle finds new places.
        SELECT FROM sayso.campaign_paces d
        -- What is over, with something parked that was taken back meanwhile, needs none.
        WHERE d.workspace_id = h.workspace_id AND d.campaign_id = h.campaign_id AND NOT d.rehearsal
            AND d.most IS NOT NULL AND c.state IN ('planning', 'sending')
    ))
),
back AS (
    DELETE FROM sayso.parked
    WHERE ctid = ANY (ARRAY(
        SELECT p.ctid FROM free f CROSS JOIN LATERAL (
            SELECT k.ctid FROM sayso.parked k
            WHERE k.workspace_id = f.workspace_id AND k.campaign_id = f.campaign_id LIMIT %(limit)s
        ) AS p
        LIMIT %(limit)s
    ))
    RETURNING connection_id, lane, due, workspace_id, message_id, attempt
)
INSERT INTO sayso.outbox (connection_id, lane, due, workspace_id, message_id, attempt)
SELECT connection_id, lane, due, workspace_id, message_id, attempt FROM back
