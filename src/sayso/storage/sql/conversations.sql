-- Conversations of the inbox, by number and line (R12.2). The engine keeps them, people answer them.

-- name: come_back
-- A reply that did not arrive answers nothing. What was said of it before (its outcome stands at that rank or
-- beyond) is not said again. Locked in the order of the inbound stage's `record`.
WITH said AS MATERIALIZED (
    SELECT DISTINCT ON (r.workspace_id, r.phone, r.line_id) r.workspace_id, r.phone, r.line_id, s.why
    FROM unnest(%(workspaces)s::int[], %(ids)s::bigint[], %(below)s::smallint[], %(whys)s::text[])
        AS s(workspace_id, message_id, below, why)
    JOIN sayso.conversation_replies r ON r.workspace_id = s.workspace_id AND r.message_id = s.message_id
    LEFT JOIN sayso.outcomes o ON o.message_id = s.message_id
    WHERE coalesce(o.rank, 0) < s.below
    ORDER BY r.workspace_id, r.phone, r.line_id, s.message_id DESC
),
locked AS MATERIALIZED (
    SELECT c.workspace_id, c.phone, c.line_id, said.why
    FROM said JOIN sayso.conversations c USING (workspace_id, phone, line_id)
    ORDER BY c.workspace_id, c.phone, c.line_id FOR NO KEY UPDATE OF c
)
UPDATE sayso.conversations c
SET open = true, unanswered = CASE WHEN c.open THEN greatest(c.unanswered, 1) ELSE 1 END,
    news = c.news + 1, came_back = locked.why
FROM locked
WHERE c.workspace_id = locked.workspace_id AND c.phone = locked.phone AND c.line_id = locked.line_id

-- name: get
-- Any text of a number on a line is an address of their conversation; the ledger prunes to one partition.
SELECT c.phone, c.line_id, c.id, c.written, c.open, c.unanswered, c.assigned_to, c.last_inbound_id, c.wrote_at,
    c.news
FROM inbound_messages m
JOIN conversations c ON c.workspace_id = m.workspace_id AND c.phone = m.phone AND c.line_id = m.line_id
WHERE m.workspace_id = (SELECT sayso.workspace()) AND m.id = %(id)s

-- name: get_for_update
SELECT c.phone, c.line_id, c.id, c.written, c.open, c.unanswered, c.assigned_to, c.last_inbound_id, c.wrote_at,
    c.news
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
-- What is new since the page that the writer saw is not answered yet, and keeps the conversation open.
UPDATE conversations
SET unanswered = CASE WHEN news > %(seen)s THEN unanswered ELSE 0 END,
    came_back = CASE WHEN news > %(seen)s THEN came_back ELSE '' END,
    open = NOT %(close)s OR news > %(seen)s,
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
