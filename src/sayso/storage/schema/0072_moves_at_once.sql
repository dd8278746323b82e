-- R13.1, R13.2: as in 0056, and in less time. A batch's messages are read by one walk along their ids instead of a
-- look-up each, those that moved alike are counted before they are handed on, and a country is looked for once for all
-- whose numbers begin alike.

-- What so many messages that moved alike came from and came to.
CREATE TYPE sayso.moves AS (
    workspace_id int, was text, had text, took boolean, status text, reason text, takes boolean, minute timestamptz,
    campaign_id int, purpose text, begins text, messages bigint, parts bigint, priced bigint, price bigint,
    priced_parts bigint
);

-- So many digits tell a country: no number's beginning in this table is longer.
ALTER TABLE sayso.dialling ADD CHECK (length(first) <= 7);

CREATE FUNCTION sayso.tell_alike(alike sayso.moves[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH placed AS (
        SELECT a.*, coalesce((SELECT d.country FROM sayso.dialling d WHERE d.first <= a.begins
                              ORDER BY d.first DESC LIMIT 1), '') AS country
        FROM unnest(alike) AS a
    ),
    moved AS MATERIALIZED (
        SELECT p.*,
            (sayso.has_left(p.status, p.reason) AND NOT sayso.has_left(p.was, p.had))::int AS leaves,
            (p.status = 'delivered' AND p.was <> 'delivered')::int AS arrives,
            p.takes::int - p.took::int AS taken,
            -- Whether its price is set aside: until it is known what became of it. Confirmations and help never are.
            CASE WHEN p.purpose IN ('confirmation', 'help') THEN 0 ELSE
                (p.status IN ('deferred', 'sending', 'unconfirmed'))::int
                - (p.was IN ('queued', 'deferred', 'sending', 'unconfirmed'))::int END AS opened
        FROM placed p
    ),
    stand AS (
        INSERT INTO sayso.standing_deltas (workspace_id, campaign_id, status, reason, messages, parts)
        SELECT m.workspace_id, m.campaign_id, s.status, s.reason, sum(s.sign * m.messages), sum(s.sign * m.parts)
        FROM moved m
        CROSS JOIN LATERAL (VALUES (m.was, m.had, -1), (m.status, m.reason, 1)) AS s(status, reason, sign)
        WHERE m.campaign_id IS NOT NULL AND (m.was, m.had) IS DISTINCT FROM (m.status, m.reason)
        GROUP BY m.workspace_id, m.campaign_id, s.status, s.reason
    ),
    counted AS (
        INSERT INTO sayso.usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts,
                                        priced, price)
        SELECT m.workspace_id, m.campaign_id, m.minute, k.kind, m.country, m.purpose, sum(k.sign * m.messages),
            sum(k.sign * m.parts), sum(k.sign * m.priced), coalesce(sum(k.sign * m.price), 0)
        FROM moved m
        CROSS JOIN LATERAL (VALUES ('left', m.leaves), ('charged', m.taken), ('delivered', m.arrives)) AS k(kind, sign)
        WHERE k.sign <> 0
        GROUP BY 1, 2, 3, 4, 5, 6
    ),
    told AS (
        INSERT INTO sayso.credit_entries (workspace_id, kind, campaign_id, credit, reserved, messages, parts)
        SELECT m.workspace_id,
            CASE WHEN m.taken > 0 THEN 'charge' WHEN m.taken < 0 THEN 'refund'
                 WHEN m.opened > 0 THEN 'reservation' ELSE 'release' END,
            m.campaign_id, -sum(m.taken * m.price), sum(m.opened * m.price), sum(m.priced), sum(m.priced_parts)
        FROM moved m
        WHERE m.priced > 0 AND (m.taken <> 0 OR m.opened <> 0)
            AND m.workspace_id IN (SELECT a.workspace_id FROM sayso.credit_accounts a)
        GROUP BY m.workspace_id, m.campaign_id, m.taken, m.opened
        RETURNING workspace_id, id, credit, reserved
    )
    INSERT INTO sayso.credit_fresh (workspace_id, id, credit, reserved) SELECT * FROM told;
END $$;
REVOKE ALL ON FUNCTION sayso.tell_alike FROM PUBLIC;

-- Plans that were made for one row are kept for five thousand, and those for a small table for a large one: hence no
-- nested loop and no reading of whole tables. The ids are written out for messages to be read by them alone, and
-- their range for no other partition to be looked into.
CREATE OR REPLACE FUNCTION sayso.tell_new_outcomes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog SET enable_nestloop = off SET enable_seqscan = off AS $$
DECLARE
    ids bigint[];
    lowest bigint;
    highest bigint;
BEGIN
    SELECT array_agg(n.message_id), min(n.message_id), max(n.message_id) INTO ids, lowest, highest FROM made n;
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM sayso.tell_alike(array_agg(ROW(
        g.workspace_id, 'queued', '', false, g.status, g.reason, g.accepted, g.minute, g.campaign_id, g.purpose,
        g.begins, g.messages, g.parts, g.priced, g.price, g.priced_parts)::sayso.moves))
    FROM (
        SELECT n.workspace_id, n.status, n.reason, n.accepted, date_trunc('minute', n.at) AS minute, m.campaign_id,
            m.purpose, left(m.phone::text, 7) AS begins, count(*) AS messages, sum(m.parts) AS parts,
            count(m.price) AS priced, sum(m.price)::bigint AS price,
            sum(m.parts) FILTER (WHERE m.price IS NOT NULL) AS priced_parts
        FROM made n JOIN sayso.messages m ON m.id = n.message_id AND m.workspace_id = n.workspace_id
        WHERE m.id = ANY (ids) AND m.id BETWEEN lowest AND highest
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ) AS g;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION sayso.tell_moved_outcomes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog SET enable_nestloop = off SET enable_seqscan = off AS $$
DECLARE
    ids bigint[];
    lowest bigint;
    highest bigint;
BEGIN
    SELECT array_agg(n.message_id), min(n.message_id), max(n.message_id) INTO ids, lowest, highest FROM made n;
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM sayso.tell_alike(array_agg(ROW(
        g.workspace_id, g.was, g.had, g.took, g.status, g.reason, g.accepted, g.minute, g.campaign_id, g.purpose,
        g.begins, g.messages, g.parts, g.priced, g.price, g.priced_parts)::sayso.moves))
    FROM (
        SELECT n.workspace_id, w.status AS was, w.reason AS had, w.accepted AS took, n.status, n.reason, n.accepted,
            date_trunc('minute', n.at) AS minute, m.campaign_id, m.purpose, left(m.phone::text, 7) AS begins,
            count(*) AS messages, sum(m.parts) AS parts, count(m.price) AS priced, sum(m.price)::bigint AS price,
            sum(m.parts) FILTER (WHERE m.price IS NOT NULL) AS priced_parts
        FROM made n
        JOIN gone w ON w.message_id = n.message_id
        JOIN sayso.messages m ON m.id = n.message_id AND m.workspace_id = n.workspace_id
        WHERE m.id = ANY (ids) AND m.id BETWEEN lowest AND highest
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    ) AS g;
    RETURN NULL;
END $$;
DROP FUNCTION sayso.tell_moves;
