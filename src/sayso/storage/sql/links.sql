-- Tracked links of campaigns, and what was counted of them (R9.4).

-- name: forget
DELETE FROM campaign_links WHERE campaign_id = %(campaign_id)s;

-- name: keep
INSERT INTO campaign_links (workspace_id, campaign_id, link, written, target)
SELECT (SELECT sayso.workspace()), %(campaign_id)s, said.link - 1, said.written, said.target
FROM unnest(%(written)s::text[], %(targets)s::text[]) WITH ORDINALITY AS said(written, target, link)
ORDER BY said.link;

-- name: of_plan
-- What a slice of planning shortens, and what short addresses begin with. As the engine, across workspaces.
SELECT w.link_host AS host, coalesce((
    SELECT array_agg(l.written ORDER BY l.link) FROM sayso.campaign_links l
    WHERE l.workspace_id = w.id AND l.campaign_id = %(campaign_id)s
), '{}') AS written
FROM sayso.workspaces w WHERE w.id = %(workspace_id)s;

-- name: counted
-- Each link with who opened it. A number that opened it twice is one of `numbers`. What was beyond the first few
-- openings of one message is added; it makes no further number.
SELECT l.link, l.written, l.target, (coalesce(c.people, 0) + coalesce(s.people, 0))::bigint AS people,
       (coalesce(c.machines, 0) + coalesce(s.machines, 0))::bigint AS machines, coalesce(c.numbers, 0) AS numbers
FROM campaign_links l
LEFT JOIN (
    SELECT link, sum(times) FILTER (WHERE kind = 'person') AS people,
           sum(times) FILTER (WHERE kind = 'machine') AS machines,
           count(DISTINCT phone) FILTER (WHERE kind = 'person') AS numbers
    FROM clicks WHERE campaign_id = %(campaign_id)s GROUP BY link
) AS c ON c.link = l.link
LEFT JOIN (
    SELECT link, sum(people) AS people, sum(machines) AS machines
    FROM click_surplus WHERE campaign_id = %(campaign_id)s GROUP BY link
) AS s ON s.link = l.link
WHERE l.campaign_id = %(campaign_id)s
ORDER BY l.link;

-- name: numbers
-- How many people opened any of them.
SELECT count(DISTINCT phone) FROM clicks WHERE campaign_id = %(campaign_id)s AND kind = 'person';

-- name: host
SELECT link_host FROM workspaces WHERE id = (SELECT sayso.workspace());

-- name: host_for_update
SELECT link_host FROM workspaces WHERE id = (SELECT sayso.workspace()) FOR UPDATE;

-- name: claim
SELECT sayso.claim_link_name(%(host)s)::int;

-- name: set_host
UPDATE workspaces SET link_host = %(host)s WHERE id = (SELECT sayso.workspace());
