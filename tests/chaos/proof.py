"""The comparison: writer's list = event log = raw store = PostgreSQL = ClickHouse = topics. Each difference is a sentence."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import product
from typing import Any
from uuid import UUID

from confluent_kafka import Message

from aggregates.ids import event_id, review_id
from eventstore.model import RecordedEvent
from nlp.tiers import DEFAULT, VERSIONS
from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.verify.comparison import verify
from reviewstream.bootstrap import Bootstrap
from schemas.codec import decode
from schemas.events.review import (
    DisputeWithdrawn,
    FactsCorrected,
    LabelDisputed,
    ReviewCollected,
    ReviewMarkedForRetry,
    ReviewRevised,
    ReviewWithdrawn,
    TopicsAssigned,
)
from schemas.topics import public_topics
from services.tenancy.tenants import Tenant
from streams.topics import DEADLETTER, INBOUND, NOTIFICATIONS
from tests.chaos.ledger import Expected
from tests.chaos.reading import Reading, header

STEPS = ("raw_stored", "processed", "sentiment_analyzed", "analytics_updated", "subscribers_notified")
VERSION = VERSIONS[DEFAULT]  # of the analysis, as workers have it unless they are told otherwise
REPEATED = (ReviewMarkedForRetry, FactsCorrected, LabelDisputed, DisputeWithdrawn, TopicsAssigned)
"""Events that a revision may have several of."""
TOPICS = (NOTIFICATIONS, DEADLETTER, *public_topics().values())


@dataclass
class Proof:
    """Compares one tenant's run; `reading` was made before the load began."""

    parts: Bootstrap
    clickhouse: ClickHouseStore
    tenant: Tenant
    source: str
    expected: Expected
    reading: Reading
    events: dict[UUID, list[RecordedEvent]] = field(default_factory=lambda: defaultdict(list))

    def problems(self) -> list[str]:
        """Everything that is wrong; nothing lost and nothing doubled if empty."""
        for page in self.parts.event_log.scan(tenant_id=self.tenant.id):
            for event in page:
                self.events[event.stream_id].append(event)
        by_topic: dict[str, list[Message]] = defaultdict(list)
        for message in self.reading.messages():
            by_topic[message.topic()].append(message)
        return [
            *self._log(), *self._counts(), *self._raw(), *self._postgres(), *self._clickhouse(),
            *self._public(by_topic), *self._notified(by_topic[NOTIFICATIONS]), *self._buried(by_topic[DEADLETTER]),
            *self._verified(),
        ]  # fmt: skip

    def _ids(self) -> dict[str, UUID]:
        return {name: review_id(self.tenant.id, self.source, name) for name in self.expected.editions}

    def _log(self) -> Iterator[str]:
        ids = self._ids()
        yield from differences("event log: reviews", dict.fromkeys(ids.values(), 1), dict.fromkeys(self.events, 1))
        for name, stream in ids.items():
            gone = name in self.expected.gone
            yield from _history(name, self.expected.editions[name], self.events.get(stream, []), gone=gone)
        log, head = self.parts.event_log, self.parts.event_log.head()
        if log.count() != head:
            yield f"event log: {log.count()} events and head {head}"

    def _counts(self) -> Iterator[str]:
        counted, expected = self.parts.ledger.run(self.source), self.expected
        found = asdict(counted)
        counts = expected.counts | {"received": expected.messages, "dead_lettered": len(expected.broken)}
        wanted = {name: counts[name] for name in found}
        if found != wanted:
            yield f"ledger: the counts are {found} and not {wanted}"

    def _raw(self) -> Iterator[str]:
        rows = list(self.parts.raw_reviews.find({"tenant_id": str(self.tenant.id)}))
        there = [row for row in rows if "withdrawn_at" not in row]
        found = Counter((row["external_id"], row["revision"], row["content"], f"{row['date']:%F}") for row in there)
        yield from differences("raw store", self._wanted(), found)
        left = {row["review_id"]: 1 for row in rows if "withdrawn_at" in row and "content" not in row}
        gone = {str(stream): 1 for name, stream in self._ids().items() if name in self.expected.gone}
        yield from differences("raw store: tombstones", gone, left)

    def _postgres(self) -> Iterator[str]:
        with self.parts.readmodels_pool.connection() as connection:
            at = registry.live_or_fail(connection, "reviews")
            rows = connection.execute(
                f"SELECT external_id, revision, content, published_at::date::text FROM {at.target}.processed_reviews"
                " WHERE tenant_id = %s AND sentiment_label IS NOT NULL",
                [self.tenant.id],
            ).fetchall()
        yield from differences("PostgreSQL", self._wanted(), Counter(rows))

    def _clickhouse(self) -> Iterator[str]:
        store = self.clickhouse
        with self.parts.readmodels_pool.connection() as connection:
            at = registry.live_or_fail(connection, store.name)
        columns = "review_id, revision, toString(date)"
        facts = _ask(store, f"SELECT {columns} FROM {at.target}.review_facts FINAL", self.tenant)
        ids, final = self._ids(), self.expected.final
        wanted = Counter((ids[name], revision, day) for name, (revision, _, day) in final.items())
        yield from differences("ClickHouse facts", wanted, Counter(facts))
        ((total,),) = _ask(store, f"SELECT sum(total_reviews) FROM {at.target}.review_metrics", self.tenant)
        if total != len(final):
            yield f"ClickHouse rollup: {total} reviews and not {len(final)}"

    def _public(self, by_topic: Mapping[str, list[Message]]) -> Iterator[str]:
        for topic, public in public_topics().items():
            mine = [m for m in by_topic[public] if header(m, "ce_tenantid") == str(self.tenant.id)]
            wanted = {str(e.event_id): 1 for found in self.events.values() for e in found if e.topic == topic}
            yield from differences(f"topic {public}", wanted, {header(m, "ce_id"): 1 for m in mine})

    def _notified(self, messages: list[Message]) -> Iterator[str]:
        ids: dict[tuple[str, int], set[str]] = defaultdict(set)
        for message in messages:
            if header(message, "ce_tenantid") == self.tenant.slug:
                told = decode(message.value())
                ids[told.external_id, told.revision].add(told.notification_id)
        for missing in sorted(self.expected.must_notify() - ids.keys()):
            yield f"notifications: {missing} was due and did not come"
        for extra in sorted(ids.keys() - self.expected.may_notify()):
            yield f"notifications: {extra} was not due"
        for twice in sorted(place for place, found in ids.items() if len(found) > 1):
            yield f"notifications: {twice} came under {len(ids[twice])} ids"

    def _buried(self, messages: list[Message]) -> Iterator[str]:
        letters = [decode(m.value()) for m in messages if header(m, "ce_tenantid") == str(self.tenant.id)]
        mine = [letter for letter in letters if letter.origin_topic == INBOUND]
        found = {(letter.origin_partition, letter.origin_offset): 1 for letter in mine}
        yield from differences("dead letters", dict.fromkeys(self.expected.broken, 1), found)
        if len({letter.dead_letter_id for letter in mine}) != len(found):
            yield "dead letters: one message came under several ids"

    def _verified(self) -> Iterator[str]:
        pool, log = self.parts.readmodels_pool, self.parts.event_log
        for check in verify(pool, log, clickhouse=self.clickhouse).checks:
            if not check.ok:
                yield f"verify: {check.name}: {check.expected} in the log, {check.actual} in the read model"

    def _wanted(self) -> Counter[tuple[str, int, str, str]]:
        return Counter((name, *last) for name, last in self.expected.final.items())


