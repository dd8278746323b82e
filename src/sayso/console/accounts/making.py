"""Accounts from the command line: there is no sign-up page."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from sayso.console.accounts.models import User


class UnfitError(ValueError):
    """The account cannot be made; the sentence says why."""


def make(email: str, password: str, name: str, *, joined_by_link: bool = False) -> int:
    """Make an account with a verified address (second factors are refused without) and answer its id."""
    address = email.strip().lower()
    if find(address) is not None:
        raise UnfitError(f"{address} already has an account. Give it a role in another workspace instead.")
    try:
        validate_email(address)
        validate_password(password, User(email=address, name=name))
    except ValidationError as error:
        raise UnfitError(" ".join(error.messages)) from error
    with transaction.atomic():
        user = User.objects.create_user(address, password, name=name.strip(), joined_by_link=joined_by_link)
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return int(user.pk)


def make_vouched(email: str, name: str) -> User:
    """Make an account without a password for an address that a provider has just vouched for."""
    with transaction.atomic():
        user = User.objects.create_user(email, None, name=name.strip()[:100])
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def set_password(email: str, password: str, *, drop_factors: bool, first: Callable[[int], object]) -> None:
    """Give an account another password, which ends its sessions; `drop_factors`: its second factors too.

    `first` is called with the account's id before anything is kept; what it raises leaves all as it was.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(email=email.strip().lower()).first()
        if user is None:
            raise UnfitError(f"Nobody has the address {email}. `sayso user create` makes an account.")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise UnfitError(" ".join(error.messages)) from error
        # A session is bound to the password that it began with: all of them end here.
        user.set_password(password)
        user.save(update_fields=["password"])
        if drop_factors:
            Authenticator.objects.filter(user=user).delete()
        first(int(user.pk))


def find(email: str) -> int | None:
    """The id of the account with this address."""
    found: int | None = User.objects.filter(email=email.strip().lower()).values_list("id", flat=True).first()
    return found


def came_by_link(user_id: int) -> bool:
    """Whether the account was made by whoever had an invitation's link."""
    return bool(User.objects.filter(pk=user_id, joined_by_link=True).exists())


def set_operator(email: str, operator: bool) -> bool:
    """Let the account with this address see what belongs to no workspace, or no longer; False: nobody."""
    return bool(User.objects.filter(email=email.strip().lower()).update(is_operator=operator))
