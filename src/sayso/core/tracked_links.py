"""A campaign's addresses, and the short personal ones that stand for them (R9.4).

Only what stands whole in the campaign's own text is shortened: an address with something of the recipient in
it, or joined to a variable or a tag, stays as it is written, for its target is nobody's but theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import compare_digest
from urllib.parse import quote, urlsplit

from sayso.core.problems import Problem

PATH = "/l/"
LENGTH = 18
MOST = 62
"""So many links of a campaign are tracked: the last sign of a token is a letter or a digit, for telephones
leave a hyphen at the end of an address out of it."""

_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)}
# Ten signs of id are enough until 2060. A guess at 42 bits of proof is right once in four trillion tries,
# each of them a request, and what it wins is to be led where the campaign leads everybody.
_ID_SIGNS, _PROOF_SIGNS = 10, 7
_URL = re.compile(
    r"(?<![\w@./:%-])"
    r"(?:https?://|www\.|(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}(?=/))"
    r"""[^\s<>"'{}|\\^`“”„«»]+""",
    re.IGNORECASE,
)
_AFTER = ".,;:!?*_~'…’"
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_NO_PLACE = re.compile(
    r"\b(?:javascript:|vbscript:|data:(?:text|image|application)/|file://|intent://)\S", re.I
)
_SIGNED = re.compile(r"https?://[^\s/?#]*@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """An address as it is written, and as a browser is sent there."""

    written: str
    target: str


@dataclass(frozen=True, slots=True)
class Shortener:
    """Puts each recipient's short addresses into what they read; `places` are the tracked ones as written."""

    key: bytes = field(repr=False)
    base: str
    places: Mapping[str, int]

    def shorten(self, text: str, message_id: int) -> str:
        """The text as it is sent: each tracked address is the message's own."""
        if not self.places:
            return text
        said, at = [], 0
        for begins, ends in _addresses(text):
            place = self.places.get(text[begins:ends])
            if place is not None:
                said += [text[at:begins], self.base, PATH, mint(self.key, message_id, place)]
                at = ends
        return "".join([*said, text[at:]])


def key_of(secret: str) -> bytes:
    """The key of these links, of the server's secret key."""
    return blake2b(secret.encode(), digest_size=32, person=b"sayso-clicks").digest()


def mint(key: bytes, message_id: int, place: int) -> str:
    """The token of a message's link: 18 letters, digits, `-` and `_`."""
    return f"{_spelled(message_id, _ID_SIGNS)}{_proof(key, message_id, place)}{_SIGNS[place]}"


def read(key: bytes, written: str) -> tuple[int, int] | None:
    """The message and the link of the token that this begins with; None where we did not make it.

    What a telephone takes for a part of the link follows it: the next words, a full stop.
    """
    token = written[:LENGTH]
    if len(token) != LENGTH or not all(sign in _VALUES for sign in token):
        return None
    message_id = 0
    for sign in token[:_ID_SIGNS]:
        message_id = message_id << 6 | _VALUES[sign]
    place = _VALUES[token[-1]]
    proof = token[_ID_SIGNS:-1]
    return (message_id, place) if compare_digest(proof, _proof(key, message_id, place)) else None


def found(body: str) -> list[Link]:
    """The addresses of a text that are tracked, each once, in the order in which they stand."""
    links: dict[str, Link] = {}
    for written in _whole(body):
        target = target_of(written)
        if target is not None and len(links) < MOST:
            links.setdefault(written, Link(written, target))
    return list(links.values())


def left(body: str, links: Sequence[str]) -> list[str]:
    """The addresses of a text that are not among these: personal ones, and those beyond the most."""
    tracked = set(links)
    every = (body[begins:ends] for begins, ends in _addresses(body, personal=True))
    return list(dict.fromkeys(written for written in every if written not in tracked))


def faults(body: str, field_name: str = "body") -> list[Problem]:
    """What no text may lead to: a script, a file, an address that names somebody before an @."""
    script, signed = _NO_PLACE.search(body), _SIGNED.search(body)
    problems = []
    if script is not None:
        told = "“{}” is no address of the web. Link to a page: https://example.com/sale."
        problems.append(Problem(field_name, "link", told.format(script[0][:-1])))
    if signed is not None:
        told = "“{}” hides where it leads: what stands before the @ is no host. Write the address without it."
        problems.append(Problem(field_name, "link", told.format(signed[0][:60])))
    return problems


def target_of(written: str) -> str | None:
    """Where an address leads, in plain ASCII; one without a scheme to https. None: it is no address."""
    whole = written if re.match(r"https?://", written, re.IGNORECASE) else f"https://{written}"
    try:
        parts = urlsplit(whole)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except (UnicodeError, ValueError):
        return None
    if not _HOST.fullmatch(host) or "@" in parts.netloc:
        return None
    rest = whole.split("://", 1)[1][len(parts.netloc) :]
    plain = "".join(sign if "!" <= sign <= "~" else quote(sign) for sign in rest)
    return f"{parts.scheme.lower()}://{host}{port}{plain}"


def host_of(said: str) -> str | None:
    """A host name that links may begin with, as it is stored; None where it is none."""
    try:
        host = said.strip().rstrip(".").lower().encode("idna").decode()
    except UnicodeError:
        return None
    return host if _HOST.fullmatch(host) and len(host) <= 253 else None


def base_of(public_url: str, host: str) -> str:
    """What links begin with: the workspace's own host, else the server's public address."""
    return f"https://{host}" if host else public_url.rstrip("/")


def own_host(public_url: str) -> str:
    """The server's own name, as `host_of` tells names; empty where it has none."""
    return host_of(urlsplit(public_url).hostname or "") or ""


def _whole(body: str) -> Iterator[str]:
    """The addresses that do not run on into a variable or a tag."""
    return (body[begins:ends] for begins, ends in _addresses(body) if not body.startswith("{", ends))


def _addresses(text: str, *, personal: bool = False) -> Iterator[tuple[int, int]]:
    """Where addresses begin and end; the signs of the sentence around them are not theirs.

    `personal`: one that runs on into a variable is told with the whole of it.
    """
    for match in _URL.finditer(text):
        ends = match.end()
        if text.startswith("{", ends):
            # Cut off before a variable: what stands before it is not an address of its own.
            yield match.start(), _past_braces(text, ends) if personal else ends
            continue
        while text[ends - 1] in _AFTER or (text[ends - 1] in ")]" and _odd(text[match.start() : ends])):
            ends -= 1
        yield match.start(), ends


def _past_braces(text: str, at: int) -> int:
    found_end = re.compile(r"(?:\{[{%].*?[}%]\}[^\s{]*)+").match(text, at)
    return found_end.end() if found_end else at


def _odd(address: str) -> bool:
    """Whether its last bracket closes none of its own."""
    closes = address[-1]
    return address.count(closes) > address.count("(" if closes == ")" else "[")


def _spelled(value: int, signs: int) -> str:
    return "".join(_SIGNS[value >> 6 * place & 63] for place in range(signs - 1, -1, -1))


def _proof(key: bytes, message_id: int, place: int) -> str:
    told = message_id.to_bytes(8, "big") + bytes([place])
    made = int.from_bytes(blake2b(told, key=key, digest_size=8).digest(), "big")
    return _spelled(made, _PROOF_SIGNS)
