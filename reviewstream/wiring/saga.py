"""What the steps of the saga need."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from nlp.profiles import Profiles, tenant_tiers
from nlp.settings import AnalyzerSettings
from reviewstream.settings import Settings
from reviewstream.wiring.shared import Shared
from schemas.foreign import Foreign
from schemas.topics import NOTIFICATIONS
from services.tenancy.directory import TenantDirectory

if TYPE_CHECKING:
    from nlp.pool import AnalysisPool
    from services.notifications.channel import Channel
    from streams.dead_letters.producer import DeadLetterProducer
    from streams.steps.collect import Collect


class Saga:
    """Builds each part once, on first use."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    @cached_property
    def directory(self) -> TenantDirectory:
        """Tenants, cached."""
        return TenantDirectory(self._shared.tenants)

    @cached_property
    def dead_letter_producer(self) -> DeadLetterProducer:
        """Sends messages that cannot be processed to the dead-letter topic."""
        from streams.dead_letters.producer import DeadLetterProducer

        return DeadLetterProducer(self._shared.producer)

    def collect(self, topic_id: str) -> Collect:
        """The collect step for the inbound topic with this id."""
        from streams.steps.collect import Collect

        shared = self._shared
        foreign = Foreign(shared.registry.schema) if shared.settings.schema_registry_url else None
        return Collect(
            shared.reviews, shared.ledger, self.directory, self.dead_letter_producer, topic_id=topic_id, foreign=foreign
        )

    @cached_property
    def analysis_pool(self) -> AnalysisPool:
        """The analysis processes, not started."""
        from nlp.pool import AnalysisPool

        settings = self._shared.settings
        pool = AnalysisPool(settings.nlp_workers, analysis(settings))
        self._shared.closing.callback(pool.close)
        return pool

    @cached_property
    def profiles(self) -> Profiles:
        """How each tenant's reviews are analysed. Raises InvalidInput where a setting names a tenant that there is not."""
        settings = self._shared.settings
        own = tenant_tiers(settings.nlp_tenant_tiers)
        return Profiles(
            settings.profile(),
            {self._shared.tenants.get(slug).id: settings.profile(tier) for slug, tier in own.items()},
        )

    @cached_property
    def channels(self) -> list[Channel]:
        """Notification channels: a new one is one line here."""
        from services.notifications.kafka import KafkaChannel

        return [KafkaChannel(self._shared.producer, NOTIFICATIONS)]


def analysis(settings: Settings) -> AnalyzerSettings:
    """Settings of the text analysis."""
    return AnalyzerSettings(
        tier=settings.nlp_tier,
        max_characters=settings.nlp_max_characters,
        decoder=settings.nlp_decoder,
        gemm=settings.nlp_gemm,
    )
