-- R9.7: advertising waits while a text from its number waits to be decided.

-- Measured: the door's statement takes 110 µs a text with it and without (the difference drowns in the noise);
-- a look past 100,000 waiting texts takes half a millisecond by it, by (lane, id) 98 ms.
CREATE INDEX inbound_queue_phone ON sayso.inbound_queue (phone);

-- Which of these numbers have a text waiting, to which inbound number (NULL: it cannot be told), since when.
-- For the app too, as code_blocked is: it learns of the numbers that it asks about, no others.
-- What is known of a queue's size is always of another moment: hence no sequential scan.
CREATE FUNCTION sayso.waiting_texts(asked bigint[])
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
            -- A sender that the door could not read as a number may be one in national spelling: the engine reads
            -- it by the country of the number that was texted. Its last digits are the same in any spelling.
            SELECT a.phone, q.connection_id, q.recipient, q.received_at
            FROM sayso.inbound_queue q
            JOIN unnest(asked) AS a(phone)
                ON right(a.phone::text, 6) = right(translate(q.sender, ' ()-./', ''), 6)
            WHERE q.phone < 0
        )
        SELECT w.phone, n.id, min(w.received_at)
        FROM waiting w
        LEFT JOIN sayso.inbound_numbers n
            ON n.connection_id = w.connection_id AND n.number = ltrim(w.recipient, '+')
        GROUP BY w.phone, n.id;
    END;
REVOKE ALL ON FUNCTION sayso.waiting_texts(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.waiting_texts(bigint[]) TO sayso_app, sayso_engine;
