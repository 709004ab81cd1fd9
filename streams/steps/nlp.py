"""The NLP step: texts into the process pool, analyses into events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from itertools import chain
from typing import Protocol, TypeAlias
from uuid import UUID

import structlog

from aggregates.review.aggregate import Review
from aggregates.review.commands import record_analysis
from aggregates.review.text import analysed_text
from nlp.model import Analysis, Given
from nlp.profiles import Profiles
from nlp.tiers import Tier
from schemas.events.calibration import CalibrationChanged
from schemas.events.review import ReviewProcessed, SentimentAnalyzed
from streams.runtime.step import Done, Outcome, Work
from streams.steps.calibrations import apply

log = structlog.get_logger(__name__)
CHUNK = 64
Chosen: TypeAlias = tuple[str, CalibrationChanged | None]
"""The processing version of a result, and the calibration that is part of it."""


class Pool(Protocol):
    """Analyses texts elsewhere; see nlp.pool.AnalysisPool."""

    def submit(self, texts: Sequence[Given]) -> Future[list[Analysis]]:
        """The analyses in the order of the texts."""
        ...


class Calibrating(Protocol):
    """Knows the calibrations of tenants; see streams.steps.calibrations.TenantCalibrations."""

    async def choose(self, tenant_id: UUID, base: str, asked: str) -> Chosen | None:
        """Processing version and calibration of a result; None where `asked` is not one of `base`."""
        ...


class Uncalibrated:
    """No tenant has a calibration."""

    async def choose(self, tenant_id: UUID, base: str, asked: str) -> Chosen | None:
        """The base itself."""
        del tenant_id
        return (base, None) if asked in {"", base} else None


class Nlp:
    """Language, sentiment, entities, keywords and vector of each review, as its tenant's profile says.

    A result names the version that made it, with the tenant's calibration if it has one. So a review that waits for another one is
    left as it stands: the sweeper sends its trigger again until a worker of that version takes it.
    """

    name = "nlp"

    def __init__(
        self,
        pool: Pool,
        profiles: Profiles,
        calibrations: Calibrating | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pool, self._profiles, self._now = pool, profiles, now
        self._calibrations = calibrations or Uncalibrated()

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        """The analysis has no outside effect, so a repeat costs only time."""
        ours = [(each, chosen) for each in work if (chosen := await self._chosen(each.review)) is not None]
        if len(ours) < len(work):
            left = len(work) - len(ours)
            log.warning("nlp.left", reviews=left, versions=self._profiles.versions, why="asked of another version")
        found = dict(zip((each.review.id for each, _ in ours), await self._analysed(ours), strict=True))
        return [found.get(each.review.id, Done(())) for each in work]

    async def _chosen(self, review: Review) -> Chosen | None:
        base = self._profiles.of(review.tenant_id).version
        return await self._calibrations.choose(review.tenant_id, base, review.processing_version)

    async def _analysed(self, work: Sequence[tuple[Work, Chosen]]) -> Sequence[Outcome]:
        texts = [given(each.review, self._profiles.of(each.review.tenant_id).tier) for each, _ in work]
        parts = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
        chunks = [asyncio.wrap_future(self._pool.submit(part)) for part in parts]
        analyses = chain.from_iterable(await asyncio.gather(*chunks))
        now = self._now()
        return [
            Done(_events(each.review, apply(by, found), version, now))
            for (each, (version, by)), found in zip(work, analyses, strict=True)
        ]


def _events(review: Review, found: Analysis, version: str, now: datetime) -> tuple[object, ...]:
    return record_analysis(review, processed(review, found, version, now), sentiment(review, found, version, now))


def given(review: Review, tier: Tier) -> Given:
    """The text of a review as it is analysed in a tier, with what its source says of it."""
    body = review.body
    return Given(analysed_text(body), body.language_hint, body.platform, tier)


def processed(review: Review, found: Analysis, version: str, now: datetime) -> ReviewProcessed:
    """Language, entities, keywords, aspects and vector as the event has them."""
    return ReviewProcessed(
        revision=review.revision,
        processing_version=version,
        language=found.language,
        language_confidence=found.language_confidence,
        analyzers=found.analyzers,
        entities=found.entities,
        keywords=found.keywords,
        characters_analyzed=found.characters_analyzed,
        truncated=found.truncated,
        aspects=found.aspects,
        embedding=found.embedding,
        processed_at=now,
    )


def sentiment(review: Review, found: Analysis, version: str, now: datetime) -> SentimentAnalyzed:
    """Sentiment as the event has it."""
    measured = found.sentiment
    return SentimentAnalyzed(
        revision=review.revision,
        processing_version=version,
        analyzer=found.analyzers["sentiment"],
        score=measured.score,
        label=measured.label,
        positive=measured.positive,
        neutral=measured.neutral,
        negative=measured.negative,
        evidence=measured.evidence,
        probability=measured.probability,
        sentences=measured.sentences,
        processed_at=now,
    )
