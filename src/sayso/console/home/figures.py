"""R13.1: what went out, what came in and who stopped, over the days that a person chooses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from sayso.actions.refusal import Refused
from sayso.actions.reporting import Usage, cost_of, counted, show_usage
from sayso.console.components.charts import SMALL, WIDE, Chart, Point, Series, Size
from sayso.console.loop import perform
from sayso.console.refusing import demand, sentence
from sayso.core.credit import Cost
from sayso.core.figures import slots
from sayso.core.money import round_to
from sayso.storage.usage import OfCountry

RANGES = ((1, "Today"), (7, "7 days"), (30, "30 days"), (90, "90 days"))
USUAL = 30
LOW = (Size("only-wide", 760, 126, 44, 7), Size("only-small", 326, 126, 38, 3))


@dataclass(frozen=True, slots=True)
class Days:
    """The days that are asked for; `back` is how many up to today, 0 where both ends were chosen."""

    back: int
    first: date
    last: date

    @property
    def asked(self) -> str:
        """The same as an address asks for them."""
        return f"days={self.back}" if self.back else f"from={self.first}&to={self.last}"


@dataclass(frozen=True, slots=True)
class Country:
    """A line of the table by country; `share`, 0 to 100, is of the cost, or of all messages where that is
    not known.
    """

    code: str
    messages: int
    parts: int
    cost: Cost
    delivered: int
    received: int
    opted_out: int
    share: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it, ready to be shown; `problem` where the days make no sense, and these are the usual ones."""

    days: Days
    unit: str
    totals: Counter[str]
    cost: Cost
    currency: str
    before: int
    countries: tuple[Country, ...]
    charts: tuple[tuple[str, str, Chart], ...]
    problem: str

    @property
    def sent(self) -> Chart:
        """The first chart: what went out."""
        return self.charts[0][2]

    @property
    def change(self) -> int | None:
        """By how many per cent more left than in as many days before; None where nothing did."""
        return round(100 * (self.totals["left"] - self.before) / self.before) if self.before else None

    @property
    def grew(self) -> int:
        """The size of the change."""
        return abs(self.change or 0)

    @property
    def per_message(self) -> str:
        """Parts of a message."""
        return f"{self.totals['parts'] / self.totals['left']:.2f}" if self.totals["left"] else ""

    @property
    def priced(self) -> bool:
        """Whether all that was charged has a price."""
        return bool(self.currency) and self.cost.price > 0 and not self.cost.unpriced

    @property
    def cost_per_message(self) -> int | None:
        """What a message costs, all taken together; None where a price is unknown."""
        whole = self.cost.price // self.cost.messages if self.priced else None
        return None if whole is None else round_to(whole, 100)

    @property
    def delivered_share(self) -> str:
        """Of what left, in per cent."""
        return _per_cent(self.totals["delivered"], self.totals["left"])

    @property
    def stopped_share(self) -> str:
        """Opt-outs for each hundred messages."""
        return _per_cent(self.totals["opted_out"], self.totals["left"], 2)

    @property
    def ranges(self) -> list[tuple[str, str, bool]]:
        """The choices: where each leads, its words, and whether it is this one."""
        return [(f"{reverse('home')}?days={back}", word, back == self.days.back) for back, word in RANGES]


def figures(request: HttpRequest) -> Figures:
    """The figures of the days in the address, else of the last 30."""
    today = timezone.localdate()
    days = asked_days(request.GET, today)
    answer = perform(request, show_usage, days.first, days.last, timezone.now())
    problem = sentence(answer) if isinstance(answer, Refused) and answer.kind == "invalid" else ""
    if problem:
        days = Days(USUAL, today - timedelta(days=USUAL - 1), today)
        answer = perform(request, show_usage, days.first, days.last, timezone.now())
    found: Usage = demand(answer)
    totals, cost = counted(found.summed.times), cost_of(found.summed.times)
    rows = tuple(_countries(found.summed.countries, totals["left"], cost))
    return Figures(
        days, found.unit, totals, cost, found.currency, found.before, rows, _charts(found), problem
    )


def asked_days(said: QueryDict, today: date) -> Days:
    """What an address asks for; what it does not say, or says wrongly, is the usual."""
    first, last = _day(said.get("from", "")), _day(said.get("to", ""))
    if first is not None or last is not None:
        last = last or today
        return Days(0, first or last - timedelta(days=USUAL - 1), last)
    back = next((back for back, _ in RANGES if str(back) == said.get("days")), USUAL)
    return Days(back, today - timedelta(days=back - 1), today)


def _day(said: str) -> date | None:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def _countries(found: Iterable[OfCountry], messages: int, cost: Cost) -> list[Country]:
    """The one with most messages first."""
    told: defaultdict[str, list[OfCountry]] = defaultdict(list)
    for one in found:
        told[one.country].append(one)
    by_cost = cost.price > 0 and not cost.unpriced
    rows = [_country(code, here, cost.price if by_cost else 0, messages) for code, here in told.items()]
    return sorted(rows, key=lambda row: (-row.messages, -row.received, row.code))


def _country(code: str, found: list[OfCountry], price: int, messages: int) -> Country:
    sums, cost = counted(found), cost_of(found)
    share = cost.price / price if price else sums["left"] / max(messages, 1)
    return Country(
        code, sums["left"], sums["parts"], cost, sums["delivered"], sums["received"],
        sums["opted_out"], 100 * share,
    )  # fmt: skip


def _charts(found: Usage) -> tuple[tuple[str, str, Chart], ...]:
    """Messages, texts and opt-outs: each with its id and its title."""
    moments = list(slots(found.first, found.last))
    points = tuple(_point(at, found.unit) for at in moments)
    told: Counter[tuple[datetime, str, bool]] = Counter()
    for one in found.summed.times:
        told[one.at, one.kind, one.campaign] += one.messages
    head, span = found.unit.capitalize(), f"from {_long(found.first)} to {_long(found.last)}"

    def series(name: str, kind: str, look: str, *, campaign: bool = False) -> Series:
        return Series(name, tuple(told[at, kind, campaign] for at in moments), look)

    def chart(what: str, *drawn: Series, sizes: tuple[Size, Size] = LOW) -> Chart:
        most = max(map(sum, zip(*(each.figures for each in drawn), strict=True)), default=0)
        said = f"{what} per {found.unit}, {span}: up to {most:,}. The same figures stand in the table below."
        return Chart(said, points, drawn, head=head, sizes=sizes)

    campaigns, others = series("Campaigns", "left", "c1", campaign=True), series("All others", "left", "c2")
    texts, stops = series("Texts", "received", "c3"), series("Opt-outs", "opted_out", "cs")
    sent = chart("Messages sent", campaigns, others, sizes=(WIDE, SMALL))
    return (
        ("sent", f"Messages per {found.unit}", sent),
        ("came", f"Texts that came in per {found.unit}", chart("Texts", texts)),
        ("stopped", f"Opt-outs per {found.unit}", chart("Opt-outs", stops)),
    )


def _point(at: datetime, unit: str) -> Point:
    if unit == "hour":
        return Point(f"{_long(at)}, {at:%H:%M}", f"{at:%H:%M}")
    return Point(_long(at), f"{at.day} {at:%b}")


def _long(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _per_cent(part: int, whole: int, digits: int = 1) -> str:
    return f"{100 * part / whole:.{digits}f}%" if whole else ""
