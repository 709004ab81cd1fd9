"""Combines everything that watches one worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack

from embedded.ready import announce_ready
from reviewstream.health.endpoint import Endpoint
from reviewstream.health.servers import Ping, Servers
from reviewstream.health.watchdog import Probe, Watchdog
from schemas.errors import Unavailable
from telemetry import tracing


class Guard:
    """Endpoint and pings from the start, the watchdog from `announce` on. Ends with `closing`."""

    def __init__(
        self,
        closing: ExitStack,
        *,
        pings: Mapping[str, Ping],
        probe: Probe,
        address: str,
        limit: float,
        alive: Callable[[], str] = str,
        remarks: Callable[[], list[str]] = list,
    ) -> None:
        """`pings` check the servers that the work relies on; `alive` returns what is stuck, or an empty text.

        `remarks` are troubles of a part, while the rest works: /readyz says them, and stays 200.

        `address` is where the endpoint serves, empty for nowhere; `limit` seconds without progress end the process, 0 never.
        """
        self._closing, self._alive, self._announced = closing, alive, False
        self._remarks = remarks
        self._servers = Servers(pings)
        self._servers.start()
        closing.callback(self._servers.stop)
        self._watchdog = Watchdog(probe, self._servers, limit=limit)
        self._limit = limit
        self.address = self._serve(address)

    def announce(self) -> None:
        """The worker is ready: notify the supervisor, and watch from now on."""
        self._announced = True
        if self._limit:
            self._watchdog.start()
        announce_ready(self.address)

    def stopping(self) -> None:
        """The worker was asked to stop."""
        self._announced = False
        self._watchdog.stop()

    def _serve(self, address: str) -> str:
        if not address:
            return ""
        endpoint = Endpoint(address, {"/livez": self._live, "/readyz": self._ready}, remarks=self._remarks)
        self._closing.callback(endpoint.close)
        return endpoint.address

    def _live(self) -> list[str]:
        return [problem] if (problem := self._alive()) else []

    def _ready(self) -> list[str]:
        silent = [f"{name} does not answer" for name in self._servers.silent()]
        return self._live() + silent + ([] if self._announced else ["it is not ready yet, or stopping"])


def trace(closing: ExitStack, endpoint: str, *, process: str) -> None:
    """Send spans to `endpoint`, unless it is empty. Raises Unavailable where OpenTelemetry is not installed."""
    if not endpoint:
        return
    try:
        tracer, provider = tracing.tracer_for(endpoint, process=process)
    except ImportError as error:
        raise Unavailable(
            "REVIEWSTREAM_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: pip install 'reviewstream[tracing]'"
        ) from error
    tracing.configure(tracer)
    closing.callback(provider.shutdown)
