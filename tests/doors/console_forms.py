"""The forms of a page as a browser would send them, for tests that say something else in one field."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Sent:
    """A form by POST: where it goes, what it says as it stands, and every value that a field offers."""

    action: str
    said: dict[str, list[str]] = field(default_factory=dict)
    offered: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Sent] = []
        self._open: Sent | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Sent(told.get("action", "")) if told.get("method", "").lower() == "post" else None
            self.forms += [self._open] if self._open else []
        elif self._open is None:
            return
        elif tag == "select":
            self._select = told.get("name", "")
        elif tag == "option":
            self._offer(self._open, self._select, told.get("value", ""), chosen="selected" in told)
        elif tag in ("input", "button", "textarea") and "name" in told:
            choice = told.get("type") in ("radio", "checkbox") or tag == "button"
            chosen = "checked" in told or not choice
            self._offer(self._open, told["name"], told.get("value", ""), chosen=chosen)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    @staticmethod
    def _offer(form: Sent, name: str, value: str, *, chosen: bool) -> None:
        form.offered.append((name, value))
        if chosen:
            form.said.setdefault(name, []).append(value)


def forms(page: str) -> list[Sent]:
    """The forms of a page that are sent by POST."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
