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
