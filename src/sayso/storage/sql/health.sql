-- What `doctor` and readiness ask. Reads only, quick on a busy database, nothing kept open.

-- name: made
SELECT to_regnamespace('sayso') IS NOT NULL AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'sayso_engine')

-- name: newest
SELECT max(name COLLATE "C") AS name FROM sayso.migrations

-- name: server
SELECT current_setting('server_version') AS version, clock_timestamp() AS clock,
    current_setting('fsync') = 'on' AS fsync, current_setting('full_page_writes') = 'on' AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('synchronous_standby_names') <> '' AS has_standby, pg_is_in_recovery() AS in_recovery

-- Asked as the login role, which sees all that log in as it, and others where it is a member of pg_read_all_stats.
-- name: oldest_transaction
SELECT pid, coalesce(nullif(application_name, ''), usename::text, 'unknown') AS who,
    extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    AND xact_start IS NOT NULL
ORDER BY xact_start LIMIT 1

-- A month ahead is what upkeep makes at least; without a partition an insert fails.
-- name: partitions_missing
SELECT c.relname || '_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM') AS name
FROM pg_class c, unnest(ARRAY[%(now)s::timestamptz, %(now)s::timestamptz + interval '1 month']) AS month
WHERE c.relnamespace = to_regnamespace('sayso') AND c.relkind = 'p'
    AND to_regclass('sayso.' || c.relname || '_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM')) IS NULL
ORDER BY 1

-- Counted up to a limit: statistics of these tables are not to be trusted, and a full count is not needed.
-- name: waiting
SELECT (SELECT count(*) FROM (SELECT FROM sayso.inbound_queue LIMIT 100000) AS few) AS texts,
    (SELECT count(*) FROM (SELECT FROM sayso.receipt_queue LIMIT 100000) AS few) AS receipts,
    (SELECT count(*) FROM (SELECT FROM sayso.outbox WHERE due <= %(now)s LIMIT 100000) AS few) AS messages,
    (SELECT count(*) FROM (SELECT FROM sayso.quarantine WHERE released_at IS NULL LIMIT 100000) AS few) AS quarantined,
    (SELECT extract(epoch FROM %(now)s - min(received_at))::float8 FROM sayso.inbound_queue) AS oldest_text_seconds,
    (SELECT extract(epoch FROM %(now)s - min(few.received_at))::float8
     FROM (SELECT received_at FROM sayso.receipt_queue LIMIT 100000) AS few) AS oldest_receipt_seconds,
    (SELECT extract(epoch FROM %(now)s - min(few.due))::float8
     FROM (SELECT due FROM sayso.outbox WHERE due <= %(now)s LIMIT 100000) AS few) AS oldest_message_seconds

-- name: set_aside
-- What waits for the operator, by kind, with the newest reason.
SELECT kind, count(*) AS times, (array_agg(why ORDER BY id DESC))[1] AS why
FROM (SELECT id, kind, why FROM sayso.unrouted WHERE settled_at IS NULL LIMIT 100000) AS few
GROUP BY kind ORDER BY kind

-- name: engine
-- Every engine holds leases of inbound lanes or connections; what was given back cleanly is at -infinity.
SELECT coalesce(max(until) > clock_timestamp(), false) AS is_live, nullif(max(until), '-infinity') AS until
FROM sayso.leases

-- name: pauses
SELECT resource, why, since FROM sayso.pauses ORDER BY resource

-- name: resume
DELETE FROM sayso.pauses WHERE resource = %(resource)s
