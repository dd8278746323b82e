-- Contacts. A number may belong to several of them (R8.2).

-- Locked in the order of the key, so that two bulk writes wait for each other and never deadlock.
-- name: lock_by_external_ids
SELECT id, external_id, phone, email, language, time_zone, country, attributes, sms_consent, sms_valid,
       created_at, updated_at, import_id
FROM contacts
WHERE external_id = ANY (%(external_ids)s::text[])
ORDER BY external_id
FOR UPDATE;

-- name: by_external_id
SELECT id, external_id, phone, email, language, time_zone, country, attributes, sms_consent, sms_valid,
       created_at, updated_at, import_id
FROM contacts
WHERE external_id = %(external_id)s;

-- name: get
SELECT id, external_id, phone, email, language, time_zone, country, attributes, sms_consent, sms_valid,
       created_at, updated_at, import_id
FROM contacts
WHERE id = %(contact_id)s;

-- Oldest first: where several share a number and nothing else decides, the oldest is meant (R5.6).
-- name: by_phone
SELECT id, external_id, phone, email, language, time_zone, country, attributes, sms_consent, sms_valid,
       created_at, updated_at, import_id
FROM contacts
WHERE phone = %(phone)s
ORDER BY id
LIMIT %(limit)s;

-- name: page
SELECT id, external_id, phone, email, language, time_zone, country, attributes, sms_consent, sms_valid,
       created_at, updated_at, import_id
FROM contacts
WHERE id > %(after)s
ORDER BY id
LIMIT %(limit)s;

-- Sorted by the key it may conflict on. The rows are whole: the action has merged them with what stood. That there is
-- such a workspace is asked once a statement (decision 27). Ends with `over`, or not, and `ids`.
-- name: bring
INSERT INTO contacts AS c (workspace_id, external_id, phone, email, language, time_zone, country, attributes,
                           sms_consent, sms_valid, sms_computed, created_at, updated_at, import_id)
SELECT (SELECT w.id FROM workspaces w WHERE w.id = sayso.workspace()), external_id, phone, email, language,
       time_zone, country, attributes, sms_consent, sms_valid, sms_computed, %(now)s, %(now)s, %(import_id)s::bigint
FROM unnest(%(external_ids)s::text[], %(phones)s::bigint[], %(emails)s::text[], %(languages)s::text[],
            %(time_zones)s::text[], %(countries)s::text[], %(attributes)s::jsonb[], %(sms_consents)s::text[],
            %(sms_valids)s::boolean[], %(sms_computeds)s::boolean[])
    AS said (external_id, phone, email, language, time_zone, country, attributes, sms_consent, sms_valid,
             sms_computed)
ORDER BY external_id

-- Left out where none is known: to look whether each conflicts with anything is a seventh of it (decision 27).
-- name: over
ON CONFLICT (workspace_id, external_id) WHERE external_id IS NOT NULL DO UPDATE
    SET phone = excluded.phone, email = excluded.email, language = excluded.language,
        time_zone = excluded.time_zone, country = excluded.country, attributes = excluded.attributes,
        sms_consent = excluded.sms_consent, sms_valid = excluded.sms_valid,
        sms_computed = excluded.sms_computed, updated_at = excluded.updated_at,
        import_id = coalesce(excluded.import_id, c.import_id)

-- name: ids
RETURNING id, external_id

-- name: set_consent
UPDATE contacts SET sms_consent = %(sms_consent)s, updated_at = %(now)s
WHERE phone = %(phone)s AND (%(contact_id)s::bigint IS NULL OR id = %(contact_id)s);

-- name: newest_attributes
SELECT attributes FROM contacts ORDER BY id DESC LIMIT %(limit)s;

-- name: name
UPDATE contacts SET external_id = %(external_id)s WHERE id = %(contact_id)s AND external_id IS NULL;

-- Its places on lists go with it.
-- name: delete
DELETE FROM contacts WHERE id = %(contact_id)s;

-- name: merge
-- In this order: the numbers of the one that goes are read before it is gone.
WITH numbers AS MATERIALIZED (SELECT sayso.hand_on_numbers(%(kept)s, %(gone)s))
SELECT sayso.merge_profile(%(kept)s, %(gone)s)::int FROM numbers;
