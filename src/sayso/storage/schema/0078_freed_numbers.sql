-- R9.10: a number that stood in once may be given to a workspace, once an operator frees it.

-- The row is kept, so that a stop still finds whoever texted from the number that it stood in for.
ALTER TABLE sayso.stood_in ADD COLUMN freed_at timestamptz; -- NULL: it gets no line
GRANT UPDATE (freed_at) ON sayso.stood_in TO sayso_engine; -- it stands in once more

-- For which numbers this one stands in, or stood in: whose they are, whether something that moved here may still leave,
-- and when something last did. For operators alone. What moved more than thirty days ago is no longer looked at.
CREATE FUNCTION sayso.stood_in_of(asked int)
    RETURNS TABLE (name text, today boolean, waits boolean, last_at timestamptz, freed_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        WITH other AS (
            SELECT o.id, o.connection_id FROM sayso.inbound_numbers o WHERE o.id = asked AND sayso.is_operator()
        ),
        stood AS (
            SELECT s.number_id, false AS today, s.freed_at
            FROM other JOIN sayso.stood_in s ON s.other_number_id = other.id
            UNION ALL
            SELECT s.number_id, true, NULL
            FROM other
            JOIN sayso.connections c ON c.fallback_connection_id = other.connection_id
            CROSS JOIN LATERAL sayso.same_numbers(c.id, other.connection_id) AS s
            WHERE s.other_number_id = other.id
        ),
        whose AS (
            SELECT stood.number_id, bool_or(stood.today) AS today, max(stood.freed_at) AS freed_at
            FROM stood GROUP BY stood.number_id
        )
        SELECT c.name, whose.today, coalesce(moved.waits, false), moved.last_at, whose.freed_at
        FROM whose
        JOIN sayso.inbound_numbers n ON n.id = whose.number_id
        JOIN sayso.connections c ON c.id = n.connection_id
        CROSS JOIN LATERAL (
            SELECT bool_or(coalesce(o.status, 'queued') IN ('queued', 'deferred', 'sending')) AS waits,
                max(greatest(f.at, o.at)) AS last_at
            FROM other
            JOIN sayso.failed_over f ON f.connection_id = other.connection_id
            JOIN sayso.messages m ON m.workspace_id = f.workspace_id AND m.id = f.message_id
            JOIN sayso.lines l ON l.id = m.line_id AND l.inbound_number_id = whose.number_id
            LEFT JOIN sayso.outcomes o ON o.message_id = f.message_id
            WHERE f.at > now() - interval '30 days'
        ) AS moved
        ORDER BY c.name;
    END;
REVOKE ALL ON FUNCTION sayso.stood_in_of(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.stood_in_of(int) TO sayso_app;

-- Whoever asks what stood in, to free it, asks this first: a move that is under way ends before, and the next begins
-- after. In a transaction that is no operator's it does nothing, and neither does the next.
CREATE FUNCTION sayso.hold_stood_in() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF sayso.is_operator() THEN
        LOCK TABLE sayso.stood_in IN SHARE ROW EXCLUSIVE MODE;
    END IF;
END $$;
CREATE FUNCTION sayso.free_stood_in(asked int, moment timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        UPDATE sayso.stood_in SET freed_at = moment
        WHERE other_number_id = asked AND freed_at IS NULL AND sayso.is_operator();
    END;
REVOKE ALL ON FUNCTION sayso.hold_stood_in(), sayso.free_stood_in(int, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.hold_stood_in(), sayso.free_stood_in(int, timestamptz) TO sayso_app;
