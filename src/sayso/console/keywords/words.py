"""Keywords are added one by one, and what is wrong with one is said beside its field (R4.6, R4.8)."""

from __future__ import annotations

from sayso.actions.process_rules import Neighbour, Wanted, faults, taken_by
from sayso.console.keywords.lines import Place
from sayso.console.keywords.reading import keywords_of
from sayso.console.lenses.processes import Process
from sayso.core.text import fold


def fault(word: str, words: list[str], process_type: str, place: Place | None, process_id: int) -> str:
    """Why this keyword can't be added to these; empty where it can."""
    if not word:
        return "Type a word first, then add it."
    if fold(word).whole in {fold(each).whole for each in words}:
        return f"“{word}” stands here already."
    wanted = Wanted(process_type, "-", place.id if place else 0, (word,))
    wrong = [*faults(wanted)]
    if not wrong and place is not None:
        wrong = [*taken_by(wanted, process_id, neighbours(place.id), place.country)]
    return " ".join(problem.message for problem in wrong)


def neighbours(line_id: int) -> list[Neighbour]:
    """The processes of a line, with their keywords."""
    found = list(Process.objects.filter(line_id=line_id, deleted_at=None))
    words = keywords_of([process.id for process in found])
    return [
        Neighbour(each.id, each.type, each.name, each.state, each.match_mode, tuple(words[each.id]))
        for each in found
    ]
