"""Telephones that exist only here: what each received and texted, the last ones of as many as fit."""

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sayso.carrier.behaviour import Behaviour

# A campaign to a million must not fill the memory; the log has everything.
MOST_TELEPHONES = 20_000
MOST_TEXTS = 200


@dataclass(slots=True)
class Telephone:
    """One number: its own behaviour where it has one, and its last texts, oldest first."""

    number: str
    behaviour: Behaviour | None = None
    texts: deque[Mapping[str, Any]] = field(default_factory=lambda: deque(maxlen=MOST_TEXTS))


class Telephones:
    """All telephones by number; any number is one as soon as it is named."""

    def __init__(self) -> None:
        self._by_number: OrderedDict[str, Telephone] = OrderedDict()

    def find(self, number: str) -> Telephone:
        """The telephone with this number, made if it is new."""
        number = plain(number)
        telephone = self._by_number.get(number)
        if telephone is None:
            telephone = self._by_number[number] = Telephone(number)
            self._forget_idle()
        else:
            self._by_number.move_to_end(number)
        return telephone

    def behaviour(self, number: str) -> Behaviour | None:
        """How this telephone is set, if it is."""
        telephone = self._by_number.get(plain(number))
        return telephone.behaviour if telephone else None

    def received(self, entry: Mapping[str, Any]) -> None:
        """Show a message that has arrived, as the log tells it."""
        self._show(entry["to"], entry, "received")

    def texted(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Show a text that this telephone sent, as the log tells it; what is shown, to be completed."""
        return self._show(entry["from"], entry, "texted")

    def numbers(self) -> list[str]:
        """The numbers known, the last used first."""
        return list(reversed(self._by_number))

    def _show(self, number: str, entry: Mapping[str, Any], direction: str) -> dict[str, Any]:
        kept = ("id", "at", "from", "to", "body", "media", "client_reference", "status")
        told = {name: entry[name] for name in kept if entry.get(name) not in (None, "", [])}
        shown = {"direction": direction, **told}
        self.find(number).texts.append(shown)
        return shown

    def _forget_idle(self) -> None:
        if len(self._by_number) <= MOST_TELEPHONES:
            return
        # One that was set on purpose stays.
        for number, telephone in self._by_number.items():
            if telephone.behaviour is None:
                del self._by_number[number]
                return


def plain(number: str) -> str:
    """One spelling per telephone: a leading plus or 00 is dropped, as are blanks and dashes."""
    bare = "".join(character for character in number if character not in " -()")
    if bare.startswith("+"):
        return bare[1:]
    return bare[2:] if bare.startswith("00") else bare
