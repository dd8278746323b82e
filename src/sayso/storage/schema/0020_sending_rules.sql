-- What a workspace sets for its advertising, who stopped all sending, and who was advertised to. R9.7, R9.8, R9.11.

-- No row: the defaults. What a country or a state demands holds besides.
CREATE TABLE sayso.sending_rules (
    workspace_id int PRIMARY KEY REFERENCES sayso.workspaces,
    days smallint[] NOT NULL DEFAULT '{0,1,2,3,4,5,6}', -- 0 is Monday
    opens text NOT NULL DEFAULT '09:00' CHECK (opens ~ '^[0-2][0-9]:[0-5][0-9]$'),
    closes text NOT NULL DEFAULT '20:00' CHECK (closes ~ '^[0-2][0-9]:[0-5][0-9]$' AND opens < closes),
    holidays boolean NOT NULL DEFAULT true, -- advertising on public holidays
    per_day smallint DEFAULT 1 CHECK (per_day > 0), -- NULL: no cap of its own
    per_week smallint DEFAULT 4 CHECK (per_week > 0),
    countries text[] NOT NULL DEFAULT '{}', -- empty: the workspace's own alone
    practises boolean NOT NULL DEFAULT false -- all this on simulated lines too
);
CALL sayso.protect('sayso.sending_rules', 'SELECT, INSERT, UPDATE');

-- Somebody stopped all sending of a workspace. A row each; gone once it goes on.
CREATE TABLE sayso.halts (
    workspace_id int PRIMARY KEY REFERENCES sayso.workspaces,
    since timestamptz NOT NULL DEFAULT now(),
    why text NOT NULL DEFAULT '',
    user_id int, -- a person, or a key, or (neither) the operator at the command line
    key_id int
);
CALL sayso.protect('sayso.halts', 'SELECT, INSERT, DELETE');

-- Advertising that was handed over, as long as a cap may ask for it. Written with the intent, so that what is on
-- the wire counts; gone again where a provider did not take it.
CREATE TABLE sayso.advertised (
    workspace_id int NOT NULL,
    phone bigint NOT NULL,
    message_id bigint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (phone, workspace_id, message_id)
);
CREATE INDEX advertised_at ON sayso.advertised USING brin (at); -- written in this order; for who prunes
CALL sayso.protect('sayso.advertised', 'SELECT');

-- Which of these lines are simulated: what kind a connection is belongs to the operator, and the gate must know.
CREATE FUNCTION sayso.simulated_lines(asked int[]) RETURNS TABLE (id int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT l.id FROM sayso.lines l
        JOIN sayso.inbound_numbers n ON n.id = l.inbound_number_id
        JOIN sayso.connections c ON c.id = n.connection_id
        WHERE l.id = ANY (asked) AND c.kind = 'simulator';
    END;
REVOKE ALL ON FUNCTION sayso.simulated_lines(int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.simulated_lines(int[]) TO sayso_app, sayso_engine;

-- When what waits may leave: for the review page, which says how many wait for the morning, and until when.
ALTER TABLE sayso.campaign_tallies ADD COLUMN due_first timestamptz, ADD COLUMN due_last timestamptz;
