"""Everything that watches one worker, put together."""

from __future__ import annotations

from collections.abc import Callable, Collection

from embedded.ready import announce_ready
from reviewstream.bootstrap import Bootstrap
from reviewstream.health.endpoint import Endpoint
from reviewstream.health.pings import pings
from reviewstream.health.servers import Servers
from reviewstream.health.watchdog import Look, Watchdog
from schemas.errors import Unavailable
from telemetry import tracing


class Guard:
    """Endpoint and pings from the start, the watchdog from `announce` on. Ends with `parts`."""

    def __init__(
        self, parts: Bootstrap, *, servers: Collection[str], look: Look, alive: Callable[[], str] = str
    ) -> None:
        """`servers` are those that the work relies on; `alive` says what is stuck, or nothing."""
        self._alive, self._announced = alive, False
        self._servers = Servers(pings(parts, servers))
        self._servers.start()
        parts.closing.callback(self._servers.stop)
        self._watchdog = Watchdog(look, self._servers, limit=parts.settings.watchdog_seconds)
        self._limit = parts.settings.watchdog_seconds
        self.address = self._serve(parts)
        _trace(parts)

    def announce(self) -> None:
        """The worker serves: tell the supervisor, and watch from here on."""
        self._announced = True
        if self._limit:
            self._watchdog.start()
        announce_ready(self.address)

    def stopping(self) -> None:
        """The worker was told to stop."""
        self._announced = False
        self._watchdog.stop()

    def _serve(self, parts: Bootstrap) -> str:
        if not parts.settings.health_address:
            return ""
        endpoint = Endpoint(parts.settings.health_address, {"/livez": self._live, "/readyz": self._ready})
        parts.closing.callback(endpoint.close)
        return endpoint.address

    def _live(self) -> list[str]:
        return [problem] if (problem := self._alive()) else []

    def _ready(self) -> list[str]:
        silent = [f"{name} does not answer" for name in self._servers.silent()]
        return self._live() + silent + ([] if self._announced else ["it is not ready yet, or stops"])


def _trace(parts: Bootstrap) -> None:
    """Spans, if the settings say where to."""
    endpoint = parts.settings.otlp_endpoint
    if not endpoint:
        return
    try:
        tracer, provider = tracing.tracer_for(endpoint, process=parts.process)
    except ImportError as error:
        raise Unavailable(
            "REVIEWSTREAM_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: pip install 'reviewstream[tracing]'"
        ) from error
    tracing.configure(tracer)
    parts.closing.callback(provider.shutdown)
