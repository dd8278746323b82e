"""The API described: OpenAPI 3.1 as JSON, and a page to read that needs nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, License, SecurityScheme

import sayso
from sayso.api.described import METHODS, body_of, described, example_of

CONFIG = OpenAPIConfig(
    title="Sayso",
    version=sayso.__version__,
    description="Two-way SMS and MMS. Lists page by limit and cursor; writes honour Idempotency-Key; "
    "errors are application/problem+json. Large ids are texts, since JSON numbers are not exact beyond 2^53.",
    license=License(name="Apache-2.0", identifier="Apache-2.0"),
    components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
    security=[{"key": []}],
    use_handler_docstrings=True,
    render_plugins=[],
)


@get("/api/v1/openapi.json", include_in_schema=False, media_type="application/json")
async def openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The description for machines."""
    return Response(msgspec.json.encode(_schema(request.app)), media_type="application/json")


@get("/api/v1/docs", include_in_schema=False, media_type="text/html")
async def docs(request: Request[Any, Any, Any]) -> Response[str]:
    """The description for people: no script, no address outside this server."""
    headers = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'"}
    return Response("".join(_page(_schema(request.app))), media_type="text/html", headers=headers)


def _schema(app: Litestar) -> dict[str, Any]:
    return described(app.openapi_schema.to_schema())


def _page(schema: Mapping[str, Any]) -> Iterator[str]:
    models = schema["components"]["schemas"]
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield "<title>API · Sayso</title></head>"
    yield f"<body><main><h1>Sayso API</h1><p>{escape(schema['info'].get('description', ''))}</p>"
    yield "<p>Send your key as <code>Authorization: Bearer sayso_…</code>. In the examples "
    yield "<code>$KEY</code> is that key and <code>$SAYSO</code> the address of this server. "
    yield "The same for machines: "
    yield '<a href="/api/v1/openapi.json">openapi.json</a>.</p>'
    for path, operations in sorted(schema["paths"].items()):
        for method in METHODS:
            if method in operations:
                yield from _operation(path, method, operations[method])
    yield from _errors(schema["components"]["responses"])
    yield "<h2>Models</h2>"
    for name, model in sorted(models.items()):
        yield from _model(name, model)
    yield "</main></body></html>"


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
    yield f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
    asked = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    if asked:
        told = ", ".join(f"<code>{escape(one['name'])}</code>" for one in asked)
        yield f"<p>In the address: {told}.</p>"
    yield from _link("Body", body_of(operation).get("schema", {}))
    refused = []
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            content = answer.get("content", {}).get("application/json", {}).get("schema", {})
            yield from _link(f"Answer {status}", content)
        else:
            refused.append(f'<a href="#problem-{status}">{status}</a>')
    yield f"<p>Or: {', '.join(refused)}.</p><pre>{escape(_call(path, method, operation))}</pre>"


def _call(path: str, method: str, operation: Mapping[str, Any]) -> str:
    """The example as a line for a shell."""
    verb = "" if method == "get" else f" -X {method.upper()}"
    line = f'curl{verb} -H "Authorization: Bearer $KEY" "$SAYSO{example_of(path, operation)}"'
    said = body_of(operation).get("example")
    if said is None:
        return line
    written = json.dumps(said, ensure_ascii=False).replace("'", "'\\''")
    return f"{line} \\\n  -H 'Content-Type: application/json' \\\n  -d '{written}'"


def _errors(responses: Mapping[str, Any]) -> Iterator[str]:
    yield '<h2>Errors</h2><p>Each is a <a href="#ProblemDetails">ProblemDetails</a>.</p><ul>'
    for name, answer in responses.items():
        status = name.removeprefix("Problem")
        yield f'<li id="problem-{status}">{status}: {escape(answer["description"])}</li>'
    yield "</ul>"


def _link(what: str, schema: Mapping[str, Any]) -> Iterator[str]:
    name = _name(schema)
    if name:
        yield f'<p>{what}: <a href="#{escape(name)}">{escape(name)}</a>.</p>'


def _model(name: str, model: Mapping[str, Any]) -> Iterator[str]:
    yield f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{escape(model.get("description", ""))}</p><ul>'
    needed = set(model.get("required", []))
    for field, schema in model.get("properties", {}).items():
        mark = "" if field in needed else " (may be absent)"
        yield f"<li><code>{escape(field)}</code>: {escape(_kind(schema))}{mark}</li>"
    yield "</ul>"


def _kind(schema: Mapping[str, Any]) -> str:
    if "oneOf" in schema or "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema.get("oneOf", schema.get("anyOf", [])))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return _name(schema) or str(schema.get("format") or schema.get("type") or "anything")


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
