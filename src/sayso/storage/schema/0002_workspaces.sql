-- Workspaces, people's roles, keys, and who changed what. R2.1, R2.3, R2.4.

CREATE TABLE sayso.workspaces (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    time_zone text NOT NULL DEFAULT 'UTC',
    language text NOT NULL DEFAULT 'en',
    -- R5.6: the incoming-message event's name and the names of its properties are settings.
    event_name text NOT NULL DEFAULT 'campaign',
    event_properties jsonb NOT NULL DEFAULT '{}',
    -- R7.1: the workspace's own opt-out message.
    opt_out_message text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE sayso.workspaces ENABLE ROW LEVEL SECURITY;
CREATE POLICY app ON sayso.workspaces TO sayso_app USING (id = (SELECT sayso.workspace()));
CREATE POLICY engine ON sayso.workspaces TO sayso_engine USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON sayso.workspaces TO sayso_app;
GRANT SELECT, INSERT, UPDATE ON sayso.workspaces TO sayso_engine;

-- user_id is the console's account; accounts live in Django's own schema.
CREATE TABLE sayso.memberships (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    user_id int NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'marketer', 'agent', 'analyst', 'compliance_owner')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX ON sayso.memberships (user_id);
CALL sayso.protect('sayso.memberships', 'SELECT, INSERT, UPDATE, DELETE');

-- At sign-in no workspace is set yet: this one function answers which ones a person may choose.
CREATE FUNCTION sayso.workspaces_of(person int)
    RETURNS TABLE (workspace_id int, name text, country text, role text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT w.id, w.name, w.country, m.role
        FROM sayso.memberships m JOIN sayso.workspaces w ON w.id = m.workspace_id
        WHERE m.user_id = person ORDER BY w.name, w.id;
    END;
REVOKE ALL ON FUNCTION sayso.workspaces_of(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.workspaces_of(int) TO sayso_app, sayso_engine;

-- R2.3: stored hashed, shown once.
CREATE TABLE sayso.api_keys (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id int GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    hint text NOT NULL, -- its first characters, to tell keys apart in a list
    hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    scopes text[] NOT NULL,
    test_mode boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CALL sayso.protect('sayso.api_keys', 'SELECT, INSERT, UPDATE');

CREATE FUNCTION sayso.key_by_hash(said bytea)
    RETURNS TABLE (workspace_id int, id int, scopes text[], test_mode boolean, last_used_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT k.workspace_id, k.id, k.scopes, k.test_mode, k.last_used_at
        FROM sayso.api_keys k WHERE k.hash = said AND k.revoked_at IS NULL;
    END;
REVOKE ALL ON FUNCTION sayso.key_by_hash(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.key_by_hash(bytea) TO sayso_app;

-- R2.4: append-only. A person (user_id), a key (key_id) or the product itself (neither).
CREATE TABLE sayso.audit (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    user_id int,
    key_id int,
    action text NOT NULL,
    object_type text NOT NULL,
    object_id text NOT NULL,
    before jsonb,
    after jsonb,
    PRIMARY KEY (workspace_id, id)
) PARTITION BY RANGE (id);
INSERT INTO sayso.partitioned VALUES ('audit');
CALL sayso.protect('sayso.audit', 'SELECT, INSERT');

CREATE TABLE sayso.idempotency_keys (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    route text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    body_hash bytea NOT NULL,
    status int,  -- NULL while the first request is in flight
    answer bytea,
    -- Set by the work's own transaction: true once it committed, whatever became of the answer.
    carried_out boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(), -- also says whose claim it is
    PRIMARY KEY (workspace_id, route, key)
);
CALL sayso.protect('sayso.idempotency_keys', 'SELECT, INSERT, UPDATE, DELETE');

-- R14.2: a compliance owner may allow confirmations where a country's rule is unknown.
CREATE TABLE sayso.confirmation_permissions (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    allowed_by int NOT NULL,
    allowed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, country)
);
CALL sayso.protect('sayso.confirmation_permissions', 'SELECT, INSERT, DELETE');
