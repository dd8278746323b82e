"""Replays: past texts with another mode or other words, and who would change state."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from sayso.console.replay.words import Row, as_csv
from sayso.console.spreadsheets import disarmed
from tests.console_visits import signed_in, text
from tests.consoles import Console

NOW = datetime.now(UTC)
HALT = ("halt", "please halt this", "I said halt", "hello there")


def heard(console: Console, workspace: int, line: int, *bodies: str, days: float = 1) -> None:
    """Texts of one number each, stored some days ago."""
    for place, body in enumerate(bodies):
        console.execute(
            "INSERT INTO sayso.inbound_messages (workspace_id, id, line_id, phone, sender, recipient, body, "
            "provider_at, received_at, outcome, because) "
            "VALUES (%s, sayso.id_at(%s) + %s, %s, %s, %s, '', %s, %s, %s, 'inbox', '[]')",
            workspace,
            NOW - timedelta(days=days),
            place,
            line,
            447700900000 + place,
            f"+{447700900000 + place}",
            body,
            NOW - timedelta(days=days),
            NOW - timedelta(days=days),
        )


def process(console: Console, workspace: int, line: int, *keywords: str, mode: str = "word") -> int:
    """A started unsubscribe process with these keywords."""
    query = (
        "INSERT INTO sayso.processes (workspace_id, line_id, type, name, match_mode, state) "
        "VALUES (%s, %s, 'unsubscribe', 'Stop', %s, 'started') RETURNING id"
    )
    made = int(console.execute(query, workspace, line, mode)[0][0])
    for word in keywords:
        console.execute(
            "INSERT INTO sayso.process_keywords VALUES (%s, %s, %s, %s)", workspace, made, word, word
        )
    return made


def asked(line: int, **more: Any) -> dict[str, Any]:
    """The form as it is sent."""
    form = {"line": line, "match_mode": "now", "predefined_mode": "now", "keywords": "", "source": "month"}
    return form | more


def uploaded(content: bytes) -> Any:
    """A file as a browser sends it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("texts.csv", content, "text/csv")


def replayed(client: Any, form: dict[str, Any]) -> Any:
    """The page of a replay that has come to its end."""
    answer = client.post("/replay/", form, follow=True)
    assert answer.status_code == HTTPStatus.OK, text(answer)
    address = answer.redirect_chain[-1][0]
    while "Reading" in text(answer):
        answer = client.get(address)
    return answer


@pytest.mark.rule("R14.4", "R4.13", "R4.12")
def test_another_mode_shows_who_would_be_stopped_before_it_is_saved(console: Console) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "447700900118")
    process(console, workspace, line, "genug")
    heard(console, workspace, line, "genug", "jetzt ist es genug", "so genug davon", "hello there")
    heard(console, workspace, line, "older than a month: genug", days=32)
    client = signed_in(console.person((workspace, "compliance_owner")))
    answer = replayed(client, asked(line, match_mode="contains"))
    page = text(answer)
    assert "Of 4 texts since" in page
    assert "2 would be read differently. 2 people would be stopped who are not now; nobody" in page
    assert "Waits in the inbox → Opts out 2" in page
    assert "jetzt ist es genug" in page
    assert "“genug” stands in the text. It is an opt-out word." in page
    assert "+44 7700 900001" in page
    assert console.execute("SELECT 1 FROM sayso.blocks WHERE workspace_id = %s", workspace) == []
    assert console.execute("SELECT 1 FROM sayso.audit WHERE workspace_id = %s", workspace) == []


@pytest.mark.rule("R4.13")
def test_a_mode_for_the_predefined_words_may_let_people_through_too(console: Console) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "447700900118")
    process(console, workspace, line)
    heard(console, workspace, line, "stop", "stop sending me these", "how do I stop")
    client = signed_in(console.person((workspace, "owner")))
    page = text(replayed(client, asked(line, predefined_mode="exact")))
    assert "Opts out → Waits in the inbox 1" in page
    assert "Nobody would be stopped who is not now; 1 would no longer be." in page
    page = text(replayed(client, asked(line, predefined_mode="contains")))
    assert "1 person would be stopped who is not now" in page


