"""Where allauth asks us: how guesses are counted, how second factors are kept."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from sayso.console import mail


class Accounts(DefaultAccountAdapter):
    """R2.2: accounts are made by the operator; guesses are counted per address and per network address."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That didn’t match. Check the address and the password.",
        "too_many_login_attempts": "Too many tries. Wait 5 minutes, then try again. Nothing else is wrong.",
        "rate_limited": "Too many tries. Wait 5 minutes, then try again.",
        "enter_current_password": "That is not your current password.",
        "incorrect_password": "That is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def tries_left(self, request: HttpRequest, email: str) -> int:
        """How many more guesses this address has before the pause."""
        left = []
        for rate in ratelimit.get_rates(app="allauth.account", action="login_failed"):
            key = ratelimit.get_cache_key(
                request,
                app="allauth.account",
                action="login_failed",
                rate=rate,
                key=self._get_login_attempts_cache_key(request, email=email),
            )
            left.append(rate.amount - len(cache.get(key, [])))
        return int(max(0, min(left)))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Not with the host in it, as allauth has it: each name of this server would give five more guesses.
        return str(credentials.get("email", "")).lower()

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """The link to a new password, to the address of the account, however it was typed."""
        # Not by the request's host: whoever asks could choose it.
        place = reverse("account_reset_password_from_key", args=[context["uid"], context["key"]])
        mail.send_apart(
            user.email,
            "A new password for Sayso",
            f"Somebody, hopefully you, asked for a new password for {user.email}.\n\n"
            "Open this link to set it:\n\n"
            f"{settings.SAYSO_VALUES.public_url.rstrip('/')}{place}\n\n"
            f"It works once, for {settings.PASSWORD_RESET_TIMEOUT // 60} minutes. If it was not you, do "
            "nothing: your password stays as it is.\n",
        )

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether this is the person's password; counted like a sign-in."""
        email = EmailAddress.objects.get_primary_email(user) or user.email
        found = self.authenticate(self.request, email=email, password=password)
        return found is not None and found.pk == user.pk


class Factors(DefaultMFAAdapter):
    """Second factors: secrets are encrypted, passkeys belong to the public address."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code didn’t match. Codes change every 30 seconds: type the one shown now."
    }

    def encrypt(self, text: str) -> str:
        """A copy of the database alone must not be enough to make someone's codes."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The other way."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are bound to the address that people use, whatever a request claims."""
        host = urlsplit(settings.SAYSO_VALUES.public_url).hostname or "localhost"
        return {"id": host, "name": "Sayso"}

    def generate_authenticator_name(self, *_: Any) -> str:
        """A first name for a new passkey; the person may change it."""
        return "Passkey"


def _box() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"sayso second factors").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
