"""A no to texts outlives its row: one of a file or the API that is refused for something else says it too.

Whoever brings a list with a no in it believes that it holds; a wrong e-mail address beside it, or a yes of
the same person further up, must not make it a yes (R6.4, R8.2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from sayso.core.contact_record import LONGEST_EXTERNAL_ID, ContactWanted, Read, Stood
from sayso.core.problems import Problem

KEPT = Problem("sms_consent", "no_kept", "The no to texts that stands in it was taken over all the same.")
NOBODY = "-"
"""Whom a row is about that does not say it."""
LOST = Problem(
    "sms_consent",
    "no_lost",
    "The no to texts that stands in it was not taken over. Block the number, or mend what is wrong and bring "
    "it again.",
)
"""Why nobody may believe that the no of a row holds."""
UNSTORABLE = Problem("", "unstorable", "The database could not store this row; the log says why.")
"""Of a row that the database refused whole: its no alone may be stored."""


def says_no(row: Read, problems: Iterable[Problem]) -> bool:
    """Whether a refused row says no for somebody whom it names."""
    name = row.wanted.external_id
    return (
        row.sms_consent == "no"
        and name != NOBODY
        and 0 < len(name) <= LONGEST_EXTERNAL_ID
        and LOST not in problems
    )


def told(row: Read, problems: Sequence[Problem], left: Collection[str]) -> Sequence[Problem]:
    """Why a row is refused, and where it says no, whether that holds; `left`: whose noes are taken over."""
    if row.sms_consent != "no" or LOST in problems:
        return problems
    kept = row.wanted.external_id in left and says_no(row, problems)
    return (*problems, KEPT if kept else LOST)


def noes(refused: Iterable[Read], known: Collection[str], good: Collection[str]) -> Mapping[str, Read]:
    """What is left of refused rows that say no, by external id: the no, and the number of who is new.

    `known` and `good`: who stands, and whom a row that is stored is about. Who is neither and has no number
    gets no text: there is nothing to say no to.
    """
    left: dict[str, Read] = {}
    for row in refused:
        name = row.wanted.external_id
        phone = UNSET if name in known or name in good else row.phone
        if name in known or name in good or isinstance(phone, int):
            alone = ContactWanted(name, sms_consent="no", line=row.wanted.line)
            left.setdefault(name, Read(alone, phone, "no", ()))
    return left


def outdone(row: Read, left: Mapping[str, Read]) -> Read:
    """A row that is stored, with the no of another one about the same contact."""
    no = left.get(row.wanted.external_id)
    if no is None or row.sms_consent == "no":
        return row
    # The ledger names the row that said it.
    return replace(row, sms_consent="no", wanted=replace(row.wanted, line=no.wanted.line, evidence=None))


def heeding(row: Read, stood: Stood) -> Read:
    """A row that is stored, about a contact of whom an earlier slice took over no more than a no.

    Whoever has said yes since by a way that may take a no back is not held to it.
    """
    if stood.sms_consent != "no" or row.sms_consent == "no":
        return row
    return replace(row, sms_consent="no", wanted=replace(row.wanted, evidence=None))
