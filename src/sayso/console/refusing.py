"""What an action refused, where there is no form to say it in."""

from __future__ import annotations

from typing import TypeVar

from sayso.actions.refusal import Refused

T = TypeVar("T")


class RefusedError(Exception):
    """Carries a refusal to the error pages: 403, 404, else 409 with its sentences."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(sentence(refused))
        self.refused = refused


def demand(answer: T | Refused) -> T:
    """What an action answered; a refusal becomes its error page. For buttons and look-ups without a form."""
    if isinstance(answer, Refused):
        raise RefusedError(answer)
    return answer


def sentence(refused: Refused) -> str:
    """The refusal in words."""
    return " ".join(problem.message for problem in refused.problems)
