"""What a process's form opens with: the stored process, or what was posted and is not to be saved yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict

from sayso.actions.categories import list_categories
from sayso.actions.process_rules import STARTABLE
from sayso.actions.templates import stamp
from sayso.console.keywords import lines
from sayso.console.keywords.forms import OWN, Offered
from sayso.console.keywords.lines import Place
from sayso.console.keywords.reading import keywords_of
from sayso.console.languages import SPOKEN
from sayso.console.lenses.processes import Process
from sayso.console.lenses.templates import Template, TemplateText
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.core.keyword_rules import MOST_KEYWORDS
from sayso.core.modes import MODES

KEPT = ("name", "match_mode", "predefined_mode", "scope", "categories", "keywords", "message")
MOST_TEMPLATES = 500
MOST_LANGUAGES = 60


@dataclass(frozen=True, slots=True)
class Opening:
    """A process as it is stored (or a new one's beginning), with all that its form may offer."""

    process: Process | None
    lines: dict[int, Place]
    templates: dict[int, str]
    categories: tuple[str, ...]
    keywords: tuple[str, ...]
    texts: dict[str, str]
    own: bool
    initial: dict[str, Any] = field(default_factory=dict)

    @property
    def texts_from(self) -> str:
        """The stamp of its own words, for noticing that they changed meanwhile."""
        return stamp(self.texts if self.own else {}) if self.process else ""

    def languages(self) -> tuple[str, ...]:
        """The languages of its own words; at first the line's alone."""
        line = self.lines.get(int(self.initial.get("line") or 0))
        first = line.language.partition("-")[0] if line else "en"
        if self.own and self.texts:
            return tuple(sorted(self.texts, key=lambda language: (language != first, language)))
        return (first,)

    def offered(self) -> Offered:
        """For a form that was just opened."""
        return self._offer(self.keywords, self.languages(), self.texts_from)

    def offered_again(self, posted: QueryDict) -> Offered:
        """For a form that comes back: the words and languages that came along."""
        said = posted.getlist("languages") or list(self.languages())
        return self._offer(
            tuple(dict.fromkeys(posted.getlist("keywords"))),
            tuple(dict.fromkeys(said))[:MOST_LANGUAGES],
            posted.get("texts_from", ""),
        )

    def _offer(self, keywords: tuple[str, ...], languages: tuple[str, ...], texts_from: str) -> Offered:
        return Offered(self.lines, self.templates, self.categories, keywords, languages, texts_from)


def read(request: HttpRequest, process: Process | None) -> Opening:
    """Read all that the form of this process needs; `?line=` and `?type=` choose for a new one.

    `?match_mode=`, `?predefined_mode=` and `?keywords=` fill it with what a replay has shown (R14.4).
    """
    every = lines.every()
    categories = tuple(one.name for one in demand(perform(request, list_categories)))
    anybodys = Template.objects.filter(process_id=None).order_by("name", "id")
    templates = dict(anybodys.values_list("id", "name")[:MOST_TEMPLATES])
    if process is None:
        first = next((line.id for line in lines.held(every)), "")
        asked = request.GET.get("line", "")
        line = asked if asked in {str(each.id) for each in lines.held(every)} else str(first)
        initial = _beginning(request.GET.get("type", ""), line) | _handed(request)
        words = _handed_words(request, ())
        return Opening(None, every, templates, categories, words, {}, own=False, initial=initial)
    said = TemplateText.objects.filter(template_id=process.template_id or 0)
    texts = dict(said.values_list("language", "body"))
    own = _is_own(process)
    # What is stored can be chosen again, wherever the lists that people choose from end.
    categories = tuple(dict.fromkeys((*categories, *process.categories)))
    stored = Template.objects.filter(id=process.template_id or 0)
    templates |= dict(stored.values_list("id", "name"))
    keywords = _handed_words(request, tuple(keywords_of([process.id])[process.id]))
    initial = _stored(process, texts if own else {}, own=own) | _handed(request)
    return Opening(process, every, templates, categories, keywords, texts, own, initial)


def posted(data: QueryDict, opening: Opening) -> dict[str, Any]:
    """What was typed, as the beginning of a form that is shown again unchecked."""
    typed = {name: data.get(name, "") for name in data if name not in ("categories", "keywords", "languages")}
    fixed = {name: opening.initial[name] for name in ("type", "line")} if opening.process else {}
    return typed | {"categories": data.getlist("categories")} | fixed


def with_theirs(data: QueryDict, opening: Opening) -> QueryDict:
    """What was posted, with what stands in place of each field that the person left to the other one."""
    left = [name for name in KEPT if data.get(f"keep_{name}") == "theirs"]
    if not left:
        return data
    mixed = data.copy()
    for name in left:
        if name == "keywords":
            mixed.setlist("keywords", list(opening.keywords))
        elif name == "categories":
            mixed.setlist("categories", list(opening.initial["categories"]))
        elif name == "message":
            _their_message(mixed, opening)
        else:
            mixed[name] = opening.initial[name]
    return mixed


def _their_message(mixed: QueryDict, opening: Opening) -> None:
    mixed["message"] = opening.initial["message"]
    for name in [name for name in mixed if name.startswith(SPOKEN)]:
        del mixed[name]
    if opening.own:
        mixed.setlist("languages", list(opening.languages()))
        for language, body in opening.texts.items():
            mixed[SPOKEN + language] = body


def _handed(request: HttpRequest) -> dict[str, Any]:
    """What a replay hands over; only to a form that is opened, never over what is posted."""
    if request.method == "POST":
        return {}
    offered = {"match_mode": set(MODES), "predefined_mode": {"", *MODES}}
    return {name: request.GET[name] for name, modes in offered.items() if request.GET.get(name) in modes}


def _handed_words(request: HttpRequest, stored: tuple[str, ...]) -> tuple[str, ...]:
    said = "" if request.method == "POST" else request.GET.get("keywords", "")
    return tuple(dict.fromkeys(word for word in said.split(",") if word))[:MOST_KEYWORDS] or stored


def _beginning(process_type: str, line: str) -> dict[str, Any]:
    return {
        "type": process_type if process_type in STARTABLE else "unsubscribe",
        "line": line,
        "name": {"help": "Help"}.get(process_type, "Stop"),
        "match_mode": "word",
        "predefined_mode": "",
        "scope": "channel",
        "message": OWN,
        "categories": [],
    }


def _stored(process: Process, texts: dict[str, str], *, own: bool) -> dict[str, Any]:
    return {
        "type": process.type,
        "line": str(process.line_id),
        "name": process.name,
        "match_mode": process.match_mode,
        "predefined_mode": process.predefined_mode or "",
        "scope": process.scope,
        "categories": list(process.categories),
        "message": OWN if own else str(process.template_id or ""),
        **{SPOKEN + language: body for language, body in texts.items()},
    }


def _is_own(process: Process) -> bool:
    """Whether it answers with words of its own: they are edited here."""
    return bool(Template.objects.filter(id=process.template_id or 0, process_id=process.id).exists())
