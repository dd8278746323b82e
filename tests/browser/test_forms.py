"""Every form of every page, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Response

from tests.browser.looking import complaining
from tests.browser.pages import AREAS, area
from tests.browser.people import enter
from tests.consoles import Console
from tests.running import until

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
  all.forEach((one, n) => one.dataset.n = n)
  window.came = [], window.round = false
  document.addEventListener('focusin', () => {
    const at = document.activeElement, n = +(at.dataset.n ?? -1), style = getComputedStyle(at)
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
  return {form: at.form ? said(at.form) : '', type: at.type ?? '',
    empty: field && !at.value, sends: at.type == 'submit', body: at == document.body}
}"""
FORMS = """() => [...document.querySelectorAll('main form')].filter(form => form.checkVisibility())
  .map(form => [form.getAttribute('method') ?? 'get', form.getAttribute('action') ?? '',
    [...form.elements].some(one => one.type == 'submit' && !one.ariaHidden &&
      one.checkVisibility({visibilityProperty: true}))])"""

LEAVING = "() => { window.leaving = true }"
COME = "() => !window.leaving && document.readyState == 'complete'"


@pytest.mark.parametrize("name", AREAS)
def test_tab_comes_to_every_control_and_shows_where_it_is(
    browser: Browser, address: str, console: Console, name: str
) -> None:
    found: list[str] = []
    for page, path in opened(browser, address, console, name):
        controls, came = page.evaluate(COUNT), {}
        for _ in range((len(controls) + 200) // TABS):
            for _ in range(TABS):
                page.keyboard.press("Tab")
            came |= dict(page.evaluate("came"))
            if page.evaluate("round"):
                break
        groups = {group for n, group, _ in controls if group and n in came}
        found += [
            f"{path}: Tab never comes to {what}"
            for n, group, what in controls
            if n not in came and group not in groups
        ]
        found += [
            f"{path}: nothing shows that {what} has the focus"
            for n, _, what in controls
            if came.get(n) is False
        ]
    assert found == []


@pytest.mark.parametrize("name", AREAS)
def test_every_form_is_completed_by_keyboard(
    browser: Browser, address: str, console: Console, name: str
) -> None:
    found, done, beside = [], set(), None
    for page, path in opened(browser, address, console, name):
        beside = beside or page.context.new_page()
        for form in page.evaluate(FORMS):
            method, action, _ = form
            kind = (method, re.sub(r"[0-9]+", "0", action or path.partition("?")[0]))
            if kind in done:
                continue
            done.add(kind)
            _open(beside, address + path)
            # What was sent from this page before may have taken it away: a pause takes the button to pause.
            if form in beside.evaluate(FORMS):
                found += [f"{path}, {method} {action}: {fault}" for fault in completed(beside, *form)]
        _open(beside, "about:blank")  # a window that is about to go on does not close
    assert found == []
    assert done


def opened(browser: Browser, address: str, console: Console, name: str) -> Iterator[tuple[Page, str]]:
    """Every page of an area, furnished and open, before an owner; what removes things comes last."""
    owner, pages = area(console, name)
    with complaining(browser) as page:
        enter(page, address, owner)
        for _, path in sorted(pages, key=lambda named: named[1].endswith(("remove/", "revoke/", "empty/"))):
            page.goto(address + path, wait_until="load")
            yield page, path


def completed(page: Page, method: str, action: str, button: bool) -> list[str]:
    """Fill a form of the open page and send it, with keys alone; what went wrong.

    One without a button sends itself at the first change, or with Enter.
    """
    rounds = 0
    for _ in range(300):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        is_it = here["form"] == f"{method} {action}"
        if is_it and (here["sends"] or not button):
            page.evaluate(LEAVING)
            with page.expect_response(lambda answer: _sent(answer, method), timeout=10_000) as sent:
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
            # A count that comes just then may take the focus of a busy machine to the beginning, once.
            rounds += 1
            if rounds == 2:
                return ["Tab went past it"]
    return ["no button that sends it"]


def _fill(page: Page, here: dict[str, Any]) -> None:
    if here["type"] == "select-one":
        page.keyboard.press("ArrowDown")
    elif here["empty"] and here["type"] not in ("checkbox", "radio", "file"):
        page.keyboard.type(TYPED.get(here["type"], WORDS))


def _open(page: Page, address: str) -> None:
    """Go there, also where what was sent before brings a page of its own just now."""
    try:
        page.goto(address, wait_until="load")
    except Error as error:
        if "interrupted by another navigation" not in error.message:
            raise
        page.goto(address, wait_until="load")


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


def _sent(answer: Response, method: str) -> bool:
    asked = answer.request
    return asked.method.lower() == method and asked.resource_type in ("document", "fetch", "xhr")
