-- R9.10: whoever was texted by a connection that stood in answers there, also once it stands in no longer.

-- Which number stood in for which: written with the first message that moved, and kept.
CREATE TABLE sayso.stood_in (
    other_number_id int NOT NULL REFERENCES sayso.inbound_numbers, -- where messages went
    number_id int NOT NULL REFERENCES sayso.inbound_numbers, -- whose they are
    PRIMARY KEY (other_number_id, number_id)
);
GRANT SELECT, INSERT ON sayso.stood_in TO sayso_engine;
GRANT SELECT ON sayso.stood_in TO sayso_app;
-- By row: most moves write nothing new.
CREATE TRIGGER setup_changed AFTER INSERT ON sayso.stood_in
    FOR EACH ROW EXECUTE FUNCTION sayso.setup_changed();

-- As in 0008; a text that comes in by the connection that stands in, or stood in once, is one to the number that it
-- stands in for.
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
            UNION ALL
            SELECT w.phone, s.number_id, w.received_at
            FROM waiting w
            JOIN sayso.inbound_numbers o
                ON o.connection_id = w.connection_id AND o.number = ltrim(w.recipient, '+')
            JOIN sayso.stood_in s ON s.other_number_id = o.id
        )
        SELECT named.phone, named.id, min(named.received_at) FROM named GROUP BY named.phone, named.id;
    END;
