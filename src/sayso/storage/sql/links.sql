-- Tracked links of campaigns, and what was counted of them (R9.4).

-- name: forget
DELETE FROM campaign_links WHERE campaign_id = %(campaign_id)s;

-- name: keep
INSERT INTO campaign_links (workspace_id, campaign_id, link, written, target)
SELECT (SELECT sayso.workspace()), %(campaign_id)s, said.link - 1, said.written, said.target
FROM unnest(%(written)s::text[], %(targets)s::text[]) WITH ORDINALITY AS said(written, target, link)
ORDER BY said.link;

-- name: of_plan
-- What a slice of planning shortens, and what short addresses begin with. As the engine, across workspaces. The name is
-- kept until the transaction ends, so that whoever frees it sees the texts that are written with it. A key's share: a
-- change of the workspace waits for no slice.
SELECT w.link_host AS host, coalesce((
    SELECT array_agg(l.written ORDER BY l.link) FROM sayso.campaign_links l
    WHERE l.workspace_id = w.id AND l.campaign_id = %(campaign_id)s
), '{}') AS written
FROM sayso.workspaces w WHERE w.id = %(workspace_id)s
FOR KEY SHARE OF w;

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
SELECT link_host FROM workspaces WHERE id = (SELECT sayso.workspace()) FOR NO KEY UPDATE;

-- name: claim
SELECT sayso.claim_link_name(%(host)s)::int;

-- name: set_host
UPDATE workspaces SET link_host = %(host)s WHERE id = (SELECT sayso.workspace());

-- name: names
-- Names that are this workspace's for good, unless an operator frees them. As the engine, here and below.
SELECT n.name FROM sayso.link_names n WHERE n.workspace_id = %(workspace_id)s ORDER BY n.name;

-- name: host_of
-- Locked, against a change of the name, so that it can't be taken anew while it is freed, and against all who read it
-- for texts that are not committed: from here on either they are seen, or the name was not read.
SELECT w.link_host FROM sayso.workspaces w WHERE w.id = %(workspace_id)s FOR UPDATE;

-- name: name_waits
-- Whether a text with that name in it waits to leave.
SELECT EXISTS (
    SELECT FROM (
        SELECT o.workspace_id, o.message_id FROM sayso.outbox o WHERE o.workspace_id = %(workspace_id)s
        UNION ALL
        SELECT c.workspace_id, c.message_id FROM sayso.claims c WHERE c.workspace_id = %(workspace_id)s
        UNION ALL
        SELECT p.workspace_id, p.message_id FROM sayso.parked p WHERE p.workspace_id = %(workspace_id)s
    ) AS w
    JOIN sayso.messages m ON m.workspace_id = w.workspace_id AND m.id = w.message_id
    WHERE strpos(lower(m.body), '//' || %(host)s || '/') > 0
)::int;

-- name: free_name
DELETE FROM sayso.link_names WHERE name = %(host)s AND workspace_id = %(workspace_id)s;
