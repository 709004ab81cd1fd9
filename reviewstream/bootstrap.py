"""The composition root: wires the services and use cases of a process. Everything else receives what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from reviewstream.settings import Settings
from reviewstream.wiring import alarms, capture, migrations, recovery, replay, retention, tailer
from reviewstream.wiring.desk import Desk
from reviewstream.wiring.saga import Saga
from reviewstream.wiring.shared import Shared

if TYPE_CHECKING:
    from operations.alarms.detect import AlarmDetection
    from operations.alarms.keeper import AlarmKeeper
    from operations.change_capture import ChangeCapture
    from operations.migrate.run import Migrations
    from operations.recovery.recovery import Recovery
    from operations.replay import ReadModelReplay
    from operations.retention.keeper import Retention
    from sources.raw_store.consumer import ChangeStreamConsumer
    from streams.sweeper.sweeper import Sweeper


class Bootstrap(Shared):
    """Builds each part once, on first use, and closes them all on exit. Use as a context manager.

    Connections and what is shared come from its bases; each file of `wiring/` puts together one of the groups below.
    """

    @cached_property
    def saga(self) -> Saga:
        """What the steps of the saga need."""
        return Saga(self)

    @cached_property
    def desk(self) -> Desk:
        """What operators ask for at the command line."""
        return Desk(self, lambda: self.recovery)

    @cached_property
    def replay(self) -> ReadModelReplay:
        """Rebuilds and repairs of read models."""
        return replay.make(self)

    @cached_property
    def migrations(self) -> Migrations:
        """The migrations of every store."""
        return migrations.make(self)

    @property
    def recovery(self) -> Recovery:
        """Finds what stores lost, and has it built again."""
        return recovery.make(self, self.migrations, lambda: self.replay)

    @cached_property
    def change_capture(self) -> ChangeCapture:
        """Change data capture by Kafka Connect. Raises Unavailable when no Connect is configured."""
        return capture.make(self)

    @cached_property
    def alarms(self) -> AlarmDetection:
        """Looks for alarms."""
        return alarms.detection(self)

    def alarm_keeper(self) -> AlarmKeeper:
        """Looks for them now and then."""
        return alarms.keeper(self)

    def sweeper(self) -> Sweeper:
        """A sweeper with a producer of its own."""
        return tailer.sweeper(self)

    def retention(self) -> Retention:
        """Removes what is kept no longer."""
        return retention.make(self)

    def raw_store_consumer(self) -> ChangeStreamConsumer:
        """Publishes the raw reviews that other clients write to the raw store."""
        return tailer.raw_store_consumer(self)


def with_urls(settings: Settings, urls: Mapping[str, str]) -> Settings:
    """The settings, with unset URLs filled in from `urls`, whose keys are environment variables."""
    given = {key.removeprefix("REVIEWSTREAM_").lower(): value for key, value in urls.items()}
    missing = {name: value for name, value in given.items() if getattr(settings, name, value) is None}
    return type(settings)(**{**settings.model_dump(), **missing})
