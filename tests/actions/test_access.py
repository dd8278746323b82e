"""Roles and scopes: every action is asked through the one check (R2.1)."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import sayso.actions
from sayso.actions import contacts
from sayso.actions.actor import EXTRA, ORDINARY, ROLES, SCOPES, Actor
from sayso.actions.keys import granted
from sayso.actions.refusal import Refused
from sayso.storage.pool import APP, open_pool

# What needs no scope: making a workspace is the command line's, two say who the actor is, and the answers of
# providers come with numbers that another action has already shown. An address that leads nowhere is noted of
# whoever asks for it; who holds an invitation's link has no role yet. What
# kind a line's connection is, is read for an action that has asked.
UNASKED = {
    "accept_invitation", "answering", "create_workspace", "held_invitation", "holder",
    "kinds", "note_attempt", "note_more_attempts", "note_use", "simulators",
}  # fmt: skip


def actions() -> Iterator[tuple[str, object]]:
    for module in pkgutil.iter_modules(sayso.actions.__path__, "sayso.actions."):
        for name, found in inspect.getmembers(importlib.import_module(module.name), inspect.isroutine):
            own = getattr(found, "__module__", "") == module.name and not name.startswith("_")
            if own and inspect.iscoroutinefunction(found):
                yield name, found


@pytest.mark.rule("R2.1")
def test_every_action_that_opens_a_transaction_names_the_scope_it_needs() -> None:
    asked = {name: found for name, found in actions() if "pool" in inspect.signature(found).parameters}
    open_ones = {name for name, found in asked.items() if getattr(found, "scope", None) not in SCOPES}
    assert len(asked) > 30
    assert open_ones <= UNASKED


@pytest.mark.rule("R2.1")
def test_roles_may_what_their_work_needs_and_nothing_of_the_operators() -> None:
    may = {role: {scope for scope in SCOPES if Actor(1, user_id=1, role=role).may(scope)} for role in ROLES}
    assert all("operator" not in scopes for scopes in may.values())
    assert may["owner"] == may["admin"] == set(SCOPES) - {"operator"}
    assert {"processes:write", "templates:write", "contacts:write", "messages:send"} <= may["marketer"]
    assert not {"consents:override", "keys:write", "settings:write"} & may["marketer"]
    assert not any(scope.endswith(":write") for scope in may["analyst"] | may["agent"])
    assert {"processes:write", "consents:override", "audit:read"} <= may["compliance_owner"]
    assert not {"keys:write", "messages:send"} & may["compliance_owner"]


@pytest.mark.rule("R2.1")
@pytest.mark.anyio
async def test_who_may_not_is_told_what_is_lacking() -> None:
    closed = open_pool("postgresql://nowhere.invalid/", APP)
    refused = await contacts.put_contacts(closed, Actor(1, user_id=1, role="analyst"), [], None)  # type: ignore[arg-type]
    assert isinstance(refused, Refused)
    assert refused.kind == "forbidden"
    assert "make and change contacts" in refused.problems[0].message


@pytest.mark.rule("R2.3")
def test_extra_scopes_add_to_the_ordinary_ones_and_ordinary_ones_narrow() -> None:
    assert granted(()) == set(ORDINARY)
    assert granted(["messages:transactional"]) == {*ORDINARY, "messages:transactional"}
    assert granted(["contacts:read", "operator"]) == {"contacts:read", "operator"}
    assert granted(["*"]) == {*ORDINARY, *EXTRA}
