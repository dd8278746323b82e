-- name: claim
-- A few texts of each lane held, oldest first. Deleted here and decided in the same transaction: a crash
-- gives them back. SKIP LOCKED only matters in the moment a lane changes hands.
DELETE FROM sayso.inbound_queue
WHERE ctid = ANY (ARRAY(
    SELECT waiting.ctid
    FROM unnest(%(lanes)s::smallint[]) AS held(lane)
    CROSS JOIN LATERAL (
        SELECT q.ctid FROM sayso.inbound_queue q
        WHERE q.lane = held.lane ORDER BY q.id LIMIT %(per_lane)s
        FOR UPDATE SKIP LOCKED
    ) AS waiting
))
RETURNING id, connection_id, phone, sender, recipient, body, provider_at, received_at, media,
          provider_answered, stale

-- name: profiles
-- Contacts with these numbers in the workspaces of the numbers they texted. Keys come in pairs, so that
-- the index (workspace_id, phone, id) is walked once a pair.
SELECT c.phone, c.workspace_id, c.id, c.language
FROM unnest(%(workspaces)s::int[], %(phones)s::bigint[]) AS wanted(workspace_id, phone)
JOIN sayso.contacts c ON c.workspace_id = wanted.workspace_id AND c.phone = wanted.phone
ORDER BY c.phone, c.workspace_id, c.id

-- name: texted
SELECT phone, workspace_id, line_id, contact_id, message_id, transactional, at
FROM sayso.last_texted WHERE phone = ANY (%(phones)s::bigint[])
ORDER BY phone, at DESC, message_id DESC

-- name: blocks
SELECT phone, workspace_id, id, scope, line_id, category, since, source, reason,
    coalesce(last_inbound_id, inbound_id, 0), said_last_at
FROM sayso.blocks WHERE phone = ANY (%(phones)s::bigint[]) AND lifted_at IS NULL
ORDER BY phone, id

-- name: code_blocks
SELECT phone, inbound_number_id, since
FROM sayso.code_blocks WHERE phone = ANY (%(phones)s::bigint[]) AND lifted_at IS NULL
ORDER BY phone, inbound_number_id, since

-- name: words
-- What waits for a START, what a START takes back, and, R6.8, consent that ended and that no later yes of the number
-- began anew.
SELECT s.phone, s.workspace_id, s.contact_id, s.category, s.since, s.source, s.state
FROM unnest(%(workspaces)s::int[], %(phones)s::bigint[]) AS wanted(workspace_id, phone)
JOIN sayso.consent_states s ON s.workspace_id = wanted.workspace_id AND s.phone = wanted.phone
WHERE s.state IN ('pending', 'reject', 'ended')
    AND NOT (s.state = 'ended' AND EXISTS (
        SELECT FROM sayso.consent_states a
        WHERE a.workspace_id = s.workspace_id AND a.phone = s.phone AND a.contact_id = 0 AND a.category = '*'
            AND a.state = 'accept' AND a.since > s.since))
ORDER BY s.phone, s.workspace_id, s.contact_id, s.category

-- name: replies
-- R5.9. Ids are time-ordered, so the bound prunes all but the newest partition.
SELECT phone, line_id, count(*)
FROM sayso.messages
WHERE phone = ANY (%(phones)s::bigint[]) AND id > sayso.id_at(%(since)s) AND inbound_id IS NOT NULL
GROUP BY phone, line_id

