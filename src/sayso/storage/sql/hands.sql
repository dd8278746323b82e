-- Numbers that changed hands, or may have (R6.8): in the workspace of the transaction.

-- name: hold
-- A yes is judged by whether consent is over, and writes another row than that: without this neither would see the
-- other. In order, and of so few kinds that a list takes no more than 256 locks.
WITH places AS MATERIALIZED (
    SELECT DISTINCT (phone %% 256)::int AS place FROM unnest(%(phones)s::bigint[]) AS asked (phone) ORDER BY place
)
SELECT pg_advisory_xact_lock(hashtext('sayso.hands:' || sayso.workspace()), place) FROM places;

-- name: hold_for_yes
-- Which number a contact has is looked up unlocked: it must not wait for a row while it holds nothing.
WITH numbers AS (
    SELECT phone FROM unnest(%(phones)s::bigint[]) AS asked (phone)
    UNION ALL
    SELECT c.phone FROM contacts c
    WHERE c.workspace_id = (SELECT sayso.workspace()) AND c.external_id = ANY (%(names)s::text[])
        AND c.phone IS NOT NULL
),
places AS MATERIALIZED (SELECT DISTINCT (phone %% 256)::int AS place FROM numbers ORDER BY place)
SELECT pg_advisory_xact_lock_shared(hashtext('sayso.hands:' || sayso.workspace()), place) FROM places;

-- name: end
-- An older word than the one that stands changes nothing, and neither does the same one again.
INSERT INTO consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
SELECT (SELECT sayso.workspace()), phone, 0, '*hands', 'ended', at, source
FROM unnest(%(phones)s::bigint[], %(ats)s::timestamptz[], %(sources)s::text[]) AS gone (phone, at, source)
ORDER BY phone
ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE
    SET since = excluded.since, source = excluded.source
    WHERE excluded.since > s.since
RETURNING s.phone;

-- name: prove
INSERT INTO consents (workspace_id, contact_id, phone, action, category, source, identification, method, wording,
                      evidence, timestamp, imported_timestamp)
SELECT (SELECT sayso.workspace()), NULL, phone, 'ended', '*', source, '+' || phone, method, reason, evidence, at,
       %(now)s
FROM unnest(%(phones)s::bigint[], %(ats)s::timestamptz[], %(sources)s::text[], %(methods)s::text[],
            %(reasons)s::text[], %(evidences)s::jsonb[]) AS gone (phone, at, source, method, reason, evidence)
ORDER BY phone;

-- name: settle
-- Later than the text that asked, whatever clock it came by.
WITH asked AS MATERIALIZED (
    SELECT r.workspace_id, r.phone
    FROM unnest(%(phones)s::bigint[], %(untils)s::timestamptz[]) AS told (phone, until)
    JOIN consent_states r ON r.workspace_id = (SELECT sayso.workspace()) AND r.phone = told.phone
        AND r.contact_id = 0 AND r.category = '*review'
    WHERE r.state = 'review' AND (told.until IS NULL OR r.since <= told.until)
    ORDER BY r.phone FOR UPDATE OF r
)
UPDATE consent_states s
SET state = 'settled', since = greatest(%(now)s, s.since + interval '1 microsecond'), source = %(source)s
FROM asked
WHERE s.workspace_id = asked.workspace_id AND s.phone = asked.phone AND s.contact_id = 0 AND s.category = '*review';

-- name: unsay
-- The profile's own yes was of whoever had the number; a no stays, and so does a later yes.
WITH said AS MATERIALIZED (
    SELECT c.id, gone.at
    FROM unnest(%(phones)s::bigint[], %(ats)s::timestamptz[]) AS gone (phone, at)
    JOIN contacts c ON c.workspace_id = (SELECT sayso.workspace()) AND c.phone = gone.phone
    WHERE c.sms_consent = 'yes'
    ORDER BY c.id FOR UPDATE OF c
)
UPDATE contacts c SET sms_consent = 'unknown', updated_at = %(now)s
FROM said
WHERE c.workspace_id = (SELECT sayso.workspace()) AND c.id = said.id AND c.sms_consent = 'yes'
    AND NOT EXISTS (
        SELECT FROM consent_states s
        WHERE s.workspace_id = c.workspace_id AND s.phone = c.phone AND s.contact_id IN (0, c.id)
            AND s.category = '*' AND s.state = 'accept' AND s.since > said.at);

