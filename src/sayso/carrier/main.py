"""`python -m sayso.carrier.main`: the simulated carrier as a process of its own."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from sayso.carrier.server import run
from sayso.observe import logs


def main() -> None:
    """Serve the carrier until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="sayso-carrier", description=__doc__)
    parser.add_argument(
        "--home", type=Path, required=True, help="the data directory; the log is kept under it"
    )
    parser.add_argument("--bind", required=True, help="host:port to listen on")
    parser.add_argument("--sayso", required=True, help="the address of Sayso's doors")
    parser.add_argument("--log", default="auto", help="console, json or auto")
    parser.add_argument("--level", default="info", help="debug, info, warning or error")
    told = parser.parse_args()
    logs.configure(told.log, process="carrier", level=told.level)
    host, _, port = told.bind.rpartition(":")
    try:
        asyncio.run(_serve(told.home, (host, int(port)), told.sayso))
    except OSError as error:
        sys.exit(
            f"The simulated carrier can't listen on {told.bind} ({error.strerror}). Set SAYSO_CARRIER_BIND."
        )


async def _serve(home: Path, bind: tuple[str, int], sayso_url: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run(home, bind, sayso_url, stop)


if __name__ == "__main__":
    main()
