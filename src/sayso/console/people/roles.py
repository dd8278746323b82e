"""What each role may do, in a sentence."""

from __future__ import annotations

from django.utils.html import format_html

from sayso.console.access import Role

MAY = {
    Role.AGENT: "Answers the inbox, and sees nothing else.",
    Role.MARKETER: "Templates, contacts and sending. Sees keywords and opt-outs.",
    Role.ANALYST: "Sees what a marketer sees, and changes nothing.",
    Role.COMPLIANCE_OWNER: "Keywords, opt-outs, country rules, settings and the audit trail.",
    Role.ADMIN: "Everything, but making and removing owners.",
    Role.OWNER: "Everything.",
}


def choices(giver: Role) -> list[tuple[str, str]]:
    """The roles that this person may give, the smallest first, each with what it may do."""
    return [
        (role.value, format_html('<b>{}</b> <span class="says">{}</span>', role.words.capitalize(), may))
        for role, may in MAY.items()
        if role is not Role.OWNER or giver is Role.OWNER
    ]
