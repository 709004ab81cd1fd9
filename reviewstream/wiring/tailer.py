"""What the tailer runs beside its subscriptions to the event log, each with a producer of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewstream.wiring.shared import Shared

if TYPE_CHECKING:
    from sources.raw_store.consumer import ChangeStreamConsumer
    from streams.sweeper.sweeper import Sweeper


def sweeper(shared: Shared) -> Sweeper:
    """Sends the triggers that no other process sends."""
    from operations.sweeper import make_sweeper

    settings = shared.settings
    return make_sweeper(
        shared.read_models,
        shared.positions,
        shared.new_producer(),
        settings.url("kafka"),
        partitions=settings.partitions,
        deadlines=settings.deadlines(),
        backoff=settings.retry_backoff_seconds,
    )


def raw_store_consumer(shared: Shared) -> ChangeStreamConsumer:
    """Publishes the raw reviews that other clients write to the raw store."""
    from connectors.change_stream import Changes
    from services.inbound.resume_tokens import ResumeTokens
    from sources.raw_store.consumer import ChangeStreamConsumer
    from sources.raw_store.documents import FOREIGN

    changes = Changes(shared.raw_reviews, dict(FOREIGN))
    return ChangeStreamConsumer("raw_reviews", changes, ResumeTokens(shared.eventstore_pool), shared.new_producer())
