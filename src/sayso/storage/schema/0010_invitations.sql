-- Invitations to a workspace (R2.1), and what the pages of people, audit and operators read.

-- Stored hashed, as API keys are: whoever reads this table can join nothing. One use, seven days.
CREATE TABLE sayso.invitations (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id int GENERATED ALWAYS AS IDENTITY,
    email text NOT NULL CHECK (email <> '' AND email = lower(email)),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'marketer', 'agent', 'analyst', 'compliance_owner')),
    hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    invited_by int NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by int,
    withdrawn_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CHECK (accepted_at IS NULL OR withdrawn_at IS NULL)
);
-- One open invitation an address: a second one takes the place of the first.
CREATE UNIQUE INDEX invitations_open ON sayso.invitations (workspace_id, email)
    WHERE accepted_at IS NULL AND withdrawn_at IS NULL;
CALL sayso.protect('sayso.invitations', 'SELECT, INSERT, UPDATE');

-- Whoever opens the link stands in no workspace yet.
CREATE FUNCTION sayso.invitation_by_hash(said bytea)
    RETURNS TABLE (workspace_id int, id int, workspace_name text, email text, role text, invited_by int,
        expires_at timestamptz, closed boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT i.workspace_id, i.id, w.name, i.email, i.role, i.invited_by, i.expires_at,
            i.accepted_at IS NOT NULL OR i.withdrawn_at IS NOT NULL
        FROM sayso.invitations i JOIN sayso.workspaces w ON w.id = i.workspace_id
        WHERE i.hash = said;
    END;
REVOKE ALL ON FUNCTION sayso.invitation_by_hash(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.invitation_by_hash(bytea) TO sayso_app;

-- The trail by person and by thing: without, a rare one is looked for through all of it.
CREATE INDEX ON sayso.audit (workspace_id, user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX ON sayso.audit (workspace_id, object_type, id);

-- What nobody has settled yet is little, what was settled is much.
CREATE INDEX unrouted_waiting ON sayso.unrouted (id) WHERE settled_at IS NULL;

-- The operator gives lines to any workspace, so must see whose they are; nobody else may.
CREATE FUNCTION sayso.lines_of_all()
    RETURNS TABLE (id int, workspace_id int, workspace_name text, inbound_number_id int, provider_keyword text,
        language text, withdrawn_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT l.id, l.workspace_id, w.name, l.inbound_number_id, l.provider_keyword, l.language, l.withdrawn_at
        FROM sayso.lines l JOIN sayso.workspaces w ON w.id = l.workspace_id
        WHERE sayso.is_operator()
        ORDER BY l.inbound_number_id, l.provider_keyword, l.id;
    END;
REVOKE ALL ON FUNCTION sayso.lines_of_all() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.lines_of_all() TO sayso_app;

CREATE FUNCTION sayso.names_of_workspaces()
    RETURNS TABLE (id int, name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT w.id, w.name FROM sayso.workspaces w WHERE sayso.is_operator() ORDER BY w.name, w.id;
    END;
REVOKE ALL ON FUNCTION sayso.names_of_workspaces() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.names_of_workspaces() TO sayso_app;
