-- What `doctor` tells of work beside the three great queues: what stands still, what is behind, what is large.

-- name: halts
SELECT h.workspace_id, w.name, h.since, h.why FROM sayso.halts h JOIN sayso.workspaces w ON w.id = h.workspace_id
ORDER BY h.since LIMIT 100

-- name: campaigns
-- Of which nothing was planned lately, and nothing says that it should wait. Rehearsals too: somebody looks at them.
SELECT c.workspace_id, c.id AS campaign_id, c.name,
    coalesce(p.rehearsal, false) AS rehearsal,
    extract(epoch FROM %(now)s - coalesce(p.waits_until, p.walked_at, p.began_at, c.starts_at))::float8 AS seconds,
    EXISTS (SELECT FROM sayso.halts h WHERE h.workspace_id = c.workspace_id) AND NOT coalesce(p.rehearsal, false)
        AS is_halted
FROM sayso.campaigns c
LEFT JOIN sayso.campaign_plans p
    ON p.workspace_id = c.workspace_id AND p.campaign_id = c.id AND p.finished_at IS NULL
WHERE (c.state = 'scheduled' AND p.campaign_id IS NULL AND c.starts_at < %(late)s)
    OR (p.campaign_id IS NOT NULL AND (p.rehearsal AND c.state = 'draft' OR NOT p.rehearsal AND c.state = 'planning')
        AND coalesce(p.waits_until, p.walked_at, p.began_at) < %(late)s)
ORDER BY seconds DESC LIMIT 20

-- name: behind
-- Work of the smaller stages: how much waits, counted up to a limit, and since when the oldest does.
SELECT work, waiting, extract(epoch FROM %(now)s - since)::float8 AS seconds FROM (
    SELECT 'clicks' AS work, count(*) AS waiting, min(at) AS since
    FROM (SELECT at FROM sayso.click_queue ORDER BY at LIMIT 100000) AS few
    UNION ALL
    SELECT 'erasures', count(*), min(due) FROM sayso.erasures WHERE ended_at IS NULL AND due <= %(now)s
    UNION ALL
    SELECT 'spreadsheets', count(*), min(sayso.time_of(import_id)) FROM sayso.contact_import_progress
    WHERE state = 'reading'
    UNION ALL
    SELECT 'imports', count(*), min(started_at) FROM sayso.contact_import_progress WHERE state = 'waiting'
    UNION ALL
    SELECT 'credit', count(*), sayso.time_of(min(id))
    FROM (SELECT id FROM sayso.credit_fresh LIMIT 100000) AS few
) AS found
WHERE waiting > 0
ORDER BY work

-- name: large
-- A ledger with all its months; `total` is of everything that is ours.
SELECT coalesce(l.relname, c.relname)::text AS name, sum(pg_total_relation_size(c.oid))::bigint AS bytes,
    sum(sum(pg_total_relation_size(c.oid))) OVER ()::bigint AS total
FROM pg_class c
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
LEFT JOIN pg_class l ON l.oid = i.inhparent
WHERE c.relnamespace IN (to_regnamespace('sayso'), to_regnamespace('console')) AND c.relkind = 'r'
GROUP BY 1 ORDER BY 2 DESC LIMIT 6
