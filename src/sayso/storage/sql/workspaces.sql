-- One client each; their settings, and who works in them.

-- name: create
INSERT INTO workspaces (name, country, time_zone, language)
VALUES (%(name)s, %(country)s, %(time_zone)s, %(language)s)
RETURNING id;

-- The transaction's own workspace: the policy shows no other.
-- name: current
SELECT id, name, country, time_zone, language, event_name, event_properties, opt_out_message, created_at
FROM workspaces
WHERE id = (SELECT sayso.workspace());

-- Locked, so that an audit entry's `before` is what this change really replaced.
-- name: current_for_update
SELECT id, name, country, time_zone, language, event_name, event_properties, opt_out_message, created_at
FROM workspaces
WHERE id = (SELECT sayso.workspace())
FOR NO KEY UPDATE;

-- name: every
SELECT id, name, country, time_zone, language, event_name, event_properties, opt_out_message, created_at
FROM workspaces
ORDER BY id;

-- name: set_opt_out_message
UPDATE workspaces SET opt_out_message = %(message)s WHERE id = (SELECT sayso.workspace());

-- name: terms
SELECT folded, written FROM opt_out_terms ORDER BY folded;

-- name: remove_terms
DELETE FROM opt_out_terms WHERE folded <> ALL (%(folded)s::text[]);

-- name: add_terms
INSERT INTO opt_out_terms (workspace_id, folded, written)
SELECT (SELECT sayso.workspace()), folded, written
FROM unnest(%(folded)s::text[], %(written)s::text[]) AS term (folded, written)
ORDER BY folded
ON CONFLICT (workspace_id, folded) DO NOTHING;

-- name: members
SELECT user_id, role, created_at FROM memberships ORDER BY user_id;

-- name: member_for_update
SELECT user_id, role, created_at FROM memberships WHERE user_id = %(user_id)s FOR UPDATE;

-- name: role_of
SELECT role FROM memberships WHERE user_id = %(user_id)s;

-- name: set_member
INSERT INTO memberships (workspace_id, user_id, role)
VALUES ((SELECT sayso.workspace()), %(user_id)s, %(role)s)
ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role;

-- name: remove_member
DELETE FROM memberships WHERE user_id = %(user_id)s;

-- name: of_person
SELECT workspace_id, name, country, role FROM sayso.workspaces_of(%(user_id)s);

-- name: permitted_confirmations
SELECT country, allowed_by, allowed_at FROM confirmation_permissions ORDER BY country;

-- name: permit_confirmation
INSERT INTO confirmation_permissions (workspace_id, country, allowed_by)
VALUES ((SELECT sayso.workspace()), %(country)s, %(user_id)s)
ON CONFLICT (workspace_id, country) DO NOTHING;

-- name: withdraw_confirmation
DELETE FROM confirmation_permissions WHERE country = %(country)s;

-- Locked and in order: two owners who demote each other must not both succeed.
-- name: owners_for_update
SELECT user_id, role, created_at FROM memberships WHERE role = 'owner' ORDER BY user_id FOR UPDATE;

-- name: set_event
UPDATE workspaces SET event_name = %(name)s, event_properties = %(properties)s
WHERE id = (SELECT sayso.workspace());

-- name: set_time_zone
UPDATE workspaces SET time_zone = %(time_zone)s WHERE id = (SELECT sayso.workspace());

-- For operators alone: who may be given a line.
-- name: names
SELECT id, name FROM sayso.names_of_workspaces();
