"""A segment asked of the database is the segment that core means: trees and contacts made by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from psycopg.types.json import Jsonb

from sayso.core.audience import AllOf, AnyOf, Condition, Facts, Not, Tree, matches
from sayso.core.gate_asked import ConsentState
from sayso.core.ids import first_id
from sayso.storage.audience_sql import Audience, sliced, whole
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, ENGINE, url_as
from tests.audiences import ATTRIBUTES, CATEGORIES, DAYS, NOW, TREES

OURS, THEIRS = 1, 2
PEOPLE = 300
VALUES: tuple[object, ...] = (
    "Berlin", "BERLIN", "Bergen", "", 5, 5.0, 4.99, "5", "19.90", 19.9, -3, "007", True, False, "true", None,
    "1990-05-01", "1990-05-01T10:00Z", "2001-02-30", ["vip", "news"], ["Vip", 5], [], {"vip": 1}, "é", "É",
    "50%", "a' OR 1=1 --", 1e21,
)  # fmt: skip
MOMENTS = [NOW - timedelta(days=days, seconds=late) for days in (0, *DAYS, 200) for late in (-1, 0, 1)]


class Crowd:
    """Contacts in two workspaces that share numbers, and what core is told of those of the first."""

    def __init__(self, owner: psycopg.Connection) -> None:
        self.owner = owner
        self.chance = random.Random(20261122)
        self.facts: dict[int, Facts] = {}
        self._ground()
        for workspace in (OURS, THEIRS):
            numbers = [12025550100 + n for n in range(PEOPLE // 2)]
            self._by_number = {phone: self._of_number(workspace, phone) for phone in numbers}
            for _ in range(PEOPLE):
                self._person(workspace, numbers)
        owner.execute("ANALYZE")

    def _ground(self) -> None:
        run = self.owner.execute
        run("SELECT make_partitions('2026-01-01', 14)")
        run("INSERT INTO workspaces (name, country) VALUES ('Bakery', 'US'), ('Butcher', 'US')")
        for _ in range(2):
            run("INSERT INTO lists (workspace_id, name) SELECT w, random() FROM generate_series(1, 2) w")
        # Ids run across workspaces: 1 and 2 stand for the first two of ours.
        run("UPDATE lists SET workspace_id = CASE WHEN id <= 2 THEN 1 ELSE 2 END")
        run("INSERT INTO campaigns (workspace_id, name) SELECT 1 + n / 2, 'C' FROM generate_series(0, 3) n")

    def _maybe(self, things: Any) -> Any:
        return self.chance.choice([None, *things])

    def _of_number(self, workspace: int, phone: int) -> dict[str, Any]:
        """What is known of a number, stored and as core is told it."""
        chance, run = self.chance, self.owner.execute
        texted, wrote, blocked, clicked = (self._maybe(MOMENTS) for _ in range(4))
        if texted:
            run("INSERT INTO last_texted VALUES (%s, %s, 1, NULL, 1, false, %s)", (workspace, phone, texted))
        if wrote:
            run(
                "INSERT INTO conversations (workspace_id, phone, line_id, id, written, unanswered, last_id,"
                " last_inbound_id, wrote_at, last_words) VALUES (%s, %s, 1, 1, '', 0, 1, 1, %s, '')",
                (workspace, phone, wrote),
            )
        known: dict[str, Any] = {"texted_at": texted, "wrote_at": wrote}
        if clicked:
            kind = chance.choice(["person", "person", "machine"])
            run(
                "INSERT INTO clicks (workspace_id, id, campaign_id, link, message_id, phone, kind, times, at,"
                " agent, because) VALUES (%s, %s + nextval('ids') %% 1000, 1, 0, 1, %s, %s, 1, %s, '', '[]')",
                (workspace, first_id(clicked), phone, kind, clicked),
            )
            known["clicked_at"] = clicked if kind == "person" else None
        if blocked:
            known |= self._block(workspace, phone, blocked)
        campaigns: dict[int, datetime] = {}
        for campaign in chance.sample([1, 2], chance.randint(0, 2)):
            at, status = chance.choice(MOMENTS), chance.choice(["sent", "delivered", "failed", None])
            self._message(workspace, phone, campaign + 2 * (workspace - 1), at, status)
            if status in ("sent", "delivered"):
                campaigns[campaign] = at
        return known | {"campaigns": campaigns}

    def _block(self, workspace: int, phone: int, since: datetime) -> dict[str, Any]:
        scope, source = (
            self.chance.choice(["channel", "all", "line"]),
            self.chance.choice(["keyword", "import", "link", "api"]),
        )
        lifted, again = self._maybe([NOW]), self._maybe([max(since, NOW - timedelta(days=5))])
        self.owner.execute(
            "INSERT INTO blocks (workspace_id, phone, written, scope, line_id, since, source, reason,"
            " lifted_at, said_last_at) VALUES (%s, %s, '', %s, %s, %s, %s, '', %s, %s)",
            (workspace, phone, scope, int(scope == "line"), since, source, lifted, again),
        )
        return {
            "blocked": lifted is None and scope != "line",
            "opted_out_at": (again or since) if source in ("keyword", "link") else None,
        }

    def _message(self, workspace: int, phone: int, campaign: int, at: datetime, status: str | None) -> None:
        row = self.owner.execute(
            "INSERT INTO messages (workspace_id, id, phone, recipient, connection_id, sender, class, purpose,"
            " body, encoding, parts, campaign_id) VALUES (%s, %s + nextval('ids') %% 1000, %s, '', 1, '',"
            " 'advertising', 'campaign', '', 'GSM-7', 1, %s) RETURNING id",
            (workspace, first_id(at), phone, campaign),
        ).fetchone()
        assert row is not None
        if status:
            self.owner.execute(
                "INSERT INTO outcomes VALUES (%s, %s, %s, '', 5, now())", (workspace, row[0], status)
            )

    def _person(self, workspace: int, numbers: list[int]) -> None:
        chance = self.chance
        known: dict[str, Any] = {
            "phone": self._maybe([*numbers] * 2),
            "external_id": f"{chance.choice(['c-', 'C-', 'x_'])}{chance.random()}",
            "email": self._maybe(["a@b.example", "A@B.EXAMPLE", "c%d@e.example", ""]),
            "language": self._maybe(["de", "de-AT", "en", "den", "DE"]),
            "time_zone": self._maybe(["Europe/Berlin", "UTC"]),
            "country": self._maybe(["DE", "US"]),
            "attributes": {name: chance.choice(VALUES) for name in ATTRIBUTES if chance.random() < 0.7},
            "sms_consent": chance.choice(["yes", "no", "unknown"]),
            "created_at": chance.choice(MOMENTS),
        }
        row = self.owner.execute(
            "INSERT INTO contacts (workspace_id, phone, external_id, email, language, time_zone, country,"
            " attributes, sms_consent, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            (workspace, *(Jsonb(value) if key == "attributes" else value for key, value in known.items())),
        ).fetchone()
        assert row is not None
        lists = [one for one in (1, 2) if chance.random() < 0.4]
        for one in lists:
            self.owner.execute(
                "INSERT INTO list_members VALUES (%s, %s, %s)", (workspace, one + 2 * (workspace - 1), row[0])
            )
        if known["phone"] is not None:
            known |= self._by_number[known["phone"]]
            self._consents(workspace, known["phone"], row[0])
        if workspace == OURS:
            self.facts[row[0]] = Facts(**known, lists=frozenset(lists))

    def _consents(self, workspace: int, phone: int, contact: int) -> None:
        """Words of the contact and of the number alone."""
        chance = self.chance
        if chance.random() < 0.2:
            self.owner.execute(
                "INSERT INTO consent_states VALUES (%s, %s, 0, '*hands', 'ended', %s, 'api')"
                " ON CONFLICT DO NOTHING",
                (workspace, phone, chance.choice(MOMENTS)),
            )
        for who in (0, contact):
            for category in chance.sample(["*", *CATEGORIES], chance.choice([0, 0, 1, 2])):
                state, at = chance.choice(["accept", "accept", "reject", "pending"]), chance.choice(MOMENTS)
                self.owner.execute(
                    "INSERT INTO consent_states VALUES (%s, %s, %s, %s, %s, %s, 'api')"
                    " ON CONFLICT DO NOTHING",
                    (workspace, phone, who, category, state, at),
                )

    def told(self) -> dict[int, Facts]:
        """What core is told of each contact: a number's words may have grown with its later contacts."""
        words: dict[tuple[int, int], list[ConsentState]] = {}
        for phone, who, *state in self.owner.execute(
            "SELECT phone, contact_id, category, state, since, source FROM consent_states"
            " WHERE workspace_id = 1"
        ):
            words.setdefault((phone, who), []).append(ConsentState(*state))
        return {
            contact: replace(
                facts,
                consents=words.get((facts.phone or -1, 0), []) + words.get((facts.phone or -1, contact), []),
            )
            for contact, facts in self.facts.items()
        }


