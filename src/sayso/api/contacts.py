"""`contacts`: put by external id, one or a thousand at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, QueryParameter
from msgspec import UNSET, UnsetType

from sayso.actions import contacts
from sayso.actions.actor import Actor
from sayso.api import bodies
from sayso.api.problems import FieldError, settled
from sayso.api.services import (
    LONGEST_PHONE,
    Asked,
    Asker,
    Given,
    LargeId,
    Listed,
    Phone,
    Services,
    as_id,
    dialled,
    listed,
)
from sayso.core import phones
from sayso.core.attributes import LONGEST_NAME, LONGEST_VALUE, MOST
from sayso.core.because import as_plain
from sayso.core.contact_record import LONGEST_EXTERNAL_ID, ContactWanted, Evidence
from sayso.core.problems import Problem
from sayso.storage.contacts import Contact

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
Attributes = Annotated[
    dict[str, Any],
    msgspec.Meta(
        description=f"Merged by name into what stands; a null takes one away. At most {MOST} at a "
        f"time, a name of 1 to {LONGEST_NAME} characters, a value of at most {LONGEST_VALUE:,}, counted as "
        "JSON where it is no text."
    ),
]
Many = Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1, max_length=1_000)]


class EvidenceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How, with what words and when the person said yes."""

    method: Name
    wording: Words
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]


class ContactIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contact: what is absent stays, null clears. `mobile_number` is another name for `phone`."""

    external_id: Name
    phone: Phone | UnsetType | None = UNSET
    mobile_number: Phone | UnsetType | None = UNSET
    email: Name | UnsetType | None = UNSET
    language: Name | UnsetType | None = UNSET
    time_zone: Name | UnsetType | None = UNSET
    country: Name | UnsetType | None = UNSET
    attributes: Attributes | UnsetType = UNSET
    sms_consent: bool | int | str | UnsetType | None = UNSET
    sms_valid: bool | UnsetType | None = UNSET
    consent_evidence: EvidenceIn | None = None

    def wanted(self) -> ContactWanted:
        """As the action takes it."""
        proof = self.consent_evidence
        return ContactWanted(
            self.external_id,
            self.mobile_number if isinstance(self.phone, UnsetType) else self.phone,
            self.email,
            self.language,
            self.time_zone,
            self.country,
            self.attributes,
            self.sms_consent,
            self.sms_valid,
            Evidence(proof.method, proof.wording, proof.timestamp) if proof else None,
        )


class ContactsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 1,000 contacts; each is read by itself, so that a faulty one never fails the others."""

    contacts: Many


class PutOut(msgspec.Struct, frozen=True):
    """What became of one contact: created, updated, or refused with its faults.

    Of a refused one that says no to texts the no alone is stored: the last fault is `no_kept`, or `no_lost`.
    `consent` is what its word on consent came to: accept, reject, pending, or null where nothing changed.
    """

    external_id: str
    result: str
    id: str | None
    sms_consent: str | None
    consent: str | None
    because: list[dict[str, str]]
    errors: list[FieldError] = []


class BulkOut(msgspec.Struct, frozen=True):
    """A result for each contact, in the order they came."""

    results: list[PutOut]


class ContactOut(msgspec.Struct, frozen=True):
    """A contact."""

    id: str
    external_id: str | None
    phone: str | None
    email: str | None
    language: str | None
    time_zone: str | None
    country: str | None
    attributes: dict[str, Any]
    sms_consent: str
    sms_valid: bool | None
    sms_valid_computed: bool
    created_at: datetime
    updated_at: datetime


async def hear(request: Request[Any, Any, Any], services: Given, actor: Asker) -> None:
    """Refuse a body that no model reads, before the framework does, which knows nothing of the no in it."""
    try:
        said = msgspec.json.decode(request.scope[bodies.BODY])  # type: ignore[literal-required] # the door's
        msgspec.convert(said, ContactIn, strict=False)
    except msgspec.ValidationError as error:
        if isinstance(said, dict):
            await _one(services, actor, _unread(said, bodies.faults(request) or (_fault(error),)))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return  # said by whoever decodes it next


@put("/contacts", dependencies={"heard": Provide(hear)})
async def put_contact(
    services: Given, actor: Asker, data: JSONBody[ContactIn], heard: NamedDependency[None]
) -> PutOut:
    """Make or change a contact by its external id; never lifts a block. Scope: contacts:write.

    Of a refused one that says no to texts the no alone is stored: the last fault is `no_kept`, or `no_lost`.
    """
    # `heard` is asked for because what is asked for runs before the framework reads the model.
    return await _one(services, actor, data.wanted())


