"""The description made whole: summaries, what can go wrong, and examples, alike for every operation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sayso.api.examples import BODIES, IN_ADDRESSES, QUERIES
from sayso.api.problems import MEDIA_TYPE, FieldError, ProblemDetails, details
from sayso.core.problems import Problem

METHODS = ("get", "post", "put", "patch", "delete")
_WHEN: Mapping[int, str] = {
    400: "The body cannot be read.",
    401: "There is no key, or it is wrong or revoked.",
    403: "The key lacks the scope that the description names.",
    404: "There is no such thing in the key's workspace.",
    409: "It contradicts what stands; or the request with this Idempotency-Key is in flight.",
    413: "The body is too large.",
    415: "The body is sent as something other than JSON.",
    422: "Something that was said cannot be: `errors` names each field, what is wrong and the remedy.",
    500: "A fault of this side; `reference` is in its log.",
    503: "The database cannot be reached or is full. `Retry-After` says when to send it again.",
}
_FAULT = Problem("phone", "invalid", "This is no telephone number. Write it as +447700900227.")
_ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 200 printable characters. The same request with the same key is done once within 24 "
    "hours, and answered as the first time.",
    "schema": {"type": "string", "maxLength": 200},
    "example": "order-1001",
}
_PLACE = re.compile(r"\{(\w+)\}")


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The framework's description with what it cannot know; changes what it is given."""
    components = schema["components"]
    components["schemas"] |= _problem()
    components["responses"] = {f"Problem{status}": _response(status) for status in _WHEN}
    for path, operations in schema["paths"].items():
        for method in METHODS:
            if method in operations:
                _complete(path, method, operations[method])
    return schema


def body_of(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Its JSON body: schema and example; empty where it takes none."""
    found: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return found


def example_of(path: str, operation: Mapping[str, Any]) -> str:
    """The address of an example call."""
    asked = {one["name"]: one.get("example") for one in operation.get("parameters", [])}
    needed = [
        one["name"] for one in operation.get("parameters", []) if one["in"] == "query" and one.get("required")
    ]
    query = "&".join(f"{name}={asked[name]}" for name in needed)
    address = _PLACE.sub(lambda found: str(asked[found[1]]), path)
    return f"{address}?{query}" if query else address


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    operation["summary"] = " ".join(operation["description"].split()).partition(". ")[0].rstrip(".")
    for one in operation.get("parameters", []):
        known = IN_ADDRESSES if one["in"] == "path" else QUERIES
        if one["name"] in known:
            one["example"] = known[one["name"]]
        elif one["in"] == "path":
            one["example"] = 1
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        body["example"] = BODIES[_named(body["schema"])]
    if method != "get":
        operation.setdefault("parameters", []).append(_ONCE)
    answers = {status: one for status, one in operation["responses"].items() if status.startswith("2")}
    faults = {
        str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in _faults(operation)
    }
    operation["responses"] = answers | faults


def _named(schema: Mapping[str, Any]) -> str:
    told = schema if "$ref" in schema else schema["oneOf"][0]
    return str(told["$ref"]).rpartition("/")[2]


def _faults(operation: Mapping[str, Any]) -> Iterator[int]:
    """Which of the errors it may answer, in order."""
    places = {one["in"] for one in operation.get("parameters", [])}
    with_body, writes = "requestBody" in operation, "header" in places
    may = {
        400: with_body,
        403: "Scope: " in operation["description"],
        404: with_body or "path" in places or "campaign_id" in str(operation.get("parameters")),
        409: writes,
        413: with_body,
        415: with_body,
        422: with_body or writes or "query" in places,
    }
    return (status for status in _WHEN if may.get(status, True))


def _problem() -> dict[str, Any]:
    _, found = msgspec.json.schema_components(
        (ProblemDetails, FieldError), ref_template="#/components/schemas/{name}"
    )
    return found


def _response(status: int) -> dict[str, Any]:
    faults = (_FAULT,) if status == 422 else ()
    example = details(status, _FAULT.message if faults else _WHEN[status], faults)
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    content = {MEDIA_TYPE: {"schema": schema, "example": msgspec.to_builtins(example)}}
    return {"description": _WHEN[status], "content": content}
