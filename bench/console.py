"""How long the server takes for each page of the console, over a workspace with a past.

    python -m bench.console [--size 1000000] [--messages 0] [--looks 40]

`console.p95`: milliseconds, of the slowest page. `--size` contacts and inbound texts, a tenth as many blocks
with their ledger, and `--messages` that were sent, a tenth of them one campaign’s, on `sayso serve` in a home
of its own (`fill_seconds`: how long making them took); each page is asked for one after another by an owner
who is signed in, searches included. Every address of the areas is measured; one whose arguments nobody knows
is told. A file counts until it begins, for it is as long as what it holds; `files` tells how many
milliseconds each took to its end, and its lines, once. `load` is the machine's before the looks: above its
cores, the figure is of the neighbours too.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable
from http.cookiejar import CookieJar
from importlib import import_module
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from bench.job import House, running, say, sayso

GOAL_MS = 200
EMAIL, PASSWORD = "bench@littlefern.example", "a fern in the window"
FIRST = 447700000000
# What an address is filled with: a question whose answer's first column is the value.
ARGUMENTS = {
    "phone": "SELECT phone FROM sayso.blocks WHERE workspace_id = 1 ORDER BY id LIMIT 1",
    "code": "SELECT 'DE'",
    "kind": "SELECT 'json'",
    "process_id": "SELECT min(id) FROM sayso.processes WHERE workspace_id = 1",
    "line_id": "SELECT min(id) FROM sayso.lines WHERE workspace_id = 1",
    "template_id": "SELECT min(id) FROM sayso.templates WHERE workspace_id = 1",
    "inbound_id": "SELECT max(id) FROM sayso.inbound_messages WHERE workspace_id = 1",
    "conversation_id": "SELECT max(id) FROM sayso.conversations WHERE workspace_id = 1",
    "contact_id": "SELECT max(id) FROM sayso.contacts WHERE workspace_id = 1",
    "import_id": "SELECT max(id) FROM sayso.contact_imports WHERE workspace_id = 1",
    "campaign_id": "SELECT min(id) FROM sayso.campaigns WHERE workspace_id = 1",
    "list_id": "SELECT min(id) FROM sayso.lists WHERE workspace_id = 1",
    "canned_id": "SELECT min(id) FROM sayso.canned_replies WHERE workspace_id = 1",
}
# Searches, filters and later pages of what is listed.
MORE = (
    f"/opt-outs/?number=%2B{FIRST + 1000}",
    "/opt-outs/?scope=all",
    "/opt-outs/?source=term",
    "/opt-outs/?source=import",
    "/opt-outs/?from={yesterday}&to={yesterday}",
    "/opt-outs/?before={middle}",
    f"/contacts/?q=%2B{FIRST + 1000}",
    "/contacts/?q=fern-1000",
    "/contacts/?q=ada",
    "/contacts/?before={middle}",
    "/home/?days=90",
    "/home/figures/?days=90",
)
FILL = (
    "SELECT sayso.make_partitions((now() - interval '2 months')::date, 4)",
    "INSERT INTO sayso.contacts (workspace_id, external_id, phone, email, attributes, sms_consent) "
    "SELECT 1, 'fern-' || n, %(first)s + n, 'ada' || n || '@mail.example', "
    "jsonb_build_object('first_name', 'Ada', 'last_name', 'Number ' || n), 'yes' "
    "FROM generate_series(1, %(size)s) AS n",
    "INSERT INTO sayso.contact_imports (workspace_id, file_name, whole_size) VALUES (1, 'list.csv', 1)",
    "INSERT INTO sayso.contact_import_progress (workspace_id, import_id, state, rows_read, refused) "
    "SELECT 1, id, 'finished', 1000000, %(size)s / 10 FROM sayso.contact_imports",
    "INSERT INTO sayso.contact_import_refusals "
    "SELECT 1, id, n, 'fern-1;nothing', '[]' "
    "FROM sayso.contact_imports, generate_series(1, %(size)s / 10) AS n",
    "INSERT INTO sayso.inbound_messages (workspace_id, id, line_id, phone, sender, recipient, body, "
    "provider_at, received_at, outcome, because) "
    "SELECT 1, sayso.id_at(now() - n * interval '29 days' / %(size)s) + n %% 1024, lines.ids[1 + n %% "
    "cardinality(lines.ids)], %(first)s + n, '+' || (%(first)s + n), '11221', 'text number ' || n || CASE "
    "WHEN n %% 10 = 0 THEN ' stop' WHEN n %% 10 = 1 THEN ' genug' ELSE ' hello' END, now(), now(), 'inbox', "
    """'[{"rule": "R4.15", "fact": "No process takes it."}]' """
    "FROM generate_series(1, %(size)s) AS n, "
    "(SELECT array_agg(id ORDER BY id) AS ids FROM sayso.lines WHERE workspace_id = 1) AS lines",
    "INSERT INTO sayso.blocks (workspace_id, phone, written, scope, since, source, said, reason) "
    "SELECT 1, %(first)s + n, '+' || (%(first)s + n), CASE WHEN n %% 50 = 0 THEN 'all' ELSE 'channel' END, "
    "now() - n * interval '1 minute', CASE WHEN n %% 100 = 0 THEN 'term' ELSE 'keyword' END, 'stop', "
    "'the text “stop” to 11221 / baby' FROM generate_series(1, %(size)s / 10) AS n",
    "INSERT INTO sayso.consents (workspace_id, phone, action, category, source, identification, message, "
    "timestamp, imported_timestamp) "
    "SELECT workspace_id, phone, 'reject', 'promotions', 'sms_reply', written, said, "
    "since, stored_at FROM sayso.blocks WHERE workspace_id = 1",
    "INSERT INTO sayso.conversations (workspace_id, phone, line_id, id, written, unanswered, last_id, "
    "last_inbound_id, wrote_at, last_words) "
    "SELECT 1, phone, line_id, id, sender, 1, id, id, received_at, body "
    "FROM sayso.inbound_messages WHERE workspace_id = 1 ON CONFLICT DO NOTHING",
    "INSERT INTO sayso.canned_replies (workspace_id, name, body) VALUES (1, 'Hours', 'Open until six.')",
    "INSERT INTO sayso.lists (workspace_id, name) VALUES (1, 'Newsletter')",
    "INSERT INTO sayso.list_members SELECT workspace_id, (SELECT min(id) FROM sayso.lists), id "
    "FROM sayso.contacts WHERE workspace_id = 1",
    "INSERT INTO sayso.campaigns (workspace_id, name, audience, category, body) "
    "SELECT 1, 'Campaign ' || n, 'everybody', 'promotions', 'Hi' FROM generate_series(1, 200) AS n",
    # Half a year of figures, each hour of a dozen countries: ten messages for each contact.
    "INSERT INTO sayso.usage SELECT 1, g.grain, g.slot, k, c, p, sum(m.many), sum(m.many), sum(m.many), "
    "sum(m.many) * 41000 FROM generate_series(0, 180 * 24) AS n, sayso.workspaces w, "
    "LATERAL (SELECT now() - n * interval '1 hour' AS at) AS t, LATERAL (VALUES (60, date_bin('1 hour', "
    "t.at, '2026-01-01')), (1440, date_trunc('day', t.at, w.time_zone))) AS g(grain, slot), "
    "LATERAL (SELECT 1 + %(size)s / 15552 AS many) AS m, "
    "unnest('{left,charged,delivered,received,opted_out}'::text[]) AS k, "
    "unnest('{GB,DE,FR,AT,US,CA,IE,NL,BE,ES,IT,PL}'::text[]) AS c, "
    "unnest('{campaign,api,reply}'::text[]) AS p WHERE w.id = 1 GROUP BY 2, 3, 4, 5, 6",
    "ANALYZE",
)

# A slice of the messages, without triggers: the figures above are theirs, and those of campaigns follow.
SLICE = 500_000
SENT = (
    "WITH made AS (INSERT INTO sayso.messages (workspace_id, id, contact_id, phone, recipient, "
    "connection_id, line_id, sender, class, purpose, category, body, encoding, parts, campaign_id) "
    "SELECT 1, sayso.id_at(now() - n * interval '29 days' / %(messages)s) + n %% 1024, people.first_id "
    "+ n %% %(size)s, %(first)s + 1 + n %% %(size)s, '+' || (%(first)s + 1 + n %% %(size)s), 1, 0, '11221', "
    "'advertising', 'campaign', 'promotions', 'Prams are 20%% off this week, in every shop and at home.', "
    "'GSM-7', 1, campaigns.first_id + CASE WHEN n %% 10 = 0 THEN 0 ELSE n %% 200 END "
    "FROM generate_series(%(from)s::bigint, %(until)s::bigint) AS n, "
    "(SELECT min(id) AS first_id FROM sayso.contacts WHERE workspace_id = 1) AS people, "
    "(SELECT min(id) AS first_id FROM sayso.campaigns WHERE workspace_id = 1) AS campaigns "
    "RETURNING workspace_id, id) "
    "INSERT INTO sayso.outcomes (workspace_id, message_id, status, reason, rank, at) "
    "SELECT workspace_id, id, 'delivered', '', 300, sayso.time_of(id) FROM made"
)
SENT_FIGURES = (
    "UPDATE sayso.campaigns SET state = 'sending', launched_at = now() - interval '2 hours', "
    "starts_at = now() - interval '2 hours' "
    "WHERE id = (SELECT min(id) FROM sayso.campaigns WHERE workspace_id = 1)",
    "INSERT INTO sayso.campaign_standings (workspace_id, campaign_id, status, reason, messages, parts) "
    "SELECT 1, campaign_id, 'delivered', '', count(*), count(*) FROM sayso.messages "
    "WHERE workspace_id = 1 AND campaign_id IS NOT NULL GROUP BY campaign_id",
    "VACUUM ANALYZE",
)


def main() -> int:
    """Fill, look, tell; 1 where the slowest page is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, default=0)
    parser.add_argument("--looks", type=int, default=40)
    told = parser.parse_args()
    with running() as house:
        began = time.monotonic()
        fill(house, told.size, told.messages)
        filled = round(time.monotonic() - began)
        address = f"http://localhost:{house.port}"
        addresses, unmeasured = every_address(house, address)
        browser = signed_in(house, address)
        addresses += replayed(browser, address)
        shut = [each for each in addresses if not _opens(browser, address + each)]
        addresses, unmeasured = [each for each in addresses if each not in shut], unmeasured + shut
        load = round(os.getloadavg()[0], 1)
        taken = {each: p95(browser, address + each, told.looks) for each in addresses}
        slowest = max(taken, key=lambda each: taken[each])
        files = {each: whole for each in addresses if (whole := whole_file(browser, address + each))}
        more: dict[str, Any] = {"slowest": slowest, "pages": taken, "files": files, "unmeasured": unmeasured}
        more |= {"size": told.size, "messages": told.messages, "fill_seconds": filled, "load": load}
        say(house, "console.p95", taken[slowest], "ms", goal=GOAL_MS, **more)
    return 0 if taken[slowest] < GOAL_MS else 1


