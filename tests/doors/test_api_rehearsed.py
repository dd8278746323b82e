"""The people behind the reasons of a rehearsal, as an integrator reads them."""

from __future__ import annotations

from http import HTTPStatus

import psycopg
import pytest

from sayso.core.campaign_text import Links
from sayso.engine.planning import plan_slice
from sayso.storage.databases import Databases
from tests.doors.api import VAULT_KEY, Api, Client, line

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R9.6")]
LINKS = Links.of(VAULT_KEY, "https://sayso.test")
PEOPLE = tuple(f"+1202555010{n}" for n in range(5))


async def rehearsed(api: Api, client: Client) -> int:
    """A campaign to five people, of whom the first said yes; its rehearsal has counted to its end."""
    await line(client, number="+12025550177")
    await client.put("categories", {"name": "promotions"})
    for place, phone in enumerate(PEOPLE):
        said = {"sms_consent": "yes"} if place == 0 else {}
        await client.put("contacts", {"external_id": f"p{place}", "phone": phone} | said)
    draft = {
        "name": "Sale",
        "audience": "everybody",
        "category": "promotions",
        "body": "Sale.",
        "reply_service": False,
    }
    campaign = int((await client.post("campaigns", draft))["id"])
    await client.post(f"campaigns/{campaign}/rehearsal")
    async with api.engine_pool.connection() as conn:
        await plan_slice(conn, LINKS, 100, api.clock())
    return campaign


async def test_who_a_rehearsal_leaves_out_comes_in_pages_with_the_sentence_that_says_why(
    api: Api, client: Client, database: Databases
) -> None:
    campaign = await rehearsed(api, client)
    path = f"campaigns/{campaign}/rehearsal/people"
    first = await client.get(path, params={"limit": 3})
    second = await client.get(path, params={"limit": 3, "cursor": first["next_cursor"]})
    assert [one["phone"] for one in first["items"] + second["items"]] == list(PEOPLE[1:])
    assert second["next_cursor"] is None
    one = first["items"][0]
    assert (one["external_id"], one["when"], one["status"]) == ("p1", "never", "skipped")
    assert (one["reason"], one["due"]) == ("consent_unknown", None)
    assert one["detail"]
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute(
            "UPDATE sayso.rehearsed_people SET status = 'deferred', reason = 'quiet_hours', due = now() "
            "WHERE contact_id = %s",
            (int(one["contact_id"]),),
        )

    async def found(**asked: str) -> list[str]:
        return [one["external_id"] for one in (await client.get(path, params=asked))["items"]]

    assert await found(when="later") == ["p1"]
    assert await found(when="never") == ["p2", "p3", "p4"]
    assert await found(reason="quiet_hours") == ["p1"]
    assert await found(when="never", reason="quiet_hours") == []
    assert (await client.ask("GET", path, params={"when": "soon"})).is_client_error


async def test_who_a_rehearsal_leaves_out_is_told_to_nobody_who_may_not_see_contacts(
    api: Api, client: Client
) -> None:
    campaign = await rehearsed(api, client)
    path = f"campaigns/{campaign}/rehearsal/people"
    for scopes in (["campaigns:read"], ["contacts:read"]):
        blind = await api.client(client.workspace_id, scopes)
        assert (await blind.ask("GET", path)).status_code == HTTPStatus.FORBIDDEN
    stranger = await api.client()
    assert (await stranger.ask("GET", path)).status_code == HTTPStatus.NOT_FOUND
    assert (await client.ask("GET", "campaigns/99/rehearsal/people")).status_code == HTTPStatus.NOT_FOUND
