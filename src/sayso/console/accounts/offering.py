"""What the sign-ons have in common: each is there where it is set up, and so often a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from allauth.core import ratelimit
from allauth.socialaccount.providers.base.provider import ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from requests import RequestException

from sayso.console.accounts.vouching import told

View = Callable[[HttpRequest], HttpResponse]
# What is read of a provider that answers something else than it should.
UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)

log = logging.getLogger("sayso.console")


def offered(way: str, method: str, *, counted: bool = True) -> Callable[[View], View]:
    """Only where the settings name a provider of this way; one that fails gets a page instead of a mishap."""

    def guard(view: View) -> View:
        @login_not_required
        @require_http_methods([method])
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            provider = getattr(settings.SAYSO_VALUES, way)
            if provider is None:
                raise Http404("no provider")
            refused = ratelimit.consume_or_429(request, action="sign_on") if counted else None
            if refused:
                return refused
            try:
                return view(request)
            except (RequestException, OAuth2Error, ProviderException) as fault:
                log.warning("the sign-on provider cannot be used: %s", fault)
                # Below 500: what was counted is kept, and whoever tries again and again is counted.
                return told(request, provider.name, "away", HTTPStatus.FAILED_DEPENDENCY)

        answer: View = guarded
        return answer

    return guard
