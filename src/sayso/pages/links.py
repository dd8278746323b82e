"""The door to `/l/`: a recipient's short address leads where the campaign's did, at once (R9.4).

What was opened is told to the database once a second, together: nobody waits for it, a link that is opened
without end becomes a few rows a second, and where the database is away for a moment it is kept meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from sayso.actions import clicking
from sayso.core import tracked_links
from sayso.core.clicks import Click
from sayso.pages import unsubscribe
from sayso.pages.answering import Receive, Scope, Send, answer, header
from sayso.pages.words import language_of
from sayso.storage.clicks import Target
from sayso.storage.pool import Pool

PREFIX = tracked_links.PATH
EVERY_SECONDS = 1.0
HOSTS_EVERY = 60
MOST_KINDS = 5
"""So many ways in which one link is opened within a second are told apart; further ones are one."""
MOST_WAITING = 10_000
MOST_KNOWN = 4_096
LONGEST_AGENT = 300
_LONGEST_WORD = 40

log = logging.getLogger(__name__)
Place = tuple[int, int]


async def away(send: Send, _begun: bool) -> None:
    """What a recipient is told while the database is away: only it knows where a link leads."""
    await answer(send, 503, unsubscribe.link_away("en").encode(), [(b"retry-after", b"5")])


class Links:
    """The door, over an open pool of the app's role; `secret` proves tokens, `now` is aware, and the name in
    `public_url` is no workspace's.

    `keep` must run beside it, or nothing that is opened is stored.
    """

    def __init__(self, pool: Pool, secret: str, now: Callable[[], datetime], public_url: str) -> None:
        self._pool = pool
        self._own = tracked_links.own_host(public_url)
        self._key = tracked_links.key_of(secret)
        self._now = now
        # What was launched leads where it leads: a target never changes.
        self._targets: dict[Place, Target] = {}
        self._hosts: dict[str, int] = {}
        self._heard: dict[Place, dict[Click, int]] = {}
        self._waiting = 0
        self._dropped = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, b"", [(b"allow", b"GET, HEAD")])
            return
        place = tracked_links.read(self._key, scope["path"].removeprefix(PREFIX))
        target = None if place is None else await self._target(place)
        if place is None or target is None or self._of_another(target, scope):
            language = language_of(header(scope, b"accept-language"))
            await answer(send, 404, unsubscribe.link_unknown(language).encode())
            return
        self._hear(place, scope)
        await answer(send, 302, b"", [(b"location", target.address.encode("ascii"))])

    async def keep(self) -> None:
        """Store each second what was opened, and learn each minute whose names are whose, until cancelled."""
        try:
            for second in itertools.count():
                if second % HOSTS_EVERY == 0:
                    await self.learn()
                await asyncio.sleep(EVERY_SECONDS)
                await self.store()
        finally:
            await self.store()

    async def store(self) -> None:
        """Store what was opened since the last time; where that fails it stays for the next."""
        heard, self._heard, self._waiting = self._heard, {}, 0
        dropped, self._dropped = self._dropped, 0
        if dropped:
            log.warning("%s openings of links were not counted: too many at once", dropped)
        clicks = [replace(click, times=times) for ways in heard.values() for click, times in ways.items()]
        if not clicks:
            return
        try:
            await clicking.hear(self._pool, clicks)
        except BaseException as error:  # also where the server ends meanwhile: there is one more try
            for click in clicks:
                self._add((click.message_id, click.link), replace(click, times=1), click.times)
            if not isinstance(error, Exception):
                raise
            log.warning("%s openings of links wait to be stored: %r", len(clicks), error)

    async def learn(self) -> None:
        """Learn which workspaces' own the host names of links are; what was known stays where that fails."""
        try:
            known = await clicking.hosts(self._pool)
        except Exception as error:
            log.warning("whose host names are whose is asked again in a minute: %r", error)
            return
        # A workspace may have had the name before it became the server's.
        self._hosts = {host: workspace for host, workspace in known.items() if host != self._own}

    def _of_another(self, target: Target, scope: Scope) -> bool:
        """Whether it was asked for under another workspace's name, which would vouch for it.

        Under its own, the server's, one that its workspace had before, or whatever a proxy says, it leads on.
        """
        host = header(scope, b"host").rpartition(":")[0] or header(scope, b"host")
        return self._hosts.get(host.rstrip(".").lower(), target.workspace_id) != target.workspace_id

    async def _target(self, place: Place) -> Target | None:
        known = self._targets.get(place)
        if known is None:
            known = await clicking.target(self._pool, *place)
            if known is not None:
                if len(self._targets) >= MOST_KNOWN:
                    self._targets.clear()
                self._targets[place] = known
        return known

    def _hear(self, place: Place, scope: Scope) -> None:
        purpose = header(scope, b"sec-purpose") or header(scope, b"purpose") or header(scope, b"x-moz")
        click = Click(
            *place,
            self._now(),
            method=scope["method"],
            agent=_plain(header(scope, b"user-agent"), LONGEST_AGENT),
            purpose=_plain(purpose, _LONGEST_WORD),
            mode=_plain(header(scope, b"sec-fetch-mode"), _LONGEST_WORD),
        )
        self._add(place, click, 1)

    def _add(self, place: Place, click: Click, times: int) -> None:
        ways = self._heard.setdefault(place, {})
        # The same again is counted with the first, whose moment it keeps.
        same = next((one for one in ways if replace(one, at=click.at) == click), None)
        if same is None and len(ways) >= MOST_KINDS:
            same = next(reversed(ways))
        if same is not None:
            ways[same] += times
        elif self._waiting < MOST_WAITING:
            ways[click] = times
            self._waiting += 1
        else:
            self._dropped += times
            if not ways:
                del self._heard[place]


def _plain(said: str, longest: int) -> str:
    """What may be stored and shown of what a stranger says."""
    return "".join(sign for sign in said if " " <= sign <= "~")[:longest]
