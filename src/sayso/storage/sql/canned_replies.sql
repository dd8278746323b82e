-- Canned replies: words that agents use again (R12.2).

-- name: create
INSERT INTO canned_replies (workspace_id, name, body)
VALUES ((SELECT sayso.workspace()), %(name)s, %(body)s)
ON CONFLICT (workspace_id, name) DO NOTHING
RETURNING id

-- name: every
SELECT id, name, body FROM canned_replies ORDER BY name, id

-- name: how_many
SELECT count(*) FROM canned_replies

-- name: stored_words
-- What an answer to who is blocked may not repeat: canned replies, and the newest of the templates' texts.
(SELECT body FROM canned_replies ORDER BY id DESC LIMIT %(most)s)
UNION ALL
(SELECT body FROM template_texts ORDER BY template_id DESC, language LIMIT %(most_texts)s)

-- name: by_name
SELECT id, name, body FROM canned_replies WHERE name = %(name)s

-- name: get_for_update
SELECT id, name, body FROM canned_replies WHERE id = %(id)s FOR UPDATE

-- name: change
UPDATE canned_replies SET name = %(name)s, body = %(body)s, updated_at = %(now)s WHERE id = %(id)s

-- name: delete
DELETE FROM canned_replies WHERE id = %(id)s
