-- The database's clock alone decides, so a machine with a wrong clock neither steals nor keeps a lease.

-- name: acquire
-- Every taking is a new epoch, the same holder's too: it asks for what it does not believe to hold, so it may
-- have left something behind in the old epoch, which only a later one clears up.
-- A row that a transaction of its holder keeps is passed over and asked for again: whoever waited here would keep
-- all other leases of its process from being renewed.
WITH free AS MATERIALIZED (
    SELECT resource FROM sayso.leases
    WHERE resource = ANY (%(resources)s::text[]) ORDER BY resource FOR UPDATE SKIP LOCKED
)
INSERT INTO sayso.leases AS l (resource, holder, epoch, until)
SELECT wanted, %(holder)s, 1, clock_timestamp() + %(length)s::interval
FROM unnest(%(resources)s::text[]) AS wanted
WHERE wanted IN (SELECT resource FROM free)
    OR NOT EXISTS (SELECT FROM sayso.leases e WHERE e.resource = wanted)
ORDER BY wanted
ON CONFLICT (resource) DO UPDATE SET holder = excluded.holder, until = excluded.until,
    epoch = l.epoch + 1
    WHERE l.holder = excluded.holder OR l.until < clock_timestamp()
RETURNING l.resource, l.epoch

-- name: renew_free
-- What no transaction keeps just now.
WITH ours AS MATERIALIZED (
    SELECT resource FROM sayso.leases
    WHERE resource = ANY (%(resources)s::text[]) AND holder = %(holder)s
    ORDER BY resource FOR UPDATE SKIP LOCKED
)
UPDATE sayso.leases l SET until = clock_timestamp() + %(length)s::interval
FROM ours WHERE l.resource = ours.resource
RETURNING l.resource, l.epoch

-- name: patience
SELECT set_config('lock_timeout', %(patience)s, true)

-- name: renew
-- Locked in order first: an UPDATE alone would take the rows as it finds them.
WITH ours AS MATERIALIZED (
    SELECT resource FROM sayso.leases
    WHERE resource = ANY (%(resources)s::text[]) AND holder = %(holder)s
    ORDER BY resource FOR UPDATE
)
UPDATE sayso.leases l SET until = clock_timestamp() + %(length)s::interval
FROM ours WHERE l.resource = ours.resource
RETURNING l.resource, l.epoch

-- name: give_back
-- The row stays, and its epoch: a lower one must never come back.
UPDATE sayso.leases SET holder = '', until = '-infinity'
WHERE resource = ANY (%(resources)s::text[]) AND holder = %(holder)s

-- name: fence
SELECT * FROM sayso.fence(%(holder)s, %(resources)s::text[], %(epochs)s::bigint[])
