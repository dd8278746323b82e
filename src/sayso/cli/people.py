"""`workspace`, `apikey`, `user`: what an operator makes before anyone can sign in or send."""

import asyncio
import os
import sys
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
    from sayso.cli.house import ask, granted
    from sayso.storage.pool import APP

    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())

    async def make(pool: "Pool") -> keys.ShownOnce:
        await _demand(pool, workspace)
        return granted(await keys.create_key(pool, operator(workspace), keys.KeyDraft(name, wanted)))

    made = ask(APP, make)
    told = {"key": made.key, "id": made.id, "scopes": list(made.scopes)}
    show_fact(told, as_json, f"{made.key}\nKeep it now: it is not shown again.")


@user.command("create")
def create_user(
    email: str,
    workspace: WorkspaceId,
    role: Annotated[str, typer.Option(help="owner, admin, marketer, agent, analyst or compliance_owner.")],
    name: Annotated[str, typer.Option(help="As colleagues know them.")] = "",
    operator: Annotated[
        bool, typer.Option("--operator", help="May also see what belongs to no workspace.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an account with a role; somebody who has one gets the role. Password: SAYSO_PASSWORD, or asked."""
    from sayso import console
    from sayso.actions import members
    from sayso.actions.actor import ROLES
    from sayso.actions.actor import house as whole
    from sayso.cli.house import granted, house, over
    from sayso.serve.console_values import console_values
    from sayso.serve.keys import key_for
    from sayso.storage.pool import APP

    if role not in ROLES:
        raise CommandError(f"--role is {role!r}. Choose one of: {', '.join(ROLES)}.")
    with house() as (settings, databases):
        asyncio.run(over(databases.url, APP, lambda pool: _demand(pool, workspace)))
        console.configure(console_values(settings, key_for(settings, databases.url), databases.url))
        made, is_new = _account(email, name, operator=operator)
        join = members.set_member
        granted(asyncio.run(over(databases.url, APP, lambda pool: join(pool, whole(workspace), made, role))))
    what = "has an account and is" if is_new else "had an account already and is now"
    told = {"id": made, "created": is_new, "role": role}
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
            found = console.set_operator(email, state == "on")
        finally:
            console.close()
    if not found:
        raise CommandError(f"Nobody has the address {email}. `sayso user create` makes an account.")
    what = "is an operator now" if state == "on" else "is no operator any more"
    show_fact({"email": email, "operator": state == "on"}, as_json, f"{email} {what}.")


def _account(email: str, name: str, *, operator: bool) -> tuple[int, bool]:
    """The account with this address, and whether it was made just now; an operator's where that is asked."""
    from sayso import console

    try:
        known = console.find_user(email)
        made = known or console.create_user(email, _password(), name)
        if operator:
            console.set_operator(email, True)
    except console.AccountError as fault:
        raise CommandError(str(fault)) from fault
    else:
        return made, not known
    finally:
        console.close()


async def _demand(pool: "Pool", workspace_id: int) -> None:
    from sayso.storage import workspaces
    from sayso.storage.pool import workspace as within

    async with within(pool, workspace_id) as conn:
        if await workspaces.current(conn) is None:
            raise CommandError(
                f"There is no workspace {workspace_id}. `sayso workspace create NAME --country GB` makes one."
            )


def _password() -> str:
    if given := os.environ.get("SAYSO_PASSWORD"):
        return given
    if not sys.stdin.isatty():
        raise CommandError("There is no password. Put it into SAYSO_PASSWORD, or run this on a terminal.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
