"""What a telephone would show: a campaign's text with a real contact in it, as it is counted and sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sayso.console.campaigns import audience, links
from sayso.console.components.counting import Count, counted
from sayso.console.components.numbers import spaced
from sayso.console.components.places import country_named
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.numbers import Line
from sayso.console.lenses.workspaces import Workspace
from sayso.core import campaigns as core
from sayso.core import rendering
from sayso.core.problems import Problem
from sayso.core.segments import count

LONGEST = 5_000
MOST_NAMES = 12
UNKNOWN = "Somebody of whom nothing is known"


@dataclass(frozen=True, slots=True)
class Sender:
    """A line that a campaign may leave from."""

    id: int
    inbound_number_id: int
    country: str
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as somebody reads it. `why_not`: why they get nothing; `said` is then the text as far as it is
    understood. `without_way_out`: nothing in it says how to stop."""

    people: list[tuple[str, str]]
    chosen: str
    who: str
    sender: str
    said: str
    why_not: str
    names: list[str]
    links: links.Links
    without_way_out: bool

    @property
    def count(self) -> Count:
        """What it takes."""
        return counted(self.said)

    @property
    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it is a sign that forces Unicode."""
        at = 0
        for sign in count(self.said).forcing:
            yield self.said[at : sign.position], False
            yield sign.char, True
            at = sign.position + len(sign.char)
        yield self.said[at:], False


def shown(said: Mapping[str, str], place_id: int) -> Shown:
    """What the form's text looks like to whom it was asked for (`as`), else to the first who may get it."""
    people = {str(one.id): one for one in audience.some(said.get("recipients", ""))}
    body = said.get("body", "")[:LONGEST].replace("\r\n", "\n")
    opt_out = _opt_out(said)
    texts = rendering.read(body), rendering.read(opt_out)
    problem = next((each for each in texts if isinstance(each, Problem)), None)
    campaign = _campaign(said, [_plainly(each, body) for each in texts], place_id)
    campaign = replace(campaign, links=links.shortener(said, body))
    lines = senders()
    reached = {key: core.line_for(campaign, one.phone or 0, lines, ()) for key, one in people.items()}
    chosen = said.get("as", "")
    if chosen not in people and chosen != "0":
        chosen = next((key for key, line in reached.items() if line), next(iter(people), "0"))
    contact, line = people.get(chosen), reached.get(chosen)
    to = core.Addressed(audience.as_recipient(contact), None, unsubscribe_link=links.unsubscribe())
    read = core.said(campaign, to)
    return Shown(
        [*((key, _called(one)) for key, one in people.items()), ("0", UNKNOWN)],
        chosen,
        _called(contact) if contact else UNKNOWN.lower(),
        line.name if isinstance(line, Sender) else "",
        body if isinstance(read, rendering.Missing) else read,
        _why_not(problem, read, no_sender=contact is not None and line is None),
        _names(people.values()),
        links.in_text(said, body),
        links.without_way_out(said, body, opt_out),
    )


def senders() -> list[Sender]:
    """The lines that the workspace has."""
    found = Line.objects.filter(withdrawn_at=None).select_related("inbound_number").order_by("id")
    return [
        Sender(line.id, line.inbound_number.id, line.inbound_number.country, _line(line)) for line in found
    ]


def by_country(lines: Sequence[Sender]) -> list[tuple[str, str]]:
    """Which lines people of each country would see, for what follows from serving replies."""
    countries = sorted({line.country for line in lines})
    return [
        (country_named(code), ", ".join(line.name for line in lines if line.country == code))
        for code in countries
    ]


def _campaign(said: Mapping[str, str], texts: Sequence[rendering.Text], place_id: int) -> core.Campaign:
    reply_service, (text, opt_out) = bool(said.get("reply_service")), texts
    return core.Campaign(
        workspace_id=place_id,
        id=0,
        category="",
        text=rendering.with_opt_out(text, opt_out, appended=reply_service),
        reply_service=reply_service,
        per_profile=False,
    )


def _opt_out(said: Mapping[str, str]) -> str:
    """The opt-out message that holds: the campaign's own, else the workspace's."""
    return said.get("opt_out_message", "")[:LONGEST].strip() or Workspace.objects.get().opt_out_message


def _plainly(text: rendering.Text | Problem, body: str) -> rendering.Text:
    """What was understood; else as it was written."""
    return text if isinstance(text, rendering.Text) else rendering.Text((body,))


def _why_not(problem: Problem | None, read: str | rendering.Missing, *, no_sender: bool) -> str:
    if problem is not None:
        return problem.message
    if isinstance(read, rendering.Missing):
        name = read.name
        return (
            f"They get nothing: “{name}” is not known of them. Say what stands there instead: "
            f'{{{{ {name} | default: "friend" }}}}.'
        )
    if len(read) > core.LONGEST_BODY:
        return f"They get nothing: it has {len(read):,} characters, and {core.LONGEST_BODY:,} are the most."
    if no_sender:
        return "They get nothing: you have no number in their country that could take an answer."
    return ""


def _names(people: Iterable[Contact]) -> list[str]:
    """The attributes that are known of these people: what may be asked for by name."""
    found: dict[str, None] = {}
    for one in people:
        found |= dict.fromkeys(name for name, value in one.attributes.items() if isinstance(value, str | int))
    return sorted(found)[:MOST_NAMES]


def _called(contact: Contact) -> str:
    number = spaced(contact.phone or 0, "")
    return f"{contact.name}, {number}" if contact.name else number


def _line(line: Line) -> str:
    number = line.inbound_number
    long_code = number.kind == "long_code"
    shown = spaced(int(number.number), number.number) if long_code else number.number
    return shown + (f" / {line.provider_keyword}" if line.provider_keyword else "")
