"""The person who signs in. What they may do stands elsewhere, per workspace (`sayso.memberships`)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager):
    """Makes and finds accounts by e-mail address."""

    def create_user(self, email: str, password: str | None, **more: Any) -> User:
        """Store an account; the address is kept in lower case. None: no password opens it."""
        user: User = self.model(email=email.strip().lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person, in any number of workspaces."""

    class Theme(models.TextChoices):
        SYSTEM = "", "Like this device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    theme = models.CharField(max_length=5, choices=Theme.choices, blank=True, default=Theme.SYSTEM)
    is_active = models.BooleanField(default=True)
    # Set by `sayso user operator` alone: no page gives it.
    is_operator = models.BooleanField(default=False)
    # Whoever had the link made it, for an address that somebody else wrote down: nobody vouches for that.
    joined_by_link = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_address")
        ]

    def __str__(self) -> str:
        return str(self.name or self.email)

    @property
    def initials(self) -> str:
        """Two letters for the round button: of the name, else of the address."""
        words = self.name.split() or [self.email]
        return str(words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()
