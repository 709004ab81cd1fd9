"""Kafka's topics: events and work that they held are sent again from the event log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from connectors.kafka import partitions, topic_ids
from connectors.sender import Sender
from connectors.wait import TimedOut, wait_until
from eventstore.log import EventLog
from eventstore.positions import Positions
from operations.publishers import STEPS
from operations.read_models import ReadModels
from operations.recovery.recoverable import Loss, Progress
from operations.sweeper import trigger_of
from projections import registry
from projections.fill import fill
from projections.postgres.saga_progress import SagaProgressProjector
from projections.queries import waiting
from schemas.topics import public_topics
from services.inbound.known_stores import KnownStores
from streams.publishers.publisher import public_messages, step_work
from streams.topics import DEADLETTER, INBOUND, NOTIFICATIONS, all_topics, step_topics
from telemetry import failpoints

BATCH = 2_000
CATCH_UP_SECONDS = 30.0
GONE = {
    INBOUND: "messages that were published and not validated yet: their publishers have to send them again",
    DEADLETTER: "dead letters that were not in their table yet",
    NOTIFICATIONS: "notifications that no one had read yet: the events say who was notified of what",
}


class LostTopics:
    """Recognises topics that are not those that we knew, or are not there, and sends again what the log has of them."""

    name = "kafka"

    def __init__(
        self,
        url: str,
        *,
        log: EventLog,
        known: KnownStores,
        positions: Positions,
        models: ReadModels,
        sender: Callable[[], Sender],
    ) -> None:
        self._url, self._log, self._known = url, log, known
        self._positions, self._models, self._sender = positions, models, sender

    def inspect(self) -> Sequence[Loss]:
        """One for each kind of topic that lost something."""
        lost = self._lost()
        losses = [
            Loss(
                self.name,
                f"{topic} is not the topic that it was",
                "it is empty, and is used as it is",
                gone,
            )
            for topic, gone in GONE.items()
            if topic in lost
        ]
        if steps := lost & set(step_topics()):
            losses.append(Loss(self.name, _named(steps), "reviews that wait for a step are handed to it again"))
        if public := lost & set(public_topics().values()):
            losses.append(Loss(self.name, _named(public), "all of their events are published again, with the same ids"))
        return losses

    def rebuild(self, progress: Progress) -> Sequence[str]:
        """Send again what the log has; from then on these are the topics that we know."""
        lost, done = self._lost(), []
        ids = topic_ids(self._url, lost)
        if lost & set(step_topics()):
            done.append(f"kafka: {self._hand_out()} reviews that wait for a step were handed to it again")
        if public := lost & set(public_topics().values()):
            done.append(f"kafka: {self._publish(public, progress)} events were published again")
        failpoints.hit("recovery.sent")
        self._known.accept(ids)
        done += [f"kafka: {topic} starts empty" for topic in sorted(lost & GONE.keys())]
        return done

    def _lost(self) -> set[str]:
        if not self._log.head():
            return set()
        known = {topic: identity for topic, identity in self._known.every().items() if topic in all_topics(1)}
        now = topic_ids(self._url, known) if known else {}
        return {topic for topic, topic_id in known.items() if now.get(topic) != topic_id}

    def _publish(self, topics: Collection[str], progress: Progress) -> int:
        sender, convert, head, count = self._sender(), public_messages(), self._log.head(), 0
        contracts = [contract for contract, topic in public_topics().items() if topic in topics]
        for events in self._log.scan(0, head, topics=contracts, batch=BATCH):
            sender.send(list(convert(events)))
            count += len(events)
            progress("public topics", events[-1].position, head)
        progress("public topics", head, head)
        return count

    def _hand_out(self) -> int:
        """All that wait, by a read model that has seen everything that was ever handed out."""
        self._catch_up()
        there = partitions(self._url)
        sender, count, last = self._sender(), 0, 0
        while page := waiting.every(self._models.pool, after=last, limit=BATCH):
            triggers = map(trigger_of, page)
            sender.send(list(step_work([(each.step, each.item) for each in triggers], there[step_topics()[0]])))
            count, last = count + len(page), page[-1].position
        return count

    def _catch_up(self) -> None:
        pool, store, log = self._models.pool, self._models.store(SagaProgressProjector.name), self._log
        handed_out = self._positions.get(STEPS)

        def seen() -> bool:
            with pool.connection() as connection:
                return registry.live_or_fail(connection, store.name).position >= handed_out

        try:
            wait_until(seen, CATCH_UP_SECONDS, what=f"{store.name} to reach position {handed_out}")
        except TimedOut:  # no tailer feeds it
            with pool.connection() as connection:
                live = registry.live_or_fail(connection, store.name)
            fill(store, live, log, handed_out)


def _named(topics: Collection[str]) -> str:
    return f"{', '.join(sorted(topics))}: not the topics that they were"
