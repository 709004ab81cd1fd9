"""What operators ask for at the command line: status, search, disk, parked streams, dead letters."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from connectors import kafka
from connectors.ping import ping
from connectors.preflight import system_of
from reviewstream.wiring.capture import slot_names
from reviewstream.wiring.retention import disk
from reviewstream.wiring.shared import Shared
from schemas.errors import ReviewstreamError
from schemas.topics import INBOUND

if TYPE_CHECKING:
    from operations.dead_letters import DeadLetterDesk
    from operations.find.search import Finder
    from operations.parked_streams import StreamParking
    from operations.recovery.recovery import Recovery
    from operations.retention.room import DiskReader
    from operations.status.reader import StatusReader
    from operations.status.report import Status
    from streams.dead_letters.replay import DeadLetterReplay

SURVEYED = ("eventstore", "readmodels")
"""The databases of which a status is made."""


class Desk:
    """Builds each part once, on first use."""

    def __init__(self, shared: Shared, recovery: Callable[[], Recovery]) -> None:
        self._shared, self._recovery = shared, recovery

    @property
    def actor(self) -> str:
        """Who acts, for the audit: the setting, or the operating system's user."""
        try:
            return self._shared.settings.actor or getpass.getuser()
        except (KeyError, OSError):  # a container may run as a uid without a name
            return f"uid {os.getuid()}"

    @cached_property
    def parking(self) -> StreamParking:
        """Parked streams, of projections and publishers."""
        from operations.parked_streams import StreamParking

        shared = self._shared
        return StreamParking(shared.read_models, shared.publishers, shared.positions, shared.dead_letters)

    @cached_property
    def dead_letters(self) -> DeadLetterDesk:
        """What can be done with dead letters."""
        from operations.dead_letters import DeadLetterDesk

        return DeadLetterDesk(self._shared.dead_letters, lambda: self._dead_letter_replay, actor=self.actor)

    @cached_property
    def _dead_letter_replay(self) -> DeadLetterReplay:
        from streams.dead_letters.replay import DeadLetterReplay

        shared = self._shared
        inbound = kafka.describe(shared.settings.url("kafka"), INBOUND)
        return DeadLetterReplay(shared.dead_letters, shared.producer, shared.reviews, inbound.partitions)

    @cached_property
    def status(self) -> StatusReader:
        """Reads the status of the pipeline."""
        from operations.status.reader import StatusReader
        from reviewstream.units import units

        shared, settings = self._shared, self._shared.settings
        return StatusReader(
            read_models=shared.read_models,
            log_pool=shared.eventstore_pool,
            ledger=shared.ledger,
            positions=shared.positions,
            parking=self.parking,
            dead_letters=shared.dead_letters,
            kafka_url=settings.url("kafka"),
            deadlines=settings.deadlines(),
            slot_names=slot_names(settings),
            tailer_publishes=settings.public_topics == "tailer",
            units=partial(units, settings.data_dir),
        )

    def survey(self, *, shown: int) -> Status:
        """The status from whoever answers. Raises Unavailable where nothing runs and no server is known."""
        from operations.status.report import nothing_but
        from reviewstream.units import units

        self._shared.leave_unchecked(SURVEYED)  # each is asked by the survey itself, which continues without it
        try:
            found = self.status.survey(self._ping, shown=shown)
            return replace(found, lost=self._recovery().losses(only_databases=bool(found.silent)))
        except ReviewstreamError as error:
            if not (running := units(self._shared.settings.data_dir)):
                raise
            return nothing_but(running, str(error))

    def _ping(self, name: str) -> None:
        ping(system_of(name), self._shared.settings.url(name))

    @cached_property
    def finder(self) -> Finder:
        """Finds reviews, messages and runs by any of their names."""
        from operations.find.names import Names
        from operations.find.search import Finder

        shared, settings = self._shared, self._shared.settings
        return Finder(
            reviews=Names(shared.readmodels_pool, shared.event_log),
            log=shared.event_log,
            letters=shared.dead_letters,
            ledger=shared.ledger,
            parking=self.parking,
            kafka_url=settings.url("kafka"),
            logs=settings.data_dir / "logs",
            publishing=settings.data_dir / "publishing",
            deadlines=settings.deadlines(),
            slugs=lambda: {tenant.id: tenant.slug for tenant in shared.tenants.every()},
        )

    @cached_property
    def disk(self) -> DiskReader:
        """Measures what every store takes."""
        return disk(self._shared)

    def inbound_readers(self) -> int:
        """How many workers read the inbound topic now."""
        from connectors.kafka_progress import TopicProgress
        from streams.topics import GROUP

        return TopicProgress(self._shared.settings.url("kafka"), groups=GROUP).readers(INBOUND)
