"""Why a number may or may not be texted now: the gate's answer, with nothing sent (R9.9)."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.actions import people
from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.refusal import Refused, fault
from sayso.core import gate
from sayso.core.messages import CodeBlock
from sayso.core.phones import possible_mobile
from sayso.storage import blocks, categories, consents, contacts, numbers
from sayso.storage.contacts import Contact
from sayso.storage.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be explained: a message of this class and category to this number, from this line if any."""

    phone: str
    message_class: str = "advertising"
    category: str = ""
    line_id: int | None = None


@needs("consents:read")
async def explain(pool: Pool, actor: Actor, question: Question) -> gate.Answer | Refused:
    """The answer that a message would get at this moment, with rule, fact, date and source."""
    if question.message_class not in ("advertising", "transactional"):
        return fault("class", "unknown", "The class is advertising or transactional.")
    async with transaction(pool, actor) as conn:
        phone = people.read_phone("phone", question.phone, await people.home(conn))
        if isinstance(phone, Refused):
            return phone
        line = None if question.line_id is None else await numbers.get_line(conn, question.line_id)
        if question.line_id is not None and line is None:
            return fault("line_id", "unknown", "There is no such line in this workspace.")
        contact = next(iter(await contacts.by_phone(conn, phone, 1)), None)
        candidate = gate.Candidate(
            actor.workspace_id,
            phone,
            question.message_class == "advertising",
            question.category,
            line_id=line.id if line else 0,
            number_id=line.inbound_number_id if line else 0,
        )
        return gate.may_send(candidate, await facts(conn, candidate, contact))


async def facts(conn: Connection, candidate: gate.Candidate, contact: Contact | None) -> gate.Facts:
    """What the gate needs to know of a number and its contact."""
    standing = await blocks.active(conn, [candidate.phone])
    on_code = await blocks.code_blocked(conn, [candidate.phone])
    states = await consents.states(conn, [candidate.phone])
    known = {category.name: category for category in await categories.every(conn)}
    category = known.get(candidate.category)
    return gate.Facts(
        people.core_blocks(candidate.workspace_id, standing),
        tuple(CodeBlock(block.inbound_number_id, block.since) for block in on_code),
        people.core_states(states, contact.id if contact else None),
        contact.sms_consent if contact else "unknown",
        _valid(candidate.phone, contact),
        category is not None and category.legal_basis == "legitimate_interest",
    )


def _valid(phone: int, contact: Contact | None) -> bool | None:
    """R8.1: as the contact says, else computed; nothing can be computed of a sender that is no number."""
    if contact is not None and contact.sms_valid is not None:
        return contact.sms_valid
    return possible_mobile(phone) if phone > 0 else None
