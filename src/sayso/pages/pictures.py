"""The door to `/m/`: a picture, as a provider fetches it and a recipient opens it (R9.2)."""

from __future__ import annotations

from sayso.actions import pictures
from sayso.core.pictures import PATH
from sayso.pages.answering import Receive, Scope, Send, answer
from sayso.storage.pool import Pool

# It never changes, and whoever keeps it had its address.
KEPT = b"public, max-age=31536000, immutable"
NOTHING = b"There is no picture at this address.\n"
TEXT = b"text/plain; charset=utf-8"


class Pictures:
    """Serves pictures by their tokens, to anybody."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, b"", [(b"allow", b"GET, HEAD")], TEXT)
            return
        found = await pictures.served(self._pool, scope["path"].removeprefix(PATH))
        if found is None:
            await answer(send, 404, NOTHING, kind=TEXT)
            return
        kind = found.content_type.encode()
        name = b'inline; filename="picture.' + kind.removeprefix(b"image/") + b'"'
        headers = [(b"cache-control", KEPT), (b"content-disposition", name)]
        # Telephones and providers that show it elsewhere may: it is public to whoever has the address.
        headers.append((b"cross-origin-resource-policy", b"cross-origin"))
        await answer(send, 200, found.content, headers, kind)
