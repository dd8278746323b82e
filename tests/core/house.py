"""A long code and a shared code with two clients, as core sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sayso.core.effects import Decision, Effect
from sayso.core.inbound import decide
from sayso.core.lines import (
    LineRecord,
    Listening,
    NumberRecord,
    WorkspaceWords,
    build_line,
    build_number,
)
from sayso.core.messages import Block, InboundText, Known, Number, Process, Profile, Texted

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AMIRA = 12025550143  # Washington, D.C.
STOP = Process(1, "unsubscribe", "Stop", messages={"en": "You are out.", "fr": "C'est fini."})
HELP = Process(2, "help", "Help", messages={"en": "Little Fern. STOP ends it."})
LISTENING = (Listening(STOP, ("genug", "basta")), Listening(HELP))
WORDS = WorkspaceWords(terms=("leave me alone",))


def long_code(
    listening: tuple[Listening, ...] = LISTENING,
    words: WorkspaceWords = WORDS,
    country: str = "US",
    answers: str = "none",
) -> Number:
    """+1 202 555 0100, line 10 of workspace 1."""
    record = NumberRecord(100, 7, "12025550100", "long_code", country, answers)
    return build_number(record, [(build_line(record, LineRecord(1, 10), listening, words), listening)])


def shared_code(help_answer: str = "Texts from several shops.", *, baby_withdrawn: bool = False) -> Number:
    """11221 with `baby` (line 11 of workspace 1) and `kids` (line 22 of workspace 2)."""
    record = NumberRecord(101, 7, "11221", "shared_short_code", "US", "none", help_answer)
    kids = (Listening(Process(5, "unsubscribe", "Stop kids", messages={"en": "Kids is out."})),)
    return build_number(
        record,
        [
            (
                build_line(record, LineRecord(1, 11, "baby", "en", baby_withdrawn), LISTENING, WORDS),
                LISTENING,
            ),
            (build_line(record, LineRecord(2, 22, "kids"), kids, WorkspaceWords()), kids),
        ],
        WORDS.terms,
    )


def text(body: str, at: datetime = NOON, **more: object) -> InboundText:
    """A text from Amira; the door took it half a second after the provider did."""
    told: dict[str, object] = {
        "id": 900, "connection_id": 7, "phone": AMIRA, "sender": f"+{AMIRA}", "recipient": "+12025550100",
        "body": body, "provider_at": at, "received_at": at + timedelta(milliseconds=500),
    }  # fmt: skip
    return InboundText(**{**told, **more})  # type: ignore[arg-type]


def heard(body: str, number: Number | None = None, known: Known | None = None, **more: object) -> Decision:
    return decide(text(body, **more), number or long_code(), known or Known())


def only(decision: Decision, kind: type[Effect]) -> Effect:
    """The one effect of this kind."""
    (found,) = every(decision, kind)
    return found


def every(decision: Decision, kind: type) -> list[Effect]:
    return [effect for effect in decision.effects if isinstance(effect, kind)]


def texted(line_id: int, workspace: int = 1, hours_ago: float = 1, **more: object) -> Texted:
    told: dict[str, object] = {
        "contact_id": None,
        "message_id": 500 + line_id,
        "transactional": False,
        **more,
    }
    return Texted(workspace_id=workspace, line_id=line_id, at=NOON - timedelta(hours=hours_ago), **told)  # type: ignore[arg-type]


def block(scope: str = "channel", workspace: int = 1, line_id: int = 0, **more: object) -> Block:
    told: dict[str, object] = {
        "id": 70, "category": "", "since": NOON - timedelta(days=1), "source": "keyword", "reason": "",
        "inbound_id": 800,
    }  # fmt: skip
    return Block(workspace_id=workspace, scope=scope, line_id=line_id, **{**told, **more})  # type: ignore[arg-type]


def people(*contacts: int, workspace: int = 1) -> tuple[Profile, ...]:
    return tuple(Profile(workspace, contact) for contact in contacts)
