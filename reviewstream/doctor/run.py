"""Runs all examinations concurrently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from connectors.databases import DATABASES
from connectors.diagnosis import WORDS, diagnose
from connectors.preflight import system_of
from reviewstream.doctor import clickhouse, connect, disk, kafka, mongo, postgres, redis
from reviewstream.doctor.findings import Finding, Findings, Subject
from reviewstream.settings import Settings
from reviewstream.workers.streams import group_of
from schemas.errors import InvalidInput, ReviewstreamError
from telemetry.error_text import plain_text

NEEDED = (*DATABASES, "kafka", "mongo", "clickhouse")
OPTIONAL = ("redis", "schema_registry", "connect")
Examine = Callable[[Subject, str], Findings]


def examine(settings: Settings) -> list[Finding]:
    """Every finding about every server that the settings name, in their order. Never raises for what it finds."""
    names = [*NEEDED, *(name for name in OPTIONAL if getattr(settings, f"{name}_url") is not None)]
    examinations = _examinations(settings)
    with ThreadPoolExecutor(len(names)) as pool:
        found = list(pool.map(lambda name: _findings(settings, Subject(name), examinations[name]), names))
    return [*(finding for findings in found for finding in findings), *disk.examine(settings.data_dir)]


def _examinations(settings: Settings) -> Mapping[str, Examine]:
    group = group_of(settings.steps.replace(" ", "").split(","))
    return {
        **dict.fromkeys(DATABASES, postgres.examine),
        "kafka": lambda subject, url: kafka.examine(subject, url, group),
        "mongo": lambda subject, url: mongo.examine(subject, url, settings.mongo_database),
        "clickhouse": lambda subject, url: clickhouse.examine(subject, url, settings.clickhouse_cluster),
        "redis": redis.examine,
        "schema_registry": _registry,
        "connect": lambda subject, url: connect.examine(subject, url, settings),
    }


def _registry(subject: Subject, url: str) -> Findings:
    try:
        from reviewstream.doctor import registry
    except ImportError as error:
        yield subject.problem("login", f"{error.name} is missing", "pip install 'reviewstream[registry]'")
    else:
        yield from registry.examine(subject, url)


def _findings(settings: Settings, subject: Subject, examine_server: Examine) -> list[Finding]:
    found: list[Finding] = []
    try:
        url = settings.url(subject.name)
    except ReviewstreamError as error:
        return [subject.problem("setting", str(error), f"set {subject.setting}, or run `reviewstream up`")]
    try:
        found.extend(examine_server(subject, url))
    except Exception as error:  # noqa: BLE001 - whatever a driver raises is a finding, and the other checks continue
        found.append(_failed(subject, url, error))
    return found


def _failed(subject: Subject, url: str, error: Exception) -> Finding:
    """A driver's own text may quote its URL: only our errors' texts and the driver's class are passed on."""
    if isinstance(error, InvalidInput):
        return subject.problem("setting", str(error), f"correct {subject.setting}")
    system = system_of(subject.name)
    diagnosis = diagnose(system, url, error) if system in WORDS else None
    if diagnosis is not None:
        return subject.problem("login", diagnosis.cause, f"{subject.setting}: {diagnosis.fix}")
    detail = plain_text(error)
    return subject.problem("reachable", f"does not answer: {detail}", f"start it, or correct {subject.setting}")
