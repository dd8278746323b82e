"""`sayso demo`: start Sayso, play the main job on the simulator, then keep serving."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from sayso import settings as our_settings
from sayso.cli import demo_world
from sayso.cli.demo_client import Client, StoryError, eventually
from sayso.cli.demo_story import Story
from sayso.cli.house import ask
from sayso.serve.ports import refuse_if_taken
from sayso.serve.readiness import is_ready
from sayso.settings import Settings
from sayso.storage import workspaces
from sayso.storage.pool import ENGINE, Pool, anyone

EMAIL = "demo@example.com"
READY_SECONDS = 90.0


def run(*, once: bool) -> int:
    """Play the story; 0 if every step held. Without `once` Sayso goes on serving until Ctrl-C."""
    told = our_settings.read(os.environ)
    screen = Console(highlight=False)
    # Asked before anything starts: a server that is not ours would answer in its place.
    refuse_if_taken("SAYSO_BIND", told.bind)
    refuse_if_taken("SAYSO_CARRIER_BIND", told.carrier_bind)
    # Whoever ends us ends the server with us.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    screen.print(f"Sayso demo in {told.home}", style="bold", markup=False)
    try:
        with _served(told, screen) as server:
            world = _world(told)
            _play(told, world, screen)
            screen.print("[green]Every step did what it says.[/green]")
            if once:
                return 0
            _invite(told, world, screen)
            return server.wait()
    except StoryError as fault:
        screen.print(f"✗ {fault}", style="red", markup=False)
        return 1


@contextmanager
def _served(told: Settings, screen: Console) -> Iterator[subprocess.Popen[bytes]]:
    """`sayso serve` as a child; it ends with us, and drains."""
    server = subprocess.Popen(
        [sys.executable, "-m", "sayso.cli.main", "serve"],
        env={"SAYSO_LOG_LEVEL": "warning", **os.environ},
        stdout=subprocess.DEVNULL,
    )
    try:
        _await_ready(told, server)
        screen.print(f"It serves at {told.local_url}")
        yield server
    except KeyboardInterrupt:
        screen.print("Ending.")
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
        server.wait()


def _await_ready(told: Settings, server: subprocess.Popen[bytes]) -> None:
    def look() -> bool:
        if server.poll() is not None:
            raise StoryError("Sayso did not start; the lines above say why")
        return is_ready(told.bind)

    eventually("Sayso is ready", look, READY_SECONDS)


def _world(told: Settings) -> dict[str, Any]:
    world = demo_world.made(told.home)
    if not world:
        _refuse_if_used(told)
        world = _new_world(told)
    world["run"] = world.get("run", -1) + 1
    demo_world.keep(told.home, world)
    return world


def _refuse_if_used(told: Settings) -> None:
    """The sample workspaces go into a Sayso of their own, not among somebody's clients."""

    async def found(pool: Pool) -> int:
        async with anyone(pool) as conn:
            return len(await workspaces.every(conn))

    if ask(ENGINE, found):
        raise StoryError(
            f"this Sayso ({told.home}) has workspaces that no demo made. "
            "Give the demo a folder of its own: SAYSO_HOME=/some/new/folder, and no SAYSO_DATABASE_URL"
        )


def _new_world(told: Settings) -> dict[str, Any]:
    password = secrets.token_urlsafe(9)
    fern, kids = (
        int(_sayso("workspace", "create", name, "--country", "US")["id"])
        for name in ("Little Fern", "Kids Corner")
    )
    keys = [
        _sayso("apikey", "create", "--workspace", str(each), "--scopes", "*")["key"] for each in (fern, kids)
    ]
    _sayso("user", "create", EMAIL, "--workspace", str(fern), "--role", "owner", SAYSO_PASSWORD=password)
    again = ("--role", "owner", "--existing")
    _sayso("user", "create", EMAIL, "--workspace", str(kids), *again, SAYSO_PASSWORD=password)
    clients = [Client(told.local_url, key) for key in keys]
    furnished = demo_world.furnish(clients[0], clients[1], Client(told.carrier_url))
    return {"keys": keys, "password": password, **furnished}


def _sayso(*arguments: str, **environ: str) -> dict[str, Any]:
    """One command of our own, as a person would give it; its JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "sayso.cli.main", *arguments, "--json"],
        env={**os.environ, **environ},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise StoryError(
            f"sayso {' '.join(arguments[:2])} failed: {done.stderr.strip() or done.stdout.strip()}"
        )
    return dict(json.loads(done.stdout))


def _play(told: Settings, world: dict[str, Any], screen: Console) -> None:
    fern, kids = (Client(told.local_url, key) for key in world["keys"])
    story = Story(
        fern,
        kids,
        Client(told.carrier_url),
        world,
        world["run"],
        lambda step: screen.print(f"✓ {step}", markup=False, soft_wrap=True),
    )
    story.play()


def _invite(told: Settings, world: dict[str, Any], screen: Console) -> None:
    key, url, carrier = world["keys"][0], told.local_url, told.carrier_url
    screen.print(f"\nConsole   {told.url}/   {EMAIL}   {world['password']}")
    screen.print(f"API       {url}/api/v1/docs   key {key}\n\nThree lines to try:")
    said = json.dumps({"text": "šťóp", "line_id": world["lines"]["fern"]}, ensure_ascii=False)
    bearer = f"-H 'Authorization: Bearer {key}'"
    for command in (
        f"curl -s {url}/api/v1/keywords/test {bearer} -H 'Content-Type: application/json' -d '{said}'",
        f"curl -s {carrier}/texts -H 'Content-Type: application/json' "
        f'-d \'{{"from": "+12025550199", "to": "+12025550100", "body": "stop"}}\'',
        f"curl -s '{url}/api/v1/blocks?phone=%2B12025550199' {bearer}",
    ):
        screen.print(f"  {command}", soft_wrap=True, markup=False)
    screen.print(
        "They act in Little Fern: in the console switch to it, at the top left, to see what they did."
    )
    screen.print(
        f"\nFor other commands meanwhile: export SAYSO_HOME={told.home}", soft_wrap=True, markup=False
    )
    screen.print("Ctrl-C ends it. The next `make demo` finds everything as it is now.")
