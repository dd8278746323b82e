"""Inviting, changing a role, and joining."""

from __future__ import annotations

from typing import Any

from django import forms

from sayso.console.access import Role
from sayso.console.accounts.models import User
from sayso.console.forms import Form
from sayso.console.lenses.workspaces import Membership
from sayso.console.people.roles import choices


class RoleForm(Form):
    """What a colleague is here."""

    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect)

    def __init__(self, *args: Any, giver: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = choices(giver)


class InviteForm(RoleForm):
    """An address, and what its holder becomes."""

    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ("email", "role")

    def clean_email(self) -> str:
        """The address, unless its holder works here already."""
        address = str(self.cleaned_data["email"]).strip().lower()
        known = User.objects.filter(email=address).first()
        member = known and Membership.objects.filter(user_id=known.pk).first()
        if member:
            role = Role(member.role)
            raise forms.ValidationError(f"{known} works here already, as {role.a}. Change the role instead.")
        return address


class JoinForm(Form):
    """A new account: the address is the invitation's."""

    name = forms.CharField(
        label="Your name",
        max_length=100,
        help_text="Colleagues see it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=1_000,
        help_text="At least 10 characters. A few words are fine.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
