-- R9.6: the people behind the reasons of a rehearsal, as the gate answered for each; the first of a reason, the
-- figures beside them are of all.

CREATE TABLE sayso.rehearsed_people (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    rehearsal boolean NOT NULL DEFAULT true CHECK (rehearsal), -- it goes with the plan that found them
    id bigint GENERATED ALWAYS AS IDENTITY,
    contact_id bigint NOT NULL,
    status text NOT NULL,
    reason text NOT NULL,
    told text NOT NULL, -- the deciding sentence
    due timestamptz, -- NULL: never
    PRIMARY KEY (workspace_id, campaign_id, id),
    FOREIGN KEY (workspace_id, campaign_id, rehearsal) REFERENCES sayso.campaign_plans ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, contact_id) REFERENCES sayso.contacts ON DELETE CASCADE
);
CREATE INDEX ON sayso.rehearsed_people (workspace_id, contact_id);
CREATE INDEX ON sayso.rehearsed_people (workspace_id, campaign_id, reason, id);
CALL sayso.protect('sayso.rehearsed_people', 'SELECT');
