"""Databases of a test's own, captured by the session's Connect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from connectors.databases import scripts_of
from connectors.kafka import create_topics
from connectors.migrations import migrate
from debezium.rest import Connect as Rest
from embedded.connect import Connect
from embedded.kafka import Kafka
from embedded.postgres import Postgres
from operations.change_capture import ChangeCapture
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from reviewstream.wiring import capture
from schemas.errors import ReviewstreamError
from streams.topics import all_topics
from tests.databases import create, drop, name_of

PARTITIONS = 4
"""As all tests have it that share the session's broker, where topics stay as they were made."""
NUMBERS = count(1)


@dataclass
class World:
    """An installation without workers: its parts, its captures, and what the names of their topics begin with."""

    parts: Bootstrap
    capturing: ChangeCapture
    label: str
    rest: Rest
    closing: ExitStack

    def as_settings(self, **changed: Any) -> ChangeCapture:
        """The same as somebody sees it whose settings differ."""
        settings = self.parts.settings.model_copy(update=changed)
        parts = self.closing.enter_context(Bootstrap(settings, process="test"))
        return capture.make(parts, self.label)

    @property
    def kafka(self) -> str:
        return self.parts.settings.url("kafka")


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    """The tables of event log and tenancy."""
    url = create(postgres.url("eventstore"))
    migrate(url, scripts_of("eventstore"))
    migrate(url, scripts_of("services.tenancy"))
    return url


@pytest.fixture
def world(postgres: Postgres, kafka: Kafka, connect: Connect, template: str) -> Iterator[Callable[..., World]]:
    """Makes worlds; in the end what they registered is removed."""
    with ExitStack() as ending:
        yield lambda **settings: ending.enter_context(_world(postgres, kafka, connect, template, settings))


@contextmanager
def _world(
    postgres: Postgres, kafka: Kafka, connect: Connect, template: str, settings: dict[str, Any]
) -> Iterator[World]:
    server = postgres.url("eventstore")
    url = create(server, name_of(template))
    label = settings.pop("label", f"w{next(NUMBERS)}.")
    create_topics(kafka.bootstrap, {label + topic: PARTITIONS for topic in all_topics(PARTITIONS)})
    create_topics(kafka.bootstrap, all_topics(PARTITIONS))
    given = {
        "data_dir": connect.data.root,
        "eventstore_url": url,
        "tenancy_url": url,
        "kafka_url": f"kafka://{kafka.bootstrap}",
        "connect_url": connect.url,
        "connect_secrets": str(connect.secrets),
        "cdc_login": postgres.environment()["REVIEWSTREAM_CDC_LOGIN"],
        "partitions": PARTITIONS,
        "public_topics": "debezium",
        **settings,
    }
    with Bootstrap(load(**given), process="test") as parts, Rest(connect.url) as rest, ExitStack() as closing:
        capturing = capture.make(parts, label)
        try:
            yield World(parts, capturing, label, rest, closing)
        finally:
            for name in ("outbox", "tenants"):
                if capturing.status(name).slot is not None:
                    with suppress(ReviewstreamError):
                        capturing.pause(name)
                    capturing.remove(name)
    drop(server, url)
