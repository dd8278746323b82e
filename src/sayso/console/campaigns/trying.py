"""What a telephone would show: a campaign's text with a real contact in it, as it is counted and sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from sayso.actions.message_pictures import carried_by
from sayso.console.campaigns import audience, composed, letters, links, sample
from sayso.console.campaigns.composed import Shot, Tried
from sayso.console.campaigns.letters import Letters
from sayso.console.campaigns.pressing import placeholder
from sayso.console.campaigns.sample import Sample
from sayso.console.components.counting import Count, counted
from sayso.console.components.numbers import spaced
from sayso.console.components.places import country_named
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.numbers import Line
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.core import campaigns as core
from sayso.core import rendering, unsubscribe_links
from sayso.core.campaign_text import Carried, every_line
from sayso.core.rendering import Missing
from sayso.core.segments import count

MOST_NAMES = 12
CHOICES = 20
UNKNOWN = "Somebody of whom nothing is known"


@dataclass(frozen=True, slots=True)
class Sender:
    """A line that a campaign may leave from."""

    id: int
    inbound_number_id: int
    connection_id: int
    country: str
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as somebody reads it.

    `why_not`: why they get nothing; `said` is then the text as far as it is understood. `pictures` are
    carried to them; `instead`: they read what goes in their place. `without_way_out`: nothing in it
    says how to stop.
    """

    people: list[tuple[str, str]]
    chosen: str
    who: str
    sender: str
    said: str
    why_not: str
    names: list[str]
    sample: Sample
    letters: Letters | None
    pictures: list[Shot]
    instead: bool
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

    @property
    def before(self) -> str:
        """Who is looked at by one step back."""
        return self.sample.beside(self.chosen, -1)

    @property
    def after(self) -> str:
        """Who is looked at by one step on."""
        return self.sample.beside(self.chosen, 1)

    @property
    def insertable(self) -> list[tuple[str, str]]:
        """What may be put into the text, each with how it is written."""
        own = [*self.names, *rendering.FIELDS, "opt_out_message", unsubscribe_links.NAME]
        return [(name, placeholder(name)) for name in dict.fromkeys(own)]


def carriers(request: HttpRequest, said: Mapping[str, str]) -> Carried:
    """Which lines bring the pictures of a form to which numbers: countries and accounts tell."""
    media = tuple(str(said.get("media_urls", "")).split())
    if not media:
        # Asked at each press of a key: without pictures there is nothing to cross to the loop for.
        return every_line
    found: Carried = demand(perform(request, carried_by, media))
    return found


def shown(said: Mapping[str, str], place_id: int, carries: Carried) -> Shown:
    """What the form's text looks like to whom it was asked for (`as`), else to the first who may get it."""
    people = {str(one.id): one for one in audience.some(said.get("recipients", ""))}
    tried = composed.read(said, place_id)
    lines = senders()
    reached = {key: core.line_for(tried.campaign, one.phone or 0, lines, ()) for key, one in people.items()}
    chosen = said.get("as", "")
    if chosen not in people and chosen != "0":
        chosen = next((key for key, line in reached.items() if line), next(iter(people), "0"))
    contact, line = people.get(chosen), reached.get(chosen)
    link = links.unsubscribe()

    def carried_to(one: Contact | None, by: core.Line | None) -> bool:
        return bool(tried.pictures) and (one is None or carries(by, one.phone or 0))

    carried = carried_to(contact, line)
    read = _written(tried.campaign, contact, line, (link, carried))
    text = tried.body if isinstance(read, rendering.Missing) else read
    return Shown(
        _choices(people, chosen),
        chosen,
        _called(contact) if contact else UNKNOWN.lower(),
        line.name if isinstance(line, Sender) else "",
        text,
        _why_not(tried, read, no_sender=contact is not None and line is None, carried=carried),
        _names(people.values()),
        sample.of(
            people,
            lambda one: _written(
                tried.campaign, one, reached[str(one.id)], (link, carried_to(one, reached[str(one.id)]))
            ),
            lambda one: carried_to(one, reached[str(one.id)]),
        ),
        letters.of(text, said),
        tried.pictures if carried else [],
        bool(tried.pictures) and not carried,
        links.in_text(said, tried.body),
        links.without_way_out(said, tried.body, tried.opt_out),
    )


def senders() -> list[Sender]:
    """The lines that the workspace has."""
    found = Line.objects.filter(withdrawn_at=None).select_related("inbound_number").order_by("id")
    return [
        Sender(
            line.id,
            line.inbound_number.id,
            line.inbound_number.connection_id,
            line.inbound_number.country,
            _line(line),
        )
        for line in found
    ]


def by_country(lines: Sequence[Sender]) -> list[tuple[str, str]]:
    """Which lines people of each country would see, for what follows from serving replies."""
    countries = sorted({line.country for line in lines})
    return [
        (country_named(code), ", ".join(line.name for line in lines if line.country == code))
        for code in countries
    ]


def _written(
    campaign: core.Campaign, contact: Contact | None, line: core.Line | None, how: tuple[str, bool]
) -> str | Missing:
    link, carried = how
    recipient = audience.as_recipient(contact)
    return core.said(campaign, core.Addressed(recipient, line, unsubscribe_link=link, carries=carried))


def _why_not(tried: Tried, read: str | Missing, *, no_sender: bool, carried: bool) -> str:
    if tried.problem is not None:
        return tried.problem.message
    if tried.campaign.mms and tried.campaign.mms.fallback is None and not carried:
        return "They get nothing: no picture is carried to them, and nothing goes in its place."
    if isinstance(read, Missing) and read.why:
        return f"They get nothing. {read.told}"
    if isinstance(read, Missing):
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


def _choices(people: Mapping[str, Contact], chosen: str) -> list[tuple[str, str]]:
    """The first few, who is looked at among them, and nobody in particular."""
    keys = list(people)[:CHOICES]
    keys += [chosen] if chosen in people and chosen not in keys else []
    return [*((key, _called(people[key])) for key in keys), ("0", UNKNOWN)]


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
