-- The ledger of texts with what was decided and why (R5.3). The engine writes it.

-- name: newest
SELECT id, line_id, contact_id, phone, sender, recipient, body, media, provider_at, received_at, outcome,
       process_id, keyword, mode, scope, because, answers_message_id, answers_certainty, flags
FROM inbound_messages
WHERE id < %(before_id)s AND (%(line_id)s::int IS NULL OR line_id = %(line_id)s)
ORDER BY id DESC
LIMIT %(limit)s;

-- name: newest_of_phone
SELECT id, line_id, contact_id, phone, sender, recipient, body, media, provider_at, received_at, outcome,
       process_id, keyword, mode, scope, because, answers_message_id, answers_certainty, flags
FROM inbound_messages
WHERE phone = %(phone)s AND id < %(before_id)s AND (%(line_id)s::int IS NULL OR line_id = %(line_id)s)
ORDER BY id DESC
LIMIT %(limit)s;

-- name: get
SELECT id, line_id, contact_id, phone, sender, recipient, body, media, provider_at, received_at, outcome,
       process_id, keyword, mode, scope, because, answers_message_id, answers_certainty, flags
FROM inbound_messages
WHERE id = %(inbound_id)s;

-- name: of_ids
SELECT id, line_id, contact_id, phone, sender, recipient, body, media, provider_at, received_at, outcome,
       process_id, keyword, mode, scope, because, answers_message_id, answers_certainty, flags
FROM inbound_messages
WHERE id = ANY (%(inbound_ids)s::bigint[])
ORDER BY id DESC;

-- A slice of past texts for a replay (R14.4): it ends after so many texts of any line, so that a line that is
-- seldom texted costs no more than a busy one. What belongs to another line comes without its words.
-- name: slice
SELECT id, line_id, phone, sender, received_at, CASE WHEN line_id = %(line_id)s THEN body ELSE '' END AS body
FROM inbound_messages
WHERE id < %(before_id)s AND id >= %(from_id)s
ORDER BY id DESC
LIMIT %(limit)s;

-- The ids between which texts of these moments stand.
-- name: ids_between
SELECT sayso.id_at(%(since)s) AS first, sayso.id_at(%(until)s) AS last;
