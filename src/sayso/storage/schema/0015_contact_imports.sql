-- Contacts from files (R8.2), and finding one among a million.

-- An import, written once; what moves stands in its progress.
CREATE TABLE sayso.contact_imports (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    whole_size bigint NOT NULL CHECK (whole_size BETWEEN 1 AND 314572800), -- bytes that the file has
    user_id int,
    key_id int,
    created_at timestamptz NOT NULL DEFAULT now(),
    shape jsonb,   -- encoding, delimiter, line ending, header: known once the file is read for the first time
    mapping jsonb, -- for each column what it becomes; NULL: not chosen yet
    country text CHECK (country ~ '^[A-Z]{2}$'), -- national numbers are read by it
    PRIMARY KEY (workspace_id, id)
);
CALL sayso.protect('sayso.contact_imports', 'SELECT, INSERT, UPDATE');

-- Where it stands: narrow, for it is written again with every slice. `at_byte` is the checkpoint: each slice moves
-- it in its own transaction, and only from where it began, so that nothing of a file is stored twice.
CREATE TABLE sayso.contact_import_progress (
    workspace_id int NOT NULL,
    import_id bigint NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'waiting', 'running', 'finished', 'stopped', 'failed')),
    size bigint NOT NULL DEFAULT 0, -- bytes that are here
    at_byte bigint NOT NULL DEFAULT 0 CHECK (at_byte <= size),
    at_line int NOT NULL DEFAULT 0,
    rows_read int NOT NULL DEFAULT 0,
    created int NOT NULL DEFAULT 0,
    changed int NOT NULL DEFAULT 0,
    unchanged int NOT NULL DEFAULT 0,
    refused int NOT NULL DEFAULT 0,
    started_at timestamptz,
    ended_at timestamptz,
    failure text NOT NULL DEFAULT '',
    PRIMARY KEY (workspace_id, import_id),
    FOREIGN KEY (workspace_id, import_id) REFERENCES sayso.contact_imports
) WITH (fillfactor = 50);
CREATE INDEX contact_import_progress_due ON sayso.contact_import_progress (import_id)
    WHERE state IN ('waiting', 'running');
CALL sayso.protect('sayso.contact_import_progress', 'SELECT, INSERT, UPDATE');

-- The file, so that any engine on any machine reads it; gone when the import has ended.
CREATE TABLE sayso.contact_import_chunks (
    workspace_id int NOT NULL,
    import_id bigint NOT NULL,
    at_byte bigint NOT NULL,
    data bytea NOT NULL CHECK (length(data) BETWEEN 1 AND 1048576),
    PRIMARY KEY (workspace_id, import_id, at_byte),
    FOREIGN KEY (workspace_id, import_id) REFERENCES sayso.contact_imports
);
-- Not compressed: a slice reads a piece out of the midst of a chunk.
ALTER TABLE sayso.contact_import_chunks ALTER COLUMN data SET STORAGE EXTERNAL;
CALL sayso.protect('sayso.contact_import_chunks', 'SELECT, INSERT, DELETE');

-- R8.2: every refused row with its reasons, and its own words as far as somebody reads them.
CREATE TABLE sayso.contact_import_refusals (
    workspace_id int NOT NULL,
    import_id bigint NOT NULL,
    line int NOT NULL, -- of the file, from 1, its header included
    written text NOT NULL CHECK (length(written) <= 2000),
    reasons jsonb NOT NULL,
    PRIMARY KEY (workspace_id, import_id, line),
    FOREIGN KEY (workspace_id, import_id) REFERENCES sayso.contact_imports
);
CALL sayso.protect('sayso.contact_import_refusals', 'SELECT, INSERT');

-- The import that brought a contact last: the same contact twice in one file is seen by it.
ALTER TABLE sayso.contacts ADD COLUMN import_id bigint;

-- Found by how a name or an address begins. Under row-level security only leakproof comparisons reach an index, and
-- lower() is not one: so what is compared is stored, in the order of its bytes.
ALTER TABLE sayso.contacts
    ADD COLUMN email_key text COLLATE "C" GENERATED ALWAYS AS (lower(email)) STORED,
    ADD COLUMN name_key text COLLATE "C" GENERATED ALWAYS AS (left(lower(coalesce(
        attributes ->> 'name',
        (attributes ->> 'first_name') || coalesce(' ' || (attributes ->> 'last_name'), ''),
        attributes ->> 'last_name')), 80)) STORED;
CREATE INDEX contacts_email_key ON sayso.contacts (workspace_id, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX contacts_name_key ON sayso.contacts (workspace_id, name_key) WHERE name_key IS NOT NULL;
