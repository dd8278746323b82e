"""A shop on Twilio: callbacks as Twilio posts them, signed by Twilio's own package, behind a proxy."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from sayso.cli.demo_client import Client
from tests.journeys.conftest import PUBLIC_URL
from tests.journeys.provider_api import Api, Asked, api
from tests.journeys.shop import GOODBYE, HELP, Shop, open_shop, telephone
from tests.running import Answer, Sayso, post, until

ACCOUNT, TOKEN = "AC" + "0" * 32, "a token that only Twilio and we know"
OPTED_OUT = "+12135550199"
_sids = itertools.count(1)


def sid() -> str:
    return f"SM{next(_sids):032x}"


def as_twilio(asked: Asked) -> tuple[int, dict[str, object]]:
    """What Twilio answers to a message: it is queued, unless the person texted STOP to Twilio before."""
    fields = dict(parse_qsl(asked.body.decode()))
    if fields["To"] == OPTED_OUT:
        return 400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400}
    return 201, {"sid": sid(), "status": "queued", "num_segments": "1"}


@pytest.fixture(scope="module")
def twilio() -> Iterator[Api]:
    with api(as_twilio) as made:
        yield made


@pytest.fixture(scope="module")
def shop(sayso: Sayso, operator: Client, twilio: Api) -> Shop:
    """Answers STOP and HELP itself, so what Twilio has answered must be heard from each text."""
    settings = {"account_sid": ACCOUNT, "auth_token": TOKEN, "provider_answers": "none"}
    return open_shop(sayso, operator, "twilio", **settings, base_url=twilio.url)


def posted(shop: Shop, path: str, fields: Mapping[str, str], token: str = TOKEN) -> Answer:
    """Post a form as Twilio does: signed over the public address, brought here by the proxy."""
    signature = RequestValidator(token).compute_signature(PUBLIC_URL + path, dict(fields))
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "x-twilio-signature": signature,
        "user-agent": "TwilioProxy/1.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": urlsplit(PUBLIC_URL).netloc,
    }
    return post(shop.sayso.url + path, urlencode(fields).encode(), headers)


def texted(shop: Shop, phone: str, body: str, **more: str) -> Answer:
    message = more.pop("MessageSid", "") or sid()
    fields = {
        "ToCountry": "US",
        "SmsMessageSid": message,
        "NumMedia": "0",
        "SmsSid": message,
        "SmsStatus": "received",
        "Body": body,
        "To": shop.number,
        "NumSegments": "1",
        "MessageSid": message,
        "AccountSid": ACCOUNT,
        "From": phone,
        "ApiVersion": "2010-04-01",
        **more,
    }
    return posted(shop, f"/hooks/{shop.connection['hook_token']}/inbound", fields)


def sent(twilio: Api, phone: str) -> list[dict[str, str]]:
    forms = [dict(parse_qsl(asked.body.decode())) for asked in twilio.asked]
    return [form for form in forms if form["To"] == phone]


@pytest.mark.rule("R5.4", "R5.8")
def test_a_stop_through_twilio_is_blocked_and_confirmed_once(shop: Shop, twilio: Api) -> None:
    phone = shop.customer()
    said = texted(shop, phone, "šťóp")
    assert said.status == 200
    assert said.headers["content-type"].startswith("text/xml")
    assert shop.blocked(phone)["said"] == "šťóp"
    (bye,) = until("the confirmation is sent", lambda: sent(twilio, phone))
    assert (bye["From"], bye["Body"]) == (shop.number, GOODBYE)


@pytest.mark.rule("R5.8")
@pytest.mark.parametrize(("word", "kind"), [("STOP", "stop"), ("HELP", "help")])
def test_what_twilio_has_answered_gets_no_second_answer(
    shop: Shop, twilio: Api, word: str, kind: str
) -> None:
    phone, other = shop.customer(), shop.customer()
    assert texted(shop, phone, word, OptOutType=word).status == 200
    assert texted(shop, other, "HELP").status == 200
    (heard,) = shop.heard(phone)
    assert heard["because"][-1]["rule"] == "R5.8", heard["because"]
    assert bool(shop.blocks(phone)) == (kind == "stop")
    # Whoever texted later has an answer: the first one's would have gone out before.
    until("the other is answered", lambda: sent(twilio, other))
    assert sent(twilio, other)[0]["Body"] == HELP
    assert sent(twilio, phone) == []


@pytest.mark.rule("R5.8")
def test_by_default_twilio_answers_on_long_codes_and_we_on_short_ones(
    sayso: Sayso, operator: Client, twilio: Api
) -> None:
    settings = {"account_sid": ACCOUNT, "auth_token": TOKEN, "base_url": twilio.url}
    long_code = open_shop(sayso, operator, "twilio", **settings)
    short_code = open_shop(sayso, operator, "twilio", short_code="90211", **settings)
    first, second = telephone(), telephone()
    for shop, phone in ((long_code, first), (short_code, second)):
        assert texted(shop, phone, "STOP").status == 200
        shop.blocked(phone)
    (bye,) = until("the short code confirms", lambda: sent(twilio, second))
    assert (bye["From"], bye["Body"]) == ("90211", GOODBYE)
    assert long_code.answers(first) == []


@pytest.mark.rule("R5.1")
def test_twilio_repeating_a_text_is_answered_alike_and_changes_nothing(shop: Shop, twilio: Api) -> None:
    phone, message = shop.customer(), sid()
    first = texted(shop, phone, "STOP", MessageSid=message)
    shop.blocked(phone)
    again = texted(shop, phone, "STOP", MessageSid=message)
    assert (again.status, again.body) == (first.status, first.body)
    until("the confirmation is sent", lambda: sent(twilio, phone))
    assert texted(shop, phone, "thanks").status == 200
    assert [each["body"] for each in shop.heard(phone, 2)] == ["thanks", "STOP"]
    assert len(sent(twilio, phone)) == 1


@pytest.mark.rule("R5.1")
def test_pictures_come_with_the_text_that_carried_them(shop: Shop) -> None:
    phone = shop.customer()
    picture = {"MediaUrl0": "https://api.twilio.example/1", "MediaContentType0": "image/jpeg"}
    assert texted(shop, phone, "look", NumMedia="1", **picture).status == 200
    (heard,) = shop.heard(phone)
    assert heard["media"] == [{"url": "https://api.twilio.example/1", "content_type": "image/jpeg"}]
    assert heard["decision"] == "inbox"


def test_status_callbacks_move_the_message_on(shop: Shop, twilio: Api) -> None:
    phone = shop.customer()
    message = shop.advertise(phone)["id"]
    shop.reaches(message, "sent")
    (form,) = sent(twilio, phone)
    address = urlsplit(form["StatusCallback"])
    assert form["StatusCallback"].startswith(f"{PUBLIC_URL}/hooks/")
    fields = {"MessageSid": sid(), "MessageStatus": "delivered", "To": phone, "AccountSid": ACCOUNT}
    assert posted(shop, f"{address.path}?{address.query}", fields).status == 200
    told = shop.reaches(message, "delivered")
    assert [step["status"] for step in told["history"]] == ["queued", "sent", "delivered"]


def test_a_status_that_comes_late_takes_nothing_back(shop: Shop, twilio: Api) -> None:
    phone = shop.customer()
    message = shop.advertise(phone)["id"]
    shop.reaches(message, "sent")
    address = urlsplit(sent(twilio, phone)[0]["StatusCallback"])
    for status in ("delivered", "sent", "sending"):
        fields = {"MessageSid": sid(), "MessageStatus": status, "To": phone, "AccountSid": ACCOUNT}
        assert posted(shop, f"{address.path}?{address.query}", fields).status == 200
        shop.reaches(message, "delivered")
    until("the late report is kept", lambda: steps(shop, message).count("sent") == 2)
    assert shop.message(message)["status"] == "delivered"


def steps(shop: Shop, message: str) -> list[str]:
    return [step["status"] for step in shop.message(message)["history"]]


@pytest.mark.rule("R6.6", "R6.7")
def test_an_opt_out_that_only_twilio_knew_becomes_a_block(shop: Shop, twilio: Api) -> None:
    told = {"external_id": OPTED_OUT, "phone": OPTED_OUT, "sms_consent": True}
    shop.client.put("/api/v1/contacts", told)
    first = shop.reaches(shop.advertise(OPTED_OUT)["id"], "rejected")
    assert first["reason"] == "opted_out"
    block = shop.blocked(OPTED_OUT)
    assert (block["source"], block["scope"]) == ("provider", "channel")
    asked = len(sent(twilio, OPTED_OUT))
    second = shop.advertise(OPTED_OUT)
    assert second["status"] == "skipped", second
    assert len(sent(twilio, OPTED_OUT)) == asked == 1


@pytest.mark.rule("R5.11")
def test_what_twilio_did_not_sign_is_refused_and_kept_apart(shop: Shop) -> None:
    phone = shop.customer()
    fields = {"MessageSid": sid(), "From": phone, "To": shop.number, "Body": "STOP"}
    path = f"/hooks/{shop.connection['hook_token']}/inbound"
    assert posted(shop, path, fields, token="a guess").status == 403
    assert shop.blocks(phone) == []
    kept = shop.sayso.rows(
        "SELECT why FROM quarantine WHERE connection_id = %s AND released_at IS NULL", shop.connection["id"]
    )
    assert len(kept) == 1
    assert PUBLIC_URL in kept[0]["why"]
