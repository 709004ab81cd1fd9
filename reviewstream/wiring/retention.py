"""What is kept how long, what removes the rest, and how much room all of it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewstream.settings import Settings
from reviewstream.wiring.shared import Shared

if TYPE_CHECKING:
    from operations.retention.keeper import Retention
    from operations.retention.policy import Policy
    from operations.retention.room import DiskReader


def make(shared: Shared) -> Retention:
    """Removes what is kept no longer."""
    from connectors.kafka_progress import TopicProgress
    from operations.retention.keeper import Retention
    from operations.retention.messages import HandledMessages
    from streams.topics import GROUP

    url = shared.settings.url("kafka")
    handled = HandledMessages(url, shared.ledger, TopicProgress(url, groups=GROUP).acknowledged)
    return Retention(_policy(shared.settings), handled, shared.read_models, shared.dead_letters)


def disk(shared: Shared) -> DiskReader:
    """Measures what every store takes."""
    from operations.retention.room import DiskReader

    settings = shared.settings
    return DiskReader(
        policy=_policy(settings),
        log_pool=shared.eventstore_pool,
        read_models=shared.read_models,
        dead_letters=shared.dead_letters,
        raw_store=lambda: shared.raw_reviews,
        kafka_url=settings.url("kafka"),
        directory=settings.data_dir,
        logs_kept=f"each rotated at {settings.log_bytes:,} bytes, and {settings.log_files} older files of it",
    )


def _policy(settings: Settings) -> Policy:
    from operations.retention.policy import Policy

    return Policy(
        handled_messages=settings.keep_handled_messages_days,
        retired_versions=settings.keep_retired_versions_days,
        settled_dead_letters=settings.keep_settled_dead_letters_days,
    )
