"""Stylesheets and scripts, held in memory under names that change with their content.

The dispatcher serves the map; pages name files through `{% asset "sayso.css" %}`. A name holds a hash of the
bytes, so that an answer may be kept by browsers for good.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from types import MappingProxyType

PREFIX = "/static/"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

# Where each file comes from: our own folder, the assets that `npm ci` fetched, and scripts that the
# Django packages bring with them.
SOURCES: dict[str, tuple[str, str]] = {
    "tabler.css": ("sayso.console", "static/vendor/tabler.min.css"),
    "sayso.css": ("sayso.console", "static/sayso.css"),
    "shell.css": ("sayso.console", "static/shell.css"),
    "sayso.js": ("sayso.console", "static/sayso.js"),
    "inbox.js": ("sayso.console", "static/inbox.js"),
    "compose.js": ("sayso.console", "static/compose.js"),
    "upload.js": ("sayso.console", "static/upload.js"),
    "icon.svg": ("sayso.console", "static/icon.svg"),
    "htmx.js": ("django_htmx", "static/django_htmx/htmx-4.min.js"),
    "passkey-json.js": ("allauth.mfa", "static/mfa/js/webauthn-json.js"),
    "passkey.js": ("allauth.mfa", "static/mfa/js/webauthn.js"),
    "onload.js": ("allauth.account", "static/account/js/onload.js"),
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """An answer that never changes: send it with `Cache-Control: public, max-age=31536000, immutable`."""

    body: bytes
    gzipped: bytes
    content_type: str


def static_files() -> Mapping[str, StaticFile]:
    """Every file by its path, `/static/sayso.1f0c….css`. Needs no Django; the same in every worker.

    Raises FileNotFoundError with the remedy where the assets were not built.
    """
    return MappingProxyType({_paths()[name]: _read(name) for name in SOURCES})


def path_of(name: str) -> str:
    """The path of a file for a page: `path_of("sayso.css")`."""
    return _paths()[name]


@cache
def _paths() -> dict[str, str]:
    return {name: _hashed(name, _read(name).body) for name in SOURCES}


@cache
def _read(name: str) -> StaticFile:
    package, path = SOURCES[name]
    source: Traversable = files(package).joinpath(path)
    if not source.is_file():
        raise FileNotFoundError(
            f"the console's {name} is missing ({package}: {path}). "
            "Its assets were not built: run `npm ci`, then `python -m sayso.console.assets`."
        )
    body = source.read_bytes()
    return StaticFile(body, gzip.compress(body, 9, mtime=0), TYPES[PurePosixPath(name).suffix])


def _hashed(name: str, body: bytes) -> str:
    path = PurePosixPath(name)
    return f"{PREFIX}{path.stem}.{hashlib.sha256(body).hexdigest()[:12]}{path.suffix}"
