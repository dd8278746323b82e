-- The consent ledger, append-only, and beside it where each (contact, number, category) stands (R6.4).

-- name: append
INSERT INTO consents (workspace_id, contact_id, phone, action, category, source, identification, message,
                      method, wording, evidence, timestamp, imported_timestamp)
SELECT (SELECT sayso.workspace()), contact_id, phone, action, category, source, identification, message,
       method, wording, evidence, at, %(now)s
FROM unnest(%(contact_ids)s::bigint[], %(phones)s::bigint[], %(actions)s::text[], %(categories)s::text[],
            %(sources)s::text[], %(identifications)s::text[], %(messages)s::text[], %(methods)s::text[],
            %(wordings)s::text[], %(evidences)s::jsonb[], %(ats)s::timestamptz[])
    AS entry (contact_id, phone, action, category, source, identification, message, method, wording, evidence, at)
ORDER BY phone, contact_id, category;

-- A state only moves forward in the time at which it was said; at the same instant only away from a yes.
-- What is pending waits for any word: proof may come later than it, of something said earlier.
-- The number's own yes outlives a stop on a shared code (R3.3); a later yes by record must not take its place.
-- name: move_states
INSERT INTO consent_states AS standing (workspace_id, phone, contact_id, category, state, since, source)
SELECT (SELECT sayso.workspace()), phone, contact_id, category, state, since, source
FROM unnest(%(phones)s::bigint[], %(contact_ids)s::bigint[], %(categories)s::text[], %(states)s::text[],
            %(sinces)s::timestamptz[], %(sources)s::text[])
    AS said (phone, contact_id, category, state, since, source)
ORDER BY phone, contact_id, category
ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE
    SET state = excluded.state, since = excluded.since, source = excluded.source
    WHERE (excluded.since > standing.since
           AND NOT (standing.state = 'accept' AND standing.source = 'sms_reply' AND excluded.state = 'accept'))
       OR (excluded.since = standing.since AND standing.state = 'accept' AND excluded.state <> 'accept')
       OR (standing.state = 'pending' AND excluded.state <> 'pending');

-- name: states
SELECT phone, contact_id, category, state, since, source
FROM consent_states
WHERE phone = ANY (%(phones)s::bigint[])
ORDER BY phone, contact_id, category;

-- name: newest
SELECT id, contact_id, phone, action, category, source, identification, identification_type, message, method,
       wording, evidence, inbound_id, timestamp, imported_timestamp
FROM consents
WHERE id < %(before_id)s
ORDER BY id DESC
LIMIT %(limit)s;

-- name: newest_of_phone
SELECT id, contact_id, phone, action, category, source, identification, identification_type, message, method,
       wording, evidence, inbound_id, timestamp, imported_timestamp
FROM consents
WHERE phone = %(phone)s AND id < %(before_id)s
ORDER BY id DESC
LIMIT %(limit)s;
