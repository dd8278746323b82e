"""Who opened a link: people and machines told apart, each with its reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from sayso.core.clicks import MACHINE, PERSON, Click, judge

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.1 Mobile/15E148 Safari/604.1"
)
CUBOT = (
    "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 50) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0"
    " Mobile Safari/537.36"
)
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0"
IMESSAGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1"
    " Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"
)
TAP = Click(1, 0, AT, agent=IPHONE, mode="navigate")


@pytest.mark.rule("R9.4")
@pytest.mark.parametrize("agent", [IPHONE, CUBOT, WINDOWS])
def test_a_tap_is_a_person(agent: str) -> None:
    found = judge(
        replace(TAP, agent=agent), AT - timedelta(minutes=5), [(0, AT), (1, AT + timedelta(seconds=3))]
    )
    assert (found.kind, found.because[-1].rule) == (PERSON, "R9.4")
    # A telephone may be quick, and an older browser says nothing of how it came.
    assert judge(replace(TAP, mode="", times=2), AT - timedelta(seconds=2)).kind == PERSON
    assert judge(TAP, None).kind == PERSON


@pytest.mark.rule("R9.4")
@pytest.mark.parametrize(
    ("more", "because"),
    [
        ({"method": "HEAD"}, "It asked only whether there is a page (HEAD)."),
        ({"purpose": "prefetch;prerender"}, "It was fetched ahead (prefetch)."),
        ({"purpose": "preview"}, "It was fetched ahead (preview)."),
        ({"agent": " "}, "It did not say what it is; every browser does."),
        ({"agent": IMESSAGE}, "It draws previews (facebookexternalhit)."),
        ({"agent": "WhatsApp/2.24.1 A"}, "It draws previews (WhatsApp)."),
        ({"agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, "It looks at every link (bot)."),
        ({"agent": "Mozilla/5.0 HeadlessChrome/131.0"}, "It looks at every link (Headless)."),
        ({"agent": "python-requests/2.32"}, "It is a program, not a browser (python)."),
        ({"agent": "Dalvik/2.1.0 (Linux; U; Android 14)"}, "It is a program, not a browser (Dalvik)."),
        ({"agent": "Shop/1 CFNetwork/1568 Darwin/24"}, "It is a program, not a browser (CFNetwork)."),
        ({"mode": "no-cors"}, "A program inside a page fetched it, nobody went there."),
        ({"times": 6}, "6 times within a second."),
        ({"agent": WINDOWS}, "A computer, not a telephone, opened it 3 s after the text left."),
    ],
)
def test_a_machine_is_known_by_a_fact_and_says_which(more: dict[str, object], because: str) -> None:
    found = judge(replace(TAP, **more), AT - timedelta(seconds=3))
    assert (found.kind, found.because[-1].fact) == (MACHINE, because)


@pytest.mark.rule("R9.4")
def test_two_links_of_one_text_within_a_second_are_a_machine() -> None:
    beside = [(0, AT), (1, AT - timedelta(seconds=1)), (2, AT + timedelta(seconds=0.4))]
    found = judge(TAP, None, beside)
    assert (found.kind, found.because[-1].fact) == (
        MACHINE, "3 links of one text were opened within a second."
    )  # fmt: skip
    assert judge(TAP, None, [(1, AT + timedelta(seconds=1.01))]).kind == PERSON
