"""Several texts tried on a part of the audience, a control group, and the one that the others get (R9.5).

Who is in which group follows from the campaign and the number alone (the contact, where each profile gets a
text of its own): asked again, or in a second walk, it is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from sayso.core.campaigns import Recipient
from sayso.core.problems import Problem

EVERYBODY = 100
CONTROL, OTHERS = 0, -1
"""The groups that are no variant: those that get nothing, and those that wait for the winner."""
CONTROL_REASON = "control_group"
CONTROL_TOLD = "They are of the control group, which gets nothing, so that what the text does can be told."
MEASURES = ("replies", "opt_outs", "clicks")
MOST_TEXTS = 4
_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the texts, by number from 1, and its share of the tested in percent."""

    variant: int
    body: str
    share: int


@dataclass(frozen=True, slots=True)
class Trial:
    """`tested` percent of those who are not of the `control` percent are tried on; after `hours` the text
    that `measure` names gets the others. `winner` None: not known yet."""

    tested: int
    control: int
    measure: str
    hours: int
    variants: tuple[Variant, ...]
    winner: int | None = None

    def group(self, campaign_id: int, key: int) -> int:
        """A variant's number, `CONTROL` or `OTHERS`; `key` is a number, or a contact."""
        digest = blake2b(f"{campaign_id}:{key}".encode(), digest_size=12).digest()
        kept, tried, which = (int.from_bytes(digest[at : at + 4], "big") % _WHOLE for at in (0, 4, 8))
        if kept < self.control * 100:
            return CONTROL
        if tried >= self.tested * 100:
            return OTHERS
        for one in self.variants[:-1]:
            which -= one.share * 100
            if which < 0:
                return one.variant
        return self.variants[-1].variant

    def group_of(self, campaign_id: int, recipient: Recipient, *, per_profile: bool) -> int:
        """The group of a recipient: all profiles of a number are in one, unless each gets its own text."""
        return self.group(campaign_id, recipient.contact_id if per_profile else recipient.phone)

    @property
    def waits(self) -> bool:
        """Whether somebody waits for the winner."""
        return self.tested < 100 and self.winner is None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many got a variant, and how many did what is measured."""

    variant: int
    messages: int
    did: int

    @property
    def rate(self) -> float:
        """Of one."""
        return self.did / self.messages if self.messages else 0.0


def winner(measure: str, counted: Sequence[Counted]) -> tuple[int, str]:
    """The variant that did best, and why in a sentence; the first one where two are alike."""
    sent = [one for one in counted if one.messages] or [Counted(1, 0, 0)]
    least = measure == "opt_outs"
    best = min(sent, key=lambda one: (one.rate if least else -one.rate, one.variant))
    said = ", ".join(f"{letter(one.variant)} {one.did} of {one.messages}" for one in sent)
    word = {"opt_outs": "fewest opt-outs", "replies": "most replies", "clicks": "most clicks"}[measure]
    return best.variant, f"{letter(best.variant)} had the {word}: {said}."


def letter(variant: int) -> str:
    """What people call a variant: A, B, C, D."""
    return "ABCD"[variant - 1]


def faults(trial: Trial) -> list[Problem]:
    """What is wrong with a trial as somebody asks for it."""
    shares = sum(one.share for one in trial.variants)
    checks: Mapping[str, tuple[bool, str]] = {
        "variants": (2 <= len(trial.variants) <= MOST_TEXTS, "Try two to four texts."),
        "shares": (shares == 100, f"The shares of the texts add up to {shares}; they must be 100."),
        "tested": (1 <= trial.tested <= 100, "Try them on 1 to 100 percent."),
        "control": (0 <= trial.control <= 50, "The control group is 0 to 50 percent."),
        "measure": (trial.measure in MEASURES, f"The measure is one of {', '.join(MEASURES)}."),
        "hours": (1 <= trial.hours <= 72, "The winner is chosen after 1 to 72 hours."),
    }
    return [Problem(field, "form", told) for field, (holds, told) in checks.items() if not holds]
