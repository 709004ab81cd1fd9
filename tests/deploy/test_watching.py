"""Prometheus, its alerts, Grafana's dashboards and the collector ask for what there is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from schemas.topics import triggers
from telemetry.metrics import REGISTRY
from tests.deploy.asking import exported, problems
from tests.deploy.reading import DEPLOY, compose, workers

SERVICES = compose()["services"]
KNOWN = exported()
PROMETHEUS = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
ALERTS = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
DASHBOARDS = {path.name: json.loads(path.read_text()) for path in (DEPLOY / "grafana/dashboards").iterdir()}


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


EXPRESSIONS = [(rule["alert"], rule["expr"]) for rule in ALERTS] + [
    (panel["title"], target["expr"])
    for each in DASHBOARDS.values()
    for panel in panels(each)
    for target in panel["targets"]
]


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS, ids=[title for title, _ in EXPRESSIONS])
def test_every_expression_asks_for_metrics_and_labels_that_workers_export(title: str, expression: str) -> None:
    assert list(problems(expression, KNOWN)) == []


@pytest.mark.parametrize(
    "expression",
    [
        "reviewstream_dead_letter_total",
        "reviewstream_dead_letters",
        "rate(reviewstream_step_batch_seconds[5m])",
        "sum by (tenant) (reviewstream_step_reviews_total)",
        'reviewstream_step_reviews_total{phase="commit"}',
        "max by (le) (reviewstream_step_batch_seconds_sum)",
        "1 + absent(reviewstream_nothing)",
    ],
)
def test_an_expression_about_something_else_is_noticed(expression: str) -> None:
    assert list(problems(expression, KNOWN))


def test_an_expression_that_is_none_is_noticed() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        list(problems("sum by (rate(", KNOWN))


def test_every_metric_of_ours_is_on_the_dashboard_or_in_an_alert() -> None:
    asked = " ".join(expression for _, expression in EXPRESSIONS)
    ours = {metric.name for metric in REGISTRY.collect() if metric.name.startswith("reviewstream_")}
    unseen = {name for name in ours if name not in asked}
    assert unseen == {"reviewstream_pool_requests"}


def test_values_of_labels_exist() -> None:
    asked = " ".join(expression for _, expression in EXPRESSIONS)
    assert set(re.findall(r'step="(\w+)"', asked)) <= {"collect", *triggers().values()}
    assert set(re.findall(r'phase="(\w+)"', asked)) == {"prepare", "commit"}
    assert set(re.findall(r'job="([\w-]+)"', asked)) <= {job["job_name"] for job in PROMETHEUS["scrape_configs"]}
    assert set(re.findall(r'worker="(\w+)"', asked)) == scraped()


def scraped() -> set[str]:
    [job] = [job for job in PROMETHEUS["scrape_configs"] if job["job_name"] == "reviewstream"]
    [asked] = job["dns_sd_configs"]
    assert asked["port"] == 9100
    return set(asked["names"])


def test_prometheus_asks_every_worker_and_can_reach_it() -> None:
    names = {*workers(SERVICES, "tailer"), *workers(SERVICES, "streams")}
    assert scraped() == names
    for name in names | {"otel-collector"}:
        assert set(SERVICES[name]["networks"]) & set(SERVICES["prometheus"]["networks"])


def test_prometheus_reads_the_files_that_are_mounted() -> None:
    assert "./deploy/prometheus:/etc/prometheus:ro" in SERVICES["prometheus"]["volumes"]
    assert all((DEPLOY / "prometheus" / name).is_file() for name in PROMETHEUS["rule_files"])
    assert "--config.file=/etc/prometheus/prometheus.yml" in SERVICES["prometheus"]["command"]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert {"summary", "description"} == rule["annotations"].keys()
    left = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
    grouped = re.search(r"by \(([^)]*)\)", rule["expr"])
    there = set(grouped[1].split(", ")) if grouped else {"worker", "job", "instance"}
    assert set(left) <= there


def test_dashboards_ask_data_sources_that_are_provisioned() -> None:
    provisioned = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())
    sources = {(each["type"], each["uid"]) for each in provisioned["datasources"]}
    for name, dashboard in DASHBOARDS.items():
        asked = [panel["datasource"] for panel in panels(dashboard)]
        asked += [target["datasource"] for panel in panels(dashboard) for target in panel["targets"]]
        assert {(each["type"], each["uid"]) for each in asked} == sources, name
    assert [each["url"] for each in provisioned["datasources"]] == ["http://prometheus:9090"]


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=list(DASHBOARDS))
def test_panels_have_ids_of_their_own_and_do_not_overlap(dashboard: dict[str, Any]) -> None:
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


def test_grafana_finds_the_dashboards_where_they_are_mounted() -> None:
    [provider] = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards/reviewstream.yml").read_text())["providers"]
    path = provider["options"]["path"]
    grafana = SERVICES["grafana"]
    assert f"./deploy/grafana/dashboards:{path}:ro" in grafana["volumes"]
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home.removeprefix(f"{path}/") in DASHBOARDS


def test_the_collector_runs_only_parts_that_it_configures_and_listens_where_workers_send() -> None:
    found = yaml.safe_load((DEPLOY / "otel/collector.yml").read_text())
    for pipeline in found["service"]["pipelines"].values():
        for kind in ("receivers", "processors", "exporters"):
            assert set(pipeline[kind]) <= found[kind].keys()
    listens = found["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]
    told = re.findall(r"http://otel-collector:(\d+)/v1/traces", (DEPLOY / "env.example").read_text())
    assert told == [listens]
    [reader] = found["service"]["telemetry"]["metrics"]["readers"]
    [job] = [job for job in PROMETHEUS["scrape_configs"] if job["job_name"] == "otel-collector"]
    assert job["static_configs"] == [
        {"targets": [f"otel-collector:{reader['pull']['exporter']['prometheus']['port']}"]}
    ]
