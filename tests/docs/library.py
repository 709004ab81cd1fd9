"""The stack on which all pages are read, in a copy of the repository that stands for a reader's clone."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from confluent_kafka import Producer

from connectors.kafka import client_config
from schemas.topics import INBOUND
from tests.docs.pages import ROOT
from tests.e2e.pipeline import Pipeline
from tests.waiting import until

BLUE_HARBOUR = "blue-harbour"
"""The tenant of README.md."""
LATE = "green-harbour"
"""The one of docs/dead-letters.md, which is registered after its reviews came."""
LEFT_OUT = (".git", ".venv", ".reviewstream", "__pycache__", ".*_cache", ".hypothesis", "secrets", ".env")
REVIEWS = (
    ("The staff in Lisbon were lovely and the room was clean.", "9", "2026-09-01"),
    ("Dirty room, rude staff, a terrible stay.", "1", "2026-09-01"),
    ("The soup was awful and the waiter unfriendly.", "2", "2026-09-02"),
    ("Wonderful view of the harbour, excellent breakfast!", "10", "2026-09-02"),
    ("It was fine.", "6", "2026-09-03"),
    ("When was this?", "5", "no date"),  # becomes a dead letter
)


@dataclass
class Library:
    """`clone` is where commands are typed; `seen` says which page had a command first, by its text and exit code."""

    clone: Path
    stack: Pipeline
    seen: dict[tuple[str, int], str] = field(default_factory=dict)

    def make(self) -> None:
        """The copy with our .venv, and a file of reviews with the columns that README.md names."""
        shutil.copytree(ROOT, self.clone, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
        (self.clone / ".venv").symlink_to(sys.prefix)
        with (self.clone / "reviews.csv").open("w", newline="") as file:
            rows = csv.DictWriter(file, columns())
            rows.writeheader()
            rows.writerows(
                {"id": f"order-{number}", "review_text": text, "rating": rating, "date": date}
                for number, (text, rating, date) in enumerate(REVIEWS, 4711)
            )

    def have_reviews(self) -> None:
        """As after README.md: what every other page takes for granted."""
        if self.stack.run("query", "reviews", "--tenant", BLUE_HARBOUR).returncode:
            self.stack.ok("tenant", "create", BLUE_HARBOUR)
            mapping = ("--map", "content=review_text", "--map", "best_rating:=10")
            file = str(self.clone / "reviews.csv")
            self.stack.ok("publish", file, "--tenant", BLUE_HARBOUR, "--source", "shop", *mapping)
        self.negative_review()
        until(lambda: self._dead_letters(BLUE_HARBOUR, "all"))

    def have_reviews_of_an_unknown_tenant(self) -> None:
        """As docs/dead-letters.md has them."""
        if not self._dead_letters(LATE, "all"):
            self._send_of_an_unknown_tenant()
        until(lambda: self._dead_letters(LATE, "all"))

    def negative_review(self) -> dict[str, Any]:
        """One of blue-harbour, once it has been analysed."""
        asking = ("query", "reviews", "--tenant", BLUE_HARBOUR, "--label", "negative")
        found: list[dict[str, Any]] = until(lambda: self.stack.json(*asking)["reviews"])
        return found[0]

    def dead_letter(self, tenant: str = LATE) -> dict[str, Any]:
        """An open one, once it is stored."""
        return until(lambda: self._dead_letters(tenant, "open"))[0]

    def broker(self) -> str:
        """`host:port`."""
        return str(client_config(self._kafka())["bootstrap.servers"])

    def _kafka(self) -> str:
        return dict(line.split("=", 1) for line in self.stack.ok("urls").splitlines())["REVIEWSTREAM_KAFKA_URL"]

    def _dead_letters(self, tenant: str, state: str) -> list[dict[str, Any]]:
        """Of a tenant; none where the command does not know it yet."""
        done = self.stack.run("deadletters", "list", "--tenant", tenant, "--state", state, "--json")
        return list(json.loads(done.stdout)) if done.returncode == 0 else []

    def _send_of_an_unknown_tenant(self) -> None:
        value = {"source": "shop", "external_id": "1", "content": "Lovely.", "rating": 5, "published_at": "2026-09-01"}
        event = {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "/shop",
            "type": "review.submitted",
            "tenantid": LATE,
        }
        producer = Producer(client_config(self._kafka()))
        headers = {"content-type": "application/json"} | {f"ce_{name}": text for name, text in event.items()}
        producer.produce(INBOUND, json.dumps(value), headers=headers)
        assert producer.flush(30) == 0


def columns() -> list[str]:
    """Those of reviews.csv, as README.md names them."""
    sentence = re.search(r"`reviews\.csv` .*?columns (.*?)[.;:]\s", (ROOT / "README.md").read_text(), re.DOTALL)
    assert sentence, "README.md does not say which columns reviews.csv has"
    return re.findall(r"`(\w+)`", sentence[1])
