"""Two profiles of one person become one: whose field stands, and what of their consent (R6.3, R8.2)."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from sayso.core.contact_record import ContactRow

CHOSEN = ("phone", "email", "language", "time_zone", "country", "sms_valid")
"""The fields of which one of the two is taken; attributes are joined, lists too."""


def merged(kept: ContactRow, gone: ContactRow, theirs: Collection[str]) -> ContactRow:
    """The profile that stays: its own fields where it has any, and those of the other among `theirs`.

    Attributes are joined; of one that both have the kept profile's stands, unless `attributes` is theirs.
    """
    taken = {
        name: getattr(gone, name)
        for name in CHOSEN
        if name in theirs or (getattr(kept, name) is None and getattr(gone, name) is not None)
    }
    first, second = (gone, kept) if "attributes" in theirs else (kept, gone)
    attributes = {**second.attributes, **first.attributes}
    whole = replace(kept, **taken, attributes=attributes)
    return replace(whole, sms_consent=strictest(whole.phone, kept, gone))


def strictest(phone: int | None, *profiles: ContactRow) -> str:
    """A no of either stands; a yes only with the number that it was given for; else nobody has said."""
    if any(profile.sms_consent == "no" for profile in profiles):
        return "no"
    given = any(profile.sms_consent == "yes" and profile.phone == phone for profile in profiles)
    return "yes" if given else "unknown"


def differing(kept: ContactRow, gone: ContactRow) -> list[str]:
    """The fields of which one must be chosen: both say something, and not the same."""
    told = [name for name in ContactRow.__struct_fields__ if name in CHOSEN]
    both = [name for name in told if None not in {getattr(kept, name), getattr(gone, name)}]
    found = [name for name in both if getattr(kept, name) != getattr(gone, name)]
    shared = kept.attributes.keys() & gone.attributes.keys()
    if any(kept.attributes[name] != gone.attributes[name] for name in shared):
        found.append("attributes")
    return found
