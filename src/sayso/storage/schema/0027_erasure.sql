-- R8.4: erasure. What a person said and was told goes, in clear; that they said no stays, under a keyed hash of
-- their number (decision 0014). Ledgers may be changed by these functions alone, and only to take words away.

-- Numbers of which a no is kept. `key` is negative, as of every sender that is no number; it stands where the number
-- stood. `made_with` tells which secret key it was made with: under another one nothing would be found.
CREATE TABLE sayso.erased_numbers (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    key bigint NOT NULL CHECK (key < 0),
    made_with int NOT NULL,
    erased_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, key)
);
CALL sayso.protect('sayso.erased_numbers', 'SELECT');

-- An erasure on its way: what is read in slices is worked off by the engine, and then what to look for goes too.
CREATE TABLE sayso.erasures (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    phone bigint, -- NULL: without a number, or done
    key bigint,
    contact_ids bigint[] NOT NULL,
    terms text[] NOT NULL, -- what gives the person away in the words of others: digits, address, id
    step text COLLATE "C" NOT NULL DEFAULT 'texts',
    after bigint NOT NULL DEFAULT 0, -- how far this step has read
    due timestamptz NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX erasures_due ON sayso.erasures (due) WHERE ended_at IS NULL;
CALL sayso.protect('sayso.erasures', 'SELECT, INSERT');

-- At once, in the transaction of whoever asks: the profiles, and what keeps them blocked. How many blocks and
-- rejects are kept.
CREATE FUNCTION sayso.erase_person(number bigint, hidden bigint, mark int, profiles bigint[], moment timestamptz)
    RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    here int := sayso.workspace();
    kept int;
BEGIN
    IF number IS NOT NULL THEN
        -- A no of the profile alone is the number's from now on: no profile is left that it could be of.
        INSERT INTO sayso.consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
        SELECT here, hidden, 0, said.category, 'reject', max(said.since), 'erasure'
        FROM (SELECT c.category, c.since FROM sayso.consent_states c
              WHERE c.workspace_id = here AND c.phone = number AND c.state = 'reject'
              UNION ALL
              SELECT '*', p.updated_at FROM sayso.contacts p
              WHERE p.workspace_id = here AND p.id = ANY (profiles) AND p.sms_consent = 'no') AS said
        GROUP BY said.category ORDER BY said.category
        ON CONFLICT (workspace_id, phone, contact_id, category)
            DO UPDATE SET since = greatest(s.since, excluded.since);
        DELETE FROM sayso.consent_states WHERE workspace_id = here AND phone = number;
        -- Where the same block stands from an earlier erasure, that one is enough.
        DELETE FROM sayso.blocks b WHERE b.workspace_id = here AND b.phone = number AND b.lifted_at IS NULL
            AND EXISTS (SELECT FROM sayso.blocks e WHERE e.workspace_id = here AND e.phone = hidden
                AND e.lifted_at IS NULL AND e.scope = b.scope AND e.line_id = b.line_id AND e.category = b.category);
        UPDATE sayso.blocks SET phone = hidden, written = '', said = '',
            reason = 'They said no before their data were erased.'
        WHERE workspace_id = here AND phone = number;
        -- The ledger keeps its entries, their order and their times; not the words, and not whose they were.
        UPDATE sayso.consents SET phone = hidden, contact_id = NULL, identification = '', message = '',
            wording = NULL, evidence = NULL
        WHERE workspace_id = here AND phone = number;
        DELETE FROM sayso.conversation_labels WHERE workspace_id = here AND phone = number;
        DELETE FROM sayso.conversation_replies WHERE workspace_id = here AND phone = number;
        DELETE FROM sayso.conversations WHERE workspace_id = here AND phone = number;
        DELETE FROM sayso.inbox WHERE workspace_id = here AND phone = number;
        DELETE FROM sayso.last_texted WHERE workspace_id = here AND phone = number;
        DELETE FROM sayso.advertised WHERE workspace_id = here AND phone = number;
    END IF;
    DELETE FROM sayso.contacts WHERE workspace_id = here AND id = ANY (profiles);
    SELECT count(*) INTO kept FROM (
        SELECT FROM sayso.blocks WHERE workspace_id = here AND phone = hidden AND lifted_at IS NULL
        UNION ALL
        SELECT FROM sayso.consent_states WHERE workspace_id = here AND phone = hidden) AS standing;
    IF kept > 0 THEN
        INSERT INTO sayso.erased_numbers VALUES (here, hidden, mark, moment) ON CONFLICT DO NOTHING;
    END IF;
    RETURN kept;
END $$;
REVOKE ALL ON FUNCTION sayso.erase_person(bigint, bigint, int, bigint[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.erase_person(bigint, bigint, int, bigint[], timestamptz) TO sayso_app;

-- Texts from the number, and how they came over the wire; not where another workspace was meant too. How many.
CREATE FUNCTION sayso.erase_texts(here int, number bigint, hidden bigint, most int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    found bigint[] := ARRAY(SELECT i.id FROM sayso.inbound_messages i
                            WHERE i.workspace_id = here AND i.phone = number ORDER BY i.id LIMIT most);
BEGIN
    UPDATE sayso.inbound_messages SET phone = hidden, contact_id = NULL, sender = '', body = '', media = NULL,
        because = '[]', keyword = NULL
    WHERE workspace_id = here AND id = ANY (found);
    UPDATE sayso.callbacks c SET headers = '', body = ''
    WHERE c.id = ANY (found)
        AND NOT EXISTS (SELECT FROM sayso.inbound_messages o WHERE o.id = c.id AND o.workspace_id <> here);
    RETURN cardinality(found);
END $$;

-- Messages to the number that have come to their end: what waits must still find its words. How many.
CREATE FUNCTION sayso.erase_messages(here int, number bigint, hidden bigint, most int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    found bigint[] := ARRAY(
        SELECT m.id FROM sayso.messages m JOIN sayso.outcomes o ON o.message_id = m.id
        WHERE m.phone = number AND m.workspace_id = here
            AND o.status NOT IN ('deferred', 'sending', 'unconfirmed') ORDER BY m.id LIMIT most);
BEGIN
    UPDATE sayso.messages SET phone = hidden, contact_id = NULL, recipient = '', body = '', media_urls = '{}',
        client_reference = NULL, because = '[]'
    WHERE workspace_id = here AND id = ANY (found);
    UPDATE sayso.clicks SET phone = hidden, contact_id = NULL, agent = '', because = '[]'
    WHERE workspace_id = here AND message_id = ANY (found);
    UPDATE sayso.message_events SET detail = '' WHERE workspace_id = here AND message_id = ANY (found) AND detail <> '';
    RETURN cardinality(found);
END $$;

CREATE FUNCTION sayso.messages_left(here int, number bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    RETURN EXISTS (SELECT FROM sayso.messages m WHERE m.phone = number AND m.workspace_id = here);

-- The next slice of a ledger that no index of numbers leads into: where it ends, NULL at the end of the ledger.
CREATE FUNCTION sayso.erase_audit(here int, profiles bigint[], words text[], after_id bigint, most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    until bigint := (SELECT max(s.id) FROM (SELECT a.id FROM sayso.audit a
        WHERE a.workspace_id = here AND a.id > after_id ORDER BY a.id LIMIT most) AS s);
BEGIN
    UPDATE sayso.audit a SET before = NULL, after = '{"erased": true}',
        object_id = CASE WHEN sayso.speaks_of(a.object_id, words) THEN 'erased' ELSE a.object_id END
    WHERE a.workspace_id = here AND a.id > after_id AND a.id <= until AND a.action <> 'erased'
        AND ((a.object_type = 'contact' AND a.object_id = ANY (profiles::text[]))
            OR sayso.speaks_of(a.object_id || ' ' || coalesce(a.before::text, '') || coalesce(a.after::text, ''), words));
    RETURN until;
END $$;

CREATE FUNCTION sayso.speaks_of(said text, words text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
    RETURN EXISTS (SELECT FROM unnest(words) AS word WHERE position(word IN lower(said)) > 0);

CREATE FUNCTION sayso.erase_events(here int, profiles bigint[], number bigint, after_id bigint, most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    until bigint := (SELECT max(s.id) FROM (SELECT e.id FROM sayso.events e
        WHERE e.workspace_id = here AND e.id > after_id ORDER BY e.id LIMIT most) AS s);
BEGIN
    UPDATE sayso.events e SET phone = NULL, contact_id = NULL, properties = '{}'
    WHERE e.workspace_id = here AND e.id > after_id AND e.id <= until
        AND (e.phone = number OR e.contact_id = ANY (profiles));
    RETURN until;
END $$;

-- By import: their rows have no order of their own across imports.
CREATE FUNCTION sayso.erase_refusals(here int, words text[], after_id bigint, most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    next_import bigint := (SELECT min(p.import_id) FROM sayso.contact_import_progress p
        WHERE p.workspace_id = here AND p.import_id > after_id);
BEGIN
    UPDATE sayso.contact_import_refusals r SET written = ''
    WHERE r.workspace_id = here AND r.import_id = next_import AND sayso.speaks_of(r.written, words);
    RETURN next_import;
END $$;

-- Receipts carry the number as the provider writes it; a receipt is read once and its raw words are of no more use.
-- `callbacks` belongs to no workspace: a text that another one was sent is left alone.
CREATE FUNCTION sayso.erase_callbacks(here int, digits bytea, after_id bigint, most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    until bigint := (SELECT max(s.id) FROM (SELECT c.id FROM sayso.callbacks c
        WHERE c.id > after_id ORDER BY c.id LIMIT most) AS s);
BEGIN
    UPDATE sayso.callbacks c SET headers = '', body = ''
    WHERE c.id > after_id AND c.id <= until AND c.kind = 'receipts' AND position(digits IN c.body) > 0;
    RETURN until;
END $$;

DO $$
DECLARE
    made text;
BEGIN
    FOREACH made IN ARRAY ARRAY['erase_texts(int, bigint, bigint, int)', 'erase_messages(int, bigint, bigint, int)',
        'messages_left(int, bigint)', 'erase_audit(int, bigint[], text[], bigint, int)',
        'erase_events(int, bigint[], bigint, bigint, int)', 'erase_refusals(int, text[], bigint, int)',
        'erase_callbacks(int, bytea, bigint, int)'] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION sayso.%s FROM PUBLIC', made);
        EXECUTE format('GRANT EXECUTE ON FUNCTION sayso.%s TO sayso_engine', made);
    END LOOP;
END $$;

-- R6.3, R8.2: two profiles of one person become one. Of what both said of a number the no stays, else the later word;
-- the ledger itself is left as it was written.
CREATE FUNCTION sayso.merge_profile(kept bigint, gone bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    here int := sayso.workspace();
BEGIN
    INSERT INTO sayso.consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
    SELECT workspace_id, phone, kept, category, state, since, source
    FROM sayso.consent_states WHERE workspace_id = here AND contact_id = gone
        AND phone IN (SELECT phone FROM sayso.contacts WHERE workspace_id = here AND id IN (kept, gone))
    ORDER BY phone, category
    ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE
        SET state = excluded.state, since = excluded.since, source = excluded.source
        WHERE (excluded.state = 'reject' AND s.state <> 'reject')
            OR ((excluded.state = 'reject') = (s.state = 'reject') AND excluded.since > s.since);
    UPDATE sayso.last_texted SET contact_id = kept
    WHERE workspace_id = here AND contact_id = gone
        AND phone IN (SELECT phone FROM sayso.contacts WHERE workspace_id = here AND id = gone);
    INSERT INTO sayso.list_members (workspace_id, list_id, contact_id)
    SELECT workspace_id, list_id, kept FROM sayso.list_members WHERE workspace_id = here AND contact_id = gone
    ORDER BY list_id ON CONFLICT DO NOTHING;
    DELETE FROM sayso.contacts WHERE workspace_id = here AND id = gone;
    RETURN found;
END $$;
REVOKE ALL ON FUNCTION sayso.merge_profile(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.merge_profile(bigint, bigint) TO sayso_app;
