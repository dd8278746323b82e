-- What goes out. Wide rows are written once; where a message stands is a narrow row of its own.

CREATE TABLE sayso.messages (
    workspace_id int NOT NULL,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    contact_id bigint,
    phone bigint NOT NULL,
    recipient text NOT NULL, -- as the provider is given it
    connection_id int NOT NULL,
    line_id int NOT NULL DEFAULT 0,
    sender text NOT NULL,
    class text NOT NULL CHECK (class IN ('advertising', 'transactional')),
    purpose text NOT NULL CHECK (purpose IN ('confirmation', 'help', 'reply', 'api', 'campaign')),
    category text COLLATE "C" NOT NULL DEFAULT '',
    template_id int,
    process_id int,
    inbound_id bigint, -- the text it answers
    body text NOT NULL,
    media_urls text[] NOT NULL DEFAULT '{}',
    encoding text NOT NULL CHECK (encoding IN ('GSM-7', 'UCS-2')),
    parts smallint NOT NULL,
    client_reference text,
    because jsonb NOT NULL DEFAULT '[]',
    expires_at timestamptz, -- R5.8: a confirmation leaves within five minutes or not at all
    PRIMARY KEY (workspace_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX ON sayso.messages (phone, id);
CREATE INDEX ON sayso.messages (id);
INSERT INTO sayso.partitioned VALUES ('messages');
CALL sayso.protect('sayso.messages', 'SELECT, INSERT');
REVOKE UPDATE, DELETE ON sayso.messages FROM sayso_engine;

-- R5.8 "once": one answer of a kind per inbound text, whatever is replayed after a crash.
CREATE TABLE sayso.replied (
    workspace_id int NOT NULL,
    inbound_id bigint NOT NULL,
    message_id bigint NOT NULL,
    PRIMARY KEY (workspace_id, inbound_id)
);
CALL sayso.protect('sayso.replied', 'SELECT');

-- What waits to be sent. No primary key, one non-unique index (it deduplicates to a tenth of a unique
-- one); claimed by ctid, a chunk at a time. lane 0 urgent, 1 transactional, 2 advertising.
CREATE TABLE sayso.outbox (
    connection_id int NOT NULL,
    lane smallint NOT NULL,
    due timestamptz NOT NULL,
    workspace_id int NOT NULL,
    message_id bigint NOT NULL,
    attempt smallint NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX ON sayso.outbox (connection_id, lane, due);
CALL sayso.protect('sayso.outbox', 'INSERT');

-- Claimed, not yet on the wire. After its holder's death these rows go back to the outbox.
-- `claim` is new each time that messages are claimed: what is repeated of one claim must not meet a later one.
CREATE TABLE sayso.claims (
    connection_id int NOT NULL,
    epoch bigint NOT NULL,
    lane smallint NOT NULL,
    due timestamptz NOT NULL,
    workspace_id int NOT NULL,
    message_id bigint NOT NULL,
    attempt smallint NOT NULL,
    claim bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX ON sayso.claims (connection_id, epoch);
GRANT SELECT, INSERT, DELETE ON sayso.claims TO sayso_engine;
ALTER TABLE sayso.claims ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON sayso.claims TO sayso_engine USING (true) WITH CHECK (true);

-- The fence: written and committed after the last look and before the first byte. A row without an outcome
-- after a crash is `unconfirmed` and is never sent again by itself.
CREATE TABLE sayso.intents (
    connection_id int NOT NULL,
    epoch bigint NOT NULL,
    workspace_id int NOT NULL,
    message_id bigint NOT NULL,
    claim bigint NOT NULL,
    at timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX ON sayso.intents (connection_id, epoch);
GRANT SELECT, INSERT, DELETE ON sayso.intents TO sayso_engine;
ALTER TABLE sayso.intents ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON sayso.intents TO sayso_engine USING (true) WITH CHECK (true);

-- Where a message stands. No row: queued. `rank` only grows, so state only moves forward.
CREATE TABLE sayso.outcomes (
    workspace_id int NOT NULL,
    message_id bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('deferred', 'sending', 'sent', 'delivered', 'failed', 'expired', 'rejected',
        'cancelled', 'skipped', 'enqueue_failed', 'unconfirmed', 'unknown')),
    reason text NOT NULL DEFAULT '',
    rank smallint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (message_id)
) WITH (fillfactor = 80);
-- What nobody could confirm is looked for by age, and is a handful of rows.
CREATE INDEX outcomes_unconfirmed ON sayso.outcomes (at) WHERE status = 'unconfirmed';
CALL sayso.protect('sayso.outcomes', 'SELECT, INSERT');

-- Every event, kept: the history behind the outcome.
CREATE TABLE sayso.message_events (
    workspace_id int NOT NULL,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    message_id bigint NOT NULL,
    status text NOT NULL,
    reason text NOT NULL DEFAULT '',
    detail text NOT NULL DEFAULT '', -- a sentence, or the provider's own code
    at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX ON sayso.message_events (workspace_id, message_id, id);
INSERT INTO sayso.partitioned VALUES ('message_events');
CALL sayso.protect('sayso.message_events', 'SELECT, INSERT');
REVOKE UPDATE, DELETE ON sayso.message_events FROM sayso_engine;

CREATE TABLE sayso.provider_ids (
    connection_id int NOT NULL,
    provider_ref text COLLATE "C" NOT NULL,
    workspace_id int NOT NULL,
    message_id bigint NOT NULL,
    PRIMARY KEY (connection_id, provider_ref)
);
GRANT SELECT, INSERT, DELETE ON sayso.provider_ids TO sayso_engine;
ALTER TABLE sayso.provider_ids ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON sayso.provider_ids TO sayso_engine USING (true) WITH CHECK (true);

-- One holder per connection's pace and per inbound lane. Taking a lapsed lease raises the epoch, which
-- keeps the old holder from committing anything more.
CREATE TABLE sayso.leases (
    resource text COLLATE "C" PRIMARY KEY,
    holder text NOT NULL,
    epoch bigint NOT NULL,
    until timestamptz NOT NULL
) WITH (fillfactor = 50);
GRANT SELECT, INSERT, UPDATE ON sayso.leases TO sayso_engine;

-- The fence: which leases are still this holder's, in these epochs. FOR SHARE: whoever takes one over waits
-- for the transaction that asked, and then finds what it wrote.
CREATE FUNCTION sayso.fence(who text, resources text[], epochs bigint[]) RETURNS SETOF text
    LANGUAGE sql VOLATILE SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT l.resource
        FROM unnest(resources, epochs) AS held(resource, epoch)
        JOIN sayso.leases l ON l.resource = held.resource AND l.epoch = held.epoch
        WHERE l.holder = who AND l.until > clock_timestamp()
        ORDER BY l.resource FOR SHARE OF l;
    END;
REVOKE ALL ON FUNCTION sayso.fence(text, text[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.fence(text, text[], bigint[]) TO sayso_engine;

-- Why sending stands still: a restore, a stop-all. 'all', 'workspace:1', 'connection:3'.
CREATE TABLE sayso.pauses (
    resource text COLLATE "C" PRIMARY KEY,
    why text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    restored_at timestamptz -- what was queued before may have been sent since the backup
);
GRANT SELECT, INSERT, DELETE ON sayso.pauses TO sayso_engine;
GRANT SELECT ON sayso.pauses TO sayso_app;
