-- What a backup says of itself, and what a restore asks before and after.

-- Timeline and position tell later whether a database is older than what it was restored from.
-- name: position
SELECT pg_current_wal_lsn()::text, (SELECT timeline_id FROM pg_control_checkpoint()),
    (SELECT system_identifier::text FROM pg_control_system());

-- name: steps
SELECT name FROM sayso.migrations ORDER BY name;

-- Only where rows lie: partitioned parents have none of their own.
-- name: tables
SELECT n.nspname, c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('sayso', 'console') AND c.relkind = 'r'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C";

-- Rows as text must read the same wherever they are read, or equal rows would differ.
-- name: plain_text
SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true),
    set_config('intervalstyle', 'iso_8601', true), set_config('bytea_output', 'hex', true),
    set_config('extra_float_digits', '1', true), set_config('search_path', 'pg_catalog', true);

-- Nothing of anybody's can be in a database that has none of these.
-- name: occupied
SELECT EXISTS (SELECT FROM sayso.workspaces) OR EXISTS (SELECT FROM sayso.connections)
    OR EXISTS (SELECT FROM sayso.inbound_numbers);

-- name: pause
INSERT INTO sayso.pauses (resource, why, restored_at) VALUES ('all', %(why)s, now())
ON CONFLICT (resource) DO UPDATE SET why = excluded.why, since = now(), restored_at = excluded.restored_at;
