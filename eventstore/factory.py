"""Makes the event log available to applications of the `eventsourcing` library, by environment variables.

PERSISTENCE_MODULE=eventstore.factory
REVIEWSTREAM_EVENTSTORE_URL=postgresql://…
"""

# mypy: disallow-subclassing-any=False
# (our settings skip the library's own types, so its base classes are Any here)

from __future__ import annotations

from typing import Any, Never

from eventsourcing.persistence import InfrastructureFactory, InfrastructureFactoryError, TrackingRecorder

from connectors.postgres import open_pool
from eventstore.log import EventLog
from eventstore.recorder import ReviewstreamAggregateRecorder, ReviewstreamRecorder

URL = "REVIEWSTREAM_EVENTSTORE_URL"


class Factory(InfrastructureFactory[TrackingRecorder]):
    """Recorders on the log at REVIEWSTREAM_EVENTSTORE_URL, which must have been migrated."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        url = self.env.get(URL)
        if not url:
            raise InfrastructureFactoryError(f"{URL} is not set: give it the URL of the event log's database")
        self._url = str(url)
        self._pool = open_pool(self._url, name="eventsourcing")

    def aggregate_recorder(self, purpose: str = "events") -> ReviewstreamAggregateRecorder:
        """Refuses the purpose "snapshots": streams here are short, and history must not be kept twice."""
        if purpose != "events":
            _refuse(f"a recorder of {purpose}", "turn snapshotting off")
        return ReviewstreamAggregateRecorder(EventLog(self._pool), self._url)

    def application_recorder(self) -> ReviewstreamRecorder:
        """For `Application`."""
        return ReviewstreamRecorder(EventLog(self._pool), self._url)

    def tracking_recorder(self, _: type[TrackingRecorder] | None = None) -> Never:
        """Not supported: positions of readers are kept with their read models."""
        _refuse("a tracking recorder", "keep positions with the read models, as projections/ does")

    def process_recorder(self) -> Never:
        """Not supported, for the same reason."""
        _refuse("a process recorder", "keep positions with the read models, as projections/ does")

    def close(self) -> None:
        """Close the pool."""
        self._pool.close()


def _refuse(what: str, instead: str) -> Never:
    raise InfrastructureFactoryError(f"the event log has no {what}: {instead}")
