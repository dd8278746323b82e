"""What an edit of a connection may and may not do to its secrets (R3.1, R5.11)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import TypeVar

import psycopg
import pytest

from sayso.actions import connections, ledgers, numbers
from sayso.actions.actor import Actor, house
from sayso.actions.connections import Wanted
from sayso.actions.refusal import Refused
from sayso.actions.workspaces import create_workspace
from sayso.providers import catalogue
from sayso.providers.contract import Forged, Request
from sayso.storage.connections import sealed_secrets
from sayso.storage.databases import Databases
from sayso.storage.numbers import NumberDraft
from sayso.storage.pool import APP, ENGINE, Pool, open_pool, workspace
from sayso.storage.vault import open_sealed

pytestmark = pytest.mark.anyio
KEY = "a key for tests"
T = TypeVar("T")
SINCH = {"service_plan_id": "plan", "api_token": "token"}
TWILIO = {"account_sid": "AC1"}
UNSIGNED = Request("/hooks/t/inbound", "", {"content-type": "text/plain"}, b"{}", "https://sayso.test")


@pytest.fixture
async def pool(database: Databases) -> AsyncIterator[Pool]:
    async with open_pool(database.url, APP) as opened:
        yield opened


@pytest.fixture
async def actor(database: Databases) -> Actor:
    async with open_pool(database.url, ENGINE, size=1) as opened:
        made = await create_workspace(opened, "Bakery", "US")
        assert isinstance(made, int)
        return house(made)


def good(answer: T | Refused) -> T:
    assert not isinstance(answer, Refused), answer
    return answer


def refusal(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.problems[0].field


async def made(pool: Pool, actor: Actor, kind: str, settings: Mapping[str, object]) -> int:
    return good(await connections.create_connection(pool, actor, Wanted(kind, kind, settings, 10), KEY)).id


async def put(pool: Pool, actor: Actor, found: int, kind: str, settings: Mapping[str, object]) -> object:
    return await connections.change_connection(pool, actor, found, Wanted("New", kind, settings, 20), KEY)


async def secrets_of(pool: Pool, actor: Actor, found: int) -> dict[str, str]:
    async with workspace(pool, actor.workspace_id, operator=True) as conn:
        return open_sealed(KEY, await sealed_secrets(conn, found))


async def believed(pool: Pool, actor: Actor, found: int) -> bool:
    """Whether a callback that proves nothing is taken."""
    shown = good(await connections.show_connection(pool, actor, found))
    secrets = await secrets_of(pool, actor, found)
    verdict = catalogue.PROVIDERS[shown.kind].verify(UNSIGNED, secrets, shown.settings, datetime.now(UTC))
    return not isinstance(verdict, Forged)


@pytest.mark.rule("R5.11")
@pytest.mark.parametrize(
    ("kind", "stood", "said"),
    [
        ("sinch", {**SINCH, "webhook_secret": "s"}, {**SINCH, "api_token": "new token"}),
        ("sinch", {**SINCH, "webhook_secret": "s"}, {"service_plan_id": "plan"}),
        ("sinch", {**SINCH, "webhook_secret": "s"}, {**SINCH, "webhook_secret": ""}),
        ("sinch", {**SINCH, "basic_password": "p", "basic_username": "u"}, SINCH),
        ("sinch", {**SINCH, "webhook_secret": "s", "basic_password": "p"}, {**SINCH, "basic_password": None}),
        ("sinch", {**SINCH, "callback_auth": "signature"}, SINCH),
        ("sinch", {**SINCH, "callback_auth": "signature"}, {**SINCH, "callback_auth": ""}),
        ("sinch", {**SINCH, "webhook_secret": "s"}, {**SINCH, "callback_auth": "configured"}),
        ("twilio", {**TWILIO, "auth_token": "t"}, {**TWILIO, "shared_key": "k"}),
        ("twilio", {**TWILIO, "auth_token": "t"}, {**TWILIO, "api_key_sid": "SK1", "api_key_secret": "x"}),
        ("twilio", {**TWILIO, "shared_key": "k"}, TWILIO),
        ("twilio", {**TWILIO, "callback_auth": "signature"}, {**TWILIO, "api_key_secret": "x"}),
    ],
)
async def test_no_edit_that_leaves_a_secret_unnamed_lets_in_what_was_refused(
    pool: Pool, actor: Actor, kind: str, stood: dict[str, object], said: dict[str, object]
) -> None:
    found = await made(pool, actor, kind, stood)
    assert not await believed(pool, actor, found)
    good(await put(pool, actor, found, kind, said))
    assert not await believed(pool, actor, found)


async def test_a_rename_needs_no_secret_and_a_new_secret_leaves_the_others(pool: Pool, actor: Actor) -> None:
    found = await made(pool, actor, "sinch", {**SINCH, "webhook_secret": "s"})
    good(await put(pool, actor, found, "sinch", {"service_plan_id": "plan"}))
    assert await secrets_of(pool, actor, found) == {"api_token": "token", "webhook_secret": "s"}
    good(await put(pool, actor, found, "sinch", {**SINCH, "webhook_secret": "newer"}))
    assert await secrets_of(pool, actor, found) == {"api_token": "token", "webhook_secret": "newer"}


async def test_null_removes_a_secret_but_none_that_is_needed(pool: Pool, actor: Actor) -> None:
    found = await made(pool, actor, "sinch", {**SINCH, "webhook_secret": "s"})
    good(await put(pool, actor, found, "sinch", {"service_plan_id": "plan", "webhook_secret": None}))
    assert await secrets_of(pool, actor, found) == {"api_token": "token"}
    answer = await put(pool, actor, found, "sinch", {"service_plan_id": "plan", "api_token": None})
    assert refusal(answer) == "settings.api_token"


async def test_secrets_under_another_key_are_not_silently_dropped(pool: Pool, actor: Actor) -> None:
    found = await made(pool, actor, "sinch", {**SINCH, "webhook_secret": "s"})
    lost = Wanted("New", "sinch", SINCH, 10)
    assert refusal(await connections.change_connection(pool, actor, found, lost, "another")) == "settings"
    anew = Wanted("New", "sinch", {**SINCH, "webhook_secret": "s", "basic_password": None}, 10)
    good(await connections.change_connection(pool, actor, found, anew, "another"))


@pytest.mark.parametrize(
    ("kind", "stood", "named"),
    [
        ("sinch", {**SINCH}, {"api_token": "token"}),
        ("twilio", {**TWILIO, "auth_token": "t"}, {"auth_token": "t"}),
        ("simulator", {"api_token": "t", "base_url": "http://one.test"}, {"api_token": "t"}),
    ],
)
async def test_stored_secrets_go_to_no_new_server_unless_named_again(
    pool: Pool, actor: Actor, kind: str, stood: dict[str, object], named: dict[str, object]
) -> None:
    found = await made(pool, actor, kind, stood)
    plain = {name: value for name, value in stood.items() if name not in named}
    for elsewhere in ("https://evil.test", "http://one.test@evil.test", "http://one.test:81", "https://[x"):
        moved = {**plain, "base_url": elsewhere}
        assert refusal(await put(pool, actor, found, kind, moved)) == "settings.base_url"
    good(await put(pool, actor, found, kind, {**plain, **named, "base_url": "http://one.test"}))
    good(await put(pool, actor, found, kind, {**plain, "base_url": "http://one.test/deeper"}))


@pytest.mark.rule("R2.4")
async def test_the_trail_holds_no_hook_token_and_tells_the_operators_changes_to_operators_alone(
    pool: Pool, actor: Actor
) -> None:
    found = await made(pool, actor, "simulator", {})
    good(await put(pool, actor, found, "simulator", {}))
    good(await numbers.create_number(pool, actor, NumberDraft(found, "+12025550100", "long_code", "US")))
    before = good(await connections.show_connection(pool, actor, found)).hook_token
    after = good(await connections.renew_token(pool, actor, found)).hook_token
    assert after != before
    assert len(after) >= 32
    seen = good(await ledgers.list_audit(pool, actor, 2**62, 50))
    told = {(entry.action, entry.object_type) for entry in seen}
    assert {("created", "connection"), ("token_renewed", "connection")} <= told
    assert "hook_token" not in str(seen)
    assert before not in str(seen)
    assert after not in str(seen)
    ordinary = Actor(actor.workspace_id, key_id=1, scopes=frozenset({"audit:read"}))
    theirs = good(await ledgers.list_audit(pool, ordinary, 2**62, 50))
    assert not {"connection", "inbound_number"} & {entry.object_type for entry in theirs}


@pytest.mark.rule("R3.1")
async def test_the_database_itself_lets_only_the_operator_give_and_take_lines(
    pool: Pool, actor: Actor
) -> None:
    found = await made(pool, actor, "simulator", {})
    held = good(
        await numbers.create_number(pool, actor, NumberDraft(found, "+12025550100", "long_code", "US"))
    )
    giving = (
        "INSERT INTO lines (workspace_id, inbound_number_id) VALUES (%s, %s)",
        (actor.workspace_id, held.id),
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with workspace(pool, actor.workspace_id) as conn:
            await conn.execute(*giving)
    async with workspace(pool, actor.workspace_id, operator=True) as conn:
        await conn.execute(*giving)
    async with workspace(pool, actor.workspace_id) as conn:
        assert (await conn.execute("UPDATE lines SET withdrawn_at = now()")).rowcount == 0
        seen = await conn.execute("SELECT count(*) FROM lines WHERE withdrawn_at IS NULL")
        assert await seen.fetchone() == (1,)
