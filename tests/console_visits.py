"""What a visitor without scripting does to the console: Django's own test client."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from tests.consoles import Person


def visitor() -> Any:
    """A browser without scripting that is nobody yet."""
    from django.test import Client

    return Client(headers={"host": "localhost"}, raise_request_exception=False)


def signed_in(person: Person) -> Any:
    """The same after the sign-in form."""
    client = visitor()
    answer = client.post("/sign-in/", {"login": person.email, "password": person.password})
    assert answer.status_code == HTTPStatus.FOUND, answer.content.decode()
    return client


def text(answer: Any) -> str:
    """The words of a page, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
