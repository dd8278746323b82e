"""Serves the console's stylesheets and scripts from memory; their names change with their content."""

from collections.abc import Mapping
from dataclasses import dataclass

from sayso.console import StaticFile
from sayso.serve.arriving import Receive
from sayso.serve.dispatcher import Scope, Send, answer

FOR_GOOD = b"public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Static:
    """The door to `/static/`."""

    files: Mapping[str, StaticFile]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one file, compressed where the browser takes that."""
        file = self.files.get(scope["path"])
        if file is None or scope["method"] not in {"GET", "HEAD"}:
            await answer(send, 404, b"There is nothing here.\n")
            return
        accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
        gzipped = b"gzip" in accepted
        body = file.gzipped if gzipped else file.body
        headers = [
            (b"content-type", file.content_type.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", FOR_GOOD),
            (b"vary", b"accept-encoding"),
            *([(b"content-encoding", b"gzip")] if gzipped else []),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
