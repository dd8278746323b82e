"""What is wrong with something a person gave us, in words that person can act on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the field it is about, a stable code, and a sentence with the remedy."""

    field: str
    code: str
    message: str
