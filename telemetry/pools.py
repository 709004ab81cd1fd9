"""The use of connection pools, read from their own statistics when somebody asks for the metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol
from weakref import WeakSet

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from telemetry.metrics import REGISTRY

GAUGES = {
    "pool_size": ("size", "Connections that the pool holds."),
    "pool_available": ("available", "Connections that nobody uses now."),
    "requests_waiting": ("waiting", "Callers that wait for a connection now."),
}
COUNTERS = {
    "requests_num": ("requests", "Connections asked for."),
    "requests_errors": ("errors", "Requests that ended without a connection."),
}


class Pool(Protocol):
    """A psycopg pool."""

    name: str

    def get_stats(self) -> Mapping[str, int]:
        """Its statistics by name."""
        ...


_pools: WeakSet[Pool] = WeakSet()


def watch(pool: Pool) -> None:
    """Report on this pool from now on."""
    _pools.add(pool)


class _Pools(Collector):
    def collect(self) -> Iterator[Metric]:
        stats = {pool.name: pool.get_stats() for pool in list(_pools)}
        for key, (name, meaning) in GAUGES.items():
            gauge = GaugeMetricFamily(f"reviewstream_pool_{name}", meaning, labels=["pool"])
            for pool, found in stats.items():
                gauge.add_metric([pool], found.get(key, 0))
            yield gauge
        for key, (name, meaning) in COUNTERS.items():
            counter = CounterMetricFamily(f"reviewstream_pool_{name}", meaning, labels=["pool"])
            for pool, found in stats.items():
                counter.add_metric([pool], found.get(key, 0))
            yield counter


REGISTRY.register(_Pools())
