"""An engine in a process of its own, for tests that kill it: `python -m … URL CARRIER_URL`."""

import asyncio
import sys

from sayso.engine.receipts import receipts
from sayso.engine.sending import sending
from sayso.engine.supervisor import run


def main() -> None:
    url, carrier_url = sys.argv[1:]
    stage = sending(vault_key="k" * 32, public_url="http://127.0.0.1:1", carrier_url=carrier_url)
    asyncio.run(run(url, stages=[stage, receipts()]))


if __name__ == "__main__":
    main()
