"""Questions before something that can't be undone, or that stops something for others."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True, slots=True)
class Question:
    """`Pause "Stop" on 11221 / baby?`, what follows from it (with a number), and the two answers as verbs.

    `swaps`: what in the page below a dialog is swapped for the answer; empty: the answer is another page.
    """

    title: str
    consequence: str
    verb: str
    safe: str
    back: str
    dangerous: bool = True
    swaps: str = ""


def ask(request: HttpRequest, question: Question) -> HttpResponse:
    """A page at its own address, which posts to itself; where htmx asks (into `#dialog`), a dialog."""
    template = "parts/ask.html" if request.htmx else "ask.html"
    return render(request, template, {"question": question, "dialog": bool(request.htmx)})
