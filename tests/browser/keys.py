"""What a person does without a pointer: Tab to every control, and every form with keys alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from playwright.sync_api import Error, Page, Response

from tests.running import until

Form = tuple[str, str, str, bool]
"""The path of its page, its method, where it goes, and whether it has a button."""
# What is typed where nothing stands yet, by the field's type or name; a list is put on its next entry.
TYPED = {
    "email": "kim@littlefern.example",
    "number": "3",
    "url": "https://littlefern.example/",
    "search": "fern",
    "tel": "+447700900229",
    "date": "11262026",
    "datetime-local": "11262026\t0930AM",
}
WORDS = "fern"
# Done, or refused with a sentence: some of what is furnished cannot be decided again.
UNDERSTOOD = (200, 302, 303, 409, 422)
TABS = 30
# Numbers what a person can come to, so that Tab's way can be told by numbers. Of the choices of one question
# Tab comes to one; in a closed menu or a part that is folded there is nothing to come to.
COUNT = """() => {
  const all = [...document.querySelectorAll('main input, main select, main textarea, main button')]
    .filter(one => one.type != 'hidden' && !one.disabled && !one.ariaHidden &&
      one.checkVisibility({visibilityProperty: true}))
  const numbers = new Map(all.map((one, n) => [one, n]))  // not written on them: what is morphed loses it
  window.came = [], window.round = false
  document.addEventListener('focusin', () => {
    const at = document.activeElement, n = numbers.get(at) ?? -1, style = getComputedStyle(at)
    window.round ||= window.came.length > 0 && at == window.first
    window.first ??= at
    window.came.push([n, style.outlineStyle != 'none' || style.boxShadow != 'none'])
  })
  return all.map((one, n) => [n, one.type == 'radio' ? one.name : '', one.outerHTML.slice(0, 120)])
}"""
HERE = """() => {
  const at = document.activeElement
  const said = form => `${form.getAttribute('method') ?? 'get'} ${form.getAttribute('action') ?? ''}`
  const field = at.matches('input, select, textarea')
  const named = one => one.localName + (one.id ? '#' + encodeURI(one.id) : '')  // as htmx names who asks
  return {form: at.form ? said(at.form) : '', type: at.type ?? '',
    asking: at.form ? [at.form, at].map(named) : [],
    empty: field && !at.value, sends: at.type == 'submit', body: at == document.body}
}"""
FORMS = """() => [...document.querySelectorAll('main form')].filter(form => form.checkVisibility())
  .map(form => [form.getAttribute('method') ?? 'get', form.getAttribute('action') ?? '',
    [...form.elements].some(one => one.type == 'submit' && !one.ariaHidden &&
      one.checkVisibility({visibilityProperty: true}))])"""

BROKEN_OFF = ("interrupted by another navigation", "net::ERR_ABORTED")
LEAVING = "() => { window.leaving = true }"
COME = "() => !window.leaving && document.readyState == 'complete'"


def untabbed(page: Page, path: str) -> list[str]:
    """Controls of the open page that Tab never comes to, or that do not show that they have the focus."""
    controls, came = page.evaluate(COUNT), {}
    for _ in range((len(controls) + 200) // TABS):
        for _ in range(TABS):
            page.keyboard.press("Tab")
        came |= dict(page.evaluate("came"))
        if page.evaluate("round"):
            break
    groups = {group for n, group, _ in controls if group and n in came}
    return [
        f"{path}: Tab never comes to {what}"
        for n, group, what in controls
        if n not in came and group not in groups
    ] + [
        f"{path}: nothing shows that {what} has the focus" for n, _, what in controls if came.get(n) is False
    ]


def unsent(page: Page, url: str, forms: Sequence[Form]) -> list[str]:
    """Forms of these pages that cannot be completed and sent with keys alone; each kind is sent once."""
    found, done = [], set()
    for path, method, action, button in forms:
        kind = (method, re.sub(r"[0-9]+", "0", action or path.partition("?")[0]))
        if kind in done:
            continue
        done.add(kind)
        _open(page, url + path)
        # What was sent before may have taken it away: a pause takes the button to pause.
        if [method, action, button] in page.evaluate(FORMS):
            found += [
                f"{path}, {method} {action}: {fault}" for fault in _completed(page, method, action, button)
            ]
    until("the last page is left", lambda: _left(page))  # a window that is about to go on does not close
    return found


def _completed(page: Page, method: str, action: str, button: bool) -> list[str]:
    """Fill a form of the open page and send it, with keys alone; what went wrong.

    One without a button sends itself at the first change, or with Enter.
    """
    for _ in range(300):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        is_it = here["form"] == f"{method} {action}"
        if is_it and (here["sends"] or not button):
            page.evaluate(LEAVING)
            is_answer = partial(_sent, method=method, asking=here["asking"])
            with page.expect_response(is_answer, timeout=30_000) as sent:
                if not here["sends"]:
                    _fill(page, here)
                page.keyboard.press("Enter")
            if _leaves(sent.value):
                until("the next page is there", lambda: _has_come(page))  # or another comes between
            status = sent.value.status
            return [] if status in UNDERSTOOD else [f"answered {status}"]
        if is_it:
            _fill(page, here)
        elif here["body"]:
            return ["Tab went past it"]
    return ["no button that sends it"]


def _fill(page: Page, here: dict[str, Any]) -> None:
    if here["type"] == "select-one":
        page.keyboard.press("ArrowDown")
    elif here["empty"] and here["type"] not in ("checkbox", "radio", "file"):
        page.keyboard.type(TYPED.get(here["type"], WORDS))


def _open(page: Page, address: str) -> None:
    """Go there, also where what was sent before brings a page of its own just now.

    That breaks the going off, for which the browser has two words; then by an empty page, which brings none.
    """
    try:
        page.goto(address, wait_until="load")
    except Error as error:
        if not any(word in error.message for word in BROKEN_OFF):
            raise
        until("the page before is left", lambda: _left(page))
        page.goto(address, wait_until="load")


def _left(page: Page) -> bool:
    with suppress(Error):
        page.goto("about:blank")
    return page.url == "about:blank"


def _leaves(answer: Response) -> bool:
    """Whether another page comes of it: not of a file, nor of a fragment that htmx puts in its place."""
    if not answer.request.is_navigation_request():
        return "hx-redirect" in answer.headers
    return not answer.headers.get("content-disposition", "").startswith("attachment")


def _has_come(page: Page) -> bool:
    try:
        return bool(page.evaluate(COME))
    except Error:  # it goes just now
        return False


def _sent(answer: Response, method: str, asking: Sequence[str]) -> bool:
    """Whether this is the form's own answer, and not of a part that asks for itself again meanwhile.

    Only a form takes the page elsewhere here; htmx says who asks.
    """
    asked = answer.request
    if asked.method.lower() != method:
        return False
    return asked.is_navigation_request() or asked.headers.get("hx-source") in asking