-- name: record
-- What a text leaves in any case, out of one set of arrays: its place in the ledger, its event, its place among the
-- STOPs or under its conversation. Four statements took their arrays apart four times, and were handed half of it anew.
-- The rows come in the order in which everybody locks conversations; a number stands once a workspace and line. What
-- needs no answer (a process took it) is shown and counts as a text of theirs (R12.3), and neither opens the
-- conversation nor is news.
WITH talked AS (
    INSERT INTO sayso.conversations AS c (workspace_id, phone, line_id, id, written, unanswered, news, last_id,
        last_inbound_id, wrote_at, last_words)
    SELECT h.workspace_id, h.phone, h.line_id, h.id, h.sender, h.needs_answer::int, h.needs_answer::int, h.id, h.id,
        h.provider_at, coalesce(h.words, left(h.body, %(shown)s))
    FROM unnest(%(workspace_id)s::int[], %(phone)s::bigint[], %(line_id)s::int[], %(id)s::bigint[],
        %(sender)s::text[], %(body)s::text[], %(provider_at)s::timestamptz[], %(tab)s::text[],
        %(needs_answer)s::boolean[], %(words)s::text[])
        AS h(workspace_id, phone, line_id, id, sender, body, provider_at, tab, needs_answer, words)
    WHERE h.tab = 'inbox'
    ON CONFLICT (workspace_id, phone, line_id) DO UPDATE
        SET open = c.open OR excluded.news > 0,
            unanswered = CASE WHEN c.open OR excluded.news = 0 THEN c.unanswered ELSE 0 END + excluded.unanswered,
            news = c.news + excluded.news,
            last_id = greatest(c.last_id, excluded.last_id),
            last_inbound_id = greatest(c.last_inbound_id, excluded.last_inbound_id),
            wrote_at = greatest(c.wrote_at, excluded.wrote_at), last_is_ours = false,
            last_words = excluded.last_words
), raised AS (
    INSERT INTO sayso.events (workspace_id, contact_id, phone, name, properties, at)
    SELECT e.workspace_id, e.contact_id, e.phone, e.name, e.properties, e.at
    FROM ROWS FROM (unnest(%(workspace_id)s::int[], %(contact_id)s::bigint[], %(phone)s::bigint[], %(event)s::text[],
        %(provider_at)s::timestamptz[]), jsonb_array_elements(%(properties)s::jsonb))
        AS e(workspace_id, contact_id, phone, name, at, properties)
    WHERE e.name IS NOT NULL
), stopped AS (
    INSERT INTO sayso.inbox (workspace_id, inbound_id, phone, line_id)
    SELECT s.workspace_id, s.id, s.phone, s.line_id
    FROM unnest(%(workspace_id)s::int[], %(id)s::bigint[], %(phone)s::bigint[], %(line_id)s::int[], %(tab)s::text[])
        AS s(workspace_id, id, phone, line_id, tab)
    WHERE s.tab = 'stop'
    ON CONFLICT DO NOTHING
)
INSERT INTO sayso.inbound_messages (workspace_id, id, line_id, contact_id, phone, sender, recipient, body, media,
    provider_at, received_at, outcome, process_id, keyword, mode, scope, because, answers_message_id,
    answers_certainty, flags)
SELECT r.workspace_id, r.id, r.line_id, r.contact_id, r.phone, r.sender, r.recipient, r.body, r.media::jsonb,
    r.provider_at, r.received_at, r.outcome, r.process_id, r.keyword, r.mode, r.scope,
    (%(reasons)s::jsonb[])[r.because], r.answers_message_id, r.answers_certainty, string_to_array(r.flags, ' ')
FROM unnest(%(workspace_id)s::int[], %(id)s::bigint[], %(line_id)s::int[], %(contact_id)s::bigint[],
    %(phone)s::bigint[], %(sender)s::text[], %(recipient)s::text[], %(body)s::text[], %(media)s::text[],
    %(provider_at)s::timestamptz[], %(received_at)s::timestamptz[], %(outcome)s::text[], %(process_id)s::int[],
    %(keyword)s::text[], %(mode)s::text[], %(scope)s::text[], %(because)s::int[],
    %(answers_message_id)s::bigint[], %(answers_certainty)s::text[], %(flags)s::text[])
    AS r(workspace_id, id, line_id, contact_id, phone, sender, recipient, body, media, provider_at, received_at,
        outcome, process_id, keyword, mode, scope, because, answers_message_id, answers_certainty, flags)

