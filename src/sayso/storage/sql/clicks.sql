-- Openings of links: heard by the door, judged by the engine (R9.4).

-- name: target
SELECT workspace_id, target AS address FROM sayso.target_of(%(message_id)s, %(link)s::smallint);

-- name: hosts
SELECT link_host, workspace_id FROM sayso.link_hosts();

-- name: hear
INSERT INTO click_queue (at, message_id, link, times, method, agent, purpose, mode)
SELECT * FROM unnest(%(at)s::timestamptz[], %(message_id)s::bigint[], %(link)s::smallint[], %(times)s::int[],
    %(method)s::text[], %(agent)s::text[], %(purpose)s::text[], %(mode)s::text[]);

-- name: waiting
-- Old enough that whatever was opened within the same second is here too.
SELECT q.ctid::text, q.message_id, q.link, q.at, q.times, q.method, q.agent, q.purpose, q.mode
FROM sayso.click_queue q WHERE q.at <= %(before)s ORDER BY q.at LIMIT %(limit)s

-- name: take
-- The moment as well: a place that somebody else has emptied may hold another opening by now.
DELETE FROM sayso.click_queue
WHERE ctid = ANY (%(ctids)s::tid[]) AND at = ANY (%(ats)s::timestamptz[])
RETURNING ctid::text

-- name: about
-- The messages that were opened, and when each left. An id is the same in no two workspaces.
SELECT m.workspace_id, m.id AS message_id, m.campaign_id, m.contact_id, m.phone, (
    SELECT min(e.at) FROM sayso.message_events e
    WHERE e.workspace_id = m.workspace_id AND e.message_id = m.id AND e.status = 'sent'
) AS sent_at
FROM sayso.messages m
WHERE m.id = ANY (%(message_ids)s::bigint[]) AND m.campaign_id IS NOT NULL
    AND m.phone > 0 -- whoever was erased opens it unheard

-- name: opened
-- Every other opening of these messages that is kept, or waits still. A click's id is younger than its message's.
SELECT c.message_id, c.link, c.at, true AS kept FROM sayso.clicks c
WHERE c.workspace_id = ANY (%(workspace_ids)s::int[]) AND c.message_id = ANY (%(message_ids)s::bigint[])
    AND c.id > %(first_id)s
UNION ALL
SELECT q.message_id, q.link, q.at, false FROM sayso.click_queue q
WHERE q.message_id = ANY (%(message_ids)s::bigint[])

-- name: store
INSERT INTO sayso.clicks (workspace_id, campaign_id, link, message_id, contact_id, phone, kind, times, at, agent,
    because)
SELECT * FROM unnest(%(workspace_id)s::int[], %(campaign_id)s::int[], %(link)s::smallint[],
    %(message_id)s::bigint[], %(contact_id)s::bigint[], %(phone)s::bigint[], %(kind)s::text[], %(times)s::int[],
    %(at)s::timestamptz[], %(agent)s::text[], %(because)s::jsonb[])

-- name: raise
-- `link.clicked`, for each opening by a person that is kept.
INSERT INTO sayso.events (workspace_id, contact_id, phone, name, properties, at)
SELECT s.workspace_id, s.contact_id, s.phone, 'link.clicked', jsonb_build_object(
    'campaign_id', s.campaign_id, 'message_id', s.message_id::text, 'link', s.link, 'address', l.target), s.at
FROM unnest(%(workspace_id)s::int[], %(campaign_id)s::int[], %(link)s::smallint[], %(message_id)s::bigint[],
    %(contact_id)s::bigint[], %(phone)s::bigint[], %(kind)s::text[], %(at)s::timestamptz[])
    AS s(workspace_id, campaign_id, link, message_id, contact_id, phone, kind, at)
JOIN sayso.campaign_links l
    ON l.workspace_id = s.workspace_id AND l.campaign_id = s.campaign_id AND l.link = s.link
WHERE s.kind = 'person'

-- name: count
INSERT INTO sayso.click_surplus AS t (workspace_id, campaign_id, message_id, link, people, machines)
SELECT * FROM unnest(%(workspace_id)s::int[], %(campaign_id)s::int[], %(message_id)s::bigint[],
    %(link)s::smallint[], %(people)s::bigint[], %(machines)s::bigint[])
    AS s(workspace_id, campaign_id, message_id, link, people, machines)
ORDER BY s.workspace_id, s.campaign_id, s.message_id, s.link
ON CONFLICT (workspace_id, campaign_id, message_id, link) DO UPDATE
    SET people = t.people + excluded.people, machines = t.machines + excluded.machines
