"""Recipients of a campaign, and the links that they got."""

from __future__ import annotations

from sayso.core.unsubscribe_links import key_of, mint
from tests.browser.serving import SECRET
from tests.consoles import Console


def link(console: Console, workspace: int, phone: int, language: str = "en") -> str:
    """The path of a campaign message's link, of a workspace with two categories."""
    for name in ("promotions", "events"):
        console.execute(
            "INSERT INTO sayso.categories (workspace_id, name) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            workspace,
            name,
        )
    ((contact,),) = console.execute(
        "INSERT INTO sayso.contacts (workspace_id, phone, language, sms_consent) VALUES (%s, %s, %s, 'yes')"
        " RETURNING id",
        workspace,
        phone,
        language,
    )
    ((message,),) = console.execute(
        "INSERT INTO sayso.messages (workspace_id, contact_id, phone, recipient, connection_id, sender,"
        " class, purpose, category, body, encoding, parts) VALUES (%s, %s, %s, %s, 0, '11221',"
        " 'advertising', 'campaign', 'promotions', 'Sale.', 'GSM-7', 1) RETURNING id",
        workspace,
        contact,
        phone,
        f"+{phone}",
    )
    return f"/u/{mint(key_of(SECRET), message)}"
