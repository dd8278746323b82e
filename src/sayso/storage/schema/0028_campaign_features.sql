-- R9.5, R2.5: how a launch goes out, what is tried on a few first, what holds it, and what is counted of it.

-- A text of a campaign to a colleague's telephone: of no campaign's figures.
ALTER TABLE sayso.messages DROP CONSTRAINT messages_purpose_check,
    ADD CONSTRAINT messages_purpose_check
        CHECK (purpose IN ('confirmation', 'help', 'reply', 'api', 'campaign', 'test'));

-- When each text of a launch (or of its rehearsal) leaves. No row: all of them as soon as they are planned.
CREATE TABLE sayso.campaign_paces (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    rehearsal boolean NOT NULL,
    local_clock timestamp, -- each at this hour of their own; NULL: all from one moment
    most int CHECK (most BETWEEN 1 AND 1000000), -- so many in each window; NULL: as many as the line takes
    window_seconds int NOT NULL DEFAULT 60 CHECK (window_seconds IN (60, 3600)),
    PRIMARY KEY (workspace_id, campaign_id, rehearsal),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES sayso.campaigns ON DELETE CASCADE
);
CALL sayso.protect('sayso.campaign_paces', 'SELECT, INSERT, UPDATE, DELETE');

-- How many texts of a campaign leave in each window: what is planned later finds room behind them.
CREATE TABLE sayso.campaign_windows (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    rehearsal boolean NOT NULL,
    at timestamptz NOT NULL,
    taken int NOT NULL, -- places, evenly apart
    PRIMARY KEY (workspace_id, campaign_id, rehearsal, at),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES sayso.campaigns ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL sayso.protect('sayso.campaign_windows', 'SELECT, DELETE');

-- Why a campaign stands still that nobody paused. It counts from `resumed_at` once a person went on with it.
CREATE TABLE sayso.campaign_holds (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    reason text NOT NULL CHECK (reason IN ('overdue', 'opt_outs', 'failures')),
    told text NOT NULL,
    at timestamptz NOT NULL,
    resumed_at timestamptz,
    PRIMARY KEY (workspace_id, campaign_id),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES sayso.campaigns ON DELETE CASCADE
);
CALL sayso.protect('sayso.campaign_holds', 'SELECT, UPDATE, DELETE');

-- One row a window that was sent: what the automatic pause and the list of campaigns count.
CREATE TABLE sayso.campaign_departures (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    at timestamptz NOT NULL,
    messages int NOT NULL,
    PRIMARY KEY (workspace_id, campaign_id, id)
);
CALL sayso.protect('sayso.campaign_departures', 'SELECT');
-- What came of it, counted as it comes: `counted_to` is the moment up to which, `counted_from` the one before it.
-- The `base_` figures are those at which a person went on with it after it was held.
CREATE TABLE sayso.campaign_counts (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    departed bigint NOT NULL,
    failed bigint NOT NULL,
    opted_out bigint NOT NULL,
    counted_from timestamptz NOT NULL,
    counted_to timestamptz NOT NULL,
    base_departed bigint NOT NULL DEFAULT 0,
    base_failed bigint NOT NULL DEFAULT 0,
    base_opted_out bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, campaign_id),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES sayso.campaigns ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL sayso.protect('sayso.campaign_counts', 'SELECT, UPDATE, DELETE');
CREATE INDEX message_events_failed ON sayso.message_events (workspace_id, id) WHERE status IN ('failed', 'rejected');
CREATE INDEX campaigns_ended ON sayso.campaigns (ended_at) WHERE ended_at IS NOT NULL;

-- R2.5: above so many recipients a second person approves. NULL: nobody needs to.
ALTER TABLE sayso.workspaces ADD COLUMN approve_above int CHECK (approve_above >= 0);
-- R9.5: when a campaign is paused by itself; in thousandths of what has left. 0: never.
ALTER TABLE sayso.workspaces
    ADD COLUMN pause_at_opt_outs int NOT NULL DEFAULT 30 CHECK (pause_at_opt_outs BETWEEN 0 AND 1000),
    ADD COLUMN pause_at_failures int NOT NULL DEFAULT 200 CHECK (pause_at_failures BETWEEN 0 AND 1000),
    ADD COLUMN pause_from int NOT NULL DEFAULT 200 CHECK (pause_from BETWEEN 1 AND 1000000);

-- R9.5: a few texts are tried on a part of the audience, the rest gets the one that did best.
CREATE TABLE sayso.campaign_trials (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    tested smallint NOT NULL CHECK (tested BETWEEN 1 AND 100), -- percent of who is not of the control group
    control smallint NOT NULL DEFAULT 0 CHECK (control BETWEEN 0 AND 50), -- percent that get nothing
    measure text NOT NULL CHECK (measure IN ('replies', 'opt_outs', 'clicks')),
    hours smallint NOT NULL CHECK (hours BETWEEN 1 AND 72),
    winner smallint, -- NULL: not known yet
    told text NOT NULL DEFAULT '', -- why it won
    decided_at timestamptz,
    PRIMARY KEY (workspace_id, campaign_id),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES sayso.campaigns ON DELETE CASCADE
);
CALL sayso.protect('sayso.campaign_trials', 'SELECT, INSERT, UPDATE, DELETE');
CREATE TABLE sayso.campaign_variants (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    variant smallint NOT NULL CHECK (variant BETWEEN 1 AND 4), -- 1 is the campaign's own text
    body text NOT NULL,
    share smallint NOT NULL CHECK (share BETWEEN 1 AND 100),
    PRIMARY KEY (workspace_id, campaign_id, variant),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES sayso.campaign_trials ON DELETE CASCADE
);
CALL sayso.protect('sayso.campaign_variants', 'SELECT, INSERT, UPDATE, DELETE');
ALTER TABLE sayso.messages ADD COLUMN variant smallint; -- NULL: there is one text
-- The audience is walked twice: those who are tried on, then, once the winner is known, the others.
ALTER TABLE sayso.campaign_plans ADD COLUMN walk smallint NOT NULL DEFAULT 1,
    ADD COLUMN waits_until timestamptz; -- for the winner

-- R9.7: whose number changed while somebody plans: who was walked by the old one is not texted by the new one too.
CREATE TABLE sayso.changed_numbers (
    workspace_id int NOT NULL,
    contact_id bigint NOT NULL,
    phone bigint NOT NULL, -- the old one
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON sayso.changed_numbers (workspace_id, contact_id);
GRANT SELECT, INSERT, DELETE ON sayso.changed_numbers TO sayso_engine;
ALTER TABLE sayso.changed_numbers ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON sayso.changed_numbers TO sayso_engine USING (true) WITH CHECK (true);
CREATE FUNCTION sayso.number_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO sayso.changed_numbers (workspace_id, contact_id, phone)
    SELECT OLD.workspace_id, OLD.id, OLD.phone
    WHERE EXISTS (
        SELECT FROM sayso.campaign_plans p
        WHERE p.workspace_id = OLD.workspace_id AND NOT p.rehearsal AND p.finished_at IS NULL
    );
    RETURN NULL;
END $$;
CREATE TRIGGER number_changed AFTER UPDATE OF phone ON sayso.contacts FOR EACH ROW
    WHEN (OLD.phone IS NOT NULL AND OLD.phone IS DISTINCT FROM NEW.phone)
    EXECUTE FUNCTION sayso.number_changed();

-- R2.5: who said that a campaign may be launched that reaches many. An edit forgets it.
CREATE TABLE sayso.campaign_approvals (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    who text COLLATE "C" NOT NULL, -- user:3, key:7
    at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, campaign_id, who),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES sayso.campaigns ON DELETE CASCADE
);
CALL sayso.protect('sayso.campaign_approvals', 'SELECT, INSERT, UPDATE, DELETE');
