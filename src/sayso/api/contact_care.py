"""`contacts/{id}`: merged, deleted, erased."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Router, delete, post
from litestar.params import JSONBody

from sayso.actions import contact_editing, erasing
from sayso.actions.contact_merging import Two
from sayso.actions.contact_merging import merge_contacts as merge
from sayso.api.problems import settled
from sayso.api.services import Asker, Given, LargeId, as_id


class EraseIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`confirm` is the number or external id; `everyone`: all contacts of it are meant."""

    confirm: Annotated[str, msgspec.Meta(min_length=1, max_length=250)]
    everyone: bool = False


class ErasedOut(msgspec.Struct, frozen=True):
    """How many contacts were erased, and how many blocks and rejects keep the number blocked."""

    contacts: int
    kept: int


@delete("/contacts/{contact_id:str}")
async def delete_contact(services: Given, actor: Asker, contact_id: LargeId) -> None:
    """Remove a contact; texts, blocks and the ledger are its number's and stay. Scope: contacts:write."""
    settled(await contact_editing.delete_contact(services.pool, actor, as_id(contact_id)))


@post("/contacts/{contact_id:str}/erase", status_code=200)
async def erase_contact(
    services: Given, actor: Asker, contact_id: LargeId, data: JSONBody[EraseIn]
) -> ErasedOut:
    """Erase a person for good; that they said no stays, under a hash. Scope: contacts:erase."""
    asked = (as_id(contact_id), data.confirm)
    now = services.now()
    done = settled(await erasing.erase_contact(services.pool, actor, *asked, everyone=data.everyone, now=now))
    return ErasedOut(done.profiles, done.kept)


class MergeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`contact_id` goes into the contact of the address; `take` names the fields that are taken from it.

    They are phone, email, language, time_zone, country, sms_valid, and attributes that both have.
    """

    contact_id: str
    take: list[Literal["phone", "email", "language", "time_zone", "country", "sms_valid", "attributes"]] = []


class MergedOut(msgspec.Struct, frozen=True):
    """The contact that stays."""

    id: str


@post("/contacts/{contact_id:str}/merge", status_code=200)
async def merge_contacts(
    services: Given, actor: Asker, contact_id: LargeId, data: JSONBody[MergeIn]
) -> MergedOut:
    """Let another profile of the same person go into this one; a no stands. Scope: contacts:write."""
    two = Two(as_id(contact_id), as_id(data.contact_id), frozenset(data.take))
    return MergedOut(str(settled(await merge(services.pool, actor, two, services.now()))))


router = Router("", route_handlers=[delete_contact, erase_contact, merge_contacts], tags=["Contacts"])
