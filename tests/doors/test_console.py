"""The console through Django's own client: who may see what."""

from __future__ import annotations

import pytest

from tests.consoles import Console


def test_smoke(console: Console) -> None:
    from django.test import Client
    answer = Client().get("/sign-in/", headers={"host": "localhost"})
    print(answer.content.decode())
    assert answer.status_code == 200
