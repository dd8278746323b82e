"""The words that come with a type of process, without anybody typing them (R4.7, R4.9)."""

from __future__ import annotations

from functools import lru_cache

from sayso.console.components.parts import Chip
from sayso.core.keywords import PREDEFINED, Kind, kind_of
from sayso.core.policy import rules_for

SPOKEN_EVERYWHERE = ("", "en")


@lru_cache(maxsize=256)
def chips(process_type: str, country: str, language: str) -> tuple[Chip, ...]:
    """Words of the line's language and of everybody's; those that the country demands first, with a lock."""
    kind = kind_of(process_type)
    demanded = _demanded(kind, country)
    spoken = [entry for entry in PREDEFINED if entry.kind is kind and entry.language in _heard(language)]
    words = list(dict.fromkeys(entry.keyword for entry in spoken))
    locked = [Chip(word, "lock") for word in demanded]
    return (*locked, *(Chip(word) for word in words if word not in demanded))


@lru_cache(maxsize=256)
def others(process_type: str, country: str, language: str) -> tuple[int, int]:
    """How many words of how many further languages work too."""
    kind = kind_of(process_type)
    told = {chip.word for chip in chips(process_type, country, language)}
    rest = [entry for entry in PREDEFINED if entry.kind is kind and entry.keyword not in told]
    return len(rest), len({entry.language for entry in rest})


def floor(process_type: str, country: str, language: str) -> str:
    """A word that works whatever becomes of the process: the one to name in a sentence."""
    found = chips(process_type, country, language)
    return next((chip.word for chip in found), "stop")


def _demanded(kind: Kind, country: str) -> list[str]:
    rules = rules_for(country)
    fact = {Kind.UNSUBSCRIBE: rules.opt_out_words, Kind.HELP: rules.help_words}.get(kind)
    return [word.word for word in (fact.value if fact and fact.value else ())]


def _heard(language: str) -> tuple[str, ...]:
    return (*SPOKEN_EVERYWHERE, language.partition("-")[0])
