"""Reads Sinch's delivery reports, of one recipient or of a whole batch."""

from collections.abc import Iterator, Mapping

from sayso.providers.contract import Receipt, Unreadable
from sayso.providers.reading import optional_text, read_object, report_ref, telephone, text, time
from sayso.providers.sinch.codes import meaning


def read_receipts(body: bytes) -> tuple[Receipt, ...] | Unreadable:
    """Read a delivery_report_* or recipient_delivery_report_* callback."""
    told = read_object(body)
    if isinstance(told, Unreadable):
        return told
    kind = text(told.get("type"))
    if kind.startswith("mo_"):
        return Unreadable("This is a text, posted to the address for delivery reports.", "inbound")
    if not text(told.get("batch_id")):
        return Unreadable(f"A callback of type '{kind[:40]}' without a batch_id is no delivery report.")
    if kind.startswith("recipient_delivery_report_"):
        return tuple(_receipts(told, told, [told.get("recipient")]))
    if kind.startswith("delivery_report_"):
        return _of_batch(told)
    return Unreadable(f"Sinch posted a callback of type '{kind[:40]}', which is no delivery report.")


def _of_batch(told: Mapping[str, object]) -> tuple[Receipt, ...] | Unreadable:
    listed = told.get("statuses")
    statuses = [status for status in listed if isinstance(status, dict)] if isinstance(listed, list) else []
    if not statuses:
        return Unreadable("The batch report lists no status.")
    receipts: dict[str, Receipt] = {}
    for status in statuses:
        named = status.get("recipients")
        recipients = named if isinstance(named, list) and named else [""]
        if recipients == [""] and len(statuses) > 1:
            return Unreadable(
                "The batch report counts recipients without naming them: set the connection's "
                "delivery_report to per_recipient_final or full."
            )
        receipts.update((receipt.ref, receipt) for receipt in _receipts(told, status, recipients))
    return tuple(receipts.values())


def _receipts(
    report: Mapping[str, object], state: Mapping[str, object], recipients: list[object]
) -> Iterator[Receipt]:
    code = state.get("code")
    number = code if isinstance(code, int) and not isinstance(code, bool) else None
    meant = meaning(number, text(state.get("status")))
    if meant is None:
        return
    status, reason = meant
    batch, own_code = text(report.get("batch_id")), text(code)
    for recipient in map(telephone, recipients):
        yield Receipt(
            ref=report_ref(batch, status, own_code, recipient),
            provider_ref=batch,
            recipient=recipient,
            status=status,
            reason=reason,
            code=own_code,
            at=time(report.get("at")),
            client_reference=optional_text(report.get("client_reference")),
        )
