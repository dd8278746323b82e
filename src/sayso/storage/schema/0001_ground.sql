-- Ids, the workspace of a transaction, and what every later file leans on.

-- Ids are time-ordered: milliseconds since 2026 in the high bits, a running number in the low twenty.
-- So a ledger's partitions are plain ranges of its id, and a look-up by id touches one of them.
CREATE SEQUENCE sayso.ids CACHE 32;

CREATE FUNCTION sayso.id_at(moment timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((date_part('epoch', moment) * 1000)::bigint - 1767225600000) << 20);

CREATE FUNCTION sayso.time_of(id bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_timestamp(((id >> 20) + 1767225600000) / 1000.0);

CREATE FUNCTION sayso.new_id() RETURNS bigint
    LANGUAGE sql VOLATILE
    RETURN ((((date_part('epoch', clock_timestamp()) * 1000)::bigint - 1767225600000) << 20)
            | (nextval('sayso.ids') & 1048575));

-- The workspace of this transaction. It raises where none is set: a query that forgot would otherwise
-- show "no data", which reads as a fact.
CREATE FUNCTION sayso.workspace() RETURNS int
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    said text := current_setting('sayso.workspace_id', true);
BEGIN
    IF said IS NULL OR said = '' THEN
        RAISE EXCEPTION 'no workspace is set in this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN said::int;
END $$;

-- The operator sees what belongs to nobody's workspace: numbers, connections, unrouted texts.
CREATE FUNCTION sayso.is_operator() RETURNS boolean
    LANGUAGE sql STABLE
    RETURN coalesce(current_setting('sayso.operator', true), '') = 'yes';

-- Closes a workspace table: the app sees the workspace of its transaction, the engine crosses.
-- The sub-select makes the check run once a statement, not once a row.
CREATE PROCEDURE sayso.protect(target regclass, app_grants text)
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY app ON %s TO sayso_app USING (workspace_id = (SELECT sayso.workspace()))
                    WITH CHECK (workspace_id = (SELECT sayso.workspace()))', target);
    EXECUTE format('CREATE POLICY engine ON %s TO sayso_engine USING (true) WITH CHECK (true)', target);
    EXECUTE format('GRANT %s ON %s TO sayso_app', app_grants, target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO sayso_engine', target);
END $$;

-- Ledgers are partitioned by month of their id. Made ahead by migrate and by the engine's upkeep,
-- which may not own tables: hence SECURITY DEFINER. Partitions get no grants: the parent's rule.
CREATE TABLE sayso.partitioned (
    name text COLLATE "C" PRIMARY KEY
);
COMMENT ON TABLE sayso.partitioned IS 'The ledgers that need a partition each month';

CREATE FUNCTION sayso.make_partitions(from_month date, months int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    ledger text;
    month date;
    child text;
    made int := 0;
BEGIN
    FOR ledger IN SELECT name FROM sayso.partitioned ORDER BY name LOOP
        FOR month IN SELECT (date_trunc('month', from_month) + make_interval(months => n))::date
                     FROM generate_series(0, months - 1) AS n LOOP
            child := ledger || '_' || to_char(month, 'YYYYMM');
            CONTINUE WHEN to_regclass('sayso.' || child) IS NOT NULL;
            EXECUTE format('CREATE TABLE sayso.%I PARTITION OF sayso.%I FOR VALUES FROM (%s) TO (%s)',
                child, ledger,
                sayso.id_at(month::timestamp AT TIME ZONE 'UTC'),
                sayso.id_at((month + interval '1 month')::timestamp AT TIME ZONE 'UTC'));
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION sayso.make_partitions(date, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sayso.make_partitions(date, int) TO sayso_engine;

GRANT USAGE ON SEQUENCE sayso.ids TO sayso_app, sayso_engine, sayso_door;
