-- Segments: conditions over contacts, met anew whenever they are asked (R8.3).

CREATE TABLE sayso.segments (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id int GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL CHECK (name <> ''),
    conditions jsonb NOT NULL, -- as core.audience_plain writes it, with its version
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);
CALL sayso.protect('sayso.segments', 'SELECT, INSERT, UPDATE, DELETE');

-- How an attribute's value is compared, whatever kind it is. Plain SQL, so that it is written into the statement.
CREATE FUNCTION sayso.is_same(said jsonb, value text, number numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE jsonb_typeof(said)
        WHEN 'string' THEN lower((said #>> '{}') COLLATE "C") = value
        WHEN 'number' THEN said::numeric = number
        WHEN 'boolean' THEN said #>> '{}' = value
        ELSE false
    END;

-- Whether one of a list's values is it. A function, since a sub-plan would keep the whole count on one core.
CREATE FUNCTION sayso.has_same(said jsonb, value text, number numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN EXISTS (SELECT FROM jsonb_array_elements(said) AS one WHERE sayso.is_same(one.value, has_same.value, number));

-- A number, also where it was imported as text.
CREATE FUNCTION sayso.as_number(said jsonb) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE jsonb_typeof(said)
        WHEN 'number' THEN said::numeric
        WHEN 'string' THEN CASE WHEN (said #>> '{}') ~ '^-?[0-9]{1,15}(\.[0-9]{1,6})?$' THEN (said #>> '{}')::numeric END
    END;

-- What is not a yes, and what was said of the number alone, are few among many words: found without reading all.
-- A yes of a contact, which is what imports bring, is in neither.
CREATE INDEX consent_states_doubts ON sayso.consent_states (workspace_id, phone) WHERE state <> 'accept';
CREATE INDEX consent_states_number_alone ON sayso.consent_states (workspace_id, phone) WHERE contact_id = 0;

-- A count of a whole workspace may use a second core: reading a setting is safe there, and PL/pgSQL says no by default.
ALTER FUNCTION sayso.workspace() PARALLEL SAFE;
