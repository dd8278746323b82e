-- What the conditions of a segment are in SQL (R8.3): fragments, put together by storage/audience.py. `c` is the
-- contact. Whatever a person wrote is a parameter, names of attributes too. Each is true or false, never NULL.
--
-- {lookup} is empty where a whole workspace is counted: the planner then joins. Where an audience is walked in
-- slices it is OFFSET 0, which keeps a probe of the index a contact: else a table is hashed whole for each slice.

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
-- Days as they are written: no cast, which would fail on the thirtieth of February.
coalesce(jsonb_typeof(c.attributes -> {name}::text) = 'string'
         AND (c.attributes ->> {name}::text) ~ '^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
         AND left(c.attributes ->> {name}::text, 10) COLLATE "C" < {value}::text, false)

-- name: attribute_after
coalesce(jsonb_typeof(c.attributes -> {name}::text) = 'string'
         AND (c.attributes ->> {name}::text) ~ '^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
         AND left(c.attributes ->> {name}::text, 10) COLLATE "C" > {value}::text, false)

-- name: consent_yes
-- R6.4: the newest word decides, at one instant the no; without a word the contact's sms_consent. So it is a yes
-- where no other word is left without a later yes, and one is known. Said so because it can be hashed: asking for
-- the newest word of each of a million contacts took four seconds.
(NOT {overruled} AND NOT {number_overruled} AND (c.sms_consent = 'yes' OR {accepted}))

-- name: consent_no
CASE WHEN {doubted} THEN coalesce({newest} = 'reject', c.sms_consent = 'no')
     ELSE c.sms_consent = 'no' AND NOT {accepted} END

-- name: consent_pending
CASE WHEN {doubted} THEN coalesce({newest} = 'pending', false) ELSE false END

-- name: consent_never
-- R6.8: or of whom the number was when it was said.
(CASE WHEN {doubted} THEN coalesce({newest} = 'ended', false) ELSE false END OR c.sms_consent = 'unknown' AND NOT EXISTS (
    SELECT FROM sayso.consent_states t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND (t.contact_id = 0 OR t.contact_id = c.id)
        AND (t.category = '*' OR t.category = {name}::text) {lookup}))

-- name: doubted
-- Of any contact with this number.
EXISTS (
    SELECT FROM sayso.consent_states t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND (t.category = '*' OR t.category = '*hands' OR t.category = {name}::text)
        AND t.state <> 'accept' {lookup})

-- name: overruled
EXISTS (
    SELECT FROM sayso.consent_states t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND t.contact_id = c.id
        AND (t.category = '*' OR t.category = {name}::text) AND t.state <> 'accept'
        AND NOT EXISTS (
            SELECT FROM sayso.consent_states a
            WHERE a.workspace_id = {workspace} AND a.phone = t.phone
                AND (a.contact_id = 0 OR a.contact_id = t.contact_id)
                AND (a.category = '*' OR a.category = {name}::text) AND a.state = 'accept' AND a.since > t.since)
    {lookup})

-- name: number_overruled
-- A word of the number alone, which a later yes of this contact outlives. The first half can be hashed.
(EXISTS (
    SELECT FROM sayso.consent_states t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND t.contact_id = 0
        AND (t.category = '*' OR t.category = '*hands' OR t.category = {name}::text) AND t.state <> 'accept' {lookup})
 AND EXISTS (
    SELECT FROM sayso.consent_states t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND t.contact_id = 0
        AND (t.category = '*' OR t.category = '*hands' OR t.category = {name}::text) AND t.state <> 'accept'
        AND NOT EXISTS (
            SELECT FROM sayso.consent_states a
            WHERE a.workspace_id = {workspace} AND a.phone = t.phone AND (a.contact_id = 0 OR a.contact_id = c.id)
                AND (a.category = '*' OR a.category = {name}::text) AND a.state = 'accept' AND a.since > t.since)
    {lookup}))

-- name: accepted
(EXISTS (
    SELECT FROM sayso.consent_states t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND t.contact_id = c.id
        AND (t.category = '*' OR t.category = {name}::text) AND t.state = 'accept' {lookup})
 OR EXISTS (
    SELECT FROM sayso.consent_states t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND t.contact_id = 0
        AND (t.category = '*' OR t.category = {name}::text) AND t.state = 'accept' {lookup}))

