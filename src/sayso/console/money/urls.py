"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.money import caps, credit, prices

urlpatterns = [
    path("prices/", prices.overview, name="prices"),
    path("prices/set/", prices.set_one, name="set_price"),
    path("credit/", credit.overview, name="credit"),
    path("credit/alarm/", credit.alarm, name="credit_alarm"),
    path("credit/caps/", caps.caps, name="spend_caps"),
    path("credit/top-up/", credit.add, name="credit_top_up"),
    path("credit/correct/", credit.correct, name="credit_correct"),
    path("credit/credit-<int:year>-<int:month>.csv", credit.file, name="credit_file"),
]
