"""What an upgrade makes of what was there before names were kept and pictures knew when they were used."""

from __future__ import annotations

from importlib.resources import files

import psycopg
import pytest

from sayso.storage.databases import Databases

BEFORE = """
DROP TABLE sayso.link_names;
DROP FUNCTION sayso.claim_link_name(text);
CREATE FUNCTION sayso.link_host_taken(text) RETURNS boolean LANGUAGE sql RETURN false;
INSERT INTO sayso.workspaces (id, name, country, link_host) OVERRIDING SYSTEM VALUE
VALUES (1, 'Fern', 'GB', 'new.fern.example'), (2, 'Other', 'GB', 'go.other.example'), (3, 'None', 'GB', '');
INSERT INTO sayso.audit (workspace_id, id, action, object_type, object_id, before, after)
SELECT said.workspace, sayso.id_at(now()) + said.place, 'changed', 'workspace', said.workspace::text,
       jsonb_build_object('link_host', said.before), jsonb_build_object('link_host', said.after)
FROM (VALUES (1, 1, '', 'old.fern.example'), (1, 2, 'old.fern.example', 'new.fern.example'),
             (3, 3, '', 'old.fern.example'), (3, 4, 'old.fern.example', 'go.other.example'),
             (3, 5, 'go.other.example', '')) AS said (workspace, place, before, after);
INSERT INTO sayso.audit (workspace_id, action, object_type, object_id, after)
VALUES (1, 'changed', 'workspace', '1', '{"name": "Fern"}');
INSERT INTO sayso.pictures
    (workspace_id, token, digest, content_type, width, height, bytes, content, created_at)
VALUES (1, 'pram', '\\x01', 'image/png', 1, 1, 1, '\\x01', now() - interval '90 days');
"""
NAMES = "SELECT name, workspace_id FROM sayso.link_names ORDER BY name"
IN_USE = "SELECT sayso.picture_in_use('pram', now() - interval '30 days')"


@pytest.mark.rule("R9.2", "R9.4")
def test_an_upgrade_keeps_names_that_were_left_and_pictures_that_may_be_open_still(
    database: Databases,
) -> None:
    schema = files("sayso.storage") / "schema" / "0064_kept_names.sql"
    with psycopg.connect(database.owner_url) as conn:
        conn.execute("SET ROLE sayso_owner")
        conn.execute(BEFORE)
        assert conn.execute(IN_USE).fetchall() == [(False,)]
        conn.execute(schema.read_text("utf-8").encode())
        assert conn.execute(IN_USE).fetchall() == [(True,)]
        assert conn.execute(NAMES).fetchall() == [
            ("go.other.example", 2),
            ("new.fern.example", 1),
            ("old.fern.example", 1),
        ]
