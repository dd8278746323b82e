-- Connections and numbers belong to the operator, lines to a workspace. R3.1.

CREATE TABLE sayso.connections (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    kind text COLLATE "C" NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    secrets bytea NOT NULL DEFAULT '', -- encrypted with a key derived from SAYSO_SECRET_KEY
    hook_token text COLLATE "C" NOT NULL UNIQUE CHECK (length(hook_token) >= 32),
    parts_per_second int NOT NULL CHECK (parts_per_second BETWEEN 1 AND 100000),
    created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON sayso.connections TO sayso_door, sayso_engine;
GRANT SELECT, INSERT, UPDATE ON sayso.connections TO sayso_app;
ALTER TABLE sayso.connections ENABLE ROW LEVEL SECURITY;
CREATE POLICY operator ON sayso.connections TO sayso_app USING (sayso.is_operator()) WITH CHECK (sayso.is_operator());
CREATE POLICY house ON sayso.connections TO sayso_door, sayso_engine USING (true);

CREATE TABLE sayso.inbound_numbers (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id int NOT NULL REFERENCES sayso.connections,
    number text COLLATE "C" NOT NULL CHECK (number ~ '^[0-9]{3,15}$'), -- E.164 digits or a short code, no plus
    kind text NOT NULL CHECK (kind IN ('long_code', 'exclusive_short_code', 'shared_short_code')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    -- R3.3: what a bare HELP on a shared code is told. Empty: nothing.
    help_answer text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (connection_id, number)
);

CREATE TABLE sayso.lines (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id int GENERATED ALWAYS AS IDENTITY,
    inbound_number_id int NOT NULL REFERENCES sayso.inbound_numbers,
    provider_keyword text COLLATE "C" NOT NULL DEFAULT '', -- folded; '' on a number of one's own
    language text NOT NULL DEFAULT 'en',
    withdrawn_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (id)
);
-- One holder per number or per keyword of a shared code, across workspaces.
CREATE UNIQUE INDEX lines_one_holder ON sayso.lines (inbound_number_id, provider_keyword)
    WHERE withdrawn_at IS NULL;
CALL sayso.protect('sayso.lines', 'SELECT');
GRANT INSERT, UPDATE ON sayso.lines TO sayso_app;
-- Every workspace sees its lines; only the operator gives and takes them. Restrictive: beside the one above.
CREATE POLICY giving ON sayso.lines AS RESTRICTIVE FOR INSERT TO sayso_app
    WITH CHECK (workspace_id = (SELECT sayso.workspace()) AND (SELECT sayso.is_operator()));
CREATE POLICY taking ON sayso.lines AS RESTRICTIVE FOR UPDATE TO sayso_app
    USING (workspace_id = (SELECT sayso.workspace()) AND (SELECT sayso.is_operator()))
    WITH CHECK (workspace_id = (SELECT sayso.workspace()) AND (SELECT sayso.is_operator()));

ALTER TABLE sayso.inbound_numbers ENABLE ROW LEVEL SECURITY;
CREATE POLICY app ON sayso.inbound_numbers TO sayso_app
    USING (sayso.is_operator() OR id IN (SELECT l.inbound_number_id FROM sayso.lines l))
    WITH CHECK (sayso.is_operator());
CREATE POLICY engine ON sayso.inbound_numbers TO sayso_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON sayso.inbound_numbers TO sayso_app;
GRANT SELECT ON sayso.inbound_numbers TO sayso_engine;

-- A long code takes no provider keyword, a shared code's line always has one.
CREATE FUNCTION sayso.line_fits_its_number() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    its_kind text := (SELECT n.kind FROM sayso.inbound_numbers n WHERE n.id = NEW.inbound_number_id);
BEGIN
    IF (its_kind = 'shared_short_code') <> (NEW.provider_keyword <> '') THEN
        RAISE EXCEPTION 'a shared short code''s line has a provider keyword, any other has none'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_keyword_fits_number';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fits BEFORE INSERT OR UPDATE ON sayso.lines
    FOR EACH ROW EXECUTE FUNCTION sayso.line_fits_its_number();

CREATE TABLE sayso.templates (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id int GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL CHECK (name <> ''),
    class text NOT NULL CHECK (class IN ('advertising', 'transactional')),
    mailing_id bigint NOT NULL DEFAULT sayso.new_id(),
    approved_at timestamptz, -- transactional sends by API need an approved template
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id)
);
CALL sayso.protect('sayso.templates', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE sayso.template_texts (
    workspace_id int NOT NULL,
    template_id int NOT NULL,
    language text COLLATE "C" NOT NULL,
    body text NOT NULL CHECK (body <> ''),
    PRIMARY KEY (workspace_id, template_id, language),
    FOREIGN KEY (workspace_id, template_id) REFERENCES sayso.templates ON DELETE CASCADE
);
CALL sayso.protect('sayso.template_texts', 'SELECT, INSERT, UPDATE, DELETE');

-- R4.1 to R4.6. All seven types stand in the table; this release starts unsubscribe and help.
CREATE TABLE sayso.processes (
    workspace_id int NOT NULL,
    id int GENERATED ALWAYS AS IDENTITY,
    line_id int NOT NULL,
    type text NOT NULL CHECK (type IN ('unsubscribe', 'unsubscribe_event', 'help', 'respond', 'join', 'email', 'inbox')),
    name text NOT NULL CHECK (name <> ''),
    match_mode text NOT NULL DEFAULT 'word' CHECK (match_mode IN ('exact', 'word', 'prefix', 'contains')),
    -- R4.13: a mode for the predefined words too; NULL keeps strong `word`, weak `exact`.
    predefined_mode text CHECK (predefined_mode IN ('exact', 'word', 'prefix', 'contains')),
    scope text NOT NULL DEFAULT 'channel' CHECK (scope IN ('channel', 'line', 'categories', 'all')),
    categories text[] NOT NULL DEFAULT '{}',
    template_id int,
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'started', 'paused')),
    version int NOT NULL DEFAULT 1, -- raised by each save: two people editing one process
    deleted_at timestamptz, -- R4.2: delete is for good, history stays
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, line_id) REFERENCES sayso.lines,
    FOREIGN KEY (workspace_id, template_id) REFERENCES sayso.templates,
    CHECK (scope <> 'categories' OR cardinality(categories) > 0)
);
-- One main unsubscribe and one help per line.
CREATE UNIQUE INDEX processes_one_of_a_kind ON sayso.processes (workspace_id, line_id, type)
    WHERE type IN ('unsubscribe', 'help') AND deleted_at IS NULL;
