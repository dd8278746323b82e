-- R6.8: a number that changed hands. Where it stands is a word of the number alone, beside every other: `*hands` says
-- since when what was consented to before is over, `*review` that a text asks whether it is so. No category may begin
-- with a star, and they are read with consent, so that planning asks for nothing more (decision 0018).

ALTER TABLE sayso.consents DROP CONSTRAINT consents_action_check,
    ADD CONSTRAINT consents_action_check CHECK (action IN ('accept', 'reject', 'pending', 'ended'));
ALTER TABLE sayso.consent_states DROP CONSTRAINT consent_states_state_check,
    ADD CONSTRAINT consent_states_state_check
        CHECK (CASE category
            WHEN '*hands' THEN contact_id = 0 AND state = 'ended'
            WHEN '*review' THEN contact_id = 0 AND state IN ('review', 'settled')
            ELSE state IN ('accept', 'reject', 'pending') END);

-- What a START completes: a yes that waits, and consent that ended and may begin anew.
DROP INDEX sayso.consent_states_pending;
CREATE INDEX consent_states_pending ON sayso.consent_states (phone) WHERE state IN ('pending', 'ended');

-- Numbers whose texts a person must look at, for their list.
CREATE INDEX consent_states_review ON sayso.consent_states (workspace_id, since) WHERE state = 'review';

-- What keeps an erased number from being texted: every no, and that it changed hands; a question that nobody answered
-- counts as a yes to it, for nobody can answer it any more. R8.4.
CREATE FUNCTION sayso.keep_hands(here int, number bigint, hidden bigint) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog
    BEGIN ATOMIC
        INSERT INTO sayso.consent_states AS s (workspace_id, phone, contact_id, category, state, since, source)
        SELECT here, hidden, 0, '*hands', 'ended', max(c.since), 'erasure'
        FROM sayso.consent_states c
        WHERE c.workspace_id = here AND c.phone = number AND c.state IN ('ended', 'review')
        HAVING count(*) > 0
        ON CONFLICT (workspace_id, phone, contact_id, category)
            DO UPDATE SET since = greatest(s.since, excluded.since);
    END;
REVOKE ALL ON FUNCTION sayso.keep_hands(int, bigint, bigint) FROM PUBLIC;

-- As before, and what is known of hands goes along.
CREATE OR REPLACE FUNCTION sayso.erase_person(number bigint, hidden bigint, mark int, profiles bigint[], moment timestamptz)
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
        PERFORM sayso.keep_hands(here, number, hidden);
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