"""Template tags for the parts that pages share; `docs/console.md` shows each. Loaded into every template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sayso.console.components.counting import counted
from sayso.console.components.numbers import grouped, read, spaced
from sayso.console.components.places import country_named
from sayso.console.languages import named

register = template.Library()

PILLS = {
    "new": ("new", "New"),
    "started": ("go", "Started"),
    "paused": ("wait", "Paused"),
    "stopped": ("stop", "Stopped"),
    "scheduled": ("note", "Scheduled"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A typed word: `kind` is "" (comes with the type), own, bad (refused), or lock (a country's)."""

    word: str
    kind: str = ""


@register.simple_tag
def bubble(text: str, kind: str = "", lang: str = "") -> SafeString:
    """What somebody wrote, word for word: `{% bubble text.body "out" %}`.

    `kind`: "" theirs, "ours", "out" it opted out, "review", "out mini" in a table.
    """
    language = format_html(' lang="{}"', lang) if lang else ""
    return format_html('<p class="said {}" dir="auto"{}>{}</p>', kind, language, text)


@register.simple_tag
def pill(status: str, word: str = "", kind: str = "") -> SafeString:
    """A state as word and dot: `{% pill process.state %}`, or `{% pill "x" "Half pace" "wait" %}`."""
    known_kind, known_word = PILLS.get(status, ("plain", status))
    return format_html('<span class="pill {}">{}</span>', kind or known_kind, word or known_word)


@register.inclusion_tag("parts/chips.html")
def chips(words: Iterable[Chip | str], most: int = 4) -> dict[str, Any]:
    """Words in a row, then "+ 17 more"; `most=0` shows all."""
    every = [word if isinstance(word, Chip) else Chip(word) for word in words]
    shown = every[:most] if most else every
    return {"shown": shown, "more": len(every) - len(shown)}


@register.inclusion_tag("parts/why.html")
def why(
    because: Sequence[Mapping[str, Any]], answer: str = "", outcome: str = "", live: bool = False
) -> dict[str, Any]:
    """The decision in a sentence, then its steps, the deciding one last; `because` as it is stored.

    `outcome`: stop, go, wait or none. `live`: it is read out when it changes.
    """
    return {"steps": because, "answer": answer, "outcome": outcome, "live": live}


@register.simple_tag
def phone(key: int, written: str = "") -> SafeString:
    """A number as people read it, never broken over two lines."""
    return format_html('<span class="tab nowrap">{}</span>', spaced(key, written))


@register.simple_tag
def sender(written: str) -> SafeString:
    """The same for a number that is stored as it was written; a sender that is none stays so."""
    return format_html('<span class="tab nowrap">{}</span>', read(written))


@register.filter
def sentence(stored: str) -> str:
    """A sentence as it is stored, its numbers as people read them: `+44 7700 900227`."""
    return grouped(str(stored))


@register.filter
def thousands(number: int) -> str:
    """1,208 for 1208."""
    return f"{number:,}"


@register.filter
def country(code: str) -> str:
    """United Kingdom for GB."""
    return country_named(code)


@register.filter
def language(code: str) -> str:
    """English for en."""
    return named(code)


@register.simple_tag
def when(moment: datetime | None, exact: bool = False, never: str = "never") -> SafeString | str:
    """A moment in the workspace's zone: "14 min ago", "14:18", "yesterday", "12 Nov"; exact for proof."""
    if moment is None:
        return never
    full = exactly(moment)
    shown = full if exact else _about(timezone.localtime(moment), timezone.localtime())
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), full, shown)


@register.filter
def exactly(moment: datetime) -> str:
    """`21-11-2026 14:18:09`, in the workspace's zone: the title of a time that is told shorter."""
    return f"{timezone.localtime(moment):%d-%m-%Y %H:%M:%S}"


@register.inclusion_tag("parts/times.html", takes_context=True)
def times(context: Any) -> dict[str, Any]:
    """Whose times a list tells, under a list with no `pages`; once a page."""
    return {"zone": _zone(context)}


