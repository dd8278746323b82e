"""The proof of one number as a file to hand over: JSON for machines, text for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sayso.console.proof import words
from sayso.console.proof.proving import Shown, Told, Verdict
from sayso.console.proof.saying import Line
from sayso.storage.blocks import Block
from sayso.storage.consents import Entry

NOTICE = (
    "A copy of what is stored. It carries no chain of hashes: it can be compared with the running Sayso, "
    "not verified without it."
)


def as_json(shown: Shown, zone: str) -> str:
    """The proof as one JSON document; times in UTC."""
    proof = shown.proof
    whole: dict[str, Any] = {
        "number": f"+{proof.phone}" if proof.phone > 0 else shown.number,
        "workspace": proof.workspace,
        "contacts": shown.names,
        "made_at": proof.at,
        "times_in_text_are_of": zone,
        "notice": NOTICE,
        "complete": not (proof.more or proof.exchange.more),
        "may_be_texted": [_verdict(verdict) for verdict in shown.verdicts],
        "blocks": [_block(told) for told in shown.blocks],
        "since_the_stop": _since(shown),
        "said_and_sent": [_line(line) for line in shown.said],
        "ledger": [_entry(told) for told in shown.entries],
        "texts": [_text(text) for text in proof.texts.values()],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_plain)


def as_text(shown: Shown, zone: str) -> str:
    """The proof as people read it, times in the workspace's zone."""
    proof = shown.proof
    said = [f"Proof for {shown.number}, {proof.workspace}", f"Made {words.exact(proof.at)}, times of {zone}."]
    said += [f"Contact: {_quoted(name)}" for name in shown.names]
    said += [NOTICE, "", "MAY IT BE TEXTED"]
    for verdict in shown.verdicts:
        said += _verdict_lines(verdict)
    if shown.since:
        said += ["", "SENT SINCE THE STOP", " ".join((shown.since.answer, shown.since.text)).strip()]
    said += [
        "",
        f"BLOCKS ({len(shown.blocks)})",
        *(line for told in shown.blocks for line in _block_lines(told)),
    ]
    said += [
        "",
        f"TEXTS AND MESSAGES ({len(shown.said)}{' newest' if proof.exchange.more else ''}), newest first",
    ]
    said += [line for told in shown.said for line in _line_lines(told, proof.workspace)]
    said += ["", f"LEDGER ({len(shown.entries)}{' newest' if proof.more else ''}), newest first"]
    said += [line for told in shown.entries for line in _entry_lines(told)]
    return "\n".join(said) + "\n"


def _verdict(verdict: Verdict) -> Mapping[str, Any]:
    return {
        "message": verdict.title,
        "answer": verdict.word,
        "because": verdict.steps,
        "lines": [_verdict(one) for _, one in verdict.lines],
    }


def _verdict_lines(verdict: Verdict) -> list[str]:
    told = [f"{verdict.answer}."]
    told += [f"  - {_quoted(step['fact'])} {step['source']}".rstrip() for step in verdict.steps]
    return told + [f"  {line}" for _, one in verdict.lines for line in _verdict_lines(one)]


def _block(told: Told) -> Mapping[str, Any]:
    block = told.row
    assert isinstance(block, Block)  # noqa: S101 - told of a block
    return {
        "id": str(block.id), "stops": told.stops, "scope": block.scope, "category": block.category,
        "line_id": block.line_id or None, "since": block.since, "said_last_at": block.said_last_at,
        "stored_at": block.stored_at, "source": block.source, "by": told.by, "reason": block.reason,
        "said": block.said, "text_id": str(block.inbound_id) if block.inbound_id else None,
        "lifted_at": block.lifted_at, "lifted_by": told.lifted_by or None,
    }  # fmt: skip


def _block_lines(told: Told) -> list[str]:
    block = told.row
    assert isinstance(block, Block)  # noqa: S101 - told of a block
    lines = [f"{told.stops}, since {words.exact(block.since)}, by {told.by}."]
    lines.append(f"  {_quoted(block.reason)}")
    if block.said:
        lines.append(f"  Wrote: {_quoted(block.said)}")
    if block.lifted_at:
        lines.append(f"  Lifted {words.exact(block.lifted_at)} by {told.lifted_by}.")
    return lines


def _since(shown: Shown) -> Mapping[str, Any] | None:
    if shown.since is None:
        return None
    counts = [
        {
            "class": each.message_class,
            "purpose": each.purpose,
            "status": each.status,
            "messages": each.messages,
        }
        for each in shown.proof.exchange.became
    ]
    stopped = shown.proof.stopped
    return {
        "stopped_at": stopped.since if stopped else None,
        "on_shared_code": (stopped.code if stopped else "") or None,
        "in_words": shown.since.answer,
        "messages": counts,
    }


def _line(line: Line) -> Mapping[str, Any]:
    return {
        "id": str(line.id), "at": line.at,
        "by": "the workspace" if line.ours else "the number", "what": line.what,
        "where": line.where, "words": line.body, "pictures": line.pictures,
        "became": [{"what": word, "at": moment} for word, moment in line.moments],
        "outcome": line.became or None, "mark": line.mark or None, "because": line.why,
    }  # fmt: skip


def _line_lines(line: Line, workspace: str) -> list[str]:
    who = workspace if line.ours else "the number"
    mark = f" [{line.mark}]" if line.mark else ""
    lines = [f"{words.exact(line.at)} {who}, {line.where}: {line.what}{mark}", f"  {_quoted(line.body)}"]
    lines += [f"  {word} {words.exact(moment)}" for word, moment in line.moments]
    lines += [f"  {line.became}"] if line.became else []
    return lines + ([f"  Why: {_quoted(line.why)}"] if line.why else [])


def _entry(told: Told) -> Mapping[str, Any]:
    entry = told.row
    assert isinstance(entry, Entry)  # noqa: S101 - told of an entry
    return {
        "id": str(entry.id), "timestamp": entry.timestamp, "imported_timestamp": entry.imported_timestamp,
        "action": entry.action, "category": entry.category, "source": entry.source, "by": told.by or None,
        "identification": entry.identification, "identification_type": entry.identification_type,
        "message": entry.message, "method": entry.method, "wording": entry.wording,
        "evidence": entry.evidence, "text_id": str(entry.inbound_id) if entry.inbound_id else None,
        "contact_id": str(entry.contact_id) if entry.contact_id else None,
    }  # fmt: skip


def _entry_lines(told: Told) -> list[str]:
    entry = told.row
    assert isinstance(entry, Entry)  # noqa: S101 - told of an entry
    head = f"{words.exact(entry.timestamp)} {entry.action}, {entry.category}, {entry.source}"
    lines = [f"{head}, {entry.identification_type} {_quoted(entry.identification)}"]
    lines.append(f"  recorded {words.exact(entry.imported_timestamp)}{f' by {told.by}' if told.by else ''}")
    more = (("Wrote", entry.message), ("Method", entry.method), ("Wording", entry.wording))
    return lines + [f"  {name}: {_quoted(value)}" for name, value in more if value]


def _text(text: Any) -> Mapping[str, Any]:
    return {
        "id": str(text.id), "sender": text.sender, "recipient": text.recipient, "body": text.body,
        "provider_at": text.provider_at, "received_at": text.received_at, "outcome": text.outcome,
        "because": text.because,
    }  # fmt: skip


def _quoted(said: str) -> str:
    # On one line: nobody may write a line into the file that looks like one of ours.
    return json.dumps(said, ensure_ascii=False)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