@post("/contacts/bulk", status_code=200)
async def put_contacts(services: Given, actor: Asker, data: JSONBody[ContactsIn | Many]) -> BulkOut:
    """Make or change up to 1,000 contacts, with a result for each. Scope: contacts:write."""
    said = data.contacts if isinstance(data, ContactsIn) else data
    read = [_read(one) for one in said]
    done = settled(await contacts.put_contacts(services.pool, actor, read, services.now()))
    return BulkOut([_put(one) for one in done])


@get("/contacts")
async def list_contacts(
    services: Given,
    actor: Asker,
    page: Asked,
    phone: Annotated[str | None, QueryParameter(max_length=64)] = None,
    external_id: Annotated[str | None, QueryParameter(max_length=200)] = None,
) -> Listed[ContactOut]:
    """Contacts: all, those with a number, or the one with an external id. Scope: contacts:read."""
    if phone is not None or external_id is not None:
        named = settled(await contacts.find_contacts(services.pool, actor, dialled(phone), external_id))
        return Listed([_contact(one) for one in named])
    found = settled(await contacts.list_contacts(services.pool, actor, page.after, page.limit))
    return listed(page, [_contact(one) for one in found], found[-1].id if found else None)


@get("/contacts/{contact_id:str}")
async def show_contact(services: Given, actor: Asker, contact_id: LargeId) -> ContactOut:
    """One contact, by its id. Scope: contacts:read."""
    return _contact(settled(await contacts.show_contact(services.pool, actor, as_id(contact_id))))


async def _one(services: Services, actor: Actor, wanted: ContactWanted) -> PutOut:
    done = settled(await contacts.put_contacts(services.pool, actor, [wanted], services.now()))
    if done[0].problems:
        settled(contacts.refused_put(done[0]))
    return _put(done[0])


def _read(said: dict[str, Any]) -> ContactWanted:
    try:
        return msgspec.convert(said, ContactIn).wanted()
    except msgspec.ValidationError as error:
        return _unread(said, (_fault(error),))


def _fault(error: msgspec.ValidationError) -> Problem:
    message, _, place = str(error).partition(" - at `$.")
    return Problem(place.rstrip("`"), "invalid", f"{message}.")


def _unread(said: dict[str, Any], problems: tuple[Problem, ...]) -> ContactWanted:
    """What is left of a contact that no model reads: whom it is about, and its word on consent (R6.4).

    An external id is never cut: it would be somebody else's.
    """
    name, word, country = said.get("external_id"), said.get("sms_consent"), said.get("country")
    phone = said.get("phone") or said.get("mobile_number")
    return ContactWanted(
        str(name) if isinstance(name, str | int) and not isinstance(name, bool) else "",
        phone if isinstance(phone, str) and len(phone) <= LONGEST_PHONE else UNSET,
        country=country if isinstance(country, str) else UNSET,
        sms_consent=word if isinstance(word, str | int) else UNSET,
        problems=problems,
    )


def _put(done: contacts.Put) -> PutOut:
    if done.id is None or done.word is None:
        return _refused(done.external_id[:LONGEST_EXTERNAL_ID], done.problems)
    return PutOut(
        done.external_id,
        "created" if done.created else "updated",
        str(done.id),
        done.word.sms_consent,
        done.word.action or None,
        as_plain(done.word.because),
    )


def _refused(external_id: str, problems: tuple[Problem, ...]) -> PutOut:
    faults = [FieldError(problem.field, problem.message, problem.code) for problem in problems]
    return PutOut(external_id, "refused", None, None, None, [], faults)


def _contact(found: Contact) -> ContactOut:
    computed = found.sms_valid is None
    possible = phones.possible_mobile(found.phone) if found.phone is not None else None
    return ContactOut(
        str(found.id),
        found.external_id,
        None if found.phone is None else f"+{found.phone}",
        found.email,
        found.language,
        found.time_zone,
        found.country,
        dict(found.attributes),
        found.sms_consent,
        possible if computed else found.sms_valid,
        computed,
        found.created_at,
        found.updated_at,
    )


router = Router(
    "",
    route_handlers=[put_contact, put_contacts, list_contacts, show_contact],
    tags=["Contacts"],
)
