-- Pictures that texts carry (R9.2).

-- name: add
-- One that is here already keeps its address; a new description is the last word.
INSERT INTO pictures (workspace_id, token, digest, content_type, width, height, bytes, description, content, created_at)
VALUES ((SELECT sayso.workspace()), %(token)s, %(digest)s, %(content_type)s, %(width)s, %(height)s, %(bytes)s,
        %(description)s, %(content)s, %(now)s)
ON CONFLICT (workspace_id, digest) DO UPDATE
    SET description = coalesce(nullif(excluded.description, ''), pictures.description)
RETURNING token, content_type, width, height, bytes, description;

-- name: some
SELECT token, content_type, width, height, bytes, description FROM pictures
WHERE token = ANY (%(tokens)s::text[])
ORDER BY token;

-- name: taken
-- By all pictures but this one, which takes no room twice.
SELECT coalesce(sum(bytes), 0)::bigint FROM pictures WHERE digest <> %(digest)s;

-- name: hold
-- Whoever refers to them from now on keeps them from being removed meanwhile.
SELECT token, content_type, width, height, bytes, description FROM pictures
WHERE token = ANY (%(tokens)s::text[])
ORDER BY token FOR KEY SHARE;

-- name: use
UPDATE pictures SET used_at = %(now)s
WHERE token = ANY (%(tokens)s::text[]) AND coalesce(used_at < %(now)s - interval '1 day', true);

-- name: lock
SELECT count(*) FROM (SELECT FROM pictures WHERE token = %(token)s FOR UPDATE) AS held;

-- name: remove
DELETE FROM pictures WHERE token = %(token)s AND NOT sayso.picture_in_use(token, %(since)s);

-- name: unused
SELECT token, content_type, width, height, bytes, description FROM pictures
WHERE created_at < %(since)s AND NOT sayso.picture_in_use(token, %(since)s)
ORDER BY created_at, token LIMIT %(limit)s;

-- name: served
SELECT content_type, content FROM sayso.picture(%(token)s);

-- name: total_bytes
-- As the engine: of one workspace's pictures.
SELECT coalesce(sum(bytes), 0) FROM sayso.pictures
WHERE workspace_id = %(workspace_id)s AND token = ANY (%(tokens)s::text[]);

-- name: kinds
-- By which kind of provider each connection goes that a workspace has a line on.
SELECT DISTINCT n.connection_id, c.kind
FROM sayso.lines l
JOIN sayso.inbound_numbers n ON n.id = l.inbound_number_id
JOIN sayso.connections c ON c.id = n.connection_id
WHERE l.workspace_id = %(workspace_id)s AND l.withdrawn_at IS NULL;
