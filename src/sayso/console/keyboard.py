"""The keys of the keyboard that do something, as a page; where htmx asks, as a dialog."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

KEYS = (
    ("Everywhere", (("/", "Find a number or a keyword"), ("?", "This list"), ("Esc", "Close what is open"))),
    (
        "Inbox",
        (
            ("j", "Next conversation"),
            ("k", "The one before"),
            ("r", "Write a reply"),
            ("Ctrl Enter", "Send it"),
        ),
    ),
)


@require_safe
def keyboard(request: HttpRequest) -> HttpResponse:
    """Which keys there are, and the switch that turns the single ones off (WCAG 2.1.4)."""
    template = "parts/keyboard.html" if request.htmx else "keyboard.html"
    return render(request, template, {"keys": KEYS, "dialog": bool(request.htmx)})
