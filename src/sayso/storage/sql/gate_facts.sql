-- Facts in bulk, by keys that come sorted. Never EXISTS in a select list: it became a hashed sub-plan that
-- read every block again for each slice.

-- name: blocks
SELECT phone, workspace_id, id, scope, line_id, category, since, source, reason, coalesce(inbound_id, 0)
FROM sayso.blocks WHERE phone = ANY (%(phones)s::bigint[]) AND lifted_at IS NULL
ORDER BY phone, workspace_id, id

-- name: code_blocks
-- Through the function, which the app may call too: it learns of the numbers it asks about, no others.
SELECT phone, inbound_number_id, since FROM sayso.code_blocked(%(phones)s::bigint[])

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
SELECT c.workspace_id, c.id, c.sms_consent, c.sms_valid
FROM unnest(%(people_workspaces)s::int[], %(people)s::bigint[]) AS wanted(workspace_id, id)
CROSS JOIN LATERAL (
    SELECT p.* FROM sayso.contacts p WHERE p.workspace_id = wanted.workspace_id AND p.id = wanted.id LIMIT 1
) AS c

-- name: legitimate
SELECT c.workspace_id, c.name
FROM unnest(%(category_workspaces)s::int[], %(categories)s::text[]) AS wanted(workspace_id, name)
JOIN sayso.categories c ON c.workspace_id = wanted.workspace_id AND c.name = wanted.name
WHERE c.legal_basis = 'legitimate_interest'
