"""PostgreSQL that comes with Sayso: nothing to install, nothing opened to others, nothing lost by a kill."""

from sayso.storage.embedded.errors import EmbeddedError, HomeInUseError
from sayso.storage.embedded.server import Embedded

__all__ = ["Embedded", "EmbeddedError", "HomeInUseError"]
