"""One owner per port: asked before anything starts, for the web server would share one silently."""

import errno
import socket

from sayso.settings import SettingsError


def refuse_if_taken(name: str, bind: tuple[str, int]) -> None:
    """Raise SettingsError naming the setting `name` unless this process could listen on `bind`."""
    host, port = bind
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise SettingsError(
            name, f"names the host {host!r}, which is unknown ({error.strerror})", "Mend it."
        ) from None
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        # Lets a port in TIME_WAIT pass, as the server itself would, but not one that is listened on.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            raise SettingsError(name, *_told(host, port, error)) from None


def _told(host: str, port: int, error: OSError) -> tuple[str, str]:
    if error.errno == errno.EADDRINUSE:
        return (
            f"can't be listened on: port {port} is in use",
            f"Stop the other server (`ss -ltnp 'sport = :{port}'` names it), or choose another port.",
        )
    if error.errno == errno.EACCES:
        return (f"can't be listened on: port {port} is kept for root", "Choose a port above 1023.")
    return (f"can't be listened on: {host} is no address of this machine", "Choose 127.0.0.1 or 0.0.0.0.")
