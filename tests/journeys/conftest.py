"""One Sayso for all stories, behind a proxy that the world knows as sms.example.com."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sayso.cli.demo_client import Client
from tests.journeys.shop import Shop, open_shop
from tests.running import Sayso, serving

PUBLIC_URL = "https://sms.example.com"


@pytest.fixture(scope="session")
def sayso() -> Iterator[Sayso]:
    with serving(SAYSO_PUBLIC_URL=PUBLIC_URL) as running:
        yield running


@pytest.fixture(scope="session")
def operator(sayso: Sayso) -> Client:
    """A workspace of one's own, with a key that may do everything."""
    return sayso.workspace("Fern & Co")


@pytest.fixture(scope="session")
def shop(sayso: Sayso, operator: Client) -> Shop:
    """A shop whose telephones are simulated."""
    return open_shop(sayso, operator)
