"""Who opened a link: a person, or a machine that looks at every link, and why it is thought so (R9.4).

Telephones and carriers draw previews, scanners look for fraud, browsers fetch ahead; none of them is a click.
Where nothing speaks for a machine it is a person: each rule is a fact that no telephone in a hand makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from sayso.core.because import Because, Step

PERSON, MACHINE = "person", "machine"
TOGETHER = timedelta(seconds=1)
"""Nobody taps two links of one text within this."""
TOO_SOON = timedelta(seconds=10)
"""So soon after a text left, whoever opens its link from something that is no telephone was not handed it."""
MOST_TAPS = 5
"""The same opening more often within a second is no finger."""
RULE = "R9.4"

_PREVIEWS = re.compile(
    r"facebookexternalhit|facebot|twitterbot|whatsapp/|telegrambot|slackbot|slack-imgproxy|discordbot"
    r"|linkedinbot|skypeuripreview|line-poker|kakaotalk-scrap|redditbot|applebot|google-read-aloud|bingpreview"
    r"|embedly|iframely|link-?preview|url-?preview|unfurl|microsoft office|msoffice",
    re.IGNORECASE,
)
_SCANNERS = re.compile(
    # CUBOT makes telephones.
    r"(?<!cu)bot\b|\bbot|crawl|spider|slurp|scan|safelink|safe-?browsing|google-safety|barracuda|mimecast|proofpoint"
    r"|symantec|fireeye|trend ?micro|sophos|zscaler|fortinet|checkpoint|forcepoint|virustotal|urlscan|phish"
    r"|headless|phantomjs|puppeteer|playwright|selenium|lighthouse|monitor|uptime|archiver",
    re.IGNORECASE,
)
# A telephone's own programs, not its browser: they fetch for a preview, or to look whether it is safe.
_PROGRAMS = re.compile(
    r"curl/|wget/|python|aiohttp|httpx|libwww|perl|ruby|java/|okhttp|apache-httpclient|go-http-client|axios"
    r"|node-fetch|node\.js|undici|guzzle|php/|dalvik/|cfnetwork/|winhttp|powershell|postman|insomnia|libcurl|http-?client",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(
    r"mobile|android|iphone|ipad|ipod|windows phone|opera mini|kaios|tablet", re.IGNORECASE
)


class Click(Struct, frozen=True, gc=False):
    """A link of a message, opened: by which method, by what, and for what purpose as far as it said.

    `times`: as often within a second. `mode`: how a browser says it came to ask, or nothing.
    """

    message_id: int
    link: int
    at: datetime
    times: int = 1
    method: str = "GET"
    agent: str = ""
    purpose: str = ""
    mode: str = ""


class Verdict(Struct, frozen=True, gc=False):
    """Person or machine, and why."""

    kind: str
    because: Because

    @property
    def by_person(self) -> bool:
        """Whether a person opened it."""
        return self.kind == PERSON


Opened = tuple[int, datetime]
"""Another opening of the same message: which link, and when."""


def judge(click: Click, sent_at: datetime | None, others: Iterable[Opened] = ()) -> Verdict:
    """Say who opened a link; `others` are openings of the same message, itself may be among them."""
    fact = next((told for rule in _RULES if (told := rule(click))), None)
    fact = fact or _too_soon(click, sent_at) or _together(click, others)
    if fact is not None:
        return Verdict(MACHINE, (Step(RULE, fact, click.at),))
    return Verdict(PERSON, (Step(RULE, "Nothing speaks for a machine.", click.at),))


def _asked_for_head(click: Click) -> str | None:
    return "It asked only whether there is a page (HEAD)." if click.method == "HEAD" else None


def _ahead(click: Click) -> str | None:
    ahead = re.search(r"prefetch|prerender|preview", click.purpose, re.IGNORECASE)
    return f"It was fetched ahead ({ahead[0].lower()})." if ahead else None


def _nameless(click: Click) -> str | None:
    return None if click.agent.strip() else "It did not say what it is; every browser does."


def _named(pattern: re.Pattern[str], told: str) -> Callable[[Click], str | None]:
    def rule(click: Click) -> str | None:
        known = pattern.search(click.agent)
        return told.format(known[0].strip(" /")) if known else None

    return rule


def _not_navigating(click: Click) -> str | None:
    # Older browsers do not say it, and whoever says nothing is believed.
    is_other = click.mode not in ("", "navigate")
    return "A program inside a page fetched it, nobody went there." if is_other else None


def _often(click: Click) -> str | None:
    return f"{click.times:,} times within a second." if click.times > MOST_TAPS else None


_RULES: tuple[Callable[[Click], str | None], ...] = (
    _asked_for_head,
    _ahead,
    _nameless,
    _named(_PREVIEWS, "It draws previews ({})."),
    _named(_SCANNERS, "It looks at every link ({})."),
    _named(_PROGRAMS, "It is a program, not a browser ({})."),
    _not_navigating,
    _often,
)


def _too_soon(click: Click, sent_at: datetime | None) -> str | None:
    if sent_at is None or _TELEPHONE.search(click.agent) or not click.at - sent_at < TOO_SOON:
        return None
    seconds = max(0.0, (click.at - sent_at).total_seconds())
    return f"A computer, not a telephone, opened it {seconds:.0f} s after the text left."


def _together(click: Click, others: Iterable[Opened]) -> str | None:
    links = {link for link, at in others if link != click.link and abs(at - click.at) <= TOGETHER}
    return f"{len(links) + 1} links of one text were opened within a second." if links else None
