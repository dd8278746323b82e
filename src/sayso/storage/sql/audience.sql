-- What the conditions of a segment are in SQL (R8.3): fragments, put together by storage/audience.py. `c` is the
-- contact. Whatever a person wrote is a parameter, names of attributes too. Each is true or false, never NULL.
--
-- What asks another table is a set of numbers, or of contacts: its `key`. Few contacts are looked up in it one by one.
-- Where a large workspace is counted it is joined, whatever it stands under: a sub-plan under an “or” is hashed anew
-- by each process that counts, and priced as if it were not hashed at all.

-- name: text_is
-- Compared as ASCII folds, which is the same on every server: C.UTF-8 knows more letters than a libc's C does.
coalesce(lower({column} COLLATE "C") = {value}::text, false)

-- name: text_contains
coalesce(strpos(lower({column} COLLATE "C"), {value}::text) > 0, false)

-- name: text_begins_with
coalesce(starts_with(lower({column} COLLATE "C"), {value}::text), false)

-- name: text_known
coalesce({column}, '') <> ''

-- name: code_is
-- Codes are written in one way: nothing to fold.
coalesce({column} = {value}::text, false)

-- name: language_is
coalesce(c.language = {value}::text OR starts_with(c.language, {value}::text || '-'), false)

-- name: language_known
coalesce(c.language, '') <> ''

-- name: number_known
c.phone IS NOT NULL

-- name: sms_consent_is
c.sms_consent = {value}::text

-- name: created_within
c.created_at >= {since}::timestamptz

-- name: attribute_known
coalesce(c.attributes ->> {name}::text, '') <> ''

-- name: attribute_is
-- A list is it where one of its values is. Only what may be a list, or a number, is looked at more closely.
coalesce(CASE
    WHEN {number}::numeric IS NULL AND NOT starts_with(c.attributes ->> {name}::text, '[') THEN
        lower((c.attributes ->> {name}::text) COLLATE "C") = {value}::text AND left({value}::text, 1) <> '{{'
    WHEN jsonb_typeof(c.attributes -> {name}::text) = 'array' THEN
        sayso.has_same(c.attributes -> {name}::text, {value}::text, {number}::numeric)
    ELSE sayso.is_same(c.attributes -> {name}::text, {value}::text, {number}::numeric)
END, false)

-- name: attribute_contains
coalesce(jsonb_typeof(c.attributes -> {name}::text) = 'string'
         AND strpos(lower((c.attributes ->> {name}::text) COLLATE "C"), {value}::text) > 0, false)

-- name: attribute_begins_with
coalesce(jsonb_typeof(c.attributes -> {name}::text) = 'string'
         AND starts_with(lower((c.attributes ->> {name}::text) COLLATE "C"), {value}::text), false)

-- name: attribute_greater
coalesce(sayso.as_number(c.attributes -> {name}::text) > {number}::numeric, false)

-- name: attribute_less
coalesce(sayso.as_number(c.attributes -> {name}::text) < {number}::numeric, false)

-- name: attribute_before
-- Days as they are written: no cast, which would fail on the thirtieth of February. The pattern last, and only of
-- those who are left: it takes six times what all else of the condition does.
coalesce(left(c.attributes ->> {name}::text, 10) COLLATE "C" < {value}::text
         AND (c.attributes ->> {name}::text) ~ '^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
         AND jsonb_typeof(c.attributes -> {name}::text) = 'string', false)

-- name: attribute_after
coalesce(left(c.attributes ->> {name}::text, 10) COLLATE "C" > {value}::text
         AND (c.attributes ->> {name}::text) ~ '^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
         AND jsonb_typeof(c.attributes -> {name}::text) = 'string', false)

-- name: consent_yes
-- R6.4: the newest word decides, at one instant the no; without a word the contact's sms_consent.
CASE WHEN {doubted} THEN coalesce({accept} > greatest({reject}, {pending}, {ended}), false)
     ELSE c.sms_consent = 'yes' OR {newest} IS NOT NULL END

-- name: consent_no
CASE WHEN {doubted} THEN coalesce({reject} >= greatest({accept}, {pending}, {ended}), {reject} IS NOT NULL)
     ELSE c.sms_consent = 'no' AND {newest} IS NULL END

-- name: consent_pending
CASE WHEN {doubted} THEN {pending} IS NOT NULL AND coalesce({pending} > greatest({reject}, {ended}), true)
         AND coalesce({pending} >= {accept}, true)
     ELSE false END

-- name: consent_never
-- R6.8: or of whom the number was when it was said.
CASE WHEN {doubted} THEN {ended} IS NOT NULL AND coalesce({ended} > {reject}, true)
         AND coalesce({ended} >= greatest({accept}, {pending}), true)
     ELSE c.sms_consent = 'unknown' AND {newest} IS NULL END

-- name: newest
greatest({moments})

-- name: is_doubt
{alias}.state <> 'accept'

-- name: moment
{alias}.since

-- name: moment_of
CASE WHEN {alias}.state = {state} THEN {alias}.since END

-- name: word_joined
-- One word at most, by its key: so all of them stand beside the contact, where a search for the newest of each of a
-- million contacts took four seconds.
LEFT JOIN sayso.consent_states {alias}
    ON {alias}.workspace_id = {workspace} AND {alias}.phone = c.phone AND {alias}.contact_id = {who}
    AND {alias}.category = {name}::text

