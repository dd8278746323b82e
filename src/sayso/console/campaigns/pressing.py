"""Buttons within the form of a campaign that change it and save nothing: with scripting and without.

Each is a `preview` with a word: `as-12` looks at a text as contact 12 reads it, `insert-name` puts a name
into it, `plain` replaces letters, `picture` brings one, `drop-1` takes the first away.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, QueryDict

from sayso.actions.pictures import add_picture
from sayso.actions.refusal import Refused
from sayso.console.campaigns import letters
from sayso.console.forms import PREVIEW
from sayso.console.loop import perform
from sayso.console.refusing import sentence
from sayso.core.pictures import MOST_BYTES, PATH
from sayso.core.plain_letters import replaced

FILE, ABOUT, MEDIA = "picture", "picture_about", "media_urls"
NO_FILE = "No file is chosen. Choose a picture, then bring it."
TOO_LARGE = "A picture has at most 5 MB. Make it smaller and choose it again."


def pressed(request: HttpRequest) -> str:
    """What is wrong with a picture that was brought; the form as it is after what was pressed is in POST."""
    said = request.POST.copy()
    what, _, which = said.get(PREVIEW, "").partition("-")
    if what == "as":
        said["as"] = which
    elif what == "insert":
        said["body"] = _inserted(said.get("body", ""), which)
    elif what == "plain":
        for name in letters.FIELDS:
            if name in said:
                said[name] = replaced(said[name])
    elif what == "drop":
        kept = said.get(MEDIA, "").split()
        said[MEDIA] = "\n".join(one for place, one in enumerate(kept, 1) if str(place) != which)
    problem = NO_FILE if what == "picture" else ""
    if FILE in request.FILES:
        problem = _brought(request, said)
    request.POST = said
    return problem


def placeholder(name: str) -> str:
    """How a name is written into a text."""
    if name in ("unsubscribe_link", "opt_out_message", "picture_link"):
        return f"{{{{ {name} }}}}"
    spoken_to = "name" in name.casefold()
    return f'{{{{ {name} | default: "there" }}}}' if spoken_to else f"{{{{ {name} }}}}"


def _inserted(body: str, name: str) -> str:
    apart = "" if not body or body[-1:].isspace() else " "
    return f"{body}{apart}{placeholder(name[:100])}"


def _brought(request: HttpRequest, said: QueryDict) -> str:
    file: Any = request.FILES[FILE]
    if file.size > MOST_BYTES:
        return TOO_LARGE
    about = said.get(ABOUT, "")[:500]
    answer = perform(request, add_picture, file.read(), about, datetime.now(UTC))
    if isinstance(answer, Refused):
        return sentence(answer)
    said[MEDIA] = "\n".join(dict.fromkeys([*said.get(MEDIA, "").split(), PATH + answer.token]))
    said[ABOUT] = ""
    return ""
