"""Which numbers of the workspace nothing leaves by just now, and why, for campaigns that wait for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sayso.console.campaigns import trying, words
from sayso.console.lenses.campaigns import Campaign
from sayso.console.lenses.standing import Alarm, Pause

STOPPED = "Whoever runs this server stopped its connection. What waits stays, until they let it go on."
EVERYTHING = "Whoever runs this server must look at it first, as after a restore. What waits stays."
TOLD = "What waits is tried again by itself, and whoever runs this server is told."
TROUBLE: Mapping[str, str] = MappingProxyType(
    {
        "provider_silent": f"Its provider does not answer as it should. {TOLD}",
        "provider_account": f"Its provider refuses the account. {TOLD}",
    }
)
STANDS_IN = "connection_failed_over"
"""Rings while what waits leaves by another connection: then nothing stands still."""


@dataclass(frozen=True, slots=True)
class Still:
    """What nothing leaves by, or hardly anything, and why."""

    title: str
    why: str


def still(campaign: Campaign) -> list[Still]:
    """What holds a campaign back that goes out; nothing of one that does not, or of numbers that are well."""
    return list(_still()) if campaign.state in words.RUNNING else []


def _still() -> Iterator[Still]:
    named: dict[str, list[str]] = {}
    for line in trying.senders():
        named.setdefault(f"connection:{line.connection_id}", []).append(line.name)
    paused = set(Pause.objects.filter(resource__in=["all", *named]).values_list("resource", flat=True))
    rings = set(Alarm.objects.filter(subject__in=list(named)).values_list("subject", "code"))
    if "all" in paused:
        yield Still("Nothing leaves.", EVERYTHING)
    for connection, names in named.items():
        numbers = ", ".join(names)
        if connection in paused:
            yield Still(f"Nothing leaves by {numbers}.", STOPPED)
        elif (connection, STANDS_IN) not in rings:
            for code, why in TROUBLE.items():
                if (connection, code) in rings:
                    yield Still(f"Hardly anything leaves by {numbers}.", why)
