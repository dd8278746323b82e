"""A provider says that a number has opted out (R6.6): the block, the ledger, the queue, the event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from sayso.core.because import Step
from sayso.core.effects import AddBlock, Cancel, Decision, Effect, Ledger, Raise, SetConsent
from sayso.core.lines import WorkspaceWords
from sayso.core.messages import Known, Profile
from sayso.core.opt_out import CATEGORIES_IN_LEDGER, PROFILES_IN_LEDGER
from sayso.core.reading import last_texted_first

SOURCE = "provider"
SAID = "The provider says that this number has opted out."


class OptedOut(Struct, frozen=True, gc=False):
    """A provider's word about a number, `written` as it was told us.

    `line_id` and `sender` are what had texted it, 0: no line of ours; `shared`: on a shared code.
    `message_id` is the message that the word came about, 0: none that we know.
    """

    workspace_id: int
    phone: int
    written: str
    since: datetime
    line_id: int = 0
    shared: bool = False
    sender: str = ""
    message_id: int = 0

    @property
    def reach(self) -> tuple[str, int]:
        """Scope and line of the block: the line on a shared code, which others use too, else the channel."""
        return ("line", self.line_id) if self.shared and self.line_id else ("channel", 0)


def block(said: OptedOut) -> AddBlock:
    """The block, to be stored before the rest is decided: whether it is new is known only then."""
    scope, line_id = said.reach
    return AddBlock(said.workspace_id, scope, line_id, "", said.since, SOURCE, None, SAID)


def decide(said: OptedOut, known: Known, words: WorkspaceWords, *, anew: bool) -> Decision:
    """Say what a provider's word does beside its block, where alone `known` and `words` tell of a workspace.

    Where the block is not `anew`, it keeps its proof (that it was said again is noted, for an older yes must
    not lift it, R6.5), and only what waits is taken back: a provider says it again for each message it is
    given, and perhaps while the person's own text is being decided.
    """
    scope, line_id = said.reach
    because = (Step("R6.6", SAID, said.since, SOURCE), Step("R6.1", _REACHED[scope]))
    cancel = Cancel(said.workspace_id, line_id, "", transactional=False)
    if not anew:
        return Decision((cancel,), because)
    people = last_texted_first(known.profiles, known.texted, said.line_id)
    effects: list[Effect] = [*_ledger(said, people, words), cancel]
    if scope == "channel" and people:
        effects.append(SetConsent(said.workspace_id, "no"))
    if people:
        effects.append(_event(said, people[0], words))
    return Decision(tuple(effects), because)


def every(said: Iterable[OptedOut]) -> list[OptedOut]:
    """Each number once a workspace and reach: the first word counts, the others repeat it."""
    first: dict[tuple[int, int, str, int], OptedOut] = {}
    for word in said:
        first.setdefault((word.phone, word.workspace_id, *word.reach), word)
    return [first[key] for key in sorted(first)]


_REACHED = {
    "channel": "All advertising to the number stops.",
    "line": "Advertising from this line to the number stops.",
}


def _ledger(said: OptedOut, people: tuple[Profile, ...], words: WorkspaceWords) -> list[Effect]:
    """R5.5: a reject per profile (ten) and configured category (five); a line's moves no state."""
    contacts: tuple[int | None, ...] = tuple(profile.contact_id for profile in people[:PROFILES_IN_LEDGER])
    categories = words.rejects[:CATEGORIES_IN_LEDGER] or ("*",)
    scope, _ = said.reach
    return [
        Ledger(
            said.workspace_id, contact, "reject", category, SOURCE, said.since, moves_state=scope == "channel"
        )
        for contact in contacts or (None,)
        for category in categories
    ]


def _event(said: OptedOut, whose: Profile, words: WorkspaceWords) -> Raise:
    """R5.6: the event of a stop; the provider itself named the message that it is about, where we know it."""
    return Raise(
        said.workspace_id,
        whose.contact_id,
        words.event_name,
        words.event_properties,
        said.message_id or None,
        "provider_reference" if said.message_id else "unknown",
    )
