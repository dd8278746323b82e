"""Campaigns: what state allows what, what a launch still needs, and the plan of one recipient (R9.*)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from sayso.core import gate, mms, rendering, senders, unsubscribe_links
from sayso.core.because import Because, Step
from sayso.core.gate_asked import Candidate, Facts
from sayso.core.phones import country_of, possible_mobile
from sayso.core.problems import Problem
from sayso.core.segments import Segments, count
from sayso.core.tracked_links import Shortener

LONGEST_BODY = 1_600
LONGEST_NAME = 200

ALLOWED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "edit": frozenset({"draft"}),
        "delete": frozenset({"draft", "cancelled"}),
        "launch": frozenset({"draft"}),
        "rehearse": frozenset({"draft", "scheduled"}),
        # Before anything is planned a launch is simply undone (R2.5).
        "undo": frozenset({"scheduled"}),
        "pause": frozenset({"planning", "sending"}),
        "resume": frozenset({"paused"}),
        "cancel": frozenset({"scheduled", "planning", "sending", "paused"}),
    }
)
"""What may be done with a campaign in which state."""


class Line(senders.HasCountry, Protocol):
    """A line that a campaign may leave from."""

    @property
    def inbound_number_id(self) -> int:
        """The number that it is on."""

    @property
    def connection_id(self) -> int:
        """The account at a provider that it leaves by."""


class Recipient(Struct, frozen=True, gc=False):
    """A contact of the audience; `phone` is the one key of core.phones.

    `sms_computed`: whether a text may arrive there (R8.1), where that was worked out as the number came;
    `sms_valid`: as it was said. `sms_consent`: yes, no, unknown.
    """

    contact_id: int
    phone: int
    external_id: str | None
    email: str | None
    language: str | None
    time_zone: str | None
    country: str | None
    attributes: Mapping[str, object]
    sms_computed: bool | None = None
    sms_valid: bool | None = None
    sms_consent: str = "unknown"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What planning needs to know of a campaign; its text has the opt-out message in it.

    `links`: what makes its addresses short and personal; None: they stay as they are written.
    """

    workspace_id: int
    id: int
    category: str
    text: rendering.Text
    reply_service: bool
    per_profile: bool
    mms: mms.Mms | None = None
    links: Shortener | None = None


class Addressed(Struct, frozen=True, gc=False):
    """A recipient, the line that would text them, the message's id, and the link by which they may stop.

    `carries`: that line brings pictures to them.
    """

    recipient: Recipient
    line: Line | None
    message_id: int = 0
    unsubscribe_link: str = ""
    carries: bool = True


class Planned(Struct, frozen=True, gc=False):
    """What becomes of one recipient: queued, deferred until `due`, or not sent and why.

    With `media` it is an MMS: one part, whatever its words. `variant`: which of several texts it is; None
    where there is one. `country`, `price` and the day on which that counts are set by core.credit, where the
    workspace knows money.
    """

    to: Addressed
    status: str
    reason: str
    because: Because
    body: str
    segments: Segments
    due: datetime
    media: tuple[str, ...] = ()
    variant: int | None = None
    country: str = ""
    price: int | None = None
    counts_on: date | None = None


NOTHING = count("")
_OWN = frozenset({*rendering.FIELDS, unsubscribe_links.NAME, mms.PICTURE_LINK})


class Draft(Protocol):
    """What a person says of a campaign, as far as a launch asks for it."""

    @property
    def body(self) -> str:
        """The text."""

    @property
    def category(self) -> str:
        """What people consented to."""

    @property
    def audience(self) -> str:
        """Who gets it."""

    @property
    def reply_service(self) -> bool:
        """R9.3: whether it is to be answered."""


def wanting(draft: Draft, opt_out_message: str) -> list[Problem]:
    """What is still wanting before a launch; `opt_out_message` is the one that holds for it."""
    text = rendering.read(draft.body)
    opt_out = rendering.read(opt_out_message, "opt_out_message")
    asks_for_it = isinstance(text, rendering.Text) and rendering.OPT_OUT_MESSAGE in text.names
    checks = (
        (
            draft.audience not in ("none", "automation"),
            "audience",
            "Choose who gets it: a list, a segment, or everybody.",
        ),
        (draft.category != "", "category", "Choose the category: what people consented to."),
        (draft.body.strip() != "", "body", "Write what it says."),
        (
            opt_out_message.strip() != "" or not (draft.reply_service or asks_for_it),
            "opt_out_message",
            "There is no opt-out message. Write one for this campaign, or for the workspace under Settings.",
        ),
    )
    problems = [Problem(field, "missing", told) for holds, field, told in checks if not holds]
    return problems + [read for read in (text, opt_out) if isinstance(read, Problem)]


def line_for(campaign: Campaign, phone: int, lines: Sequence[Line], known: Sequence[int]) -> Line | None:
    """R9.3: with the reply service a line of the recipient's country; without, whichever is nearest."""
    country = country_of(phone)
    if campaign.reply_service:
        return senders.two_way(lines, known, country)
    return senders.choose(lines, known, country) if lines else None


