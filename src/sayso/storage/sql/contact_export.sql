-- Contacts in short slices by id, for a file that is handed out (R8.2). Of whom none is met, a slice still ends: so it
-- is first said how far one reaches.

-- name: everybody_until
SELECT id FROM (SELECT id FROM contacts WHERE id > %(after)s ORDER BY id LIMIT %(limit)s) AS slice
ORDER BY id DESC LIMIT 1;

-- name: everybody
SELECT id, external_id, phone, email, language, time_zone, country, attributes, sms_consent, sms_valid,
       created_at, updated_at, import_id
FROM contacts
WHERE id > %(after)s AND id <= %(until)s
ORDER BY id;

-- name: list_until
SELECT contact_id FROM (
    SELECT contact_id FROM list_members
    WHERE list_id = %(list_id)s AND contact_id > %(after)s ORDER BY contact_id LIMIT %(limit)s) AS slice
ORDER BY contact_id DESC LIMIT 1;

-- name: on_list
SELECT c.id, c.external_id, c.phone, c.email, c.language, c.time_zone, c.country, c.attributes, c.sms_consent,
       c.sms_valid, c.created_at, c.updated_at, c.import_id
FROM list_members m
JOIN contacts c ON c.workspace_id = m.workspace_id AND c.id = m.contact_id
WHERE m.list_id = %(list_id)s AND m.contact_id > %(after)s AND m.contact_id <= %(until)s
ORDER BY c.id;

-- As the console's search finds them: each of these reaches an index under the policy.
-- name: found
SELECT id, external_id, phone, email, language, time_zone, country, attributes, sms_consent, sms_valid,
       created_at, updated_at, import_id
FROM contacts
WHERE id IN (
    SELECT id FROM (SELECT id FROM contacts WHERE phone = %(phone)s ORDER BY id LIMIT %(limit)s) AS by_number
    UNION SELECT id FROM (SELECT id FROM contacts WHERE external_id >= %(words)s AND external_id < %(beyond)s
                          ORDER BY external_id LIMIT %(limit)s) AS by_external_id
    UNION SELECT id FROM (SELECT id FROM contacts WHERE name_key >= %(folded)s AND name_key < %(folded_beyond)s
                          ORDER BY name_key LIMIT %(limit)s) AS by_name
    UNION SELECT id FROM (SELECT id FROM contacts WHERE email_key >= %(folded)s AND email_key < %(folded_beyond)s
                          ORDER BY email_key LIMIT %(limit)s) AS by_email)
ORDER BY id
LIMIT %(limit)s;

-- name: count_everybody
SELECT count(*) FROM (SELECT FROM contacts LIMIT %(limit)s) AS few;

-- name: count_list
SELECT count(*) FROM (SELECT FROM list_members WHERE list_id = %(list_id)s LIMIT %(limit)s) AS few;
