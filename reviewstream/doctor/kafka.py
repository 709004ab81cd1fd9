"""Kafka: topics and groups of the pipeline. Nothing is created or sent: the broker is asked what it would allow."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import uuid4

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AclOperation, AdminClient, ConfigResource, NewTopic

from connectors.endpoints import endpoint
from connectors.kafka import REPLICATION
from connectors.kafka_access import enter
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
"""What brokers before 4.0 say how new they are by."""


def examine(subject: Subject, url: str, group: str) -> Findings:
    """Raises Unavailable, TransientError or KafkaException for what it could not ask."""
    broker, place = parse(url), endpoint("kafka", url)
    admin = enter(url, timeout=SECONDS)
    yield subject.ok("login", f"{broker.username} by {broker.mechanism}" if broker.sasl else "as the broker sees fit")
    yield _version(subject, admin)
    yield encryption(subject, place, handshake(place))
    yield kafka_faust.examine(subject, broker)
    yield _create(subject, admin)
    yield from _topics(subject, admin)
    yield _group(subject, admin, group)


def _version(subject: Subject, admin: AdminClient) -> Finding:
    """Kafka tells no version; its settings do. Topic ids, which the ledger counts by, came with 2.8."""
    number = str(next(iter(admin.list_topics(timeout=SECONDS).brokers)))
    resource = ConfigResource(ConfigResource.Type.BROKER, number)
    try:
        settings = admin.describe_configs([resource], request_timeout=SECONDS)[resource].result(SECONDS)
    except KafkaException as error:
        return subject.ok("version", f"not told: {error.args[0].name()}")
    told = settings[OLD_VERSION].value if OLD_VERSION in settings else "4.0 or later"
    return subject.at_least(told, 3)


def _create(subject: Subject, admin: AdminClient) -> Finding:
    topic = NewTopic(f"reviewstream-doctor-{uuid4().hex}", 1, REPLICATION)
    asked = admin.create_topics([topic], validate_only=True, operation_timeout=SECONDS, request_timeout=SECONDS)
    try:
        asked[topic.topic].result(SECONDS)
    except KafkaException as error:
        return subject.warning(
            "create topics", f"refused: {error.args[0].name()}",
            "allow Create on the cluster, or make the topics of docs/events.md by hand before the first start",
        )  # fmt: skip
    return subject.ok("create topics", "allowed (validated only)")


def _topics(subject: Subject, admin: AdminClient) -> Findings:
    missing, forbidden = _judged(admin, list(all_topics(1)))
    if missing:
        yield subject.warning("topics", f"missing: {', '.join(missing)}", "`reviewstream setup` makes them")
    if forbidden:
        yield subject.problem(
            "rights", f"may not read, write and describe {', '.join(forbidden)}",
            "allow Read, Write and Describe on these topics to the user",
        )  # fmt: skip
    if not missing and not forbidden:
        yield subject.ok("rights", "reads, writes and describes every topic")


def _judged(admin: AdminClient, names: Collection[str]) -> tuple[list[str], list[str]]:
    """Which topics are not there, and in which we may not do all we need to."""
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
    """A broker without an authorizer allows everything and says so, too."""
    return operations is not None and frozenset(operations) >= NEEDED


def _group(subject: Subject, admin: AdminClient, group: str) -> Finding:
    try:
        allowed = wait_out(_passes, lambda: _allowed_in(admin, group), SECONDS, every=0.3)
    except KafkaException as error:
        code = error.args[0].code()
        if code == KafkaError.GROUP_ID_NOT_FOUND:  # no worker has run yet
            return subject.ok("group", f"{group}: not there yet")
        if code != KafkaError.GROUP_AUTHORIZATION_FAILED:
            raise
        allowed = frozenset()
    if AclOperation.READ in allowed:
        return subject.ok("group", f"{group}: allowed")
    return subject.problem("group", f"may not join {group}", f"allow Read on the group {group} to the user")


def _allowed_in(admin: AdminClient, group: str) -> frozenset[Any]:
    asked = admin.describe_consumer_groups([group], include_authorized_operations=True, request_timeout=SECONDS)
    return frozenset(asked[group].result(SECONDS).authorized_operations or ())


def _passes(error: BaseException) -> bool:
    """A broker that was never asked about groups has to make the topic of their coordinators first."""
    return isinstance(error, KafkaException) and error.args[0].code() in COORDINATOR_COMES
