"""Finds every lens: Django looks for an application's models here, and only here.

An area adds a lens in a module of its own beside this one; `tests/house/test_lenses.py` compares each with
the catalogue.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from django.apps import apps
from django.db import models

from sayso.console import lenses

for _found in iter_modules(lenses.__path__):
    if _found.name != "models":
        import_module(f"{lenses.__name__}.{_found.name}")


def every_lens() -> tuple[type[models.Model], ...]:
    """All lenses, in the order of their modules."""
    return tuple(apps.get_app_config("lenses").get_models())
