"""Consent categories of a workspace, with their legal basis."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, fault
from sayso.storage import audit, categories
from sayso.storage.categories import Category
from sayso.storage.pool import Pool

LEGAL_BASES = ("consent", "legitimate_interest")
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class CategoryWanted:
    """A category as asked for; `rejected_by_stop`: whether a STOP rejects it in the ledger (R5.5)."""

    name: str
    legal_basis: str = "consent"
    rejected_by_stop: bool = True


@needs("settings:write")
async def put_category(
    pool: Pool, actor: Actor, wanted: CategoryWanted, seen: str = ""
) -> Category | Refused:
    """Store a category, in place of a former one of its name.

    `seen` is the stamp of what the edit was made from (of None for a new one): refused where that changed.
    """
    refused = fault_in_name("name", wanted.name)
    if refused:
        return refused
    if wanted.legal_basis not in LEGAL_BASES:
        return fault("legal_basis", "unknown", f"The legal basis is one of: {', '.join(LEGAL_BASES)}.")
    async with transaction(pool, actor) as conn:
        stood = await categories.for_update(conn, wanted.name)
        stands = stood and CategoryWanted(stood.name, stood.legal_basis, stood.rejected_by_stop)
        refused = overtaken(f"“{wanted.name}”", stands, wanted, seen)
        if refused:
            return refused
        if stood is not None and stands == wanted:
            return stood
        await categories.put(conn, wanted.name, wanted.legal_basis, rejected_by_stop=wanted.rejected_by_stop)
        stored = await categories.for_update(conn, wanted.name)
        assert stored is not None  # noqa: S101 - stored above, in this transaction
        before = state(stood) if stood else None
        await record(conn, actor, audit.Change("put", "category", wanted.name, before, state(stored)))
        return stored


@needs("settings:read")
async def list_categories(pool: Pool, actor: Actor) -> list[Category]:
    """The workspace's categories; they are few."""
    async with transaction(pool, actor) as conn:
        return await categories.every(conn)


def fault_in_name(name: str, category: str) -> Refused | None:
    """What is wrong with a category's name, wherever it is given."""
    if (
        not category.strip()
        or category != category.strip()
        or category.startswith("*")
        or len(category) > LONGEST_NAME
    ):
        return fault(
            name,
            "category",
            f"A category is a name of at most {LONGEST_NAME} characters, with no * before it and no blanks"
            " around it.",
        )
    return None
