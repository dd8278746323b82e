"""How the simulated carrier treats a message: decided by its settings and a seed, so the same each time."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from hashlib import blake2b
from typing import Any, Literal, get_args

from sayso.providers.contract import Accepted, Later, Outcome, ReceiptStatus, Refused, Unsure
from sayso.providers.reasons import SENTENCES, Reason

Receipts = Literal["on", "off", "failed"]
Rejects = Literal["", "refuse", "opted_out", "throttle", "break"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a connection or a telephone is set to.

    `delay_ms` passes between acceptance and arrival; `loss` is the share (0 to 1) that never arrives;
    `receipts` says whether receipts come, or come as failures only; `reject` is what is said instead of
    "accepted" to the share `reject_share`; `answer_ms` passes before the sender is answered at all.
    """

    delay_ms: float = 0
    answer_ms: float = 0
    loss: float = 0.0
    receipts: Receipts = "on"
    reject: Rejects = ""
    reject_share: float = 1.0
    reason: Reason = "unclassified"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one message: what its sender is told, whether it arrives, what is reported."""

    outcome: Outcome
    arrives: bool
    receipt: ReceiptStatus | None
    reason: Reason
    after: timedelta


class BehaviourError(ValueError):
    """A setting that cannot be; the message names it and what it may be."""


def fate(behaviour: Behaviour, key: str, provider_ref: str) -> Fate:
    """Decide one message; `key` names it (its client reference): the same seed, the same fate."""
    after = timedelta(milliseconds=behaviour.delay_ms)
    if behaviour.reject and chance(behaviour.seed, "reject", key) < behaviour.reject_share:
        return Fate(_rejection(behaviour), False, None, "", after)
    lost = chance(behaviour.seed, "loss", key) < behaviour.loss
    failed = lost or behaviour.receipts == "failed"
    told: ReceiptStatus | None = "failed" if failed else "delivered"
    reason: Reason = "temp_unreachable" if failed else ""
    return Fate(
        Accepted(provider_ref),
        arrives=not failed,
        receipt=None if behaviour.receipts == "off" else told,
        reason=reason,
        after=after,
    )


def chance(seed: int, purpose: str, key: str) -> float:
    """A number in [0, 1), always the same for the same arguments."""
    digest = blake2b(f"{seed}:{purpose}:{key}".encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def changed(behaviour: Behaviour, told: Mapping[str, Any]) -> Behaviour:
    """The behaviour with what was told put over it; raises BehaviourError for a value that can't be."""
    values = asdict(behaviour)
    for entry in fields(Behaviour):
        if entry.name in told:
            values[entry.name] = _checked(entry.name, told[entry.name])
    return Behaviour(**values)


def _rejection(behaviour: Behaviour) -> Outcome:
    match behaviour.reject:
        case "opted_out":
            return Refused("opted_out", opted_out=True)
        case "throttle":
            return Later(timedelta(seconds=1), "throttled")
        case "break":
            return Unsure("provider_error")
        case _:
            return Refused(behaviour.reason)


def _checked(name: str, value: object) -> object:
    allowed = {
        "delay_ms": (_is_within(value, 3_600_000), "0 to 3600000"),
        "answer_ms": (_is_within(value, 120_000), "0 to 120000"),
        "loss": (_is_within(value, 1), "a share from 0 to 1"),
        "reject_share": (_is_within(value, 1), "a share from 0 to 1"),
        "receipts": (value in get_args(Receipts), "on, off or failed"),
        "reject": (value in get_args(Rejects), "empty, refuse, opted_out, throttle or break"),
        "reason": (value in SENTENCES and value != "", "one of " + ", ".join(filter(None, SENTENCES))),
        "seed": (isinstance(value, int), "a whole number"),
    }
    fits, may_be = allowed[name]
    if not fits:
        raise BehaviourError(f"{name} is {value!r}; it may be {may_be}")
    return value


def _is_within(value: object, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most
