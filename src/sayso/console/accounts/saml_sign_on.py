"""To the company's SAML provider and back (R2.2).

The provider has the browser post its answer from its own page. Such a request comes without our session,
whose cookie is `SameSite=Lax`; so the answer is put aside, and the request that follows takes it up.
"""

from __future__ import annotations

import hashlib
import logging
from http import HTTPStatus
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from allauth.socialaccount.sessions import LoginSession
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from sayso.console.accounts.offering import offered
from sayso.console.accounts.saml_answer import DeclinedError, DisbelievedError, Said, believed, opened
from sayso.console.accounts.saml_peers import Question, both, request_data, this_server
from sayso.console.accounts.vouching import told
from sayso.console.saml import PROVIDER, Saml

MOST_CHARACTERS = 400_000
ASIDE_SECONDS = 120
COOKIE = "sayso_saml"

log = logging.getLogger("sayso.console")


class Provider(SAMLProvider):
    """The provider as the settings name it; it is given what was believed of its answer."""

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """To the provider's page, with what this browser asks."""
        question = Question(request_data(), old_settings=both(_provider()))
        address = question.login(return_to="")
        asked = question.get_last_request_id()
        self.stash_redirect_state(request, process, next_url, data, state_id=asked, **kwargs)
        return redirect(address)

    def extract_uid(self, data: Said) -> str:
        """Of fixed length; nothing is kept by it."""
        return hashlib.sha256(data.email.encode()).hexdigest()

    def extract_extra_data(self, data: Said) -> dict[str, Any]:
        """As an OpenID provider says it: the operator named this one to vouch for addresses."""
        said = {"email": data.email, "email_verified": data.verified, "name": data.name}
        return {"userinfo": said}

    def extract_common_fields(self, data: Said) -> dict[str, Any]:
        """Nothing: who this is here, the address says."""
        return {}


@offered("saml", "GET")
def start(request: HttpRequest) -> HttpResponse:
    """To the provider. Only where to go afterwards is taken from the address."""
    if request.user.is_authenticated:
        return redirect("start")
    return _ours(request).redirect(request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request))


@csrf_exempt
@offered("saml", "POST")
def back(request: HttpRequest) -> HttpResponse:
    """From the provider's page: put aside, and on to `finish`, where the browser says who it is."""
    text = request.POST.get("SAMLResponse", "")
    if not 0 < len(text) <= MOST_CHARACTERS:
        log.warning("the sign-on provider's answer was refused: it has %s characters", len(text))
        return told(request, _provider().name, "disbelieved")
    answer = redirect("saml_finish")
    aside = LoginSession(request, "saml_aside", COOKIE)
    aside.store["answer"] = text
    aside.store.set_expiry(ASIDE_SECONDS)
    aside.save(answer)
    answer.cookies[COOKIE]["httponly"] = True
    return answer


@offered("saml", "GET", counted=False)
def finish(request: HttpRequest) -> HttpResponse:
    """Signed in, asked for the second factor, or told why not. Each answer is looked at once."""
    aside = LoginSession(request, "saml_aside", COOKIE)
    text = aside.store.get("answer")
    if not isinstance(text, str):
        return told(request, _provider().name, "stale")
    aside.delete()
    try:
        return _finished(request, text)
    except DeclinedError as fault:
        log.info("the sign-on provider let nobody through: %s", fault)
        why = "declined"
    except DisbelievedError as fault:
        log.warning("the sign-on provider's answer was refused: %s", fault)
        why = "disbelieved"
    except PermissionDenied:
        why = "stale"
    return told(request, _provider().name, why)


@login_not_required
@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """What a provider must know of this server; there before it is set up, because it needs this first."""
    return HttpResponse(this_server().get_sp_metadata(), content_type="application/samlmetadata+xml")


def _finished(request: HttpRequest, text: str) -> HttpResponse:
    ours, provider = _ours(request), _provider()
    peers = both(provider)
    answer = opened(peers, text)
    asked = answer.get_in_response_to()
    if not asked:
        log.info("the sign-on provider sent somebody who had not asked for it")
        return told(request, provider.name, "unasked")
    state = ours.unstash_redirect_state(request, asked)
    said = believed(answer, peers, asked, provider.email)
    if not said.email:
        return told(request, provider.name, "addressless", HTTPStatus.FORBIDDEN)
    login = ours.sociallogin_from_response(request, said)
    login.state = state
    finished: HttpResponse = complete_social_login(request, login)
    return finished


def _provider() -> Saml:
    found: Saml = settings.SAYSO_VALUES.saml
    return found


def _ours(request: HttpRequest) -> Provider:
    return Provider(request, app=get_adapter(request).get_app(request, PROVIDER))
