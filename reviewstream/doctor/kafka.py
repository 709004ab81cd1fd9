"""Kafka: topics and groups of the pipeline. Nothing is created or sent: the broker is asked what it would allow."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import uuid4

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AclOperation, AdminClient, ConfigResource, NewTopic

from connectors import kafka_connection
from connectors.endpoints import endpoint
from connectors.kafka import REPLICATION
from connectors.kafka_url import parse
from connectors.wait import wait_out
from reviewstream.doctor import kafka_faust
from reviewstream.doctor.encryption import encryption, handshake
from reviewstream.doctor.findings import Finding, Findings, Subject
from streams.topics import all_topics

SECONDS = 8.0
NEEDED = frozenset({AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE})
COORDINATOR_COMES = frozenset(
    {
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.NOT_COORDINATOR,
    }
)
OLD_VERSION = "inter.broker.protocol.version"
"""The setting by which brokers before 4.0 reveal their version."""


def examine(subject: Subject, url: str, group: str) -> Findings:
    """Raises Unavailable, TransientError or KafkaException for checks that could not run."""
    broker, place = parse(url), endpoint("kafka", url)
    admin = kafka_connection.connect(url, timeout=SECONDS)
    yield subject.ok("login", f"{broker.username} by {broker.mechanism}" if broker.sasl else "as the broker sees fit")
    yield _version(subject, admin)
    yield encryption(subject, place, handshake(place))
    yield kafka_faust.examine(subject, broker)
    yield _create(subject, admin)
    yield from _topics(subject, admin)
    yield _group(subject, admin, group)


def _version(subject: Subject, admin: AdminClient) -> Finding:
    """Kafka reports no version, but its settings reveal one. Topic ids, which the ledger counts by, came with 2.8."""
    number = str(next(iter(admin.list_topics(timeout=SECONDS).brokers)))
    resource = ConfigResource(ConfigResource.Type.BROKER, number)
    try:
        settings = admin.describe_configs([resource], request_timeout=SECONDS)[resource].result(SECONDS)
    except KafkaException as error:
        return subject.ok("version", f"unknown: {error.args[0].name()}")
    version = settings[OLD_VERSION].value if OLD_VERSION in settings else "4.0 or later"
    return subject.at_least(version, 3)


def _create(subject: Subject, admin: AdminClient) -> Finding:
    topic = NewTopic(f"reviewstream-doctor-{uuid4().hex}", 1, REPLICATION)
    asked = admin.create_topics([topic], validate_only=True, operation_timeout=SECONDS, request_timeout=SECONDS)
    try:
        asked[topic.topic].result(SECONDS)
    except KafkaException as error:
        return subject.warning(
            "create topics", f"refused: {error.args[0].name()}",
            "allow Create on the cluster, or create the topics of docs/events.md by hand before the first start",
        )  # fmt: skip
    return subject.ok("create topics", "allowed (validated only)")


def _topics(subject: Subject, admin: AdminClient) -> Findings:
    missing, forbidden = _missing_and_forbidden(admin, list(all_topics(1)))
    if missing:
        yield subject.warning("topics", f"missing: {', '.join(missing)}", "`reviewstream setup` creates them")
    if forbidden:
        yield subject.problem(
            "rights", f"may not read, write and describe {', '.join(forbidden)}",
            "allow Read, Write and Describe on these topics to the user",
        )  # fmt: skip
    if not missing and not forbidden:
        yield subject.ok("rights", "reads, writes and describes every topic")


def _missing_and_forbidden(admin: AdminClient, names: Collection[str]) -> tuple[list[str], list[str]]:
    """Which topics are missing, and for which we lack a right that we need."""
    asked = admin.describe_topics(
        TopicCollection(list(names)), include_authorized_operations=True, request_timeout=SECONDS
    )
    missing: list[str] = []
    forbidden: list[str] = []
    for name, future in asked.items():
        try:
            if not _enough(future.result(SECONDS).authorized_operations):
                forbidden.append(name)
        except KafkaException as error:
            code = error.args[0].code()
            (missing if code == KafkaError.UNKNOWN_TOPIC_OR_PART else forbidden).append(name)
    return missing, forbidden


def _enough(operations: Iterable[Any] | None) -> bool:
    """A broker without an authorizer reports that it allows everything."""
    return operations is not None and frozenset(operations) >= NEEDED


def _group(subject: Subject, admin: AdminClient, group: str) -> Finding:
    try:
        allowed = wait_out(_transient, lambda: _allowed_in(admin, group), SECONDS, every=0.3)
    except KafkaException as error:
        code = error.args[0].code()
        if code == KafkaError.GROUP_ID_NOT_FOUND:  # no worker has run yet
            return subject.ok("group", f"{group}: does not exist yet")
        if code != KafkaError.GROUP_AUTHORIZATION_FAILED:
            raise
        allowed = frozenset()
    if AclOperation.READ in allowed:
        return subject.ok("group", f"{group}: allowed")
    return subject.problem("group", f"may not join {group}", f"allow Read on the group {group} to the user")


def _allowed_in(admin: AdminClient, group: str) -> frozenset[Any]:
    asked = admin.describe_consumer_groups([group], include_authorized_operations=True, request_timeout=SECONDS)
    return frozenset(asked[group].result(SECONDS).authorized_operations or ())


def _transient(error: BaseException) -> bool:
    """A broker that has never had a group must create its coordinators' topic first."""
    return isinstance(error, KafkaException) and error.args[0].code() in COORDINATOR_COMES
