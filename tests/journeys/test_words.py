"""A campaign whose words depend on who reads them, with a picture for whom that is carried to."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

import pytest

from sayso.cli.demo_client import StoryError
from tests.core.test_pictures import with_a_place, written
from tests.doors.served import get
from tests.journeys.conftest import PUBLIC_URL
from tests.journeys.shop import CATEGORY, telephone
from tests.journeys.test_campaigns import OPT_OUT, Marketing
from tests.running import Sayso

ABROAD = "+447700900320"
LIQUID = "{% if first_name %}{{ first_name | upcase }}’s{% else %}Your{% endif %} pram…"


@pytest.fixture(scope="module")
def marketing(sayso: Sayso) -> Iterator[Marketing]:
    yield Marketing(sayso, "Pictures & Co")


def brought(marketing: Marketing, data: bytes, description: str = "") -> str:
    told = {"data": b64encode(data).decode(), "description": description}
    return str(marketing.client.post("/api/v1/media", told)["url"])


@pytest.mark.rule("R9.2")
def test_a_picture_reaches_who_can_get_it_and_a_link_or_nothing_goes_elsewhere(marketing: Marketing) -> None:
    ada = telephone()
    marketing.contact(ada, "Ada")
    marketing.contact(ABROAD)
    picture = brought(marketing, with_a_place(), "A pram under a tree")
    assert brought(marketing, with_a_place()) == picture
    told = {"body": LIQUID, "media_urls": [picture], "reply_service": False, "plain_letters": True}
    campaign = marketing.campaign(**told, fallback_body="See it: {{ picture_link }} {{ opt_out_message }}")
    marketing.do(campaign, "launch")
    marketing.stands(campaign, "finished")

    got = marketing.shop.received(ada, "ADA")
    assert got["body"] == "ADA's pram..."
    assert got["media"] == [PUBLIC_URL + picture]
    assert marketing.got(ABROAD) == [f"See it: {PUBLIC_URL}{picture} {OPT_OUT}"]
    counted = marketing.client.get(f"/api/v1/campaigns/{campaign}/report")["planned"]
    assert [(one["status"], one["messages"], one["parts"]) for one in counted] == [("queued", 2, 2)]

    answer = get(marketing.client.base + picture)
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert b"camera" not in answer.body

    skipping = marketing.campaign(**told, without_mms="skip")
    marketing.do(skipping, "launch")
    marketing.stands(skipping, "finished")
    assert marketing.report(skipping)["planned"] == {("queued", ""): 1, ("skipped", "no_mms"): 1}


@pytest.mark.rule("R9.2")
def test_one_message_with_a_picture_is_one_part_and_is_not_sent_where_it_is_not_carried(
    marketing: Marketing,
) -> None:
    phone = telephone()
    marketing.contact(phone)
    picture = brought(marketing, written("PNG"))
    told = {"to": phone, "body": "Look. " * 60, "category": CATEGORY, "media_urls": [picture]}
    sent = marketing.client.post("/api/v1/messages", told)
    assert marketing.shop.reaches(sent["id"], "delivered")["parts"] == 1
    abroad = marketing.client.post("/api/v1/messages", {**told, "to": ABROAD})
    assert (abroad["status"], abroad["reason"]) == ("skipped", "no_mms")
    with pytest.raises(StoryError, match="no such picture"):
        marketing.client.post("/api/v1/messages", {**told, "media_urls": ["/m/" + "a" * 22]})


@pytest.mark.rule("R9.2")
def test_a_text_that_explodes_and_a_file_that_is_no_picture_are_refused_at_once(marketing: Marketing) -> None:
    with pytest.raises(StoryError, match="Line 1, column 4"):
        marketing.campaign(body="{% for i in (1..999999) %}x{% endfor %}")
    with pytest.raises(StoryError, match="no JPEG, PNG or GIF"):
        brought(marketing, b"%PDF-1.7 and so on")
