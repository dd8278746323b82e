-- Lists, campaigns, and how far each is planned. R8.3, R9.*.

CREATE TABLE sayso.lists (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id int GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);
CALL sayso.protect('sayso.lists', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE sayso.list_members (
    workspace_id int NOT NULL,
    list_id int NOT NULL,
    contact_id bigint NOT NULL,
    PRIMARY KEY (workspace_id, list_id, contact_id),
    FOREIGN KEY (workspace_id, list_id) REFERENCES sayso.lists ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, contact_id) REFERENCES sayso.contacts ON DELETE CASCADE
);
CREATE INDEX list_members_contact ON sayso.list_members (workspace_id, contact_id);
CALL sayso.protect('sayso.list_members', 'SELECT, INSERT, DELETE');

-- R9.1. `audience`: none (a draft batch), everybody, list, or automation (R9.1: offered to programs only).
CREATE TABLE sayso.campaigns (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id int GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN
        ('draft', 'scheduled', 'planning', 'sending', 'paused', 'cancelled', 'finished')),
    audience text NOT NULL DEFAULT 'none' CHECK (audience IN ('none', 'everybody', 'list', 'automation')),
    list_id int,
    category text COLLATE "C" NOT NULL DEFAULT '', -- '': not chosen yet
    body text NOT NULL DEFAULT '',
    reply_service boolean NOT NULL DEFAULT true, -- R9.3
    opt_out_message text NOT NULL DEFAULT '', -- '': the workspace's
    per_profile boolean NOT NULL DEFAULT false, -- R9.7: else one text a number
    starts_at timestamptz, -- when planning may begin
    launched_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, list_id) REFERENCES sayso.lists,
    CHECK ((audience = 'list') = (list_id IS NOT NULL)),
    CHECK (state = 'draft' OR audience <> 'none'),
    CHECK ((state IN ('draft', 'cancelled')) OR starts_at IS NOT NULL)
);
-- What the engine looks for, each second.
CREATE INDEX campaigns_active ON sayso.campaigns (workspace_id, id)
    WHERE state IN ('scheduled', 'planning', 'sending');
CALL sayso.protect('sayso.campaigns', 'SELECT, INSERT, UPDATE, DELETE');

-- How far the audience has been walked, in the order of (number, contact): advanced by compare-and-set in the
-- transaction that stores what was planned, so that a crash repeats nothing and a second planner plans nothing.
-- `rehearsal`: walked in the same way, but only counted (R9.6).
CREATE TABLE sayso.campaign_plans (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    rehearsal boolean NOT NULL,
    after_phone bigint NOT NULL DEFAULT 0,
    after_contact bigint NOT NULL DEFAULT 0,
    addressed boolean NOT NULL DEFAULT false, -- a profile of `after_phone` gets the text already
    began_at timestamptz NOT NULL,
    walked_at timestamptz, -- the last slice: plans are walked in turn
    finished_at timestamptz,
    settled_to bigint NOT NULL DEFAULT 0, -- every message up to this id has come to its end
    PRIMARY KEY (workspace_id, campaign_id, rehearsal),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES sayso.campaigns ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL sayso.protect('sayso.campaign_plans', 'SELECT, INSERT, DELETE');

-- What planning decided, counted as it goes: a dozen rows a campaign.
CREATE TABLE sayso.campaign_tallies (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    rehearsal boolean NOT NULL,
    status text NOT NULL,
    reason text NOT NULL,
    messages bigint NOT NULL,
    parts bigint NOT NULL,
    PRIMARY KEY (workspace_id, campaign_id, rehearsal, status, reason),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES sayso.campaigns ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL sayso.protect('sayso.campaign_tallies', 'SELECT, DELETE');

ALTER TABLE sayso.messages ADD COLUMN campaign_id int; -- NULL: of no campaign
CREATE INDEX ON sayso.messages (workspace_id, campaign_id, id) WHERE campaign_id IS NOT NULL;

-- Of a paused campaign: out of the outbox, so that it is not looked at again and again, and back into it when
-- the campaign goes on or is cancelled.
CREATE TABLE sayso.parked (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    connection_id int NOT NULL,
    lane smallint NOT NULL,
    due timestamptz NOT NULL,
    message_id bigint NOT NULL,
    attempt smallint NOT NULL
);
CREATE INDEX ON sayso.parked (workspace_id, campaign_id);
GRANT SELECT, INSERT, DELETE ON sayso.parked TO sayso_engine;
ALTER TABLE sayso.parked ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON sayso.parked TO sayso_engine USING (true) WITH CHECK (true);

-- R2.5: how long a launch may still be undone before anything is planned.
ALTER TABLE sayso.workspaces ADD COLUMN launch_delay_seconds int NOT NULL DEFAULT 60
    CHECK (launch_delay_seconds BETWEEN 0 AND 86400);

-- As in 0007, and what is parked too: a line that is withdrawn takes back whatever waits to leave from it.
CREATE OR REPLACE FUNCTION sayso.waiting_from(asked int) RETURNS TABLE (message_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        WITH place AS MATERIALIZED (
            SELECT l.workspace_id, l.id, n.connection_id
            FROM sayso.lines l JOIN sayso.inbound_numbers n ON n.id = l.inbound_number_id
            WHERE l.id = asked AND l.workspace_id = (SELECT sayso.workspace())
        ),
        waiting AS (
            SELECT o.workspace_id, o.message_id FROM place p JOIN sayso.outbox o
                ON o.connection_id = p.connection_id AND o.workspace_id = p.workspace_id
            UNION
            SELECT c.workspace_id, c.message_id FROM place p JOIN sayso.claims c
                ON c.connection_id = p.connection_id AND c.workspace_id = p.workspace_id
            UNION
            SELECT k.workspace_id, k.message_id FROM place p JOIN sayso.parked k
                ON k.connection_id = p.connection_id AND k.workspace_id = p.workspace_id
        )
        SELECT w.message_id FROM waiting w JOIN sayso.messages m
            ON m.workspace_id = w.workspace_id AND m.id = w.message_id
        WHERE m.line_id = asked;
    END;
