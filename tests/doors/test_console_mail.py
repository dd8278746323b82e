"""Invitations by e-mail, to a mail server that writes down what it is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from sayso.console.mail import mail_settings
from tests.console_visits import signed_in, text
from tests.consoles import Console, free_port


class _Dialogue(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs that sends one message."""

    def handle(self) -> None:
        self._say("220 here")
        in_data = False
        for line in iter(self.rfile.readline, b""):
            self.server.heard.append(line.decode().rstrip())  # type: ignore[attr-defined]
            if in_data:
                in_data = line.strip() != b"."
                if not in_data:
                    self._say("250 taken")
            elif line.upper().startswith(b"DATA"):
                in_data = True
                self._say("354 go on")
            elif line.upper().startswith(b"QUIT"):
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def _listening() -> Iterator[tuple[int, list[str]]]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Dialogue)
    server.heard = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], server.heard  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


def _invited(console: Console, smtp_url: str) -> str:
    values = replace(settings.SAYSO_VALUES, smtp_url=smtp_url)
    client: Any = signed_in(console.person((console.workspace(), "owner")))
    with override_settings(SAYSO_VALUES=values, **mail_settings(smtp_url, "sms.example.com")):
        filled = {"email": "jo@littlefern.example", "role": "agent", "once": "a-number-used-once"}
        return text(client.post("/people/invite/", filled, follow=True))


@pytest.mark.rule("R2.1")
def test_an_invitation_is_mailed_with_its_link(console: Console) -> None:
    with _listening() as (port, heard):
        page = _invited(console, f"smtp://127.0.0.1:{port}?from=hello@littlefern.example")
    assert "The e-mail is on its way." in page
    assert "rcpt TO:<jo@littlefern.example>" in " ".join(heard)
    assert "mail FROM:<hello@littlefern.example>" in " ".join(heard)
    assert "Subject: Nora Ilves invites you to Little Fern" in heard
    assert any("/join/" in line for line in heard)


@pytest.mark.rule("R2.1")
def test_a_mail_server_that_is_away_leaves_the_link_to_hand_over(console: Console) -> None:
    page = _invited(console, f"smtp://127.0.0.1:{free_port()}")
    assert "The mail server did not take the e-mail. Hand the link over yourself:" in page


def test_a_password_is_told_only_over_tls() -> None:
    plain = mail_settings("smtp://127.0.0.1:25", "x.example")
    assert (plain["EMAIL_USE_TLS"], plain["EMAIL_USE_SSL"]) == (False, False)
    told = mail_settings("smtp://jo:s%40cret@mail.example:587", "x.example")
    assert (told["EMAIL_USE_TLS"], told["EMAIL_HOST_PASSWORD"]) == (True, "s@cret")
    assert mail_settings("smtps://jo:secret@mail.example", "x.example")["EMAIL_PORT"] == 465
    assert "dummy" in mail_settings("", "x.example")["EMAIL_BACKEND"]
