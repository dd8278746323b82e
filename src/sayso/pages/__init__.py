"""What a recipient sees: the page behind the personal link that stops texts (R9.4); links that lead on are
in `links`.

Opening it changes nothing, whoever does: telephones, carriers and scanners open links by themselves. Stopping
takes the button, a POST, and no sign-in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from urllib.parse import parse_qsl

from sayso.actions import unsubscribing
from sayso.core import pictures, unsubscribe_links
from sayso.pages import unsubscribe
from sayso.pages.answering import CSS, App, Receive, Scope, Send, answer, header
from sayso.pages.pictures import Pictures
from sayso.pages.words import language_of
from sayso.storage.pool import Pool

PREFIX = unsubscribe_links.PATH
PICTURES_PREFIX = pictures.PATH
OPEN_PATHS = frozenset({unsubscribe.STYLE})
_MOST_KEPT = 200


def build(pool: Pool, secret: str, now: Callable[[], datetime]) -> App:
    """The recipients' pages over an open pool of the app's role; `secret` proves links, `now` is aware."""
    return Pages(pool, unsubscribe_links.key_of(secret), now)


def build_pictures(pool: Pool) -> App:
    """The door to pictures in texts, over the same pool."""
    return Pictures(pool)


async def away(send: Send, _begun: bool) -> None:
    """What a recipient is told while the database is away; a browser's language is not looked at then."""
    await answer(send, 503, unsubscribe.away("en").encode(), [(b"retry-after", b"5")])


class Pages:
    """The door to `/u/`."""

    def __init__(self, pool: Pool, key: bytes, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._key = key
        self._now = now
        self._style = (files("sayso.pages") / "style.css").read_bytes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path, method = scope["path"], scope["method"]
        if path == unsubscribe.STYLE:
            await answer(send, 200, self._style, [(b"cache-control", b"public, max-age=3600")], CSS)
            return
        if method not in ("GET", "HEAD", "POST"):
            await answer(send, 405, b"", [(b"allow", b"GET, HEAD, POST")])
            return
        token = path.removeprefix(PREFIX)[: unsubscribe_links.LENGTH]
        message_id = unsubscribe_links.read(self._key, token)
        browser = language_of(header(scope, b"accept-language"))
        if method == "POST" and message_id is not None:
            form = await _form(receive)
            if form is not None:
                await self._stop(message_id, form, (token, send, browser))
        else:
            await self._show(message_id, scope.get("query_string") == b"done", (send, browser))

    async def _show(self, message_id: int | None, pressed: bool, to: tuple[Send, str]) -> None:
        send, browser = to
        shown = None if message_id is None else await unsubscribing.show(self._pool, message_id)
        if shown is None:
            await answer(send, 404, unsubscribe.unknown(browser).encode())
            return
        language = language_of(shown.subscription.language, browser)
        done = shown.subscription.stopped is not None or (
            pressed and not all(each.kept for each in shown.choices)
        )
        page = (
            unsubscribe.stopped(shown, language, self._now()) if done else unsubscribe.asked(shown, language)
        )
        await answer(send, 200, page.encode())

    async def _stop(self, message_id: int, form: list[tuple[str, str]], to: tuple[str, Send, str]) -> None:
        token, send, browser = to
        some = any(name == "some" for name, _ in form)
        kept = [value for name, value in form if name == "keep"][:_MOST_KEPT] if some else None
        shown = await unsubscribing.stop(self._pool, message_id, kept, self._now())
        if shown is None:
            await answer(send, 404, unsubscribe.unknown(browser).encode())
            return
        # So that a reload asks nothing again.
        await answer(send, 303, b"", [(b"location", f"{PREFIX}{token}?done".encode())])


async def _form(receive: Receive) -> list[tuple[str, str]] | None:
    """The form that was sent; None where it did not come whole: then nothing is done."""
    body, more = b"", True
    while more and len(body) < 100_000:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = bool(message.get("more_body", False))
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_KEPT + 2
        )
    except ValueError:
        # Not a form of ours: whoever posts to the link wants to stop.
        return []
