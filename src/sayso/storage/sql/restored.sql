-- What a restored queue holds may have gone out after the backup was taken.

-- name: stand_still
-- Against a sender that is just giving its claims back: a row on its way between the two would be missed.
LOCK TABLE sayso.outbox, sayso.claims, sayso.parked IN SHARE ROW EXCLUSIVE MODE

-- name: hold_back
-- What was queued after the restore is untouched, and so is what stood as taken back in the backup.
WITH restored AS MATERIALIZED (
    SELECT sayso.id_at(restored_at) AS at FROM sayso.pauses WHERE resource = 'all' AND restored_at IS NOT NULL
),
queued AS (
    DELETE FROM sayso.outbox o USING restored r WHERE o.message_id < r.at RETURNING o.workspace_id, o.message_id
),
claimed AS (
    DELETE FROM sayso.claims c USING restored r WHERE c.message_id < r.at RETURNING c.workspace_id, c.message_id
),
parked AS (
    DELETE FROM sayso.parked p USING restored r WHERE p.message_id < r.at RETURNING p.workspace_id, p.message_id
),
-- What was not wholly planned in the backup may have gone out since, under ids that the backup does not know.
ended AS (
    UPDATE sayso.campaigns c SET state = 'cancelled', ended_at = %(now)s
    FROM restored r
    WHERE c.state IN ('scheduled', 'planning', 'paused') AND c.changed_at < sayso.time_of(r.at)
    RETURNING c.id
),
marked AS (
    INSERT INTO sayso.outcomes AS o (workspace_id, message_id, status, reason, rank, at)
    SELECT workspace_id, message_id, 'unconfirmed', 'restored', %(rank)s, %(now)s
    FROM (TABLE queued UNION TABLE claimed UNION TABLE parked) AS held ORDER BY message_id
    ON CONFLICT (message_id) DO UPDATE
        SET status = excluded.status, reason = excluded.reason, rank = excluded.rank, at = excluded.at
        WHERE o.rank < %(may_leave_below)s
    RETURNING workspace_id, message_id
),
told AS (
    INSERT INTO sayso.message_events (workspace_id, message_id, status, reason, detail, at)
    SELECT workspace_id, message_id, 'unconfirmed', 'restored',
        'It was queued when the backup was taken, and may have been sent since. It is not sent again by itself.',
        %(now)s
    FROM marked
    RETURNING message_id
)
SELECT (SELECT count(*) FROM told) AS messages, (SELECT count(*) FROM ended) AS campaigns
