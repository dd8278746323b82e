-- Facts in bulk, by keys that come sorted. Never EXISTS in a select list: it became a hashed sub-plan that
-- read every block again for each slice.

-- name: waiting
-- First of all: a text that is gone from the queue at this statement has its effects stored before it, so the
-- later ones see them; the other way round a stop could slip through between the two.
-- A text to a number on which the workspace never had a line is none of its business.
SELECT wanted.workspace_id, wanted.phone, min(t.since)
FROM unnest(%(waiting_workspaces)s::int[], %(waiting_phones)s::bigint[]) AS wanted(workspace_id, phone)
JOIN sayso.waiting_texts(%(waiting_phones)s::bigint[]) AS t ON t.phone = wanted.phone
LEFT JOIN LATERAL (
    SELECT l.id FROM sayso.lines l
    WHERE l.workspace_id = wanted.workspace_id AND l.inbound_number_id = t.inbound_number_id LIMIT 1
) AS own ON true
WHERE t.inbound_number_id IS NULL OR own.id IS NOT NULL
GROUP BY wanted.workspace_id, wanted.phone

-- name: blocks
SELECT phone, workspace_id, id, scope, line_id, category, since, source, reason, coalesce(last_inbound_id, inbound_id, 0),
       said_last_at
FROM sayso.blocks WHERE phone = ANY (%(phones)s::bigint[]) AND lifted_at IS NULL
ORDER BY phone, workspace_id, id

-- name: code_blocks
-- Through the function, which the app may call too: it learns of the numbers it asks about, no others.
SELECT phone, inbound_number_id, since FROM sayso.code_blocked(%(phones)s::bigint[])

-- name: lines
-- A line may be taken back between the moment that a message is queued and the wire. R9.7: its number's country,
-- and whether anybody is at its other end.
SELECT l.id, l.withdrawn_at IS NOT NULL, coalesce(n.country, ''), s.id IS NOT NULL
FROM sayso.lines l
LEFT JOIN sayso.inbound_numbers n ON n.id = l.inbound_number_id
LEFT JOIN sayso.simulated_lines(%(lines)s::int[]) AS s ON s.id = l.id
WHERE l.id = ANY (%(lines)s::int[])

-- name: rules
-- R9.8, R9.11: what each workspace sets for its advertising, and whether somebody stopped its sending.
SELECT w.id, w.country, r.days, r.opens, r.closes, r.holidays, r.per_day, r.per_week, r.countries,
       coalesce(r.practises, false), h.since, h.why
FROM sayso.workspaces w
LEFT JOIN sayso.sending_rules r ON r.workspace_id = w.id
LEFT JOIN sayso.halts h ON h.workspace_id = w.id
WHERE w.id = ANY (%(workspaces)s::int[])

-- name: advertised
-- R9.8: when advertising went to these numbers. Asked only for advertising.
SELECT wanted.workspace_id, wanted.phone, a.at
FROM unnest(%(advertised_workspaces)s::int[], %(advertised_phones)s::bigint[]) AS wanted(workspace_id, phone)
CROSS JOIN LATERAL (
    SELECT t.at FROM sayso.advertised t WHERE t.phone = wanted.phone AND t.workspace_id = wanted.workspace_id
    OFFSET 0
) AS a

-- name: consents
-- LATERAL … OFFSET 0: one walk of the primary key a pair, whatever the planner believes about the arrays.
SELECT s.workspace_id, s.phone, s.contact_id, s.category, s.state, s.since, s.source
FROM unnest(%(number_workspaces)s::int[], %(number_phones)s::bigint[]) AS wanted(workspace_id, phone)
CROSS JOIN LATERAL (
    SELECT c.* FROM sayso.consent_states c
    WHERE c.workspace_id = wanted.workspace_id AND c.phone = wanted.phone
    OFFSET 0
) AS s

-- name: contacts
-- Thousands are alike in these: one row a kind.
SELECT c.workspace_id, c.sms_consent, c.sms_valid, c.time_zone, array_agg(c.id)
FROM unnest(%(people_workspaces)s::int[], %(people)s::bigint[]) AS wanted(workspace_id, id)
CROSS JOIN LATERAL (
    SELECT p.* FROM sayso.contacts p WHERE p.workspace_id = wanted.workspace_id AND p.id = wanted.id LIMIT 1
) AS c
GROUP BY 1, 2, 3, 4

-- name: legitimate
SELECT c.workspace_id, c.name
FROM unnest(%(category_workspaces)s::int[], %(categories)s::text[]) AS wanted(workspace_id, name)
JOIN sayso.categories c ON c.workspace_id = wanted.workspace_id AND c.name = wanted.name
WHERE c.legal_basis = 'legitimate_interest'

-- name: wrote
-- R12.3: when the numbers that are to be answered wrote last. Asked only where there are replies.
SELECT c.workspace_id, c.phone, c.line_id, c.wrote_at
FROM unnest(%(reply_workspaces)s::int[], %(reply_phones)s::bigint[], %(reply_lines)s::int[])
    AS wanted(workspace_id, phone, line_id)
CROSS JOIN LATERAL (
    SELECT t.* FROM sayso.conversations t
    WHERE t.workspace_id = wanted.workspace_id AND t.phone = wanted.phone AND t.line_id = wanted.line_id LIMIT 1
) AS c
