-- R9.4: links that were sent keep the name that they were sent with, so a name that a workspace's links ever began
-- with is no other's: whoever took it would make those links lead nowhere.

CREATE TABLE sayso.link_names (
    name text COLLATE "C" PRIMARY KEY,
    workspace_id int NOT NULL REFERENCES sayso.workspaces
);
CALL sayso.protect('sayso.link_names', 'SELECT');
-- Whose it is now, then who had it first.
INSERT INTO sayso.link_names (name, workspace_id)
SELECT w.link_host, w.id FROM sayso.workspaces w WHERE w.link_host <> '' ORDER BY w.link_host;
INSERT INTO sayso.link_names (name, workspace_id)
SELECT DISTINCT ON (name) name, a.workspace_id
FROM sayso.audit a, LATERAL (VALUES (a.before ->> 'link_host'), (a.after ->> 'link_host')) AS said (name)
WHERE a.object_type = 'workspace' AND a.action = 'changed' AND name <> ''
ORDER BY name, a.id
ON CONFLICT DO NOTHING;

DROP FUNCTION sayso.link_host_taken(text);
-- Makes a name the workspace's own for good; false: it is another's. Of two who ask at once one waits.
CREATE FUNCTION sayso.claim_link_name(asked text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO sayso.link_names (name, workspace_id) VALUES (asked, sayso.workspace()) ON CONFLICT DO NOTHING;
    RETURN EXISTS (
        SELECT FROM sayso.link_names n WHERE n.name = asked AND n.workspace_id = sayso.workspace()
    );
END $$;
REVOKE ALL ON FUNCTION sayso.claim_link_name(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.claim_link_name(text) TO sayso_app;

-- R9.2: nobody noted which pictures messages took before `used_at` was there, so any of them may have been.
UPDATE sayso.pictures SET used_at = now() WHERE used_at IS NULL;