def lines_for(
    campaign: Campaign, people: Sequence[Recipient], lines: Sequence[Line], known: Mapping[int, Sequence[int]]
) -> list[Line | None]:
    """The same for many; who was never texted is like all others of their country."""
    new: dict[str | None, Line | None] = {}
    chosen = []
    for one in people:
        if one.phone in known:
            chosen.append(line_for(campaign, one.phone, lines, known[one.phone]))
            continue
        country = country_of(one.phone)
        if country not in new:
            new[country] = line_for(campaign, one.phone, lines, ())
        chosen.append(new[country])
    return chosen


def candidate(
    campaign: Campaign, recipient: Recipient, line: Line | None, purpose: str = "campaign"
) -> Candidate:
    """What the gate is asked about a recipient."""
    return Candidate(
        campaign.workspace_id,
        recipient.phone,
        advertising=True,
        category=campaign.category,
        purpose=purpose,
        line_id=line.id if line else 0,
        number_id=line.inbound_number_id if line else 0,
    )


def plan(
    campaign: Campaign, to: Addressed, facts: Facts, now: datetime, purpose: str = "campaign"
) -> Planned:
    """Decide on one recipient: the gate first, then the words (R9.7). `now`: when it is meant to leave."""
    return written(campaign, to, asked(campaign, to, facts, now, purpose), now)


def asked(
    campaign: Campaign, to: Addressed, facts: Facts, now: datetime, purpose: str = "campaign"
) -> gate.Answer:
    """What the gate says of one recipient."""
    known = replace(facts, sms_valid=reachable(to.recipient, facts), no_two_way_sender=to.line is None)
    return gate.may_send(candidate(campaign, to.recipient, to.line, purpose), known, now)


def reachable(recipient: Recipient, facts: Facts) -> bool:
    """Whether a text may arrive there (R8.1): as it was said, else as it was worked out, else worked out."""
    if facts.sms_valid is not None:
        return facts.sms_valid
    return possible_mobile(recipient.phone) if recipient.sms_computed is None else recipient.sms_computed


def written(campaign: Campaign, to: Addressed, answer: gate.Answer, now: datetime) -> Planned:
    """What becomes of a recipient of whom the gate said this: the words, where they get any."""
    if isinstance(answer, gate.Skip):
        return _not_sent(to, answer, now)
    if campaign.mms and not to.carries and campaign.mms.fallback is None:
        return _not_sent(to, gate.Skip("skipped", mms.NO_MMS, mms.WHY_NOT), now)
    body = said(campaign, to)
    if isinstance(body, rendering.Missing):
        return _not_sent(to, _unwritten(body.reason, body.told), now)
    if len(body) > LONGEST_BODY:
        told = f"With what is known of them it has {len(body):,} characters; {LONGEST_BODY:,} are the most."
        return _not_sent(to, _unwritten("too_long", told), now)
    if isinstance(answer, gate.Defer):
        due, status, reason = answer.until, "deferred", answer.reason
    else:
        due, status, reason = now, "queued", ""
    media = campaign.mms.urls if campaign.mms and to.carries else ()
    taken = count(body)._replace(parts=mms.PARTS) if media else count(body)
    return Planned(to, status, reason, answer.because, body, taken, due, media)


def left_out(to: Addressed, why: str, now: datetime) -> Planned:
    """A recipient that nobody can plan: the rest of the campaign goes on."""
    told = f"They could not be planned, and the others were. {why}"
    return _not_sent(to, gate.Skip("skipped", "poison", (Step("R9.7", told),)), now)


def not_planned(to: Addressed, reason: str, told: str, now: datetime) -> Planned:
    """A recipient who gets nothing, whatever the gate would say (R9.5)."""
    return _not_sent(to, gate.Skip("skipped", reason, (Step("R9.5", told),)), now)


def said(campaign: Campaign, to: Addressed) -> str | rendering.Missing:
    """The words as this recipient reads them, the opt-out message among them; or the name that is missing."""
    instead = campaign.mms.fallback if campaign.mms and not to.carries else None
    asks = instead or campaign.text
    # Most texts ask for attributes alone: these are a mapping already.
    is_plain = not asks.is_rich and _OWN.isdisjoint(asks.names)
    text = asks.render(to.recipient.attributes if is_plain else _values(campaign, to))
    if campaign.links is None or isinstance(text, rendering.Missing):
        return text
    return campaign.links.shorten(text, to.message_id)


def _not_sent(to: Addressed, why: gate.Skip, now: datetime) -> Planned:
    return Planned(to, why.status, why.reason, why.because, "", NOTHING, now)


def _unwritten(reason: str, told: str) -> gate.Skip:
    return gate.Skip("skipped", reason, (Step("R9.2", told),))


def _values(campaign: Campaign, to: Addressed) -> Mapping[str, object]:
    recipient = to.recipient
    return {
        **recipient.attributes,
        "external_id": recipient.external_id,
        "phone": f"+{recipient.phone}",
        "email": recipient.email,
        "language": recipient.language,
        "country": recipient.country,
        "time_zone": recipient.time_zone,
        unsubscribe_links.NAME: to.unsubscribe_link,
        mms.PICTURE_LINK: campaign.mms.link if campaign.mms else "",
    }
