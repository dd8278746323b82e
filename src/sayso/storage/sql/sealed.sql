-- What only the secret key opens.

-- name: made
-- Not yet where a restore was not migrated: that is what opens the tables to the roles.
SELECT coalesce(bool_and(has_schema_privilege(r.rolname, n.oid, 'USAGE')), false)
FROM pg_roles r JOIN pg_namespace n ON n.nspname = CASE r.rolname WHEN 'sayso_engine' THEN 'sayso' ELSE 'console' END
WHERE r.rolname IN ('sayso_engine', 'sayso_app')
HAVING count(*) = 2

-- name: as_engine
SET ROLE sayso_engine

-- name: has_connections
SELECT to_regclass('sayso.connections') IS NOT NULL

-- name: connections
SELECT id, name, secrets FROM sayso.connections WHERE secrets <> '' ORDER BY id

-- name: has_erased
SELECT to_regclass('sayso.erased_numbers') IS NOT NULL

-- name: erased
SELECT made_with, count(*) FROM sayso.erased_numbers GROUP BY made_with

-- name: as_app
SET ROLE sayso_app

-- name: has_people
SELECT to_regclass('console.mfa_authenticator') IS NOT NULL

-- name: people
-- Passkeys hold nothing that is sealed.
SELECT count(DISTINCT user_id) FROM console.mfa_authenticator WHERE type IN ('totp', 'recovery_codes')
