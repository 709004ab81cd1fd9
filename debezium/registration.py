"""Turns a capture into a running connector: values for the template, topics, slot, validation by Connect."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from connectors.kafka import bootstrap, create_topics
from debezium import routes
from debezium.captures import Capture, capture
from debezium.rest import Connect
from debezium.slots import Source
from debezium.templates import fill
from schemas.errors import InvalidInput

AFTER = "reviewstream.after.position"
"""In the outbox connector's configuration: it publishes every event after this position of the log, and possibly earlier ones."""
SIGNALS = "cdc.signals"
UNROUTED = "cdc.eventstore.unrouted"
"""For outbox events of types without a public topic in this release: holding one back would block all others."""
NEWEST = {"cleanup.policy": "compact", "max.message.bytes": "5000000"}
"""For topics of tables: the newest state of each row is kept for ever."""
SHORT_RETENTION = {"retention.ms": "3600000"}


def connector_name(capture: Capture, label: str = "") -> str:
    """The connector's name in Connect."""
    return f"{label}reviewstream-{capture.name.replace('_', '-')}"


def postgres_values(capture: Capture, source: Source, password: str, kafka_url: str, label: str) -> dict[str, str]:
    """The values for the template of a connector for PostgreSQL. `password` may be a placeholder that Connect resolves."""
    slot = source.slot_name(capture)
    columns = [f"public\\.{table}\\.{column}" for table, columns in capture.tables.items() for column in columns]
    return {
        "label": label,
        "service": capture.service,
        "host": source.host,
        "port": source.port,
        "database": source.database,
        "user": source.user,
        "password": password,
        "sslmode": source.sslmode,
        "slot": slot,
        "publication": slot,
        "tables": ",".join(f"public\\.{table}" for table in capture.tables),
        "columns": ",".join(columns),
        "kafka": bootstrap(kafka_url),
        "routes": routes.names(),
        "public": routes.public(label),
        "after": "0",
    }


def mongo_values(capture: Capture, url: str, database: str, label: str) -> dict[str, str]:
    """The same for MongoDB."""
    return {
        "label": label,
        "service": capture.service,
        "url": url,
        "database": re.escape(database),
        "collections": ",".join(f"{re.escape(database)}\\.{collection}" for collection in capture.tables),
        "fields": ",".join(dict.fromkeys(field for fields in capture.tables.values() for field in fields)),
    }


def configuration(name: str, values: Mapping[str, str]) -> dict[str, str]:
    """The connector's, complete, with its template's name for its own."""
    routed = routes.routes(values["label"]) if capture(name).routed else {}
    return {**fill(name, values), **routed, "name": name}


def check(connect: Connect, name: str, values: Mapping[str, str], *, secrets: tuple[str, ...] = ()) -> dict[str, str]:
    """The configuration, validated by the connector itself. Raises InvalidInput naming each bad field, never a secret."""
    config = configuration(name, values)
    try:
        connect.validate(config)
    except InvalidInput as error:
        text = str(error)
        for secret in filter(None, secrets):
            text = text.replace(secret, "***")
        raise InvalidInput(f"connector {name} is refused:\n{text}", field=error.field, reason="connector") from None
    return config


def make_topics(capture: Capture, kafka_url: str, partitions: int, *, prefix: str, label: str = "") -> None:
    """Create the topics that a connector writes to or reads from: Connect itself may create none. Idempotent."""
    if capture.topics:
        create_topics(kafka_url, {label + topic: partitions for topic in capture.topics}, config=NEWEST)
    else:
        create_topics(kafka_url, {label + UNROUTED: partitions}, config={"retention.ms": "-1"})
    heartbeat_and_signals = {f"__debezium-heartbeat.{prefix}": 1, f"{label}{SIGNALS}": 1}
    create_topics(kafka_url, heartbeat_and_signals, config=SHORT_RETENTION)


def after(config: Mapping[str, Any] | None) -> int:
    """The position after which the registered outbox connector is certain to publish."""
    return int((config or {}).get(AFTER, 0))


def execute_snapshot(capture: Capture) -> bytes:
    """The signal that makes a connector snapshot its tables again, in chunks, while it keeps running."""
    tables = [f"public.{table}" for table in capture.tables]
    data = {"data-collections": tables, "type": "INCREMENTAL"}
    return json.dumps({"id": str(uuid4()), "type": "execute-snapshot", "data": data}).encode()
