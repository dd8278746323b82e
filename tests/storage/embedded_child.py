"""A Sayso reduced to its database, to be killed by tests: starts it and holds it until its input closes.

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
        _say({"error": str(error), "kind": type(error).__name__})
        return
    worker = 0
    if "worker" in sys.argv:
        worker = os.fork()
        if worker == 0:
            signal.pause()
    _say({"url": databases.url, "owner_url": databases.owner_url, "worker": worker})
    sys.stdin.read()
    embedded.stop()
    _say({"stopped": True})


def _say(facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


main()