-- name: word_looked_up
LEFT JOIN LATERAL (
    SELECT t.state, t.since FROM sayso.consent_states t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND t.contact_id = {who} AND t.category = {name}::text
    OFFSET 0
) AS {alias} ON true

-- name: block_blocked
-- From all advertising.
SELECT t.phone AS key FROM sayso.blocks t
WHERE t.workspace_id = {workspace} AND t.lifted_at IS NULL AND t.scope IN ('channel', 'all')

-- name: opted_out_ever
-- By the person's own word, lifted since or not.
SELECT t.phone AS key FROM sayso.blocks t
WHERE t.workspace_id = {workspace} AND t.source IN ('keyword', 'term', 'provider', 'link')
    AND coalesce(t.said_last_at, t.since) >= {since}::timestamptz

-- name: list_on
SELECT t.contact_id AS key FROM sayso.list_members t
WHERE t.workspace_id = {workspace} AND t.list_id = {id}::int

-- name: texted_ever
SELECT t.phone AS key FROM sayso.last_texted t
WHERE t.workspace_id = {workspace} AND t.at >= {since}::timestamptz

-- name: wrote_ever
SELECT t.phone AS key FROM sayso.conversations t
WHERE t.workspace_id = {workspace} AND t.wrote_at >= {since}::timestamptz

-- name: campaign_ever
-- By number: who shares it got the text too. An id begins with its time.
SELECT t.phone AS key FROM sayso.messages t JOIN sayso.outcomes o ON o.message_id = t.id
WHERE t.workspace_id = {workspace} AND t.campaign_id = {id}::int AND t.id >= {first_id}::bigint
    AND o.status IN ('sent', 'delivered')

-- name: clicked_ever
-- A link of a campaign, by a person; what machines open is nobody's act.
SELECT t.phone AS key FROM sayso.clicks t
WHERE t.workspace_id = {workspace} AND t.kind = 'person' AND t.at >= {since}::timestamptz

-- name: looked_up
-- The offset keeps a probe of the index a contact: else a table is hashed whole for each slice.
EXISTS ({found} AND t.{theirs} = c.{ours} OFFSET 0)

-- name: met
EXISTS (SELECT FROM ({found}) AS f WHERE f.key = c.{ours})

-- name: set_joined
LEFT JOIN (SELECT DISTINCT f.key FROM ({found}) AS f) AS {alias} ON {alias}.key = c.{ours}

-- name: is_joined
{alias}.key IS NOT NULL

-- name: of_members
-- Dear to read, so looked at after the sets, of those who are left.
CASE WHEN {held} THEN {said} ELSE false END

-- name: room
-- Room to hash a million numbers; no loops over what is priced as a few numbers and is a million; no hashes where the
-- order of numbers is cheaper (decision 28); and no messages to other processes about pages that the system has in
-- memory, which took a fifth of reading a million contacts. For this transaction, and only where there are so many
-- contacts that all are read: 1 if so.
SELECT count(set_config('work_mem', '64MB', true) || set_config('enable_nestloop', 'off', true)
             || set_config('enable_hashjoin', %(hashes)s, true) || set_config('effective_io_concurrency', '0', true))
FROM (SELECT FROM sayso.contacts c WHERE c.workspace_id = %(workspace_id)s ORDER BY c.id OFFSET %(many)s - 1 LIMIT 1) AS few

-- name: count
SELECT count(*) AS contacts, count(c.phone) AS with_number
FROM sayso.contacts c {joins}
WHERE c.workspace_id = {workspace} AND {condition}

-- name: first
SELECT c.id, c.external_id, c.phone, c.email
FROM sayso.contacts c {joins}
WHERE c.workspace_id = {workspace} AND {condition}
ORDER BY c.id
LIMIT {limit}

-- name: recipients
-- The slices of planning: see `everybody` there.
SELECT c.id AS contact_id, c.phone, c.external_id, c.email, c.language, c.time_zone, c.country, c.attributes,
       c.sms_computed, c.sms_valid, c.sms_consent
FROM sayso.contacts c {joins}
WHERE c.workspace_id = {workspace} AND c.phone IS NOT NULL
    AND (c.phone, c.id) > ({after_phone}, {after_contact})
    AND {condition}
ORDER BY c.phone, c.id
LIMIT {limit}

-- name: between
-- A slice of a file that is handed out, however few of it are met.
SELECT c.id, c.external_id, c.phone, c.email, c.language, c.time_zone, c.country, c.attributes, c.sms_consent,
       c.sms_valid, c.created_at, c.updated_at, c.import_id
FROM sayso.contacts c {joins}
WHERE c.workspace_id = {workspace} AND c.id > {after_contact} AND c.id <= {until} AND {condition}
ORDER BY c.id

-- name: without_number
SELECT count(*) FROM sayso.contacts c {joins}
WHERE c.workspace_id = {workspace} AND c.phone IS NULL AND {condition}

-- name: unnumbered
SELECT c.id FROM sayso.contacts c {joins}
WHERE c.workspace_id = {workspace} AND c.phone IS NULL AND {condition}
LIMIT {limit}
