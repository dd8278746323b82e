"""What a request to send must say, and from which line and in which words it goes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sayso.actions.actor import Actor
from sayso.actions.categories import fault_in_name
from sayso.actions.refusal import Refused, fault, invalid
from sayso.core import phones
from sayso.core.pictures import token_of
from sayso.core.problems import Problem
from sayso.storage.numbers import Line
from sayso.storage.templates import Template

LONGEST_BODY = 1_600
MOST_MEDIA = 10
LONGEST_URL = 2_000
LONGEST_REFERENCE = 200


@dataclass(frozen=True, slots=True)
class MessageWanted:
    """A message as asked for: a body or a template, to one number."""

    to: str
    body: str | None = None
    template_id: int | None = None
    message_class: str = "advertising"
    category: str = ""
    external_id: str | None = None
    sender: str | None = None
    media_urls: tuple[str, ...] = ()
    client_reference: str | None = None

    @property
    def advertising(self) -> bool:
        """Whether blocks and consent for advertising hold for it."""
        return self.message_class == "advertising"


def refused(actor: Actor, wanted: MessageWanted) -> Refused | None:
    """What is wrong with the request by itself, and what the actor may not ask for."""
    if wanted.message_class not in ("advertising", "transactional"):
        return fault("class", "unknown", "The class is advertising or transactional.")
    if not wanted.advertising and not actor.may("messages:transactional"):
        told = "Transactional messages need the scope messages:transactional."
        return Refused("forbidden", (Problem("class", "forbidden", told),))
    if wanted.advertising and not wanted.category:
        return fault(
            "category",
            "missing",
            "Advertising needs a category: what people consented to.",
        )
    bad = fault_in_name("category", wanted.category) if wanted.category else None
    problems = _form_faults(wanted)
    return bad or (invalid(*problems) if problems else None)


def template_refused(wanted: MessageWanted, template: Template) -> Refused | None:
    """Whether a template may be sent as the class that was asked for."""
    if wanted.advertising:
        return None
    if template.message_class != "transactional":
        return fault("template_id", "advertising", "This template is not transactional. Choose one.")
    if template.approved_at is None:
        return fault(
            "template_id",
            "not_approved",
            "This template is not yet approved as transactional. Have it approved first.",
        )
    return None


def named_line(sender: str, lines: Iterable[Line]) -> Line | Refused:
    """The workspace's line of this number, written with or without its provider keyword."""
    for line in lines:
        if sender in (line.name, line.number) or phones.canonical_sender(sender, line.country) == int(
            line.number
        ):
            return line
    return fault("sender", "unknown", "No line of this workspace has this number.")


def in_language(texts: Mapping[str, str], languages: Iterable[str | None]) -> str:
    """R4.10: the words in the first of these languages that there are, else in any."""
    for language in languages:
        if language and language in texts:
            return texts[language]
    return next((texts[language] for language in sorted(texts)), "")


def _form_faults(wanted: MessageWanted) -> list[Problem]:
    says = wanted.body is not None and wanted.body.strip() != ""
    checks = (
        (
            wanted.advertising or wanted.template_id is not None,
            "template_id",
            "A transactional message is sent from an approved template.",
        ),
        (
            not (wanted.body and wanted.template_id is not None),
            "body",
            "Give body or template_id, not both.",
        ),
        (
            says or wanted.template_id is not None or bool(wanted.media_urls),
            "body",
            "There is nothing to send: give a body, a template_id or media_urls.",
        ),
        (len(wanted.body or "") <= LONGEST_BODY, "body", f"A body has at most {LONGEST_BODY} characters."),
        (len(wanted.media_urls) <= MOST_MEDIA, "media_urls", f"At most {MOST_MEDIA} media."),
        (
            all(token_of(url) or is_url(url) for url in wanted.media_urls),
            "media_urls",
            "Media have https:// or http:// addresses, or those that POST media gave.",
        ),
        (
            len(wanted.client_reference or "") <= LONGEST_REFERENCE,
            "client_reference",
            f"A client reference has at most {LONGEST_REFERENCE} characters.",
        ),
    )
    return [Problem(field, "form", sentence) for holds, field, sentence in checks if not holds]


def is_url(said: str) -> bool:
    """Whether it is an address that a provider could fetch."""
    return (
        said.startswith(("https://", "http://"))
        and len(said) <= LONGEST_URL
        and not any(map(str.isspace, said))
    )
