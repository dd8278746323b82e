"""When a campaign is paused by itself: too many stop because of it, or too much of it fails (R9.5)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watched:
    """A campaign that goes out: what has left since it began, or was resumed, and what came of it.

    The limits are in thousandths of what has left; 0: never. Below `pause_from` nothing is judged.
    """

    workspace_id: int
    campaign_id: int
    departed: int
    failed: int
    opted_out: int
    pause_from: int
    pause_at_opt_outs: int
    pause_at_failures: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Why it is paused: a code, and a sentence for whoever decides how it goes on."""

    reason: str
    told: str


def judge(seen: Watched) -> Hold | None:
    """Say whether a campaign must stand still; None: it goes on."""
    if seen.departed < max(seen.pause_from, 1):
        return None
    checks = (
        ("opt_outs", seen.opted_out, seen.pause_at_opt_outs, "stopped because of it"),
        ("failures", seen.failed, seen.pause_at_failures, "were not delivered"),
    )
    for reason, count, limit, what in checks:
        if limit and count * 1_000 > limit * seen.departed:
            told = (
                f"Paused by itself: {count:,} of {seen.departed:,} {what}, more than {limit / 10:g}%. "
                "Look at the text and at who gets it; then resume it or cancel it."
            )
            return Hold(reason, told)
    return None
