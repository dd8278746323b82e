"""What the box of the bar finds: equality on numbers, and words among the processes, which are few."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse

from sayso.console.access import Area
from sayso.console.components.numbers import read, spaced, typed
from sayso.console.lenses.blocks import Block
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.conversations import Conversation
from sayso.console.lenses.numbers import Line
from sayso.console.lenses.processes import Process, ProcessKeyword
from sayso.console.place import Place
from sayso.core.text import fold

MOST = 50
MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation of the number."""

    id: int
    line: str
    last: str
    waiting: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A number, whose it is, its conversations, and where its proof stands; `proof` is empty for agents."""

    written: str
    names: list[str]
    talks: list[Talk]
    proof: str
    blocks: int

    @property
    def only(self) -> str:
        """The one page that there is; empty where there are several, or none."""
        pages = [reverse("conversation", args=[talk.id]) for talk in self.talks]
        pages += [self.proof] if self.proof else []
        return pages[0] if len(pages) == 1 else ""


def numbers(said: str, place: Place) -> Number | None:
    """The number that was typed, as far as this person may see it; None where it is none."""
    key = typed(said, place.workspace.country) if place.workspace else None
    if key is None:
        return None
    talks = list(Conversation.objects.filter(phone=key).order_by("-last_id")[:MOST])
    lines = Line.objects.filter(id__in={each.line_id for each in talks}).select_related("inbound_number")
    known = {line.id: read(str(line)) for line in lines}
    contacts = Contact.objects.filter(phone=key).order_by("id")[:MOST_NAMES]
    proves = place.may_open(Area.OPT_OUTS)
    return Number(
        spaced(key, said),
        [contact.name for contact in contacts if contact.name],
        [_talk(each, known) for each in talks],
        reverse("opt_out", args=[key]) if proves else "",
        Block.objects.filter(phone=key, lifted_at=None)[:MOST].count() if proves else 0,
    )


def _talk(found: Conversation, lines: dict[int, str]) -> Talk:
    last = f"You: {found.last_words}" if found.last_is_ours else found.last_words
    line = lines.get(found.line_id, "a line that was withdrawn")
    return Talk(found.id, line, last, found.open and found.unanswered > 0)


@dataclass(frozen=True, slots=True)
class Named:
    """A process that fits, with the words of it that do."""

    id: int
    name: str
    line: str
    state: str
    words: list[str]


def processes(said: str) -> list[Named]:
    """The processes with this in their name or among their own keywords."""
    wanted = fold(said).whole
    if not wanted:
        return []
    words: defaultdict[int, list[str]] = defaultdict(list)
    for process_id, written in ProcessKeyword.objects.values_list("process_id", "written"):
        if wanted in fold(written).whole:
            words[process_id].append(written)
    standing = Process.objects.filter(deleted_at=None).order_by("id")
    found = [each for each in standing if each.id in words or wanted in fold(each.name).whole][:MOST]
    lines = Line.objects.filter(id__in={each.line_id for each in found}).select_related("inbound_number")
    known = {line.id: read(str(line)) for line in lines}
    return [
        Named(each.id, each.name, known.get(each.line_id, ""), each.state, words[each.id]) for each in found
    ]
