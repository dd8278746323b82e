"""A Sayso reduced to its database, to be killed by tests: starts it, says so, holds it until its input closes.

`python embedded_child.py HOME [worker]` prints one line of JSON: the addresses, or the error.
With `worker` it also forks a child that outlives it, as an orphaned web worker would.
"""

import json
import os
import signal
import sys
from pathlib import Path

from sayso.storage.embedded import Embedded, EmbeddedError


def main() -> None:
    embedded = Embedded(Path(sys.argv[1]))
    try:
        databases = embedded.start()
    except EmbeddedError as error:
        print(json.dumps({"error": str(error), "kind": type(error).__name__}), flush=True)
        return
    worker = 0
    if "worker" in sys.argv:
        worker = os.fork()
        if worker == 0:
            signal.pause()
    print(json.dumps({"url": databases.url, "owner_url": databases.owner_url, "worker": worker}), flush=True)
    sys.stdin.read()
    embedded.stop()
    print(json.dumps({"stopped": True}), flush=True)


main()
