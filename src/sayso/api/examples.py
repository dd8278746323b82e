"""An example of every body that the API takes, and of what stands in an address.

In this order on a new server each of them works as it is written: a test plays them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CONDITIONS = {
    "all": [
        {"about": "country", "test": "is", "value": "GB"},
        {"about": "texted", "test": "not_within", "days": 30},
        {"not": {"about": "list", "test": "on", "id": 1}},
    ]
}
_MAPPING = ["external_id", "phone", "attributes.first_name"]
_PICTURE = "R0lGODlhAQABAIAAAIwdXgAAACwAAAAAAQABAAACAkQBADs="
_CLUB_FILE = "SWQ7TW9iaWxlO0ZpcnN0IG5hbWUKYzQyOys0NDc3MDA5MDA0MjtOb3JhCg=="

BODIES: Mapping[str, Mapping[str, Any]] = {
    "ConnectionIn": {
        "name": "Sinch UK",
        "kind": "sinch",
        "settings": {"service_plan_id": "plan-1", "api_token": "secret", "webhook_secret": "secret"},
        "parts_per_second": 30,
    },
    "NumberIn": {"number": "+447700900100", "kind": "long_code", "country": "GB", "connection_id": 1},
    "HelpAnswerIn": {"help_answer": "Texts to this code are sent by several shops. Ask yours."},
    "LineIn": {"inbound_number_id": 1, "language": "en"},
    "TemplateIn": {
        "name": "Stopped",
        "class": "transactional",
        "texts": {"en": "You get no more offers from us.", "de": "Sie erhalten keine Angebote mehr."},
    },
    "ProcessIn": {
        "type": "unsubscribe",
        "name": "Stop",
        "line_id": 1,
        "keywords": ["enough"],
        "template_id": 1,
    },
    "ProcessEdit": {
        "type": "unsubscribe",
        "name": "Stop",
        "line_id": 1,
        "keywords": ["enough", "basta"],
        "template_id": 1,
        "version": 1,
    },
    "TextIn": {"text": "stop please", "line_id": 1, "from": "+447700900227"},
    "OptOut": {"message": "Reply STOP to end", "terms": ["take me off", "no more texts"]},
    "CategoryIn": {"name": "promotions", "legal_basis": "consent", "rejected_by_stop": True},
    "KeyIn": {"name": "Shop", "scopes": ["messages:send", "messages:transactional", "contacts:write"]},
    "SendingRules": {
        "days": [0, 1, 2, 3, 4],
        "opens": "09:00",
        "closes": "20:00",
        "per_day": 1,
        "per_week": 4,
        "countries": ["GB", "IE"],
    },
    "Why": {"why": "A wrong price is in the texts"},
    "ContactIn": {
        "external_id": "c7",
        "phone": "+447700900227",
        "language": "en",
        "attributes": {"first_name": "Amira"},
        "sms_consent": "yes",
    },
    "ContactsIn": {
        "contacts": [
            {"external_id": "c8", "phone": "+447700900318", "country": "GB"},
            {"external_id": "c9", "phone": "+447700900319", "email": "jo@example.com"},
        ]
    },
    "ConsentIn": {
        "phone": "+447700900227",
        "action": "accept",
        "categories": ["promotions"],
        "timestamp": "2026-01-14T09:30:00Z",
        "method": "web form",
        "wording": "Yes, text me offers",
        "evidence": {"page": "https://shop.example.com/join"},
    },
    "BlockIn": {"phone": "+447700900502", "scope": "channel", "reason": "Asked by telephone"},
    "BlocksIn": {"rows": [{"phone": "+447700900503", "reason": "On the list of the old vendor"}]},
    "GonesIn": {
        "numbers": [{"phone": "+447700900504", "at": "2026-01-20T00:00:00Z", "reason": "Reassigned"}],
        "way": "reassigned",
    },
    "DecisionIn": {"phone": "+447700900505", "decision": "changed"},
    "ListIn": {"name": "Club"},
    "Members": {"external_ids": ["c7", "c8"]},
    "SegmentIn": {"name": "Long silent", "conditions": _CONDITIONS},
    "ConditionsIn": {"conditions": _CONDITIONS},
    "CampaignIn": {
        "name": "Autumn box",
        "audience": "list",
        "list_id": 1,
        "category": "promotions",
        "body": "Hello {{ first_name | default: 'there' }}, the autumn box is here: https://shop.example.com/box",
    },
    "CopyIn": {"name": "Autumn box, again"},
    "TrialIn": {
        "variants": [
            {"body": "The autumn box is here", "share": 50},
            {"body": "Your autumn box waits", "share": 50},
        ],
        "tested": 20,
        "measure": "clicks",
        "hours": 4,
    },
    "TestIn": {"to": ["+447700900227"], "external_id": "c7"},
    "LaunchIn": {"throttle_most": 600, "throttle_seconds": 60},
    "LimitsIn": {
        "approve_above": 10000,
        "pause_from": 200,
        "pause_at_opt_outs": 30,
        "pause_at_failures": 200,
    },
    "LinkDomain": {"host": "go.example.com"},
    "MessageIn": {
        "to": "+447700900227",
        "body": "The autumn box is here",
        "category": "promotions",
        "client_reference": "order-1001",
    },
    "PricesIn": {"prices": [{"country": "GB", "price": "0.041"}], "currency": "EUR"},
    "CreditIn": {"alarm_below": "50"},
    "SpendingIn": {"amount": "250.00", "note": "Invoice 2026-0117", "currency": "EUR"},
    "CapsIn": {"caps": [{"most": "500"}, {"most": "50", "prefix": "+44"}]},
    "MediaIn": {"data": _PICTURE, "description": "The autumn box"},
    "FileIn": {"file_name": "club.csv", "size": 43},
    "PieceIn": {"at_byte": 0, "data": _CLUB_FILE},
    "ReadIn": {"mapping": _MAPPING, "country": "GB"},
    "MergeIn": {"contact_id": "7464960110592000001", "take": ["email"]},
    "EraseIn": {"confirm": "c9"},
}
"""By the name of the model."""

IN_ADDRESSES: Mapping[str, Any] = {
    "contact_id": "7464960110592000002",
    "import_id": "7464960110592000003",
    "inbound_id": "7464960110592000004",
    "message_id": "7464960110592000005",
    "token": "pK3nXw",
}
"""What is not a small number; ids of the rest begin at 1."""

QUERIES: Mapping[str, Any] = {
    "campaign_id": 1,
    "columns": "external_id,phone,attributes.first_name",
    "external_id": "c7",
    "from": "2026-11-01",
    "to": "2026-11-30",
    "phone": "+447700900227",
    "whom": "list:1",
    "line_id": 1,
}
