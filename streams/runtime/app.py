"""The Faust app: which agent reads which topic, and the settings under which nothing is lost.

Faust acknowledges what an agent took when the agent raises; so agents here take without acknowledging, acknowledge
in order after the durable write, and an error ends the process, which its supervisor starts again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

import faust
import structlog
from mode.supervisors import CrashingSupervisor

from connectors.kafka_url import parse
from schemas.errors import ReviewstreamError
from streams.runtime.credentials import credentials
from streams.runtime.in_flight import OrderedInFlight
from streams.runtime.messages import InboundMessage, StepMessage
from streams.runtime.observation import observed
from streams.runtime.step_runtime import Prepared, StepRuntime
from streams.topics import DEADLETTER, INBOUND, step_topic
from telemetry import failpoints
from telemetry.error_text import call_chain, safe_text

log = structlog.get_logger(__name__)
T = TypeVar("T")
Taken_contra = TypeVar("Taken_contra", contravariant=True)
WITHIN = 0.02
GRACE = 15.0
FAILED = 70
"""The exit code when an agent failed and the process did not end in order."""


@dataclass(frozen=True, slots=True)
class AppSettings:
    """`app_id` is the consumer group; `instance` makes a restart rejoin as the same member; `data_dir` is scratch."""

    kafka_url: str
    app_id: str
    instance: str
    data_dir: str
    partitions: int


class Handler(Protocol[Taken_contra]):
    """Handles batches of messages of its topic: streams.steps.collect.Collect, streams.dead_letters.sink.DeadLetterSink."""

    async def handle(self, messages: Sequence[Taken_contra]) -> None:
        """Durable when it returns."""
        ...


class AgentCrashed(ReviewstreamError):
    """An agent failed. Faust logs what ends it: this text quotes no one."""


def build_app(settings: AppSettings) -> faust.App:
    """An app without agents."""
    broker = parse(settings.kafka_url)
    return faust.App(
        settings.app_id,
        broker="kafka://" + broker.servers,
        broker_credentials=credentials(broker),
        key_serializer="raw",
        value_serializer="raw",
        datadir=settings.data_dir,
        web_enabled=False,
        autodiscover=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        topic_partitions=settings.partitions,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.instance,
        stream_wait_empty=True,
        agent_supervisor=CrashingSupervisor,
        broker_session_timeout=6.0,
        broker_heartbeat_interval=1.0,
        broker_rebalance_timeout=8.0,
        broker_request_timeout=15.0,
        broker_commit_interval=0.5,
        broker_max_poll_records=500,
        worker_redirect_stdouts=False,
    )


def add_step(app: faust.App, runtime: StepRuntime, *, take: int = 64, depth: int = 1) -> None:
    """An agent for a saga step: at most `take` packed messages a batch and `depth` batches in flight."""

    async def begin(events: Sequence[Any]) -> Prepared:
        return await runtime.prepare([_read(event.message) for event in events])

    _add_agent(app, step_topic(runtime.step.name), runtime.step.name, begin, runtime.commit, take, depth)


def add_collect(app: faust.App, collect: Handler[InboundMessage], *, take: int = 400) -> None:
    """The agent at the public entrance: at most `take` messages a batch."""

    async def begin(events: Sequence[Any]) -> list[InboundMessage]:
        return [_inbound(event.message) for event in events]

    _add_agent(app, INBOUND, "collect", begin, collect.handle, take, 1)


def add_dead_letters(app: faust.App, keeping: Handler[StepMessage], *, take: int = 16) -> None:
    """The agent that keeps dead letters for operators. A letter may weigh megabytes, so few at a time."""

    async def begin(events: Sequence[Any]) -> list[StepMessage]:
        return [_read(event.message) for event in events]

    _add_agent(app, DEADLETTER, "deadletters", begin, keeping.handle, take, 1)


def _add_agent(
    app: faust.App,
    topic: str,
    name: str,
    begin: Callable[[Sequence[Any]], Coroutine[Any, Any, T]],
    finish: Callable[[T], Awaitable[None]],
    take: int,
    depth: int,
) -> None:
    prepare, commit = observed(name, "prepare", begin), observed(name, "commit", finish)

    async def run(stream: Any) -> None:
        async with (
            OrderedInFlight(commit, depth=depth, on_failure=lambda error: _die(app, name, error)) as in_flight,
            _taking(stream, take) as batches,
        ):
            async for events in batches:
                await in_flight.submit(prepare(events), partial(_acknowledge, stream, events))

    source = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    app.agent(source, name=f"reviewstream.{name}", concurrency=1)(run)


def _taking(stream: Any, take: int) -> aclosing[Any]:
    """Batches of a stream that no one but us acknowledges, whatever ends it.

    When `noack_take` ends, Faust gives the stream its old way of acknowledging back and continues to drain it until the
    process has ended: everything that came meanwhile would be acknowledged without having been handled.
    """
    stream.enable_acks = False
    return aclosing(stream.noack_take(take, within=WITHIN))


def _read(message: Any) -> StepMessage:
    return StepMessage(message.partition, message.offset, message.value or b"")


def _inbound(message: Any) -> InboundMessage:
    headers = message.headers or ()
    pairs = list(headers.items()) if isinstance(headers, dict) else list(headers)
    return InboundMessage(message.topic, message.partition, message.offset, pairs, message.value, message.key)


async def _acknowledge(stream: Any, events: Sequence[Any]) -> None:
    failpoints.hit("acknowledge.before")
    for event in events:
        await stream.ack(event)
    failpoints.hit("acknowledge.done")


def _die(app: faust.App, name: str, error: BaseException) -> None:
    """End the process: in order if Faust manages within GRACE seconds, else at once. Nothing was acknowledged."""
    log.error(
        "agent.crashed", agent=name, error_type=type(error).__name__, error=safe_text(error), at=call_chain(error)
    )
    app.loop.create_task(app.crash(AgentCrashed(f"agent {name}: {safe_text(error)}")))
    timer = threading.Timer(GRACE, os._exit, (FAILED,))
    timer.daemon = True
    timer.start()
