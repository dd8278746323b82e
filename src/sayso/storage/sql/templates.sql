-- Texts that processes and the API send, one per language, each template with its mailing ID.

-- name: create
INSERT INTO templates (workspace_id, name, class)
VALUES ((SELECT sayso.workspace()), %(name)s, %(class)s)
RETURNING id;

-- name: get
SELECT id, name, class AS message_class, mailing_id, approved_at, created_at, process_id
FROM templates
WHERE id = %(template_id)s;

-- Locked: a text must not vanish between the check of the processes that need it and the save.
-- name: for_update
SELECT id, name, class AS message_class, mailing_id, approved_at, created_at, process_id
FROM templates
WHERE id = %(template_id)s
FOR UPDATE;

-- name: every
SELECT id, name, class AS message_class, mailing_id, approved_at, created_at, process_id
FROM templates
WHERE id > %(after)s
ORDER BY id
LIMIT %(limit)s;

-- An edit takes the approval back: what was approved is no longer what would be sent.
-- name: update
UPDATE templates SET name = %(name)s, class = %(class)s, approved_at = NULL WHERE id = %(template_id)s;

-- Approved, it is for everybody: no process rewords it any more.
-- name: approve
UPDATE templates SET approved_at = %(now)s, process_id = NULL WHERE id = %(template_id)s;

-- name: texts
SELECT template_id, language, body
FROM template_texts
WHERE template_id = ANY (%(template_ids)s::int[])
ORDER BY template_id, language;

-- name: remove_texts
DELETE FROM template_texts WHERE template_id = %(template_id)s AND language <> ALL (%(languages)s::text[]);

-- name: set_texts
INSERT INTO template_texts (workspace_id, template_id, language, body)
SELECT (SELECT sayso.workspace()), %(template_id)s, language, body
FROM unnest(%(languages)s::text[], %(bodies)s::text[]) AS said (language, body)
ORDER BY language
ON CONFLICT (workspace_id, template_id, language) DO UPDATE SET body = excluded.body;

-- name: of_process
SELECT id, name, class AS message_class, mailing_id, approved_at, created_at, process_id
FROM templates
WHERE process_id = %(process_id)s
FOR UPDATE;

-- name: give
UPDATE templates SET process_id = %(process_id)s WHERE id = %(template_id)s;

-- name: release
UPDATE templates SET process_id = NULL WHERE process_id = %(process_id)s;
