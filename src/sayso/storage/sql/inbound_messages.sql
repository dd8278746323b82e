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
