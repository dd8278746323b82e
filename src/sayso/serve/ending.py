"""What must be told at once when the server is asked to end, before it waits for its callers."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType


def when_asked_to_end(tell: Callable[[], None]) -> None:
    """Call `tell` on the running loop at SIGTERM or SIGINT, then let whoever had the signal have it.

    A server first waits for the requests in hand, and only then ends the rooms: a stream, which is a request
    without end, must hear of it earlier. Does nothing outside the main thread, where signals can't be had.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        then = signal.getsignal(number)
        if callable(then):  # Else nobody waits for the signal: it ends the process, and that tells everybody.
            signal.signal(number, _first(loop, tell, then))


def _first(
    loop: asyncio.AbstractEventLoop, tell: Callable[[], None], then: Callable[[int, FrameType | None], object]
) -> Callable[[int, FrameType | None], None]:
    def heard(number: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell)
        then(number, frame)

    return heard
