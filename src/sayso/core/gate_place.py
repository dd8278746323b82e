"""What the recipient's place demands: a number to answer to, hours, caps, a list of countries (R9.7, R9.8).

Hours and caps are for people: a simulated line has nobody at its other end, and a number that is set aside
for fiction is nobody's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sayso.core import frequency, quiet_hours
from sayso.core.because import Because, Step
from sayso.core.countries.rules import Cap, Fact
from sayso.core.countries.us_states import STATES
from sayso.core.fiction import is_fiction
from sayso.core.gate_answers import Answer, Defer, Skip, skipped
from sayso.core.gate_asked import ASKED_FOR, TEST, Candidate, Facts
from sayso.core.places import Place, place_of, zone
from sayso.core.policy import rules_for
from sayso.core.quiet_hours import Quiet
from sayso.core.sending_rules import SendingRules

# A text that a cap holds back for longer has become another text than the one that was meant.
LONGEST_HELD = timedelta(hours=48)
# What is queued is set aside at the wire until sending goes on; only a question is told this moment.
ASK_AGAIN = timedelta(seconds=15)
HALTED = "halted"
STOPPED = "All sending of this workspace is stopped{why}. It goes on when somebody says so."


def place(message: Candidate, facts: Facts, now: datetime) -> Answer | None:
    """What stands in the way where the recipient is; None: nothing."""
    rules = facts.rules
    if rules is None or message.purpose in ASKED_FOR:
        return None
    where = place_of(message.phone)
    if message.advertising and message.purpose != TEST:
        stopped: Answer | None = _needs_inbound(where, facts) if message.line_id else None
        if stopped is None and not is_fiction(message.phone):
            hours = quiet_hours.hours_of(where, facts.time_zone, rules.window)
            stopped = _quiet(hours, now) or _capped(facts, (hours, where), now)
        if stopped is not None:
            return stopped
    return _destination(where, rules)


def halted(message: Candidate, facts: Facts, now: datetime) -> Defer | None:
    """Somebody stopped all sending: only what a person has just asked for goes out."""
    if facts.halt is None or message.purpose in ASKED_FOR:
        return None
    why = f": {facts.halt.why}" if facts.halt.why else ""
    return Defer(now + ASK_AGAIN, HALTED, (Step("R9.7", STOPPED.format(why=why), facts.halt.since),))


def _needs_inbound(where: Place, facts: Facts) -> Skip | None:
    """Where a country wants the refusal to be texted, the text comes from a number of that country."""
    country = rules_for(where.country)
    fact = country.needs_inbound_number
    if not fact.value or facts.line_country == where.country:
        return None
    told = f"Advertising to {country.name} must come from a number there that takes the answer."
    return skipped("no_two_way_sender", _step("R9.7", told, fact))


def _quiet(hours: quiet_hours.Hours, now: datetime) -> Answer | None:
    found = quiet_hours.quiet(hours, now)
    if found is None:
        return None
    if found.until is None:
        return skipped("no_hour", *_no_hour(found))
    return Defer(found.until, "quiet_hours", _waits(found))


def _capped(facts: Facts, at: tuple[quiet_hours.Hours, Place], now: datetime) -> Answer | None:
    """The workspace's caps and those of the state: each holds."""
    hours, where = at
    if not facts.advertised or facts.rules is None:
        return None
    found = frequency.full((*_caps_of(where), *facts.rules.caps), facts.advertised, now)
    if found is None:
        return None
    because = _full(where, found.cap)
    until = quiet_hours.next_open(hours, found.until)
    if until is None or until - now > LONGEST_HELD:
        return Skip("skipped", "frequency_cap", because)
    return Defer(until, "frequency_cap", because)


def _destination(where: Place, rules: SendingRules) -> Skip | None:
    if rules.may_text(where.country):
        return None
    told = f"This workspace does not text numbers of {rules_for(where.country).name}."
    return skipped("destination_not_allowed", Step("R9.11", told, None, "the workspace’s list of countries"))


@lru_cache(maxsize=1_024)
def _caps_of(where: Place) -> tuple[Cap, ...]:
    return tuple(cap for state in where.states for cap in STATES[state].caps.value or ())


@lru_cache(maxsize=1_024)
def _full(where: Place, cap: Cap) -> Because:
    """R9.9: which cap, and whose."""
    span = f"{cap.hours // 24} days" if cap.hours > 24 else f"{cap.hours} hours"
    told = f"{cap.texts} advertising text{'s' if cap.texts > 1 else ''} in {span}"
    for state in where.states:
        fact = STATES[state].caps
        if cap in (fact.value or ()):
            named = f"{STATES[state].name} allows {told}; the number got as many."
            return (_step("R9.8", named, fact),)
    return (
        Step("R9.8", f"This workspace sends a number {told} at most; it got as many.", None, "workspace"),
    )


@lru_cache(maxsize=8_192)
def _waits(found: Quiet) -> Because:
    """R9.9: whose hours they are, where that was read, and until when."""
    here = zone(found.zone)
    assert found.until is not None and here is not None  # noqa: S101 - asked where there is a moment
    until = f"{found.until.astimezone(here):%A %d %B %Y, %H:%M}"
    told = f"{_hours(found)} It waits until {until} in {found.zone}."
    return (Step("R9.8", told, _since(found.row.checked), found.row.source),)


@lru_cache(maxsize=1_024)
def _no_hour(found: Quiet) -> Because:
    if not found.zone:
        return (Step("R9.8", "No time zone is known for this number, so no hour is known to be a fit one."),)
    told = f"{_hours(found)} Of all zones that the number may be in, no hour suits them all."
    return (Step("R9.8", told, _since(found.row.checked), found.row.source),)


def _hours(found: Quiet) -> str:
    row = found.row
    spans = ", ".join(dict.fromkeys(f"{window.opens} to {window.closes}" for window in row.windows))
    if not row.known:
        return f"No hours are known for {row.whose}, so the strict ones hold: {spans}."
    return f"It is outside the hours of {row.whose}: {spans}."


def _step(rule: str, told: str, fact: Fact[object]) -> Step:
    return Step(rule, told, _since(fact.checked), fact.source)


def _since(checked: str) -> datetime | None:
    return datetime.fromisoformat(checked).replace(tzinfo=UTC) if checked else None
