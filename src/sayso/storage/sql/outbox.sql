-- From the outbox to the wire.

-- name: claim
-- Deleted from the outbox by ctid, kept as claims, and read whole, in one statement and one commit (measured:
-- 60,000/s, against 14,000/s where wide rows are marked). Lane by lane, so that rows due later in an urgent
-- lane are not walked over; LATERAL runs the next lane only while the limit is not reached.
-- Its columns stand in the order of the fields of Claimed.
-- The lease is fenced: a claim that commits after a take-over would be an orphan.
WITH held AS MATERIALIZED (
    SELECT FROM sayso.fence(%(holder)s, ARRAY[%(resource)s]::text[], ARRAY[%(epoch)s]::bigint[])
),
taken AS (
    DELETE FROM sayso.outbox
    WHERE ctid = ANY (ARRAY(
        SELECT waiting.ctid
        FROM unnest('{0,1,2}'::smallint[]) AS lanes(lane)
        CROSS JOIN LATERAL (
            SELECT o.ctid FROM sayso.outbox o
            WHERE o.connection_id = %(connection_id)s AND o.lane = lanes.lane AND o.due <= %(now)s
            ORDER BY o.due LIMIT %(limit)s
            FOR UPDATE SKIP LOCKED
        ) AS waiting
        WHERE (SELECT count(*) FROM held) = 1
            AND NOT EXISTS (SELECT FROM sayso.pauses WHERE resource IN ('all', %(resource)s))
        LIMIT %(limit)s
    ))
    RETURNING lane, due, workspace_id, message_id, attempt
),
claimed AS (
    INSERT INTO sayso.claims (connection_id, epoch, lane, due, workspace_id, message_id, attempt, claim)
    SELECT %(connection_id)s, %(epoch)s, lane, due, workspace_id, message_id, attempt, (SELECT sayso.new_id())
    FROM taken
    RETURNING ctid, lane, due, workspace_id, message_id, attempt, claim
)
-- LATERAL … LIMIT 1: a look-up by key each, in one partition; a join might read all messages.
SELECT c.ctid::text, c.claim, c.lane, c.due, c.attempt, c.workspace_id, c.message_id, m.contact_id, m.phone, m.recipient, m.line_id,
       coalesce(l.number_id, 0) AS number_id, coalesce(l.shared, false) AS shared,
       m.sender, m.class AS message_class, m.purpose, m.category, m.body, m.media_urls, m.parts, m.expires_at, m.campaign_id
FROM claimed c
CROSS JOIN LATERAL (
    SELECT w.* FROM sayso.messages w WHERE w.workspace_id = c.workspace_id AND w.id = c.message_id LIMIT 1
) AS m
LEFT JOIN LATERAL (
    SELECT n.id AS number_id, n.kind = 'shared_short_code' AS shared
    FROM sayso.lines i JOIN sayso.inbound_numbers n ON n.id = i.inbound_number_id
    WHERE i.id = m.line_id LIMIT 1
) AS l ON true
ORDER BY c.lane, c.due, c.message_id

-- name: fence
SELECT * FROM sayso.fence(%(holder)s, ARRAY[%(resource)s]::text[], ARRAY[%(epoch)s]::bigint[])

-- name: take
-- The claim's number as well: a place that somebody else has emptied may hold a row of a later claim by now.
DELETE FROM sayso.claims
WHERE ctid = ANY (%(ctids)s::tid[]) AND connection_id = %(connection_id)s AND epoch = %(epoch)s
    AND claim = ANY (%(claims)s::bigint[])
RETURNING message_id

-- name: standing
SELECT message_id, status, reason FROM sayso.outcomes WHERE message_id = ANY (%(ids)s::bigint[])

-- name: paused
SELECT resource, why FROM sayso.pauses

-- name: campaigns
SELECT c.workspace_id, c.id, c.state, d.most IS NOT NULL AS throttled
FROM unnest(%(workspaces)s::int[], %(campaigns)s::int[]) AS wanted(workspace_id, id)
JOIN sayso.campaigns c ON c.workspace_id = wanted.workspace_id AND c.id = wanted.id
LEFT JOIN sayso.campaign_paces d ON d.workspace_id = c.workspace_id AND d.campaign_id = c.id AND NOT d.rehearsal