def fill(house: House, size: int, messages: int) -> None:
    """A workspace with a past."""
    said = {"first": FIRST, "size": size, "messages": messages}
    for statement in FILL:
        house.owner.execute(statement, said)
    if not messages:
        return
    house.owner.execute("SET session_replication_role = replica")
    for first in range(1, messages + 1, SLICE):
        here = {"from": first, "until": min(first + SLICE - 1, messages)}
        house.owner.execute(SENT, said | here)
    house.owner.execute("RESET session_replication_role")
    for statement in SENT_FIGURES:
        house.owner.execute(statement)


def every_address(house: House, url: str) -> tuple[list[str], list[str]]:
    """Every address of the areas, filled; and the names of those that nobody knows how to fill."""
    from sayso import console

    console.configure(console.Values("postgresql:///", "only to read the addresses", url))
    from django.urls import reverse

    from sayso.console.urls import AREAS

    found, unmeasured = [], []
    for area in AREAS:
        for pattern in import_module(f"sayso.console.{area}.urls").urlpatterns:
            asked = {name: ARGUMENTS.get(name, "SELECT NULL") for name in _arguments(pattern)}
            filled = {name: _first(house, query) for name, query in asked.items()}
            if None not in filled.values():
                found.append(reverse(pattern.name, kwargs=filled))
            elif pattern.name not in REPLAYED:
                unmeasured.append(pattern.name)
    words = {
        "yesterday": _first(house, "SELECT (now() - interval '1 day')::date"),
        "middle": _first(house, "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM sayso.blocks"),
    }
    return found + [each.format(**words) for each in MORE], unmeasured


