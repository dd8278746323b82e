-- R9.4. Which message's link a person stopped by; the token in the link is the proof, and nobody is signed in.
ALTER TABLE sayso.blocks ADD COLUMN message_id bigint; -- NULL: not by a link
CREATE INDEX blocks_by_link ON sayso.blocks (workspace_id, message_id) WHERE message_id IS NOT NULL;

-- Whose message it is: the only thing that is asked before a workspace is known.
CREATE FUNCTION sayso.workspace_of_message(asked bigint) RETURNS int
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT m.workspace_id FROM sayso.messages m WHERE m.id = asked LIMIT 1;
    END;
REVOKE ALL ON FUNCTION sayso.workspace_of_message(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.workspace_of_message(bigint) TO sayso_app;