-- name: add_blocks
-- R6.3: an active block keeps its first reason and time, its proof; that it was said again is noted beside
-- them, for an older yes must not lift it.
INSERT INTO sayso.blocks AS b (workspace_id, phone, written, scope, line_id, category, since, source, inbound_id,
    process_id, said, reason, campaign_id)
SELECT said.workspace_id, said.phone, said.written, said.scope, said.line_id, said.category, said.since, said.source,
    said.inbound_id, said.process_id, said.words, said.reason,
    (SELECT m.campaign_id FROM sayso.messages m WHERE m.workspace_id = said.workspace_id AND m.id = said.answers)
FROM unnest(%(workspace_id)s::int[], %(phone)s::bigint[], %(written)s::text[], %(scope)s::text[],
    %(line_id)s::int[], %(category)s::text[], %(since)s::timestamptz[], %(source)s::text[], %(inbound_id)s::bigint[],
    %(process_id)s::int[], %(said)s::text[], %(reason)s::text[], %(answers_message_id)s::bigint[])
    AS said(workspace_id, phone, written, scope, line_id, category, since, source, inbound_id, process_id, words, reason,
        answers)
ON CONFLICT (phone, workspace_id, scope, line_id, category) WHERE lifted_at IS NULL
    DO UPDATE SET said_last_at = excluded.since, last_inbound_id = coalesce(excluded.inbound_id, b.last_inbound_id)
    WHERE excluded.since > coalesce(b.said_last_at, b.since)
RETURNING b.workspace_id, b.phone, b.scope, b.line_id, b.xmax = 0 AS anew

-- name: lift_blocks
UPDATE sayso.blocks b SET lifted_at = l.at, lifted_by = l.by
FROM unnest(%(workspace_id)s::int[], %(id)s::bigint[], %(at)s::timestamptz[], %(by)s::text[])
    AS l(workspace_id, id, at, by)
WHERE b.workspace_id = l.workspace_id AND b.id = l.id AND b.lifted_at IS NULL

-- name: add_code_blocks
INSERT INTO sayso.code_blocks (inbound_number_id, phone, since, inbound_id)
SELECT * FROM unnest(%(inbound_number_id)s::int[], %(phone)s::bigint[], %(since)s::timestamptz[], %(inbound_id)s::bigint[])
ON CONFLICT DO NOTHING

-- name: lift_code_blocks
UPDATE sayso.code_blocks b SET lifted_at = l.at
FROM unnest(%(inbound_number_id)s::int[], %(phone)s::bigint[], %(at)s::timestamptz[]) AS l(inbound_number_id, phone, at)
WHERE b.inbound_number_id = l.inbound_number_id AND b.phone = l.phone AND b.lifted_at IS NULL AND b.since < l.at

-- name: append_ledger
INSERT INTO sayso.consents (workspace_id, contact_id, phone, action, category, source, identification, message,
    method, inbound_id, timestamp, imported_timestamp)
SELECT l.workspace_id, nullif(l.contact_id, 0), l.phone, l.action, l.category, l.source, l.identification,
    l.message, 'keyword', l.inbound_id, l.at, l.stored_at
FROM unnest(%(workspace_id)s::int[], %(contact_id)s::bigint[], %(phone)s::bigint[], %(action)s::text[],
    %(category)s::text[], %(source)s::text[], %(identification)s::text[], %(message)s::text[], %(inbound_id)s::bigint[],
    %(at)s::timestamptz[], %(stored_at)s::timestamptz[])
    AS l(workspace_id, contact_id, phone, action, category, source, identification, message, inbound_id, at, stored_at)

