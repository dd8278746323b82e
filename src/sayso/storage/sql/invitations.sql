-- Invitations (R2.1): the link itself is nowhere in this database, its SHA-256 is.

-- name: create
INSERT INTO invitations (workspace_id, email, role, hash, invited_by, expires_at)
VALUES ((SELECT sayso.workspace()), %(email)s, %(role)s, %(hash)s, %(invited_by)s, %(expires_at)s)
RETURNING id;

-- Before a new one for the same address, and by hand.
-- name: withdraw_open
UPDATE invitations SET withdrawn_at = %(now)s
WHERE email = %(email)s AND accepted_at IS NULL AND withdrawn_at IS NULL;

-- By who made them, in order, as every change of several rows.
-- name: withdraw_of
WITH theirs AS (
    SELECT id FROM invitations
    WHERE invited_by = %(user_id)s AND accepted_at IS NULL AND withdrawn_at IS NULL
    ORDER BY id
    FOR UPDATE
)
UPDATE invitations SET withdrawn_at = now()
FROM theirs
WHERE invitations.id = theirs.id
RETURNING invitations.id, email, role, invited_by, created_at, expires_at, accepted_at, withdrawn_at;

-- name: for_update
SELECT id, email, role, invited_by, created_at, expires_at, accepted_at, withdrawn_at
FROM invitations
WHERE id = %(id)s
FOR UPDATE;

-- name: withdraw
UPDATE invitations SET withdrawn_at = %(now)s
WHERE id = %(id)s AND accepted_at IS NULL AND withdrawn_at IS NULL;

-- name: accept
UPDATE invitations SET accepted_at = %(now)s, accepted_by = %(user_id)s
WHERE id = %(id)s AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > %(now)s;

-- Needs no workspace: the link says which one it is.
-- name: by_hash
SELECT workspace_id, id, workspace_name, email, role, invited_by, expires_at, closed
FROM sayso.invitation_by_hash(%(hash)s);
