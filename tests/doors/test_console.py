"""The console through Django's own client: who may see what."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import pytest
from django.test import override_settings

from sayso import console as room
from sayso.console.access import Role
from sayso.console.headers import POLICY
from sayso.console.settings import app_database, django_settings
from tests.browser.people import code
from tests.console_visits import signed_in, text, visitor
from tests.consoles import PASSWORD, Console, apart


def test_nobody_sees_a_page_before_signing_in(console: Console) -> None:
    for path in ("/", "/opt-outs/", "/workspaces/", "/account/", "/account/password/", "/nowhere/"):
        answer = visitor().get(path)
        assert answer.status_code == HTTPStatus.FOUND, path
        assert answer["location"].startswith("/sign-in/"), path


def test_there_is_no_sign_up(console: Console) -> None:
    assert "sign up" not in text(visitor().get("/sign-in/")).lower()


@pytest.mark.rule("R2.1")
@pytest.mark.parametrize("role", Role)
def test_opt_outs_open_for_every_role_but_agent(console: Console, role: Role) -> None:
    workspace = console.workspace()
    console.block(workspace, 447700900227, "baby stop pls")
    client = signed_in(console.person((workspace, role.value)))
    answer = client.get("/opt-outs/")
    if role is Role.AGENT:
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert "baby stop pls" not in text(answer)
    else:
        assert "baby stop pls" in text(answer)


@pytest.mark.rule("R2.1")
def test_the_menu_hides_what_the_role_may_not_open(console: Console) -> None:
    workspace = console.workspace()
    page = signed_in(console.person((workspace, "agent"))).get("/", follow=True)
    assert "Opt-outs" not in text(page)
    assert page.redirect_chain[-1][0] == "/inbox/"


def test_of_two_entries_that_match_the_longer_is_current(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "analyst")))
    for path, here in (("/campaigns/reporting/", "Reports"), ("/campaigns/", "Campaigns")):
        rail, bar = re.findall(
            r'(?s)<a href="([^"]*)" aria-current="page">(?:(?!</a>).)*?</svg>',
            client.get(path).content.decode(),
        )
        assert (rail, bar) == (path, "/campaigns/"), here


def test_what_is_reached_from_the_settings_stands_under_them_in_the_menu(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    for path in (
        "/settings/",
        "/settings/links/",
        "/prices/",
        "/credit/caps/",
        "/people/",
        "/keys/new/",
        "/audit/",
    ):
        current = re.findall(r'<a href="([^"]*)" aria-current="page">', client.get(path).content.decode())
        assert current == ["/settings/"], path


@pytest.mark.rule("R2.1")
def test_a_refused_person_is_told_who_can_help(console: Console) -> None:
    workspace = console.workspace()
    console.person((workspace, "owner"), name="Nora Ilves")
    console.person((console.workspace(), "owner"), name="Somebody Elsewhere")
    answer = signed_in(console.person((workspace, "agent"), name="Tom Reed")).get("/opt-outs/")
    assert "Nora Ilves" in text(answer)
    assert "Somebody Elsewhere" not in text(answer)


def test_a_person_without_a_workspace_is_told_what_to_do(console: Console) -> None:
    person = console.person()
    answer = signed_in(person).get("/opt-outs/", follow=True)
    assert "belong to no workspace" in text(answer)
    assert person.email in text(answer)


def test_one_workspace_never_shows_in_another(console: Console) -> None:
    ours, theirs = console.workspace("Ours"), console.workspace("Theirs")
    console.block(ours, 447700900001, "ours stop")
    console.block(theirs, 447700900002, "theirs stop")
    both = console.person((ours, "owner"), (theirs, "analyst"))
    client = signed_in(both)
    first = text(client.get("/opt-outs/"))
    assert "ours stop" in first
    assert "theirs stop" not in first
    client.post("/workspaces/", {"workspace": theirs})
    second = text(client.get("/opt-outs/"))
    assert "theirs stop" in second
    assert "ours stop" not in second


@pytest.mark.parametrize("wanted", ["", "-1", "x", "9" * 30, "١"])
def test_a_broken_workspace_choice_is_refused(console: Console, wanted: str) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    assert client.post("/workspaces/", {"workspace": wanted}).status_code in (400, 403)


def test_nobody_steps_into_a_workspace_of_others(console: Console) -> None:
    theirs = console.workspace("Theirs")
    client = signed_in(console.person((console.workspace("Ours"), "owner")))
    assert client.post("/workspaces/", {"workspace": theirs}).status_code == HTTPStatus.FORBIDDEN
    assert "Theirs" not in text(client.get("/opt-outs/"))


@pytest.mark.rule("R2.1")
def test_a_lost_role_is_lost_at_the_next_page(console: Console) -> None:
    workspace = console.workspace()
    person = console.person((workspace, "owner"))
    client = signed_in(person)
    assert client.get("/opt-outs/").status_code == HTTPStatus.OK
    console.execute("DELETE FROM sayso.memberships WHERE user_id = %s", person.id)
    assert client.get("/opt-outs/").status_code == HTTPStatus.FOUND


@pytest.mark.rule("R2.2")
def test_guesses_run_out_for_every_worker_and_every_name_of_the_server(console: Console) -> None:
    person = console.person((console.workspace(), "owner"))

    def guess(password: str, host: str = "localhost") -> Any:
        form = {"login": person.email, "password": password}
        return visitor().post("/sign-in/", form, headers={"host": host})

    assert "4 tries left" in text(guess("wrong"))
    for host in ("127.0.0.1", "localhost", "127.0.0.1", "localhost"):
        guess("wrong again", host)
    assert "Paused for 5 minutes" in text(guess(PASSWORD))
    # The counters stand in the database, where each worker looks.
    assert (
        console.execute("SELECT count(*) FROM console.cache WHERE cache_key LIKE '%%login_failed%%'")[0][0]
        > 0
    )
    console.execute("DELETE FROM console.cache")
    assert guess(PASSWORD).status_code == HTTPStatus.FOUND


@pytest.mark.rule("R2.2")
def test_behind_a_proxy_one_who_guesses_locks_out_nobody_else(console: Console) -> None:
    person = console.person((console.workspace(), "owner"))
    values = room.Values("postgresql:///x", "secret", "https://sms.example.com", trusted_proxies=1)
    count = django_settings(values)["ALLAUTH_TRUSTED_PROXY_COUNT"]

    def sign_in(email: str, password: str, forwarded: str) -> int:
        form = {"login": email, "password": password}
        return int(
            apart(lambda: visitor().post("/sign-in/", form, HTTP_X_FORWARDED_FOR=forwarded)).status_code
        )

    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=count):
        # What a caller writes in front of the proxy's own word counts for nothing.
        guesses = [sign_in(f"{n}@example.com", "wrong", f"203.0.113.{n}, 198.51.100.1") for n in range(12)]
        assert guesses[-1] != 302
        assert sign_in(person.email, PASSWORD, "198.51.100.1") != 302
        assert sign_in(person.email, PASSWORD, "198.51.100.2") == 302


@pytest.mark.rule("R2.2")
def test_guesses_at_the_same_moment_are_counted_one_by_one(console: Console) -> None:
    person = console.person((console.workspace(), "owner"))

    def guess(_: int) -> str:
        return apart(lambda: text(visitor().post("/sign-in/", {"login": person.email, "password": "wrong"})))

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(guess, range(9)))
    assert sum("That didn’t match" in answer for answer in answers) <= 5


def test_every_answer_carries_the_policy(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    for path in ("/opt-outs/", "/nowhere/", "/sign-in/"):
        answer = client.get(path)
        assert answer["Content-Security-Policy"] == POLICY
        assert answer["Cache-Control"].endswith("no-store") or "no-store" in answer["Cache-Control"]


def test_no_page_has_inline_script_style_or_a_foreign_address(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    for path in ("/opt-outs/", "/account/", "/workspaces/", "/account/password/", "/sign-out/"):
        page = client.get(path).content.decode()
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page), path
        assert not re.search(r"\sstyle=|<style|\son\w+=", page), path
        assert not re.search(r"(src|href|action)=\"(https?:)?//", page), path


def test_a_form_without_its_token_changes_nothing(console: Console) -> None:
    from django.test import Client

    person = console.person((console.workspace(), "owner"))
    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    answer = strict.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This form is too old" in text(answer)


def test_an_unknown_name_of_the_server_is_refused_with_a_remedy(console: Console) -> None:
    answer = visitor().get("/sign-in/", headers={"host": "elsewhere.example"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "SAYSO_PUBLIC_URL" in text(answer)


def test_an_address_without_its_slash_is_found(console: Console) -> None:
    answer = visitor().get("/opt-outs")
    assert (answer.status_code, answer["location"]) == (HTTPStatus.MOVED_PERMANENTLY, "/opt-outs/")


@pytest.mark.parametrize(
    ("email", "password"),
    [("no address", PASSWORD), ("a@b.example", "short"), ("a@b.example", "password123")],
)
def test_an_account_that_would_be_unsafe_is_not_made(console: Console, email: str, password: str) -> None:
    with pytest.raises(room.AccountError):
        room.create_user(email, password)


def test_an_address_has_one_account_in_any_case(console: Console) -> None:
    person = console.person()
    assert room.find_user(person.email.upper()) == person.id
    with pytest.raises(room.AccountError, match="already has an account"):
        room.create_user(person.email.upper(), PASSWORD)


def test_migrating_twice_changes_nothing(console: Console) -> None:
    before = console.execute("SELECT name, applied FROM console.django_migrations ORDER BY id")
    room.migrate(console.databases.owner_url)
    assert console.execute("SELECT name, applied FROM console.django_migrations ORDER BY id") == before


def test_models_and_migrations_agree(console: Console) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_console_is_the_role_that_obeys(console: Console) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schemas(false)::text")
        assert cursor.fetchone() == ("sayso_app", "{console,sayso}")
    connection.close()


def test_static_files_are_named_by_their_content(console: Console) -> None:
    files = room.static_files()
    assert all(re.fullmatch(r"/static/[\w-]+\.[0-9a-f]{12}\.(css|js|svg)", path) for path in files)
    page = visitor().get("/sign-in/").content.decode()
    assert set(re.findall(r'"(/static/[^"]+)"', page)) <= set(files)


@pytest.mark.parametrize(
    ("address", "works"),
    [
        ("https://sms.example.com", True),
        ("http://localhost:8080", True),
        ("http://127.0.0.1:8080", False),
        ("https://192.0.2.7", False),
        ("http://sms.example.com", False),
        ("http://[::1]:8080", False),
    ],
)
def test_passkeys_are_offered_only_where_browsers_have_them(address: str, works: bool) -> None:
    offered = django_settings(room.Values("postgresql:///x", "secret", address))["MFA_SUPPORTED_TYPES"]
    assert ("webauthn" in offered) is works


@pytest.mark.parametrize(
    ("address", "name", "host"),
    [
        ("postgresql://sayso:s%40y@db.example:5433/main", "main", "db.example"),
        ("postgresql://sayso:s%40y@/main?host=/run/pg&port=5433", "main", "/run/pg"),
        ("host='/run/pg' port=5433 user=sayso password='s@y' dbname=main", "main", "/run/pg"),
        ("postgres:///main?host=/run/pg&user=sayso&password=s%40y&port=5433", "main", "/run/pg"),
    ],
)
def test_the_database_is_found_by_every_form_of_address(address: str, name: str, host: str) -> None:
    found = app_database(address, 4)
    assert (found["NAME"], found["HOST"], found["PORT"]) == (name, host, "5433")
    assert (found["USER"], found["PASSWORD"]) == ("sayso", "s@y")
    assert found["OPTIONS"]["options"] == "-c role=sayso_app -c search_path=console,sayso -c jit=off"


def test_what_was_done_is_said_on_the_next_page(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    client.post("/account/confirm/", {"password": PASSWORD})
    page = client.get("/account/app/add/").content.decode()
    secret = re.search(r'id="authenticator_secret">(\w+)<', page)
    assert secret
    answer = client.post("/account/app/add/", {"code": code(secret[1])}, follow=True)
    assert "The app is on." in text(answer)


def test_the_chosen_appearance_is_drawn_by_the_server(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    assert "data-bs-theme" not in client.get("/opt-outs/").content.decode()
    client.post("/account/", {"name": "Jo", "theme": "dark"})
    assert '<html lang="en" data-bs-theme="dark">' in client.get("/opt-outs/").content.decode()
    assert client.post("/account/", {"name": "Jo", "theme": "sepia"}).status_code == 422


def test_a_failed_page_changes_nothing_and_gives_a_reference(
    console: Console, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from sayso.console.accounts import forms

    def broken(form: Any) -> None:
        form.instance.save()
        raise ZeroDivisionError

    monkeypatch.setattr(forms.Person, "save", broken)
    person = console.person((console.workspace(), "owner"), name="Before")
    answer = signed_in(person).post("/account/", {"name": "After", "theme": ""})
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    reference = re.search(r'indent">([0-9a-f]{8})<', answer.content.decode())
    assert reference
    assert reference[1] in [getattr(record, "reference", "") for record in caplog.records]
    assert console.execute("SELECT name FROM console.accounts_user WHERE id = %s", person.id) == [("Before",)]
