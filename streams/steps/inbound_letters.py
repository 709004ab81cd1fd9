"""What the collect step keeps of an item that it refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from aggregates.ids import dead_letter_id
from schemas.cloudevents import InboundItem
from schemas.messages import DeadLetter
from schemas.tombstones import NAMED
from streams.steps.validated_item import ValidatedItem


def dead_letter(validated: ValidatedItem, topic_id: str, now: datetime) -> DeadLetter:
    """What is kept of an item with a problem; `topic_id` is Kafka's id of the topic it came by."""
    message, problem = validated.message, validated.problem
    assert problem is not None
    # Without Kafka's id, dead letters of a topic that was made again would pass for those of the one before.
    topic = f"{message.topic}@{topic_id}" if topic_id else message.topic
    return DeadLetter(
        dead_letter_id=str(dead_letter_id(topic, message.partition, message.offset, validated.item.index)),
        tenant=str(validated.tenant.id) if validated.tenant else None,
        stage="inbound",
        reason=problem.reason,
        field=problem.field,
        error=validated.error,
        origin_topic=message.topic,
        origin_partition=message.partition,
        origin_offset=message.offset,
        origin_item=validated.item.index,
        run_id=validated.run_id,
        line=validated.line,
        headers={**_readable(message.headers), **_named(validated.item)},
        payload=validated.item.raw,
        dead_lettered_at=now,
    )


def _named(item: InboundItem) -> Mapping[str, str]:
    """What a tombstone's key named: dead letters have no keys, and this one shall be replayed as what it was."""
    if not item.deletes or item.message:
        return {}
    return {f"ce_{name}": item.attributes.get(name, "") for name in ("type", *NAMED.values())}


def _readable(headers: Sequence[tuple[str, bytes]]) -> Mapping[str, str]:
    return {name: (value or b"").decode("utf-8", "backslashreplace") for name, value in headers}
