"""Twilio's callbacks, as documented, become texts and receipts."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.providers import hearing
from sayso.providers.contract import Inbound, Media, Receipt, Unreadable
from sayso.providers.twilio.form import read_pairs
from sayso.providers.twilio.provider import Twilio
from tests.providers.callbacks import FORM, JSON, TWILIO_STATUS, TWILIO_TEXT, as_form, as_json

TWILIO = Twilio()


def test_a_text_is_read_with_accents_plus_and_ampersand() -> None:
    assert TWILIO.read_inbound(as_form(TWILIO_TEXT), FORM) == Inbound(
        ref="SM00000000000000000000000000000001",
        sender="+14155550123",
        recipient="+12015550199",
        body="šťóp + thanks & bye",
        kind="sms",
    )


@pytest.mark.rule("R5.8")
@pytest.mark.parametrize(("told", "answered"), [("STOP", "stop"), ("START", "start"), ("HELP", "help")])
def test_opt_out_type_says_that_twilio_has_answered(told: str, answered: str) -> None:
    read = TWILIO.read_inbound(as_form({**TWILIO_TEXT, "OptOutType": told}), FORM)
    assert isinstance(read, Inbound)
    assert read.provider_answered == answered


@pytest.mark.parametrize("told", ["", "MAYBE", "\x00"])
def test_another_opt_out_type_answers_nothing(told: str) -> None:
    read = TWILIO.read_inbound(as_form({**TWILIO_TEXT, "OptOutType": told}), FORM)
    assert isinstance(read, Inbound)
    assert read.provider_answered is None


@pytest.mark.parametrize("count", [1, 3, 10])
def test_a_picture_message_has_up_to_ten_attachments(count: int) -> None:
    media = {f"MediaUrl{number}": f"https://api.example/{number}" for number in range(count)}
    kinds = {f"MediaContentType{number}": "image/jpeg" for number in range(count)}
    told = {**TWILIO_TEXT, "NumMedia": str(count), "Body": "", **media, **kinds}
    read = TWILIO.read_inbound(as_form(told), FORM)
    assert isinstance(read, Inbound)
    assert read.media == tuple(
        Media(f"https://api.example/{number}", "image/jpeg") for number in range(count)
    )
    assert (read.body, read.kind) == ("", "mms")


def test_the_same_fields_as_json_are_the_same_text() -> None:
    assert TWILIO.read_inbound(as_json(TWILIO_TEXT), JSON) == TWILIO.read_inbound(as_form(TWILIO_TEXT), FORM)


@pytest.mark.parametrize("absent", ["MessageSid", "SmsSid", "NumMedia", "Body", "AccountSid", "SmsStatus"])
def test_an_absent_field_loses_no_text(absent: str) -> None:
    told = {name: value for name, value in TWILIO_TEXT.items() if name != absent}
    read = TWILIO.read_inbound(as_form(told), FORM)
    assert isinstance(read, Inbound)
    assert read.ref


def recut(told: dict[str, str], **swallowed: str) -> list[tuple[str, str]]:
    """The same signed bytes with other seams: each named field ends where the given text ends."""
    joined = "".join(name + told[name] for name in sorted(told))
    pairs, rest = [], joined
    for name in sorted(told):
        value = swallowed.get(name, told[name])
        if rest.startswith(name + value):
            pairs.append((name, value))
            rest = rest[len(name + value) :]
    assert "".join(name + value for name, value in sorted(pairs)) == joined
    return pairs


SID = TWILIO_TEXT["MessageSid"]
SHORT = {"Body": "STOP", "From": "+14155550123", "MessageSid": SID, "NumMedia": "0", "To": "+12015550199"}


@pytest.mark.rule("R5.1", "R5.11")
@pytest.mark.parametrize(
    "swallowed",
    [
        {"From": f"+14155550123MessageSid{SID}"},
        {"MessageSid": f"{SID}NumMedia0"},
        {"Body": f"STOPFrom+14155550123MessageSid{SID}"},
    ],
)
def test_a_recorded_callback_cut_anew_is_no_new_text(swallowed: dict[str, str]) -> None:
    assert isinstance(TWILIO.read_inbound(as_form(SHORT), FORM), Inbound)
    assert isinstance(TWILIO.read_inbound(as_form(recut(SHORT, **swallowed)), FORM), Unreadable)


@pytest.mark.rule("R5.1")
@pytest.mark.parametrize("wrong", ["", "SM", "AC1", f"{SID}Num", "SM1 2", "x" + SID])
def test_a_text_without_a_clean_id_is_kept_for_the_operator(wrong: str) -> None:
    for read in (TWILIO.read_inbound, TWILIO.read_receipts):
        told = {**SHORT, "MessageSid": wrong, "MessageStatus": "received"}
        if read == TWILIO.read_receipts:
            told["MessageStatus"] = "delivered"
        assert isinstance(read(as_form(told), FORM), Unreadable)


@pytest.mark.parametrize("sound", ["SM1", SID, "MM" + SID[2:], "SMabcdef99"])
def test_any_id_of_twilios_kind_will_do(sound: str) -> None:
    read = TWILIO.read_inbound(as_form({**SHORT, "MessageSid": sound}), FORM)
    assert isinstance(read, Inbound)
    assert read.ref == sound


def test_ids_that_contradict_each_other_are_none() -> None:
    assert isinstance(TWILIO.read_inbound(as_form({**SHORT, "SmsSid": "SM2"}), FORM), Unreadable)


@pytest.mark.rule("R5.11")
def test_what_is_kept_of_an_accepted_callback_can_not_be_played_back() -> None:
    lines = [b"POST /hooks/t/inbound HTTP/1.1", b"X-Twilio-Signature: abc", b"Content-Type: text/plain"]
    lines += [b"x-sinch-webhook-signature: abc", b"X-Sayso-Signature: abc"]
    kept = hearing.without_secrets(b"\r\n".join(lines))
    assert b"abc" not in kept
    assert b"text/plain" in kept


@pytest.mark.parametrize("absent", ["From", "To"])
def test_a_text_from_or_to_nobody_is_unreadable(absent: str) -> None:
    read = TWILIO.read_inbound(as_form({**TWILIO_TEXT, absent: ""}), FORM)
    assert isinstance(read, Unreadable)
    assert absent in read.why


def test_a_delivered_status_is_a_receipt() -> None:
    assert TWILIO.read_receipts(as_form(TWILIO_STATUS), FORM) == (
        Receipt(
            ref="SM00000000000000000000000000000002:delivered::+14155550123",
            provider_ref="SM00000000000000000000000000000002",
            recipient="+14155550123",
            status="delivered",
        ),
    )


def test_our_reference_comes_back_in_the_address() -> None:
    (receipt,) = TWILIO.read_receipts(as_form(TWILIO_STATUS), FORM, "a=1&client_reference=m-77")  # type: ignore[misc]
    assert receipt.client_reference == "m-77"


@pytest.mark.parametrize("word", ["accepted", "scheduled", "queued", "sending"])
def test_a_status_on_the_way_is_no_news(word: str) -> None:
    assert TWILIO.read_receipts(as_form({**TWILIO_STATUS, "MessageStatus": word}), FORM) == ()


@pytest.mark.parametrize(
    ("word", "code", "status", "reason"),
    [
        ("sent", "", "sent", ""),
        ("read", "", "delivered", ""),
        ("canceled", "", "rejected", "cancelled"),
        ("failed", "21211", "rejected", "bad_number"),
        ("failed", "20003", "rejected", "account"),
        ("failed", "30002", "rejected", "account"),
        ("failed", "30001", "failed", "throttled"),
        ("undelivered", "30003", "failed", "temp_unreachable"),
        ("undelivered", "30004", "failed", "carrier_filtered"),
        ("undelivered", "30005", "failed", "bad_number"),
        ("undelivered", "30006", "failed", "unroutable"),
        ("undelivered", "30007", "failed", "carrier_filtered"),
        ("undelivered", "30008", "failed", "unclassified"),
        ("undelivered", "30034", "rejected", "sender_config"),
        ("failed", "30036", "expired", "expired"),
        ("failed", "99999", "failed", "unclassified"),
        ("failed", "", "failed", "unclassified"),
        ("teleported", "", "unknown", "unclassified"),
    ],
)
def test_statuses_and_error_codes(word: str, code: str, status: str, reason: str) -> None:
    told = {**TWILIO_STATUS, "MessageStatus": word, "ErrorCode": code}
    (receipt,) = TWILIO.read_receipts(as_form(told), FORM)  # type: ignore[misc]
    assert (receipt.status, receipt.reason, receipt.code) == (status, reason, code)
    assert not receipt.opted_out


@pytest.mark.rule("R6.6")
def test_opted_out_at_twilio_asks_for_a_block() -> None:
    told = {**TWILIO_STATUS, "MessageStatus": "failed", "ErrorCode": "21610"}
    (receipt,) = TWILIO.read_receipts(as_form(told), FORM)  # type: ignore[misc]
    assert receipt.opted_out
    assert (receipt.status, receipt.reason) == ("rejected", "opted_out")


def test_callbacks_at_the_wrong_address_name_the_right_one() -> None:
    text = TWILIO.read_receipts(as_form(TWILIO_TEXT), FORM)
    status = TWILIO.read_inbound(as_form(TWILIO_STATUS), FORM)
    assert isinstance(text, Unreadable)
    assert isinstance(status, Unreadable)
    assert (text.belongs, status.belongs) == ("inbound", "receipts")


def test_a_stored_callback_is_answered_with_empty_twiml() -> None:
    answer = TWILIO.answer("inbound")
    assert answer.status == 200
    assert answer.content_type.startswith("text/xml")
    assert answer.body.endswith(b"<Response/>")


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=60)
    | st.text("%+&=aé;\x00F2", max_size=30).map(str.encode)
    | st.lists(st.tuples(st.text(max_size=5), st.text(max_size=9)), max_size=6).map(urlencode).map(str.encode)
)
def test_forms_are_read_as_the_standard_library_reads_them(body: bytes) -> None:
    expected = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    assert read_pairs(body) == tuple(expected)
