"""What is wrong with a body: every fault at once, and what no database could hold."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ValidationException

from sayso.core.problems import Problem

# Where the door leaves the bytes that it read, for the second look of `faults`.
BODY = "sayso.body"
DEEPEST = 64
_MOST_FAULTS = 50
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"
_STEP = [(byte in _OPENING) - (byte in _CLOSING) for byte in range(256)]
_ALL_ELSE = bytes(set(range(256)) - {*_OPENING, *_CLOSING})


def faults(request: Request[Any, Any, Any]) -> tuple[Problem, ...]:
    """Every wrong field of a body that the handler's model refused; the decoder stops at the first."""
    field = request.route_handler.parsed_data_field
    body = request.scope.get(BODY, b"")
    if field is None or not isinstance(body, bytes):
        return ()
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return (Problem("", "not_json", "The body is no JSON."),)
    return tuple(_faults_of(said, field.annotation, ""))[:_MOST_FAULTS]


def told(error: ValidationException) -> tuple[Problem, ...]:
    """The faults of parameters, in our words where the framework's are about its own parts."""
    extra = error.extra if isinstance(error.extra, list) else []
    found = [
        Problem(str(one.get("key", "")), "invalid", _sentence(str(one.get("message", "is not valid"))))
        for one in extra
        if isinstance(one, dict)
    ]
    return tuple(found) or (Problem("", "invalid", "The request cannot be read."),)


def is_too_deep(body: bytes) -> bool:
    """Whether JSON is nested deeper than DEEPEST: decoding and writing it would exhaust the stack."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    brackets = _TEXT.sub(b"", body).translate(None, _ALL_ELSE)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > DEEPEST


def unstorable(body: bytes) -> str | None:
    """The field that holds a NUL character, which no text of ours may hold; None where there is none."""
    if b"\\u0000" not in body:
        return None
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # said by whoever decodes it next
    return next(_with_nul(said, ""), None)


def _with_nul(said: object, path: str) -> Iterator[str]:
    if isinstance(said, str):
        if "\0" in said:
            yield path
    elif isinstance(said, dict):
        for name, value in said.items():
            if "\0" in name:
                yield path
            yield from _with_nul(value, f"{path}.{name}" if path else name)
    elif isinstance(said, list):
        for place, value in enumerate(said):
            yield from _with_nul(value, f"{path}[{place}]")


def _faults_of(said: object, model: Any, path: str) -> Iterator[Problem]:
    listed = _item_of(model)
    if listed is not None and isinstance(said, list):
        for place, one in enumerate(said):
            yield from _faults_of(one, listed, f"{path}[{place}]")
        return
    if not (isinstance(model, type) and issubclass(model, msgspec.Struct)) or not isinstance(said, dict):
        yield from _fault(said, model, path)
        return
    known = {field.encode_name: field for field in msgspec.structs.fields(model)}
    for name in said.keys() - known.keys():
        yield Problem(_joined(path, name), "unknown_field", f"There is no field {name[:60]} here.")
    for name, field in known.items():
        if name in said:
            yield from _faults_of(said[name], field.type, _joined(path, name))
        elif field.required:
            yield Problem(_joined(path, name), "missing", f"{name} is needed.")


def _fault(said: object, model: Any, path: str) -> Iterator[Problem]:
    try:
        msgspec.convert(said, model)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        inner = place.rstrip("`").lstrip(".") if place else ""
        yield Problem(_joined(path, inner) if inner else path, "invalid", _sentence(message))


def _item_of(model: Any) -> Any:
    """What a list holds, also where the list carries its limits; None for whatever is no list."""
    bare = model.__origin__ if typing.get_origin(model) is typing.Annotated else model
    if typing.get_origin(bare) is not list:
        return None
    item = typing.get_args(bare)[0]
    return item if isinstance(item, type) and issubclass(item, msgspec.Struct) else None


def _joined(path: str, name: str) -> str:
    if not path or not name:
        return path or name
    return f"{path}{name}" if name.startswith("[") else f"{path}.{name}"


def _sentence(message: str) -> str:
    return message if message.endswith(".") else f"{message}."
