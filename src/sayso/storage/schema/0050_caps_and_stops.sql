-- R9.11: how much a workspace's texts may cost on one day, in all and to numbers that begin alike.

-- Prefix '': every number. Every cap that covers a number counts.
CREATE TABLE sayso.spend_caps (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    prefix text COLLATE "C" NOT NULL CHECK (prefix ~ '^[0-9]{0,15}$'),
    most bigint NOT NULL CHECK (most >= 0), -- millionths of the workspace's currency, on one day of its own clock
    full_on date, -- the last day for which something was held back
    told smallint NOT NULL DEFAULT 0 CHECK (told IN (0, 80, 100)), -- up to how many percent somebody was told
    PRIMARY KEY (workspace_id, prefix)
);
CALL sayso.protect('sayso.spend_caps', 'SELECT, INSERT, UPDATE, DELETE');

-- The day on which a message counts: that on which it is to leave. Set with its price; NULL: it counts nowhere.
ALTER TABLE sayso.messages ADD COLUMN counts_on date;

-- What a day's figure does not hold yet: a row a decision and cap, that upkeep adds up. As with credit (0022), nobody
-- waits for anybody at one row.
CREATE TABLE sayso.spend_fresh (
    workspace_id int NOT NULL,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    prefix text COLLATE "C" NOT NULL,
    day date NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CALL sayso.protect('sayso.spend_fresh', 'SELECT, INSERT, DELETE');

CREATE TABLE sayso.spend_days (
    workspace_id int NOT NULL,
    prefix text COLLATE "C" NOT NULL,
    day date NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (workspace_id, prefix, day)
) WITH (fillfactor = 50);
CALL sayso.protect('sayso.spend_days', 'SELECT, DELETE');

-- Signs: what counts again, and what counts no more, of messages whose price counts on a day.
CREATE FUNCTION sayso.count_spent(workspaces int[], ids bigint[], signs int[]) RETURNS void LANGUAGE sql
    BEGIN ATOMIC
        INSERT INTO sayso.spend_fresh (workspace_id, prefix, day, amount)
        SELECT g.workspace_id, c.prefix, m.counts_on, sum(g.sign * m.price)
        FROM unnest(workspaces, ids, signs) AS g(workspace_id, message_id, sign)
        CROSS JOIN LATERAL (
            SELECT w.phone, w.price, w.counts_on FROM sayso.messages w
            WHERE w.workspace_id = g.workspace_id AND w.id = g.message_id LIMIT 1
        ) AS m
        JOIN sayso.spend_caps c ON c.workspace_id = g.workspace_id AND starts_with(m.phone::text, c.prefix)
        WHERE m.counts_on IS NOT NULL AND m.price > 0
        GROUP BY 1, 2, 3;
    END;
REVOKE ALL ON FUNCTION sayso.count_spent(int[], bigint[], int[]) FROM PUBLIC;

-- A message counts from the moment at which it is queued, by whoever queues it, until it surely costs nothing. Said
-- here once, for every place that writes outcomes (decision 0013). Where nobody has a cap, nothing is looked up.
CREATE FUNCTION sayso.is_spent(status text, accepted boolean) RETURNS boolean
    LANGUAGE sql IMMUTABLE RETURN accepted OR status IN ('queued', 'deferred', 'sending', 'unconfirmed');
REVOKE ALL ON FUNCTION sayso.is_spent(text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.is_spent(text, boolean) TO sayso_app;

-- A plan that was made for one row is kept for five thousand: hence no nested loop but the look-up by key.
CREATE FUNCTION sayso.spend_of_new_outcomes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET enable_nestloop = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM sayso.spend_caps) THEN
        RETURN NULL;
    END IF;
    PERFORM sayso.count_spent(array_agg(n.workspace_id), array_agg(n.message_id), array_agg(-1))
    FROM said n WHERE NOT sayso.is_spent(n.status, n.accepted) HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION sayso.spend_of_moved_outcomes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET enable_nestloop = off AS $$
DECLARE
    workspaces int[];
    ids bigint[];
    signs int[];
BEGIN
    IF NOT EXISTS (SELECT FROM sayso.spend_caps) THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(t.workspace_id), array_agg(t.message_id), array_agg(t.sign) INTO workspaces, ids, signs
    FROM (
        SELECT n.workspace_id, n.message_id,
            sayso.is_spent(n.status, n.accepted)::int - sayso.is_spent(b.status, b.accepted)::int AS sign
        FROM said n JOIN before b ON b.message_id = n.message_id
    ) AS t WHERE t.sign <> 0;
    IF ids IS NOT NULL THEN
        PERFORM sayso.count_spent(workspaces, ids, signs);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER spent AFTER INSERT ON sayso.outcomes REFERENCING NEW TABLE AS said
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.spend_of_new_outcomes();
CREATE TRIGGER spent_moves AFTER UPDATE ON sayso.outcomes REFERENCING OLD TABLE AS before NEW TABLE AS said
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.spend_of_moved_outcomes();

ALTER TABLE sayso.campaign_holds DROP CONSTRAINT campaign_holds_reason_check,
    ADD CONSTRAINT campaign_holds_reason_check
        CHECK (reason IN ('overdue', 'opt_outs', 'failures', 'approval', 'spend_cap'));

-- R2.5: an operator stops what leaves by one connection; what a restore stands still for is not theirs to end here.
ALTER TABLE sayso.pauses
    ADD COLUMN user_id int, -- a person, or a key, or (neither) the operator at the command line
    ADD COLUMN key_id int;
GRANT INSERT, DELETE ON sayso.pauses TO sayso_app;
ALTER TABLE sayso.pauses ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON sayso.pauses TO sayso_engine USING (true) WITH CHECK (true);
CREATE POLICY seen ON sayso.pauses FOR SELECT TO sayso_app USING (true);
CREATE POLICY stopped ON sayso.pauses FOR INSERT TO sayso_app
    WITH CHECK (sayso.is_operator() AND resource ~ '^connection:[0-9]+$' AND restored_at IS NULL);
CREATE POLICY goes_on ON sayso.pauses FOR DELETE TO sayso_app
    USING (sayso.is_operator() AND resource ~ '^connection:[0-9]+$' AND restored_at IS NULL);