-- name: newest
(SELECT t.state FROM sayso.consent_states t
 WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND (t.contact_id = 0 OR t.contact_id = c.id)
     AND (t.category = '*' OR t.category = '*hands' OR t.category = {name}::text)
 ORDER BY t.since DESC, CASE t.state WHEN 'reject' THEN 0 WHEN 'ended' THEN 1 WHEN 'pending' THEN 2 ELSE 3 END LIMIT 1)

-- name: block_blocked
-- From all advertising.
EXISTS (
    SELECT FROM sayso.blocks t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND t.lifted_at IS NULL
        AND t.scope IN ('channel', 'all') {lookup})

-- name: opted_out_ever
-- By the person's own word, lifted since or not.
EXISTS (
    SELECT FROM sayso.blocks t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone
        AND t.source IN ('keyword', 'term', 'provider', 'link')
        AND coalesce(t.said_last_at, t.since) >= {since}::timestamptz {lookup})

-- name: list_on
EXISTS (
    SELECT FROM sayso.list_members t
    WHERE t.workspace_id = {workspace} AND t.list_id = {id}::int AND t.contact_id = c.id {lookup})

-- name: texted_ever
EXISTS (
    SELECT FROM sayso.last_texted t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND t.at >= {since}::timestamptz {lookup})

-- name: wrote_ever
EXISTS (
    SELECT FROM sayso.conversations t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND t.wrote_at >= {since}::timestamptz {lookup})

-- name: campaign_ever
-- By number: who shares it got the text too. An id begins with its time.
EXISTS (
    SELECT FROM sayso.messages t JOIN sayso.outcomes o ON o.message_id = t.id
    WHERE t.workspace_id = {workspace} AND t.campaign_id = {id}::int AND t.id >= {first_id}::bigint
        AND t.phone = c.phone AND o.status IN ('sent', 'delivered') {lookup})

-- name: clicked_ever
-- A link of a campaign, by a person; what machines open is nobody's act.
EXISTS (
    SELECT FROM sayso.clicks t
    WHERE t.workspace_id = {workspace} AND t.phone = c.phone AND t.kind = 'person'
        AND t.at >= {since}::timestamptz {lookup})

-- name: room
-- Room to hash a million numbers, for this transaction. Consent is asked by sub-plans, which are priced as if they
-- were never hashed; beside that a probe a contact into other tables looks free, and takes a third of the count of
-- a large workspace. So there it may not.
SELECT set_config('work_mem', '64MB', true), set_config('enable_nestloop', CASE WHEN %(asks_consent)s AND (
    SELECT count(*) FROM (SELECT FROM sayso.contacts c WHERE c.workspace_id = %(workspace_id)s LIMIT 100000) AS few
) >= 100000 THEN 'off' ELSE 'on' END, true)

-- name: count
SELECT count(*) AS contacts, count(c.phone) AS with_number
FROM sayso.contacts c
WHERE c.workspace_id = {workspace} AND {condition}

-- name: first
SELECT c.id, c.external_id, c.phone, c.email
FROM sayso.contacts c
WHERE c.workspace_id = {workspace} AND {condition}
ORDER BY c.id
LIMIT {limit}

-- name: recipients
-- The slices of planning: see `everybody` there.
SELECT c.id AS contact_id, c.phone, c.external_id, c.email, c.language, c.time_zone, c.country, c.attributes,
       c.sms_computed
FROM sayso.contacts c
WHERE c.workspace_id = {workspace} AND c.phone IS NOT NULL
    AND (c.phone, c.id) > ({after_phone}, {after_contact})
    AND {condition}
ORDER BY c.phone, c.id
LIMIT {limit}

-- name: between
-- A slice of a file that is handed out, however few of it are met.
SELECT c.id, c.external_id, c.phone, c.email, c.language, c.time_zone, c.country, c.attributes, c.sms_consent,
       c.sms_valid, c.created_at, c.updated_at, c.import_id
FROM sayso.contacts c
WHERE c.workspace_id = {workspace} AND c.id > {after_contact} AND c.id <= {until} AND {condition}
ORDER BY c.id

-- name: without_number
SELECT count(*) FROM sayso.contacts c
WHERE c.workspace_id = {workspace} AND c.phone IS NULL AND {condition}

-- name: unnumbered
SELECT c.id FROM sayso.contacts c
WHERE c.workspace_id = {workspace} AND c.phone IS NULL AND {condition}
LIMIT {limit}
