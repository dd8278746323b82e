"""A reply that did not arrive answers nothing: its conversation goes back to who answers it (R12.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sayso.core.gate import LINE_WITHDRAWN, OPTED_OUT
from sayso.core.receipts import NOT_RECEIVED, RANKS
from sayso.providers.reasons import SENTENCES
from sayso.storage.conversations import CameBack
from sayso.storage.outbox import Claimed, Verdict

REPLY = "reply"  # the purpose of what people answer
_TAKEN_BACK = {"opted_out": OPTED_OUT, "line_withdrawn": LINE_WITHDRAWN}
_POISON = "The reply itself is at fault, and the operator was told. Write it anew, in other words."


def not_received(verdicts: Iterable[Verdict], purposes: Mapping[int, str]) -> list[CameBack]:
    """What these verdicts, not written yet, leave unanswered; `purposes` are by message."""
    return [
        CameBack(each.workspace_id, each.message_id, each.rank, _sentence(each))
        for each in verdicts
        if each.status in NOT_RECEIVED and purposes[each.message_id] == REPLY
    ]


def taken_back(row: Claimed, standing: tuple[str, str]) -> list[CameBack]:
    """The same of a message that was taken back while it waited: status and reason stand already."""
    status, reason = standing
    if row.purpose != REPLY or status not in NOT_RECEIVED:
        return []
    why = _TAKEN_BACK.get(reason, "It was taken back before it was sent.")
    return [CameBack(row.workspace_id, row.message_id, RANKS["unconfirmed"], why)]


def _sentence(verdict: Verdict) -> str:
    if verdict.reason == "poison":
        return _POISON
    # A provider's reason has a sentence of its own, its detail is a code; ours is a sentence already.
    sentences: Mapping[str, str] = SENTENCES  # type: ignore[assignment]
    return sentences.get(verdict.reason) or verdict.detail or f"It is {verdict.status}."
