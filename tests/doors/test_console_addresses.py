"""Every address of the console with an id in it, asked for with what is another workspace's or nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any

import pytest

from sayso import console as room
from tests.console_visits import signed_in
from tests.consoles import Console, apart
from tests.conversing import Shop
from tests.doors.console_forms import forms

# Not of one workspace: what everyone may look up, three telephones, a month of one's own credit.
OF_NOBODY = frozenset(
    {"country", "country_allow", "country_withdraw", "simulator_text", "simulator_set", "credit_file"}
)
OF_NUMBERS = frozenset(
    {"opt_out", "opt_out_back", "opt_out_proof", "opt_out_whose"}
)  # any number has a page: nothing of others
BY_SECRET = frozenset({"invited", "key_made", "join"})
OPERATORS = frozenset({"numbers", "operator_pages"})  # no role opens them: tested beside their pages
# The form again, with what is wrong; never the way on from what was done.
NOT_DONE = {HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
NONE = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


def _patterns(*, operators: bool) -> list[tuple[str, frozenset[str]]]:
    """Names of addresses, and what stands in them."""
    from sayso.console.urls import AREAS

    found = []
    for area in AREAS:
        if (area in OPERATORS) != operators:
            continue
        for pattern in import_module(f"sayso.console.{area}.urls").urlpatterns:
            route = pattern.pattern
            named = frozenset(route.converters) | frozenset(
                getattr(getattr(route, "regex", None), "groupindex", ())
            )
            if named and pattern.name not in OF_NOBODY | OF_NUMBERS | BY_SECRET:
                found.append((pattern.name, named))
    return found


def _theirs(console: Console) -> Mapping[str, Any]:
    """A workspace with one of everything."""
    return _everything(Shop(console, number="447700900771"), "Theirs")


def _everything(shop: Shop, called: str) -> Mapping[str, Any]:
    """One of everything in a shop, all of it with this name."""
    console = shop.console
    stop = shop.texts("stop", sender="+447700900331")
    asked = shop.texts("Do you repair prams?", sender="+447700900332")

    def made(query: str) -> int:
        return int(console.execute(f"{query.replace('Theirs', called)} RETURNING id", shop.workspace)[0][0])

    console.category(shop.workspace, "theirs")
    import_id = made(
        "INSERT INTO sayso.contact_imports (workspace_id, file_name, whole_size) VALUES (%s, 'Theirs.csv', 1)"
    )
    console.execute(
        "INSERT INTO sayso.contact_import_progress (workspace_id, import_id) VALUES (%s, %s)",
        shop.workspace,
        import_id,
    )
    return {
        "inbound_id": stop,
        "conversation_id": asked,
        "canned_id": made(
            "INSERT INTO sayso.canned_replies (workspace_id, name, body) VALUES (%s, 'Open', 'Theirs')"
        ),
        "campaign_id": made("INSERT INTO sayso.campaigns (workspace_id, name) VALUES (%s, 'Theirs')"),
        "list_id": made("INSERT INTO sayso.lists (workspace_id, name) VALUES (%s, 'Theirs')"),
        "key_id": made(
            "INSERT INTO sayso.api_keys (workspace_id, name, hint, hash, scopes) "
            "VALUES (%s, 'Theirs', 'sayso_x', sha256(random()::text::bytea), '{}')"
        ),
        "process_id": made(
            "INSERT INTO sayso.processes (workspace_id, line_id, type, name, state) "
            f"VALUES (%s, {shop.line}, 'help', 'Theirs', 'started')"
        ),
        "template_id": made(
            "INSERT INTO sayso.templates (workspace_id, name, class) VALUES (%s, 'Theirs', 'transactional')"
        ),
        "invitation_id": made(
            "INSERT INTO sayso.invitations (workspace_id, email, role, hash, invited_by, expires_at) "
            f"VALUES (%s, 'x@y.example', 'agent', sha256(random()::text::bytea), {shop.agent.id}, now() "
            "+ interval '1 day')"
        ),
        "contact_id": made("INSERT INTO sayso.contacts (workspace_id, external_id) VALUES (%s, 'Theirs')"),
        "other_id": made("INSERT INTO sayso.contacts (workspace_id, external_id) VALUES (%s, 'Theirs too')"),
        "segment_id": made(
            "INSERT INTO sayso.segments (workspace_id, name, conditions) "
            "VALUES (%s, 'Theirs', "
            """'{"all": [{"about": "language", "test": "is", "value": "en"}]}')"""
        ),
        "import_id": import_id,
        "user_id": shop.agent.id,
        "line_id": shop.line,
        "name": "theirs",
        "token": "0123456789abcdef",
    }


@pytest.mark.rule("R2.4")
def test_what_is_another_workspaces_is_404_everywhere_and_the_attempt_is_audited(console: Console) -> None:
    from django.urls import reverse

    theirs = _theirs(console)
    patterns = _patterns(operators=False)
    assert len(patterns) > 20
    for name, named in patterns:
        assert named <= set(theirs), f"{name}: say here which row of another workspace it would show"
        workspace = console.workspace()
        person = console.person((workspace, "owner"))
        client = signed_in(person)
        path = reverse(name, kwargs={each: theirs[each] for each in named})
        answers = [client.get(path), client.post(path, {"body": "Mine", "name": "Mine"})]
        seen = {answer.status_code for answer in answers}
        assert seen <= NONE and HTTPStatus.NOT_FOUND in seen, f"{path}: {seen}"
        assert not [answer for answer in answers if b"Theirs" in answer.content], path
        query = "SELECT user_id, object_id FROM sayso.audit WHERE workspace_id = %s AND action = %s"
        assert console.execute(query, workspace, "asked_in_vain") == [(person.id, path)], path


@pytest.mark.parametrize("id_", ["0", "9" * 12, "9" * 18, "9" * 30])
def test_an_id_that_nothing_has_is_404_and_breaks_nothing(console: Console, id_: str) -> None:
    from django.urls import NoReverseMatch, reverse

    person = console.person((console.workspace(), "owner"))
    apart(lambda: room.set_operator(person.email, True))
    client = signed_in(person)
    for name, named in [*_patterns(operators=False), *_patterns(operators=True)]:
        if named & {"name", "token", "kind"}:
            continue
        try:
            path = reverse(name, kwargs=dict.fromkeys(named, int(id_)))
        except NoReverseMatch:
            continue  # no such address, which is a 404 too
        answers = [client.get(path), client.post(path, {})]
        seen = {answer.status_code for answer in answers}
        assert seen <= NONE and HTTPStatus.NOT_FOUND in seen, f"{path}: {seen}"


def _pages(own: Mapping[str, Any]) -> list[str]:
    """Every page of the console that an owner opens, of their own things where it is of something."""
    from django.urls import reverse

    from sayso.console.urls import AREAS

    bare = [
        reverse(pattern.name)
        for area in AREAS
        if area not in OPERATORS
        for pattern in import_module(f"sayso.console.{area}.urls").urlpatterns
        if not pattern.pattern.converters and not getattr(pattern.pattern, "regex", re.compile("")).groupindex
    ]
    return bare + [
        reverse(name, kwargs={each: own[each] for each in named})
        for name, named in _patterns(operators=False)
    ]


@pytest.fixture
def far(console: Console) -> Iterator[int]:
    """A number that every id is above, until the test has ended: test telephones run out."""
    stood = console.execute(
        "SELECT format('%%I.%%I', schemaname, sequencename), last_value FROM pg_sequences "
        "WHERE schemaname IN ('sayso', 'console')"
    )
    beyond = 700_000
    for name, _ in stood:
        console.execute("SELECT setval(%s::regclass, %s)", name, beyond)
    yield beyond
    for name, last in stood:
        console.execute("SELECT setval(%s::regclass, %s, %s)", name, last or 1, last is not None)


@pytest.mark.rule("R2.4")
def test_what_is_another_workspaces_is_nothing_in_any_field_of_any_form(console: Console, far: int) -> None:
    # `7` or `list-7`: so far from small numbers that whatever a form says of them is an id.
    shop = Shop(console, number="447700900772")
    own, theirs = _everything(shop, "Ours"), _theirs(console)
    ours, others = (
        {str(each[name]) for name in each if name.endswith("_id") and each[name] > far}
        for each in (own, theirs)
    )
    of_ours = re.compile(rf"(?:[a-z]+-)?(?:{'|'.join(ours)})")
    client = signed_in(console.person((shop.workspace, "owner")))
    tried = set()
    for page in _pages(own):
        shown = client.get(page)
        assert shown.status_code != HTTPStatus.INTERNAL_SERVER_ERROR, page
        for form in forms("" if shown.streaming else shown.content.decode()):
            for name, value in form.offered:
                for other in others if of_ours.fullmatch(value) else ():
                    said = form.said | {name: [re.sub(r"\d+", other, value)]}
                    answer = client.post(form.action or page, said)
                    assert answer.status_code in NOT_DONE, (page, name, other)
                    assert b"Theirs" not in answer.content, (page, name, other)
                    tried.add((page.split("/")[1], name))
    assert len(tried) > 6, tried
