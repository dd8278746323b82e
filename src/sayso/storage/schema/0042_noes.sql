-- A no outlives what is done with the profile that said it: a merge, another number, an erasure. R6.3, R8.2, R8.4.

-- Whoever was erased and opens the link in an old text says no after it: under the hash it must be found again.
GRANT INSERT ON sayso.erased_numbers TO sayso_app;

-- A contact's no goes with it to another number; a yes stays with the number that it was given for (R6.4).
CREATE FUNCTION sayso.no_follows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO sayso.consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
    SELECT c.workspace_id, NEW.phone, c.contact_id, c.category, c.state, c.since, c.source
    FROM sayso.consent_states c
    WHERE c.workspace_id = OLD.workspace_id AND c.phone = OLD.phone AND c.contact_id = OLD.id AND c.state = 'reject'
    ORDER BY c.category
    ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE
        SET state = excluded.state, since = excluded.since, source = excluded.source
        WHERE excluded.since >= s.since;
    RETURN NULL;
END $$;
CREATE TRIGGER no_follows AFTER UPDATE OF phone ON sayso.contacts FOR EACH ROW
    WHEN (OLD.phone IS NOT NULL AND NEW.phone IS NOT NULL AND OLD.phone <> NEW.phone)
    EXECUTE FUNCTION sayso.no_follows();

-- Where nobody else has the number, what a profile had said no to is the number's from now on: a list may bring the
-- same person back as another profile.
CREATE FUNCTION sayso.no_stays() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO sayso.consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
    SELECT c.workspace_id, c.phone, 0, c.category, c.state, c.since, c.source
    FROM sayso.consent_states c
    WHERE c.workspace_id = OLD.workspace_id AND c.phone = OLD.phone AND c.contact_id = OLD.id AND c.state = 'reject'
        AND NOT EXISTS (
            SELECT FROM sayso.contacts o WHERE o.workspace_id = OLD.workspace_id AND o.phone = OLD.phone LIMIT 1
        )
    ORDER BY c.category
    ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE
        SET state = excluded.state, since = excluded.since, source = excluded.source
        WHERE excluded.since >= s.since;
    RETURN NULL;
END $$;
CREATE TRIGGER no_stays AFTER DELETE ON sayso.contacts FOR EACH ROW
    WHEN (OLD.phone IS NOT NULL) EXECUTE FUNCTION sayso.no_stays();

-- R6.3, R8.2: of what either of the two had said no to last, by itself, neither gets anything by the other's yes,
-- whichever number is kept and whichever was said later. Else as before: what both said of a number is joined.
CREATE OR REPLACE FUNCTION sayso.merge_profile(kept bigint, gone bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    here int := sayso.workspace();
    noes jsonb;
BEGIN
    WITH person AS (
        SELECT c.id, c.phone, c.sms_consent, c.updated_at FROM sayso.contacts c
        WHERE c.workspace_id = here AND c.id IN (kept, gone)
    ),
    said AS (
        SELECT p.id, s.category, s.state, s.since, s.source FROM person p
        JOIN sayso.consent_states s ON s.workspace_id = here AND s.phone = p.phone AND s.contact_id = p.id
        UNION ALL
        -- The ledger is of numbers: of a profile without one only the profile knows.
        SELECT p.id, '*', 'reject', p.updated_at, 'console' FROM person p WHERE p.phone IS NULL AND p.sms_consent = 'no'
    ),
    refused AS (
        SELECT DISTINCT ON (asked.category) asked.category, last.source
        FROM (SELECT DISTINCT category FROM said) AS asked
        CROSS JOIN person p
        CROSS JOIN LATERAL (
            SELECT s.state, s.source FROM said s WHERE s.id = p.id AND s.category IN ('*', asked.category)
            ORDER BY s.since DESC, s.state <> 'accept' DESC LIMIT 1
        ) AS last
        WHERE last.state = 'reject'
        ORDER BY asked.category, p.id
    )
    SELECT jsonb_agg(jsonb_build_object('category', r.category, 'source', r.source, 'since', (
        SELECT max(s.since) FROM said s WHERE s.category IN ('*', r.category)
    )))
    INTO noes FROM refused r;

    INSERT INTO sayso.consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
    SELECT workspace_id, phone, kept, category, state, since, source
    FROM sayso.consent_states WHERE workspace_id = here AND contact_id = gone
        AND phone IN (SELECT phone FROM sayso.contacts WHERE workspace_id = here AND id IN (kept, gone))
    ORDER BY phone, category
    ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE
        SET state = excluded.state, since = excluded.since, source = excluded.source
        WHERE (excluded.state = 'reject' AND s.state <> 'reject')
            OR ((excluded.state = 'reject') = (s.state = 'reject') AND excluded.since > s.since);
    INSERT INTO sayso.consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
    SELECT here, p.phone, kept, r.category, 'reject', r.since, r.source
    FROM jsonb_to_recordset(coalesce(noes, '[]')) AS r(category text, since timestamptz, source text)
    CROSS JOIN (SELECT DISTINCT c.phone FROM sayso.contacts c
        WHERE c.workspace_id = here AND c.id IN (kept, gone) AND c.phone IS NOT NULL) AS p
    ORDER BY p.phone, r.category
    ON CONFLICT (workspace_id, phone, contact_id, category) DO UPDATE
        SET state = excluded.state, since = greatest(s.since, excluded.since), source = excluded.source;
    UPDATE sayso.last_texted SET contact_id = kept
    WHERE workspace_id = here AND contact_id = gone
        AND phone IN (SELECT phone FROM sayso.contacts WHERE workspace_id = here AND id = gone);
    INSERT INTO sayso.list_members (workspace_id, list_id, contact_id)
    SELECT workspace_id, list_id, kept FROM sayso.list_members WHERE workspace_id = here AND contact_id = gone
    ORDER BY list_id ON CONFLICT DO NOTHING;
    DELETE FROM sayso.contacts WHERE workspace_id = here AND id = gone;
    RETURN found;
END $$;

-- How many tests went out lately is asked before each.
CREATE INDEX messages_tests ON sayso.messages (workspace_id, id) WHERE purpose = 'test';

-- Every host serves every link, so a workspace that takes another's name would lead people on under it.
CREATE UNIQUE INDEX workspaces_link_host ON sayso.workspaces (link_host) WHERE link_host <> '';
CREATE FUNCTION sayso.link_host_taken(asked text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT EXISTS (
            SELECT FROM sayso.workspaces w WHERE w.link_host = asked AND w.id <> sayso.workspace()
        );
    END;
REVOKE ALL ON FUNCTION sayso.link_host_taken(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.link_host_taken(text) TO sayso_app;
