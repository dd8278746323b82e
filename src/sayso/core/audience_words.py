"""A segment's conditions said in words: a sentence for whoever reads the segment (R8.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sayso.core.audience import AllOf, AnyOf, Condition, Not, Tree


@dataclass(frozen=True, slots=True)
class Names:
    """What people call what a tree knows by id or code; what is not among them is said by its id or code."""

    lists: Mapping[int, str] = field(default_factory=dict)
    campaigns: Mapping[int, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)


def said(tree: Tree, names: Names) -> str:
    """The conditions as they are read aloud; brackets stand where `and` and `or` would mix."""
    if isinstance(tree, AllOf):
        return " and ".join(_inner(one, names) for one in tree.of)
    if isinstance(tree, AnyOf):
        return " or ".join(_inner(one, names) for one in tree.of)
    if isinstance(tree, Not):
        return f"not ({said(tree.of, names)})"
    return _WORDS[tree.about](tree, names)


def _inner(tree: Tree, names: Names) -> str:
    words = said(tree, names)
    return f"({words})" if isinstance(tree, AllOf | AnyOf) and len(tree.of) > 1 else words


_TESTS: Mapping[str, str] = {
    "is": "is {}",
    "is_not": "is not {}",
    "contains": "contains {}",
    "begins_with": "begins with {}",
    "known": "is known",
    "unknown": "is not known",
    "greater": "is greater than {}",
    "less": "is less than {}",
    "before": "is before {}",
    "after": "is after {}",
}
_STANDINGS = {
    "yes": "given",
    "no": "refused",
    "pending": "waiting for an answer",
    "never": "never spoken of",
    "unknown": "unknown",
}


def _field(label: str) -> Callable[[Condition, Names], str]:
    def words(asked: Condition, names: Names) -> str:
        known = {"language": names.languages, "country": names.countries}.get(asked.about, {})
        return f"{label} {_TESTS[asked.test].format(known.get(asked.value, asked.value))}"

    return words


def _attribute(asked: Condition, _: Names) -> str:
    value = asked.value if asked.test in ("greater", "less", "before", "after") else f"“{asked.value}”"
    return f"{asked.name} {_TESTS[asked.test].format(value)}"


def _consent(asked: Condition, _: Names) -> str:
    label = "consent" if asked.about == "sms_consent" else f"consent to {asked.name}"
    return f"{label} {_TESTS[asked.test].format(_STANDINGS[asked.value])}"


def _list(asked: Condition, names: Names) -> str:
    name = names.lists.get(asked.id, str(asked.id))
    return f"on the list {name}" if asked.test == "on" else f"not on the list {name}"


def _campaign(asked: Condition, names: Names) -> str:
    name = names.campaigns.get(asked.id, str(asked.id))
    return _when(asked, f"got the campaign {name}", f"did not get the campaign {name}")


def _did(positive: str, negative: str) -> Callable[[Condition, Names], str]:
    return lambda asked, _: _when(asked, positive, negative)


def _when(asked: Condition, positive: str, negative: str) -> str:
    days = "day" if asked.days == 1 else f"{asked.days} days"
    return {
        "ever": positive,
        "never": f"never {positive}",
        "within": f"{positive} in the last {days}",
        "not_within": f"{negative} in the last {days}",
    }[asked.test]


_WORDS: Mapping[str, Callable[[Condition, Names], str]] = {
    "language": _field("language"),
    "country": _field("country"),
    "time_zone": _field("time zone"),
    "email": _field("e-mail address"),
    "external_id": _field("external id"),
    "number": _field("number"),
    "sms_consent": _consent,
    "created": _did("created", "not created"),
    "attribute": _attribute,
    "consent": _consent,
    "block": lambda asked, _: "blocked" if asked.test == "blocked" else "not blocked",
    "list": _list,
    "texted": _did("texted", "not texted"),
    "wrote": _did("wrote to us", "did not write to us"),
    "campaign": _campaign,
    "opted_out": _did("opted out", "did not opt out"),
    "clicked": _did("opened a link", "did not open a link"),
}
