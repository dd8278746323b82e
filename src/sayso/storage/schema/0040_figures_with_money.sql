-- R13.1, R13.2: what messages cost beside what was counted of them; days beside hours; who stopped because of a
-- campaign.

-- `charged`: what the provider took, less what it gave back, in the minute in which it said so. Its price is what the
-- credit ledger charged, to the millionth; `priced`: of how many of the messages a price is known.
ALTER TABLE sayso.usage_deltas
    ADD COLUMN priced bigint NOT NULL DEFAULT 0,
    ADD COLUMN price bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT usage_deltas_kind_check,
    ADD CHECK (kind IN ('left', 'charged', 'delivered', 'received', 'opted_out', 'replied'));

-- And by the day of the workspace's own clock, for long ranges: a day in one row in place of twenty-four.
ALTER TABLE sayso.usage
    ADD COLUMN priced bigint NOT NULL DEFAULT 0,
    ADD COLUMN price bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT usage_grain_check,
    ADD CHECK (grain IN (15, 60, 1440));

-- A statement's moves of messages: where those of campaigns stand, what counts by the minute, and what it means for
-- credit. One function for all, for all need the same messages: each is looked up once, by its key (a join might
-- read all messages).
CREATE FUNCTION sayso.tell_moves(workspaces int[], ids bigint[], were text[], had text[], took boolean[], are text[],
                                 have text[], take boolean[], ats timestamptz[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS MATERIALIZED (
        SELECT o.workspace_id, o.was, o.had, o.status, o.reason, date_trunc('minute', o.at) AS minute,
            m.campaign_id, m.purpose, m.parts, m.price,
            (sayso.has_left(o.status, o.reason) AND NOT sayso.has_left(o.was, o.had))::int AS leaves,
            (o.status = 'delivered' AND o.was <> 'delivered')::int AS arrives,
            o.takes::int - o.took::int AS taken,
            -- Whether its price is set aside: until it is known what became of it. Confirmations and help never are.
            CASE WHEN m.purpose IN ('confirmation', 'help') THEN 0 ELSE
                (o.status IN ('deferred', 'sending', 'unconfirmed'))::int
                - (o.was IN ('queued', 'deferred', 'sending', 'unconfirmed'))::int END AS opened,
            m.phone
        FROM unnest(workspaces, ids, were, had, took, are, have, take, ats)
            AS o(workspace_id, message_id, was, had, took, status, reason, takes, at)
        CROSS JOIN LATERAL (
            SELECT w.campaign_id, w.phone, w.purpose, w.parts, w.price FROM sayso.messages w
            WHERE w.workspace_id = o.workspace_id AND w.id = o.message_id LIMIT 1
        ) AS m
    ),
    stand AS (
        INSERT INTO sayso.standing_deltas (workspace_id, campaign_id, status, reason, messages, parts)
        SELECT m.workspace_id, m.campaign_id, s.status, s.reason, sum(s.sign), sum(s.sign * m.parts)
        FROM moved m
        CROSS JOIN LATERAL (VALUES (m.was, m.had, -1), (m.status, m.reason, 1)) AS s(status, reason, sign)
        WHERE m.campaign_id IS NOT NULL AND (m.was, m.had) IS DISTINCT FROM (m.status, m.reason)
        GROUP BY m.workspace_id, m.campaign_id, s.status, s.reason
    ),
    placed AS (
        SELECT m.*, coalesce((SELECT d.country FROM sayso.dialling d WHERE d.first <= m.phone::text
                              ORDER BY d.first DESC LIMIT 1), '') AS country
        FROM moved m WHERE m.leaves <> 0 OR m.arrives <> 0 OR m.taken <> 0
    ),
    counted AS (
        INSERT INTO sayso.usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts,
                                        priced, price)
        SELECT p.workspace_id, p.campaign_id, p.minute, k.kind, p.country, p.purpose, sum(k.sign),
            sum(k.sign * p.parts), sum(k.sign * (p.price IS NOT NULL)::int), coalesce(sum(k.sign * p.price), 0)
        FROM placed p
        CROSS JOIN LATERAL (VALUES ('left', p.leaves), ('charged', p.taken), ('delivered', p.arrives)) AS k(kind, sign)
        WHERE k.sign <> 0
        GROUP BY 1, 2, 3, 4, 5, 6
    ),
    told AS (
        INSERT INTO sayso.credit_entries (workspace_id, kind, campaign_id, credit, reserved, messages, parts)
        SELECT m.workspace_id,
            CASE WHEN m.taken > 0 THEN 'charge' WHEN m.taken < 0 THEN 'refund'
                 WHEN m.opened > 0 THEN 'reservation' ELSE 'release' END,
            m.campaign_id, -sum(m.taken * m.price), sum(m.opened * m.price), count(*), sum(m.parts)
        FROM moved m
        WHERE m.price IS NOT NULL AND (m.taken <> 0 OR m.opened <> 0)
            AND m.workspace_id IN (SELECT a.workspace_id FROM sayso.credit_accounts a)
        GROUP BY m.workspace_id, m.campaign_id, m.taken, m.opened
        RETURNING workspace_id, id, credit, reserved
    )
    INSERT INTO sayso.credit_fresh (workspace_id, id, credit, reserved) SELECT * FROM told;
END $$;
REVOKE ALL ON FUNCTION sayso.tell_moves FROM PUBLIC;

-- A plan that was made for one row is kept for five thousand: hence no nested loop but the look-up by key.
CREATE FUNCTION sayso.tell_new_outcomes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET enable_nestloop = off AS $$
BEGIN
    PERFORM sayso.tell_moves(array_agg(n.workspace_id), array_agg(n.message_id), array_agg('queued'::text),
        array_agg(''::text), array_agg(false), array_agg(n.status), array_agg(n.reason), array_agg(n.accepted),
        array_agg(n.at))
    FROM made n HAVING count(*) > 0;
    RETURN NULL;
END $$;

-- The two batches are laid beside each other in the order of their key: a join of them may be kept as a loop over both.
CREATE FUNCTION sayso.tell_moved_outcomes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET enable_nestloop = off AS $$
DECLARE
    were text[];
    had text[];
    took boolean[];
BEGIN
    SELECT array_agg(w.status), array_agg(w.reason), array_agg(w.accepted) INTO were, had, took
    FROM (SELECT * FROM gone ORDER BY message_id) AS w;
    PERFORM sayso.tell_moves(array_agg(n.workspace_id), array_agg(n.message_id), were, had, took,
        array_agg(n.status), array_agg(n.reason), array_agg(n.accepted), array_agg(n.at))
    FROM (SELECT * FROM made ORDER BY message_id) AS n HAVING count(*) > 0;
    RETURN NULL;
END $$;

DROP TRIGGER credit_of_new ON sayso.outcomes;
DROP TRIGGER credit_of_moved ON sayso.outcomes;
DROP TRIGGER counted ON sayso.outcomes;
DROP TRIGGER counted_changes ON sayso.outcomes;
DROP FUNCTION sayso.credit_of_new_outcomes, sayso.credit_of_moved_outcomes, sayso.count_outcomes,
    sayso.count_changes, sayso.count_moves;
CREATE TRIGGER told AFTER INSERT ON sayso.outcomes REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.tell_new_outcomes();
CREATE TRIGGER told_moves AFTER UPDATE ON sayso.outcomes REFERENCING OLD TABLE AS gone NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.tell_moved_outcomes();

-- A zone that this server does not know would stop every workspace's roll-up: it is refused where it is said.
ALTER TABLE sayso.workspaces
    ADD CHECK (timestamptz '2026-01-01 00:00+00' AT TIME ZONE time_zone IS NOT NULL);

-- Where a workspace moves to another clock its days are cut anew, from quarters of an hour: every zone's days begin
-- with one. Roll-ups wait meanwhile, and then read the new clock.
CREATE FUNCTION sayso.cut_days() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    LOCK TABLE sayso.usage IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM sayso.usage WHERE workspace_id = NEW.id AND grain = 1440;
    INSERT INTO sayso.usage (workspace_id, grain, slot, kind, country, purpose, messages, parts, priced, price)
    SELECT u.workspace_id, 1440, date_trunc('day', u.slot, NEW.time_zone), u.kind, u.country, u.purpose,
        sum(u.messages), sum(u.parts), sum(u.priced), sum(u.price)
    FROM sayso.usage u WHERE u.workspace_id = NEW.id AND u.grain = 15
    GROUP BY 1, 3, 4, 5, 6;
    RETURN NULL;
END $$;
CREATE TRIGGER days_cut AFTER UPDATE OF time_zone ON sayso.workspaces FOR EACH ROW
    WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone) EXECUTE FUNCTION sayso.cut_days();

