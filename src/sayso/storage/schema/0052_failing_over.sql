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

-- As in 0008; a text that comes in by the connection that stands in is one to the number that it stands in for.
CREATE OR REPLACE FUNCTION sayso.waiting_texts(asked bigint[])
    RETURNS TABLE (phone bigint, inbound_number_id int, since timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog SET enable_seqscan = off
    BEGIN ATOMIC
        WITH waiting AS (
            SELECT a.phone, q.connection_id, q.recipient, q.received_at
            FROM unnest(asked) AS a(phone)
            CROSS JOIN LATERAL (
                SELECT w.connection_id, w.recipient, w.received_at
                FROM sayso.inbound_queue w WHERE w.phone = a.phone OFFSET 0
            ) AS q
            UNION ALL
            SELECT a.phone, q.connection_id, q.recipient, q.received_at
            FROM sayso.inbound_queue q
            JOIN unnest(asked) AS a(phone)
                ON right(a.phone::text, 6) = right(translate(q.sender, ' ()-./', ''), 6)
            WHERE q.phone < 0
        ),
        named AS (
            SELECT w.phone, n.id, w.received_at
            FROM waiting w
            LEFT JOIN sayso.inbound_numbers n
                ON n.connection_id = w.connection_id AND n.number = ltrim(w.recipient, '+')
            UNION ALL
            SELECT w.phone, s.number_id, w.received_at
            FROM waiting w
            JOIN sayso.connections c ON c.fallback_connection_id = w.connection_id
            CROSS JOIN LATERAL sayso.same_numbers(c.id, w.connection_id) AS s
            JOIN sayso.inbound_numbers n ON n.id = s.number_id AND n.number = ltrim(w.recipient, '+')
        )
        SELECT named.phone, named.id, min(named.received_at) FROM named GROUP BY named.phone, named.id;
    END;
