-- Contacts, blocks and consent. R5.4 to R5.7, R6.*.
--
-- `phone` is one bigint everywhere: the digits of E.164, or, for a sender that is no number, a negative
-- hash of (connection, what was written) made by core.phones.address_key. One key then orders, blocks
-- and finds every kind of sender (a text key costs planning 30 %).

CREATE TABLE sayso.contacts (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    external_id text COLLATE "C",
    phone bigint,
    email text,
    language text,
    time_zone text,
    country text CHECK (country ~ '^[A-Z]{2}$'),
    attributes jsonb NOT NULL DEFAULT '{}',
    sms_consent text NOT NULL DEFAULT 'unknown' CHECK (sms_consent IN ('yes', 'no', 'unknown')),
    sms_valid boolean, -- NULL: computed (possible and no landline)
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX contacts_external_id ON sayso.contacts (workspace_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX contacts_phone ON sayso.contacts (workspace_id, phone, id) WHERE phone IS NOT NULL;
CALL sayso.protect('sayso.contacts', 'SELECT, INSERT, UPDATE, DELETE');

-- R6.1, R6.3: by number; a lifted block stays as history. `line_id` 0 and `category` '' mean "any":
-- a key cannot hold NULL. `advertising` false: only transactional texts of the line (R6.2).
CREATE TABLE sayso.blocks (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    phone bigint NOT NULL,
    written text NOT NULL, -- the number or sender as it was written
    scope text NOT NULL CHECK (scope IN ('channel', 'line', 'line_transactional', 'category', 'all')),
    line_id int NOT NULL DEFAULT 0,
    category text COLLATE "C" NOT NULL DEFAULT '',
    since timestamptz NOT NULL, -- when the person said it (provider's received time)
    -- The last time that it was said again, if it was: only a yes after that is the last word (R6.5).
    said_last_at timestamptz,
    last_inbound_id bigint,
    stored_at timestamptz NOT NULL DEFAULT now(),
    source text NOT NULL CHECK (source IN ('keyword', 'term', 'provider', 'api', 'console', 'import', 'link')),
    inbound_id bigint,  -- the text that did it
    process_id int,
    said text NOT NULL DEFAULT '', -- the words, kept here so that the proof outlives the text's retention
    reason text NOT NULL, -- the sentence of R5.3
    lifted_at timestamptz,
    lifted_by text, -- opt-in word, join, double opt-in, evidence: the source of the accept
    PRIMARY KEY (workspace_id, id),
    CHECK ((scope IN ('line', 'line_transactional')) = (line_id <> 0)),
    CHECK ((scope = 'category') = (category <> ''))
);
CREATE UNIQUE INDEX blocks_active ON sayso.blocks (phone, workspace_id, scope, line_id, category)
    WHERE lifted_at IS NULL;
CREATE INDEX blocks_newest ON sayso.blocks (workspace_id, id) WHERE lifted_at IS NULL;
CREATE INDEX blocks_history ON sayso.blocks (workspace_id, phone, id);
CALL sayso.protect('sayso.blocks', 'SELECT, INSERT, UPDATE');

-- R3.3: a bare opt-out on a shared code binds every workspace that texts this number from it later.
CREATE TABLE sayso.code_blocks (
    inbound_number_id int NOT NULL REFERENCES sayso.inbound_numbers,
    phone bigint NOT NULL,
    since timestamptz NOT NULL,
    inbound_id bigint NOT NULL,
    lifted_at timestamptz,
    PRIMARY KEY (phone, inbound_number_id, inbound_id)
);
GRANT SELECT, INSERT, UPDATE ON sayso.code_blocks TO sayso_engine;

-- The gate of a workspace may ask about a number it is about to text, and learns nothing else.
CREATE FUNCTION sayso.code_blocked(asked bigint[])
    RETURNS TABLE (inbound_number_id int, phone bigint, since timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT DISTINCT ON (b.inbound_number_id, b.phone) b.inbound_number_id, b.phone, b.since
        FROM sayso.code_blocks b WHERE b.phone = ANY (asked) AND b.lifted_at IS NULL
        ORDER BY b.inbound_number_id, b.phone, b.since DESC;
    END;
REVOKE ALL ON FUNCTION sayso.code_blocked(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.code_blocked(bigint[]) TO sayso_app, sayso_engine;

-- R5.5: the ledger. Append-only; nobody may update or delete.
CREATE TABLE sayso.consents (
    workspace_id int NOT NULL,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    contact_id bigint, -- NULL: the number belongs to no profile
    phone bigint NOT NULL,
    action text NOT NULL CHECK (action IN ('accept', 'reject', 'pending')),
    category text COLLATE "C" NOT NULL, -- '*': all of them
    source text NOT NULL,
    identification text NOT NULL,
    identification_type text NOT NULL DEFAULT 'phone',
    message text NOT NULL DEFAULT '',
    method text,
    wording text,
    evidence jsonb,
    inbound_id bigint,
    timestamp timestamptz NOT NULL,          -- when it was said
    imported_timestamp timestamptz NOT NULL, -- when it was stored
    PRIMARY KEY (workspace_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX ON sayso.consents (workspace_id, phone, id);
INSERT INTO sayso.partitioned VALUES ('consents');
CALL sayso.protect('sayso.consents', 'SELECT, INSERT');
REVOKE UPDATE, DELETE ON sayso.consents FROM sayso_engine;

-- R6.4: where each (contact, number, category) stands now; the ledger above is never folded on read.
CREATE TABLE sayso.consent_states (
    workspace_id int NOT NULL,
    phone bigint NOT NULL,
    contact_id bigint NOT NULL, -- 0: the number alone
    category text COLLATE "C" NOT NULL, -- '*': all of them
    state text NOT NULL CHECK (state IN ('accept', 'reject', 'pending')),
    since timestamptz NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (workspace_id, phone, contact_id, category)
);
CALL sayso.protect('sayso.consent_states', 'SELECT, INSERT, UPDATE');

-- Who texted a number last, from which line, for which profile. R3.3, R5.6.
CREATE TABLE sayso.last_texted (
    workspace_id int NOT NULL,
    phone bigint NOT NULL,
    line_id int NOT NULL, -- 0: sent from a sender that is no line
    contact_id bigint,
    message_id bigint NOT NULL,
    transactional boolean NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (phone, workspace_id, line_id)
);
CALL sayso.protect('sayso.last_texted', 'SELECT');
CREATE INDEX consent_states_pending ON sayso.consent_states (phone) WHERE state = 'pending';
