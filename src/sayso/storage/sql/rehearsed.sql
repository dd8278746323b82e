-- The people behind the reasons of a rehearsal (R9.6). As the engine, across workspaces.

-- name: counted
-- How many there are of each reason so far.
SELECT status, reason, messages FROM sayso.campaign_tallies
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s AND rehearsal AND status <> 'queued'

-- name: keep
-- Who was erased or merged since the slice was read is nobody any more.
INSERT INTO sayso.rehearsed_people (workspace_id, campaign_id, contact_id, status, reason, told, due)
SELECT %(workspace_id)s, %(campaign_id)s, s.contact_id, s.status, s.reason, s.told, s.due
FROM unnest(%(contacts)s::bigint[], %(statuses)s::text[], %(reasons)s::text[], %(told)s::text[],
    %(dues)s::timestamptz[]) WITH ORDINALITY AS s(contact_id, status, reason, told, due, place)
JOIN sayso.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = s.contact_id
ORDER BY s.place

-- name: forget
DELETE FROM sayso.rehearsed_people WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s
