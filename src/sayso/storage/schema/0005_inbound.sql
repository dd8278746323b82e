-- What comes in. R5.1: stored raw before it is acknowledged, once.
-- Ledgers have no foreign key to their workspace: checked row by row it took a tenth of an inbound text, and
-- locked one row of sayso.workspaces under every batch. The line or key that a row came by has the foreign key.

CREATE TABLE sayso.callbacks (
    id bigint NOT NULL DEFAULT sayso.new_id(),
    connection_id int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('inbound', 'receipts')),
    stale boolean NOT NULL DEFAULT false, -- R5.11: good signature, old time
    headers bytea NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
INSERT INTO sayso.partitioned VALUES ('callbacks');
COMMENT ON TABLE sayso.callbacks IS 'Raw callbacks as bytes; bytea because a provider may send anything';
GRANT SELECT, INSERT ON sayso.callbacks TO sayso_door, sayso_engine;

-- The dedupe table: a unique key cannot live on a time-partitioned ledger without its time. Kept 30 days.
-- `ref` is a 128-bit hash of the provider's message id (and, for receipts, its status).
CREATE TABLE sayso.callback_refs (
    connection_id int NOT NULL,
    ref uuid NOT NULL,
    id bigint NOT NULL,
    PRIMARY KEY (connection_id, ref)
);
CREATE INDEX ON sayso.callback_refs USING brin (id); -- pruning by age
GRANT SELECT, INSERT ON sayso.callback_refs TO sayso_door, sayso_engine;
GRANT DELETE ON sayso.callback_refs TO sayso_engine;

