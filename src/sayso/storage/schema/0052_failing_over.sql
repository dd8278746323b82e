-- R9.10: while the provider of one connection is silent, what waits may leave by another that has the same number.

ALTER TABLE sayso.connections
    ADD COLUMN fallback_connection_id int REFERENCES sayso.connections CHECK (fallback_connection_id <> id),
    ADD COLUMN fallback_after int NOT NULL DEFAULT 60 CHECK (fallback_after > 0); -- seconds

-- Which messages were handed to another connection than their line's. A report of that connection may speak of these
-- and of no others. Narrow, and written only while a provider is away.
CREATE TABLE sayso.failed_over (
    workspace_id int NOT NULL,
    message_id bigint NOT NULL,
    connection_id int NOT NULL, -- where it went
    at timestamptz NOT NULL,
    PRIMARY KEY (message_id, connection_id)
);
CALL sayso.protect('sayso.failed_over', 'SELECT');

-- Numbers of one connection that another can send as: registered there too, as the same kind, where no line ever
-- stood on it, so that whoever answers there answers us.
CREATE FUNCTION sayso.same_numbers(one int, other int) RETURNS TABLE (number_id int, other_number_id int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT n.id, o.id
        FROM sayso.inbound_numbers n
        JOIN sayso.inbound_numbers o ON o.number = n.number AND o.kind = n.kind
        LEFT JOIN sayso.lines l ON l.inbound_number_id = o.id
        WHERE n.connection_id = one AND o.connection_id = other AND l.id IS NULL;
    END;
REVOKE ALL ON FUNCTION sayso.same_numbers(int, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.same_numbers(int, int) TO sayso_app, sayso_engine;
