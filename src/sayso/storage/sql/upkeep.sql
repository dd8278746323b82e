-- name: make_partitions
SELECT sayso.make_partitions((%(now)s::timestamptz AT TIME ZONE 'UTC')::date, %(months)s)

-- Slices by ctid: short transactions, so that no snapshot is held while thousands of rows go.

-- name: prune_callback_refs
DELETE FROM sayso.callback_refs WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sayso.callback_refs WHERE id < sayso.id_at(%(before)s) LIMIT %(limit)s))

-- name: prune_idempotency_keys
DELETE FROM sayso.idempotency_keys WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sayso.idempotency_keys WHERE created_at < %(before)s LIMIT %(limit)s))

-- name: prune_quarantine
-- What was not released may hold a STOP: it waits 60 days longer for somebody to mend the secret.
DELETE FROM sayso.quarantine WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sayso.quarantine
    WHERE released_at < %(before)s
        OR (released_at IS NULL AND id < sayso.id_at(%(before)s::timestamptz - interval '60 days'))
    LIMIT %(limit)s))

-- name: prune_import_files
-- One that runs still needs its file, however long it takes.
DELETE FROM sayso.contact_import_chunks WHERE ctid = ANY (ARRAY(
    SELECT c.ctid FROM sayso.contact_import_chunks c
    JOIN sayso.contact_import_progress p USING (workspace_id, import_id)
    WHERE c.import_id < sayso.id_at(%(before)s) AND p.state NOT IN ('waiting', 'running')
    LIMIT %(limit)s))

-- name: prune_advertised
DELETE FROM sayso.advertised WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sayso.advertised WHERE at < %(before)s LIMIT %(limit)s))

-- name: prune_departures
-- What left of campaigns that are over for long, or gone: it is counted, and the count stays.
DELETE FROM sayso.campaign_departures WHERE ctid = ANY (ARRAY(
    SELECT d.ctid FROM sayso.campaign_departures d
    LEFT JOIN sayso.campaigns c ON c.workspace_id = d.workspace_id AND c.id = d.campaign_id
    WHERE d.id < sayso.id_at(%(before)s) AND (c.id IS NULL OR c.ended_at < %(before)s)
    LIMIT %(limit)s))

-- name: prune_changed_numbers
DELETE FROM sayso.changed_numbers WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sayso.changed_numbers WHERE at < %(before)s LIMIT %(limit)s))

-- name: prune_spend_days
DELETE FROM sayso.spend_days WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sayso.spend_days WHERE day < %(before)s::date LIMIT %(limit)s))

-- name: as_app
-- The console's tables are Django's, and nobody's but its own role's.
SET LOCAL ROLE sayso_app

-- name: has_sessions
-- Made by the console's own migrations, after ours.
SELECT (to_regclass('console.django_session') IS NOT NULL)::int

-- name: end_sessions
DELETE FROM console.django_session WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM console.django_session WHERE expire_date < %(now)s LIMIT %(limit)s))

-- name: as_login
-- A role sees only its own sessions: as the login that all of us share, we see each other's.
SET LOCAL ROLE NONE

-- name: old_transactions
SELECT pid, coalesce(nullif(application_name, ''), usename::text, 'unknown') AS who,
    extract(epoch FROM clock_timestamp() - xact_start)::int AS seconds, left(query, 80) AS doing
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    AND xact_start < clock_timestamp() - make_interval(secs => %(seconds)s)
ORDER BY xact_start LIMIT 5