@pytest.mark.rule("R14.4")
def test_other_keywords_and_a_line_without_a_process(console: Console) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "11221", "shared_short_code", "baby")
    heard(console, workspace, line, "baby genug", "genug", "fini merci", "baby hello")
    client = signed_in(console.person((workspace, "owner")))
    page = text(replayed(client, asked(line, keywords="genug, fini")))
    assert "3 would be read differently" in page
    wrong = client.post("/replay/", asked(line, keywords="genug2"))
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "“genug2” has more than letters." in text(wrong)


@pytest.mark.rule("R14.4")
def test_the_last_word_of_a_person_counts(console: Console) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "447700900118")
    process(console, workspace, line, "genug")
    heard(console, workspace, line, "es ist genug", days=3)
    heard(console, workspace, line, "START", days=2)
    client = signed_in(console.person((workspace, "owner")))
    page = text(replayed(client, asked(line, match_mode="contains")))
    assert "1 would be read differently. Nobody would be stopped who is not now" in page


@pytest.mark.rule("R14.4")
def test_what_was_replayed_is_handed_to_the_process(console: Console) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "447700900118")
    made = process(console, workspace, line, "genug")
    form = asked(line, match_mode="contains", keywords="fini")
    link = f"/keywords/{made}/?match_mode=contains&amp;predefined_mode=&amp;keywords=fini"
    owner, analyst = (signed_in(console.person((workspace, role))) for role in ("owner", "analyst"))
    assert link in replayed(owner, form).content.decode()
    assert link not in replayed(analyst, form).content.decode()
    opened = owner.get(link.replace("&amp;", "&")).content.decode()
    assert re.search(r'value="contains"[^>]*checked', opened)
    assert 'value="fini"' in opened
    assert 'name="keywords" value="genug"' not in opened
    assert console.execute("SELECT match_mode FROM sayso.processes WHERE id = %s", made) == [("word",)]


@pytest.mark.parametrize("parted_by", [",", ";", "\t"])
def test_no_cell_is_a_formula_whatever_a_spreadsheet_parts_by(parted_by: str) -> None:
    bodies = [
        f"genug{parts}{blank}{sign}1+1" for parts in ";\n\t\r" for blank in ("", ' "', "'") for sign in "=+-@"
    ]
    told = "".join(
        as_csv([Row("x", 0, datetime(2026, 11, 1, tzinfo=UTC), body, "inbox", "unsubscribe", "", "", body)])
        for body in (*bodies, "=1", " \n=1", "\t1")
    )
    for cells in csv.reader(io.StringIO(told, newline=""), delimiter=parted_by):
        assert [cell for cell in cells if cell.strip(' "\n').startswith(("=", "+", "-", "@"))] == []
    assert disarmed("no; I am at 5-7, so; yes\nbye") == "no; I am at 5-7, so; yes\nbye"


def test_a_file_is_replayed_and_the_answer_is_no_formula(console: Console) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "447700900118")
    process(console, workspace, line, "genug")
    file = (
        "Text,From,Received_At\n"
        '"=1+1 genug",+447700900001,2026-11-01T10:00:00Z\n'
        '" +cmd genug",MyBrand,yesterday\n'
        '"<b>genug</b> ja genug",,\n'
        "hello,07700 900002,\n"
    )
    client = signed_in(console.person((workspace, "analyst")))
    answer = replayed(client, asked(line, match_mode="contains", source="file", file=uploaded(file.encode())))
    page = text(answer)
    assert "Of 4 texts, 3 would be read differently. 2 people would be stopped" in page
    assert "<b>genug</b>" not in answer.content.decode()
    saved = client.get(answer.request["PATH_INFO"] + "changes.csv")
    assert saved["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(saved.content.decode("utf-8-sig"))))
    assert {row["text"] for row in rows} == {"'=1+1 genug", "' +cmd genug", "<b>genug</b> ja genug"}
    assert {row["from"] for row in rows} == {"447700900001", "MyBrand", "not known"}
    assert {(row["now"], row["wanted"], row["word"], row["mode"]) for row in rows} == {
        ("inbox", "unsubscribe", "genug", "contains")
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has no column `text`; its header is: empty."),
        (b"message\nstop\n", "its header is: message."),
        (b"text\n", "The file has a header, and no text under it."),
        (b"text" + b"," * 300 + b"\nstop\n", "301 columns. At most 200 are read."),
        (b"text\n" + b"x" * (5 * 1024 * 1024), "The file is larger than 5 MiB."),
    ],
)
def test_a_file_that_is_none_is_said_beside_its_field(
    console: Console, content: bytes, sentence: str
) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "447700900118")
    client = signed_in(console.person((workspace, "owner")))
    answer = client.post("/replay/", asked(line, source="file", file=uploaded(content)))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in text(answer)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbftext,from\n\xff\xfe\x00stop,\x00\n",
        b'text\n"unclosed stop\n\n\n',
        b"text,text\nstop,stop\n",
        b"text,received_at\nstop,0001-01-01T00:00:00+23:00\n,9999-12-31T23:59:59-23:00\n",
        "text\n\u202estop\u202c\n🛑\n".encode(),
        b"text\nstop,a,b,c,d\n\n\n",
        b"text\n" + b"s" * 200_000,
    ],
)
def test_a_hostile_file_is_read_or_refused_and_never_breaks(console: Console, content: bytes) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "447700900118")
    client = signed_in(console.person((workspace, "owner")))
    form = asked(line, match_mode="contains", source="file", file=uploaded(content))
    answer = client.post("/replay/", form, follow=True)
    assert answer.status_code in (HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY)