@register.inclusion_tag("parts/blank.html")
def blank(
    title: str, text: str, address: str = "", action: str = "", said: str = "", *, panel: bool = True
) -> dict[str, Any]:
    """What will stand here, and the one thing that makes it so; a bubble may say it."""
    return {
        "title": title, "text": text, "address": address, "action": action, "said": said, "panel": panel,
    }  # fmt: skip


@register.inclusion_tag("parts/hint.html")
def hint(answer: str, text: str = "", kind: str = "", role: str = "") -> dict[str, Any]:
    """Why something is so, at the place; kind: "" note, wait, stop, go; role alert only after a failure."""
    icons = {"wait": "clock", "stop": "warning", "go": "check"}
    return {"answer": answer, "text": text, "kind": kind, "role": role, "icon": icons.get(kind, "info")}


@register.inclusion_tag("parts/pages.html", takes_context=True)
def pages(context: Any, page: Any, timed: bool = True) -> dict[str, Any]:
    """`1–50 of 412 · Older` under a table, the filters of the address kept; `timed`: it tells times."""
    kept = context["request"].GET.copy()
    kept.pop("before", None)
    path = context["request"].path
    newest = f"{path}?{kept.urlencode()}" if kept else path
    kept["before"] = page.older or ""
    zone = _zone(context) if timed else ""
    return {"page": page, "newest": newest, "older": f"{path}?{kept.urlencode()}", "zone": zone}


@register.inclusion_tag("parts/tabs.html", takes_context=True)
def tabs(context: Any, label: str, *pairs: str) -> dict[str, Any]:
    """Two or three views of one thing: `{% tabs "Inbox" "inbox" "Inbox" "stopped" "Unsubscribed" %}`."""
    path = context["request"].path
    found = [(reverse(name), word) for name, word in zip(pairs[::2], pairs[1::2], strict=True)]
    return {"label": label, "tabs": [(address, word, address == path) for address, word in found]}


@register.simple_tag(takes_context=True)
def filters(context: Any, target: str = "#results") -> SafeString:
    """The attributes of a filter form: it works as a page, and with htmx swaps the results alone."""
    return format_html(
        'action="{0}" hx-get="{0}" hx-target="{1}" hx-swap="outerHTML" hx-push-url="true" '
        'hx-trigger="submit, change target:select"',
        context["request"].path,
        target,
    )


@register.simple_tag
def live(topics: str, address: str, every: str = "30s") -> SafeString:
    """The attributes of a part that asks for itself again when one of these topics changes.

    `<div id="rows" {% live "inbox" "/inbox/rows/" %}>`; the address answers the part alone, id and all.
    `every`: how often it looks by itself, for what changes without a note.
    """
    heard = ", ".join(f"live-{topic} from:body" for topic in topics.split())
    return format_html(
        'data-live="{}" hx-get="{}" hx-trigger="{}, every {}" hx-target="this" hx-swap="outerMorph"',
        topics,
        address,
        heard,
        every,
    )


@register.inclusion_tag("parts/counter.html")
def counter(text: str, name: str) -> dict[str, Any]:
    """What a text takes, under its box; `name` is the id of the box."""
    return {"count": counted(text), "name": name}


def _zone(context: Any) -> str:
    place = context.get("place")
    return place.zone if place else "UTC"


def _about(then: datetime, now: datetime) -> str:
    gone = now - then
    if timedelta() <= gone < timedelta(minutes=1):
        return "just now"
    if timedelta() <= gone < timedelta(hours=1):
        return f"{int(gone.total_seconds() // 60)} min ago"
    if then.date() == now.date():
        return then.strftime("%H:%M")
    if then.date() == now.date() - timedelta(days=1):
        return then.strftime("yesterday %H:%M")
    return f"{then.day} {then:%b}" if then.year == now.year else f"{then.day} {then:%b %Y}"
