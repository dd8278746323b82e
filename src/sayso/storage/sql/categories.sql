-- Consent categories with their legal basis.

-- name: every
SELECT name, legal_basis, rejected_by_stop, created_at FROM categories ORDER BY name;

-- name: for_update
SELECT name, legal_basis, rejected_by_stop, created_at FROM categories WHERE name = %(name)s FOR UPDATE;

-- name: put
INSERT INTO categories (workspace_id, name, legal_basis, rejected_by_stop)
VALUES ((SELECT sayso.workspace()), %(name)s, %(legal_basis)s, %(rejected_by_stop)s)
ON CONFLICT (workspace_id, name)
    DO UPDATE SET legal_basis = excluded.legal_basis, rejected_by_stop = excluded.rejected_by_stop;
