"""Every address of the console. Only what can be opened is here; there is no sign-up."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from sayso.console import errors, keyboard, live
from sayso.console.accounts import forgotten, saml_sign_on, sign_on
from sayso.console.accounts import views as accounts
from sayso.console.components import counting

# The packages of the areas: each brings its own addresses.
AREAS = (
    "audit",
    "campaigns",
    "contacts",
    "countries",
    "find",
    "home",
    "inbox",
    "keys",
    "keywords",
    "lists",
    "message_templates",
    "money",
    "numbers",
    "operator_pages",
    "opt_outs",
    "people",
    "replay",
    "segments",
    "simulator",
    "workspace_settings",
)


def _of(area: str) -> list[Any]:
    return list(import_module(f"sayso.console.{area}.urls").urlpatterns)


# The names at the end of each line are the ones that allauth looks up.
PASSKEYS = [
    path("sign-in/passkey/", login_not_required(passkey.login_webauthn), name="mfa_login_webauthn"),
    path("account/confirm/passkey/", passkey.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/passkeys/", passkey.list_webauthn, name="mfa_list_webauthn"),
    path("account/passkeys/add/", passkey.add_webauthn, name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/rename/", passkey.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove/", passkey.remove_webauthn, name="mfa_remove_webauthn"),
]

urlpatterns = [
    path("", accounts.start, name="start"),
    *(pattern for area in AREAS for pattern in _of(area)),
    path("live/", live.admit, name="live"),
    path("keyboard/", keyboard.keyboard, name="keyboard"),
    path("parts/", counting.parts, name="count_parts"),
    path("workspaces/", accounts.workspaces, name="workspaces"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-in/company/", sign_on.start, name="sign_on"),
    path("sign-in/company/back/", sign_on.back, name="sign_on_back"),
    path("sign-in/saml/", saml_sign_on.start, name="saml_sign_on"),
    path("sign-in/saml/back/", saml_sign_on.back, name="saml_back"),
    path("sign-in/saml/back/finish/", saml_sign_on.finish, name="saml_finish"),
    path("sign-in/saml/metadata/", saml_sign_on.metadata, name="saml_metadata"),
    path("sign-in/forgotten/", forgotten.ask, name="account_reset_password"),
    path("sign-in/forgotten/sent/", forgotten.sent, name="account_reset_password_done"),
    path(
        "sign-in/forgotten/<str:uidb36>/<str:key>/",
        forgotten.set_anew,
        name="account_reset_password_from_key",
    ),
    path("sign-out/", login_not_required(account.logout), name="account_logout"),
    path("account/", accounts.account, name="mfa_index"),
    path("account/password/", accounts.change_password, name="account_change_password"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/app/add/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(
        "account/recovery-codes/file/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"
    ),
    *PASSKEYS,
    # With the slash at its end, so that an address that only lacks it is still redirected.
    re_path(r"^(?P<anything>.+/)$", errors.nothing_here),
]

handler400 = "sayso.console.errors.unreadable"
handler403 = "sayso.console.errors.not_yours"
handler404 = "sayso.console.errors.nowhere"
handler429 = "sayso.console.errors.too_many"
handler500 = "sayso.console.errors.broken"
