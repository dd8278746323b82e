-- R9.2. Pictures that texts carry, and how a campaign's words are written.

-- As they are sent: read, checked and written anew, so that nothing of the camera and the place is in them. Kept
-- here and not in files, so that a backup has them and every web process serves them. One picture once.
CREATE TABLE sayso.pictures (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    token text COLLATE "C" NOT NULL UNIQUE, -- the whole secret of the public address /m/TOKEN
    digest bytea NOT NULL,
    content_type text NOT NULL CHECK (content_type IN ('image/jpeg', 'image/png', 'image/gif')),
    width int NOT NULL,
    height int NOT NULL,
    bytes int NOT NULL,
    description text NOT NULL DEFAULT '', -- for who cannot see it, in the console
    content bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, token),
    UNIQUE (workspace_id, digest)
);
-- Compressed already.
ALTER TABLE sayso.pictures ALTER COLUMN content SET STORAGE EXTERNAL;
CALL sayso.protect('sayso.pictures', 'SELECT, INSERT, UPDATE');

-- What is served to whoever has the address; the token is the proof, and nobody is signed in.
CREATE FUNCTION sayso.picture(asked text) RETURNS TABLE (content_type text, content bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT p.content_type, p.content FROM sayso.pictures p WHERE p.token = asked;
    END;
REVOKE ALL ON FUNCTION sayso.picture(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.picture(text) TO sayso_app;

ALTER TABLE sayso.campaigns
    ADD COLUMN plain_letters boolean NOT NULL DEFAULT false, -- what forces Unicode is replaced once it is written
    ADD COLUMN media_urls text[] NOT NULL DEFAULT '{}', -- /m/TOKEN of ours, or addresses elsewhere
    ADD COLUMN without_mms text NOT NULL DEFAULT 'text' CHECK (without_mms IN ('text', 'skip')),
    ADD COLUMN fallback_body text NOT NULL DEFAULT ''; -- '': the same words, with a link to the picture
