"""Signs callbacks and checks the signatures: HMAC over body, nonce and time, and HTTP Basic."""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from sayso.providers.contract import Forged, Genuine, Headers, Request, Settings, Stale, Verdict
from sayso.providers.reading import seconds

WINDOW_SECONDS = 300
_GENUINE = Genuine()
ALGORITHMS: Mapping[str, str] = MappingProxyType(
    {"hmacsha256": "sha256", "hmacsha384": "sha384", "hmacsha512": "sha512"}
)


@dataclass(frozen=True, slots=True)
class SignatureNames:
    """The four headers of one provider, in lower case."""

    signature: str
    timestamp: str
    nonce: str
    algorithm: str


def base64_mac(secret: str, message: bytes, algorithm: str = "sha256") -> bytes:
    """Give the base64 of an HMAC."""
    mac = _keyed(secret, algorithm).copy()
    mac.update(message)
    return b64encode(mac.digest())


@lru_cache(maxsize=256)
def _keyed(secret: str, algorithm: str) -> hmac.HMAC:
    """An HMAC that has read its key: copying it costs a third less than keying a new one."""
    return hmac.new(as_bytes(secret), digestmod=algorithm)


def signed_message(body: bytes, nonce: str, timestamp: str) -> bytes:
    """Give the bytes that are signed: the raw body, the nonce and the time, joined by dots."""
    return b"%b.%b.%b" % (body, as_bytes(nonce), as_bytes(timestamp))


def same(ours: bytes, theirs: str) -> bool:
    """Compare in constant time; a header may hold any characters."""
    return hmac.compare_digest(ours, as_bytes(theirs))


def as_bytes(value: str) -> bytes:
    """Give UTF-8 even of a header that holds half a surrogate."""
    return value.encode("utf-8", "surrogatepass")


def verify_signed(
    request: Request, names: SignatureNames, secret: str, settings: Settings, now: datetime
) -> Verdict:
    """Judge a signature over body, nonce and time (R5.11).

    The time is unix seconds, at most the setting `timestamp_window` (default 300 s) away from `now`;
    outside it the callback is stale, not forged: a clock must not lose a STOP.
    """
    headers = request.headers
    signature = headers.get(names.signature)
    timestamp, nonce = headers.get(names.timestamp), headers.get(names.nonce)
    if signature is None or timestamp is None or nonce is None:
        return Forged("The signature headers are missing: switch signing on at the provider.")
    algorithm = ALGORITHMS.get(headers.get(names.algorithm, "HmacSHA256").lower())
    if algorithm is None:
        return Forged("The signature uses an algorithm that is not allowed; use HmacSHA256, 384 or 512.")
    if not same(base64_mac(secret, signed_message(request.body, nonce, timestamp), algorithm), signature):
        return Forged("The signature is wrong: the secret here and at the provider may differ.")
    window = seconds(settings.get("timestamp_window"), WINDOW_SECONDS)
    why = _out_of_time(timestamp, now, window)
    return Stale(why) if why else _GENUINE


def _out_of_time(timestamp: str, now: datetime, window: int) -> str:
    try:
        age = now.timestamp() - int(timestamp)
    except (ValueError, OverflowError):
        return "The signature is right, but its time is not a number of seconds."
    if abs(age) <= window:
        return ""
    side = "old" if age > 0 else "ahead of this server's clock"
    return f"The signature is right, but {abs(age):.0f} s {side}; {window} s are allowed."


def basic_credentials(username: str, password: str) -> str:
    """Give the Authorization header of HTTP Basic."""
    return "Basic " + b64encode(as_bytes(f"{username}:{password}")).decode("ascii")


def verify_basic(headers: Headers, username: str, password: str) -> Verdict:
    """Judge HTTP Basic credentials; there is no time in them, so they are never stale."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return Forged("HTTP Basic credentials are missing: put them into the callback address.")
    try:
        decoded = b64decode(as_bytes(given.strip()), validate=True)
    except (binascii.Error, ValueError):
        return Forged("The HTTP Basic credentials are not base64.")
    if not hmac.compare_digest(decoded, as_bytes(f"{username}:{password}")):
        return Forged("The HTTP Basic credentials are wrong: compare them with those at the provider.")
    return Genuine()
