-- R9.4. Tracked links: a campaign's addresses, each recipient's short one for them, and who opened it.

-- '': links begin with the server's public address; else with https and this name.
ALTER TABLE sayso.workspaces ADD COLUMN link_host text NOT NULL DEFAULT '';
ALTER TABLE sayso.campaigns ADD COLUMN link_tracking boolean NOT NULL DEFAULT true;

-- The addresses that a campaign shortens, as they are written in it and as a browser is sent there. Nothing else is
-- ever redirected to, so a token opens what somebody wrote into a campaign and no other place.
CREATE TABLE sayso.campaign_links (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    link smallint NOT NULL CHECK (link BETWEEN 0 AND 61), -- its place in the token is one letter or digit
    written text NOT NULL,
    target text NOT NULL CHECK (target ~ '^https?://[!-~]+$'),
    PRIMARY KEY (workspace_id, campaign_id, link),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES sayso.campaigns ON DELETE CASCADE
);
CALL sayso.protect('sayso.campaign_links', 'SELECT, INSERT, DELETE');

-- Where a link leads, asked before a workspace is known: the token names the message and the link.
CREATE FUNCTION sayso.target_of(asked bigint, asked_link smallint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT l.target FROM sayso.messages m
        JOIN sayso.campaign_links l ON l.workspace_id = m.workspace_id AND l.campaign_id = m.campaign_id
        WHERE m.id = asked AND l.link = asked_link LIMIT 1;
    END;
REVOKE ALL ON FUNCTION sayso.target_of(bigint, smallint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.target_of(bigint, smallint) TO sayso_app;

-- Openings as the door heard them, until the engine judges them. `times`: the same within a second.
CREATE TABLE sayso.click_queue (
    at timestamptz NOT NULL,
    message_id bigint NOT NULL,
    link smallint NOT NULL,
    times int NOT NULL,
    method text NOT NULL,
    agent text NOT NULL,
    purpose text NOT NULL, -- what a browser that fetches ahead says
    mode text NOT NULL -- navigate, or how else a browser came to ask
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX ON sayso.click_queue (at);
CREATE INDEX ON sayso.click_queue (message_id);
GRANT INSERT ON sayso.click_queue TO sayso_app;
GRANT SELECT, INSERT, DELETE, UPDATE ON sayso.click_queue TO sayso_engine;

-- Openings, judged: append-only. Of one message and link only the first few; the rest is counted below.
CREATE TABLE sayso.clicks (
    workspace_id int NOT NULL,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    campaign_id int NOT NULL,
    link smallint NOT NULL,
    message_id bigint NOT NULL,
    contact_id bigint,
    phone bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('person', 'machine')),
    times int NOT NULL,
    at timestamptz NOT NULL,
    agent text NOT NULL,
    because jsonb NOT NULL,
    PRIMARY KEY (workspace_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX ON sayso.clicks (workspace_id, campaign_id, link);
CREATE INDEX ON sayso.clicks (workspace_id, message_id);
CREATE INDEX ON sayso.clicks (workspace_id, phone, at) WHERE kind = 'person';
INSERT INTO sayso.partitioned VALUES ('clicks');
CALL sayso.protect('sayso.clicks', 'SELECT');
REVOKE UPDATE, DELETE ON sayso.clicks FROM sayso_engine;

-- A link that is opened a million times fills one row of this.
CREATE TABLE sayso.click_surplus (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    message_id bigint NOT NULL,
    link smallint NOT NULL,
    people bigint NOT NULL,
    machines bigint NOT NULL,
    PRIMARY KEY (workspace_id, campaign_id, message_id, link)
) WITH (fillfactor = 70);
CALL sayso.protect('sayso.click_surplus', 'SELECT');
