"""Both sides of the simulator's format understand each other."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sayso.providers.contract import (
    Accepted,
    Genuine,
    HttpRequest,
    Inbound,
    Later,
    Media,
    Outbound,
    Outcome,
    Receipt,
    Refused,
    Unreadable,
    Unsure,
)
from sayso.providers.simulator import carrier_side
from sayso.providers.simulator.provider import Simulator
from sayso.providers.simulator.wire import STATUSES
from tests.providers.callbacks import JSON, NOW, request

SIMULATOR = Simulator()
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=50)
phones = st.integers(10_000, 10**14).map(lambda number: f"+{number}")
times = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=80, deadline=None)
@given(
    st.builds(
        Inbound,
        ref=texts.filter(bool),
        sender=phones,
        recipient=phones,
        body=texts,
        at=st.none() | times,
        media=st.lists(st.builds(Media, url=texts.filter(bool), content_type=texts), max_size=3).map(tuple),
        provider_answered=st.sampled_from([None, "stop", "start", "help"]),
    )
)
def test_a_text_that_the_carrier_writes_is_the_text_that_is_read(inbound: Inbound) -> None:
    expected = replace(inbound, kind="mms" if inbound.media else "sms")
    assert SIMULATOR.read_inbound(carrier_side.write_inbound(inbound), JSON) == expected


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.builds(
            Receipt,
            ref=st.just(""),
            provider_ref=texts.filter(bool),
            recipient=phones,
            status=st.sampled_from(STATUSES),
            reason=st.sampled_from(["", "bad_number", "opted_out"]),
            code=texts,
            at=st.none() | times,
            client_reference=st.none() | texts.filter(bool),
            opted_out=st.booleans(),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_receipts_that_the_carrier_writes_are_those_that_are_read(receipts: list[Receipt]) -> None:
    read = SIMULATOR.read_receipts(carrier_side.write_receipts(receipts), JSON)
    assert isinstance(read, tuple)
    assert [replace(receipt, ref="") for receipt in read] == receipts
    assert SIMULATOR.read_receipts(carrier_side.write_receipt(receipts[0]), JSON) == read[:1]


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        Outbound,
        sender=phones,
        to=phones,
        body=texts,
        media=st.lists(texts.filter(bool), max_size=3).map(tuple),
        client_reference=texts,
        receipts_url=texts,
    )
)
def test_a_message_sent_is_the_message_that_the_carrier_reads(outbound: Outbound) -> None:
    secrets = {"api_token": "tok"}
    written = SIMULATOR.send_request(outbound, secrets, {"base_url": "http://127.0.0.1:1"})
    assert isinstance(written, HttpRequest)
    assert carrier_side.read_send(written.body) == outbound
    assert carrier_side.authorised(written.headers, secrets)
    assert not carrier_side.authorised(written.headers, {"api_token": "other"})


@pytest.mark.parametrize(
    "outcome",
    [
        Accepted("s1", 2),
        Accepted("s1"),
        Later(timedelta(seconds=3), "throttled"),
        Refused("opted_out", opted_out=True, code="21610"),
        Refused("bad_number", code="x"),
        Unsure("lost_answer"),
    ],
)
def test_what_the_carrier_answers_is_what_is_read(outcome: Outcome) -> None:
    assert SIMULATOR.read_response(*carrier_side.write_response(outcome)) == outcome


def test_a_whole_callback_is_signed_and_genuine() -> None:
    inbound = Inbound("1", "+14155550123", "11221", "stop", NOW)
    posted = carrier_side.callback("http://127.0.0.1/x", carrier_side.write_inbound(inbound), "s", NOW, "n1")
    asked = request(posted.body, dict(posted.headers))
    assert SIMULATOR.verify(asked, {"webhook_secret": "s"}, {"callback_auth": "signature"}, NOW) == Genuine()


@pytest.mark.parametrize(
    "body", [b'{"receipts": 1}', b'{"receipts": [1]}', b'{"id": "1"}', b'{"id": "1", "status": "eaten"}']
)
def test_receipts_that_are_none_say_why(body: bytes) -> None:
    read = SIMULATOR.read_receipts(body, JSON)
    assert isinstance(read, Unreadable)
    assert read.why
