"""The connector's patterns lead every event to the topic that the tailer's publisher has for it; no server is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from debezium.captures import OUTBOX
from debezium.registration import UNROUTED, configuration, postgres_values
from debezium.slots import Source
from schemas.topics import public_topics
from tests.parcels.registering import registered

EVENT_ROUTER = "io.debezium.transforms.outbox.EventRouter"
REGEX_ROUTER = "org.apache.kafka.connect.transforms.RegexRouter"


def outbox(label: str) -> Mapping[str, str]:
    source = Source("postgresql://owner:secret@localhost:5432/eventstore")
    return configuration("outbox", postgres_values(OUTBOX, source, "secret", "kafka://localhost:9092", label))


def routed(config: Mapping[str, str], event_type: str) -> str:
    """The topic of an event, as the transformations that choose topics make it, one after the other."""
    topic = event_type
    for name in config["transforms"].split(","):
        key = f"transforms.{name}"
        if config[f"{key}.type"] == EVENT_ROUTER:
            assert config[f"{key}.route.by.field"] == "topic"
            key += ".route.topic"
        elif config[f"{key}.type"] != REGEX_ROUTER:
            continue
        if found := re.fullmatch(config[f"{key}.regex"], topic):
            topic = found.expand(re.sub(r"\$(\d)", r"\\\1", config[f"{key}.replacement"]))
    return topic


@pytest.mark.parametrize("label", ["", "w1."])
def test_every_registered_event_goes_where_the_tailer_sends_it(tmp_path: Path, label: str) -> None:
    for_reviews = dict(public_topics())
    with registered(tmp_path):
        assert public_topics().items() > for_reviews.items()
        config = outbox(label)
        assert {event: routed(config, event) for event in public_topics()} == {
            event: label + topic for event, topic in public_topics().items()
        }
    config = outbox(label)
    assert {event: routed(config, event) for event in for_reviews} == {e: label + t for e, t in for_reviews.items()}


@pytest.mark.parametrize("event", ["review.of_tomorrow", "reviews.collected", "mail_parcel.sent", "anything", "a.b.c"])
def test_what_this_release_does_not_know_is_set_aside(event: str) -> None:
    assert routed(outbox("w1."), event) == f"w1.{UNROUTED}"
