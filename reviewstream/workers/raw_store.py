"""The follower of this process: the raw store, the broker and the kept tokens put together."""

from __future__ import annotations

from connectors.change_stream import Changes
from reviewstream.bootstrap import Bootstrap
from services.inbound.resume_tokens import ResumeTokens
from sources.raw_store.consumer import ChangeStreamConsumer
from sources.raw_store.documents import FOREIGN


def build(parts: Bootstrap) -> ChangeStreamConsumer:
    """A follower of the raw reviews that others write."""
    changes = Changes(parts.raw_reviews, dict(FOREIGN))
    return ChangeStreamConsumer("raw_reviews", changes, ResumeTokens(parts.eventstore_pool), parts.new_producer())