REPLAYED = {"replay_run", "replay_changes"}


def signed_in(house: House, address: str) -> OpenerDirector:
    """The session of an owner who is an operator too: nobody sees more pages."""
    environ = {**os.environ, "SAYSO_HOME": str(house.home), "SAYSO_PASSWORD": PASSWORD}
    sayso(environ, "user", "create", EMAIL, "--workspace", "1", "--role", "owner", "--operator")
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    _post(browser, f"{address}/sign-in/", {"login": EMAIL, "password": PASSWORD})
    return browser


def replayed(browser: OpenerDirector, address: str) -> list[str]:
    """A replay that has come to its end, and how long its longest step took, as one of the pages."""
    line = re.findall(r'<option value="(\d+)"', _get(browser, f"{address}/replay/"))[0]
    form = {"line": line, "match_mode": "contains", "predefined_mode": "contains", "source": "month"}
    _, went = _post(browser, f"{address}/replay/", form)
    while "Reading</h2>" in _get(browser, went):
        continue
    path = went.removeprefix(address)
    return [path, f"{path}changes.csv"]


def p95(browser: OpenerDirector, address: str, looks: int) -> float:
    """Milliseconds, the 95th of a hundred; the first look, which compiles templates, is not counted."""
    _look(browser, address)
    return sorted(_timed(lambda: _look(browser, address)) for _ in range(looks))[int(looks * 0.95) - 1]


