"""Kafka Connect with Debezium, if configured. Nothing is registered: Connect is asked what it has and would accept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from confluent_kafka import KafkaException

from connectors import kafka_connection
from debezium.captures import CAPTURES
from debezium.rest import Connect, Refused
from debezium.templates import classes
from reviewstream.doctor.encryption import encryption_of_http
from reviewstream.doctor.findings import Finding, Findings, Subject
from reviewstream.settings import Settings
from schemas.errors import ReviewstreamError, Unavailable

OLDEST = 4
OLDEST_DEBEZIUM = (3, 6)
SECONDS, KAFKA_SECONDS = 8.0, 4.0
EXACTLY_ONCE = "exactly.once.support"


def examine(subject: Subject, url: str, settings: Settings) -> Findings:
    """Raises the client's errors for an unexpected answer."""
    try:
        with Connect(url, timeout=SECONDS, patience=SECONDS) as connect:
            yield from _examined(subject, connect, url, settings)
    except Unavailable as error:  # "what is wrong; what to do"
        detail, _, fix = str(error).partition("; ")
        yield subject.problem("login" if isinstance(error, Refused) else "reachable", detail, fix)


def _examined(subject: Subject, connect: Connect, url: str, settings: Settings) -> Findings:
    about = connect.about()
    yield subject.ok("login", "answers")
    yield subject.at_least(about.version, OLDEST)
    yield encryption_of_http(subject, url)
    yield _cluster(subject, about.cluster_id, settings)
    installed = connect.plugins()
    yield plugins(subject, installed)
    yield from _exactly_once(subject, connect, installed)
    yield _rights(subject, connect)


def _cluster(subject: Subject, theirs: str, settings: Settings) -> Finding:
    try:
        kafka = kafka_connection.connect(settings.url("kafka"), timeout=KAFKA_SECONDS)
        ours = kafka.list_topics(timeout=KAFKA_SECONDS).cluster_id
    except (ReviewstreamError, KafkaException):
        return subject.warning("cluster", "not compared: Kafka does not answer us", "fix the findings about kafka")
    return same_cluster(subject, str(ours), theirs)


def same_cluster(subject: Subject, ours: str, theirs: str) -> Finding:
    """Whether Connect, on the cluster `theirs`, writes to the cluster that the workers read."""
    if ours == theirs:
        return subject.ok("cluster", f"{theirs}, that of REVIEWSTREAM_KAFKA_URL")
    return subject.problem(
        "cluster", f"it runs on the Kafka cluster {theirs}, and REVIEWSTREAM_KAFKA_URL leads to {ours}",
        f"correct bootstrap.servers of Connect's workers, {subject.setting} or REVIEWSTREAM_KAFKA_URL",
    )  # fmt: skip


def plugins(subject: Subject, installed: Mapping[str, str]) -> Finding:
    """Whether every plugin that we need is there; `installed` maps Connect's classes to their versions."""
    needed = frozenset[str]().union(*map(classes, CAPTURES))
    missing = sorted(_short(each) for each in needed - installed.keys())
    if missing:
        return subject.problem(
            "plugins", f"missing: {', '.join([each for each in missing if each.endswith('Connector')] or missing)}",
            f"put Debezium's connectors for PostgreSQL and MongoDB, {_oldest()} or later, on plugin.path of every worker",
        )  # fmt: skip
    found = {_short(each): installed[each] for each in sorted(needed) if each.endswith("Connector")}
    detail = ", ".join(f"{name} {version}" for name, version in found.items())
    if any(_number(version) < OLDEST_DEBEZIUM for version in found.values()):
        return subject.problem("plugins", f"{detail}, and {_oldest()} is the oldest supported", "update Debezium")
    return subject.ok("plugins", detail)


def _exactly_once(subject: Subject, connect: Connect, installed: Mapping[str, str]) -> Findings:
    """Connect reports it only when it validates a connector's configuration; this one is incomplete and reaches no database."""
    ours = sorted(each for name in CAPTURES for each in classes(name) if each.endswith("Connector"))
    connector = next((each for each in ours if each in installed), None)
    if connector is None:
        return
    asked = {"connector.class": connector, "name": "reviewstream-doctor", EXACTLY_ONCE: "required"}
    problem = connect.problems(asked).get(EXACTLY_ONCE)
    yield subject.ok("exactly once", "enabled") if problem is None else subject.problem(
        "exactly once", problem.rstrip("."),
        "exactly.once.source.support=enabled on every worker of Connect, and a restart; docs/cdc.md",
    )  # fmt: skip


def _rights(subject: Subject, connect: Connect) -> Finding:
    try:
        registered = len(connect.names())
    except Refused:
        return subject.problem(
            "rights", "may not read connectors", f"{subject.setting}: name a user who may read and change connectors"
        )
    return subject.ok("rights", f"reads connectors ({registered} registered)")


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _number(version: str) -> tuple[int, ...]:
    """`3.6.1.Final` is (3, 6)."""
    return tuple(map(int, re.findall(r"\d+", version)[:2]))


def _oldest() -> str:
    return ".".join(map(str, OLDEST_DEBEZIUM))
