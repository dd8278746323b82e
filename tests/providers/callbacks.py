"""Callbacks in the providers' own formats, with made-up numbers."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sayso.providers.contract import Request

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
JSON = {"content-type": "application/json"}

SINCH_TEXT: dict[str, Any] = {
    "body": "STOP",
    "from": "14155550123",
    "id": "01HQZ3TEXT0000000000000001",
    "operator_id": "310260",
    "received_at": "2026-03-14T11:59:58.123Z",
    "sent_at": "2026-03-14T11:59:57Z",
    "to": "11221",
    "type": "mo_text",
}
SINCH_PICTURE: dict[str, Any] = {
    "body": {
        "subject": "No subject",
        "message": "my receipt",
        "media": [
            {
                "url": "https://mms.example/1.jpg",
                "content_type": "image/jpeg",
                "status": "Uploaded",
                "code": 0,
            },
            {"content_type": "image/png", "status": "Failed", "code": 500},
        ],
    },
    "from": "+14155550123",
    "id": "01HQZ3MEDIA000000000000001",
    "received_at": "2026-03-14T12:59:58+01:00",
    "to": "12015550199",
    "type": "mo_media",
}
SINCH_RECIPIENT_REPORT: dict[str, Any] = {
    "at": "2026-03-14T12:00:08.930Z",
    "batch_id": "01HQZ3BATCH000000000000001",
    "client_reference": "m-77",
    "code": 0,
    "operator_status_at": "2026-03-14T12:00:00Z",
    "recipient": "14155550123",
    "status": "Delivered",
    "type": "recipient_delivery_report_sms",
}
SINCH_BATCH_REPORT: dict[str, Any] = {
    "batch_id": "01HQZ3BATCH000000000000002",
    "client_reference": "m-78",
    "statuses": [
        {"code": 0, "count": 2, "recipients": ["14155550123", "14155550124"], "status": "Delivered"},
        {"code": 402, "count": 1, "recipients": ["14155550125"], "status": "Aborted"},
    ],
    "total_message_count": 3,
    "type": "delivery_report_sms",
}
TWILIO_TEXT = {
    "ToCountry": "US",
    "ToState": "NJ",
    "SmsMessageSid": "SM00000000000000000000000000000001",
    "NumMedia": "0",
    "ToCity": "JERSEY CITY",
    "FromZip": "94103",
    "SmsSid": "SM00000000000000000000000000000001",
    "FromState": "CA",
    "SmsStatus": "received",
    "FromCity": "SAN FRANCISCO",
    "Body": "šťóp + thanks & bye",
    "FromCountry": "US",
    "To": "+12015550199",
    "MessagingServiceSid": "MG00000000000000000000000000000001",
    "ToZip": "",
    "NumSegments": "1",
    "MessageSid": "SM00000000000000000000000000000001",
    "AccountSid": "AC00000000000000000000000000000001",
    "From": "+14155550123",
    "ApiVersion": "2010-04-01",
}
TWILIO_STATUS = {
    "SmsSid": "SM00000000000000000000000000000002",
    "SmsStatus": "delivered",
    "MessageStatus": "delivered",
    "To": "+14155550123",
    "MessageSid": "SM00000000000000000000000000000002",
    "AccountSid": "AC00000000000000000000000000000001",
    "From": "+12015550199",
    "ApiVersion": "2010-04-01",
    "RawDlrDoneDate": "2603141200",
}


def as_json(told: object) -> bytes:
    return json.dumps(told).encode()


def as_form(told: Any) -> bytes:
    return urlencode(told).encode()


def request(
    body: bytes,
    headers: dict[str, str],
    query: str = "",
    path: str = "/hooks/token/inbound",
    public_url: str = "https://texts.example.org",
) -> Request:
    return Request(path=path, query=query, headers=headers, body=body, public_url=public_url)
