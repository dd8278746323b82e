"""`workspace`, `apikey`, `user`: what an operator makes before anyone can sign in or send."""

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli.errors import CommandError
from sayso.cli.printing import AsJson, show_fact

if TYPE_CHECKING:
    from sayso.storage.pool import Pool

workspace = typer.Typer(help="Workspaces: one per client.", no_args_is_help=True)
apikey = typer.Typer(help="API keys of a workspace.", no_args_is_help=True)
user = typer.Typer(help="Accounts of people.", no_args_is_help=True)
WorkspaceId = Annotated[int, typer.Option("--workspace", help="The workspace's id.")]


@workspace.command("create")
def create_workspace(
    name: str,
    country: Annotated[str, typer.Option(help="Two letters, such as GB; the default of its numbers.")],
    time_zone: Annotated[str, typer.Option(help="Such as Europe/London.")] = "UTC",
    language: Annotated[str, typer.Option(help="Two letters, such as en.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Make a workspace and answer its id."""
    from sayso.actions import workspaces
    from sayso.cli.house import ask, granted
    from sayso.storage.pool import ENGINE

    made = granted(
        ask(
            ENGINE,
            lambda pool: workspaces.create_workspace(
                pool, name, country.upper(), time_zone=time_zone, language=language
            ),
        )
    )
    show_fact({"id": made}, as_json, f"Workspace {made} is made.")


@workspace.command("free-name")
def free_name(
    name: Annotated[
        str, typer.Argument(help="A name that its links began with once, such as go.example.com.")
    ],
    workspace: WorkspaceId,
    as_json: AsJson = False,
) -> None:
    """Let another workspace's links begin with a name that one's began with."""
    from sayso.actions import links
    from sayso.cli.house import ask, granted
    from sayso.storage.pool import ENGINE

    freed = granted(ask(ENGINE, lambda pool: links.free_link_name(pool, workspace, name)))
    told = (
        f"{freed} is free. Links of workspace {workspace} that were sent with it lead on until another "
        "workspace's links begin with it, and then nowhere. Its links to stop work as before."
    )
    show_fact({"name": freed, "workspace": workspace}, as_json, told)


@apikey.command("create")
def create_key(
    workspace: WorkspaceId,
    scopes: Annotated[str, typer.Option(help="Comma-separated; left out: the ordinary ones. `*`: all.")] = "",
    name: Annotated[str, typer.Option(help="To tell it from others.")] = "command line",
    as_json: AsJson = False,
) -> None:
    """Make an API key and show it, this once."""
    from sayso.actions import keys
    from sayso.actions.actor import house as operator
    from sayso.cli.house import ask, demand_workspace, granted
    from sayso.storage.pool import APP

    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())

    async def make(pool: "Pool") -> keys.ShownOnce:
        await demand_workspace(pool, workspace)
        return granted(await keys.create_key(pool, operator(workspace), keys.KeyDraft(name, wanted)))

    made = ask(APP, make)
    told = {"key": made.key, "id": made.id, "scopes": list(made.scopes)}
    show_fact(told, as_json, f"{made.key}\nKeep it now: it is not shown again.")


@user.command("create")
def create_user(
    email: str,
    workspace: WorkspaceId,
    role: Annotated[str, typer.Option(help="owner, admin, marketer, agent, analyst or compliance_owner.")],
    *,
    name: Annotated[str, typer.Option(help="As colleagues know them.")] = "",
    operator: Annotated[
        bool, typer.Option("--operator", help="May also see what belongs to no workspace; new accounts only.")
    ] = False,
    existing: Annotated[
        bool, typer.Option("--existing", help="Give the role to an account that there is already.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an account with a role. Password: SAYSO_PASSWORD, or asked."""
    from sayso import console
    from sayso.actions import members
    from sayso.actions.actor import ROLES
    from sayso.actions.actor import house as whole
    from sayso.cli.house import demand_workspace, granted, house, over
    from sayso.serve.console_values import console_values
    from sayso.serve.keys import key_for
    from sayso.storage.pool import APP

    if role not in ROLES:
        raise CommandError(f"--role is {role!r}. Choose one of: {', '.join(ROLES)}.")
    with house() as (settings, databases):
        asyncio.run(over(databases.url, APP, lambda pool: demand_workspace(pool, workspace)))
        console.configure(console_values(settings, key_for(settings, databases.url), databases.url))
        try:
            known = _known(databases.url, email)
            _permit(known, existing=existing, operator=operator)
            made = known.id if known else _made(email, name, operator=operator)
        finally:
            console.close()
        join = members.set_member
        granted(asyncio.run(over(databases.url, APP, lambda pool: join(pool, whole(workspace), made, role))))
    what = f"had an account already ({known.where}) and is now" if known else "has an account and is"
    told = {"id": made, "created": known is None, "role": role}
    show_fact(told, as_json, f"{email} {what} {role} of {workspace}.")


@user.command("operator")
def set_operator(
    email: str,
    state: Annotated[str, typer.Argument(help="on or off.")],
    as_json: AsJson = False,
) -> None:
    """Let a person see what belongs to no workspace (unrouted texts, quarantine), or no longer."""
    from sayso import console
    from sayso.cli.house import house
    from sayso.serve.console_values import console_values
    from sayso.serve.keys import key_for

    if state not in {"on", "off"}:
        raise CommandError(f"The last word is {state!r}. Write on or off.")
    with house() as (settings, databases):
        console.configure(console_values(settings, key_for(settings, databases.url), databases.url))
        try:
            known = _known(databases.url, email)
            console.set_operator(email, state == "on")
        finally:
            console.close()
    if known is None:
        raise CommandError(f"Nobody has the address {email}. `sayso user create` makes an account.")
    if state == "on":
        typer.echo(
            f"The account of {email}: {known.where}. Be sure that it is the person you mean.", err=True
        )
    what = "is an operator now" if state == "on" else "is no operator any more"
    show_fact({"email": email, "operator": state == "on"}, as_json, f"{email} {what}.")


@user.command("password")
def set_password(
    email: str,
    second_factor: Annotated[
        str,
        typer.Option(help="keep; or off, which removes app, passkeys and recovery codes that were lost."),
    ] = "keep",
    as_json: AsJson = False,
) -> None:
    """Give a person another password and end their sessions. Password: SAYSO_PASSWORD, or asked."""
    from sayso import console
    from sayso.cli.house import house
    from sayso.serve.console_values import console_values
    from sayso.serve.keys import key_for

    if second_factor not in {"keep", "off"}:
        raise CommandError(f"--second-factor is {second_factor!r}. Write keep or off.")
    with house() as (settings, databases):
        console.configure(console_values(settings, key_for(settings, databases.url), databases.url))
        try:
            if (known := _known(databases.url, email)) is None:
                raise CommandError(f"Nobody has the address {email}. `sayso user create` makes an account.")
            typer.echo(f"The account of {email} {known.where}. Be sure who asks for this.", err=True)
            _set_password(databases.url, email, drop_factors=second_factor == "off")
        finally:
            console.close()
    off = " Their second factors are removed." if second_factor == "off" else ""
    told = {"id": known.id, "email": email, "second_factor": second_factor}
    show_fact(told, as_json, f"{email} has another password and is signed out everywhere.{off}")


def _set_password(url: str, email: str, *, drop_factors: bool) -> None:
    from sayso import console
    from sayso.actions.accounts import note_account
    from sayso.actions.actor import house as whole
    from sayso.cli.house import over
    from sayso.storage.pool import APP

    after = {"password": "set anew"} | ({"second_factors": "removed"} if drop_factors else {})

    def note(person: int) -> int:
        return asyncio.run(over(url, APP, lambda pool: note_account(pool, whole(0), person, after)))

    try:
        console.set_password(email, _password(), drop_factors=drop_factors, first=note)
    except console.AccountError as fault:
        raise CommandError(str(fault)) from fault


@dataclass(frozen=True, slots=True)
class _Known:
    """An account that was there before, and in words where it belongs and how it came to be."""

    id: int
    where: str


def _known(url: str, email: str) -> _Known | None:
    """The account with this address, told so that an operator can judge whose it is."""
    from sayso import console
    from sayso.cli.house import over
    from sayso.storage.pool import APP

    found = console.find_user(email)
    if found is None:
        return None
    places = asyncio.run(over(url, APP, lambda pool: _places(pool, found)))
    where = f"works in {', '.join(places)}" if places else "works in no workspace"
    if console.came_by_link(found):
        where += "; joined by a link that was shown, so whoever invited it may own it"
    return _Known(found, where)


def _permit(known: _Known | None, *, existing: bool, operator: bool) -> None:
    """Refuse what is only for accounts made just now: anybody may have made the others."""
    if known is None:
        return
    if not existing:
        raise CommandError(
            f"There is an account with this address already: it {known.where}. Nothing was changed. If it is "
            "the person you mean, say --existing; else choose another address."
        )
    if operator:
        raise CommandError(
            f"--operator is for new accounts, and this one {known.where}. Nothing was changed. Leave it out, "
            "and say `sayso user operator EMAIL on` once you are sure whose it is."
        )


def _made(email: str, name: str, *, operator: bool) -> int:
    """The id of a new account; an operator's where that is asked."""
    from sayso import console

    try:
        made = console.create_user(email, _password(), name)
    except console.AccountError as fault:
        raise CommandError(str(fault)) from fault
    if operator:
        console.set_operator(email, True)
    return made


async def _places(pool: "Pool", user_id: int) -> list[str]:
    from sayso.storage import workspaces
    from sayso.storage.pool import anyone

    async with anyone(pool) as conn:
        return [f"{each.name} as {each.role}" for each in await workspaces.of_person(conn, user_id)]


def _password() -> str:
    if given := os.environ.get("SAYSO_PASSWORD"):
        return given
    if not sys.stdin.isatty():
        raise CommandError("There is no password. Put it into SAYSO_PASSWORD, or run this on a terminal.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
