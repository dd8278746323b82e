"""Sinch's callbacks, as documented, become texts and receipts."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest

from sayso.providers.contract import Inbound, Media, Receipt, Unreadable
from sayso.providers.sinch.provider import Sinch
from tests.providers.callbacks import (
    JSON,
    SINCH_BATCH_REPORT,
    SINCH_PICTURE,
    SINCH_RECIPIENT_REPORT,
    SINCH_TEXT,
    as_json,
)

SINCH = Sinch()


def test_a_text_is_read_with_its_time_and_its_missing_plus() -> None:
    assert SINCH.read_inbound(as_json(SINCH_TEXT), JSON) == Inbound(
        ref="01HQZ3TEXT0000000000000001",
        sender="+14155550123",
        recipient="11221",
        body="STOP",
        at=datetime(2026, 3, 14, 11, 59, 58, 123000, UTC),
        kind="mo_text",
    )


def test_a_picture_message_keeps_what_was_uploaded() -> None:
    read = SINCH.read_inbound(as_json(SINCH_PICTURE), JSON)
    assert isinstance(read, Inbound)
    assert read.body == "my receipt"
    assert read.media == (Media("https://mms.example/1.jpg", "image/jpeg"),)
    assert read.recipient == "+12015550199"
    assert read.at == datetime(2026, 3, 14, 11, 59, 58, tzinfo=UTC)


def test_stop_in_the_subject_of_a_picture_message_is_its_text() -> None:
    read = SINCH.read_inbound(as_json({**SINCH_PICTURE, "body": {"subject": "STOP", "media": None}}), JSON)
    assert isinstance(read, Inbound)
    assert (read.body, read.media) == ("STOP", ())


@pytest.mark.parametrize("octets", [b"STOP", "стоп".encode("utf-16-be"), "STOP".encode("utf-16-be")])
def test_a_text_sent_as_binary_is_still_a_text(octets: bytes) -> None:
    told = {**SINCH_TEXT, "type": "mo_binary", "body": b64encode(octets).decode(), "udh": ""}
    read = SINCH.read_inbound(as_json(told), JSON)
    assert isinstance(read, Inbound)
    assert read.body in ("STOP", "стоп")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"type": "mo_binary", "body": b64encode(b"\x01\x02\xff").decode(), "udh": ""}, "3 bytes"),
        ({"type": "mo_binary", "body": b64encode(b"STOP").decode(), "udh": "050003010201"}, "no text"),
        ({"type": "mo_binary", "body": "a body", "udh": ""}, "not base64"),
        ({"type": "mo_text", "body": {"a": 1}}, "not of the form"),
        ({"type": "mo_media", "body": "text"}, "not of the form"),
        ({"type": "mo_fax"}, "mo_fax"),
        ({"type": None}, "no text"),
        ({"from": None}, "'from'"),
        ({"to": {}}, "'to'"),
    ],
)
def test_what_is_not_understood_says_why(changes: dict[str, object], why: str) -> None:
    read = SINCH.read_inbound(as_json({**SINCH_TEXT, **changes}), JSON)
    assert isinstance(read, Unreadable)
    assert why in read.why


@pytest.mark.parametrize("absent", ["id", "received_at", "sent_at", "operator_id", "body"])
def test_an_absent_field_loses_no_text(absent: str) -> None:
    told = {name: value for name, value in SINCH_TEXT.items() if name != absent}
    read = SINCH.read_inbound(as_json(told), JSON)
    assert isinstance(read, Inbound)
    assert read.ref
    assert read == SINCH.read_inbound(as_json(told), JSON)


def test_a_report_of_one_recipient_is_one_receipt() -> None:
    assert SINCH.read_receipts(as_json(SINCH_RECIPIENT_REPORT), JSON) == (
        Receipt(
            ref="01HQZ3BATCH000000000000001:delivered:0:+14155550123",
            provider_ref="01HQZ3BATCH000000000000001",
            recipient="+14155550123",
            status="delivered",
            code="0",
            at=datetime(2026, 3, 14, 12, 0, 8, 930000, UTC),
            client_reference="m-77",
        ),
    )


def test_a_batch_report_is_a_receipt_for_every_recipient() -> None:
    receipts = SINCH.read_receipts(as_json(SINCH_BATCH_REPORT), JSON)
    assert isinstance(receipts, tuple)
    assert [(receipt.recipient, receipt.status, receipt.reason) for receipt in receipts] == [
        ("+14155550123", "delivered", ""),
        ("+14155550124", "delivered", ""),
        ("+14155550125", "failed", "unroutable"),
    ]
    assert len({receipt.ref for receipt in receipts}) == 3


def test_a_summary_of_one_state_holds_for_the_whole_batch() -> None:
    told = {**SINCH_BATCH_REPORT, "statuses": [{"code": 0, "count": 1, "status": "Delivered"}]}
    (receipt,) = SINCH.read_receipts(as_json(told), JSON)  # type: ignore[misc]
    assert (receipt.recipient, receipt.status) == ("", "delivered")


def test_a_summary_that_names_nobody_is_unreadable_and_says_what_to_set() -> None:
    statuses = [
        {"code": 0, "count": 1, "status": "Delivered"},
        {"code": 402, "count": 1, "status": "Aborted"},
    ]
    read = SINCH.read_receipts(as_json({**SINCH_BATCH_REPORT, "statuses": statuses}), JSON)
    assert isinstance(read, Unreadable)
    assert "delivery_report" in read.why


@pytest.mark.parametrize(
    ("code", "word", "status", "reason"),
    [
        (401, "Dispatched", "sent", ""),
        (401, "DISPATCHED", "sent", ""),
        (0, "Delivered", "delivered", ""),
        (402, "Aborted", "failed", "unroutable"),
        (403, "Aborted", "failed", "provider_error"),
        (404, "Failed", "failed", "temp_unreachable"),
        (405, "Aborted", "rejected", "content"),
        (406, "Expired", "expired", "expired"),
        (407, "Cancelled", "rejected", "cancelled"),
        (408, "Rejected", "rejected", "unclassified"),
        (410, "Aborted", "rejected", "sender_config"),
        (411, "Aborted", "rejected", "content"),
        (412, "Aborted", "rejected", "sender_config"),
        (413, "Aborted", "rejected", "account"),
        (414, "Failed", "failed", "media"),
        (415, "Failed", "failed", "media"),
        (416, "Failed", "failed", "media"),
        (417, "Failed", "failed", "temp_unreachable"),
        (418, "Failed", "failed", "media"),
        (0, "Failed", "failed", "unclassified"),
        (5, "Failed", "failed", "unclassified"),
        (8, "Deleted", "failed", "possible_opt_out"),
        (34, "Expired", "expired", "expired"),
        (255, "Unknown", "unknown", "unclassified"),
        (999, "Vanished", "unknown", "unclassified"),
        (0, None, "delivered", ""),
        ("x", "Delivered", "delivered", ""),
    ],
)
def test_codes_and_words_of_reports(code: object, word: object, status: str, reason: str) -> None:
    told = {**SINCH_RECIPIENT_REPORT, "code": code, "status": word}
    (receipt,) = SINCH.read_receipts(as_json(told), JSON)  # type: ignore[misc]
    assert (receipt.status, receipt.reason) == (status, reason)


def test_a_queued_message_is_no_news() -> None:
    told = {**SINCH_RECIPIENT_REPORT, "code": 400, "status": "Queued"}
    assert SINCH.read_receipts(as_json(told), JSON) == ()


def test_callbacks_at_the_wrong_address_name_the_right_one() -> None:
    text = SINCH.read_receipts(as_json(SINCH_TEXT), JSON)
    report = SINCH.read_inbound(as_json(SINCH_RECIPIENT_REPORT), JSON)
    assert isinstance(text, Unreadable)
    assert isinstance(report, Unreadable)
    assert (text.belongs, report.belongs) == ("inbound", "receipts")
