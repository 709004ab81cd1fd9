"""docs/operations.md lists every metric, as the registry has it."""

from __future__ import annotations

import re
from pathlib import Path

from telemetry.metrics import REGISTRY

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
UNBOUNDED = {"tenant", "tenant_id", "review", "review_id", "run_id", "error", "source", "correlation_id"}


def test_every_metric_is_listed_with_type_and_meaning() -> None:
    ours = [metric for metric in REGISTRY.collect() if metric.name.startswith("reviewstream_")]
    assert len(ours) >= 15
    rows = re.findall(r"^\| `(reviewstream_\w+)` \| (\w+) \| [^|]*\| (.*) \|$", PAGE, re.MULTILINE)
    expected = {(m.name + "_total" * (m.type == "counter"), m.type, m.documentation) for m in ours}
    assert set(rows) == expected


def test_names_end_in_their_unit_and_labels_are_bounded() -> None:
    units = ("_seconds", "_events", "_messages", "_texts", "_size", "_available", "_waiting", "_up", "_bytes", "_lost")
    units += ("_failing",)
    for metric in REGISTRY.collect():
        if metric.name.startswith("reviewstream_"):
            assert metric.type == "counter" or metric.name.endswith(units), metric.name
            assert not UNBOUNDED & {label for sample in metric.samples for label in sample.labels}


def test_alerts_and_text_speak_of_metrics_that_exist() -> None:
    known = {metric.name for metric in REGISTRY.collect()}
    for name in re.findall(r"reviewstream_[a-z_]+", PAGE):
        assert name.removesuffix("_total") in known, name
