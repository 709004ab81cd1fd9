"""docs/extending.md shows a channel: it is run as it stands there, against an HTTP server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from services.notifications.channel import Delivered, GivenUp, RetryLater
from services.notifications.delivery import Delivery
from services.notifications.faults import WORDS
from tests.recipes.page import PAGE, block
from tests.services.channels import notification


class Endpoint(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    got: ClassVar[list[tuple[str, Any]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.headers["Idempotency-Key"], json.loads(body)))
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def endpoint() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def recipe() -> Any:
    """The class of the page's section on channels."""
    made: dict[str, Any] = {}
    exec(block("A notification channel", "python"), made)
    return made["Webhook"]


def test_the_channel_of_the_page_delivers_retries_and_gives_up(endpoint: str) -> None:
    urls = {status: f"{endpoint}/{status}" for status in ("204", "410", "429", "503")} | {"away": "http://127.0.0.1:1"}
    asked = {tenant: notification(tenant) for tenant in (*urls, "nowhere")}
    found = Delivery([recipe()(urls)]).deliver({"webhook": list(asked.values())})
    assert {tenant: found[each.notification_id] for tenant, each in asked.items()} == {
        "204": Delivered(),
        "410": GivenUp("http_410"),
        "429": RetryLater("http_429"),
        "503": RetryLater("http_503"),
        "away": RetryLater("unreachable", "URLError"),
        "nowhere": GivenUp("no_endpoint"),
    }
    assert {key for key, _ in Endpoint.got} == {asked[each].notification_id for each in ("204", "410", "429", "503")}
    assert all(body["notification_id"] == key for key, body in Endpoint.got)


def test_the_page_lists_every_reason_that_the_house_gives() -> None:
    rooms = Path(__file__).parents[2] / "services" / "notifications"
    code = "\n".join(path.read_text() for path in rooms.glob("*.py"))
    calls = set(re.findall(r'(?:RetryLater|GivenUp|unanswered|_put_off)\((?:call, )?"(\w+)"|return "(\w+)", ', code))
    given = {reason for pair in calls for reason in pair if reason} | set(WORDS.values()) | {"channel_full"}
    assert {"timed_out", "busy", "no_answer", "unreachable", "unknown_channel"} <= given
    assert not [reason for reason in given if f"`{reason}`" not in PAGE.read_text()]