-- Texts that wait to be decided. Narrow, no primary key, one index; one holder per lane keeps a number's
-- texts in order (R5.2).
CREATE TABLE sayso.inbound_queue (
    lane smallint NOT NULL,
    id bigint NOT NULL,
    connection_id int NOT NULL,
    phone bigint NOT NULL,
    sender text NOT NULL,
    recipient text NOT NULL,
    body text NOT NULL,
    media jsonb, -- [{"url", "content_type"}]
    provider_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    provider_answered text, -- the provider says it has answered: stop, start, help
    stale boolean NOT NULL DEFAULT false
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX ON sayso.inbound_queue (lane, id);
GRANT SELECT, INSERT, DELETE, UPDATE ON sayso.inbound_queue TO sayso_engine;
GRANT INSERT ON sayso.inbound_queue TO sayso_door;

CREATE TABLE sayso.receipt_queue (
    id bigint NOT NULL,
    connection_id int NOT NULL,
    provider_ref text NOT NULL,
    client_reference text,
    status text NOT NULL,
    reason text NOT NULL DEFAULT '',
    code text NOT NULL DEFAULT '',
    opted_out boolean NOT NULL DEFAULT false,
    recipient text NOT NULL DEFAULT '',
    provider_at timestamptz,
    received_at timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX ON sayso.receipt_queue (id);
GRANT SELECT, INSERT, DELETE, UPDATE ON sayso.receipt_queue TO sayso_engine;
GRANT INSERT ON sayso.receipt_queue TO sayso_door;

-- R5.3: the ledger of texts with what was decided and why; written once, by the engine. A bare STOP on a
-- shared code stands once in each workspace that it concerned, under the same id.
CREATE TABLE sayso.inbound_messages (
    workspace_id int NOT NULL,
    id bigint NOT NULL, -- the callback's
    line_id int NOT NULL,
    contact_id bigint,
    phone bigint NOT NULL,
    sender text NOT NULL,
    recipient text NOT NULL,
    body text NOT NULL,
    media jsonb,
    provider_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('unsubscribe', 'help', 'optin', 'respond', 'join', 'email', 'inbox', 'review', 'empty', 'none')),
    process_id int,
    keyword text,
    mode text,
    scope text,
    because jsonb NOT NULL, -- [{"rule", "fact", "since"?, "source"?}], the deciding step last
    answers_message_id bigint,  -- the outbound message it answers
    answers_certainty text NOT NULL DEFAULT 'unknown' CHECK (answers_certainty IN ('provider_reference', 'sticky_line', 'last_send', 'unknown')),
    flags text[] NOT NULL DEFAULT '{}', -- stale, out_of_order …
    PRIMARY KEY (workspace_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX ON sayso.inbound_messages (workspace_id, phone, id);
INSERT INTO sayso.partitioned VALUES ('inbound_messages');
CALL sayso.protect('sayso.inbound_messages', 'SELECT');
REVOKE UPDATE, DELETE ON sayso.inbound_messages FROM sayso_engine;

-- What waits for a person in the inbox, and the record of STOPs beside it (R12.1).
CREATE TABLE sayso.inbox (
    workspace_id int NOT NULL,
    inbound_id bigint NOT NULL,
    phone bigint NOT NULL,
    line_id int NOT NULL,
    tab text NOT NULL CHECK (tab IN ('stop', 'inbox')),
    needs_answer boolean NOT NULL,
    PRIMARY KEY (workspace_id, inbound_id)
);
CREATE INDEX ON sayso.inbox (workspace_id, tab, inbound_id);
CALL sayso.protect('sayso.inbox', 'SELECT, UPDATE');

-- R4.4: last match and matches in 7 days, as deltas per day; rolled up by upkeep.
CREATE TABLE sayso.process_matches (
    workspace_id int NOT NULL,
    process_id int NOT NULL,
    day date NOT NULL,
    matches int NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, process_id, day)
);
CALL sayso.protect('sayso.process_matches', 'SELECT');

-- R5.6: one event per inbound text; later every event of a person.
CREATE TABLE sayso.events (
    workspace_id int NOT NULL,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    contact_id bigint,
    phone bigint,
    name text NOT NULL,
    properties jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
) PARTITION BY RANGE (id);
INSERT INTO sayso.partitioned VALUES ('events');
CALL sayso.protect('sayso.events', 'SELECT, INSERT');

-- Texts no line could be found for, and callbacks nobody could read: the operator's list.
CREATE TABLE sayso.unrouted (
    id bigint PRIMARY KEY, -- the callback's
    connection_id int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('unrouted', 'unreadable', 'poison')),
    sender text NOT NULL DEFAULT '',
    recipient text NOT NULL DEFAULT '',
    body text NOT NULL DEFAULT '',
    why text NOT NULL,
    at timestamptz NOT NULL,
    settled_at timestamptz
);
GRANT SELECT, INSERT, UPDATE ON sayso.unrouted TO sayso_engine;
GRANT INSERT ON sayso.unrouted TO sayso_door;
ALTER TABLE sayso.unrouted ENABLE ROW LEVEL SECURITY;
CREATE POLICY operator ON sayso.unrouted TO sayso_app USING (sayso.is_operator()) WITH CHECK (sayso.is_operator());
CREATE POLICY house ON sayso.unrouted TO sayso_door, sayso_engine USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON sayso.unrouted TO sayso_app;

-- R5.11: refused for its signature, kept all the same; released once the secret is mended.
CREATE TABLE sayso.quarantine (
    id bigint PRIMARY KEY DEFAULT sayso.new_id(),
    connection_id int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('inbound', 'receipts')),
    headers bytea NOT NULL,
    body bytea NOT NULL,
    why text NOT NULL,
    released_at timestamptz,
    cut boolean NOT NULL DEFAULT false, -- only its beginning was kept
    -- What makes room for others when the quarantine is full: the large and the repeated.
    size int NOT NULL GENERATED ALWAYS AS (octet_length(headers) + octet_length(body)) STORED,
    digest uuid NOT NULL GENERATED ALWAYS AS (md5(body)::uuid) STORED
);
CREATE INDEX ON sayso.quarantine (connection_id, id) WHERE released_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON sayso.quarantine TO sayso_engine;
GRANT SELECT, INSERT, DELETE ON sayso.quarantine TO sayso_door;
ALTER TABLE sayso.quarantine ENABLE ROW LEVEL SECURITY;
CREATE POLICY operator ON sayso.quarantine TO sayso_app USING (sayso.is_operator()) WITH CHECK (sayso.is_operator());
CREATE POLICY house ON sayso.quarantine TO sayso_door, sayso_engine USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON sayso.quarantine TO sayso_app;

-- One row per thing that is wrong, however often it happens.
CREATE TABLE sayso.alarms (
    code text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    sentence text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (code, subject)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sayso.alarms TO sayso_engine;
GRANT SELECT, INSERT, UPDATE ON sayso.alarms TO sayso_door;
GRANT SELECT ON sayso.alarms TO sayso_app;
