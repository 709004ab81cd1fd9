"""Every client of the broker over TLS: with a client certificate, and with user and password."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka import Consumer

from connectors import kafka_connection
from connectors.kafka import ConfirmingProducer, Outgoing, client_config, create_topics, describe, end_offsets
from connectors.kafka_offsets import GroupOffsets
from connectors.kafka_url import NAME_CHECK
from connectors.preflight import preflight
from schemas.errors import Unavailable
from streams.topics import INBOUND
from tests.streams.workers import Child
from tests.tls.authority import Certificates
from tests.tls.broker import PASSWORD, TlsKafka
from tests.tls.front import tls_front
from tests.waiting import until

ECHO = Path(__file__).with_name("echo_worker.py")
WAYS = {
    "certificate": lambda kafka: kafka.ssl_url(),
    "scram-512": lambda kafka: kafka.sasl_url(),
    "scram-256": lambda kafka: kafka.sasl_url("sasl.mechanism=SCRAM-SHA-256"),
    "plain": lambda kafka: kafka.sasl_url("sasl.mechanism=PLAIN"),
}
Way = Callable[[TlsKafka], str]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_producer_admin_and_consumer_enter(tls_kafka: TlsKafka, way: Way):
    url, topic = way(tls_kafka), f"tls-{uuid4().hex}"
    create_topics(url, {topic: 1})
    until(lambda: describe(url, topic).partitions == 1)
    assert ConfirmingProducer(url).send([Outgoing(topic, b"k", b"v")]) == {(topic, 0): 0}
    assert end_offsets(url, topic) == {0: 1}
    assert received(url, topic) == b"v"
    offsets = GroupOffsets(url, "some-group", [topic])
    assert offsets.ask() == {(topic, 0): (0, 1)}
    offsets.close()


def received(url: str, topic: str) -> bytes | None:
    consumer = Consumer({**client_config(url), "group.id": f"g-{uuid4().hex}", "auto.offset.reset": "earliest"})
    try:
        consumer.subscribe([topic])
        message = until(lambda: consumer.poll(0.5), 30)
        return message.value()
    finally:
        consumer.close()


@pytest.mark.parametrize("way", [pytest.param(way, marks=pytest.mark.long) for way in ("certificate", "scram-512")])
def test_agents_read_and_write(tls_kafka: TlsKafka, way: str, tmp_path: Path):
    url, answers = WAYS[way](tls_kafka), f"answers-{uuid4().hex}"
    create_topics(url, {INBOUND: 1, answers: 1})
    child = Child(
        "echo",
        {
            "REVIEWSTREAM_KAFKA_URL": url,
            "ANSWERS": answers,
            "GROUP": f"g-{uuid4().hex}",
            "SCRATCH": str(tmp_path / "faust"),
        },
        tmp_path,
        (str(ECHO),),
    )
    child.start()
    try:
        word = uuid4().hex.encode()
        ConfirmingProducer(url).send([Outgoing(INBOUND, b"k", word)])
        until(lambda: child.exit_code is not None or end_offsets(url, answers)[0] > 0, 120)
        assert child.exit_code is None, child.output.read_text()[-3000:]
        argv = Path(f"/proc/{child.process.pid}/cmdline").read_text()
        assert PASSWORD not in argv + child.output.read_text()
    finally:
        child.end()
    assert received(url, answers) is not None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda kafka, made: kafka.sasl_url().replace(str(made.ca), str(made.other_ca)), "signed by no authority.*ssl.ca.location"),
        (lambda kafka, made: kafka.ssl_url().replace(str(made.ca), str(made.other_ca)), "signed by no authority.*ssl.ca.location"),
        (lambda kafka, made: kafka.ssl_url().split("&")[0], "requires a client certificate"),
        (lambda kafka, made: kafka.sasl_url(password="mistyped"), "refuses the user or the password"),
        (lambda kafka, made: kafka.sasl_url("sasl.mechanism=PLAIN", password="mistyped"), "refuses the user or the password"),
        (lambda kafka, made: kafka.ssl_url().replace(str(kafka.data.port("kafka_ssl")), str(kafka.port)), "does not speak TLS on this port"),
        (lambda kafka, made: f"kafka://127.0.0.1:{kafka.data.port('kafka_sasl')}", "speaks TLS on this port; use kafka[+]ssl"),
    ],
    ids=["sasl, other authority", "other authority", "no certificate", "password", "plain password", "plaintext server", "plaintext client"],
)  # fmt: skip
def test_what_the_broker_refuses_is_told_with_setting_and_fix(
    tls_kafka: TlsKafka, certificates: Certificates, change, told: str
):
    url = change(tls_kafka, certificates)
    why = until(
        lambda: refusal(url), 60
    )  # where others queue for the cores, librdkafka's reason may come after the ping
    assert re.search(f"^REVIEWSTREAM_KAFKA_URL: .*{told}", why)
    assert "mistyped" not in why


def refusal(url: str) -> str:
    """What the preflight says; nothing where it takes the broker for one that merely does not answer in time."""
    try:
        preflight("kafka", url)
    except Unavailable as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("which", "told"), [("elsewhere", "does not match the URL's host"), ("expired", "has expired")]
)
def test_a_certificate_that_is_not_good_is_refused(
    tls_kafka: TlsKafka, certificates: Certificates, which: str, told: str
):
    with tls_front(tls_kafka.port, getattr(certificates, which)) as port:
        with pytest.raises(Unavailable, match=told):
            preflight("kafka", f"kafka+ssl://127.0.0.1:{port}?ssl.ca.location={certificates.ca}")
        if which == "elsewhere":  # only when told to, a name is not compared
            unchecked = f"kafka+ssl://127.0.0.1:{port}?ssl.ca.location={certificates.ca}&{NAME_CHECK}=none"
            assert behind_the_front(unchecked)


def behind_the_front(url: str) -> bool:
    """Whether the client came through: it is let in, or hears first what the broker's own port says, which it learned there."""
    try:
        kafka_connection.connect(url, timeout=10)
    except Unavailable as error:
        return "/1: " in str(error)
    return True


def test_a_broker_that_is_down_is_no_refusal(tls_kafka: TlsKafka):
    assert os.environ.get("REVIEWSTREAM_KAFKA_URL") is None
    preflight("kafka", tls_kafka.sasl_url().replace(str(tls_kafka.data.port("kafka_sasl")), "9"))
