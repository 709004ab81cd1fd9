"""Which metrics and labels a PromQL expression asks for, and which there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import promql_parser

from telemetry.metrics import REGISTRY

OF_PROMETHEUS = {"up": set[str]()}
OF_TARGETS = {"job", "instance", "worker"}
"""What deploy/prometheus/prometheus.yml adds to everything."""
ENDINGS = {"counter": ("_total", "_created"), "histogram": ("_bucket", "_sum", "_count", "_created")}
OF_POOLS = {"pool"}


def exported() -> dict[str, set[str]]:
    """The name of every sample that a worker can have: its labels."""
    found = dict(OF_PROMETHEUS)
    for metric in REGISTRY.collect():
        collector = REGISTRY._names_to_collectors.get(metric.name)
        labels = set(getattr(collector, "_labelnames", OF_POOLS if "_pool_" in metric.name else ()))
        for ending in ENDINGS.get(metric.type, ("",)):
            found[metric.name + ending] = labels | ({"le"} if ending == "_bucket" else set())
    return found


def problems(expression: str, known: dict[str, set[str]]) -> Iterator[str]:
    """What the expression asks for and nobody exports. Raises ValueError where it is no PromQL."""
    for variable in ("$__rate_interval", "$__interval"):
        expression = expression.replace(variable, "5m")
    asked, grouped = set[str](), set[str]()
    for node in _nodes(promql_parser.parse(expression)):
        if isinstance(node, promql_parser.VectorSelector):
            asked.add(node.name)
            of = known.get(node.name)
            if of is None:
                yield f"nobody exports {node.name}"
            else:
                yield from (
                    f"{node.name} has no {m.name}" for m in node.matchers.matchers if m.name not in of | OF_TARGETS
                )
        elif isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
            grouped.update(node.modifier.labels)
    there = OF_TARGETS.union(*(known.get(name, set()) for name in asked))
    yield from (f"no {label} in {sorted(asked)}" for label in grouped - there)


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for name in ("lhs", "rhs", "expr", "param", "args", "vector_selector"):
        below = getattr(node, name, None) or ()
        for each in below if isinstance(below, list | tuple) else (below,):
            yield from _nodes(each)
