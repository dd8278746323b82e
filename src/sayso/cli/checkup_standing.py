"""What `doctor` says of campaigns that do not come on, of the smaller stages, and of what fills the disk."""

from __future__ import annotations

from collections.abc import Iterator

from sayso.cli.finding import Finding
from sayso.cli.printing import counted
from sayso.storage.standing import Behind, Large, Standing, Stands

MEGABYTE = 1_000_000
# Openings are judged within seconds; the rest may take its time, an erasure of a large ledger most.
LATE_SECONDS = {"clicks": 60.0, "credit": 300.0, "spreadsheets": 600.0, "imports": 600.0, "erasures": 3600.0}
_WORK = {
    "clicks": ("opening of a link", "openings of links", "clicks"),
    "credit": ("entry of credit that no balance holds", "entries of credit that no balance holds", "upkeep"),
    "spreadsheets": ("spreadsheet to be read", "spreadsheets to be read", "spreadsheets"),
    "imports": ("import of contacts", "imports of contacts", "importing"),
    "erasures": ("erasure", "erasures", "erasing"),
}


def standing(seen: Stands, *, restored: bool) -> Iterator[Finding]:
    """The findings; `restored`: a restore keeps everything paused."""
    for halt in seen.halts:
        because = f": {halt.why}" if halt.why else ""
        told = (
            f"Somebody stopped all sending of {halt.name} (workspace {halt.workspace_id}) at "
            f"{halt.since:%Y-%m-%d %H:%M} UTC{because}. Nothing of it is planned or leaves but confirmations "
            "and help. Ask there; the bar on every page of the console lets it go on."
        )
        yield Finding("halt", "warn", told)
    for campaign in seen.campaigns:
        yield _campaign(campaign, seen, restored=restored)
    for work in seen.behind:
        if work.seconds > LATE_SECONDS[work.work]:
            yield _behind(work)
    if seen.large:
        yield Finding("size", "ok", _large(seen.large))


def _campaign(one: Standing, seen: Stands, *, restored: bool) -> Finding:
    what = "The rehearsal of campaign" if one.rehearsal else "Campaign"
    told = (
        f"{what} {one.campaign_id} of workspace {one.workspace_id} (“{one.name}”) does not come on since "
        f"{one.seconds:,.0f} s"
    )
    if restored:
        return Finding("campaign", "warn", f"{told}: a restore was not recovered from, see `sayso recover`.")
    if one.is_halted:
        return Finding("campaign", "warn", f"{told}: its workspace stopped all sending, see above.")
    if one.workspace_id in seen.full and not one.rehearsal:
        remedy = (
            "as much waits on its connection as is planned ahead. It goes on by itself as that leaves; if "
            "nothing leaves, see the lines on queues, pauses and alarms."
        )
        return Finding("campaign", "ok", f"{told}: {remedy}")
    remedy = (
        "nothing plans it. See that an engine runs `planning` (`sayso work` without --stages runs all), and "
        "the alarm stage_failing; the engine's log has the whole story."
    )
    return Finding("campaign", "fail", f"{told}: {remedy}")


def _behind(work: Behind) -> Finding:
    one, many, stage = _WORK[work.work]
    told = (
        f"{counted(work.waiting, one, many)} waiting, the oldest for {work.seconds:,.0f} s. See that an "
        f"engine runs the stage `{stage}`, and the alarm stage_failing."
    )
    return Finding(stage, "warn", told)


def _large(found: tuple[Large, ...]) -> str:
    named = ", ".join(f"{each.name} {each.bytes / MEGABYTE:,.0f} MB" for each in found)
    total = found[0].total / MEGABYTE
    return f"The tables take {total:,.0f} MB: {named}. docs/operating.md says what goes by itself."
