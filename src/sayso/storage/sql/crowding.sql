-- How much waits on the connections that campaigns would leave by.

-- name: rooms
-- For each workspace that something is planned of: the room on its fullest connection, in parts of what may wait
-- there for the next minutes. What is due later waits in nobody's way. Counted no further than it is full; a tenth
-- must be free, or slices would be of one.
SELECT p.workspace_id,
       min(CASE WHEN 10 * (n.most - w.waiting) < n.most THEN 0 ELSE n.most - w.waiting END)::int AS room
FROM (
    SELECT DISTINCT p.workspace_id FROM sayso.campaign_plans p
    JOIN sayso.campaigns c ON c.workspace_id = p.workspace_id AND c.id = p.campaign_id
    WHERE p.finished_at IS NULL AND p.waits_until IS NULL AND NOT p.rehearsal AND c.state = 'planning'
) AS p
CROSS JOIN LATERAL (
    SELECT DISTINCT x.id, least(x.parts_per_second * %(seconds)s, 100000) AS most FROM sayso.lines l
    JOIN sayso.inbound_numbers i ON i.id = l.inbound_number_id
    JOIN sayso.connections x ON x.id = i.connection_id
    WHERE l.workspace_id = p.workspace_id AND l.withdrawn_at IS NULL
) AS n
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting FROM (
        SELECT FROM sayso.outbox o
        WHERE o.connection_id = n.id AND o.lane = %(lane)s AND o.due <= %(until)s
        LIMIT n.most
    ) AS some_of_it
) AS w
GROUP BY p.workspace_id
