-- R8.4: erasure reaches what was said to and by a person at numbers that they had before, and leaves what was said
-- to and by whoever had such a number before them, with them, or has it now.

-- Which numbers a contact had, and when. `contact_id`: whose history it is, which a merge hands on; `was`: the
-- profile that had the number, whose id its texts carry.
CREATE TABLE sayso.former_numbers (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    contact_id bigint NOT NULL,
    was bigint NOT NULL,
    phone bigint NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, contact_id, was, until)
);
CREATE INDEX ON sayso.former_numbers (workspace_id, phone);
CALL sayso.protect('sayso.former_numbers', 'SELECT');

-- Since when a contact has the number that it has.
CREATE FUNCTION sayso.has_number_since(here int, contact bigint, made timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = pg_catalog
    RETURN coalesce(
        (SELECT max(f.until) FROM sayso.former_numbers f
         WHERE f.workspace_id = here AND f.contact_id = contact AND f.was = contact), made);

CREATE FUNCTION sayso.keep_former_number() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO sayso.former_numbers (workspace_id, contact_id, was, phone, since, until)
    VALUES (OLD.workspace_id, OLD.id, OLD.id, OLD.phone,
        sayso.has_number_since(OLD.workspace_id, OLD.id, OLD.created_at), clock_timestamp());
    RETURN NULL;
END $$;
CREATE TRIGGER keep_former_number AFTER UPDATE OF phone ON sayso.contacts FOR EACH ROW
    WHEN (OLD.phone IS NOT NULL AND OLD.phone IS DISTINCT FROM NEW.phone)
    EXECUTE FUNCTION sayso.keep_former_number();

-- Once nobody can ask for an erasure by this profile, nobody needs to know what numbers it had.
CREATE FUNCTION sayso.forget_former_numbers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM sayso.former_numbers WHERE workspace_id = OLD.workspace_id AND contact_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_former_numbers AFTER DELETE ON sayso.contacts FOR EACH ROW
    EXECUTE FUNCTION sayso.forget_former_numbers();

-- R8.2: a profile that goes into another takes its numbers along; before `merge_profile`, which deletes it.
CREATE FUNCTION sayso.hand_on_numbers(kept bigint, gone bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    here int := sayso.workspace();
BEGIN
    UPDATE sayso.former_numbers SET contact_id = kept WHERE workspace_id = here AND contact_id = gone;
    INSERT INTO sayso.former_numbers (workspace_id, contact_id, was, phone, since, until)
    SELECT here, kept, gone, c.phone, coalesce(
            (SELECT max(f.until) FROM sayso.former_numbers f
             WHERE f.workspace_id = here AND f.contact_id = kept AND f.was = gone), c.created_at), clock_timestamp()
    FROM sayso.contacts c
    WHERE c.workspace_id = here AND c.id = gone AND c.phone IS NOT NULL;
END $$;
REVOKE ALL ON FUNCTION sayso.hand_on_numbers(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.hand_on_numbers(bigint, bigint) TO sayso_app;

-- Where a number is erased with all that is its own, nobody's history needs it any more.
CREATE FUNCTION sayso.forget_former(number bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        DELETE FROM sayso.former_numbers f WHERE f.workspace_id = sayso.workspace() AND f.phone = number;
    END;
REVOKE ALL ON FUNCTION sayso.forget_former(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.forget_former(bigint) TO sayso_app;

-- An erasure is of a number and all that is its own, or of a number that somebody `former`ly had: then of what
-- carries one of their profiles, and of what carries none and came between the two ids, which begin with the time.
ALTER TABLE sayso.erasures
    ADD COLUMN former boolean NOT NULL DEFAULT false,
    ADD COLUMN first_id bigint NOT NULL DEFAULT 0,
    ADD COLUMN last_id bigint NOT NULL DEFAULT 9223372036854775807;

CREATE FUNCTION sayso.is_theirs(asked sayso.erasures, contact bigint, id bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
    RETURN NOT asked.former
        OR coalesce(contact = ANY (asked.contact_ids), id BETWEEN asked.first_id AND asked.last_id);

-- At once, of a number of before: what keeps it blocked moves under its hash, conversations go. Nobody's own texts
-- go where somebody else had the number at that time: `last_id` is 0 then.
CREATE FUNCTION sayso.erase_former(asked sayso.erasures, mark int) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    here int := sayso.workspace();
BEGIN
    INSERT INTO sayso.consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
    SELECT here, asked.key, 0, c.category, 'reject', max(c.since), 'erasure'
    FROM sayso.consent_states c
    WHERE c.workspace_id = here AND c.phone = asked.phone AND c.state = 'reject' AND (
        (c.contact_id = 0 AND sayso.id_at(c.since) BETWEEN asked.first_id AND asked.last_id)
        OR (c.contact_id = ANY (asked.contact_ids) AND NOT EXISTS (
            SELECT FROM sayso.contacts o WHERE o.workspace_id = here AND o.phone = asked.phone LIMIT 1)))
    GROUP BY c.category ORDER BY c.category
    ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE SET since = greatest(s.since, excluded.since);
    DELETE FROM sayso.consent_states c
    WHERE c.workspace_id = here AND c.phone = asked.phone AND (c.contact_id = ANY (asked.contact_ids)
        OR (c.contact_id = 0 AND c.state IN ('accept', 'reject', 'pending')
            AND sayso.id_at(c.since) BETWEEN asked.first_id AND asked.last_id));

    -- Where the same block stands from an earlier erasure, that one is enough.
    DELETE FROM sayso.blocks b
    WHERE b.workspace_id = here AND b.phone = asked.phone AND b.lifted_at IS NULL
        AND sayso.id_at(coalesce(b.said_last_at, b.since)) BETWEEN asked.first_id AND asked.last_id
        AND EXISTS (SELECT FROM sayso.blocks e WHERE e.workspace_id = here AND e.phone = asked.key
            AND e.lifted_at IS NULL AND e.scope = b.scope AND e.line_id = b.line_id AND e.category = b.category);
    UPDATE sayso.blocks b SET phone = asked.key, written = '', said = '',
        reason = 'They said no before their data were erased.'
    WHERE b.workspace_id = here AND b.phone = asked.phone
        AND sayso.id_at(coalesce(b.said_last_at, b.since)) BETWEEN asked.first_id AND asked.last_id;
    UPDATE sayso.consents c SET phone = asked.key, contact_id = NULL, identification = '', message = '',
        wording = NULL, evidence = NULL
    WHERE c.workspace_id = here AND c.phone = asked.phone AND sayso.is_theirs(asked, c.contact_id, c.id);
    IF EXISTS (SELECT FROM sayso.blocks WHERE workspace_id = here AND phone = asked.key AND lifted_at IS NULL)
        OR EXISTS (SELECT FROM sayso.consent_states WHERE workspace_id = here AND phone = asked.key)
    THEN
        INSERT INTO sayso.erased_numbers VALUES (here, asked.key, mark, asked.began_at) ON CONFLICT DO NOTHING;
    END IF;

    DELETE FROM sayso.last_texted t
    WHERE t.workspace_id = here AND t.phone = asked.phone AND sayso.is_theirs(asked, t.contact_id, t.message_id);
    DELETE FROM sayso.inbox x USING sayso.inbound_messages i
    WHERE x.workspace_id = here AND x.phone = asked.phone AND i.workspace_id = here AND i.id = x.inbound_id
        AND sayso.is_theirs(asked, i.contact_id, i.id);
    DELETE FROM sayso.conversation_replies r USING sayso.messages m
    WHERE r.workspace_id = here AND r.phone = asked.phone AND m.workspace_id = here AND m.id = r.message_id
        AND sayso.is_theirs(asked, m.contact_id, m.id);
    PERFORM sayso.erase_former_conversations(asked);
END $$;

-- A conversation goes if its last text is theirs. One that went on with somebody else stays with them, under the
-- address of their own first text.
CREATE FUNCTION sayso.erase_former_conversations(asked sayso.erasures) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    here int := sayso.workspace();
    ended int[] := ARRAY(
        SELECT c.line_id FROM sayso.conversations c
        JOIN sayso.inbound_messages i ON i.workspace_id = here AND i.id = c.last_inbound_id
        WHERE c.workspace_id = here AND c.phone = asked.phone AND sayso.is_theirs(asked, i.contact_id, i.id)
            AND NOT EXISTS (
                SELECT FROM sayso.inbound_messages o
                WHERE o.workspace_id = here AND o.phone = asked.phone AND o.line_id = c.line_id
                    AND NOT sayso.is_theirs(asked, o.contact_id, o.id)));
BEGIN
    DELETE FROM sayso.conversation_labels
    WHERE workspace_id = here AND phone = asked.phone AND line_id = ANY (ended);
    DELETE FROM sayso.conversation_replies
    WHERE workspace_id = here AND phone = asked.phone AND line_id = ANY (ended);
    DELETE FROM sayso.conversations WHERE workspace_id = here AND phone = asked.phone AND line_id = ANY (ended);
    UPDATE sayso.conversations c SET id = others.first, last_inbound_id = others.last,
        last_words = CASE WHEN CASE WHEN c.last_is_ours THEN EXISTS (
                SELECT FROM sayso.messages m WHERE m.workspace_id = here AND m.id = c.last_id
                    AND sayso.is_theirs(asked, m.contact_id, m.id))
            ELSE c.last_id > others.last END THEN '' ELSE c.last_words END
    FROM (
        SELECT i.line_id, min(i.id) AS first, max(i.id) AS last FROM sayso.inbound_messages i
        WHERE i.workspace_id = here AND i.phone = asked.phone AND NOT sayso.is_theirs(asked, i.contact_id, i.id)
        GROUP BY i.line_id
    ) AS others
    WHERE c.workspace_id = here AND c.phone = asked.phone AND c.line_id = others.line_id;
END $$;
REVOKE ALL ON FUNCTION sayso.erase_former_conversations(sayso.erasures) FROM PUBLIC;
REVOKE ALL ON FUNCTION sayso.erase_former(sayso.erasures, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.erase_former(sayso.erasures, int) TO sayso_app;

-- The slices of 0027 and 0044, now of an erasure: how many rows were found by number, or where in a ledger it ended.
DROP FUNCTION sayso.erase_texts(int, bigint, bigint, int), sayso.erase_messages(int, bigint, bigint, int),
    sayso.messages_left(int, bigint), sayso.erase_audit(int, bigint[], text[], bigint, int),
    sayso.erase_events(int, bigint[], bigint, bigint, int), sayso.erase_refusals(int, text[], bigint, int),
    sayso.erase_callbacks(int, bytea, bigint, int);

-- Texts from the number, and how they came over the wire; not where another workspace was meant too.
CREATE FUNCTION sayso.erase_texts(asked sayso.erasures, most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    found bigint[] := ARRAY(SELECT i.id FROM sayso.inbound_messages i
        WHERE i.workspace_id = asked.workspace_id AND i.phone = asked.phone
            AND sayso.is_theirs(asked, i.contact_id, i.id) ORDER BY i.id LIMIT most);
BEGIN
    UPDATE sayso.inbound_messages SET phone = asked.key, contact_id = NULL, sender = '', body = '', media = NULL,
        because = '[]', keyword = NULL
    WHERE workspace_id = asked.workspace_id AND id = ANY (found);
    UPDATE sayso.callbacks c SET headers = '', body = ''
    WHERE c.id = ANY (found) AND NOT EXISTS (
        SELECT FROM sayso.inbound_messages o WHERE o.id = c.id AND o.workspace_id <> asked.workspace_id);
    RETURN cardinality(found);
END $$;

-- Messages to the number that have come to their end, and what was written down of those that were on the wire when
-- their person was erased: what waits must still find its words.
CREATE FUNCTION sayso.erase_messages(asked sayso.erasures, most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    here int := asked.workspace_id;
    found bigint[] := ARRAY(
        SELECT m.id FROM sayso.messages m JOIN sayso.outcomes o ON o.message_id = m.id
        WHERE m.phone = asked.phone AND m.workspace_id = here AND sayso.is_theirs(asked, m.contact_id, m.id)
            AND o.status NOT IN ('deferred', 'sending', 'unconfirmed') ORDER BY m.id LIMIT most);
BEGIN
    UPDATE sayso.messages SET phone = asked.key, contact_id = NULL, recipient = '', body = '', media_urls = '{}',
        client_reference = NULL, because = '[]'
    WHERE workspace_id = here AND id = ANY (found);
    UPDATE sayso.clicks SET phone = asked.key, contact_id = NULL, agent = '', because = '[]'
    WHERE workspace_id = here AND message_id = ANY (found);
    UPDATE sayso.message_events SET detail = '' WHERE workspace_id = here AND message_id = ANY (found) AND detail <> '';
    DELETE FROM sayso.advertised WHERE phone = asked.phone AND workspace_id = here AND message_id = ANY (found);
    DELETE FROM sayso.last_texted WHERE phone = asked.phone AND workspace_id = here AND message_id = ANY (found);
    RETURN cardinality(found);
END $$;

CREATE FUNCTION sayso.messages_left(asked sayso.erasures) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    RETURN EXISTS (
        SELECT FROM sayso.messages m WHERE m.phone = asked.phone AND m.workspace_id = asked.workspace_id
            AND sayso.is_theirs(asked, m.contact_id, m.id));

-- The next slice of a ledger that no index of numbers leads into: where it ends, NULL at its end.
CREATE FUNCTION sayso.erase_audit(asked sayso.erasures, most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    here int := asked.workspace_id;
    beyond bigint := greatest(asked.after, asked.first_id - 1);
    until bigint := (SELECT max(s.id) FROM (SELECT a.id FROM sayso.audit a
        WHERE a.workspace_id = here AND a.id > beyond AND a.id <= asked.last_id ORDER BY a.id LIMIT most) AS s);
BEGIN
    UPDATE sayso.audit a SET before = NULL, after = '{"erased": true}',
        object_id = CASE WHEN sayso.speaks_of(a.object_id, asked.terms) THEN 'erased' ELSE a.object_id END
    WHERE a.workspace_id = here AND a.id > beyond AND a.id <= until AND a.action <> 'erased'
        AND ((a.object_type = 'contact' AND a.object_id = ANY (asked.contact_ids::text[])) OR sayso.speaks_of(
            a.object_id || ' ' || coalesce(a.before::text, '') || coalesce(a.after::text, ''), asked.terms));
    RETURN until;
END $$;

CREATE FUNCTION sayso.erase_events(asked sayso.erasures, most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    here int := asked.workspace_id;
    beyond bigint := greatest(asked.after, asked.first_id - 1);
    until bigint := (SELECT max(s.id) FROM (SELECT e.id FROM sayso.events e
        WHERE e.workspace_id = here AND e.id > beyond AND e.id <= asked.last_id ORDER BY e.id LIMIT most) AS s);
BEGIN
    UPDATE sayso.events e SET phone = NULL, contact_id = NULL, properties = '{}'
    WHERE e.workspace_id = here AND e.id > beyond AND e.id <= until
        AND (e.contact_id = ANY (asked.contact_ids)
            OR (e.phone = asked.phone AND sayso.is_theirs(asked, e.contact_id, e.id)));
    RETURN until;
END $$;

-- By import: their rows have no order of their own across imports.
CREATE FUNCTION sayso.erase_refusals(asked sayso.erasures, most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    next_import bigint := (SELECT min(p.import_id) FROM sayso.contact_import_progress p
        WHERE p.workspace_id = asked.workspace_id AND p.import_id > greatest(asked.after, asked.first_id - 1)
            AND p.import_id <= asked.last_id);
BEGIN
    UPDATE sayso.contact_import_refusals r SET written = ''
    WHERE r.workspace_id = asked.workspace_id AND r.import_id = next_import
        AND sayso.speaks_of(r.written, asked.terms);
    RETURN next_import;
END $$;

-- Receipts carry the number as the provider writes it; a receipt is read once and its raw words are of no more use.
-- `callbacks` belongs to no workspace: a text that another one was sent is left alone.
CREATE FUNCTION sayso.erase_callbacks(asked sayso.erasures, most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    beyond bigint := greatest(asked.after, asked.first_id - 1);
    -- Of what was sent while they had the number, receipts come in later.
    latest bigint := asked.last_id + CASE WHEN asked.former AND asked.last_id > 0
        THEN sayso.id_at('2026-01-04') - sayso.id_at('2026-01-01') ELSE 0 END;
    until bigint := (SELECT max(s.id) FROM (SELECT c.id FROM sayso.callbacks c
        WHERE c.id > beyond AND c.id <= latest ORDER BY c.id LIMIT most) AS s);
BEGIN
    UPDATE sayso.callbacks c SET headers = '', body = ''
    WHERE c.id > beyond AND c.id <= until AND c.kind = 'receipts'
        AND position(coalesce(asked.phone, 0)::text::bytea IN c.body) > 0;
    RETURN until;
END $$;

DO $$
DECLARE
    made text;
BEGIN
    FOREACH made IN ARRAY ARRAY['erase_texts(sayso.erasures, int)', 'erase_messages(sayso.erasures, int)',
        'messages_left(sayso.erasures)', 'erase_audit(sayso.erasures, int)', 'erase_events(sayso.erasures, int)',
        'erase_refusals(sayso.erasures, int)', 'erase_callbacks(sayso.erasures, int)'] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION sayso.%s FROM PUBLIC', made);
        EXECUTE format('GRANT EXECUTE ON FUNCTION sayso.%s TO sayso_engine', made);
    END LOOP;
END $$;

-- R9.4: a short link does not lead on under the name of another workspace, which would vouch for it.
DROP FUNCTION sayso.target_of(bigint, smallint);
CREATE FUNCTION sayso.target_of(asked bigint, asked_link smallint) RETURNS TABLE (workspace_id int, target text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT m.workspace_id, l.target FROM sayso.messages m
        JOIN sayso.campaign_links l
            ON l.workspace_id = m.workspace_id AND l.campaign_id = coalesce(m.campaign_id, m.test_of)
        WHERE m.id = asked AND l.link = asked_link LIMIT 1;
    END;
REVOKE ALL ON FUNCTION sayso.target_of(bigint, smallint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.target_of(bigint, smallint) TO sayso_app;

-- Whose name a link host is, for the door, which sees no workspace.
CREATE FUNCTION sayso.link_hosts() RETURNS TABLE (link_host text, workspace_id int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT w.link_host, w.id FROM sayso.workspaces w WHERE w.link_host <> '';
    END;
REVOKE ALL ON FUNCTION sayso.link_hosts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.link_hosts() TO sayso_app;

-- R9.2: a picture that nothing uses can be removed. `used_at`: when a message took it last, to the day.
ALTER TABLE sayso.pictures ADD COLUMN used_at timestamptz; -- NULL: none has yet
GRANT DELETE ON sayso.pictures TO sayso_app;
CREATE FUNCTION sayso.picture_in_use(asked text, since timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog
    RETURN EXISTS (SELECT FROM sayso.pictures p WHERE p.token = asked AND p.used_at >= since)
        OR EXISTS (SELECT FROM sayso.campaigns c
            WHERE ('/m/' || asked) = ANY (c.media_urls) OR position('/m/' || asked IN c.body || c.fallback_body) > 0);