-- R13.2: whose message a person stopped by, through its link or by a text that answers it; whoever adds the block
-- says it.
ALTER TABLE sayso.blocks ADD COLUMN campaign_id int; -- NULL: because of no campaign
CREATE INDEX blocks_of_campaign ON sayso.blocks (workspace_id, campaign_id, id) INCLUDE (phone, message_id)
    WHERE campaign_id IS NOT NULL;

-- What is in the ledgers already.
UPDATE sayso.blocks b SET campaign_id = m.campaign_id
FROM sayso.messages m WHERE m.id = b.message_id AND m.campaign_id IS NOT NULL;
UPDATE sayso.blocks b SET campaign_id = m.campaign_id
FROM sayso.inbound_messages t JOIN sayso.messages m ON m.id = t.answers_message_id
WHERE t.id = b.inbound_id AND b.message_id IS NULL AND m.campaign_id IS NOT NULL;

INSERT INTO sayso.usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts, priced,
                                price)
SELECT m.workspace_id, m.campaign_id,
    date_trunc('minute', coalesce((SELECT min(e.at) FROM sayso.message_events e WHERE e.message_id = o.message_id
                                   AND sayso.has_left(e.status, e.reason)), o.at)),
    'charged', sayso.country_of(m.phone), m.purpose, count(*), sum(m.parts), count(m.price), coalesce(sum(m.price), 0)
FROM sayso.outcomes o JOIN sayso.messages m ON m.id = o.message_id
WHERE o.accepted
GROUP BY 1, 2, 3, 4, 5, 6;

INSERT INTO sayso.usage (workspace_id, grain, slot, kind, country, purpose, messages, parts)
SELECT u.workspace_id, 1440, date_trunc('day', u.slot, w.time_zone), u.kind, u.country, u.purpose,
    sum(u.messages), sum(u.parts)
FROM sayso.usage u JOIN sayso.workspaces w ON w.id = u.workspace_id
WHERE u.grain = 15
GROUP BY 1, 3, 4, 5, 6;
