-- Several texts of a campaign, tried on a part of its audience (R9.5).

-- name: of_plan
SELECT t.tested, t.control, t.measure, t.hours, t.winner, v.variant, v.body, v.share
FROM sayso.campaign_trials t
JOIN sayso.campaign_variants v ON v.workspace_id = t.workspace_id AND v.campaign_id = t.campaign_id
WHERE t.workspace_id = %(workspace_id)s AND t.campaign_id = %(campaign_id)s
ORDER BY v.variant

-- name: wait
-- Those who are tried on are planned: the others wait for the winner.
UPDATE sayso.campaign_plans p SET waits_until = %(now)s + make_interval(hours => t.hours)
FROM sayso.campaign_trials t
WHERE p.workspace_id = %(workspace_id)s AND p.campaign_id = %(campaign_id)s AND NOT p.rehearsal AND p.walk = 1
    AND t.workspace_id = p.workspace_id AND t.campaign_id = p.campaign_id AND t.tested < 100 AND t.winner IS NULL

-- name: due
SELECT p.workspace_id, p.campaign_id, t.measure
FROM sayso.campaign_plans p
JOIN sayso.campaigns c ON c.workspace_id = p.workspace_id AND c.id = p.campaign_id
JOIN sayso.campaign_trials t ON t.workspace_id = p.workspace_id AND t.campaign_id = p.campaign_id
WHERE p.waits_until <= %(now)s AND NOT p.rehearsal AND p.finished_at IS NULL AND c.state = 'planning'
    -- While all sending is stopped nothing of it may have left that could be counted.
    AND NOT EXISTS (SELECT FROM sayso.halts h WHERE h.workspace_id = p.workspace_id)
ORDER BY p.workspace_id, p.campaign_id
LIMIT 1
FOR UPDATE OF p SKIP LOCKED

-- name: departed
-- What has left of each variant.
SELECT m.variant, count(*) FROM sayso.messages m
LEFT JOIN sayso.outcomes o ON o.message_id = m.id
WHERE m.workspace_id = %(workspace_id)s AND m.campaign_id = %(campaign_id)s AND m.variant IS NOT NULL
    AND coalesce(o.rank, 0) >= 100
GROUP BY m.variant

-- name: measured_by_replies
-- Whoever wrote back, by the message that the text answers; a stop is no reply.
SELECT m.variant, count(DISTINCT m.phone) FROM sayso.messages m
JOIN sayso.inbound_messages t ON t.workspace_id = m.workspace_id AND t.answers_message_id = m.id
WHERE m.workspace_id = %(workspace_id)s AND m.campaign_id = %(campaign_id)s AND m.variant IS NOT NULL
    AND t.id >= sayso.id_at((SELECT launched_at FROM sayso.campaigns
                             WHERE workspace_id = %(workspace_id)s AND id = %(campaign_id)s))
    AND NOT EXISTS (SELECT FROM sayso.blocks b WHERE b.workspace_id = m.workspace_id AND b.inbound_id = t.id)
GROUP BY m.variant

-- name: measured_by_opt_outs
SELECT m.variant, count(DISTINCT m.phone)
FROM sayso.blocks b
LEFT JOIN sayso.inbound_messages t ON t.workspace_id = b.workspace_id AND t.id = b.inbound_id
JOIN sayso.messages m ON m.workspace_id = b.workspace_id AND m.id = coalesce(b.message_id, t.answers_message_id)
WHERE b.workspace_id = %(workspace_id)s AND m.campaign_id = %(campaign_id)s AND m.variant IS NOT NULL
    AND b.id >= sayso.id_at((SELECT launched_at FROM sayso.campaigns
                             WHERE workspace_id = %(workspace_id)s AND id = %(campaign_id)s))
GROUP BY m.variant

-- name: measured_by_clicks
-- People alone: what machines open says nothing about a text.
SELECT m.variant, count(DISTINCT c.phone)
FROM sayso.clicks c
JOIN sayso.messages m ON m.workspace_id = c.workspace_id AND m.id = c.message_id
WHERE c.workspace_id = %(workspace_id)s AND c.campaign_id = %(campaign_id)s AND c.kind = 'person'
    AND m.variant IS NOT NULL
GROUP BY m.variant

-- name: decide
UPDATE sayso.campaign_trials SET winner = %(winner)s, told = %(told)s, decided_at = %(now)s
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s AND winner IS NULL

-- name: walk_again
UPDATE sayso.campaign_plans
SET walk = 2, waits_until = NULL, after_phone = 0, after_contact = 0, addressed = false
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s AND NOT rehearsal AND walk = 1

-- name: set
INSERT INTO campaign_trials AS t (workspace_id, campaign_id, tested, control, measure, hours)
VALUES ((SELECT sayso.workspace()), %(campaign_id)s, %(tested)s, %(control)s, %(measure)s, %(hours)s)
ON CONFLICT (workspace_id, campaign_id) DO UPDATE
    SET tested = excluded.tested, control = excluded.control, measure = excluded.measure, hours = excluded.hours;

-- name: forget_variants
DELETE FROM campaign_variants WHERE campaign_id = %(campaign_id)s;

-- name: forget
DELETE FROM campaign_trials WHERE campaign_id = %(campaign_id)s;

-- name: set_variants
INSERT INTO campaign_variants (workspace_id, campaign_id, variant, body, share)
SELECT (SELECT sayso.workspace()), %(campaign_id)s, s.* FROM unnest(%(variants)s::smallint[], %(bodies)s::text[],
    %(shares)s::smallint[]) AS s(variant, body, share)
ORDER BY s.variant;

-- name: get
SELECT t.tested, t.control, t.measure, t.hours, t.winner, v.variant, v.body, v.share
FROM campaign_trials t JOIN campaign_variants v ON v.campaign_id = t.campaign_id
WHERE t.campaign_id = %(campaign_id)s
ORDER BY v.variant;

-- name: decided
SELECT told, decided_at FROM campaign_trials WHERE campaign_id = %(campaign_id)s AND winner IS NOT NULL;

-- name: became
SELECT m.variant, coalesce(o.status, 'queued') AS status, count(*) AS messages
FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id
WHERE m.campaign_id = %(campaign_id)s AND m.variant IS NOT NULL
GROUP BY 1, 2
ORDER BY 1, 2;
