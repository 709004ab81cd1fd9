"""A version beside the one that runs: texts of the log are analysed with the configuration at hand, reported, and recorded nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from psycopg_pool import ConnectionPool

from aggregates.review.aggregate import Review
from eventstore.model import RecordedEvent
from nlp.model import Analysis, Given, Sentiment
from nlp.tiers import Tier
from projections.queries.change_report import Pair, Report, Result
from projections.queries.reprocessing_candidates import Chosen, due
from schemas.events.calibration import CalibrationChanged
from schemas.events.review import ReviewProcessed, SentimentAnalyzed
from streams.runtime.reviews import fold
from streams.steps.calibrations import apply
from streams.steps.nlp import given

AT_ONCE = 256
"""Reviews whose texts are in memory at a time."""
CHUNK = 32
"""Texts that one analysis process takes at a time."""


class Log(Protocol):
    """The event log."""

    def head(self) -> int:
        """Position of the newest event."""
        ...

    def read_streams(self, stream_ids: set[UUID]) -> dict[UUID, list[RecordedEvent]]:
        """The events of each stream by version."""
        ...


class Analysing(Protocol):
    """Analyses texts; see nlp.pool.AnalysisPool."""

    def submit(self, texts: Sequence[str | Given]) -> Future[list[Analysis]]:
        """The analyses in the order of the texts."""
        ...


def shadow(
    pool: ConnectionPool[Any],
    log: Log,
    analysing: Analysing,
    chosen: Chosen,
    version: str,
    *,
    tier_of: Callable[[UUID], Tier],
    calibration: CalibrationChanged | None = None,
    limit: int | None = None,
    examples: int = 10,
    moved: Callable[[int], None] = lambda _: None,
) -> Report:
    """Compare what the configuration at hand finds with the current results of the chosen reviews, at most `limit` by id.

    Those that have a result of `version` already are left out. `tier_of` says how a tenant's reviews are
    analysed, and a `calibration` is applied as workers would. Nothing is appended, so an interrupted run begins again. `moved` is
    called with the number of reviews so far.
    """
    report = Report(version, None, log.head(), most_examples=examples, shadow=True)
    done = 0
    candidates = islice(due(pool, chosen, version), limit)
    while page := list(islice(candidates, AT_ONCE)):
        streams = log.read_streams({each.review_id for each in page})
        reviews = [fold(each.review_id, streams[each.review_id]) for each in page if each.review_id in streams]
        _compare(reviews, partial(_analyses, analysing=analysing, tier_of=tier_of), calibration, report)
        done += len(page)
        moved(done)
    return report


def _compare(
    reviews: Sequence[Review],
    analyses: Callable[[Sequence[Review]], Iterator[Analysis]],
    calibration: CalibrationChanged | None,
    report: Report,
) -> None:
    known = [review for review in reviews if review.processed is not None and review.sentiment is not None]
    report.alone += len(reviews) - len(known)
    for review, raw in zip(known, analyses(known), strict=True):
        found = apply(calibration, raw)
        body = review.body
        place = (review.id, review.revision, body.source, body.published_at)
        assert review.processed is not None
        assert review.sentiment is not None
        report.take(Pair(*place, _result(review.processed, review.sentiment), _result(found, found.sentiment)))


def _analyses(
    reviews: Sequence[Review], *, analysing: Analysing, tier_of: Callable[[UUID], Tier]
) -> Iterator[Analysis]:
    texts = [given(review, tier_of(review.tenant_id)) for review in reviews]
    parts = [analysing.submit(texts[start : start + CHUNK]) for start in range(0, len(texts), CHUNK)]
    return (analysis for part in parts for analysis in part.result())


def _result(found: Analysis | ReviewProcessed, measured: Sentiment | SentimentAnalyzed) -> Result:
    """An analysis as a comparison has it, without any text but names."""
    words = {(each.start, each.end) for each in measured.evidence}
    return Result(
        label=measured.label,
        score=measured.score,
        language=found.language,
        analyzers=found.analyzers,
        entities=frozenset((each.text, each.type) for each in found.entities),
        keywords=frozenset(each.text for each in found.keywords),
        probability=measured.probability,
        spans=frozenset(words | {(each.start, each.end) for each in measured.sentences}),
    )
