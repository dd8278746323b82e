"""The first steps of a workspace, each with its true state."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.actions.first_steps import Reach
from sayso.console.access import Area
from sayso.console.frame import address_of
from sayso.console.lenses.processes import Process
from sayso.console.lenses.texts import InboundMessage
from sayso.console.lenses.workspaces import Membership
from sayso.console.place import Place


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done, whether it is, and where; `address` is empty where the person can't go."""

    title: str
    text: str
    done: bool
    told: str
    verb: str
    address: str


@dataclass(frozen=True, slots=True)
class Steps:
    """The three that make a workspace work, in any order, and the two that come after."""

    first: tuple[Step, ...]
    provider: Step
    people: Step

    @property
    def now(self) -> int:
        """The first that is not done, counted from 1; 0 when all are."""
        return next((place for place, step in enumerate(self.first, 1) if not step.done), 0)


def steps(place: Place, reach: Reach) -> Steps:
    """Where this workspace stands: four questions, each answered by the first row that is found."""
    started = Process.objects.filter(state=Process.State.STARTED, deleted_at=None).exists()
    heard = InboundMessage.objects.order_by("-id").values_list("id", flat=True).first() is not None
    people = len(Membership.objects.values_list("user_id", flat=True)[:1000])
    return Steps(
        (_number(place, reach), _keywords(place, started), _text(place, heard)),
        _provider(place, reach),
        _people(place, people),
    )


def _number(place: Place, reach: Reach) -> Step:
    return Step(
        "Have a number",
        "Customers text a number, or a keyword on a shared one. An operator of this server gives lines to "
        "a workspace; on the simulator they cost nothing.",
        reach.lines > 0,
        f"{reach.lines} line{'' if reach.lines == 1 else 's'}",
        "See numbers",
        _address(place, "numbers", Area.NUMBERS),
    )


def _keywords(place: Place, started: bool) -> Step:
    return Step(
        "Set up your STOP and HELP keywords",
        "Opt-out words stop people on every line from the first day. A process adds your own words and the "
        "message that confirms it.",
        started,
        "Running",
        "Set up keywords",
        _address(place, "keywords", Area.KEYWORDS),
    )


def _text(place: Place, heard: bool) -> Step:
    return Step(
        "Send a text to the simulator",
        "A telephone in your browser. It needs no provider and behaves like the real thing, STOP included.",
        heard,
        "Heard",
        "Open the simulator",
        _address(place, "simulator", Area.SIMULATOR),
    )


def _provider(place: Place, reach: Reach) -> Step:
    by = ", ".join(reach.providers)
    return Step(
        "Reach real telephones",
        "An operator connects a provider, Sinch or Twilio.",
        bool(reach.providers),
        f"Through {by}",
        "Numbers",
        _address(place, "numbers", Area.NUMBERS),
    )


def _people(place: Place, people: int) -> Step:
    return Step(
        "Work with others",
        "Invite a marketer, an inbox agent or a read-only analyst.",
        people > 1,
        f"{people} people work here",
        "Invite",
        _address(place, "people", Area.PEOPLE),
    )


def _address(place: Place, page: str, area: Area) -> str:
    return address_of(page) if place.may_open(area) else ""