-- name: asked
SELECT s.phone, s.since
FROM consent_states s
WHERE s.state = 'review' AND s.phone > 0 AND (s.since, s.phone) > (%(after)s, %(after_phone)s)
ORDER BY s.since, s.phone
LIMIT %(limit)s;

-- name: asked_of
SELECT phone, since FROM consent_states
WHERE workspace_id = (SELECT sayso.workspace()) AND phone = %(phone)s AND contact_id = 0 AND category = '*review'
    AND state = 'review'
FOR UPDATE;

-- name: waits
SELECT since FROM consent_states
WHERE workspace_id = (SELECT sayso.workspace()) AND phone = %(phone)s AND contact_id = 0 AND category = '*review'
    AND state = 'review';

-- name: held
-- Asked in a transaction of its own, which then ends: nothing is held while something else is waited for.
WITH asked AS (
    SELECT DISTINCT * FROM unnest(%(workspaces)s::int[], %(phones)s::bigint[]) AS t(workspace_id, phone)
),
free AS MATERIALIZED (
    SELECT c.workspace_id, c.id
    FROM asked JOIN sayso.contacts c ON c.workspace_id = asked.workspace_id AND c.phone = asked.phone
    ORDER BY c.workspace_id, c.id FOR UPDATE OF c SKIP LOCKED
)
SELECT DISTINCT c.workspace_id, c.phone
FROM asked JOIN sayso.contacts c ON c.workspace_id = asked.workspace_id AND c.phone = asked.phone
WHERE NOT EXISTS (SELECT FROM free WHERE free.workspace_id = c.workspace_id AND free.id = c.id);

-- name: be_impatient
SELECT set_config('lock_timeout', %(patience)s, true);

-- name: failing
-- Of numbers that a message just failed for: those of whom messages failed for good on enough days of late, and that
-- gave no sign of life since: nothing delivered, no text of theirs, no end of consent after which they began anew.
-- Simulated telephones fail as they are told, so they say nothing. As the engine; days are those of UTC.
SELECT m.workspace_id, m.phone, count(DISTINCT (o.at AT TIME ZONE 'UTC')::date) AS days, min(o.at) AS first_at,
    max(o.at) AS last_at, max(m.id) AS last_message
FROM (SELECT DISTINCT * FROM unnest(%(workspaces)s::int[], %(phones)s::bigint[])) AS asked(workspace_id, phone)
CROSS JOIN LATERAL (
    SELECT max(alive.at) AS at FROM (
        SELECT a.at FROM sayso.messages d JOIN sayso.outcomes a ON a.message_id = d.id AND a.status = 'delivered'
        WHERE d.phone = asked.phone AND d.workspace_id = asked.workspace_id AND d.id > sayso.id_at(%(since)s::timestamptz)
        UNION ALL
        SELECT i.received_at FROM sayso.inbound_messages i
        WHERE i.workspace_id = asked.workspace_id AND i.phone = asked.phone AND i.id > sayso.id_at(%(since)s::timestamptz)
        UNION ALL
        SELECT s.since FROM sayso.consent_states s
        WHERE s.workspace_id = asked.workspace_id AND s.phone = asked.phone AND s.contact_id = 0 AND s.category = '*hands'
    ) AS alive
) AS last_sign
JOIN sayso.messages m ON m.phone = asked.phone AND m.workspace_id = asked.workspace_id
    AND m.id > sayso.id_at(%(since)s::timestamptz)
JOIN sayso.outcomes o ON o.message_id = m.id
JOIN sayso.connections c ON c.id = m.connection_id AND c.kind <> 'simulator'
WHERE o.status IN ('failed', 'rejected') AND o.reason = ANY (%(reasons)s::text[])
    AND o.at > greatest(last_sign.at, %(since)s::timestamptz)
GROUP BY m.workspace_id, m.phone
HAVING count(DISTINCT (o.at AT TIME ZONE 'UTC')::date) >= %(days)s
ORDER BY m.workspace_id, m.phone
