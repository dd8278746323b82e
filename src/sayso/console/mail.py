"""E-mail of the console, by SAYSO_SMTP_URL."""

from __future__ import annotations

import logging
import smtplib
import threading
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

PATIENCE_SECONDS = 8

log = logging.getLogger("sayso.console")


def mail_settings(smtp_url: str, host: str) -> dict[str, Any]:
    """Django's settings for a mail server; without one nothing is sent.

    `smtps://` speaks TLS from the start; `smtp://` turns to it (STARTTLS) before a password is told. The
    sender is `?from=…`, else `sayso@` this server's name.
    """
    if not smtp_url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    split = urlsplit(smtp_url)
    sender = parse_qs(split.query).get("from", [f"sayso@{host}"])[0]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": split.hostname,
        "EMAIL_PORT": split.port or (465 if split.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(split.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(split.password or ""),
        "EMAIL_USE_SSL": split.scheme == "smtps",
        "EMAIL_USE_TLS": split.scheme == "smtp" and bool(split.username),
        "EMAIL_TIMEOUT": PATIENCE_SECONDS,
        "DEFAULT_FROM_EMAIL": sender,
    }


def can_send() -> bool:
    """Whether there is a mail server at all."""
    return bool(settings.SAYSO_VALUES.smtp_url)


def send_apart(to: str, subject: str, body: str) -> None:
    """The same without waiting, so that nobody can tell from the time it takes whether a mail was sent."""
    threading.Thread(target=send, args=(to, subject, body), daemon=True).start()


def send(to: str, subject: str, body: str) -> bool:
    """Whether the mail server took it. Waits 8 s at most; a failure is logged, not raised."""
    if not can_send():
        return False
    try:
        return bool(EmailMessage(subject, body, to=[to]).send())
    except (OSError, smtplib.SMTPException):
        log.warning("an e-mail could not be sent", exc_info=True)
        return False
