"""The same broker through the client that the agents use: another implementation of TLS and SASL."""

from __future__ import annotations

import asyncio

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

from connectors.kafka_url import Broker
from reviewstream.doctor.findings import Finding, Subject
from streams.runtime.credentials import credentials
from telemetry.error_text import named_text

SECONDS = 5
GOODBYE = 0.1
"""Seconds for an orderly end of TLS, for which the client does not wait."""


def examine(subject: Subject, broker: Broker) -> Finding:
    """Whether the agents could log in."""
    try:
        asyncio.run(_enter(broker))
    except (KafkaError, OSError, TimeoutError) as error:
        return subject.problem(
            "agents", f"Faust's client is refused: {named_text(error)}",
            f"{subject.setting}: check {broker.protocol}, its certificate files and user",
        )  # fmt: skip
    return subject.ok("agents", "Faust's client is accepted, too")


async def _enter(broker: Broker) -> None:
    client = AIOKafkaClient(
        bootstrap_servers=broker.servers.split(","),
        request_timeout_ms=SECONDS * 1000,
        **credentials_to_aiokafka_auth(credentials(broker)),
    )
    try:
        await asyncio.wait_for(client.bootstrap(), SECONDS)
    finally:
        await client.close()
        await asyncio.sleep(GOODBYE)
