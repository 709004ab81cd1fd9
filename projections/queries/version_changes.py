"""What a processing version changed: old and new results of the same text, side by side, from the event log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile
from typing import Protocol
from uuid import UUID

from eventstore.model import RecordedEvent
from projections.decoder import Decode, Record, decode_state
from projections.queries.change_report import Pair, Report, Result
from projections.queries.reprocessing_candidates import EVERY_REVIEW, Chosen
from schemas.events.review import (
    FactsCorrected,
    ReprocessingRequested,
    ReviewCollected,
    ReviewProcessed,
    ReviewRevised,
    SentimentAnalyzed,
)

AT_ONCE = 200
"""Reviews whose histories are in memory at a time, as texts may be long."""
BODIES = {ReviewCollected.TOPIC, ReviewRevised.TOPIC}
FACTS = {*BODIES, FactsCorrected.TOPIC}
TOPICS = {*FACTS, ReviewProcessed.TOPIC, SentimentAnalyzed.TOPIC}


class Log(Protocol):
    """The event log."""

    def head(self) -> int:
        """Position of the newest event."""
        ...

    def scan(
        self, after: int, until: int, *, topics: Collection[str], tenant_id: UUID | None
    ) -> Iterator[list[RecordedEvent]]:
        """Pages of events by position."""
        ...

    def read_streams(self, stream_ids: Collection[UUID], *, topics: Collection[str]) -> dict[UUID, list[RecordedEvent]]:
        """The events of each stream by version."""
        ...


def compare_versions(
    log: Log,
    version: str,
    *,
    against: str | None = None,
    chosen: Chosen = EVERY_REVIEW,
    examples: int = 10,
    decode: Decode = decode_state,
) -> Report:
    """Compare the results of `version` with those before it, or with those of the version `against`.

    Only results of the same revision are compared. `chosen` refers to the old result. Reads the log in pages; memory
    does not grow with it, except for a counter per source.
    """
    report = Report(version, against, log.head(), most_examples=examples)
    for page in log.scan(0, report.position, topics={ReprocessingRequested.TOPIC}, tenant_id=chosen.tenant_id):
        asked = [(event.stream_id, record["revision"]) for event, record in _of(page, version, decode)]
        for start in range(0, len(asked), AT_ONCE):
            _compare(log, asked[start : start + AT_ONCE], chosen, report, decode)
    return report


def _of(page: Sequence[RecordedEvent], version: str, decode: Decode) -> Iterator[tuple[RecordedEvent, Record]]:
    records = ((event, decode(event)) for event in page)
    return ((event, record) for event, record in records if record["processing_version"] == version)


def _compare(log: Log, asked: Sequence[tuple[UUID, int]], chosen: Chosen, report: Report, decode: Decode) -> None:
    streams = log.read_streams({stream for stream, _ in asked}, topics=TOPICS)
    for stream, revision in asked:
        events = [event for event in streams[stream] if event.position <= report.position]
        pair = _pair(stream, revision, [(event.topic, decode(event)) for event in events], report)
        if _fits(pair, chosen):
            report.take(pair)


def _pair(stream: UUID, revision: int, records: Sequence[tuple[str, Record]], report: Report) -> Pair:
    mine = [(topic, record) for topic, record in records if record["revision"] == revision]
    body = next(record for topic, record in mine if topic in BODIES)
    results = _results(mine)
    new = results.get(report.processing_version)
    if report.against is not None:
        old = results.get(report.against)
    else:
        earlier = takewhile(lambda version: version != report.processing_version, results)
        old = next((results[version] for version in reversed(list(earlier))), None)
    published_at = [record["published_at"] for topic, record in mine if topic in FACTS][-1]
    return Pair(stream, revision, body["source"], published_at, old, new)


def _results(records: Sequence[tuple[str, Record]]) -> dict[str, Result]:
    """By processing version, in the order of analysis."""
    sentiments = {each["processing_version"]: each for topic, each in records if topic == SentimentAnalyzed.TOPIC}
    found = [each for topic, each in records if topic == ReviewProcessed.TOPIC]
    return {
        version: _result(each, sentiments[version])
        for each in found
        if (version := each["processing_version"]) in sentiments
    }


def _result(found: Record, sentiment: Record) -> Result:
    return Result(
        label=sentiment["label"],
        score=sentiment["score"],
        language=found["language"],
        analyzers=found["analyzers"],
        entities=frozenset((each["text"], each["type"]) for each in found["entities"]),
        keywords=frozenset(each["text"] for each in found["keywords"]),
        probability=sentiment["probability"],
        spans=frozenset((each["start"], each["end"]) for name in ("evidence", "sentences") for each in sentiment[name]),
    )


def _fits(pair: Pair, chosen: Chosen) -> bool:
    old = pair.old
    return (
        chosen.source in {None, pair.source}
        and (chosen.since is None or pair.published_at >= chosen.since)
        and (chosen.until is None or pair.published_at < chosen.until)
        and (chosen.label is None or (old is not None and old.label == chosen.label))
        and (chosen.language is None or (old is not None and old.language == chosen.language))
    )