def test_a_long_replay_goes_on_step_by_step(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at it reads a slice more; what was found is kept between them."""
    from sayso.console.replay import runs

    monkeypatch.setattr(runs, "STEP_SECONDS", 0.0)
    workspace = console.workspace()
    line = console.line(workspace, "447700900118")
    content = b"text,from\n" + b"".join(b"es ist genug,+4477009%05d\n" % n for n in range(2_500))
    process(console, workspace, line, "genug")
    client = signed_in(console.person((workspace, "owner")))
    form = asked(line, match_mode="contains", source="file", file=uploaded(content))
    answer = client.post("/replay/", form)
    address = answer["Location"]
    middle = client.get(address, headers={"HX-Request": "true"})
    assert "2000 texts read of 2500" in text(middle)
    assert 'hx-trigger="load delay:100ms"' in middle.content.decode()
    page = text(client.get(address))
    assert "Of 2500 texts, 2500 would be read differently. 2500 people would be stopped" in page
    assert "200 of 2500, newest first" in page
    assert client.get(f"{address}changes.csv").content.count(b"\r\n") == 2_501


def test_past_texts_are_read_in_slices_and_bounded(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    from sayso.actions import replays
    from sayso.console.replay import runs

    monkeypatch.setattr(replays, "SLICE", 3)
    monkeypatch.setattr(runs, "MOST_TEXTS", 5)
    workspace = console.workspace()
    line, other = console.line(workspace, "447700900118"), console.line(workspace, "447700900119")
    heard(console, workspace, line, *HALT, days=2)
    heard(console, workspace, other, *HALT, days=3)
    heard(console, workspace, line, *HALT, days=4)
    client = signed_in(console.person((workspace, "owner")))
    page = text(replayed(client, asked(line, predefined_mode="contains")))
    assert "Of 5 texts since" in page
    assert "Only the newest 100,000 texts were read." in page


@pytest.mark.rule("R2.1")
def test_a_replay_belongs_to_who_runs_it(console: Console) -> None:
    workspace, other = console.workspace(), console.workspace()
    line = console.line(workspace, "447700900118")
    mine = signed_in(console.person((workspace, "owner")))
    address = mine.post("/replay/", asked(line))["Location"]
    assert mine.get(address).status_code == HTTPStatus.OK
    for roles in ((workspace, "owner"), (other, "owner")):
        client = signed_in(console.person(roles))
        assert client.get(address).status_code == HTTPStatus.NOT_FOUND
        assert client.get(f"{address}changes.csv").status_code == HTTPStatus.NOT_FOUND
    agent = signed_in(console.person((workspace, "agent")))
    assert agent.get("/replay/").status_code == HTTPStatus.FORBIDDEN
    stranger = signed_in(console.person((other, "owner")))
    assert stranger.post("/replay/", asked(line)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
