"""What upkeep does, as its role, on a real database."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from sayso.engine.upkeep import upkeep
from sayso.storage.databases import Databases
from tests.engine.sending_scene import engine, until, world

pytestmark = pytest.mark.anyio


async def test_what_is_old_goes_and_what_is_young_stays(database: Databases) -> None:
    async with world(database) as here:
        here.conn.execute(
            "INSERT INTO callback_refs "
            "SELECT 1, gen_random_uuid(), sayso.id_at(now() - n * interval '1 day') "
            "FROM generate_series(1, 430) n"
        )
        here.conn.execute(
            "INSERT INTO idempotency_keys (workspace_id, route, key, body_hash, created_at) "
            "SELECT %s, 'r', n::text, '', now() - n * interval '1 hour' FROM generate_series(1, 40) n",
            (here.workspace,),
        )
        # Of no campaign that is there any more, one of them of today.
        here.conn.execute(
            "INSERT INTO campaign_departures (workspace_id, campaign_id, id, at, messages) "
            "SELECT %s, 1, sayso.id_at(now() - n * interval '15 days'), now(), 64 "
            "FROM generate_series(0, 1) n",
            (here.workspace,),
        )
        here.conn.execute(
            "INSERT INTO changed_numbers SELECT %s, n, 1, now() - n * interval '91 days' "
            "FROM generate_series(0, 1) n",
            (here.workspace,),
        )
        in_two_months = "to_char((now() AT TIME ZONE 'UTC') + interval '2 months', 'YYYYMM')"
        ((month,),) = here.rows(f"SELECT {in_two_months}")
        here.conn.execute(f"DROP TABLE messages_{month}")
        async with engine(database.url, upkeep()):
            await until(lambda: here.value("SELECT count(*) FROM callback_refs") in (399, 400))
            await until(lambda: here.value("SELECT count(*) FROM idempotency_keys") in (24, 25))
            await until(lambda: here.value("SELECT count(*) FROM campaign_departures") == 1)
            await until(lambda: here.value("SELECT count(*) FROM changed_numbers") == 1)
            await until(
                lambda: here.value("SELECT (to_regclass(%s) IS NOT NULL)::int", f"messages_{month}") == 1
            )


async def test_files_of_contacts_that_nobody_starts_go(database: Databases) -> None:
    async with world(database) as here:
        for days, state in ((8, "draft"), (8, "running"), (6, "draft")):
            made = here.value(
                "INSERT INTO contact_imports (workspace_id, id, file_name, whole_size) "
                "VALUES (%s, sayso.id_at(now() - %s * interval '1 day') + %s, 'a.csv', 1) RETURNING id",
                here.workspace, days, len(state),
            )  # fmt: skip
            here.conn.execute(
                "INSERT INTO contact_import_progress (workspace_id, import_id, state) VALUES (%s, %s, %s)",
                (here.workspace, made, state),
            )
            here.conn.execute(
                "INSERT INTO contact_import_chunks VALUES (%s, %s, 0, 'x')", (here.workspace, made)
            )
        async with engine(database.url, upkeep()):
            await until(lambda: here.value("SELECT count(*) FROM contact_import_chunks") == 2)
        assert here.rows(
            "SELECT state FROM contact_import_progress JOIN contact_import_chunks "
            "USING (workspace_id, import_id) ORDER BY state"
        ) == [("draft",), ("running",)]


async def test_sessions_that_are_over_go(database: Databases) -> None:
    async with world(database) as here:
        # As Django makes it.
        here.conn.execute(
            "SET ROLE sayso_owner; CREATE TABLE console.django_session (session_key varchar(40) PRIMARY KEY, "
            "session_data text NOT NULL, expire_date timestamptz NOT NULL); "
            "INSERT INTO console.django_session SELECT n, '', now() + (n - 5000.5) * interval '1 second' "
            "FROM generate_series(-3000, 5900) n; RESET ROLE"
        )
        async with engine(database.url, upkeep()):
            await until(lambda: here.value("SELECT count(*) FROM console.django_session") <= 900)
        assert here.value("SELECT count(*) FROM console.django_session WHERE expire_date > now()") > 800


async def test_what_nobody_confirmed_in_three_days_is_unknown(database: Databases) -> None:
    async with world(database) as here:
        old, young = here.queue(2)
        here.conn.execute("DELETE FROM outbox")
        for message, hours in ((old, 73), (young, 71)):
            here.conn.execute(
                "INSERT INTO outcomes "
                "VALUES (%s, %s, 'unconfirmed', 'crashed', 100, now() - %s * interval '1 hour')",
                (here.workspace, message, hours),
            )
        async with engine(database.url, upkeep()):
            await until(lambda: here.standing(old)[0] == "unknown")
        assert here.standing(young)[0] == "unconfirmed"
        assert here.value("SELECT count(*) FROM message_events WHERE status = 'unknown'") == 1


async def test_a_long_transaction_rings(database: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.engine.upkeep.OLD_TRANSACTION", 0)
    async with world(database) as here:
        with psycopg.connect(database.url, application_name="a long report") as idle:
            idle.execute("SELECT 1")
            async with engine(database.url, upkeep()):
                await until(
                    lambda: here.value("SELECT count(*) FROM alarms WHERE code = 'old_transaction'") == 1
                )
        (told,) = here.rows("SELECT sentence FROM alarms WHERE code = 'old_transaction'")
        assert "a long report" in str(told[0])


async def test_a_long_transaction_of_the_superuser_is_seen_too(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.engine.upkeep.OLD_TRANSACTION", 0)
    async with world(database) as here:
        # Before 16 a grant follows the role's own NOINHERIT, and the login role sees its own sessions alone.
        if here.conn.info.server_version < 160_000:
            pytest.skip("PostgreSQL 15 grants statistics to no role that does not inherit")
        # As the embedded server does by itself, and docs/database.md asks of others.
        login = sql.Identifier(database.login)
        here.conn.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(login))
        with psycopg.connect(database.owner_url, application_name="somebody's psql") as idle:
            idle.execute("SELECT 1")
            pid = idle.info.backend_pid
            async with engine(database.url, upkeep()):
                await until(
                    lambda: here.value("SELECT count(*) FROM alarms WHERE code = 'old_transaction'") == 1
                )
        (told,) = here.rows("SELECT sentence FROM alarms WHERE code = 'old_transaction'")
        assert f"pg_terminate_backend({pid})" in str(told[0])