@pytest.fixture
def crowd(database: Databases) -> Iterator[Crowd]:
    options = "-c search_path=sayso"
    with psycopg.connect(database.owner_url, autocommit=True, options=options) as owner:
        made = Crowd(owner)
        made.facts = made.told()
        yield made


def asked_for(tree: Tree) -> Audience:
    return Audience(OURS, tree, NOW)


@pytest.mark.rule("R8.3")
def test_the_database_finds_exactly_those_whom_core_means(crowd: Crowd, database: Databases) -> None:
    app = psycopg.connect(url_as(database.url, APP), autocommit=True)
    app.execute("SELECT set_config('sayso.workspace_id', '1', false)")
    engine = psycopg.connect(url_as(database.url, ENGINE), autocommit=True)
    met: set[bool] = set()

    @settings(max_examples=150)
    @given(TREES)
    def check(tree: Tree) -> None:
        meant = {contact for contact, facts in crowd.facts.items() if matches(tree, facts, NOW)}
        met.update({bool(meant), len(meant) == len(crowd.facts)})
        query, said = whole("first", asked_for(tree))
        assert {row[0] for row in app.execute(query, said | {"limit": PEOPLE + 1})} == meant
        with_number = sum(crowd.facts[contact].phone is not None for contact in meant)
        for shape in (whole, sliced):
            query, said = shape("count", asked_for(tree))
            assert app.execute(query, said).fetchone() == (len(meant), with_number)
        assert walked(engine, tree) == sorted(meant, key=crowd_order(crowd))[len(meant) - with_number :]
        query, said = sliced("without_number", asked_for(tree))
        assert engine.execute(query, said).fetchone() == (len(meant) - with_number,)
        query, said = sliced("unnumbered", asked_for(tree))
        assert len(engine.execute(query, said | {"limit": PEOPLE}).fetchall()) == len(meant) - with_number

    with app, engine:
        check()
    assert met == {True, False}