def whole_file(browser: OpenerDirector, address: str) -> tuple[float, int] | None:
    """Milliseconds to the end of a file, and its lines; None for a page."""
    began, lines = time.perf_counter(), 0
    with browser.open(address, timeout=60) as answer:
        if not _is_file(answer):
            return None
        for _ in answer:
            lines += 1
    return round((time.perf_counter() - began) * 1000, 1), lines


def _timed(look: Callable[[], object]) -> float:
    began = time.perf_counter()
    look()
    return round((time.perf_counter() - began) * 1000, 1)


def _opens(browser: OpenerDirector, address: str) -> bool:
    """Whether there is a page to look at: an address that only takes a form's button has none."""
    try:
        _look(browser, address)
    except HTTPError as refused:
        return refused.code < 400
    return True


def _look(browser: OpenerDirector, address: str) -> None:
    """Wait for a page until it is whole, for a file until it begins."""
    with browser.open(address, timeout=60) as answer:
        if answer.url.partition("?")[0].endswith("/sign-in/"):
            raise SystemExit(f"{address} asks to sign in: a page that nobody saw is not measured.")
        answer.readline() if _is_file(answer) else answer.read()


def _is_file(answer: Any) -> bool:
    return str(answer.headers.get("content-disposition", "")).startswith("attachment")


def _get(browser: OpenerDirector, address: str) -> str:
    with browser.open(address, timeout=60) as answer:
        return str(answer.read().decode("utf-8", "replace"))


def _post(browser: OpenerDirector, address: str, form: dict[str, str]) -> tuple[str, str]:
    with browser.open(address, timeout=60) as answer:
        key = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    said = urlencode({**form, "csrfmiddlewaretoken": key[1] if key else ""}).encode()
    with browser.open(address, said, timeout=60) as answer:
        return answer.read().decode(), answer.url


def _arguments(pattern: Any) -> set[str]:
    route = pattern.pattern
    return set(route.converters) | set(getattr(getattr(route, "regex", None), "groupindex", ()))


def _first(house: House, query: str) -> Any:
    row = house.owner.execute(query).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


if __name__ == "__main__":
    raise SystemExit(main())