-- name: park
INSERT INTO sayso.parked (connection_id, lane, due, workspace_id, message_id, attempt, campaign_id)
SELECT %(connection_id)s, a.* FROM unnest(%(lanes)s::smallint[], %(dues)s::timestamptz[], %(workspaces)s::int[],
    %(ids)s::bigint[], %(attempts)s::smallint[], %(campaigns)s::int[])
    AS a(lane, due, workspace_id, message_id, attempt, campaign_id)

-- name: outcomes
-- Sorted by key, as everyone writes them. Rank only grows; of two reasons to wait the newer one is true.
-- What the provider took stays taken, unless it says itself that it refused it after all.
INSERT INTO sayso.outcomes AS o (workspace_id, message_id, status, reason, rank, at, accepted)
SELECT * FROM unnest(%(workspaces)s::int[], %(ids)s::bigint[], %(statuses)s::text[], %(reasons)s::text[],
    %(ranks)s::smallint[], %(ats)s::timestamptz[], %(accepted)s::boolean[])
    AS said(workspace_id, message_id, status, reason, rank, at, accepted)
ORDER BY said.message_id
ON CONFLICT (message_id) DO UPDATE
    SET status = excluded.status, reason = excluded.reason, rank = excluded.rank, at = excluded.at,
        accepted = excluded.status <> 'rejected' AND (o.accepted OR excluded.accepted)
    WHERE o.rank < excluded.rank OR (o.rank = excluded.rank AND excluded.status = 'deferred')

-- name: history
INSERT INTO sayso.message_events (workspace_id, message_id, status, reason, detail, at)
SELECT * FROM unnest(%(workspaces)s::int[], %(ids)s::bigint[], %(statuses)s::text[], %(reasons)s::text[],
    %(details)s::text[], %(ats)s::timestamptz[])

-- name: conclude
-- The two of them of the same messages: what is said of each is handed over once. Every report is told, also one that
-- moves nothing. What did not leave is told where it moved: somebody may have taken the message back in the same
-- instant, and then that is its history's last line. Answers what is not told.
WITH said AS MATERIALIZED (
    SELECT * FROM unnest(%(workspaces)s::int[], %(ids)s::bigint[], %(statuses)s::text[], %(reasons)s::text[],
        %(ranks)s::smallint[], %(details)s::text[], %(ats)s::timestamptz[], %(accepted)s::boolean[])
        AS s(workspace_id, message_id, status, reason, rank, detail, at, accepted)
),
moved AS (
    INSERT INTO sayso.outcomes AS o (workspace_id, message_id, status, reason, rank, at, accepted)
    SELECT workspace_id, message_id, status, reason, rank, at, accepted FROM said ORDER BY message_id
    ON CONFLICT (message_id) DO UPDATE
        SET status = excluded.status, reason = excluded.reason, rank = excluded.rank, at = excluded.at,
            accepted = excluded.status <> 'rejected' AND (o.accepted OR excluded.accepted)
        WHERE o.rank < excluded.rank OR (o.rank = excluded.rank AND excluded.status = 'deferred')
    RETURNING message_id
),
told AS (
    INSERT INTO sayso.message_events (workspace_id, message_id, status, reason, detail, at)
    SELECT workspace_id, message_id, status, reason, detail, at FROM said
    WHERE rank >= %(left)s OR message_id IN (SELECT message_id FROM moved)
)
SELECT status FROM said WHERE rank < %(left)s AND message_id NOT IN (SELECT message_id FROM moved)

-- name: put_back
INSERT INTO sayso.outbox (connection_id, lane, due, workspace_id, message_id, attempt)
SELECT %(connection_id)s, a.* FROM unnest(%(lanes)s::smallint[], %(dues)s::timestamptz[], %(workspaces)s::int[],
    %(ids)s::bigint[], %(attempts)s::smallint[]) AS a(lane, due, workspace_id, message_id, attempt)

-- name: withdraw
-- Only where the intent of that very claim still stands: after a take-over the message is unconfirmed, and
-- stays it; and where this was done before and its answer lost, the message may have been claimed again, and
-- its new intent have bytes on the wire.
WITH gone AS (
    DELETE FROM sayso.intents
    WHERE connection_id = %(connection_id)s AND epoch = %(epoch)s
        AND (message_id, claim) IN (SELECT * FROM unnest(%(ids)s::bigint[], %(claims)s::bigint[]))
    RETURNING message_id
)
INSERT INTO sayso.outbox (connection_id, lane, due, workspace_id, message_id, attempt)
SELECT %(connection_id)s, a.* FROM unnest(%(lanes)s::smallint[], %(dues)s::timestamptz[], %(workspaces)s::int[],
    %(ids)s::bigint[], %(attempts)s::smallint[]) AS a(lane, due, workspace_id, message_id, attempt)
