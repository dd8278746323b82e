-- What was built side by side, and meets here.

-- R9.5: a test's short links lead where the campaign's do; it is of no campaign's figures all the same.
ALTER TABLE sayso.messages ADD COLUMN test_of int; -- the campaign that this is a test of
CREATE OR REPLACE FUNCTION sayso.target_of(asked bigint, asked_link smallint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT l.target FROM sayso.messages m
        JOIN sayso.campaign_links l
            ON l.workspace_id = m.workspace_id AND l.campaign_id = coalesce(m.campaign_id, m.test_of)
        WHERE m.id = asked AND l.link = asked_link LIMIT 1;
    END;

-- R8.4: what came with other features, and holds a number or points at a person.

-- At once, with the profile: old numbers, and the place in an audience where a walk that is over ended.
CREATE FUNCTION sayso.erase_traces(number bigint, profiles bigint[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    here int := sayso.workspace();
BEGIN
    DELETE FROM sayso.changed_numbers
    WHERE workspace_id = here AND (phone = number OR contact_id = ANY (profiles));
    UPDATE sayso.campaign_plans p SET after_phone = 0, after_contact = 0
    WHERE p.workspace_id = here AND (p.after_phone = number OR p.after_contact = ANY (profiles))
        AND (p.finished_at IS NOT NULL OR EXISTS (
            SELECT FROM sayso.campaigns c
            WHERE c.workspace_id = p.workspace_id AND c.id = p.campaign_id AND c.state = 'cancelled'
        ));
END $$;
REVOKE ALL ON FUNCTION sayso.erase_traces(bigint, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.erase_traces(bigint, bigint[]) TO sayso_app;

-- As in 0027, and what was written down of a message that was on the wire when its person was erased.
CREATE OR REPLACE FUNCTION sayso.erase_messages(here int, number bigint, hidden bigint, most int) RETURNS int
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
    DELETE FROM sayso.advertised WHERE phone = number AND workspace_id = here AND message_id = ANY (found);
    DELETE FROM sayso.last_texted WHERE phone = number AND workspace_id = here AND message_id = ANY (found);
    RETURN cardinality(found);
END $$;

-- A plan that was cancelled half way is never planned to its end: it keeps no old numbers for that.
CREATE FUNCTION sayso.is_being_planned(asked int) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    RETURN EXISTS (
        SELECT FROM sayso.campaign_plans p
        JOIN sayso.campaigns c ON c.workspace_id = p.workspace_id AND c.id = p.campaign_id
        WHERE p.workspace_id = asked AND NOT p.rehearsal AND p.finished_at IS NULL AND c.state <> 'cancelled'
    );
REVOKE ALL ON FUNCTION sayso.is_being_planned(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.is_being_planned(int) TO sayso_engine;
CREATE OR REPLACE FUNCTION sayso.number_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO sayso.changed_numbers (workspace_id, contact_id, phone)
    SELECT OLD.workspace_id, OLD.id, OLD.phone WHERE sayso.is_being_planned(OLD.workspace_id);
    RETURN NULL;
END $$;

-- R9.6: a rehearsal judges by the moment that the launch is meant for. NULL: now.
ALTER TABLE sayso.campaign_paces ADD COLUMN starts_at timestamptz;

-- R9.5: what was parked of a throttled campaign finds its new place behind all others, which may be later than it was
-- to leave at all: it waited for us, and is not too late for that.
CREATE FUNCTION sayso.wait_longer(here int, ids bigint[], moments timestamptz[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        UPDATE sayso.messages m SET expires_at = a.due + interval '3 days'
        FROM unnest(ids, moments) AS a(message_id, due)
        WHERE m.id = a.message_id AND m.workspace_id = here AND m.purpose = 'campaign'
            AND m.expires_at < a.due + interval '1 day';
    END;
REVOKE ALL ON FUNCTION sayso.wait_longer(int, bigint[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.wait_longer(int, bigint[], timestamptz[]) TO sayso_engine;