CALL sayso.protect('sayso.processes', 'SELECT, INSERT, UPDATE');

CREATE TABLE sayso.process_keywords (
    workspace_id int NOT NULL,
    process_id int NOT NULL,
    folded text COLLATE "C" NOT NULL CHECK (folded <> ''),
    written text NOT NULL, -- as the person typed it
    PRIMARY KEY (workspace_id, process_id, folded),
    FOREIGN KEY (workspace_id, process_id) REFERENCES sayso.processes
);
CALL sayso.protect('sayso.process_keywords', 'SELECT, INSERT, DELETE');

-- R7.1
CREATE TABLE sayso.opt_out_terms (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    folded text COLLATE "C" NOT NULL CHECK (folded <> ''),
    written text NOT NULL,
    PRIMARY KEY (workspace_id, folded)
);
CALL sayso.protect('sayso.opt_out_terms', 'SELECT, INSERT, DELETE');

CREATE TABLE sayso.categories (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    name text COLLATE "C" NOT NULL CHECK (name <> '' AND name <> '*'),
    legal_basis text NOT NULL DEFAULT 'consent' CHECK (legal_basis IN ('consent', 'legitimate_interest')),
    -- R5.5: the categories that a STOP rejects in the ledger (at most five); none: '*'.
    rejected_by_stop boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, name)
);
CALL sayso.protect('sayso.categories', 'SELECT, INSERT, UPDATE');

-- The engine keeps what lines and processes say in memory. Every change to it raises this number in
-- the same transaction, and each batch looks at it first: a saved edit applies at once (R4.2).
CREATE FUNCTION sayso.setup_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO sayso.setup (only_row, version) VALUES (true, 1)
        ON CONFLICT (only_row) DO UPDATE SET version = sayso.setup.version + 1;
    RETURN NULL;
END $$;
CREATE TABLE sayso.setup (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version bigint NOT NULL
);
INSERT INTO sayso.setup (version) VALUES (1);
GRANT SELECT ON sayso.setup TO sayso_app, sayso_engine, sayso_door;

DO $$
DECLARE
    watched text;
BEGIN
    FOREACH watched IN ARRAY ARRAY['workspaces', 'connections', 'inbound_numbers', 'lines', 'templates',
        'template_texts', 'processes', 'process_keywords', 'opt_out_terms', 'categories',
        'confirmation_permissions'] LOOP
        EXECUTE format('CREATE TRIGGER setup_changed AFTER INSERT OR UPDATE OR DELETE ON sayso.%I
            FOR EACH STATEMENT EXECUTE FUNCTION sayso.setup_changed()', watched);
    END LOOP;
END $$;
