-- Prices, and credit as a ledger. R9.6, R13.3. Amounts are whole millionths of the workspace's currency.

-- One row where a workspace knows money at all. `kept`: its credit limits what may be sent; until the first
-- top-up there are only costs.
CREATE TABLE sayso.credit_accounts (
    workspace_id int PRIMARY KEY REFERENCES sayso.workspaces,
    currency text COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    kept boolean NOT NULL DEFAULT false,
    alarm_below bigint, -- NULL: nobody wants to be told
    alarmed boolean NOT NULL DEFAULT false
);
CALL sayso.protect('sayso.credit_accounts', 'SELECT, INSERT, UPDATE');

-- The price of one part of an SMS, or of one MMS, from a moment on. `*`: of every country without one of its own.
-- Price NULL: from then on nobody knows it.
CREATE TABLE sayso.prices (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    country text COLLATE "C" NOT NULL CHECK (country ~ '^([A-Z]{2}|\*)$'),
    kind text NOT NULL CHECK (kind IN ('sms', 'mms')),
    valid_from timestamptz NOT NULL,
    price bigint CHECK (price >= 0),
    PRIMARY KEY (workspace_id, kind, country, valid_from)
);
CALL sayso.protect('sayso.prices', 'SELECT, INSERT, UPDATE');

CREATE FUNCTION sayso.price_of(asked_workspace int, asked_country text, asked_kind text, moment timestamptz)
    RETURNS bigint LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT p.price FROM sayso.prices p
        WHERE p.workspace_id = asked_workspace AND p.kind = asked_kind AND p.country IN (asked_country, '*')
            AND p.valid_from <= moment
        ORDER BY p.country = '*', p.valid_from DESC LIMIT 1;
    END;

-- Of all its parts, as it was planned: no later price changes it. NULL: nobody knew one, or it was never to leave.
ALTER TABLE sayso.messages ADD COLUMN price bigint;
-- Whether the provider took it: that is what is charged, whatever became of it behind the provider.
ALTER TABLE sayso.outcomes ADD COLUMN accepted boolean NOT NULL DEFAULT false;

