"""An independent publisher: `writer.py '{"bootstrap": …}'`. Knows confluent-kafka and nothing of ours.

What the broker confirmed it writes, with fsync, to a list of its own: one JSON object a line, the parts of `Sent`.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from typing import Any

from confluent_kafka import KafkaError, Message, Producer

TOPIC = "reviews.inbound"
WORDS = ("harbour", "bridge", "garden", "tram", "museum", "bakery", "tower", "market", "ferry", "library")
MOODS = ("lovely and calm", "dreadful and loud", "wonderful", "dirty and rude", "fine", "a terrible waste of time")


def body(rng: random.Random, number: int, edition: int) -> dict[str, Any]:
    """A review; another edition is another text."""
    text = f"Edition {edition}: the {rng.choice(WORDS)} of Porto was {rng.choice(MOODS)}, said visitor {number}."
    day = f"2024-0{rng.randint(1, 9)}-{rng.randint(1, 28):02d}"
    return {"external_id": f"r{number}", "content": text, "rating": rng.randint(1, 5), "published_at": day}


def workload(seed: int, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """(kind, review): most are new; some come again as they were, in a new edition, with other facts or as a deletion;
    some are broken.
    """
    rng = random.Random(seed)
    newest: list[dict[str, Any]] = []
    for number in range(count):
        newest.append(body(rng, number, 1))
        yield "new", newest[-1]
        kind = rng.choices(("none", "again", "edition", "facts", "deleted", "broken"), (59, 10, 10, 10, 6, 5))[0]
        earlier = rng.randrange(max(0, number - 30), number + 1)
        if kind == "broken":
            yield kind, {**newest[-1], "external_id": f"b{number}", "rating": 99}
        elif kind == "edition":
            newest[earlier] = body(rng, earlier, number + 2)
        elif kind == "facts":
            day = f"2023-0{rng.randint(1, 9)}-{rng.randint(1, 28):02d}"
            newest[earlier] = {**newest[earlier], "published_at": day, "author_name": f"Visitor {number}"}
        if kind in {"again", "edition", "facts", "deleted"}:
            yield kind, newest[earlier]


class Writer:
    """Sends at a steady pace and waits for every confirmation, however long servers are away."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.ledger = os.open(plan["ledger"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.failed = 0
        config: dict[str, Any] = {
            "enable.idempotence": True,
            "message.timeout.ms": 600_000,
            "linger.ms": 2,
            "log_level": 0,
        }
        config |= {"reconnect.backoff.max.ms": 500, "partitioner": "murmur2_random"}
        self.producer = Producer({"bootstrap.servers": plan["bootstrap"], **config})

    def run(self) -> int:
        """The number of messages that were not confirmed."""
        pause = self.plan["seconds"] / self.plan["count"]
        for number, (kind, review) in enumerate(workload(self.plan["seed"], self.plan["count"])):
            self.send(number, kind, review)
            self.producer.poll(0)
            time.sleep(pause)
        left = int(self.producer.flush(600))
        os.fsync(self.ledger)
        return self.failed + left

    def send(self, number: int, kind: str, review: dict[str, Any]) -> None:
        """One binary CloudEvent, keyed by review; of a deleted one a tombstone or, every other time, an event that says so."""
        value = {"source": self.plan["source"], **review}
        headers = {"content-type": "application/json", "ce_specversion": "1.0", "ce_type": "review.submitted"}
        headers |= {"ce_id": f"{self.plan['source']}-{number}", "ce_source": "/writer"}
        headers |= {"ce_tenantid": self.plan["tenant"], "ce_runid": self.plan["source"]}

        def confirmed(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                self.failed += 1
                return
            line = {"kind": kind, "review": value, "partition": message.partition(), "offset": message.offset()}
            os.write(self.ledger, json.dumps(line).encode() + b"\n")
            os.fsync(self.ledger)

        body: bytes | None = json.dumps(value).encode()
        if kind == "deleted":
            named = {"source": self.plan["source"], "external_id": review["external_id"]}
            headers["ce_type"], body = "review.deleted", json.dumps(named).encode()
            if number % 2:
                named = {"ce_reviewsource": named["source"], "ce_externalid": named["external_id"]}
                kept = {name: headers[name] for name in ("ce_tenantid", "ce_runid")}
                headers, body = {**kept, **named}, None
        self.producer.produce(TOPIC, body, review["external_id"], headers=headers, on_delivery=confirmed)


if __name__ == "__main__":
    sys.exit(1 if Writer(json.loads(sys.argv[1])).run() else 0)
