"""The page behind a personal link, as HTML: it asks, and it says that it is done."""

from __future__ import annotations

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from sayso.actions.unsubscribing import Choice, Shown
from sayso.pages.words import LANGUAGES, Words

STYLE = "/u/style.css"


def asked(shown: Shown, language: str) -> str:
    """Whether to stop; nothing is done yet."""
    words, about = LANGUAGES[language], _about(shown)
    body = (
        f"<h1>{_said(words.ask, about)}</h1>"
        f'<p class="soft">{_said(words.to_whom, about)} {escape(words.what)}</p>'
        f'<form method="post"><button class="first">{escape(words.yes)}</button></form>'
        f"{_some(words, shown.choices)}"
        f'<p class="small soft">{escape(words.also)}</p>'
    )
    return _page(_said(words.ask, about), language, shown.subscription.workspace, body)


def stopped(shown: Shown, language: str, now: datetime) -> str:
    """That it is done, and how to come back."""
    words = LANGUAGES[language]
    since = shown.subscription.stopped
    moment = (since or now).astimezone(ZoneInfo(shown.subscription.time_zone))
    about = {**_about(shown), "moment": f"{moment:%d.%m.%Y %H:%M}"}
    told = words.done if since else words.done_some
    rest = "" if since else f'<form method="post"><button>{escape(words.again)}</button></form>'
    body = (
        '<p class="go" aria-hidden="true">✓</p>'
        f'<h1 tabindex="-1">{escape(told)}</h1>'
        f'<p class="soft">{_said(words.when, about)} {escape(words.on_its_way)}</p>'
        f'<p class="soft">{_said(words.back, about)}</p>{rest}'
    )
    return _page(told, language, shown.subscription.workspace, body)


def unknown(language: str) -> str:
    """A link that we did not make, or not so."""
    words = LANGUAGES[language]
    body = f'<h1>{escape(words.unknown)}</h1><p class="soft">{escape(words.unknown_told)}</p>'
    return _page(words.unknown, language, "", body)


def away(language: str) -> str:
    """Nothing was done."""
    words = LANGUAGES[language]
    body = f'<h1>{escape(words.away)}</h1><p class="soft">{escape(words.away_told)}</p>'
    return _page(words.away, language, "", body)


def link_unknown(language: str) -> str:
    """A short address that we did not make, or that leads nowhere any more."""
    words = LANGUAGES[language]
    body = f'<h1>{escape(words.link_unknown)}</h1><p class="soft">{escape(words.link_unknown_told)}</p>'
    return _page(words.link_unknown, language, "", body)


def link_away(language: str) -> str:
    """Nobody knows at the moment where it leads."""
    words = LANGUAGES[language]
    body = f'<h1>{escape(words.link_away)}</h1><p class="soft">{escape(words.link_away_told)}</p>'
    return _page(words.link_away, language, "", body)


def _about(shown: Shown) -> dict[str, str]:
    found = shown.subscription
    sender = found.sender if len(found.sender) < 8 or found.sender.startswith("+") else f"+{found.sender}"
    return {"workspace": found.workspace, "end": str(found.phone)[-3:], "sender": sender}


def _some(words: Words, choices: tuple[Choice, ...]) -> str:
    if len(choices) < 2:
        return ""
    rows = "".join(
        f"<label><span>{escape(each.name)}</span>"
        f'<input type="checkbox" name="keep" value="{escape(each.name)}"'
        f"{' checked' if each.kept else ' disabled'}></label>"
        for each in choices
    )
    return (
        f"<details><summary>{escape(words.some)}</summary>"
        f'<form method="post"><input type="hidden" name="some" value="1">{rows}'
        f"<button>{escape(words.keep)}</button></form></details>"
    )


def _said(sentence: str, about: dict[str, str]) -> str:
    return escape(sentence.format(**{"moment": "", **about}))


def _page(title: str, language: str, workspace: str, body: str) -> str:
    letters = "".join(word[:1] for word in workspace.split()[:2]).upper()
    seal = f'<span class="seal" aria-hidden="true">{escape(letters)}</span>'
    who = f'<p class="who">{seal}{escape(workspace)}</p>' if workspace else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f'<title>{title}</title><link rel="stylesheet" href="{STYLE}"></head>'
        f"<body><main>{who}{body}</main></body></html>"
    )