def crowd_order(crowd: Crowd) -> Any:
    return lambda contact: (crowd.facts[contact].phone or 0, contact)


def walked(engine: psycopg.Connection, tree: Tree) -> list[int]:
    """Everybody with a number, in slices as planning asks for them."""
    found: list[int] = []
    after = (0, 0)
    query, said = sliced("recipients", asked_for(tree))
    while True:
        more = {"after_phone": after[0], "after_contact": after[1], "limit": 70}
        rows = engine.execute(query, said | more).fetchall()
        found += [row[0] for row in rows]
        if len(rows) < 70:
            return found
        after = rows[-1][1], rows[-1][0]


def test_every_condition_meets_somebody_and_misses_somebody(crowd: Crowd) -> None:
    """The crowd is no proof of what nobody in it tells apart."""
    for tree in (
        Condition("consent", "is", "news", "pending"),
        Condition("consent", "is", "offers", "never"),
        Condition("attribute", "is", "tags", "vip"),
        Condition("attribute", "before", "born", "1990-05-02"),
        Condition("campaign", "within", days=7, id=1),
        Condition("opted_out", "within", days=30),
        Condition("clicked", "within", days=30),
        Condition("block", "blocked"),
        AllOf((Condition("list", "on", id=1), Not(Condition("texted", "ever")))),
        AnyOf((Condition("wrote", "within", days=1), Condition("number", "unknown"))),
    ):
        meant = sum(matches(tree, facts, NOW) for facts in crowd.facts.values())
        assert 0 < meant < PEOPLE, tree
