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

-- name: move_states
INSERT INTO consent_states AS standing (workspace_id, phone, contact_id, category, state, since, source)
SELECT (SELECT sayso.workspace()), phone, contact_id, category, state, since, source
FROM unnest(%(phones)s::bigint[], %(contact_ids)s::bigint[], %(categories)s::text[], %(states)s::text[],
            %(sinces)s::timestamptz[], %(sources)s::text[])
    AS said (phone, contact_id, category, state, since, source)
ORDER BY phone, contact_id, category
ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE
    SET state = excluded.state, since = excluded.since, source = excluded.source
    WHERE sayso.consent_moves(standing.state, standing.since, standing.source,
                              excluded.state, excluded.since, excluded.source);

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
