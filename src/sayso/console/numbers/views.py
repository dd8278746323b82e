"""R3.1: the workspace's own lines, and what answers on each. Nothing here changes anything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sayso.console.access import Area, opens
from sayso.console.numbers.reading import line_rows


@require_safe
@opens(Area.NUMBERS)
def lines(request: HttpRequest) -> HttpResponse:
    """Every line that this workspace has or had."""
    rows = line_rows(request, timezone.now())
    working = sum(row.withdrawn_at is None for row in rows)
    return render(request, "numbers/lines.html", {"rows": rows, "working": working})
