"""Two people edit one thing: whoever saves second is told, and nothing of the first is overwritten unseen."""

from __future__ import annotations

import hashlib

import msgspec

from sayso.actions.refusal import Refused, conflict


def stamp(stands: object) -> str:
    """A short sign of what stands, for a form to carry: equal things have equal signs."""
    return hashlib.sha256(msgspec.json.encode(stands, order="sorted")).hexdigest()[:16]


def unlike(what: str, stands: str, seen: str) -> Refused | None:
    """Why nothing is done with a thing that stands so (its stamp): it is not what was `seen` (empty: not
    looked at)."""
    if not seen or stands == seen:
        return None
    told = f"Somebody changed {what} after you opened the page. Look at it as it stands now, then go on."
    return conflict("", "changed_meanwhile", told)


def overtaken(what: str, stands: object, wanted: object, seen: str) -> Refused | None:
    """Why `wanted` is not stored: what stands is no longer what was `seen` (its stamp; empty: not looked at).

    What is wanted and stands already is no conflict: a second click, or two people of one mind.
    """
    if not seen or stands == wanted or stamp(stands) == seen:
        return None
    told = f"Somebody saved {what} after you opened the form. See what differs, then save from there."
    return conflict("", "changed_meanwhile", told)
