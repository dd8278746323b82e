"""Checks X-Twilio-Signature: an HMAC over the public address and the sorted fields of the form.

The address is the one that Twilio called, so behind a proxy it must be configured, not guessed.
Twilio signs no time: its callbacks are never stale, and repeats are found by the message id.
"""

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import parse_qs

from sayso.providers.contract import Forged, Genuine, Request, Secrets, Settings, Unreadable, Verdict
from sayso.providers.reading import text
from sayso.providers.signatures import as_bytes, base64_mac, same
from sayso.providers.twilio.form import Pairs, is_form, read_pairs

_SIGNATURE = "x-twilio-signature"
_SIGNATURE_SETTINGS = "x-twilio-webhooks-signature-settings"
_ALGORITHMS: Mapping[str, str] = MappingProxyType({"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"})


def verify(request: Request, secrets: Secrets, settings: Settings) -> Verdict:
    """Judge a callback; with no secret at all the hook token stands alone, unless the settings forbid it."""
    auth_token, shared_key = secrets.get("auth_token", ""), secrets.get("shared_key", "")
    if not auth_token and not shared_key:
        if text(settings.get("callback_auth")) == "signature":
            return Forged("The connection insists on signatures, but has neither auth token nor shared key.")
        return Genuine()
    named = _named_algorithm(request.headers.get(_SIGNATURE_SETTINGS, ""))
    algorithm = _ALGORITHMS.get(named.upper() or "HMAC_SHA1")
    if algorithm is None:
        return Forged(f"Twilio signed with {named[:40]}, which is not known here: use HMAC_SHA256.")
    secret = shared_key if named else auth_token
    if not secret:
        missing = "shared key" if named else "auth token"
        return Forged(f"Twilio signed with the {missing}, which the connection does not have: add it.")
    signature = request.headers.get(_SIGNATURE)
    if not signature:
        return Forged("The header X-Twilio-Signature is missing.")
    return _judge(request, secret, algorithm, settings)


def _named_algorithm(header: str) -> str:
    """Read `key=…,algorithm=…`; without an algorithm it is the account's auth token and SHA-1."""
    for part in header.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip()
    return ""


def _judge(request: Request, secret: str, algorithm: str, settings: Settings) -> Verdict:
    fields = _signed_fields(request)
    if isinstance(fields, Forged):
        return fields
    public_url = text(settings.get("public_url")) or request.public_url
    tail = request.path + ("?" + request.query if request.query else "")
    for origin in origins(public_url.rstrip("/")):
        if same(base64_mac(secret, as_bytes(origin + tail + fields), algorithm), request.headers[_SIGNATURE]):
            return Genuine()
    return Forged(
        f"The signature is wrong for {public_url}{request.path}: compare the auth token, and the address "
        "under which Twilio calls this server with SAYSO_PUBLIC_URL or the connection's public_url."
    )


def _signed_fields(request: Request) -> str | Forged:
    if is_form(request.headers):
        pairs = read_pairs(request.body)
        return Forged(pairs.why) if isinstance(pairs, Unreadable) else joined(pairs)
    promised = parse_qs(request.query, max_num_fields=100).get("bodySHA256") if _few(request.query) else None
    if not promised:
        return Forged("The body is not a form, and no bodySHA256 in the address vouches for it.")
    if not hmac.compare_digest(as_bytes(hashlib.sha256(request.body).hexdigest()), as_bytes(promised[0])):
        return Forged("The body is not the one that Twilio signed.")
    return ""


def _few(query: str) -> bool:
    return query.count("&") < 100


def joined(pairs: Pairs) -> str:
    """Join the fields as they are signed: sorted by name, then value, each pair once."""
    return "".join([name + value for name, value in sorted(set(pairs))])


@lru_cache(maxsize=256)
def origins(public_url: str) -> tuple[str, ...]:
    """Give the address with and without its port, since Twilio signs now one, now the other."""
    scheme, separator, rest = public_url.partition("://")
    host, slash, prefix = rest.partition("/")
    bare, colon, port = host.rpartition(":")
    if not colon or not port.isdigit():
        bare, port = host, "443" if scheme.lower() == "https" else "80"
    behind = slash + prefix
    return tuple(f"{scheme}{separator}{written}{behind}" for written in (bare, f"{bare}:{port}"))
