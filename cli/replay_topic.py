"""`replay --to-topic`: publish history for an external consumer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.common import err, out, print_json
from cli.replay_pages import bar
from connectors import kafka
from projections.rebuild.selection import Selection
from streams.publishers.history import checked_name, publish_history

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap


def to_topic(
    parts: Bootstrap, topic: str, selection: Selection, *, rate: float | None, dry_run: bool, as_json: bool
) -> None:
    """Publish the selected events to the topic, which is created if it is missing."""
    filters, log = selection.filters(None), parts.event_log
    filters["until"] = filters["until"] or log.head()
    total, reached = log.count(**filters), selection.from_position
    if not dry_run:
        kafka.create_topics(parts.settings.url("kafka"), {checked_name(topic): parts.settings.partitions})
        try:
            with bar(f"publishing to {topic}") as moved:

                def published(count: int, position: int) -> None:
                    nonlocal reached
                    reached = position
                    moved(count, total)

                total = publish_history(log.scan, parts.producer, topic, filters, rate=rate, published=published)
        except BaseException:
            err.print(f"published up to position {reached}; continue with --from-position {reached}")
            raise
    if as_json:
        print_json({"topic": topic, "events": total, "until": filters["until"], "published": not dry_run})
        return
    did = "would be published" if dry_run else "published"
    out.print(f"{total} events up to position {filters['until']} {did} to {topic}")
