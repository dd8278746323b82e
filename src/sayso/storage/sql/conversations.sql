-- Conversations of the inbox, by number and line (R12.2). The engine keeps them, people answer them.

-- name: heard
-- One row a filed text; the keys come sorted and each stands once.
INSERT INTO sayso.conversations AS c (workspace_id, phone, line_id, id, written, unanswered, last_id,
    last_inbound_id, wrote_at, last_words)
SELECT h.workspace_id, h.phone, h.line_id, h.id, h.written, 1, h.id, h.id, h.wrote_at, h.words
FROM unnest(%(workspace_id)s::int[], %(phone)s::bigint[], %(line_id)s::int[], %(id)s::bigint[],
    %(written)s::text[], %(wrote_at)s::timestamptz[], %(words)s::text[])
    AS h(workspace_id, phone, line_id, id, written, wrote_at, words)
ON CONFLICT (workspace_id, phone, line_id) DO UPDATE
    SET open = true, unanswered = CASE WHEN c.open THEN c.unanswered + 1 ELSE 1 END,
        last_id = greatest(c.last_id, excluded.last_id), last_inbound_id = excluded.last_inbound_id,
        wrote_at = greatest(c.wrote_at, excluded.wrote_at), last_is_ours = false,
        last_words = excluded.last_words

-- name: get
-- Any text of a number on a line is an address of their conversation; the ledger prunes to one partition.
SELECT c.phone, c.line_id, c.id, c.written, c.open, c.unanswered, c.assigned_to, c.last_inbound_id, c.wrote_at
FROM inbound_messages m
JOIN conversations c ON c.workspace_id = m.workspace_id AND c.phone = m.phone AND c.line_id = m.line_id
WHERE m.workspace_id = (SELECT sayso.workspace()) AND m.id = %(id)s

-- name: get_for_update
SELECT c.phone, c.line_id, c.id, c.written, c.open, c.unanswered, c.assigned_to, c.last_inbound_id, c.wrote_at
FROM inbound_messages m
JOIN conversations c ON c.workspace_id = m.workspace_id AND c.phone = m.phone AND c.line_id = m.line_id
WHERE m.workspace_id = (SELECT sayso.workspace()) AND m.id = %(id)s
FOR NO KEY UPDATE OF c

-- name: hurry
-- For the rest of the transaction no statement takes long, a wait for a lock included.
SELECT set_config('statement_timeout', '2s', true)

-- name: assign
UPDATE conversations SET assigned_to = %(user_id)s WHERE phone = %(phone)s AND line_id = %(line_id)s

-- name: set_open
UPDATE conversations SET open = %(open)s WHERE phone = %(phone)s AND line_id = %(line_id)s

-- name: answered
-- What came in after the text that the writer saw last is not answered yet, and keeps the conversation open.
UPDATE conversations
SET unanswered = CASE WHEN last_inbound_id > %(seen)s THEN unanswered ELSE 0 END,
    open = NOT %(close)s OR last_inbound_id > %(seen)s,
    last_id = greatest(last_id, %(message_id)s), last_is_ours = true, last_words = %(words)s
WHERE phone = %(phone)s AND line_id = %(line_id)s

-- name: reply_of_form
SELECT r.message_id, m.body
FROM conversation_replies r JOIN messages m ON m.workspace_id = r.workspace_id AND m.id = r.message_id
WHERE r.workspace_id = (SELECT sayso.workspace()) AND r.token = %(token)s

-- name: add_reply
INSERT INTO conversation_replies (workspace_id, message_id, token, phone, line_id, inbound_id, user_id, key_id)
VALUES ((SELECT sayso.workspace()), %(message_id)s, %(token)s, %(phone)s, %(line_id)s, %(inbound_id)s,
        %(user_id)s, %(key_id)s)

-- name: labels
SELECT folded, written FROM conversation_labels
WHERE phone = %(phone)s AND line_id = %(line_id)s ORDER BY folded

-- name: add_label
INSERT INTO conversation_labels (workspace_id, phone, line_id, folded, written)
VALUES ((SELECT sayso.workspace()), %(phone)s, %(line_id)s, %(folded)s, %(written)s)
ON CONFLICT DO NOTHING

-- name: remove_label
DELETE FROM conversation_labels WHERE phone = %(phone)s AND line_id = %(line_id)s AND folded = %(folded)s
