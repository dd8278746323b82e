-- Whom a plan walks, as the engine.

-- name: everybody
-- By the index on (workspace, number, contact). Nothing is ever inserted behind the checkpoint's back that
-- counts: who becomes a contact while it runs, before where it is, is not of this audience.
SELECT c.id AS contact_id, c.phone, c.external_id, c.email, c.language, c.time_zone, c.country, c.attributes,
       c.sms_computed, c.sms_valid, c.sms_consent
FROM sayso.contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.phone IS NOT NULL
    AND (c.phone, c.id) > (%(after_phone)s, %(after_contact)s)
ORDER BY c.phone, c.id
LIMIT %(limit)s

-- name: of_list
SELECT c.id AS contact_id, c.phone, c.external_id, c.email, c.language, c.time_zone, c.country, c.attributes,
       c.sms_computed, c.sms_valid, c.sms_consent
FROM sayso.contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.phone IS NOT NULL
    AND (c.phone, c.id) > (%(after_phone)s, %(after_contact)s)
    AND EXISTS (
        SELECT FROM sayso.list_members m
        WHERE m.workspace_id = c.workspace_id AND m.list_id = %(list_id)s AND m.contact_id = c.id
    )
ORDER BY c.phone, c.id
LIMIT %(limit)s

-- name: texted_from
-- From which lines each number was texted, last first.
SELECT t.phone, t.line_id FROM sayso.last_texted t
WHERE t.phone = ANY (%(phones)s::bigint[]) AND t.workspace_id = %(workspace_id)s
ORDER BY t.phone, t.at DESC

-- name: new_ids
SELECT array_agg(sayso.new_id()) FROM generate_series(1, %(count)s)

-- name: without_number
-- Who has no number at all cannot be walked by number: counted, once.
SELECT count(*) FROM sayso.contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.phone IS NULL
    AND (%(list_id)s = 0 OR EXISTS (
        SELECT FROM sayso.list_members m
        WHERE m.workspace_id = c.workspace_id AND m.list_id = %(list_id)s AND m.contact_id = c.id
    ))

-- name: unnumbered
-- Some of them, for a rehearsal that tells who they are.
SELECT c.id FROM sayso.contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.phone IS NULL
    AND (%(list_id)s = 0 OR EXISTS (
        SELECT FROM sayso.list_members m
        WHERE m.workspace_id = c.workspace_id AND m.list_id = %(list_id)s AND m.contact_id = c.id
    ))
LIMIT %(limit)s