-- name: move_states
-- A batch names each key once.
INSERT INTO sayso.consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
SELECT * FROM unnest(%(workspace_id)s::int[], %(phone)s::bigint[], %(contact_id)s::bigint[], %(category)s::text[],
    %(state)s::text[], %(since)s::timestamptz[], %(source)s::text[])
ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE
    SET state = excluded.state, since = excluded.since, source = excluded.source
    WHERE sayso.consent_moves(s.state, s.since, s.source, excluded.state, excluded.since, excluded.source)

-- name: set_consent
-- R5.5: on all profiles of the number.
UPDATE sayso.contacts c SET sms_consent = w.value, updated_at = w.at
FROM unnest(%(workspace_id)s::int[], %(phone)s::bigint[], %(value)s::text[], %(at)s::timestamptz[])
    AS w(workspace_id, phone, value, at)
WHERE c.workspace_id = w.workspace_id AND c.phone = w.phone AND c.sms_consent <> w.value

-- name: cancel
-- R5.4: what waits for the number ends here: an outcome now, and the sender drops the row when it comes to it.
-- What already has its intent is on the wire and gets its true outcome instead.
WITH taken_back AS (
    INSERT INTO sayso.outcomes (workspace_id, message_id, status, reason, rank, at)
    SELECT m.workspace_id, m.id, 'cancelled', 'opted_out', %(rank)s, c.at
    FROM unnest(%(workspace_id)s::int[], %(phone)s::bigint[], %(line_id)s::int[], %(category)s::text[],
        %(transactional)s::boolean[], %(advertising)s::boolean[], %(at)s::timestamptz[])
        AS c(workspace_id, phone, line_id, category, transactional, advertising, at)
    JOIN sayso.messages m ON m.phone = c.phone AND m.workspace_id = c.workspace_id
        AND m.id > sayso.id_at(c.at - interval '60 days')
    WHERE sayso.is_refused(m.class, m.purpose, m.line_id, m.category,
            c.advertising, c.transactional, c.line_id, c.category)
        AND NOT EXISTS (SELECT FROM sayso.outcomes o WHERE o.message_id = m.id AND o.status <> 'deferred')
        AND NOT EXISTS (SELECT FROM sayso.intents i WHERE i.message_id = m.id)
    ORDER BY m.id
    ON CONFLICT (message_id) DO UPDATE
        SET status = excluded.status, reason = excluded.reason, rank = excluded.rank, at = excluded.at
        WHERE outcomes.status = 'deferred'
    RETURNING workspace_id, message_id, at
)
INSERT INTO sayso.message_events (workspace_id, message_id, status, reason, detail, at)
SELECT workspace_id, message_id, 'cancelled', 'opted_out', 'The recipient opted out before it was sent.', at
FROM taken_back

-- name: reply
-- R5.8 "once": only the first reply to a text wins its row in `replied`.
WITH wanted AS MATERIALIZED (
    SELECT sayso.new_id() AS id, r.*
    FROM unnest(%(workspace_id)s::int[], %(inbound_id)s::bigint[], %(contact_id)s::bigint[], %(phone)s::bigint[],
        %(recipient)s::text[], %(connection_id)s::int[], %(line_id)s::int[], %(sender)s::text[], %(purpose)s::text[],
        %(template_id)s::int[], %(process_id)s::int[], %(body)s::text[], %(encoding)s::text[], %(parts)s::smallint[],
        %(because)s::int[], %(expires_at)s::timestamptz[], %(country)s::text[])
        AS r(workspace_id, inbound_id, contact_id, phone, recipient, connection_id, line_id, sender, purpose,
            template_id, process_id, body, encoding, parts, because, expires_at, country)
), won AS (
    INSERT INTO sayso.replied (workspace_id, inbound_id, message_id)
    SELECT workspace_id, inbound_id, id FROM wanted ORDER BY workspace_id, inbound_id
    ON CONFLICT DO NOTHING RETURNING message_id
), stored AS (
    INSERT INTO sayso.messages (workspace_id, id, contact_id, phone, recipient, connection_id, line_id, sender, class,
        purpose, template_id, process_id, inbound_id, body, encoding, parts, because, expires_at, price)
    SELECT w.workspace_id, w.id, w.contact_id, w.phone, w.recipient, w.connection_id, w.line_id, w.sender,
        'transactional', w.purpose, w.template_id, w.process_id, w.inbound_id, w.body, w.encoding, w.parts,
        (%(reasons)s::jsonb[])[w.because], w.expires_at,
        w.parts * sayso.price_of(w.workspace_id, w.country, 'sms', %(now)s)
    FROM wanted w JOIN won ON won.message_id = w.id
)
INSERT INTO sayso.outbox (connection_id, lane, due, workspace_id, message_id)
SELECT w.connection_id, 0, %(now)s, w.workspace_id, w.id FROM wanted w JOIN won ON won.message_id = w.id

