"""A stream of live notes through the real server: it opens for a session, and does not hold up the end."""

from __future__ import annotations

import re
import subprocess
import sys
from http import HTTPStatus
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from tests.doors.served import Served, sayso
from tests.memory import quick_folder
from tests.running import settled

PASSWORD = "a fern in the window"


def test_a_stream_ends_when_the_server_is_asked_to() -> None:
    with quick_folder() as folder, sayso(folder) as served:
        settled(served.home)
        served.start()
        _cli(served, "workspace", "create", "Fern", "--country", "GB")
        _cli(served, "user", "create", "n@fern.example", "--workspace", "1", "--role", "owner", "--operator")
        assert '"operator": false' in _cli(served, "user", "operator", "n@fern.example", "off")
        stream = _signed_in(served).open(f"http://localhost:{served.port}/live/?topics=inbox", timeout=60)
        assert (stream.status, stream.headers["content-type"]) == (
            HTTPStatus.OK,
            "text/event-stream; charset=utf-8",
        )
        assert stream.readline() == b"retry: 2000\n"
        assert served.end() == 0
        assert stream.read() == b"\n"
        assert not served.said("refused to gracefully stop")


def _cli(served: Served, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sayso.cli.main", *arguments],
        env={**served.environ, "SAYSO_PASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _signed_in(served: Served) -> OpenerDirector:
    url = f"http://localhost:{served.port}/sign-in/"
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', browser.open(url, timeout=60).read().decode())
    assert token
    filled = {"login": "n@fern.example", "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    browser.open(Request(url, urlencode(filled).encode(), headers={"Referer": url}), timeout=60)
    return browser
