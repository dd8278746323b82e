-- R13.1, R13.2: as in 0040, and in less time. Messages that moved alike are counted together as they are looked up, so
-- that what is to be said of a move is said once for hundreds; a number's country is looked for once, not once a kind.

CREATE OR REPLACE FUNCTION sayso.tell_moves(workspaces int[], ids bigint[], were text[], had text[], took boolean[],
                                            are text[], have text[], take boolean[], ats timestamptz[])
    RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH alike AS (
        SELECT o.workspace_id, o.was, o.had, o.took, o.status, o.reason, o.takes, date_trunc('minute', o.at) AS minute,
            m.campaign_id, m.purpose,
            coalesce((SELECT d.country FROM sayso.dialling d WHERE d.first <= m.phone::text
                      ORDER BY d.first DESC LIMIT 1), '') AS country,
            count(*) AS messages, sum(m.parts) AS parts, count(m.price) AS priced, sum(m.price) AS price,
            sum(m.parts) FILTER (WHERE m.price IS NOT NULL) AS priced_parts
        FROM unnest(workspaces, ids, were, had, took, are, have, take, ats)
            AS o(workspace_id, message_id, was, had, took, status, reason, takes, at)
        CROSS JOIN LATERAL (
            SELECT w.campaign_id, w.phone, w.purpose, w.parts, w.price FROM sayso.messages w
            WHERE w.workspace_id = o.workspace_id AND w.id = o.message_id LIMIT 1
        ) AS m
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    ),
    moved AS MATERIALIZED (
        SELECT a.*,
            (sayso.has_left(a.status, a.reason) AND NOT sayso.has_left(a.was, a.had))::int AS leaves,
            (a.status = 'delivered' AND a.was <> 'delivered')::int AS arrives,
            a.takes::int - a.took::int AS taken,
            -- Whether its price is set aside: until it is known what became of it. Confirmations and help never are.
            CASE WHEN a.purpose IN ('confirmation', 'help') THEN 0 ELSE
                (a.status IN ('deferred', 'sending', 'unconfirmed'))::int
                - (a.was IN ('queued', 'deferred', 'sending', 'unconfirmed'))::int END AS opened
        FROM alike a
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
