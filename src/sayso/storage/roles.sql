-- The roles of the house, made before the schema. Cluster-wide, hence idempotent; none may log in:
-- the one login role is a member of app, engine and door, never of owner.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['sayso_owner', 'sayso_app', 'sayso_engine', 'sayso_door'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another migrate was quicker
            END;
        END IF;
    END LOOP;
END $$;
