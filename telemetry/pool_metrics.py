"""The use of connection pools, read from their own statistics on every scrape."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from telemetry.pools import statistics

GAUGES = {
    "pool_size": ("size", "Connections that the pool holds."),
    "pool_available": ("available", "Idle connections."),
    "requests_waiting": ("waiting", "Callers waiting for a connection."),
}
COUNTERS = {
    "requests_num": ("requests", "Requests for a connection."),
    "requests_errors": ("errors", "Requests that ended without a connection."),
}


class PoolCollector(Collector):
    """One sample per pool, named by the process and the database."""

    def collect(self) -> Iterator[Metric]:
        """The metrics now."""
        found = statistics()
        for key, (name, meaning) in GAUGES.items():
            gauge = GaugeMetricFamily(f"reviewstream_pool_{name}", meaning, labels=["pool"])
            for pool, stats in found.items():
                gauge.add_metric([pool], stats.get(key, 0))
            yield gauge
        for key, (name, meaning) in COUNTERS.items():
            counter = CounterMetricFamily(f"reviewstream_pool_{name}", meaning, labels=["pool"])
            for pool, stats in found.items():
                counter.add_metric([pool], stats.get(key, 0))
            yield counter
