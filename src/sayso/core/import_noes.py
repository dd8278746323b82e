"""A no to texts outlives its row: a row of a file that is refused for something else says it all the same.

Whoever brings a list with a no in it believes that it holds; a wrong e-mail address beside it, or a yes of
the same person further up, must not make it a yes (R6.4, R8.2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import UNSET
from msgspec.structs import replace

from sayso.core.contact_record import LONGEST_EXTERNAL_ID, ContactWanted, Read
from sayso.core.problems import Problem

KEPT = Problem("sms_consent", "no_kept", "The no to texts that stands in it was taken over all the same.")
NOBODY = "-"
"""Whom a row is about that does not say it."""
UNSTORABLE = "unstorable"
"""The code of a row that the database refused: nothing of it is tried again."""


def says_no(row: Read, problems: Iterable[Problem]) -> bool:
    """Whether a refused row says no for somebody whom it names."""
    name = row.wanted.external_id
    return (
        row.sms_consent == "no"
        and name != NOBODY
        and 0 < len(name) <= LONGEST_EXTERNAL_ID
        and all(problem.code != UNSTORABLE for problem in problems)
    )


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
