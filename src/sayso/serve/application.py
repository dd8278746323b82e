"""The ASGI application of one web worker: its rooms open and close with the server."""

import structlog

from sayso.serve.arriving import Receive
from sayso.serve.dispatcher import Dispatcher, Scope, Send, answer
from sayso.serve.garbage import keep_what_is_there
from sayso.serve.rooms import furnished
from sayso.serve.wire import Callbacks
from sayso.settings import Settings

log = structlog.get_logger(__name__)


class Application:
    """What our server and every other of ASGI serves; the lifespan is handled here, once, for all rooms."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: Dispatcher | None = None

    @property
    def callbacks(self) -> Callbacks | None:
        """The short way of callbacks, while the rooms are open."""
        return self._app.callbacks if self._app else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or the server's own start and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is None:
            await answer(send, 503, b"Sayso is starting. Try again in a moment.\n")
        else:
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            rooms = furnished(self._settings)
            self._app = await rooms.__aenter__()
        except Exception as error:
            log.exception("the rooms can't be opened")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        keep_what_is_there()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._app = None
        try:
            await rooms.__aexit__(None, None, None)
        except Exception as error:
            log.exception("the rooms can't be closed")
            await send({"type": "lifespan.shutdown.failed", "message": str(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})
