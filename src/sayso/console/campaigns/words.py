"""What campaigns are called, where they stand, and why a message was not sent, in people's words."""

from __future__ import annotations

from sayso.console.lenses.campaigns import Campaign
from sayso.core import campaigns as core

# Kind and word of the pill.
STATES = {
    "draft": ("new", "Draft"),
    "scheduled": ("note", "Scheduled"),
    "planning": ("go", "Planning"),
    "sending": ("go", "Sending"),
    "paused": ("wait", "Paused"),
    "cancelled": ("plain", "Cancelled"),
    "finished": ("plain", "Sent"),
}
# What the list is narrowed by, and which states each means.
GROUPS = {
    "drafts": ("Drafts", ("draft",)),
    "scheduled": ("Scheduled", ("scheduled",)),
    "running": ("Running", ("planning", "sending", "paused")),
    "done": ("Done", ("finished", "cancelled")),
}
# R9.1: what was ever launched stands under Reporting.
LAUNCHED = ("planning", "sending", "paused", "finished", "cancelled")
KINDS = {"batch": "Batch", "automated": "Automated"}
RUNNING = frozenset({"planning", "sending"})

# Why somebody gets nothing (R9.7, R9.2), or a message never left.
NOT_SENT = {
    "blocked_by_import": "Blocked by an import",
    "blocked_by_keyword": "Blocked: they said stop",
    "blocked_by_link": "Blocked: they stopped by the link",
    "blocked_by_manual": "Blocked by hand",
    "blocked_by_provider": "Blocked: the provider says that they opted out",
    "blocked_by_term": "Blocked: they said stop in other words",
    "campaign_cancelled": "The campaign was cancelled before it left",
    "control_group": "Control group: gets nothing, for comparison",
    "consent_ended": "Their number changed hands, or is in use no more",
    "consent_no": "They said no to texts",
    "consent_pending": "Their yes waits for START from the number",
    "consent_rejected": "They said no to this category",
    "consent_unknown": "No consent: nobody knows of a yes",
    "destination_not_allowed": "Their country is not on your list",
    "duplicate_number": "Number already in this campaign",
    "frequency_cap": "They got as much advertising as a cap allows",
    "line_withdrawn": "Its line was taken back",
    "in_review": "A text says it is the wrong number: a person must decide",
    "local_hour_past": "The hour was over where they are",
    "missing_value": "A name in the text is not known of them",
    "no_mms": "No picture is carried to them",
    "no_hour": "No hour suits every place where they may be",
    "no_number": "No number",
    "insufficient_credit": "Not enough credit for them",
    "no_two_way_sender": "No number of yours in their country",
    "number_invalid": "Not a valid mobile number",
    "opted_out": "They said stop before it left",
    "poison": "Could not be planned; the operator’s log says why",
    "too_late": "Waited for three days: too late to be sent",
    "too_long": "Too long with their values in it",
    "undecided_text": "A text of theirs waits to be read first",
    "unwritable": "The text cannot be written with what is known of them",
}
# Why somebody gets it later (R9.7, R9.8).
LATER = {
    "frequency_cap": "They got advertising a short while ago",
    "halted": "All sending is stopped",
    "in_review": "A text says it is the wrong number, and waits for a person",
    "quiet_hours": "It is outside their hours for advertising",
    "undecided_text": "A text of theirs is read first",
}
# Why what was sent did not arrive: the reasons of all providers.
NOT_DELIVERED = {
    "account": "The provider refuses the account",
    "bad_number": "Number not in use",
    "cancelled": "Cancelled at the provider",
    "carrier_filtered": "Stopped by a carrier’s filter",
    "content": "The provider refuses the text",
    "expired": "Telephone off for too long",
    "lost_answer": "Unconfirmed, not sent again",
    "media": "Picture not delivered",
    "opted_out": "Opted out at the provider",
    "possible_opt_out": "Not in use, or opted out at the provider",
    "provider_error": "The provider failed",
    "sender_config": "The sender may not text there",
    "temp_unreachable": "Telephone not reachable",
    "throttled": "The provider asked for a slower pace",
    "unclassified": "The provider gave no reason",
    "unroutable": "Number cannot receive texts",
}
_BY_STATUS = {
    "expired": "Telephone off for too long",
    "failed": "Not delivered",
    "rejected": "Refused by the provider",
    "unconfirmed": "Unconfirmed, not sent again",
    "unknown": "No receipt came",
}


def type_of(campaign: Campaign) -> str:
    """R9.1: draft batch, sent batch, or for automations; in the words of the vendor's own list."""
    if campaign.audience == "automation":
        return "Automation center campaign"
    return "Draft batch" if campaign.state == "draft" else "Sent batch"


def recipients(campaign: Campaign, called: str) -> str:
    """Whom it is for: `Contact list: Vienna store`; `For Automation Center` is what programs are offered."""
    if campaign.audience == "list":
        return f"Contact list: {called}"
    if campaign.audience == "segment":
        return f"Segment: {called}"
    return {"none": "Nobody yet", "everybody": "Everybody", "automation": "For Automation Center"}[
        campaign.audience
    ]


def wanting(campaign: Campaign, opt_out_message: str) -> list[str]:
    """What a draft still needs before a launch, the workspace's message known; nothing for automations."""
    if campaign.audience == "automation":
        return []
    says = campaign.opt_out_message or opt_out_message
    return [problem.message for problem in core.wanting(campaign, says)]


def why_not_sent(reason: str) -> str:
    """A reason of the gate or of planning as a line of a table."""
    return NOT_SENT.get(reason, reason.replace("_", " ").capitalize())


def why_later(reason: str) -> str:
    """What a message waits for, as a line of a table."""
    return LATER.get(reason, reason.replace("_", " ").capitalize())


def why_not_delivered(status: str, reason: str) -> str:
    """The same of what left."""
    return NOT_DELIVERED.get(reason) or _BY_STATUS.get(status, reason.replace("_", " ").capitalize())
