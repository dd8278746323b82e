-- How a launch goes out: hours, throttle, what is tried on whom (R9.5).

-- name: of_plan
-- As the engine, once a slice.
SELECT w.time_zone AS home_zone, p.walk, p.began_at, d.local_clock, d.most, coalesce(d.window_seconds, 60) AS window_seconds,
       d.starts_at
FROM sayso.campaign_plans p
JOIN sayso.workspaces w ON w.id = p.workspace_id
LEFT JOIN sayso.campaign_paces d ON d.workspace_id = p.workspace_id AND d.campaign_id = p.campaign_id
    AND d.rehearsal = p.rehearsal
WHERE p.workspace_id = %(workspace_id)s AND p.campaign_id = %(campaign_id)s AND p.rehearsal = %(rehearsal)s

-- name: taken
-- Windows that are over are of no use any more.
SELECT at, taken FROM sayso.campaign_windows
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s AND rehearsal = %(rehearsal)s
    AND at > %(now)s - interval '1 hour'

-- name: take
INSERT INTO sayso.campaign_windows AS w (workspace_id, campaign_id, rehearsal, at, taken)
SELECT %(workspace_id)s, %(campaign_id)s, %(rehearsal)s, s.* FROM unnest(%(ats)s::timestamptz[], %(taken)s::int[])
    AS s(at, taken)
ORDER BY s.at
ON CONFLICT (workspace_id, campaign_id, rehearsal, at) DO UPDATE SET taken = excluded.taken

-- name: set_pace
-- As the app: what was said before of the same launch is forgotten.
INSERT INTO campaign_paces AS p (workspace_id, campaign_id, rehearsal, local_clock, most, window_seconds, starts_at)
VALUES ((SELECT sayso.workspace()), %(campaign_id)s, %(rehearsal)s, %(local_clock)s, %(most)s, %(window_seconds)s,
    %(starts_at)s)
ON CONFLICT (workspace_id, campaign_id, rehearsal) DO UPDATE
    SET local_clock = excluded.local_clock, most = excluded.most, window_seconds = excluded.window_seconds,
        starts_at = excluded.starts_at;

-- name: pace
SELECT local_clock, most, window_seconds FROM campaign_paces
WHERE campaign_id = %(campaign_id)s AND rehearsal = %(rehearsal)s;

-- name: forget_windows
DELETE FROM campaign_windows WHERE campaign_id = %(campaign_id)s AND rehearsal = %(rehearsal)s;

-- name: throttled
-- A campaign that goes on with something parked, and has a throttle: it finds new places for it. Its plan is held, as
-- whoever plans it holds it: two that look at the same places at once would take them twice.
SELECT c.workspace_id, c.id AS campaign_id, d.most, d.window_seconds
FROM sayso.campaigns c
JOIN sayso.campaign_plans p ON p.workspace_id = c.workspace_id AND p.campaign_id = c.id AND NOT p.rehearsal
JOIN sayso.campaign_paces d ON d.workspace_id = c.workspace_id AND d.campaign_id = c.id AND NOT d.rehearsal
    AND d.most IS NOT NULL
WHERE c.state IN ('planning', 'sending') AND EXISTS (
    SELECT FROM sayso.parked k WHERE k.workspace_id = c.workspace_id AND k.campaign_id = c.id
) AND NOT EXISTS (SELECT FROM sayso.halts h WHERE h.workspace_id = c.workspace_id)
ORDER BY c.workspace_id, c.id
LIMIT 1
FOR UPDATE OF p SKIP LOCKED

-- name: back
DELETE FROM sayso.parked
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sayso.parked WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s
    LIMIT %(limit)s
))
RETURNING connection_id, lane, due, message_id, attempt

-- name: queue_again
INSERT INTO sayso.outbox (connection_id, lane, due, workspace_id, message_id, attempt)
SELECT a.connection_id, a.lane, a.due, %(workspace_id)s, a.message_id, a.attempt
FROM unnest(%(connections)s::int[], %(lanes)s::smallint[], %(dues)s::timestamptz[], %(ids)s::bigint[],
    %(attempts)s::smallint[]) AS a(connection_id, lane, due, message_id, attempt)

-- name: wait_longer
SELECT sayso.wait_longer(%(workspace_id)s, %(ids)s::bigint[], %(dues)s::timestamptz[])
