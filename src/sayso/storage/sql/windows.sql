-- A window of messages that may leave at once: from the outbox to its intents, and to what its provider took.

-- name: take
-- Out of the outbox and behind the fence in one statement, where nothing has to wait: a claim that is taken away again
-- a moment later costs two writes and a commit. Nothing of it is true before the last look's transaction commits; what
-- that look keeps back loses its intent again in it. Otherwise as `claim` in outbox.sql: lane by lane, fenced by the
-- lease, each message read by its key.
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
claimed AS MATERIALIZED (
    SELECT taken.*, (SELECT sayso.new_id()) AS claim FROM taken
),
intended AS (
    INSERT INTO sayso.intents (connection_id, epoch, workspace_id, message_id, claim, at)
    SELECT %(connection_id)s, %(epoch)s, workspace_id, message_id, claim, %(now)s FROM claimed
)
SELECT s.status, s.reason, g.state, g.throttled, c.claim, c.lane, c.due, c.attempt, c.workspace_id, c.message_id,
       m.contact_id, m.phone, m.recipient, m.line_id,
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
LEFT JOIN LATERAL (
    SELECT o.status, o.reason FROM sayso.outcomes o WHERE o.message_id = c.message_id LIMIT 1
) AS s ON true
LEFT JOIN LATERAL (
    SELECT k.state, d.most IS NOT NULL AS throttled
    FROM sayso.campaigns k
    LEFT JOIN sayso.campaign_paces d ON d.workspace_id = k.workspace_id AND d.campaign_id = k.id AND NOT d.rehearsal
    WHERE k.workspace_id = m.workspace_id AND k.id = m.campaign_id LIMIT 1
) AS g ON true
ORDER BY c.lane, c.due, c.message_id

-- name: paused
SELECT resource, why FROM sayso.pauses

-- name: intend
INSERT INTO sayso.intents (connection_id, epoch, workspace_id, message_id, claim, at)
SELECT %(connection_id)s, %(epoch)s, workspace_id, message_id, claim, %(now)s
FROM unnest(%(workspaces)s::int[], %(ids)s::bigint[], %(claims)s::bigint[]) AS leaving(workspace_id, message_id, claim)

-- name: accepted
-- All that is to be written of messages that their provider took, in one statement: what is said of each is handed
-- over once. Outcomes before names, as the receipts stage writes them, sorted by key as everyone does; elsewise as
-- in outbox.sql.
WITH said AS MATERIALIZED (
    SELECT * FROM unnest(%(workspaces)s::int[], %(ids)s::bigint[], %(claims)s::bigint[], %(refs)s::text[],
        %(ats)s::timestamptz[]) AS s(workspace_id, message_id, claim, provider_ref, at)
),
settled AS (
    DELETE FROM sayso.intents
    WHERE connection_id = %(connection_id)s AND epoch = %(epoch)s
        AND (message_id, claim) IN (SELECT message_id, claim FROM said)
),
moved AS (
    INSERT INTO sayso.outcomes AS o (workspace_id, message_id, status, rank, at, accepted)
    SELECT workspace_id, message_id, 'sent', %(rank)s, at, true FROM said ORDER BY message_id
    ON CONFLICT (message_id) DO UPDATE
        SET status = excluded.status, reason = excluded.reason, rank = excluded.rank, at = excluded.at, accepted = true
        WHERE o.rank < excluded.rank
    RETURNING message_id
),
told AS (
    INSERT INTO sayso.message_events (workspace_id, message_id, status, at)
    SELECT workspace_id, message_id, 'sent', at FROM said
)
INSERT INTO sayso.provider_ids (connection_id, provider_ref, workspace_id, message_id)
SELECT %(connection_id)s, s.provider_ref, s.workspace_id, s.message_id
FROM (SELECT count(*) FROM moved) AS before CROSS JOIN said s
ORDER BY s.provider_ref COLLATE "C"
ON CONFLICT DO NOTHING

-- name: provider_ids
INSERT INTO sayso.provider_ids (connection_id, provider_ref, workspace_id, message_id)
SELECT %(connection_id)s, t.* FROM unnest(%(refs)s::text[], %(workspaces)s::int[], %(ids)s::bigint[])
    AS t(provider_ref, workspace_id, message_id)
ORDER BY t.provider_ref COLLATE "C"
ON CONFLICT DO NOTHING
