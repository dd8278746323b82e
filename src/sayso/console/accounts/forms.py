"""allauth's forms with our words, and two things more: tries left are told, used codes are refused."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.adapter import get_adapter as get_factors
from allauth.mfa.base import forms as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.cache import cache

from sayso.console.accounts.models import User

# A code is good for three steps of 30 s (MFA_TOTP_TOLERANCE): so long must a used one be remembered.
CODE_LIVES = 120


class SignIn(LoginForm):
    """R2.2: address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "login", "E-mail", autocomplete="username webauthn", autofocus=True)
        _word(self, "password", "Password")

    def clean(self) -> Any:
        """Check the password, which counts as a guess."""
        try:
            return super().clean()
        except forms.ValidationError:
            adapter = get_adapter(self.request)
            self.tries_left = adapter.tries_left(self.request, self.cleaned_data.get("login", ""))
            self.fields["login"].widget.attrs.pop("autofocus", None)
            self.fields["password"].widget.attrs.update({"autofocus": True, "aria-invalid": "true"})
            raise


class Confirm(ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "password", "Password", autofocus=True)


class ChangePassword(ChangePasswordForm):
    """Old and new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "oldpassword", "Current password")
        _word(self, "password1", "New password", help_text="At least 10 characters. A few words are fine.")
        _word(self, "password2", "New password again")


class Forgotten(ResetPasswordForm):
    """Where the link to a new password is to be mailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "email", "E-mail", autocomplete="username", autofocus=True)


class NewPassword(ResetPasswordKeyForm):
    """The password to sign in with from now on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "password1", "New password", help_text="At least 10 characters. A few words are fine.")
        _word(self, "password2", "New password again")


class OnceOnly:
    """A code that signed someone in does not do so again, as long as it would still be good."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        """The code, when it is right and fresh."""
        code: str = super().clean_code()  # type: ignore[misc]
        used = f"sayso.code.used:{self.user.pk}:{code.replace(' ', '')}"
        if self.authenticator.type == Authenticator.Type.TOTP and not cache.add(used, True, CODE_LIVES):
            raise get_factors().validation_error("incorrect_code")
        return code


class Code(OnceOnly, factors.AuthenticateForm):
    """R2.2: the second factor at sign-in: a code of the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", "Code", inputmode="numeric", autofocus=True)


class ConfirmCode(OnceOnly, factors.ReauthenticateForm):
    """The same before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", "Code", inputmode="numeric", autofocus=True)


class ActivateApp(ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", "Code that the app shows", inputmode="numeric")


class AddPasskey(AddWebAuthnForm):
    """A new passkey; able to sign in alone unless the person says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "name", "Name", help_text="To tell it apart later: “Work laptop”.")
        self.fields["passwordless"].label = "Sign in with it alone, without the password"
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = "It then asks for a fingerprint, a face or a PIN."


class Person(forms.ModelForm):
    """What a person may say about themselves."""

    class Meta:
        model = User
        fields = ("name", "theme")
        labels = {"name": "Name", "theme": "Appearance"}  # noqa: RUF012
        help_texts = {"name": "Colleagues see it, for example where you can help them."}  # noqa: RUF012


def _word(form: forms.Form, name: str, label: str, *, help_text: str = "", **attributes: Any) -> None:
    field = form.fields[name]
    field.label = label
    field.help_text = help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)
