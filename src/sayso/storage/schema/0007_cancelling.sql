-- What a workspace takes back by itself: a block or a no through the API, a line that is withdrawn. The queue
-- and the intents stay the engine's; the app asks only which of its own messages stand in them.

CREATE FUNCTION sayso.on_the_wire(asked bigint[]) RETURNS TABLE (message_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT i.message_id FROM sayso.intents i
        WHERE i.message_id = ANY (asked) AND i.workspace_id = (SELECT sayso.workspace());
    END;
REVOKE ALL ON FUNCTION sayso.on_the_wire(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.on_the_wire(bigint[]) TO sayso_app;

-- By the queue of the line's connection: messages have no index by line, and what waits is the smaller set.
CREATE FUNCTION sayso.waiting_from(asked int) RETURNS TABLE (message_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        WITH place AS MATERIALIZED (
            SELECT l.workspace_id, l.id, n.connection_id
            FROM sayso.lines l JOIN sayso.inbound_numbers n ON n.id = l.inbound_number_id
            WHERE l.id = asked AND l.workspace_id = (SELECT sayso.workspace())
        ),
        waiting AS (
            SELECT o.workspace_id, o.message_id FROM place p JOIN sayso.outbox o
                ON o.connection_id = p.connection_id AND o.workspace_id = p.workspace_id
            UNION
            SELECT c.workspace_id, c.message_id FROM place p JOIN sayso.claims c
                ON c.connection_id = p.connection_id AND c.workspace_id = p.workspace_id
        )
        SELECT w.message_id FROM waiting w JOIN sayso.messages m
            ON m.workspace_id = w.workspace_id AND m.id = w.message_id
        WHERE m.line_id = asked;
    END;
REVOKE ALL ON FUNCTION sayso.waiting_from(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.waiting_from(int) TO sayso_app;

-- A message that was deferred has an outcome already.
GRANT UPDATE (status, reason, rank, at) ON sayso.outcomes TO sayso_app;
