"""Texts that ask for more than a value: conditions, loops, filters, in Liquid, under limits (R9.2).

Values are data: what stands in one is written, never read as a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sayso.core.problems import Problem
from sayso.core.text_values import MOST_ITEMS, TOO_MUCH, Missing, as_text, clean

LONGEST_SOURCE = 5_000
EXPLODES = "explodes"
_LESS = "Use fewer and shorter loops, and cut values with truncate."
# A text is tried with these in the place of every name before it is stored: nothing at all, what is usual,
# and the worst that may be known of somebody.
TRIED: tuple[object, ...] = (
    None,
    "Ada",
    7,
    "2026-01-31",
    "a{{ b }}" * 50,
    ["a" * 40] * MOST_ITEMS,
)


@dataclass(frozen=True, slots=True)
class Rich:
    """A piece of a text that Liquid writes; `placed` are values that other texts stand for."""

    source: str
    names: frozenset[str]
    template: Any = field(compare=False, repr=False)

    def write(self, values: Mapping[str, object]) -> str | Missing:
        """It for one person, or why not."""
        from liquid.exceptions import LiquidError, ResourceLimitError, UndefinedError

        try:
            return self.rendered(values)
        except UndefinedError as error:
            return Missing(str(error.message).removeprefix("contact."))
        except ResourceLimitError:
            return Missing("", TOO_MUCH)
        except LiquidError as error:
            return Missing("", f"{_one_line(error.message)}.")
        except Exception as error:  # whatever a value does to the library is told of that value
            return Missing("", f"{type(error).__name__} near a filter or a condition.")

    def rendered(self, values: Mapping[str, object]) -> str:
        """It for one person; raises what the library raises."""
        return str(self.template.render(_known(values)))


def read(body: str, name: str) -> Rich | Problem:
    """Understand a text; a problem of the field `name` says where it is not understood, and what to do."""
    if len(body) > LONGEST_SOURCE:
        return Problem(name, "form", f"A text has at most {LONGEST_SOURCE:,} characters.")
    # Late: most texts are plain, and the library takes a fifth of a second to come.
    from liquid.exceptions import LiquidError, ResourceLimitError

    from sayso.core.liquid_limits import ENVIRONMENT

    try:
        template = ENVIRONMENT.from_string(body)
        template.source = body  # type: ignore[attr-defined]  # of our own class, which the library does not say
        asked = template.analyze(include_partials=False)
    except ResourceLimitError:
        return Problem(
            name, EXPLODES, "It is nested too deep. Write it with fewer conditions in one another."
        )
    except LiquidError as error:
        return _not_understood(error, body, name)
    except Exception as error:  # arbitrary text meets a parser that is not ours
        return Problem(
            name, "not_understood", f"It is not understood ({type(error).__name__}). Write it simpler."
        )
    unknown = next((said for said in asked.filters if said not in ENVIRONMENT.filters), None)
    if unknown is not None:
        known = ", ".join(sorted(ENVIRONMENT.filters))
        where = _where(body, asked.filters[unknown][0].index)
        told = f"{where}: there is no filter “{unknown[:40]}”. There are {known}."
        return Problem(name, "not_understood", told)
    found = Rich(body, _names(asked.globals), template)
    return _tried(found, name) or found


def _tried(text: Rich, name: str) -> Problem | None:
    """What is wrong with a text whoever gets it, or with whoever has the longest of everything."""
    from liquid.exceptions import ResourceLimitError

    from sayso.core.liquid_limits import why_too_much

    found: list[str | Missing] = []
    for value in TRIED:
        known = {} if value is None else dict.fromkeys(text.names, value)
        written = text.write(known)
        if isinstance(written, Missing) and written.why == TOO_MUCH:
            try:
                text.rendered(known)
            except ResourceLimitError as error:
                told = f"{_where(text.source, _place(error))}: {why_too_much(error)}. {_LESS}"
                return Problem(name, EXPLODES, told)
        found.append(written)
    faults = [each.why for each in found if isinstance(each, Missing) and each.why]
    if len(faults) < len(found):
        return None
    return Problem(name, "not_understood", f"It can be written for nobody: {faults[0]}")


def _known(values: Mapping[str, object]) -> dict[str, object]:
    """Values as Liquid finds them: nothing empty, nothing endless; `address.city` is found in steps."""
    known: dict[str, Any] = {}
    for name, value in values.items():
        bearable = _value(value)
        if bearable is None:
            continue
        *path, last = name.split(".")
        place = known
        for step in path:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                break
        else:
            place[last] = bearable
    return known | {"contact": known}


def _value(value: object) -> object:
    if isinstance(value, list | tuple):
        return [kept for kept in map(_value, value[:MOST_ITEMS]) if kept is not None] or None
    if isinstance(value, Mapping):
        kept = {clean(str(key)): _value(inner) for key, inner in list(value.items())[:MOST_ITEMS]}
        return {key: inner for key, inner in kept.items() if inner is not None} or None
    return value if isinstance(value, bool | int | float) else as_text(value)


def _names(asked: Mapping[str, Any]) -> frozenset[str]:
    """What a text asks for by name, each without the `contact.` before it."""
    found = set()
    for root, places in asked.items():
        for place in places:
            steps = [str(step) for step in place.segments]
            found.add(".".join(steps[1:] if root == "contact" and len(steps) > 1 else steps))
    return frozenset(found)


def _not_understood(error: Any, body: str, name: str) -> Problem:
    told = (
        f"{_where(body, _place(error))}: {_one_line(error.message)}. Mend it there, or write {{{{ name }}}}, "
        'or {{ name | default: "friend" }} for what stands there where the name is not known.'
    )
    return Problem(name, "not_understood", told)


def _place(error: Any) -> int:
    return int(getattr(error.token, "start_index", 0)) if error.token is not None else 0


def _where(body: str, at: int) -> str:
    at = min(max(at, 0), len(body))
    line = body.count("\n", 0, at) + 1
    column = at - (body.rfind("\n", 0, at) + 1) + 1
    near = _one_line(body[at : at + 24])
    return f"Line {line}, column {column}, near “{near}”" if near else f"Line {line}, column {column}"


def _one_line(said: object) -> str:
    return " ".join(str(said).split()).rstrip(".")[:160]
