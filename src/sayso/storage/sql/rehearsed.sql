-- The people behind the reasons of a rehearsal (R9.6). As the engine, across workspaces, but for `people`.

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

-- name: people
-- For a person or a key, of their own workspace.
SELECT r.id, r.contact_id, c.phone, c.external_id, r.status, r.reason, r.told, r.due
FROM rehearsed_people r JOIN contacts c ON c.workspace_id = r.workspace_id AND c.id = r.contact_id
WHERE r.workspace_id = (SELECT sayso.workspace()) AND r.campaign_id = %(campaign_id)s AND r.id > %(after)s
    AND (%(later)s::boolean IS NULL OR (r.status = 'deferred') = %(later)s)
    AND (%(reason)s::text = '' OR r.reason = %(reason)s)
ORDER BY r.id
LIMIT %(limit)s
