-- What waits ends here: found by line or by number, then taken back in one way.

-- name: of_line
SELECT message_id FROM sayso.waiting_from(%(line_id)s);

-- R5.4. In the messages of sixty days: none waits longer.
-- name: of_numbers
SELECT DISTINCT m.id
FROM unnest(%(phones)s::bigint[], %(contact_ids)s::bigint[], %(line_ids)s::int[], %(categories)s::text[],
    %(transactional)s::boolean[]) AS c(phone, contact_id, line_id, category, transactional)
JOIN messages m ON m.phone = c.phone AND m.id > sayso.id_at(%(now)s::timestamptz - interval '60 days')
LEFT JOIN outcomes o ON o.message_id = m.id
WHERE sayso.is_refused(m.class, m.purpose, m.line_id, m.category, true, c.transactional, c.line_id, c.category)
    AND c.contact_id IN (0, m.contact_id)
    AND coalesce(o.rank, 0) < %(leaving)s;

-- An outcome now, and the sender drops the row when it comes to it. What already has its intent is on the wire and
-- gets its true outcome instead.
-- name: take_back
WITH leaving AS MATERIALIZED (
    SELECT message_id FROM sayso.on_the_wire(%(ids)s::bigint[])
),
taken_back AS (
    INSERT INTO outcomes AS o (workspace_id, message_id, status, reason, rank, at)
    SELECT (SELECT sayso.workspace()), id, 'cancelled', %(reason)s, %(rank)s, %(now)s
    FROM unnest(%(ids)s::bigint[]) AS id
    WHERE id NOT IN (SELECT message_id FROM leaving)
    ORDER BY id
    ON CONFLICT (message_id) DO UPDATE
        SET status = excluded.status, reason = excluded.reason, rank = excluded.rank, at = excluded.at
        WHERE o.rank < %(leaving)s
    RETURNING message_id
)
INSERT INTO message_events (workspace_id, message_id, status, reason, detail, at)
SELECT (SELECT sayso.workspace()), message_id, 'cancelled', %(reason)s, %(detail)s, %(now)s FROM taken_back;
