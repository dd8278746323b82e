"""Asks the doors whether they are ready, from outside, as a load balancer would."""

import http.client

from sayso.settings import reachable


def is_ready(bind: tuple[str, int]) -> bool:
    """Whether the doors behind this address say that they can do their work."""
    connection = http.client.HTTPConnection(*reachable(bind), timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
