"""Segments as their owner meets them: counted before use, and a campaign that goes to one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sayso.cli.demo_client import StoryError
from tests.journeys.shop import CATEGORY, telephone
from tests.journeys.test_campaigns import Marketing
from tests.running import Sayso, until

GERMAN = {"about": "language", "test": "is", "value": "de"}
NEVER_TEXTED = {"about": "texted", "test": "never"}
NEW_GERMANS = {"all": [GERMAN, NEVER_TEXTED]}


class Segments(Marketing):
    """A shop whose contacts speak languages."""

    def __init__(self, sayso: Sayso, name: str) -> None:
        super().__init__(sayso, name)
        self.sayso = sayso

    def ask(self, method: str, path: str, told: dict[str, Any] | None = None) -> Any:
        return self.client._ask(method, f"/api/v1{path}", told)

    def speaks(self, phone: str | None, language: str, **more: object) -> str:
        external_id = self.contact(phone)
        self.client.put("/api/v1/contacts", {"external_id": external_id, "language": language, **more})
        return external_id

    def segment(self, conditions: dict[str, Any], name: str = "New Germans") -> int:
        return int(self.client.post("/api/v1/segments", {"name": name, "conditions": conditions})["id"])

    def counted(self, segment: int) -> tuple[int, int]:
        told = self.client.get(f"/api/v1/segments/{segment}/count")
        return told["contacts"], told["with_number"]

    def refused(self, method: str, path: str, told: dict[str, Any] | None = None) -> str:
        with pytest.raises(StoryError) as refused:
            self.ask(method, path, told)
        return str(refused.value)


@pytest.fixture(scope="module")
def shop(sayso: Sayso) -> Iterator[Segments]:
    yield Segments(sayso, "Segments & Co")


@pytest.mark.rule("R8.3")
def test_a_campaign_to_a_segment_reaches_only_who_meets_it(shop: Segments) -> None:
    new, texted, english, later = (telephone() for _ in range(4))
    shop.speaks(texted, "de")
    shop.do(shop.campaign(name="First"), "launch")
    shop.shop.received(texted, "Hi")
    shop.speaks(new, "de-AT")
    shop.speaks(english, "en")
    shop.speaks(None, "de")
    segment = shop.segment(NEW_GERMANS)
    assert shop.counted(segment) == (2, 1)

    campaign = shop.campaign(audience="segment", segment_id=segment)
    shop.do(campaign, "launch")
    shop.shop.received(new, "Hi")
    shop.stands(campaign, "finished")
    assert shop.report(campaign)["planned"] == {("queued", ""): 1, ("skipped", "no_number"): 1}
    assert shop.got(english) == []
    assert len([body for body in shop.got(texted) if body.startswith("Hi")]) == 1
    # It is asked anew each time: who was texted is in it no more, and who came since is.
    shop.speaks(later, "de")
    assert shop.counted(segment) == (2, 1)
    got = {"about": "campaign", "test": "ever", "id": campaign}
    delivered = "SELECT count(*) AS n FROM outcomes WHERE status = 'delivered'"
    until("both are delivered", lambda: shop.sayso.rows(delivered)[0]["n"] >= 2)
    told = shop.client.post("/api/v1/segments/count", {"conditions": got})
    assert (told["contacts"], told["said"]) == (1, "got the campaign Prams")
    assert [one["phone"] for one in told["first"]] == [new]


@pytest.mark.rule("R8.3")
def test_what_is_being_planned_keeps_to_what_the_segment_said_when_it_began(shop: Segments) -> None:
    segment = shop.segment({"about": "language", "test": "is", "value": "nl"}, "Dutch")
    phone = telephone()
    shop.speaks(phone, "nl")
    campaign = shop.campaign(audience="segment", segment_id=segment)
    shop.do(campaign, "rehearsal")
    kept = "SELECT conditions ->> 'value' AS value FROM campaign_plans WHERE campaign_id = %s"
    until("it is begun", lambda: shop.sayso.rows(kept, campaign))
    told = {"name": "Dutch", "conditions": {"about": "language", "test": "is", "value": "fr"}}
    assert shop.client.put(f"/api/v1/segments/{segment}", told)["said"] == "language is fr"
    assert shop.sayso.rows(kept, campaign)[0]["value"] == "nl"


@pytest.mark.rule("R8.3")
def test_a_segment_is_refused_with_the_path_of_its_fault(shop: Segments) -> None:
    for conditions, told in (
        ({"all": [GERMAN, {"about": "shoes", "test": "is"}]}, "conditions.all[1].about"),
        ({"about": "list", "test": "on", "id": 999}, "There is no list 999"),
        ({"about": "campaign", "test": "ever", "id": 999}, "There is no campaign 999"),
        ({"about": "consent", "test": "is", "name": "ofers", "value": "yes"}, "There is no category ofers"),
    ):
        assert told in shop.refused("POST", "/segments", {"name": "Odd", "conditions": conditions})


@pytest.mark.rule("R8.3")
def test_two_who_edit_a_segment_do_not_overwrite_each_other(shop: Segments) -> None:
    segment = shop.segment(GERMAN, "Edited")
    seen = shop.client.get(f"/api/v1/segments/{segment}")["stamp"]
    mine, theirs = (
        {"name": name, "conditions": GERMAN, "seen": seen} for name in ("Edited by me", "Edited by them")
    )
    shop.client.put(f"/api/v1/segments/{segment}", mine)
    assert "after you opened the form" in shop.refused("PUT", f"/segments/{segment}", theirs)
    assert "of this name already" in shop.refused(
        "POST", "/segments", {"name": "Edited by me", "conditions": GERMAN}
    )


@pytest.mark.rule("R8.3")
def test_what_is_in_use_stays(shop: Segments) -> None:
    made = int(shop.client.post("/api/v1/lists", {"name": "Staff"})["id"])
    consenting = {"about": "consent", "test": "is", "name": CATEGORY, "value": "yes"}
    conditions = {"any": [{"not": {"about": "list", "test": "on", "id": made}}, consenting]}
    segment = shop.segment(conditions, "Not staff")
    assert "a segment speaks of it" in shop.refused("DELETE", f"/lists/{made}")
    campaign = shop.campaign(audience="segment", segment_id=segment)
    assert "A campaign goes to this segment" in shop.refused("DELETE", f"/segments/{segment}")
    for path in (f"/campaigns/{campaign}", f"/segments/{segment}", f"/lists/{made}"):
        shop.ask("DELETE", path)


def test_a_campaign_names_a_segment_only_where_it_goes_to_one(shop: Segments) -> None:
    segment = shop.segment(GERMAN, "Named")
    for more in (
        {"audience": "segment"},
        {"segment_id": segment},
        {"audience": "segment", "segment_id": 999},
    ):
        with pytest.raises(StoryError) as refused:
            shop.campaign(**more)
        assert "segment" in str(refused.value)
