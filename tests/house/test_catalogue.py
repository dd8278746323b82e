"""The database as it is: no workspace table without a policy, no partition with a door of its own."""

import psycopg
import pytest

from sayso.storage.databases import Databases

# Operator tables: they belong to no workspace; each is guarded by its grants or a policy of its own.
WITHOUT_WORKSPACE = {
    "alarms", "callback_refs", "callbacks", "click_queue", "code_blocks", "connections", "dialling",
    "inbound_numbers", "inbound_queue", "leases", "migrations", "partitioned", "pauses", "quarantine",
    "receipt_queue", "setup", "stood_in", "unrouted", "workspaces",
}  # fmt: skip


@pytest.fixture
def catalogue(database: Databases) -> psycopg.Connection:
    return psycopg.connect(database.owner_url, autocommit=True)


def rows(conn: psycopg.Connection, query: str) -> list[tuple[object, ...]]:
    return conn.execute(query).fetchall()


def test_every_workspace_table_has_its_policy(catalogue: psycopg.Connection) -> None:
    open_tables = rows(
        catalogue,
        """SELECT c.relname FROM pg_class c
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
           WHERE c.relnamespace = 'sayso'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
             AND (NOT c.relrowsecurity
               OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))""",
    )
    assert open_tables == []


def test_every_table_without_a_workspace_is_known_by_name(catalogue: psycopg.Connection) -> None:
    found = rows(
        catalogue,
        """SELECT c.relname FROM pg_class c
           WHERE c.relnamespace = 'sayso'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
             AND NOT EXISTS
                 (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id')""",
    )
    assert {name for (name,) in found} == WITHOUT_WORKSPACE


def test_no_partition_is_granted_to_anyone(catalogue: psycopg.Connection) -> None:
    granted = rows(
        catalogue,
        """SELECT c.relname, a.grantee::regrole FROM pg_class c, aclexplode(c.relacl) a
           WHERE c.relnamespace = 'sayso'::regnamespace AND c.relispartition AND a.grantee <> c.relowner""",
    )
    assert granted == []


def test_views_obey_the_reader(catalogue: psycopg.Connection) -> None:
    careless = rows(
        catalogue,
        """SELECT c.relname FROM pg_class c
           WHERE c.relnamespace = 'sayso'::regnamespace AND c.relkind IN ('v', 'm')
             AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)""",
    )
    assert careless == []


def test_workspace_foreign_keys_stay_inside_the_workspace(catalogue: psycopg.Connection) -> None:
    """Foreign keys ignore policies: between workspace tables they must carry the workspace."""
    crossing = rows(
        catalogue,
        """SELECT k.conrelid::regclass, k.conname FROM pg_constraint k
           JOIN pg_attribute here ON here.attrelid = k.conrelid AND here.attname = 'workspace_id'
           JOIN pg_attribute there ON there.attrelid = k.confrelid AND there.attname = 'workspace_id'
           WHERE k.contype = 'f' AND NOT (here.attnum = ANY (k.conkey) AND there.attnum = ANY (k.confkey))""",
    )
    assert crossing == []


def test_what_a_batch_means_for_money_is_not_found_in_a_nested_loop(catalogue: psycopg.Connection) -> None:
    """The plan of a trigger is kept: one made for a single outcome took 13 s for five thousand."""
    found = rows(
        catalogue,
        """SELECT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
           WHERE t.tgrelid = 'sayso.outcomes'::regclass AND NOT t.tgisinternal
             AND NOT coalesce('enable_nestloop=off' = ANY (p.proconfig), false)""",
    )
    assert found == []
