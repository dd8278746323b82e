"""Every error of the API, as application/problem+json: what happened, why, what to do."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from sayso.actions.refusal import Refused
from sayso.api import bodies
from sayso.core.problems import Problem
from sayso.storage.statements import FULL, UNREACHABLE

T = TypeVar("T")
MEDIA_TYPE = "application/problem+json"
TYPES = "https://sayso.dev/problems/"
RETRY = (b"retry-after", b"5")
"""Beside every 503."""
_log = logging.getLogger("sayso.api")
# Told once a minute (observe.logs): while the database is away it is the same for every request.
_away = logging.getLogger("sayso.api.away")

_TITLES: Mapping[int, tuple[str, str]] = {
    400: ("bad-request", "The request cannot be read"),
    401: ("unauthorized", "A valid API key is needed"),
    403: ("forbidden", "This key may not do that"),
    404: ("not-found", "There is no such thing"),
    405: ("method-not-allowed", "This address does not take this method"),
    409: ("conflict", "This contradicts what stands already"),
    413: ("too-large", "The body is too large"),
    415: ("unsupported-media-type", "The body must be JSON"),
    422: ("invalid", "The request has faults"),
    429: ("too-many-requests", "Too many requests"),
    500: ("internal", "Something went wrong on this side"),
    503: ("unavailable", "The service cannot answer for now"),
}
_STATUS = {"forbidden": 403, "not_found": 404, "conflict": 409, "invalid": 422}


class FieldError(msgspec.Struct, frozen=True):
    """One fault: the field, a sentence with the remedy, a stable code."""

    field: str
    message: str
    code: str = "invalid"


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error as RFC 9457 describes it, with our list of faults."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    reference: str = ""
    difference: dict[str, Any] = {}


class DeclinedError(Exception):
    """An action refused: nothing was changed, but a no to texts that its faults call kept."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.kind)
        self.refused = refused


def settled(answer: T | Refused) -> T:
    """What an action did; raises DeclinedError where it refused."""
    if isinstance(answer, Refused):
        raise DeclinedError(answer)
    return answer


def details(
    status: int,
    detail: str,
    errors: Sequence[Problem] = (),
    *,
    reference: str = "",
    difference: Mapping[str, object] | None = None,
) -> ProblemDetails:
    """The body of an error."""
    name, title = _TITLES.get(status, ("error", "The request was not carried out"))
    faults = [FieldError(problem.field, problem.message, problem.code) for problem in errors]
    return ProblemDetails(TYPES + name, title, status, detail, faults, reference, dict(difference or {}))


def of_declined(_: Request[Any, Any, Any], error: DeclinedError) -> Response[bytes]:
    """The answer where an action refused."""
    refused = error.refused
    detail = " ".join(problem.message for problem in refused.problems[:3])
    return _response(details(_STATUS[refused.kind], detail, refused.problems, difference=refused.difference))


def of_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The answer to what the framework refuses; faults of the body are all named, not only the first."""
    if isinstance(error, ValidationException):
        faults = bodies.faults(request) or bodies.told(error)
        return _response(details(422, " ".join(fault.message for fault in faults[:3]), faults))
    detail = _DETAILS.get(error.status_code, error.detail)
    response = _response(details(error.status_code, detail))
    response.headers.update(error.headers or {})
    return response


def of_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The answer to a fault of ours: a reference number, which the log has too, and no trace."""
    return _response(unexpected(f"{request.method} {request.url.path}", error))


def unexpected(where: str, error: Exception) -> ProblemDetails:
    """What is told of an error nobody expected: 503 where the database is away, else 500."""
    reference = uuid4().hex[:12]
    if isinstance(error, UNREACHABLE) and not isinstance(error, FULL):
        _away.error("the database cannot be reached, so %s is not answered (%s): %s", where, reference, error)
        return unreachable(begun=True, reference=reference)
    _log.error("unexpected error %s on %s", reference, where, exc_info=error)
    if isinstance(error, FULL):
        detail = "The database's disk is full, and nothing was changed. Tell the operator to make room."
        return details(503, detail, reference=reference)
    detail = f"Nothing is known to have been changed. Try again; if it stays, tell the operator {reference}."
    return details(500, detail, reference=reference)


def unreachable(*, begun: bool, reference: str = "") -> ProblemDetails:
    """What is told while the database is away; `begun` where the request may have been carried out."""
    done = (
        "Whether this was carried out is not known: send it again with the same Idempotency-Key, or look."
        if begun
        else "Nothing was changed. Send it again in a few seconds."
    )
    return details(503, f"The database cannot be reached. {done}", reference=reference)


def _response(body: ProblemDetails) -> Response[bytes]:
    again = {RETRY[0].decode(): RETRY[1].decode()} if body.status == 503 else {}
    encoded = msgspec.json.encode(body)
    return Response(encoded, status_code=body.status, media_type=MEDIA_TYPE, headers=again)


_DETAILS = {
    400: "The body is no JSON, or a parameter cannot be read.",
    404: "There is nothing at this address. The list of addresses is at /api/v1/docs.",
    405: "This address exists, but not with this method. See /api/v1/docs.",
}
"""Instead of the framework's own words."""