-- The ledger: only ever appended to. `credit` is what an entry adds to what is owned, `reserved` what it adds to
-- what is set aside of it; what may be spent is the one less the other.
CREATE TABLE sayso.credit_entries (
    workspace_id int NOT NULL,
    id bigint NOT NULL DEFAULT sayso.new_id(),
    kind text NOT NULL CHECK (kind IN ('top_up', 'reservation', 'release', 'charge', 'refund', 'correction')),
    campaign_id int, -- NULL: of no campaign
    credit bigint NOT NULL,
    reserved bigint NOT NULL,
    messages bigint NOT NULL DEFAULT 0,
    parts bigint NOT NULL DEFAULT 0,
    note text NOT NULL DEFAULT '',
    user_id int,
    key_id int,
    PRIMARY KEY (workspace_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX ON sayso.credit_entries (workspace_id, campaign_id, id) WHERE campaign_id IS NOT NULL;
INSERT INTO sayso.partitioned VALUES ('credit_entries');
CALL sayso.protect('sayso.credit_entries', 'SELECT, INSERT');
REVOKE UPDATE, DELETE ON sayso.credit_entries FROM sayso_engine;

-- What the balance does not hold yet: each entry leaves a row here, and upkeep adds them up. So nobody waits for
-- anybody at one row, and to read a balance is to add a few hundred rows to it.
CREATE TABLE sayso.credit_fresh (
    workspace_id int NOT NULL,
    id bigint NOT NULL,
    credit bigint NOT NULL,
    reserved bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CALL sayso.protect('sayso.credit_fresh', 'SELECT, INSERT');

CREATE TABLE sayso.credit_balances (
    workspace_id int PRIMARY KEY,
    credit bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (fillfactor = 50);
CALL sayso.protect('sayso.credit_balances', 'SELECT');

-- What a launch reserved and planning has not given to anybody yet. No key to the campaign: whatever becomes of
-- it, what was reserved is released.
CREATE TABLE sayso.campaign_reserves (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    unplanned bigint NOT NULL,
    PRIMARY KEY (workspace_id, campaign_id)
) WITH (fillfactor = 50);
CALL sayso.protect('sayso.campaign_reserves', 'SELECT, INSERT, UPDATE, DELETE');

-- What a rehearsal or a plan comes to, by country: counted as it goes, gone with the plan. `priced`: of how many of
-- the messages the price is known.
CREATE TABLE sayso.campaign_costs (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    rehearsal boolean NOT NULL,
    country text COLLATE "C" NOT NULL, -- '': of no country
    messages bigint NOT NULL,
    parts bigint NOT NULL,
    priced bigint NOT NULL,
    price bigint NOT NULL,
    PRIMARY KEY (workspace_id, campaign_id, rehearsal, country),
    FOREIGN KEY (workspace_id, campaign_id, rehearsal) REFERENCES sayso.campaign_plans ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL sayso.protect('sayso.campaign_costs', 'SELECT, DELETE');

-- Who sends, hears reports, cancels or gives up writes outcomes, in a dozen places. What that means for money is
-- said here, once: one ledger row a statement, campaign and kind, in the transaction that says what became of the
-- messages. So none of those places can forget it. Where no workspace knows money, nothing is looked up.
-- A plan that was made for one row is kept for five thousand: hence no nested loop but the look-up by key.
CREATE FUNCTION sayso.credit_of_new_outcomes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET enable_nestloop = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM sayso.credit_accounts) THEN
        RETURN NULL;
    END IF;
    WITH moved AS (
        SELECT s.workspace_id, m.campaign_id, s.accepted, m.price, m.parts,
            m.purpose NOT IN ('confirmation', 'help') AS reserved
        FROM said s
        JOIN sayso.credit_accounts a ON a.workspace_id = s.workspace_id
        CROSS JOIN LATERAL (
            SELECT w.campaign_id, w.price, w.parts, w.purpose FROM sayso.messages w
            WHERE w.workspace_id = s.workspace_id AND w.id = s.message_id LIMIT 1
        ) AS m
        WHERE s.status NOT IN ('deferred', 'sending', 'unconfirmed') AND m.price IS NOT NULL
    ),
    told AS (
        INSERT INTO sayso.credit_entries (workspace_id, kind, campaign_id, credit, reserved, messages, parts)
        SELECT workspace_id, CASE WHEN accepted THEN 'charge' ELSE 'release' END, campaign_id,
            -coalesce(sum(price) FILTER (WHERE accepted), 0), -coalesce(sum(price) FILTER (WHERE reserved), 0),
            count(*), sum(parts)
        FROM moved WHERE accepted OR reserved
        GROUP BY workspace_id, campaign_id, accepted
        RETURNING workspace_id, id, credit, reserved
    )
    INSERT INTO sayso.credit_fresh (workspace_id, id, credit, reserved) SELECT * FROM told;
    RETURN NULL;
END $$;

CREATE FUNCTION sayso.credit_of_moved_outcomes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET enable_nestloop = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM sayso.credit_accounts) THEN
        RETURN NULL;
    END IF;
    WITH turned AS (
        SELECT n.workspace_id, n.message_id, n.accepted::int - b.accepted::int AS taken,
            (n.status IN ('deferred', 'sending', 'unconfirmed'))::int
                - (b.status IN ('deferred', 'sending', 'unconfirmed'))::int AS opened
        FROM said n JOIN before b ON b.message_id = n.message_id
        JOIN sayso.credit_accounts a ON a.workspace_id = n.workspace_id
    ),
    moved AS (
        SELECT t.workspace_id, m.campaign_id, t.taken, m.price, m.parts,
            CASE WHEN m.purpose IN ('confirmation', 'help') THEN 0 ELSE t.opened END AS opened
        FROM turned t
        CROSS JOIN LATERAL (
            SELECT w.campaign_id, w.price, w.parts, w.purpose FROM sayso.messages w
            WHERE w.workspace_id = t.workspace_id AND w.id = t.message_id LIMIT 1
        ) AS m
        WHERE (t.taken <> 0 OR t.opened <> 0) AND m.price IS NOT NULL
    ),
    told AS (
        INSERT INTO sayso.credit_entries (workspace_id, kind, campaign_id, credit, reserved, messages, parts)
        SELECT workspace_id,
            CASE WHEN taken > 0 THEN 'charge' WHEN taken < 0 THEN 'refund'
                 WHEN opened > 0 THEN 'reservation' ELSE 'release' END,
            campaign_id, -sum(taken * price), sum(opened * price), count(*), sum(parts)
        FROM moved WHERE taken <> 0 OR opened <> 0
        GROUP BY workspace_id, campaign_id, taken, opened
        RETURNING workspace_id, id, credit, reserved
    )
    INSERT INTO sayso.credit_fresh (workspace_id, id, credit, reserved) SELECT * FROM told;
    RETURN NULL;
END $$;

CREATE TRIGGER credit_of_new AFTER INSERT ON sayso.outcomes
    REFERENCING NEW TABLE AS said
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.credit_of_new_outcomes();
CREATE TRIGGER credit_of_moved AFTER UPDATE ON sayso.outcomes
    REFERENCING OLD TABLE AS before NEW TABLE AS said
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.credit_of_moved_outcomes();
