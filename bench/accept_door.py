"""The product's own callback doors, served bare: what `accept` measures."""

from __future__ import annotations

import os
from typing import Any

from sayso.ingest import Doors
from sayso.serve.answered import Answered
from sayso.serve.garbage import keep_what_is_there
from sayso.serve.wire import Callbacks


class Application:
    """The doors behind ASGI's lifespan, one a worker."""

    callbacks: Callbacks | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self.doors.handle(scope, receive, send)
            return
        await receive()
        self.doors = Doors(
            os.environ["BENCH_DATABASE_URL"],
            secret_key=os.environ["BENCH_SECRET_KEY"],
            public_url="http://127.0.0.1",
        )
        await self.doors.open()
        self.callbacks = Callbacks(self.doors.offer, Answered().count)
        keep_what_is_there()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.doors.close()
        await send({"type": "lifespan.shutdown.complete"})


app = Application()