-- name: raise_events
-- Of no text of ours: a text's own is raised by `record`.
INSERT INTO sayso.events (workspace_id, contact_id, phone, name, properties, at)
SELECT e.workspace_id, e.contact_id, e.phone, e.name, e.properties, e.at
FROM ROWS FROM (unnest(%(workspace_id)s::int[], %(contact_id)s::bigint[], %(phone)s::bigint[], %(name)s::text[],
    %(at)s::timestamptz[]), jsonb_array_elements(%(properties)s::jsonb))
    AS e(workspace_id, contact_id, phone, name, at, properties)

-- name: count_matches
INSERT INTO sayso.process_matches AS p (workspace_id, process_id, day, matches, last_at)
SELECT * FROM unnest(%(workspace_id)s::int[], %(process_id)s::int[], %(day)s::date[], %(matches)s::int[],
    %(last_at)s::timestamptz[])
ON CONFLICT (workspace_id, process_id, day) DO UPDATE
    SET matches = p.matches + excluded.matches, last_at = greatest(p.last_at, excluded.last_at)

-- name: unrouted
-- What was put back into the queue and still belongs to nobody is on the list again.
INSERT INTO sayso.unrouted (id, connection_id, kind, sender, recipient, body, why, at)
SELECT * FROM unnest(%(id)s::bigint[], %(connection_id)s::int[], %(kind)s::text[], %(sender)s::text[],
    %(recipient)s::text[], %(body)s::text[], %(why)s::text[], %(at)s::timestamptz[])
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, why = excluded.why, settled_at = NULL

-- name: peek
SELECT waiting.id
FROM unnest(%(lanes)s::smallint[]) AS held(lane)
CROSS JOIN LATERAL (
    SELECT q.id FROM sayso.inbound_queue q WHERE q.lane = held.lane ORDER BY q.id LIMIT %(per_lane)s
) AS waiting

-- name: take
-- The same as claim, for named texts: how one bad text is found among many.
DELETE FROM sayso.inbound_queue
WHERE lane = ANY (%(lanes)s::smallint[]) AND id = ANY (%(ids)s::bigint[])
RETURNING id, connection_id, phone, sender, recipient, body, provider_at, received_at, media,
          provider_answered, stale

-- name: look
SELECT id, connection_id, phone, sender, recipient, body, provider_at, received_at, media,
       provider_answered, stale
FROM sayso.inbound_queue WHERE lane = ANY (%(lanes)s::smallint[]) AND id = %(id)s

-- name: set_aside
-- A text that cannot be decided: out of the queue, onto the operator's list, its raw form still in callbacks.
WITH taken AS (
    DELETE FROM sayso.inbound_queue
    WHERE lane = ANY (%(lanes)s::smallint[]) AND id = %(id)s
    RETURNING id, connection_id, sender, recipient, body, received_at
)
INSERT INTO sayso.unrouted (id, connection_id, kind, sender, recipient, body, why, at)
SELECT id, connection_id, 'poison', sender, recipient, body, %(why)s, received_at FROM taken
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, why = excluded.why, settled_at = NULL
