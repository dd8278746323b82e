"""Invitations by e-mail, to a mail server that writes down what it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from sayso.console.mail import mail_settings
from tests.console_visits import signed_in, text
from tests.consoles import Console, free_port
from tests.letters import listening


def _invited(console: Console, smtp_url: str) -> str:
    values = replace(settings.SAYSO_VALUES, smtp_url=smtp_url)
    client: Any = signed_in(console.person((console.workspace(), "owner")))
    with override_settings(SAYSO_VALUES=values, **mail_settings(smtp_url, "sms.example.com")):
        filled = {"email": "jo@littlefern.example", "role": "agent", "once": "a-number-used-once"}
        return text(client.post("/people/invite/", filled, follow=True))


@pytest.mark.rule("R2.1")
def test_an_invitation_is_mailed_with_its_link(console: Console) -> None:
    with listening() as (port, heard):
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