def _ask(store: ClickHouseStore, select: str, tenant: Tenant) -> list[tuple[object, ...]]:
    return list(store.clients.execute(f"{select} WHERE tenant_id = %(tenant)s", {"tenant": str(tenant.id)}))


def _history(name: str, editions: list[dict[str, object]], events: list[RecordedEvent], *, gone: bool) -> Iterator[str]:
    """The texts in order, each step at most once a revision; all of them for the last, or its withdrawal at the end; ids
    as the contract has them.
    """
    typed = [decode(event.state) for event in events]
    texts = [event.content for event in typed if isinstance(event, ReviewCollected | ReviewRevised)]
    if texts != [edition["content"] for edition in editions]:
        yield f"event log: {name} has {len(texts)} texts and not its {len(editions)} in order"
    passed = Counter((event.TOPIC, event.revision) for event in typed if not isinstance(event, REPEATED))
    if [event.version for event in events] != list(range(1, len(events) + 1)) or max(passed.values(), default=1) > 1:
        yield f"event log: {name} has a step twice or a version missing"
    complete = all(passed[f"review.{step}", len(editions)] == 1 for step in STEPS)
    ended = isinstance(typed[-1], ReviewWithdrawn) if gone and typed else complete
    if not ended or ("review.step_failed", 1) in passed:
        yield f"event log: {name} is not complete at its last revision"
    attempt = 1
    for event, one in zip(typed, events, strict=True):
        apart = getattr(event, "content_hash", None) or str(getattr(event, "processing_version", VERSION))
        if isinstance(event, FactsCorrected):
            apart = f"{event.correction}/{event.facts_hash}"
        elif isinstance(event, LabelDisputed | DisputeWithdrawn):
            apart = f"{event.number}/{_said(event)}"
        elif isinstance(event, TopicsAssigned):
            apart = f"{event.model_version}/{one.version - 1}"
        attempt = event.attempt if isinstance(event, ReviewMarkedForRetry) else attempt
        if one.event_id not in _ids(one, event.revision, apart, attempt):
            yield f"event log: the id of {event.TOPIC} of {name} does not follow from what it is"


def _said(event: LabelDisputed | DisputeWithdrawn) -> str:
    """What tells feedback apart: a hash of what was said and by whom."""
    right, note = (event.right, event.note) if isinstance(event, LabelDisputed) else (None, None)
    return sha256(json.dumps([event.field, event.given, event.who, right, note]).encode()).hexdigest()


def _ids(at: RecordedEvent, revision: int, apart: str, attempt: int) -> set[UUID]:
    """With the processing version that the review had, or none before its first analysis; later attempts have a number."""
    pairs = product((apart, "", VERSION), {0, 1, attempt})
    return {event_id(at.stream_id, at.topic, revision, each, attempt) for each, attempt in pairs}


def differences(where: str, wanted: Mapping[Any, int], found: Mapping[Any, int]) -> Iterator[str]:
    """What is lost, doubled or foreign, with one example each."""
    lost = [each for each in wanted if each not in found]
    foreign = [each for each in found if each not in wanted]
    doubled = [each for each in found if each in wanted and found[each] > wanted[each]]
    for what, listed in (("lost", lost), ("foreign", foreign), ("doubled", doubled)):
        if listed:
            yield f"{where}: {len(listed)} {what}, such as {listed[0]}"