JOIN gone USING (message_id)

-- name: settle
DELETE FROM sayso.intents
WHERE connection_id = %(connection_id)s AND epoch = %(epoch)s
    AND (message_id, claim) IN (SELECT * FROM unnest(%(ids)s::bigint[], %(claims)s::bigint[]))

-- name: last_texted
INSERT INTO sayso.last_texted AS l (workspace_id, phone, line_id, contact_id, message_id, transactional, at)
SELECT t.*, %(now)s FROM unnest(%(workspaces)s::int[], %(phones)s::bigint[], %(lines)s::int[],
    %(contacts)s::bigint[], %(ids)s::bigint[], %(transactional)s::boolean[])
    AS t(workspace_id, phone, line_id, contact_id, message_id, transactional)
ORDER BY t.phone, t.workspace_id, t.line_id
ON CONFLICT (phone, workspace_id, line_id) DO UPDATE
    SET contact_id = excluded.contact_id, message_id = excluded.message_id,
        transactional = excluded.transactional, at = excluded.at
    WHERE l.at <= excluded.at

-- name: still
-- Every look keeps its lease FOR SHARE until it ends.
SELECT FROM sayso.leases WHERE resource = %(resource)s FOR NO KEY UPDATE

-- name: give_back
WITH back AS (
    DELETE FROM sayso.claims WHERE connection_id = %(connection_id)s AND epoch = %(epoch)s
    RETURNING lane, due, workspace_id, message_id, attempt
)
INSERT INTO sayso.outbox (connection_id, lane, due, workspace_id, message_id, attempt)
SELECT %(connection_id)s, lane, due, workspace_id, message_id, attempt FROM back

-- name: recover
-- After a take-over: claims without intent go back; intents without outcome are unconfirmed. A receipt may
-- have come in between, and outranks that; then history says nothing new.
WITH back AS (
    DELETE FROM sayso.claims WHERE connection_id = %(connection_id)s AND epoch < %(epoch)s
    RETURNING lane, due, workspace_id, message_id, attempt
),
queued AS (
    INSERT INTO sayso.outbox (connection_id, lane, due, workspace_id, message_id, attempt)
    SELECT %(connection_id)s, lane, due, workspace_id, message_id, attempt FROM back
    RETURNING message_id
),
open AS (
    DELETE FROM sayso.intents WHERE connection_id = %(connection_id)s AND epoch < %(epoch)s
    RETURNING workspace_id, message_id
),
marked AS (
    INSERT INTO sayso.outcomes AS o (workspace_id, message_id, status, reason, rank, at)
    SELECT workspace_id, message_id, 'unconfirmed', 'crashed', %(rank)s, %(now)s FROM open ORDER BY message_id
    ON CONFLICT (message_id) DO UPDATE
        SET status = excluded.status, reason = excluded.reason, rank = excluded.rank, at = excluded.at
        WHERE o.rank < excluded.rank
    RETURNING workspace_id, message_id
),
told AS (
    INSERT INTO sayso.message_events (workspace_id, message_id, status, reason, detail, at)
    SELECT workspace_id, message_id, 'unconfirmed', 'crashed',
        'The process that was sending it ended before it knew the answer. It is not sent again by itself.',
        %(now)s
    FROM marked
    RETURNING message_id
)
SELECT (SELECT count(*) FROM queued) AS back, (SELECT count(*) FROM told) AS unconfirmed

-- name: give_up
-- The partial index holds only what is unconfirmed, so this walks a handful of rows.
WITH late AS (
    SELECT message_id FROM sayso.outcomes
    WHERE status = 'unconfirmed' AND at < %(before)s
    ORDER BY message_id LIMIT 5000 FOR UPDATE
),
moved AS (
    UPDATE sayso.outcomes o SET status = 'unknown', rank = %(rank)s, at = %(now)s
    FROM late WHERE o.message_id = late.message_id
    RETURNING o.workspace_id, o.message_id, o.reason
)
INSERT INTO sayso.message_events (workspace_id, message_id, status, reason, detail, at)
SELECT workspace_id, message_id, 'unknown', reason, 'Nothing was heard of it for three days.', %(now)s FROM moved
