"""What a person does in front of the console."""

from __future__ import annotations

import base64
import hmac
import struct
import time

from playwright.sync_api import Page, expect

from tests.console_visits import signed_in
from tests.consoles import Person, apart


def code(secret: str, at: float | None = None) -> str:
    """The code that an authenticator app shows (RFC 6238: SHA-1, 30 s, six digits)."""
    counter = struct.pack(">Q", int(time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, "sha1").digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def sign_in(page: Page, url: str, person: Person, password: str | None = None) -> None:
    """Address and password, as far as they lead."""
    page.goto(f"{url}/sign-in/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(password or person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def enter(page: Page, url: str, person: Person) -> None:
    """Be signed in, as who comes back is, and nowhere yet: what the form does has its own tests."""
    cookie = apart(lambda: signed_in(person).cookies["sayso_session"].value)
    page.context.add_cookies([{"name": "sayso_session", "value": cookie, "url": url}])


def confirm(page: Page, person: Person) -> None:
    """The password once more."""
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Confirm").click()


def add_app(page: Page, url: str, person: Person) -> str:
    """Turn on an authenticator app for the person who is signed in; answer its secret."""
    page.goto(f"{url}/account/app/add/")
    confirm(page, person)
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("Code that the app shows").fill(code(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return secret


def next_code(secret: str) -> str:
    """A code that is not used yet: of the step after, which counts now and once that has begun."""
    return code(secret, time.time() + 30)
