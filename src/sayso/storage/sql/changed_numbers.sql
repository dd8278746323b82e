-- Whose number changed while a campaign is planned (R9.7: one person, one text).

-- name: walked
-- Nearly always nobody. Exactly: whoever has a message of this campaign by an old number that goes out, or went.
SELECT DISTINCT n.contact_id
FROM sayso.changed_numbers n
JOIN sayso.messages m ON m.phone = n.phone AND m.workspace_id = n.workspace_id AND m.campaign_id = %(campaign_id)s
    AND m.contact_id = n.contact_id
LEFT JOIN sayso.outcomes o ON o.message_id = m.id
WHERE n.workspace_id = %(workspace_id)s AND n.contact_id = ANY (%(contacts)s::bigint[])
    AND coalesce(o.status, 'queued') NOT IN ('skipped', 'enqueue_failed', 'cancelled')

-- name: any
SELECT true FROM sayso.changed_numbers WHERE workspace_id = %(workspace_id)s LIMIT 1

-- name: forget
-- Once nothing is planned any more.
DELETE FROM sayso.changed_numbers n
WHERE n.workspace_id = %(workspace_id)s AND NOT sayso.is_being_planned(%(workspace_id)s)
