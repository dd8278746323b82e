"""A provider that takes a whole window at once: all of it comes to its end, whatever is said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from sayso.engine.gateway import Told, Way
from sayso.engine.sending import sending
from sayso.providers.contract import Accepted, Outbound, Refused
from sayso.storage.databases import Databases
from tests.engine.sending_scene import engine, until, world

pytestmark = pytest.mark.anyio
Says = Callable[[Sequence[Outbound], Callable[[Sequence[Told]], None]], None]


@dataclass
class Wire:
    """Takes all that it is given in one breath, and then `says` what came of it."""

    says: Says
    window: int = 0
    taken: list[str] = field(default_factory=list)

    def open(self, _way: Way, window: int) -> Wire:
        self.window = window
        return self

    async def send_all(
        self, outbounds: Sequence[Outbound], _deadline: float, told: Callable[[Sequence[Told]], None]
    ) -> None:
        self.taken += [one.client_reference for one in outbounds]
        self.says(outbounds, told)

    async def close(self) -> None:
        pass


def accepted(place: int, one: Outbound) -> Told:
    return place, Accepted(f"ref-{one.client_reference}")


def every_second_one(outbounds: Sequence[Outbound], told: Callable[[Sequence[Told]], None]) -> None:
    refused = Refused("bad_number", code="30")
    told([(n, refused) if n % 2 else accepted(n, one) for n, one in enumerate(outbounds)])


def breaks_off(outbounds: Sequence[Outbound], told: Callable[[Sequence[Told]], None]) -> None:
    told([accepted(0, outbounds[0])])
    raise ConnectionResetError("in the midst of a window")


def repeats_itself(outbounds: Sequence[Outbound], told: Callable[[Sequence[Told]], None]) -> None:
    told([accepted(n, one) for n, one in enumerate(outbounds)])
    told([(n, Refused("bad_number", code="30")) for n, _ in enumerate(outbounds)])


async def sent(database: Databases, says: Says) -> tuple[dict[str, int], int]:
    """Where six messages stand once nothing of them is open, and how many names of theirs are known."""
    wire = Wire(says)
    stage = sending(vault_key="k" * 32, public_url="", opening=wire.open)
    async with world(database) as here:
        ids = here.queue(6)
        async with engine(database.url, stage):
            await until(lambda: len(wire.taken) == 6 and here.left() == (0, 0, 0))
        assert sorted(map(int, wire.taken)) == ids
        return here.statuses(), here.value("SELECT count(*) FROM provider_ids")


async def test_of_a_window_taken_at_once_each_message_is_recorded_by_its_own_answer(
    database: Databases,
) -> None:
    assert await sent(database, every_second_one) == ({"sent": 3, "rejected": 3}, 3)


@pytest.mark.rule("R9.10")
async def test_what_nothing_was_said_of_is_unconfirmed_and_not_sent_again(database: Databases) -> None:
    assert await sent(database, breaks_off) == ({"sent": 1, "unconfirmed": 5}, 1)


async def test_what_is_said_of_a_message_a_second_time_moves_nothing(database: Databases) -> None:
    assert await sent(database, repeats_itself) == ({"sent": 6}, 6)
