"""Contacts, one of them, and an import at each of its stages."""

from __future__ import annotations

from tests.browser import contacts_scene
from tests.consoles import Console

PAGES = (
    ("contacts", "/contacts/"),
    ("contacts-found", "/contacts/?q=ada"),
    ("contacts-none-found", "/contacts/?q=nobody"),
    ("contact", "/contacts/{stopped}/"),
    ("contact-without-number", "/contacts/{bare}/"),
    ("contact-new", "/contacts/new/"),
    ("contact-edit", "/contacts/{stopped}/edit/"),
    ("contact-erase", "/contacts/{stopped}/erase/"),
    ("contact-merge", "/contacts/{stopped}/merge/"),
    ("contact-merge-with", "/contacts/{stopped}/merge/{sharing}/"),
    ("contacts-export", "/contacts/export/"),
    ("contacts-import-reading", "/contacts/imports/{reading}/"),
    ("contacts-import", "/contacts/import/"),
    ("contacts-imports", "/contacts/imports/"),
    ("contacts-import-mapping", "/contacts/imports/{draft}/"),
    ("contacts-import-running", "/contacts/imports/{running}/"),
    ("contacts-import-stop", "/contacts/imports/{running}/stop/"),
    ("contacts-import-finished", "/contacts/imports/{over}/"),
    ("contacts-import-refused", "/contacts/imports/{over}/refused/"),
)


def furnish(console: Console, workspace_id: int) -> dict[str, object]:
    """People and files."""
    return dict(contacts_scene.furnish(console, workspace_id))
